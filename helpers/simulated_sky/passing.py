"""Loci of a single alert: asteroids, which move on, and artifacts."""

from collections.abc import Iterator, Mapping
from itertools import count
from typing import NamedTuple

import numpy as np

from antares_sandbox.store.format import LocusFile
from simulated_sky.asteroids import Asteroid, asteroid_alert_properties
from simulated_sky.detections import detected, flawed, measure
from simulated_sky.locus import PREFIX, make_locus_file
from simulated_sky.lsst_alerts import AlertMaker, forced_photometry
from simulated_sky.observing import night
from simulated_sky.orbits import main_belt, near_opposition
from simulated_sky.recipes import generator
from simulated_sky.survey import BANDS, Place, Visit, ab_flux, visits_at, wide_visits

__all__ = ["passing"]

_FIRST_MJD, _LAST_MJD = 61110, 61345
_PAIRS = ("gr", "ri", "gi", "iz")
_PAIR_GAP_D = 0.018
_BRIGHTEST_H, _FAINTEST_H = 14.0, 17.0
_FAINTEST_V = 21.6
_SKY_NJY = 40.0
_FIELD_SEASON, _FIELD_GAP_D = (61255.0, 61345.0), 5.0


class Passing:
    """Something that is in one image only, not in the template.

    Parameters
    ----------
    mjd : float
        Middle of the exposure, TAI.
    flux_njy : float
        Its flux, in nJy.
    """

    template: Mapping[str, float] = dict.fromkeys(BANDS, _SKY_NJY)

    def __init__(self, mjd: float, flux_njy: float) -> None:
        self.mjd = mjd
        self.flux_njy = flux_njy

    def difference(self, mjd: float, band: str) -> float:  # noqa: ARG002
        """Return its flux, in nJy: none in another exposure."""
        return self.flux_njy if mjd == self.mjd else 0.0


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
            yield _asteroid(f"{PREFIX}{name}", asteroid, visit)
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
    alert["properties"] = asteroid_alert_properties(alert["properties"], asteroid)
    truth = {"sim_rotation_h": asteroid.period_h, "sim_h_mag": asteroid.absolute_mag}
    return make_locus_file(locus_id, [alert], sim_class="asteroid", properties=truth)


def _artifact(row: Artifact) -> LocusFile:
    """Return an artifact in one of the field's visits, which all have forced photometry there."""
    locus_id = f"{PREFIX}artifact{row.name}"
    rng = generator(locus_id)
    (one,) = visits_at(rng, row.place, night(row.night_mjd), "r", 0.0)
    others = wide_visits(rng, row.place, _FIELD_SEASON, gap=_FIELD_GAP_D)
    visits = sorted([one, *others], key=lambda visit: visit.mjd)
    measured = [
        flawed(rng, seen, shift=0.0, flags=(row.flag,)) if seen.visit is one else seen
        for seen in measure(rng, Passing(one.mjd, ab_flux(row.r_mag)), visits)
    ]
    maker = AlertMaker(rng, *row.place)
    alerts = maker.make(seen for seen in measured if seen.flags)
    return make_locus_file(
        locus_id,
        alerts,
        sim_class=f"artifact ({row.flag})",
        forced=[forced_photometry(maker, measured)],
    )
