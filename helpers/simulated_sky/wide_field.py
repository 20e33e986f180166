"""The simulated southern sky: many small loci far from each other, drawn from a table of ranges."""

from collections.abc import Callable, Iterator
from itertools import count
from math import asin, degrees, radians, sin
from typing import Any, NamedTuple

import numpy as np

from antares_sandbox.sky import separation_arcsec
from antares_sandbox.store.format import LocusFile
from simulated_sky.recipes import generator
from simulated_sky.supernovae import IA, IBC, IIP, SupernovaType
from simulated_sky.survey import Place
from simulated_sky.transients import SupernovaRow, make_supernova
from simulated_sky.variables import (
    Dwarf,
    Moved,
    Nucleus,
    Star,
    active_galaxy,
    dwarf_nova,
    eclipsing_binary,
    long_period_variable,
    moved_star,
    rr_lyrae,
)

__all__ = ["ALERTS_RANGE", "FIRST_MJD", "LAST_MJD", "wide_field"]

FIRST_MJD, LAST_MJD = 61100, 61260
"""The seasons lie between these: all of them end before the newest of the other loci."""

_GALACTIC_POLE = (192.86, 27.13)
_DECLINATIONS = (-72.0, 2.0)
_EQUINOX_MJD, _SUN_DEG_A_DAY = 61119.6, 0.98565
_FARTHEST_FROM_MIDNIGHT_DEG = 120.0

ALERTS_RANGE = (4, 50)
"""Fewest and most alerts of a locus: a draw outside is drawn anew."""

_OVERTONES = 0.25


class _Drawn(NamedTuple):
    """The part that every locus has: position, season and random generator."""

    name: str
    place: Place
    season: tuple[int, int]
    gap_d: float
    rng: np.random.Generator

    def between(self, low: float, high: float, digits: int = 2) -> float:
        """Return a number from a range, rounded."""
        return round(float(self.rng.uniform(low, high)), digits)


def _thermonuclear(drawn: _Drawn) -> LocusFile:
    return _supernova(drawn, IA, (0.03, 0.36), (22, 40))


def _stripped(drawn: _Drawn) -> LocusFile:
    return _supernova(drawn, IBC, (0.02, 0.12), (18, 35))


def _plateau(drawn: _Drawn) -> LocusFile:
    return _supernova(drawn, IIP, (0.012, 0.075), (4, 25))


def _supernova(
    drawn: _Drawn, kind: SupernovaType, redshifts: tuple[float, float], date_d: tuple[float, float]
) -> LocusFile:
    date = drawn.season[0] + drawn.between(*date_d, digits=1)
    redshift = drawn.between(*redshifts, digits=3)
    return make_supernova(
        SupernovaRow(drawn.name, kind, drawn.place, date, redshift, drawn.season, drawn.gap_d)
    )


def _pulsating(drawn: _Drawn) -> LocusFile:
    overtone = drawn.rng.random() < _OVERTONES
    return rr_lyrae(_star(drawn, (0.26, 0.4) if overtone else (0.45, 0.72), (18.2, 20.9)))


def _eclipsing(drawn: _Drawn) -> LocusFile:
    return eclipsing_binary(_star(drawn, (0.35, 3.2), (18.2, 20.9)))


def _red_giant(drawn: _Drawn) -> LocusFile:
    return long_period_variable(_star(drawn, (90.0, 240.0), (18.6, 20.4)))


def _active(drawn: _Drawn) -> LocusFile:
    r_mag, redshift = drawn.between(19.0, 20.9), drawn.between(0.2, 2.4)
    return active_galaxy(
        Nucleus(drawn.name, drawn.place, r_mag, redshift, drawn.season, drawn.gap_d)
    )


def _outburst(drawn: _Drawn) -> LocusFile:
    start = drawn.season[0] + drawn.between(8.0, 18.0, 1)
    r_mag, amplitude = drawn.between(20.8, 22.8), drawn.between(2.8, 4.8)
    return dwarf_nova(
        Dwarf(drawn.name, drawn.place, (start,), r_mag, amplitude, drawn.season, drawn.gap_d)
    )


