"""The catalog matches of a locus as a table, read from the columns of each catalog."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import astropy.units as u
import numpy as np
from astropy.table import Column, QTable

from antares_helpers.coerce import as_floats, is_true
from antares_helpers.errors import BadDataError
from antares_helpers.fetching.http import one_line
from antares_helpers.fetching.locus import LocusLike, with_catalog_objects
from antares_helpers.fetching.request import DEFAULT_RETRIES, DEFAULT_TIMEOUT
from antares_helpers.lightcurves.extract import identity_of

__all__ = ["catalog_table"]

_FLOAT_EXACT_MAX = 2**53
_BEYOND_ANY_ID = 10**30
_MAX_ARCSEC = 180 * 3600
_MAX_REDSHIFT = 20.0

_NO_TEXT = frozenset({"nan", "none", "null"})
"""What a missing value has become where a table was turned into text."""

_FIELD_CENTER_ARCSEC = 60.0
"""Within this, GALEX' AVASPRA is a source, else the center of a field, 1.1 degrees wide."""

_DESCRIPTIONS = {
    "catalog": "name of the catalog in ANTARES",
    "name": "name or ID of the object in the catalog; empty if unknown",
    "ra": "right ascension of the object (ICRS); NaN if unknown",
    "dec": "declination of the object (ICRS); NaN if unknown",
    "separation": "distance of the object from the locus; NaN if unknown",
    "type": "type or class, in the catalog's own words; empty if unknown",
    "redshift": "redshift; NaN if unknown",
}
_TEXTS = ("catalog", "name", "type")
_UNITS = {"ra": u.deg, "dec": u.deg, "separation": u.arcsec}


class _Columns(NamedTuple):
    """Where a catalog has what; of several columns, the first one with a value is taken."""

    name: tuple[str, ...]
    position: tuple[tuple[str, str], ...]
    type: tuple[str, ...] = ()
    redshift: tuple[str, ...] = ()
    type_codes: Mapping[int, str] = {}


_RA_DEC = (("ra", "dec"),)
_RA_DECL = (("ra", "decl"),)
_J2000 = (("raj2000", "dej2000"),)
_ICRS = (("ra_icrs", "de_icrs"),)
_ANY = (*_RA_DEC, *_J2000, *_RA_DECL, ("ra", "dec_"), ("ramean", "decmean"))

_SDSS_TYPES = {3: "galaxy", 6: "star"}  # SDSS, PhotoType
_GSC_TYPES = {  # Guide Star Catalog 2.3, Lasker et al. 2008
    0: "star",
    1: "galaxy",
    2: "blend",
    3: "non-star",
    4: "unclassified",
    5: "defect",
}
_SDSS = _Columns(
    ("Objid",), (("ra", "dec_"),), ("type",), ("z_redshift", "redshift", "z"), _SDSS_TYPES
)

_CATALOGS = {
    "2mass_psc": _Columns(("designation",), _RA_DECL),
    "2mass_xsc": _Columns(("designation",), _RA_DECL),
    "allwise": _Columns(("designation",), _RA_DECL),
    "asassn_variable_catalog_v2_20190802": _Columns(
        ("asassn_name",), _J2000, ("variable_type", "type")
    ),
    "bright_guide_star_cat": _Columns(
        ("hstID",),
        (("RightAsc_deg", "Declination_deg"),),
        ("classification",),
        type_codes=_GSC_TYPES,
    ),
    "chandra_master_sources": _Columns(("name",), _RA_DEC),
    "csdr2": _Columns(("name",), _RA_DECL, ("type", "var_type", "class")),
    "french_post_starburst_gals": _Columns(("name", "objid"), _ANY, ("type",), ("z", "redshift")),
    "gaia_dr3_gaia_source": _Columns(("designation", "source_id"), _RA_DEC),
    "gaia_dr3_variability": _Columns(("source",), _ICRS, ("class",)),
    "gaia_edr3_distances_bailer_jones": _Columns(("source",), _ICRS),
    "galex": _Columns(("OBJID",), (("RA", "DEC"), ("AVASPRA", "AVASPDEC"))),
    "linear_ll": _Columns(("linear",), _J2000, ("lctype", "type")),
    "milliquas": _Columns(("name", "rname"), _RA_DEC, ("type",), ("z",)),
    "ned": _Columns(("Object_Name",), (("RA_deg", "DEC_deg"),), ("Type",), ("Redshift_1",)),
    "nyu_valueadded_gals": _Columns(("IND",), (("RA", "DEC"),), (), ("Z",)),
    "PS1StarGalaxyCatalog": _Columns(("objid",), _ANY),
    "RC3": _Columns(("name",), _RA_DEC, ("type",)),
    "sdss_dr7": _Columns(("objid",), _J2000, ("cl",), ("zsp",), _SDSS_TYPES),
    "sdss_gals": _SDSS,
    "sdss_stars": _SDSS,
    "tns_public_objects": _Columns(("name",), (("ra", "declination"),), ("type",), ("redshift",)),
    "veron_agn_qso": _Columns(("Name",), (("viz_RAJ2000", "viz_DEJ2000"),), ("Sp", "Cl"), ("z",)),
    "vii_274_bzcat5": _Columns(("name",), _J2000, ("class", "type"), ("z",)),
    "vsx": _Columns(("name",), _J2000, ("type",)),
    "xmm3_dr8": _Columns(("iauname",), _RA_DEC),
}
_UNKNOWN = _Columns((), ())

