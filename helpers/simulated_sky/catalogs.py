"""Matches of a locus with other catalogs, in the columns that ANTARES has for each catalog.

Each function places one object: `place` is a position, (right ascension, declination) in degrees,
and `offset` where the object is seen from it, (east, north) in arcsec. Magnitudes are in mag,
parallaxes in mas, proper motions in mas/yr (that of RA times cos(Dec)), periods in days.

Sources of the columns: recorded ANTARES responses (2MASS, AllWISE, GSC 2, Gaia), the public table
of the Transient Name Server, and VizieR B/vsx, II/294, VII/258, VII/290, I/352 and I/355 for the
others. A name that a person reads says "simulated"; numbers and designations only have the form of
real ones.
"""

from math import floor, radians
from typing import Any

from simulated_sky.matches import (
    HERE,
    Match,
    Pair,
    catalog_objects,
    long_id,
    position_name,
    seen_at,
    wire_matches,
)
from simulated_sky.star_catalogs import (
    asassn_star,
    csdr2_star,
    gaia_distance,
    gaia_quasar,
    gaia_star,
    gaia_variable,
    vsx_star,
)

__all__ = [
    "Match",
    "Pair",
    "allwise_source",
    "asassn_star",
    "catalog_objects",
    "csdr2_star",
    "gaia_distance",
    "gaia_quasar",
    "gaia_star",
    "gaia_variable",
    "galex_source",
    "guide_star",
    "milliquas_quasar",
    "ned_galaxy",
    "ps1_source",
    "sdss_galaxy",
    "sdss_star",
    "tns_report",
    "two_mass_star",
    "veron_quasar",
    "vsx_star",
    "wire_matches",
]


def ned_galaxy(
    place: Pair,
    name: str,
    redshift: float | None,
    r_mag: float,
    *,
    offset: Pair = HERE,
    kind: str = "G",
) -> Match:
    """Return an object of NED; `kind` is G for galaxies, QSO for quasars."""
    ra, dec = seen_at(place, offset)
    properties = {
        "Object_Name": name,
        "RA_deg": ra,
        "DEC_deg": dec,
        "Type": kind,
        "Redshift_1": redshift,
        "Redshift_Flag": None if redshift is None else "SPEC",
        "Magnitude_and_Filter": f"{r_mag:.1f}r",
    }
    return Match("ned", name, ra, dec, properties, name)


def sdss_galaxy(place: Pair, r_mag: float, redshift: float | None, *, offset: Pair = HERE) -> Match:
    """Return a galaxy of SDSS, with a redshift if a spectrum has been taken."""
    spectrum = {"specObjID": None, "z_redshift": redshift, "zErr": None}
    if redshift is not None:
        ra, dec = seen_at(place, offset)
        spectrum |= {"specObjID": long_id(ra, dec, 75_000_000_000_000_000), "zErr": 0.0002}
    return _sdss("sdss_gals", place, offset, r_mag, (1.6, 0.7, 0.0, -0.35, -0.6), 3, spectrum)


def sdss_star(place: Pair, r_mag: float, *, offset: Pair = HERE) -> Match:
    """Return a star of SDSS."""
    spectrum = {"specObjID": None, "z_redshift": None, "zErr": None}
    return _sdss("sdss_stars", place, offset, r_mag, (1.5, 0.4, 0.0, -0.12, -0.16), 6, spectrum)


def _sdss(
    catalog: str,
    place: Pair,
    offset: Pair,
    r_mag: float,
    colors: tuple[float, ...],
    kind: int,
    spectrum: dict[str, Any],
) -> Match:
    ra, dec = seen_at(place, offset)
    objid = long_id(ra, dec, 587_720_000_000_000_000)
    magnitudes = {
        band: round(r_mag + color, 3) for band, color in zip("ugriz", colors, strict=True)
    }
    properties = {"Objid": objid, "ra": ra, "dec_": dec, "mode": 1, "type": kind, **spectrum}
    return Match(catalog, str(objid), ra, dec, properties | magnitudes, str(objid))


def milliquas_quasar(
    place: Pair, redshift: float | None, r_mag: float, *, offset: Pair = HERE
) -> Match:
    """Return a quasar of the Million Quasars catalog."""
    ra, dec = seen_at(place, offset)
    name = f"simulated J{position_name(ra, dec, 2, 1)}"
    properties = {
        "name": name,
        "ra": ra,
        "dec": dec,
        "type": "Q",
        "rmag": r_mag,
        "bmag": round(r_mag + 0.4, 2),
        "comment": "p",
        "r": "-",
        "b": "-",
        "z": redshift,
        "cite": "simulated",
        "zcite": "simulated",
        "xname": "",
        "rname": "",
    }
    return Match("milliquas", name, ra, dec, properties, name)


def veron_quasar(place: Pair, redshift: float, v_mag: float, *, offset: Pair = HERE) -> Match:
    """Return a quasar of the catalog by Veron-Cetty and Veron (2010)."""
    ra, dec = seen_at(place, offset)
    name = f"simulated J{position_name(ra, dec, 0, 0)}"
    recno = 1 + round(ra * 1e6) % 168_940
    properties = {
        "recno": recno,
        "viz_RAJ2000": ra,
        "viz_DEJ2000": dec,
        "Cl": "Q",
        "Name": name,
        "z": redshift,
        "Sp": "S1",
        "Vmag": v_mag,
    }
    return Match("veron_agn_qso", name, ra, dec, properties, str(recno))