def _moved(drawn: _Drawn) -> LocusFile:
    motion = (drawn.between(-260, 260, 1), drawn.between(-260, 260, 1))
    r_mag, parallax = drawn.between(16.4, 18.2), drawn.between(4.0, 20.0)
    return moved_star(
        Moved(drawn.name, drawn.place, r_mag, parallax, motion, drawn.season, drawn.gap_d)
    )


class _Population(NamedTuple):
    """A row of the table: the loci of a class, and the ranges of their parameters."""

    name: str
    make: Callable[[_Drawn], LocusFile]
    numbers: range
    season_d: tuple[int, int]
    gap_d: tuple[float, float]
    latitude_deg: tuple[float, float]


# The numbers continue those of the first field.
_POPULATIONS = (
    _Population("snia", _thermonuclear, range(11, 26), (75, 125), (3.5, 7.0), (20, 90)),
    _Population("snibc", _stripped, range(1, 6), (70, 110), (3.5, 6.0), (20, 90)),
    _Population("sniip", _plateau, range(5, 12), (110, 140), (4.0, 8.0), (20, 90)),
    _Population("rr", _pulsating, range(5, 13), (60, 150), (4.0, 9.0), (12, 90)),
    _Population("eb", _eclipsing, range(5, 12), (70, 155), (4.0, 9.0), (6, 40)),
    _Population("lpv", _red_giant, range(1, 8), (115, 155), (5.0, 10.0), (4, 30)),
    _Population("agn", _active, range(5, 12), (100, 155), (4.0, 9.0), (20, 90)),
    _Population("dwarfnova", _outburst, range(2, 7), (30, 45), (1.8, 3.0), (8, 50)),
    _Population("dipoles", _moved, range(2, 6), (50, 100), (4.0, 8.0), (10, 90)),
)


def wide_field() -> Iterator[LocusFile]:
    """Return the loci of the southern sky: those that are up around midnight in their season."""
    for population in _POPULATIONS:
        for number in population.numbers:
            yield _first_that_fits(population, number)


# A draw that is seen too seldom, too often or never above its template is drawn anew.
def _first_that_fits(population: _Population, number: int) -> LocusFile:
    drawn = (_draw(population, number, attempt) for attempt in count())
    files = map(population.make, drawn)
    return next(file for file in files if _fits(file["locus"]["old_properties"]))


def _fits(described: dict[str, Any]) -> bool:
    number: int = described["num_alerts"]
    fewest, most = ALERTS_RANGE
    return fewest <= number <= most and described["is_corrected"] == "true"


def _draw(population: _Population, number: int, attempt: int) -> _Drawn:
    rng = generator(f"wide field {population.name} {number} {attempt}")
    days = int(rng.integers(*population.season_d))
    first = int(rng.integers(FIRST_MJD, LAST_MJD - days))
    gap = round(float(rng.uniform(*population.gap_d)), 1)
    return _Drawn(
        f"{population.name}{number:02}",
        _place(rng, population, first, days),
        (first, first + days),
        gap,
        rng,
    )


def _place(
    rng: np.random.Generator, population: _Population, first: int, days: int
) -> tuple[float, float]:
    midnight = 180 + (first + days / 2 - _EQUINOX_MJD) * _SUN_DEG_A_DAY
    spread = _FARTHEST_FROM_MIDNIGHT_DEG - days / 2
    south, north = (sin(radians(dec)) for dec in _DECLINATIONS)
    while True:
        ra = round((midnight + spread * float(rng.uniform(-1, 1))) % 360, 4)
        dec = round(degrees(asin(float(rng.uniform(south, north)))), 4)
        latitude = abs(90 - separation_arcsec(ra, dec, *_GALACTIC_POLE) / 3600)
        if population.latitude_deg[0] <= latitude <= population.latitude_deg[1]:
            return ra, dec


def _star(drawn: _Drawn, periods_d: tuple[float, float], r_mags: tuple[float, float]) -> Star:
    period = drawn.between(*periods_d, digits=5)
    epoch = round(FIRST_MJD + period * drawn.between(0, 1, 4), 2)
    return Star(
        drawn.name, drawn.place, period, epoch, drawn.between(*r_mags), drawn.season, drawn.gap_d
    )