# A redshift of exactly 0 stands for none in these.
_ZERO_IS_NONE = {*_CATALOGS} - {"ned", "tns_public_objects"}


class _Match(NamedTuple):
    """A row of the table."""

    catalog: str
    name: str
    ra: float
    dec: float
    separation: float
    type: str
    redshift: float


def catalog_table(
    locus: LocusLike, *, timeout: float = DEFAULT_TIMEOUT, retries: int = DEFAULT_RETRIES
) -> QTable:
    """Put the catalog matches of a locus into a table.

    Each catalog has columns of its own: the name of an object is ``designation``, ``Object_Name``
    or ``hstID``, its declination ``dec``, ``decl``, ``dec_`` or ``de_icrs``. This reads them for
    the 26 catalogs of ANTARES.

    Parameters
    ----------
    locus : dict, DevKitLocus or Locus
        What `fetch_locus` or `load_locus` returns, or the devkit's or the client's own form of it.
    timeout, retries : optional
        As for `fetch_locus`; used only if the matches of a ``Locus`` have to be fetched.

    Returns
    -------
    `~astropy.table.QTable`
        One row per match, the nearest first, those of unknown distance last. ``catalog``, ``name``
        and ``type``: str, empty if unknown; ``type`` in the catalog's own words. ``ra``, ``dec``
        [deg] and ``separation`` from the locus [arcsec]: `~astropy.units.Quantity`, and
        ``redshift``: float64, NaN if unknown. ``meta`` gives ``locus_id`` and whether the locus
        is ``simulated``.

    Raises
    ------
    InvalidInputError
        If `locus` is not a locus.
    BadDataError
        If its ``catalog_objects`` are not a dict.
    ServiceError
        If the matches of a ``Locus`` have to be fetched, and could not be.

    See Also
    --------
    fetch_locus : with ``include_catalogs=False``, a locus has no matches.

    Notes
    -----
    What ANTARES says of a match itself (its name, position and distance) is used if the locus has
    it: one from `fetch_locus`, `fetch_loci` or `load_locus`. Otherwise these come from the columns,
    and the distance is computed. A match of a catalog that is not known here then has no position.

    Names are exact: Gaia's IDs, for example, exceed the integers that a float holds. All other
    columns are in ``locus["catalog_objects"][catalog]``, among them Gaia's parallax and
    ``classprob_dsc_combmod_star``: Gaia's main table has no column of types. A match is near the
    locus on the sky, no more: many are chance coincidences.

    Examples
    --------
    >>> from antares_helpers import catalog_table, fetch_locus
    >>> table = catalog_table(fetch_locus("ANT2026simrrlyrae"))
    >>> table.colnames
    ['catalog', 'name', 'ra', 'dec', 'separation', 'type', 'redshift']
    """
    locus = with_catalog_objects(locus, timeout=timeout, retries=retries)
    center = _position(locus, "ra", "dec")
    rows = [_read(*found, center) for found in _found(locus)]
    rows.sort(key=lambda row: (np.isnan(row.separation), row.separation))
    data: dict[str, Any] = {}
    for index, name in enumerate(_Match._fields):
        kind = np.str_ if name in _TEXTS else np.float64
        values = np.array([row[index] for row in rows], dtype=kind)
        data[name] = Column(values, unit=_UNITS.get(name), description=_DESCRIPTIONS[name])
    return QTable(data, meta=identity_of(locus), copy=False)


def _found(locus: Mapping[str, Any]) -> Iterator[tuple[str, Any, Mapping[str, Any]]]:
    """Yield the catalog, the row and what ANTARES says itself of each match."""
    objects = locus.get("catalog_objects")
    if objects is None:
        return
    if not isinstance(objects, Mapping):
        raise BadDataError(
            "The catalog_objects of this locus are not a dict of lists. Fetch it with fetch_locus."
        )
    for catalog, listed in objects.items():
        rows = listed if isinstance(listed, list | tuple) else [listed] * (listed is not None)
        said = _said(locus, catalog)
        said = said if len(said) == len(rows) else [{}] * len(rows)
        yield from ((one_line(catalog), *each) for each in zip(rows, said, strict=True))


def _said(locus: Mapping[str, Any], catalog: object) -> list[Mapping[str, Any]]:
    """Return what ANTARES says of the matches of a catalog, unless the sandbox has made it up."""
    matches = [each for each in getattr(locus, "catalog_matches", ()) if isinstance(each, Mapping)]
    of_catalog = [each for each in matches if each.get("catalog_name") == catalog]
    return [{} if is_true(_extra(each, "derived")) else each for each in of_catalog]


