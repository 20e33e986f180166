"""Orbits about the Sun, and how a body on one looks from Cerro Pachon.

Two bodies only: no planet disturbs the orbit. Everything else that a survey notices is in: the
time that light takes, and the observer's place on the turning Earth, which shifts a body of the
main belt by a few arcseconds and its rate by a few per cent. Times are MJD in TAI.
"""

from dataclasses import dataclass
from functools import cached_property, lru_cache
from math import atan2, cos, degrees, hypot, pi, radians, sin, sqrt

import erfa
import numpy as np
from numpy.typing import NDArray

from simulated_sky.observing import (
    LATITUDE_DEG,
    LONGITUDE_DEG,
    MIDNIGHT,
    MJD_ZERO,
    TAI_MINUS_UTC_D,
    TT_MINUS_TAI_D,
)

__all__ = ["AU_PER_DAY_KM_S", "Orbit", "State", "Vector", "main_belt", "near_opposition"]

Vector = NDArray[np.float64]

AU_PER_DAY_KM_S: float = erfa.DAU / 1000 / erfa.DAYSEC
"""An AU per day in km/s (IAU 2012 resolution B2)."""

_GAUSS = 0.01720209895
"""Square root of the Sun's attraction, in AU**1.5 per day (IAU 1976)."""

_OBLIQUITY = radians(84381.448 / 3600)
"""Of the ecliptic of J2000, in which the Minor Planet Center gives orbits (IAU 1976)."""

_LIGHT_D = erfa.AULT / erfa.DAYSEC
"""Days in which light crosses an AU."""

_SITE = (radians(LONGITUDE_DEG), radians(LATITUDE_DEG), 2663.0)
"""East longitude, latitude and height, in m, of the Simonyi Survey Telescope (LSE-349)."""

_JUPITER_AU = 5.2038
"""Mean distance of Jupiter from the Sun (JPL, mean elements for 1800 to 2050)."""

_KIRKWOOD = tuple(_JUPITER_AU * ratio ** (2 / 3) for ratio in (1 / 4, 1 / 3, 2 / 5, 1 / 2))
"""Distances in AU at which a body circles 4, 3, 5/2 and 2 times per orbit of Jupiter: the gaps
of the main belt and its edges, by Kepler's third law."""

_ECCENTRICITY, _INCLINATION_DEG = 0.12, 6.5
"""Scales of Rayleigh distributions. That form fits large asteroids (Plummer 1916; Malhotra and
Wang 2017, MNRAS 465, 4381); the scales give means of 0.15 and 8 degrees."""


@dataclass(frozen=True)
class Orbit:
    """An ellipse about the Sun, in the elements of the Minor Planet Center.

    Attributes
    ----------
    a_au, e : float
        Semi-major axis, in AU, and eccentricity, less than 1.
    i_deg, node_deg, peri_deg : float
        Inclination, longitude of the ascending node and argument of perihelion, in degrees, on
        the ecliptic of J2000.
    m0_deg, epoch_mjd : float
        The mean anomaly, in degrees, at an epoch.
    """

    a_au: float
    e: float
    i_deg: float
    node_deg: float
    peri_deg: float
    m0_deg: float
    epoch_mjd: float

    def heliocentric(self, mjd: float) -> tuple[Vector, Vector]:
        """Return the position, in AU, and velocity, in AU/d, from the Sun, on the axes of ICRS."""
        motion = _GAUSS / self.a_au**1.5
        mean = radians(self.m0_deg) + motion * (mjd - self.epoch_mjd)
        anomaly, minor = _eccentric_anomaly(mean, self.e), sqrt(1 - self.e**2)
        x, y = cos(anomaly) - self.e, minor * sin(anomaly)
        speed = motion / (1 - self.e * cos(anomaly))
        vx, vy = -sin(anomaly) * speed, minor * cos(anomaly) * speed
        toward, ahead = self.a_au * self._axes
        return x * toward + y * ahead, vx * toward + vy * ahead

    def observe(self, mjd: float) -> "State":
        """Return how a body on the orbit looks from Cerro Pachon."""
        observer, observer_velocity = _observer(mjd)
        delay = 0.0
        for _ in range(3):
            position, velocity = self.heliocentric(mjd - delay)
            topo = position - observer
            delay = _LIGHT_D * _length(topo)
        return State(position, velocity, topo, velocity - observer_velocity)

    @cached_property
    def _axes(self) -> Vector:
        """The unit vectors toward the perihelion and 90 degrees ahead of it, shape (2, 3)."""
        node, tilt, peri = map(radians, (self.node_deg, self.i_deg, self.peri_deg))
        turn = _about_z(node) @ _about_x(tilt) @ _about_z(peri)
        return np.asarray((_about_x(_OBLIQUITY) @ turn)[:, :2].T)


