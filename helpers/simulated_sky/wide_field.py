"""The simulated southern sky: many small loci far from each other, drawn from a table of ranges."""

from collections.abc import Callable, Iterator
from itertools import count
from math import asin, degrees, log10, radians, sin
from typing import Any, NamedTuple

import numpy as np

from antares_sandbox.sky import separation_arcsec
from antares_sandbox.store.format import LocusFile
from simulated_sky.field_transients import (
    SN_IA,
    SN_IBC,
    SN_IIP,
    Supernova,
    supernova,
)
from simulated_sky.recipes import generator
from simulated_sky.variable_recipes import (
    Asteroid,
    CataclysmicStar,
    Galaxy,
    MovedStar,
    Star,
    active_galaxy,
    asteroid,
    dwarf_nova,
    eclipsing_binary,
    long_period_variable,
    moved_star,
    rr_lyrae,
)

__all__ = ["FIRST_MJD", "LAST_MJD", "wide_field"]

FIRST_MJD, LAST_MJD = 61100, 61260
"""The seasons lie between these: all of them end before the newest of the other loci."""

_GALACTIC_POLE, _ECLIPTIC_POLE = (192.86, 27.13), (270.0, 66.56)
_DECLINATIONS = (-72.0, 2.0)
_EQUINOX_MJD, _SUN_DEG_A_DAY = 61119.6, 0.98565
_FARTHEST_FROM_MIDNIGHT_DEG = 120.0
_MOST_ALERTS = 40

# c/H0 for 70 km/s/Mpc, and (1 - q0) / 2 for a matter density of 0.31: the luminosity distance to
# second order in the redshift, good to a few per cent below 0.4.
_HUBBLE_MPC, _ACCELERATION = 4283.0, 0.765


class _Drawn(NamedTuple):
    """The part that every locus has: position, season and random generator."""

    name: str
    place: tuple[float, float]
    season: tuple[int, int]
    gap_d: float
    rng: np.random.Generator

    def between(self, low: float, high: float, digits: int = 2) -> float:
        """Return a number from a range, rounded."""
        return round(float(self.rng.uniform(low, high)), digits)


def _thermonuclear(drawn: _Drawn) -> LocusFile:
    return supernova(SN_IA, _supernova(drawn, (0.05, 0.36), (-19.2, 0.15), (22, 40)))


def _stripped(drawn: _Drawn) -> LocusFile:
    return supernova(SN_IBC, _supernova(drawn, (0.03, 0.14), (-17.7, 0.4), (18, 35)))


def _plateau(drawn: _Drawn) -> LocusFile:
    return supernova(SN_IIP, _supernova(drawn, (0.015, 0.09), (-16.9, 0.4), (4, 25)))


def _pulsating(drawn: _Drawn) -> LocusFile:
    return rr_lyrae(_star(drawn, (0.45, 0.72), (16.8, 20.5)))


def _eclipsing(drawn: _Drawn) -> LocusFile:
    return eclipsing_binary(_star(drawn, (0.35, 3.2), (16.9, 20.3)))


def _red_giant(drawn: _Drawn) -> LocusFile:
    return long_period_variable(_star(drawn, (90.0, 240.0), (18.0, 19.9)))


def _active(drawn: _Drawn) -> LocusFile:
    r_mag, redshift = drawn.between(18.6, 21.0), drawn.between(0.2, 2.4)
    past = drawn.between(0, 400, 0)
    row = Galaxy(drawn.name, drawn.place, r_mag, redshift, drawn.season, drawn.gap_d, past)
    return active_galaxy(row)


def _outburst(drawn: _Drawn) -> LocusFile:
    start = drawn.season[0] + drawn.between(8.0, 18.0, 1)
    r_mag, amplitude = drawn.between(20.8, 22.8), drawn.between(2.8, 4.8)
    row = CataclysmicStar(
        drawn.name, drawn.place, (start,), r_mag, amplitude, drawn.season, drawn.gap_d
    )
    return dwarf_nova(row)


def _moved(drawn: _Drawn) -> LocusFile:
    motion = (drawn.between(-260, 260, 1), drawn.between(-260, 260, 1))
    r_mag, parallax = drawn.between(16.4, 18.2), drawn.between(4.0, 20.0)
    return moved_star(
        MovedStar(drawn.name, drawn.place, r_mag, parallax, motion, drawn.season, drawn.gap_d)
    )