def _read(catalog: str, row: Any, said: Mapping[str, Any], center: tuple[float, float]) -> _Match:
    columns = _CATALOGS.get(catalog, _UNKNOWN)
    row = row if isinstance(row, Mapping) else {}
    row = {name.lower(): value for name, value in row.items() if isinstance(name, str)} | row
    ra, dec = _position(said, "ra", "dec")
    if np.isnan(ra):
        ra, dec = _place(catalog, columns, row, center)
    separation = _number(_extra(said, "separation"), 0, _MAX_ARCSEC)
    if np.isnan(separation):
        separation = _separation(*center, ra, dec)
    return _Match(
        catalog,
        _name(catalog, columns, row, said),
        ra,
        dec,
        separation,
        _type(columns, row),
        _redshift(catalog, columns, row),
    )


def _name(catalog: str, columns: _Columns, row: Mapping[str, Any], said: Mapping[str, Any]) -> str:
    name = _first_text(columns.name, row)
    given = _text(said.get("object_name"))
    prefix = _text(row.get("name_prefix")) if catalog == "tns_public_objects" else ""
    if prefix and name and given in ("", name) and not name.startswith(prefix):
        return f"{prefix} {name}"
    return given or name


def _type(columns: _Columns, row: Mapping[str, Any]) -> str:
    for name in columns.type:
        value = row.get(name, row.get(name.lower()))
        if isinstance(value, str) and not value.strip().isdecimal():
            if text := _text(value):
                return text
        elif code := columns.type_codes.get(_code(value)):
            return code
    return ""


def _code(value: Any) -> int:
    text = _text(value)
    return int(text) if text.isdecimal() else -1


def _redshift(catalog: str, columns: _Columns, row: Mapping[str, Any]) -> float:
    for name in columns.redshift:
        # The z of SDSS is a magnitude in some of its tables; no galaxy there is so bright or far.
        most = 8.0 if columns is _SDSS else _MAX_REDSHIFT
        redshift = _number(row.get(name, row.get(name.lower())), -0.02, most)
        if not np.isnan(redshift) and (redshift or catalog not in _ZERO_IS_NONE):
            return redshift
    return np.nan


def _place(
    catalog: str, columns: _Columns, row: Mapping[str, Any], center: tuple[float, float]
) -> tuple[float, float]:
    """Return the position of an object by the columns of its catalog."""
    for names in columns.position:
        ra, dec = _position(row, *names)
        is_field = names[0] == "AVASPRA" and not (
            _separation(*center, ra, dec) <= _FIELD_CENTER_ARCSEC
        )
        if not np.isnan(ra) and not is_field:
            return ra, dec
    if catalog == "bright_guide_star_cat":
        ra = np.degrees(_number(row.get("RightAsc"), 0, 2 * np.pi))
        dec = np.degrees(_number(row.get("Declination"), -np.pi / 2, np.pi / 2))
        return (np.nan, np.nan) if np.isnan(ra + dec) else (float(ra), float(dec))
    return np.nan, np.nan


def _position(content: Mapping[str, Any], ra_name: str, dec_name: str) -> tuple[float, float]:
    """Return a position on the sky, in degrees; NaN if one of the two is not."""
    ra = _number(content.get(ra_name, content.get(ra_name.lower())), 0, 360)
    dec = _number(content.get(dec_name, content.get(dec_name.lower())), -90, 90)
    return (np.nan, np.nan) if np.isnan(ra + dec) else (ra, dec)


def _separation(ra1: float, dec1: float, ra2: float, dec2: float) -> float:
    """Return the great-circle distance of two positions in arcsec (haversine formula)."""
    ra1, dec1, ra2, dec2 = np.radians([ra1, dec1, ra2, dec2])
    square = np.sin((dec2 - dec1) / 2) ** 2
    square += np.cos(dec1) * np.cos(dec2) * np.sin((ra2 - ra1) / 2) ** 2
    return float(np.degrees(2 * np.arcsin(np.sqrt(min(square, 1.0)))) * 3600)


def _extra(said: Mapping[str, Any], name: str) -> Any:
    extra = said.get("extra")
    return extra.get(name) if isinstance(extra, Mapping) else None


def _number(value: Any, least: float, most: float) -> float:
    number = float(as_floats([value])[0])
    return number if least <= number <= most else np.nan


def _first_text(names: tuple[str, ...], row: Mapping[str, Any]) -> str:
    texts = (_text(row.get(name, row.get(name.lower()))) for name in names)
    return next(filter(None, texts), "")


def _text(value: Any) -> str:
    """Return text, or a whole number exactly: no float beyond 2**53, nothing below 0."""
    if isinstance(value, str):
        return "" if value.strip().casefold() in _NO_TEXT else one_line(value)
    if isinstance(value, float | np.floating) and value.is_integer():
        return str(int(value)) if 0 <= value < _FLOAT_EXACT_MAX else ""
    if isinstance(value, int | np.integer) and not isinstance(value, bool):
        return str(value) if 0 <= value < _BEYOND_ANY_ID else ""
    return ""
