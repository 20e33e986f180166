"""Catalog objects near a locus."""

from math import cos, radians, sqrt
from typing import Any

__all__ = ["galaxy", "star"]


def galaxy(place: tuple[float, float], arcsec: float, z: float, mag: float) -> dict[str, Any]:
    """Return a row of a catalog of galaxies.

    Parameters
    ----------
    place : tuple of float
        The locus: right ascension and declination, in degrees.
    arcsec : float
        Distance from the locus.
    z : float
        Redshift.
    mag : float
        Magnitude in r.

    Returns
    -------
    dict
        The properties, the ID first.
    """
    ra, dec = _beside(place, arcsec)
    return {"objid": 1237000000000000000 + round(ra * 1e9), "ra": ra, "dec": dec, "z": z, "r": mag}


def star(place: tuple[float, float], arcsec: float, mag: float, parallax: float) -> dict[str, Any]:
    """Return a row of a catalog of stars, with Gaia's column names.

    Parameters
    ----------
    place : tuple of float
        The locus: right ascension and declination, in degrees.
    arcsec : float
        Distance from the locus.
    mag : float
        Magnitude in G.
    parallax : float
        Parallax, in milliarcsec.

    Returns
    -------
    dict
        The properties, the ID first.
    """
    ra, dec = _beside(place, arcsec)
    return {
        "source_id": 2000000000000000000 + round(ra * 1e12),
        "ra": ra,
        "dec": dec,
        "parallax": parallax,
        "parallax_error": 0.21,
        "pmra": -2.4,
        "pmdec": -3.1,
        "phot_g_mean_mag": mag,
        "bp_rp": 0.74,
    }


def _beside(place: tuple[float, float], arcsec: float) -> tuple[float, float]:
    ra, dec = place
    step = arcsec / 3600 / sqrt(2)
    return round(ra + step / cos(radians(dec)), 8), round(dec + step, 8)
