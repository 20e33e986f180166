"""How each class of locus is made."""

import zlib
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np

from antares_sandbox.store.format import Alert
from simulated_sky.detections import Detection, detect, flaw
from simulated_sky.lsst_alerts import AlertMaker, add_magnitude
from simulated_sky.source import Source
from simulated_sky.survey import Visit

__all__ = [
    "SEED",
    "as_asteroid",
    "as_unsigned",
    "generator",
    "in_order",
    "make_alerts",
    "with_artifacts",
    "with_dipoles",
    "without_properties",
]

SEED = 20260630
"""The seed of all simulated loci."""

_ID_SHIFT = 2**18
_FOLLOWERS = {
    "lsst_diaSource_psfFlux": ("ant_mag", "ant_magerr", "ant_maglim"),
    "lsst_diaSource_band": ("ant_passband",),
}


def generator(name: str) -> np.random.Generator:
    """Return the random generator of a locus: its own, whatever else is simulated."""
    return np.random.default_rng([SEED, zlib.crc32(name.encode())])


def make_alerts(
    rng: np.random.Generator,
    source: Source,
    visits: list[Visit],
    position: tuple[float, float],
    *,
    extendedness: float = 0.05,
) -> list[Alert]:
    """Return the alerts of a source: what is detected, with Rubin's names."""
    maker = AlertMaker(rng, *position, extendedness=extendedness)
    return maker.make(detect(rng, source, visits))


def with_artifacts(rng: np.random.Generator, detections: list[Detection]) -> list[Detection]:
    """Return detections of which every ninth has a flag set and a flux that is wrong."""
    kinds = (("streak",), ("cr", "interpolated"), ("edge",), ("saturated", "suspect"))
    flawed = list(detections)
    for number, at in enumerate(range(4, len(flawed), 9)):
        flawed[at] = flaw(
            flawed[at],
            reliability=round(float(rng.uniform(0.04, 0.42)), 4),
            shift=flawed[at].flux * float(rng.uniform(0.5, 1.3)),
            flags=kinds[number % len(kinds)],
        )
    return flawed


def with_dipoles(
    rng: np.random.Generator, detections: list[Detection], fraction: float
) -> list[Detection]:
    """Return detections of which a fraction is better fitted by a dipole."""
    chosen = (rng.random(size=len(detections)) < fraction).tolist()
    scores = rng.uniform(0.15, 0.75, size=len(detections)).round(4).tolist()
    return [
        replace(detection, dipole=True, reliability=score) if dipole else detection
        for detection, dipole, score in zip(detections, chosen, scores, strict=True)
    ]


def as_unsigned(alerts: Iterable[Alert]) -> list[Alert]:
    """Return alerts with other IDs and the absolute value of every flux in `psfFlux`."""
    return [_unsigned(alert) for alert in alerts]


def as_asteroid(alerts: Iterable[Alert], ss_object_id: int, orbit: dict[str, Any]) -> list[Alert]:
    """Return alerts that belong to a solar-system object, not to a diaObject."""
    return [_asteroid(alert, ss_object_id, orbit) for alert in alerts]


def without_properties(alerts: list[Alert], names: tuple[str, ...]) -> list[Alert]:
    """Return alerts of which two out of three lack a property, each name in turn."""
    incomplete = []
    for number, alert in enumerate(alerts):
        missing = names[(number // 3 * 2 + number % 3) % len(names)] if number % 3 < 2 else None
        incomplete.append(_without(alert, missing))
    return incomplete


def in_order(alerts: Iterable[Alert]) -> list[Alert]:
    """Return alerts in the order of time."""
    return sorted(alerts, key=lambda alert: alert["mjd"])


def _unsigned(alert: Alert) -> Alert:
    properties = dict(alert["properties"])
    for name in ("lsst_diaSource_diaSourceId", "lsst_diaSource_diaObjectId"):
        properties[name] ^= _ID_SHIFT
    properties["lsst_diaObject_diaObjectId"] ^= _ID_SHIFT
    flux = abs(properties["lsst_diaSource_psfFlux"])
    properties["lsst_diaSource_psfFlux"] = flux
    add_magnitude(properties, flux, properties["lsst_diaSource_psfFluxErr"])
    identity = f"lsst:{properties['lsst_diaSource_diaSourceId']}"
    return {**alert, "id": identity, "properties": properties}


def _asteroid(alert: Alert, ss_object_id: int, orbit: dict[str, Any]) -> Alert:
    properties = {
        name: value
        for name, value in alert["properties"].items()
        if not name.startswith("lsst_diaObject_") and name != "lsst_diaSource_diaObjectId"
    }
    source = properties["lsst_diaSource_diaSourceId"]
    properties["lsst_diaSource_ssObjectId"] = ss_object_id
    properties["lsst_ssSource_diaSourceId"] = source
    properties["lsst_ssSource_ssObjectId"] = ss_object_id
    return {**alert, "properties": {**properties, **orbit}}


def _without(alert: Alert, name: str | None) -> Alert:
    gone = {name, *_FOLLOWERS.get(name or "", ())}
    properties = {key: value for key, value in alert["properties"].items() if key not in gone}
    return {**alert, "properties": properties}
