"""Distances on the sky."""

from math import asin, cos, degrees, hypot, radians, sin, sqrt

__all__ = ["separation_arcsec"]


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