def _passing(drawn: _Drawn) -> LocusFile:
    identity = int(drawn.rng.integers(20_800_000_000_000_000, 21_200_000_000_000_000))
    bands = ("gr", "ri", "gi", "iz")[int(drawn.rng.integers(4))]
    night, r_mag = drawn.season[0], drawn.between(18.8, 22.3)
    return asteroid(Asteroid(drawn.name, drawn.place, identity, night, bands, r_mag))


class _Population(NamedTuple):
    """A row of the table: the loci of a class, and the ranges of their parameters."""

    name: str
    make: Callable[[_Drawn], LocusFile]
    numbers: range
    season_d: tuple[int, int]
    gap_d: tuple[float, float]
    latitude_deg: tuple[float, float]
    pole: tuple[float, float] = _GALACTIC_POLE
    least_alerts: int = 4


# The numbers continue those of the first field.
_POPULATIONS = (
    _Population("snia", _thermonuclear, range(11, 26), (75, 125), (4.5, 15.0), (20, 90)),
    _Population("snibc", _stripped, range(1, 6), (70, 110), (7.0, 12.0), (20, 90)),
    _Population("sniip", _plateau, range(5, 12), (110, 140), (7.0, 22.0), (20, 90)),
    _Population("rr", _pulsating, range(5, 13), (60, 150), (7.0, 25.0), (12, 90)),
    _Population("eb", _eclipsing, range(5, 12), (70, 155), (6.0, 22.0), (6, 40)),
    _Population("lpv", _red_giant, range(1, 8), (115, 155), (12.0, 28.0), (4, 30)),
    _Population("agn", _active, range(5, 12), (100, 155), (12.0, 28.0), (20, 90)),
    _Population("dwarfnova", _outburst, range(2, 7), (30, 45), (1.8, 3.0), (8, 50)),
    _Population("dipoles", _moved, range(2, 6), (50, 100), (8.0, 15.0), (10, 90)),
    _Population("asteroid", _passing, range(5, 9), (1, 2), (1.0, 2.0), (0, 14), _ECLIPTIC_POLE, 2),
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
    return next(file for file in files if _fits(file["locus"]["old_properties"], population))


def _fits(described: dict[str, Any], population: _Population) -> bool:
    number: int = described["num_alerts"]
    return population.least_alerts <= number <= _MOST_ALERTS and described["is_corrected"] == "true"


def _draw(population: _Population, number: int, attempt: int) -> _Drawn:
    rng = generator(f"wide field {population.name} {number} {attempt}")
    days = int(rng.integers(*population.season_d))
    first = int(rng.integers(FIRST_MJD, LAST_MJD - days))
    gap = round(float(rng.uniform(*population.gap_d)), 1)
    return _Drawn(
        f"{number:02}", _place(rng, population, first, days), (first, first + days), gap, rng
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
        latitude = abs(90 - separation_arcsec(ra, dec, *population.pole) / 3600)
        if population.latitude_deg[0] <= latitude <= population.latitude_deg[1]:
            return ra, dec


def _supernova(
    drawn: _Drawn,
    redshifts: tuple[float, float],
    absolute_mag: tuple[float, float],
    date_d: tuple[float, float],
) -> Supernova:
    redshift = drawn.between(*redshifts, digits=3)
    distance = _HUBBLE_MPC * redshift * (1 + _ACCELERATION * redshift)
    r_mag = round(5 * log10(distance) + 25 + float(drawn.rng.normal(*absolute_mag)), 2)
    return Supernova(
        drawn.name,
        drawn.place,
        drawn.season[0] + drawn.between(*date_d, digits=1),
        r_mag,
        round(r_mag + drawn.between(0.2, 2.0), 2),
        drawn.season,
        drawn.gap_d,
        redshift,
        in_tns=r_mag < 20,
        at_redshift=True,
    )


def _star(drawn: _Drawn, periods_d: tuple[float, float], r_mags: tuple[float, float]) -> Star:
    period = drawn.between(*periods_d, digits=5)
    epoch = round(FIRST_MJD + period * drawn.between(0, 1, 4), 2)
    return Star(
        drawn.name, drawn.place, period, epoch, drawn.between(*r_mags), drawn.season, drawn.gap_d
    )
