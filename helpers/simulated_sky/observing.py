"""When a field can be observed from Cerro Pachon: in astronomical night, high above the horizon.

All of it follows from erfa alone, without tables of the Earth's rotation: an altitude is right
within 0.01 degrees, since UT1 is taken as UTC.
"""

from functools import lru_cache
from math import pi, radians
from typing import NamedTuple

import erfa
import numpy as np
from numpy.typing import NDArray

from antares_helpers.bands import TAI_MINUS_UTC_S

__all__ = [
    "LATITUDE_DEG",
    "LONGITUDE_DEG",
    "LOWEST_DEG",
    "MIDNIGHT",
    "MJD_ZERO",
    "TAI_MINUS_UTC_D",
    "TT_MINUS_TAI_D",
    "TWILIGHT_DEG",
    "Night",
    "night",
]

LONGITUDE_DEG, LATITUDE_DEG = -70.7494, -30.2446
"""The Simonyi Survey Telescope, from Rubin's description of the site (LSE-349)."""

TWILIGHT_DEG = -18.0
"""The Sun is lower than this in astronomical night."""

LOWEST_DEG = 30.0
"""The survey prefers fields higher than this, an airmass of 2; Rubin's limit is 20 degrees."""

HIGHEST_DEG = 86.5
"""Closer to the zenith the telescope can't follow: the limit in Rubin's survey simulations."""

MIDNIGHT = -LONGITUDE_DEG / 360
"""Local midnight at the site, as a fraction of the UTC day."""

MJD_ZERO = 2400000.5
"""The Julian date of MJD 0: erfa takes dates in two parts, of which this is the first."""

TAI_MINUS_UTC_D, TT_MINUS_TAI_D = TAI_MINUS_UTC_S / 86400, 32.184 / 86400
"""Differences of the time scales, in days."""

_HALF_NIGHT_D, _STEP_D = 0.26, 0.004

_ROTATION = 2 * pi * 1.00273781191135448
"""Of the Earth against the stars, in radians a day: IERS Conventions 2010, equation 5.15."""

Vector = NDArray[np.float64]


class Night(NamedTuple):
    """A night at the site, in steps of some minutes; all arrays are of the same length.

    Attributes
    ----------
    mjd : numpy.ndarray
        The moments, MJD in TAI, in which the Sun is lower than `TWILIGHT_DEG`.
    sidereal : numpy.ndarray
        The local sidereal time, in radians.
    to_date : numpy.ndarray
        The matrix from ICRS to the equator of date, shape (3, 3).
    moon_up : numpy.ndarray of bool
        Whether the Moon is above the horizon.
    moon_lit : float
        The part of its disk that is lit, 0 to 1.
    """

    mjd: Vector
    sidereal: Vector
    to_date: Vector
    moon_up: NDArray[np.bool_]
    moon_lit: float

    def altitude(self, ra: float, dec: float) -> Vector:
        """Return the altitudes of a position, in degrees, without refraction."""
        return _altitude(self.sidereal, self.to_date @ erfa.s2c(radians(ra), radians(dec)))

    def usable(self, ra: float, dec: float) -> NDArray[np.bool_]:
        """Return when a position is high enough, and not too close to the zenith."""
        altitude = self.altitude(ra, dec)
        return (altitude > min(LOWEST_DEG, _highest(dec) - 1)) & (altitude < HIGHEST_DEG)


@lru_cache(2048)
def night(number: int) -> Night:
    """Return the night around the local midnight of an MJD.

    Parameters
    ----------
    number : int
        The MJD, UTC, on which the local midnight falls.

    Returns
    -------
    Night
        The night.
    """
    midnight = number + MIDNIGHT + TAI_MINUS_UTC_D
    mjd = midnight + np.arange(-_HALF_NIGHT_D, _HALF_NIGHT_D, _STEP_D)
    to_date = erfa.pnm06a(MJD_ZERO, midnight + TT_MINUS_TAI_D)
    sidereal = _sidereal(midnight) + _ROTATION * (mjd - midnight)
    dark = _altitude(sidereal, to_date @ _sun(midnight)) < TWILIGHT_DEG
    mjd, sidereal = mjd[dark], sidereal[dark]
    moon = _moon(midnight)
    up = _altitude(sidereal, to_date @ moon) > 0
    lit = (1 - float(moon @ _sun(midnight))) / 2
    return Night(mjd, sidereal, to_date, up, lit)


def _highest(dec: float) -> float:
    """Return the altitude of a position on the meridian, in degrees."""
    return 90 - abs(dec - LATITUDE_DEG)


def _sidereal(midnight: float) -> float:
    """Return the local sidereal time, in radians."""
    utc, tt = midnight - TAI_MINUS_UTC_D, midnight + TT_MINUS_TAI_D
    return float(erfa.gst06a(MJD_ZERO, utc, MJD_ZERO, tt)) + radians(LONGITUDE_DEG)


def _altitude(sidereal: Vector, direction: Vector) -> Vector:
    zenith = erfa.s2c(sidereal, radians(LATITUDE_DEG))
    return np.asarray(np.degrees(np.arcsin(np.clip(zenith @ direction, -1, 1))))


def _sun(mjd: float) -> Vector:
    heliocentric, _ = erfa.epv00(MJD_ZERO, mjd + TT_MINUS_TAI_D)
    direction = -heliocentric["p"]
    return np.asarray(direction / np.sqrt(direction @ direction))


def _moon(mjd: float) -> Vector:
    direction = erfa.moon98(MJD_ZERO, mjd + TT_MINUS_TAI_D)["p"]
    return np.asarray(direction / np.sqrt(direction @ direction))
