"""Distances on the sky."""

from math import asin, cos, degrees, hypot, radians, sin, sqrt

import numpy as np
from numpy.typing import NDArray

__all__ = ["separation_arcsec", "separations_arcsec"]

Angles = NDArray[np.float64]


def separation_arcsec(ra1: float, dec1: float, ra2: float, dec2: float) -> float:
    """Return the great-circle distance of two positions (haversine formula).

    Parameters
    ----------
    ra1, dec1, ra2, dec2 : float
        The positions, in degrees.

    Returns
    -------
    float
        The distance, in arcsec.

    Examples
    --------
    >>> round(separation_arcsec(10.0, -30.0, 10.0, -30.001), 6)
    3.6
    """
    half_dec = sin(radians(dec2 - dec1) / 2)
    half_ra = sin(radians(ra2 - ra1) / 2)
    chord = hypot(half_dec, sqrt(abs(cos(radians(dec1)) * cos(radians(dec2)))) * half_ra)
    return degrees(2 * asin(min(1.0, chord))) * 3600


def separations_arcsec(ra: float, dec: float, ras: Angles, decs: Angles) -> Angles:
    """Return the great-circle distances of many positions from one; see `separation_arcsec`.

    Examples
    --------
    >>> separations_arcsec(0.0, 90.0, np.array([5.0]), np.array([89.0])).round(6)
    array([3600.])
    """
    half_dec = np.sin(np.radians(decs - dec) / 2)
    half_ra = np.sin(np.radians(ras - ra) / 2)
    scale = np.sqrt(np.abs(np.cos(np.radians(dec)) * np.cos(np.radians(decs))))
    chord = np.minimum(1.0, np.hypot(half_dec, scale * half_ra))
    return np.asarray(np.degrees(2 * np.arcsin(chord)) * 3600)
