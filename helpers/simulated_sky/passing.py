"""Loci of a single alert: asteroids, which move on, and artifacts."""

from collections.abc import Iterator
from itertools import count
from typing import NamedTuple

import numpy as np

from antares_sandbox.store.format import LocusFile
from simulated_sky.artifacts import Passing
from simulated_sky.asteroids import Asteroid, asteroid_alert_properties
from simulated_sky.detections import detected, flawed, measure
from simulated_sky.locus import make_locus_file
from simulated_sky.lsst_alerts import AlertMaker
from simulated_sky.observing import night
from simulated_sky.orbits import main_belt, near_opposition
from simulated_sky.recipes import generator
from simulated_sky.source import fluxes
from simulated_sky.survey import Place, Visit, visits_at

__all__ = ["passing"]

_PREFIX = "ANT2026sim"
_FIRST_MJD, _LAST_MJD = 61110, 61345
_PAIRS = ("gr", "ri", "gi", "iz")
_PAIR_GAP_D = 0.018
_BRIGHTEST_H, _FAINTEST_H = 14.0, 17.0
_FAINTEST_V = 21.6


class Followed(NamedTuple):
    """A row of the table of asteroids: its ssObjectId, and on how many nights it is seen."""

    ss_object_id: int
    nights: int


class Artifact(NamedTuple):
    """A row of the table of artifacts: one alert with a flag."""

    name: str
    place: Place
    night_mjd: int
    flag: str
    r_mag: float


# The first is followed all season, so that its phase curve shows.
_ASTEROIDS = (
    Followed(21164731183445043, 14),
    Followed(20893201647182411, 2),
    Followed(20893201901347093, 2),
    Followed(21163650862403121, 1),
    Followed(21164731183900817, 1),
)
_ARTIFACTS = (
    Artifact("01", (62.1102, -48.6047), 61271, "streak", 20.3),
    Artifact("02", (61.5530, -47.1868), 61274, "cr", 21.7),
    Artifact("03", (62.8459, -48.2210), 61303, "edge", 22.1),
    Artifact("04", (60.7714, -49.3472), 61329, "saturated", 17.9),
)


def passing() -> Iterator[LocusFile]:
    """Return the asteroids, a locus an alert, and the artifacts of the field."""
    numbers = count()
    for row in _ASTEROIDS:
        for asteroid, visit in _seen(row):
            number = next(numbers)
            name = f"asteroid{number:02}" if number else "asteroid"
            yield _asteroid(f"{_PREFIX}{name}", asteroid, visit)
    yield from map(_artifact, _ARTIFACTS)


def _seen(row: Followed) -> list[tuple[Asteroid, Visit]]:
    """Return the visits to an asteroid: a pair in each of its nights, spread over its season."""
    for attempt in count():
        rng = generator(f"asteroid {row.ss_object_id} {attempt}")
        asteroid = _draw(rng, row.ss_object_id)
        midnights = near_opposition(asteroid.orbit, _FIRST_MJD, _LAST_MJD)
        pairs = [pair for mjd in midnights if (pair := _pair(rng, asteroid, mjd))]
        if len(pairs) >= 3 * row.nights:
            spread = np.linspace(0, len(pairs) - 1, row.nights + 2).astype(int)[1:-1]
            return [(asteroid, visit) for at in spread for visit in pairs[at]]
    raise AssertionError  # count() never ends


def _draw(rng: np.random.Generator, ss_object_id: int) -> Asteroid:
    return Asteroid(
        main_belt(rng),
        round(float(rng.uniform(_BRIGHTEST_H, _FAINTEST_H)), 2),
        ss_object_id,
        period_h=round(float(rng.uniform(4, 16)), 3),
        amplitude_mag=round(float(rng.uniform(0.1, 0.35)), 2),
        color_class="C" if rng.random() < 0.5 else "S",
    )


def _pair(rng: np.random.Generator, asteroid: Asteroid, midnight: float) -> list[Visit]:
    """Return the two visits of a night in which the asteroid is bright enough: or none."""
    if asteroid.predicted_mag(asteroid.state(midnight)) > _FAINTEST_V:
        return []
    bands = _PAIRS[int(rng.integers(len(_PAIRS)))]
    place = asteroid.position(midnight)
    return visits_at(rng, place, night(int(midnight)), bands, _PAIR_GAP_D)


def _asteroid(locus_id: str, asteroid: Asteroid, visit: Visit) -> LocusFile:
    rng = generator(locus_id)
    maker = AlertMaker(rng, *asteroid.position(visit.mjd))
    seen = (detected(measure(rng, asteroid, [visit])) for _ in count())
    alert = maker.make(next(filter(None, seen)))[0]
    properties = asteroid_alert_properties(alert["properties"], asteroid)
    truth = {"sim_rotation_h": asteroid.period_h, "sim_h_mag": asteroid.absolute_mag}
    moved = {**alert, "properties": properties}
    return make_locus_file(locus_id, [moved], sim_class="asteroid", properties=truth)


def _artifact(row: Artifact) -> LocusFile:
    locus_id = f"{_PREFIX}artifact{row.name}"
    rng = generator(locus_id)
    visits = visits_at(rng, row.place, night(row.night_mjd), "r", 0.0)
    seen = measure(rng, Passing(fluxes(r=row.r_mag)), visits)
    alerts = AlertMaker(rng, *row.place).make(
        flawed(rng, one, shift=0.0, flags=(row.flag,)) for one in seen
    )
    return make_locus_file(locus_id, alerts, sim_class=f"artifact ({row.flag})")
