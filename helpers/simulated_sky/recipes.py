"""From a source to its alerts, and what can be wrong with them."""

import zlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from antares_sandbox.store.format import Alert, ForcedPhotometry
from simulated_sky.detections import (
    DETECTION_SNR,
    STAR_SCATTER,
    Measurement,
    detected,
    flawed,
    measure,
    unreliable,
)
from simulated_sky.hosts import Host
from simulated_sky.lsst_alerts import AlertMaker, add_magnitude, forced_photometry
from simulated_sky.source import Source
from simulated_sky.survey import Place, Visit

__all__ = [
    "SEED",
    "Observed",
    "as_unsigned",
    "generator",
    "in_order",
    "observe",
    "observe_twice",
    "with_artifacts",
    "with_dipoles",
    "without_properties",
]

SEED = 20261126
"""The seed of all simulated loci."""

Change = Callable[[np.random.Generator, list[Measurement]], list[Measurement]]

_ID_SHIFT = 2**18
_FLAWED_EVERY = 9
_FLAWS = (("streak",), ("cr", "interpolated"), ("edge",), ("saturated", "suspect"))
_POINT, _EXTENDED = 0.05, 0.15
_SECOND_OBJECT_SHARE = 0.3
_FOLLOWERS = {
    "lsst_diaSource_psfFlux": ("ant_mag", "ant_magerr", "ant_maglim"),
    "lsst_diaSource_band": ("ant_passband",),
}


class Observed(NamedTuple):
    """What the survey leaves of a source: alerts, and forced photometry of all visits."""

    alerts: list[Alert]
    forced: list[ForcedPhotometry]


def generator(name: str) -> np.random.Generator:
    """Return the random generator of a locus: its own, whatever else is simulated."""
    return np.random.default_rng([SEED, zlib.crc32(name.encode())])


def observe(
    rng: np.random.Generator,
    source: Source,
    visits: Sequence[Visit],
    place: Place,
    *,
    host: Host | None = None,
    scatter: float = STAR_SCATTER,
    change: Change | None = None,
) -> Observed:
    """Return the alerts of a source, with Rubin's names, and its forced photometry.

    Parameters
    ----------
    rng : numpy.random.Generator
        Source of the random numbers.
    source : Source
        The source.
    visits : sequence of Visit
        The exposures.
    place : tuple of float
        Right ascension and declination, in degrees.
    host : Host, optional
        The galaxy around it.
    scatter : float, optional
        Scatter of the flux in the template, as for `measure`.
    change : callable, optional
        Changes the measurements before they are selected.

    Returns
    -------
    Observed
        Alerts in the order of time, and forced photometry unless there is none.
    """
    measured = measure(rng, source, visits, host, scatter)
    measured = change(rng, measured) if change else measured
    maker = AlertMaker(rng, *place, extendedness=_EXTENDED if host else _POINT)
    alerts = maker.make(detected(measured))
    return Observed(alerts, [forced_photometry(maker, measured)] if alerts else [])


def observe_twice(
    rng: np.random.Generator,
    source: Source,
    visits: Sequence[Visit],
    place: Place,
    host: Host | None = None,
) -> Observed:
    """Return what `observe` does, for a source of which Rubin made two diaObjects at one place.

    Two images that are processed at once can each make one; later detections join either.
    """
    measured = measure(rng, source, visits, host)
    found = detected(measured)
    second = [
        at == 1 or (at > 1 and rng.random() < _SECOND_OBJECT_SHARE) for at in range(len(found))
    ]
    alerts, forced = [], []
    for chosen in (False, True):
        maker = AlertMaker(rng, *place, extendedness=_EXTENDED)
        alerts += maker.make(
            one for one, other in zip(found, second, strict=True) if other is chosen
        )
        forced.append(forced_photometry(maker, measured))
    return Observed(in_order(alerts), forced)


def with_artifacts(rng: np.random.Generator, measured: list[Measurement]) -> list[Measurement]:
    """Return measurements of which every ninth has a flag set and a flux that is wrong."""
    changed = list(measured)
    for number, at in enumerate(range(4, len(changed), _FLAWED_EVERY)):
        size = float(rng.uniform(0.5, 1.3)) * max(changed[at].flux, 8 * changed[at].flux_err)
        changed[at] = flawed(rng, changed[at], shift=size, flags=_FLAWS[number % len(_FLAWS)])
    return changed


def with_dipoles(fraction: float) -> Change:
    """Return the change by which a fraction of the measurements is better fitted by a dipole."""

    def change(rng: np.random.Generator, measured: list[Measurement]) -> list[Measurement]:
        return [
            _as_dipole(rng, one) if rng.random() < fraction and one.snr >= DETECTION_SNR else one
            for one in measured
        ]

    return change


def as_unsigned(observed: Observed) -> Observed:
    """Return alerts with other IDs and the absolute value of every flux in `psfFlux`."""
    forced = [rows.copy() for rows in observed.forced]
    for rows in forced:
        rows["diaObjectId"] ^= _ID_SHIFT
    return Observed([_unsigned(alert) for alert in observed.alerts], forced)


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


def _as_dipole(rng: np.random.Generator, one: Measurement) -> Measurement:
    return replace(one, dipole=True, reliability=unreliable(rng))


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


def _without(alert: Alert, name: str | None) -> Alert:
    gone = {name, *_FOLLOWERS.get(name or "", ())}
    properties = {key: value for key, value in alert["properties"].items() if key not in gone}
    return {**alert, "properties": properties}
