"""Loci of a single alert: asteroids, which move on, and artifacts."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import numpy as np

from antares_sandbox.store.format import Alert, LocusFile
from simulated_sky.detections import Measurement, flawed, measure
from simulated_sky.locus import make_locus_file
from simulated_sky.lsst_alerts import AlertMaker
from simulated_sky.observing import night
from simulated_sky.recipes import generator
from simulated_sky.source import fluxes
from simulated_sky.survey import Place, Visit, visits_at

__all__ = ["Passing", "artifacts"]

_SKY_NJY = 40.0


class Passing:
    """Something that is in one image only, and not in the template.

    Parameters
    ----------
    flux : mapping of str to float
        Its flux, in nJy, by band.
    """

    def __init__(self, flux: Mapping[str, float]) -> None:
        self.flux = flux
        self.template: Mapping[str, float] = dict.fromkeys(flux, _SKY_NJY)

    # It is looked at only while it passes.
    def difference(self, mjd: float, band: str) -> float:  # noqa: ARG002
        """Return its flux, in nJy."""
        return self.flux[band]


class Artifact(NamedTuple):
    """A row of the table of artifacts: one alert with a flag."""

    name: str
    place: Place
    night_mjd: int
    flag: str
    r_mag: float


_ARTIFACTS = (
    Artifact("01", (62.1102, -48.6047), 61271, "streak", 20.3),
    Artifact("02", (61.5530, -47.1868), 61264, "cr", 21.7),
    Artifact("03", (62.8459, -48.2210), 61303, "edge", 22.1),
    Artifact("04", (60.7714, -49.3472), 61329, "saturated", 17.9),
)


def artifacts() -> Iterator[LocusFile]:
    """Return the artifacts of the field."""
    yield from map(_artifact, _ARTIFACTS)


def _artifact(row: Artifact) -> LocusFile:
    locus_id = f"ANT2026simartifact{row.name}"
    rng = generator(locus_id)
    visits = visits_at(rng, row.place, night(row.night_mjd), "r", 0.0)
    seen = measure(rng, Passing(fluxes(r=row.r_mag)), visits)
    alerts = AlertMaker(rng, *row.place).make(
        flawed(rng, one, shift=0.0, flags=(row.flag,)) for one in seen
    )
    return make_locus_file(locus_id, alerts, sim_class=f"artifact ({row.flag})")