def tns_report(
    place: Pair,
    name: str,
    kind: str | None = None,
    redshift: float | None = None,
    *,
    offset: Pair = HERE,
) -> Match:
    """Return a report to the Transient Name Server; `kind` is the class if there is a spectrum."""
    ra, dec = seen_at(place, offset)
    objid = 900_000_000 + round(ra * 1e5)
    properties = {
        "objid": objid,
        "name_prefix": "SN" if kind and kind.startswith("SN") else "AT",
        "name": name,
        "ra": ra,
        "declination": dec,
        "redshift": redshift,
        "type": kind or "",
        "reporting_group": "simulated",
        "source_group": "simulated",
        "internal_names": "",
    }
    shown = f"{properties['name_prefix']} {name}"
    return Match("tns_public_objects", shown, ra, dec, properties, str(objid))


def allwise_source(
    place: Pair, w1_mag: float, *, w1_w2: float = 0.0, offset: Pair = HERE, extended: bool = False
) -> Match:
    """Return a source of AllWISE; W1 - W2 of 0.8 or more is that of an AGN (Stern et al. 2012)."""
    ra, dec = seen_at(place, offset, 7)
    name = f"J{position_name(ra, dec, 2, 1)}"
    properties = {
        "designation": name,
        "ra": ra,
        "decl": dec,
        "sigra": 0.0418,
        "sigdec": 0.0389,
        "cntr": long_id(ra, dec, 510_000_000_000_000_000),
        "w1mpro": w1_mag,
        "w1sigmpro": 0.03,
        "w2mpro": round(w1_mag - w1_w2, 3),
        "w2sigmpro": 0.05,
        "cc_flags": "0000",
        "ext_flg": int(extended),
        "var_flg": "00nn",
        "ph_qual": "AAUU",
    }
    return Match("allwise", name, ra, dec, properties, name)


def two_mass_star(place: Pair, j_mag: float, *, offset: Pair = HERE) -> Match:
    """Return a point source of 2MASS; as in ANTARES, the designation ends with a space."""
    ra, dec = seen_at(place, offset, 6)
    name = position_name(ra, dec, 2, 1).replace(".", "")
    properties = {
        "designation": f"{name} ",
        "ra": ra,
        "decl": dec,
        "err_maj": 0.06,
        "err_min": 0.06,
        "j_m": j_mag,
        "j_msigcom": 0.023,
        "h_m": round(j_mag - 0.35, 3),
        "h_msigcom": 0.021,
        "k_m": round(j_mag - 0.42, 3),
        "k_msigcom": 0.02,
        "ph_qual": "AAA",
        "cc_flg": "000",
        "gal_contam": 0,
        "ext_key": None,
        "date": "1998-11-01 00:00:00",
    }
    return Match("2mass_psc", name, ra, dec, properties, name)


def guide_star(place: Pair, mag: float, *, offset: Pair = HERE, galaxy: bool = False) -> Match:
    """Return a source of the Guide Star Catalog 2; `mag` is the photographic red one (F)."""
    ra, dec = seen_at(place, offset)
    name = f"SIMU{round(ra * 1e4) % 1_000_000:06d}"
    properties = {
        "hstID": name,
        "gsc1ID": None,
        "RightAsc": round(radians(ra), 12),
        "Declination": round(radians(dec), 12),
        "RightAsc_deg": ra,
        "Declination_deg": dec,
        "PositionEpoch": 1992.97998046875,
        "FpgMag": mag,
        "FpgMagErr": 0.42,
        "JpgMag": round(mag + 0.9, 2),
        "JpgMagErr": 0.43,
        "VMag": None,
        "VMagErr": None,
        "classification": 3 if galaxy else 0,
        "variableFlag": 0,
        "multipleFlag": 0,
    }
    return Match("bright_guide_star_cat", name, ra, dec, properties, name)


def galex_source(
    place: Pair, nuv_mag: float, *, fuv_nuv: float | None = None, offset: Pair = HERE
) -> Match:
    """Return a source of GALEX; without a color, it was not seen in the far ultraviolet."""
    ra, dec = seen_at(place, offset)
    objid = long_id(ra, dec, 6_370_000_000_000_000_000)
    properties = {
        "OBJID": objid,
        "AVASPRA": ra,
        "AVASPDEC": dec,
        "NUV_MAG": nuv_mag,
        "NUV_MAGERR": 0.05,
        "FUV_MAG": None if fuv_nuv is None else round(nuv_mag + fuv_nuv, 3),
        "FUV_MAGERR": None if fuv_nuv is None else 0.1,
    }
    return Match("galex", str(objid), ra, dec, properties, str(objid))


def ps1_source(place: Pair, star_score: float, *, offset: Pair = HERE) -> Match:
    """Return a source of Pan-STARRS; the score of Tachibana and Miller (2018) is 1 for stars."""
    ra, dec = seen_at(place, offset)
    # The form of the real numbers: a zone of declination, then the right ascension.
    objid = floor((dec + 90) * 120) * 10**13 + round(ra * 1e6) * 10**4
    properties = {"objid": objid, "ra": ra, "dec": dec, "ps_score": star_score}
    return Match("PS1StarGalaxyCatalog", str(objid), ra, dec, properties, str(objid))
