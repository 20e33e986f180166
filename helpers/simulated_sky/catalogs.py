"""Catalog objects near a locus."""

from math import cos, radians, sqrt
from typing import Any

__all__ = ["galaxy", "named_object", "quasar", "star"]


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
        "classprob_dsc_combmod_quasar": 0.0002,
        "classprob_dsc_combmod_galaxy": 0.0001,
        "classprob_dsc_combmod_star": 0.9996,
    }


def quasar(place: tuple[float, float], arcsec: float, mag: float) -> dict[str, Any]:
    """Return a row of a quasar in a catalog of stars, with Gaia's column names.

    Parameters
    ----------
    place : tuple of float
        The locus: right ascension and declination, in degrees.
    arcsec : float
        Distance from the locus.
    mag : float
        Magnitude in G.

    Returns
    -------
    dict
        The properties, the ID first.
    """
    still = {"parallax": 0.02, "pmra": 0.03, "pmdec": -0.05, "bp_rp": 0.41}
    classes = {
        "classprob_dsc_combmod_quasar": 0.9971,
        "classprob_dsc_combmod_galaxy": 0.0024,
        "classprob_dsc_combmod_star": 0.0005,
    }
    return {**star(place, arcsec, mag, 0.0), **still, **classes}


def named_object(
    name: str, place: tuple[float, float], arcsec: float, **columns: Any
) -> dict[str, Any]:
    """Return a row of a catalog whose objects have names.

    Parameters
    ----------
    name : str
        The name.
    place : tuple of float
        The locus: right ascension and declination, in degrees.
    arcsec : float
        Distance from the locus.
    **columns
        Further properties.

    Returns
    -------
    dict
        The properties, the name first.
    """
    ra, dec = _beside(place, arcsec)
    return {"name": name, "ra": ra, "dec": dec, **columns}


def _beside(place: tuple[float, float], arcsec: float) -> tuple[float, float]:
    ra, dec = place
    step = arcsec / 3600 / sqrt(2)
    return round(ra + step / cos(radians(dec)), 8), round(dec + step, 8)