@dataclass(frozen=True, eq=False)
class State:
    """Where a body is when the light that is observed leaves it, on the axes of ICRS.

    Attributes
    ----------
    helio, helio_v : numpy.ndarray
        Position, in AU, and velocity, in AU/d, from the Sun, shape (3,).
    topo, topo_v : numpy.ndarray
        The same from the observer.
    """

    helio: Vector
    helio_v: Vector
    topo: Vector
    topo_v: Vector

    @property
    def ra(self) -> float:
        """Right ascension, in degrees, without aberration: as measured against stars."""
        return degrees(atan2(self.topo[1], self.topo[0])) % 360

    @property
    def dec(self) -> float:
        """Declination, in degrees."""
        return degrees(atan2(self.topo[2], hypot(self.topo[0], self.topo[1])))

    @property
    def rates(self) -> tuple[float, float]:
        """The motion, in degrees per day: in right ascension times cos(dec), in declination."""
        ra, dec = radians(self.ra), radians(self.dec)
        east = np.array([-sin(ra), cos(ra), 0.0])
        north = np.array([-sin(dec) * cos(ra), -sin(dec) * sin(ra), cos(dec)])
        angular = self.topo_v / self.topo_range
        return degrees(float(angular @ east)), degrees(float(angular @ north))

    @property
    def helio_range(self) -> float:
        """Distance from the Sun, in AU."""
        return _length(self.helio)

    @property
    def topo_range(self) -> float:
        """Distance from the observer, in AU."""
        return _length(self.topo)

    @property
    def phase_angle(self) -> float:
        """Angle between Sun and observer, as seen from the body, in degrees."""
        return _angle(self.helio, self.topo)

    @property
    def elongation(self) -> float:
        """Angle between Sun and body, as seen by the observer, in degrees."""
        return _angle(self.topo - self.helio, self.topo)


def main_belt(rng: np.random.Generator, epoch_mjd: float = 61041.0) -> Orbit:
    """Draw an orbit of the main belt, outside the gaps that Jupiter clears."""
    inner, outer = _KIRKWOOD[0] + 0.1, _KIRKWOOD[-1] - 0.05
    a_au = float(rng.uniform(inner, outer))
    while min(abs(a_au - gap) for gap in _KIRKWOOD) < 0.03:
        a_au = float(rng.uniform(inner, outer))
    e = min(float(rng.rayleigh(_ECCENTRICITY)), 0.3)
    tilt = min(float(rng.rayleigh(_INCLINATION_DEG)), 25.0)
    node, peri, m0 = (round(angle, 4) for angle in rng.uniform(0, 360, size=3).tolist())
    return Orbit(round(a_au, 5), round(e, 5), round(tilt, 4), node, peri, m0, epoch_mjd)


def near_opposition(
    orbit: Orbit, first_mjd: float, last_mjd: float, *, elongation: float = 120.0
) -> list[float]:
    """Return the midnights at the site between two dates at which a body is far from the Sun.

    Parameters
    ----------
    orbit : Orbit
        The orbit of the body.
    first_mjd, last_mjd : float
        The dates.
    elongation : float, optional
        Smallest angle from the Sun, in degrees.

    Returns
    -------
    list of float
        MJD of these midnights, in the order of time.
    """
    days = np.arange(np.ceil(first_mjd - MIDNIGHT), np.floor(last_mjd - MIDNIGHT) + 1)
    midnights = [round(float(day) + MIDNIGHT, 3) for day in days]
    return [mjd for mjd in midnights if orbit.observe(mjd).elongation > elongation]


@lru_cache(4096)
def _observer(mjd: float) -> tuple[Vector, Vector]:
    """Return the site's position, in AU, and velocity, in AU/d, from the Sun.

    UT1 is taken as UTC, and the pole as fixed: wrong by less than 0.3 km.
    """
    tt, utc = mjd + TT_MINUS_TAI_D, mjd - TAI_MINUS_UTC_D
    earth, _ = erfa.epv00(MJD_ZERO, tt)
    site = erfa.pvtob(*_SITE, 0.0, 0.0, 0.0, erfa.era00(MJD_ZERO, utc))
    to_icrs = erfa.c2i06a(MJD_ZERO, tt).T
    position = earth["p"] + to_icrs @ site["p"] / erfa.DAU
    velocity = earth["v"] + to_icrs @ site["v"] * (erfa.DAYSEC / erfa.DAU)
    return position, velocity


def _eccentric_anomaly(mean: float, e: float) -> float:
    """Solve Kepler's equation, E - e sin(E) = M, by Newton's method."""
    mean = (mean + pi) % (2 * pi) - pi
    anomaly = mean + e * sin(mean)
    for _ in range(20):
        anomaly -= (anomaly - e * sin(anomaly) - mean) / (1 - e * cos(anomaly))
    return anomaly


def _about_x(angle: float) -> Vector:
    """Return the matrix that turns vectors about the x axis."""
    return np.array([[1, 0, 0], [0, cos(angle), -sin(angle)], [0, sin(angle), cos(angle)]])


def _about_z(angle: float) -> Vector:
    return np.array([[cos(angle), -sin(angle), 0], [sin(angle), cos(angle), 0], [0, 0, 1]])


def _length(vector: Vector) -> float:
    return sqrt(float(vector @ vector))


def _angle(one: Vector, other: Vector) -> float:
    return degrees(atan2(_length(np.cross(one, other)), float(one @ other)))
