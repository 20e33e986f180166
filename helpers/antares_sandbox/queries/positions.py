"""ANTARES' `sky_distance`: all loci within a radius of a position."""

import re
from typing import Any

from antares_sandbox.queries.documents import (
    Columns,
    Document,
    Mask,
    Predicate,
    QueryError,
    Rows,
    values_of,
)
from antares_sandbox.queries.reading import known_options, shortened, text, the_object
from antares_sandbox.sky import separation_arcsec, separations_arcsec

__all__ = ["parse_location", "parse_radius", "sky_distance"]

_NUMBER = r"((?:\d+\.?\d*|\.\d+)(?:e[+-]?\d{1,3})?)"
_SIGNED = rf"([+-]?){_NUMBER}"
_SMALLER = rf"(?:{_NUMBER}m)?(?:{_NUMBER}s)?"
_SEXAGESIMAL = re.compile(rf"{_SIGNED}h{_SMALLER}[ ,]+{_SIGNED}d{_SMALLER}")
_DECIMAL = re.compile(rf"{_SIGNED}(?:d|deg)?[ ,]+{_SIGNED}(?:d|deg)?")
_RADIUS = re.compile(rf"{_NUMBER} *([a-z]+)")
_DEGREES = {
    **dict.fromkeys(("degree", "degrees", "deg", "d"), 1.0),
    **dict.fromkeys(("arcmin", "arcminute", "arcminutes"), 1 / 60),
    **dict.fromkeys(("arcsec", "arcsecond", "arcseconds"), 1 / 3600),
}
_MAX_CHARACTERS = 100
_ROUNDING_DEG = 1e-11


def sky_distance(body: Any) -> Predicate:
    """Compile a `sky_distance`.

    Parameters
    ----------
    body : dict
        Its `radius` and `location`.

    Returns
    -------
    callable
        The predicate.
    """
    options = known_options(
        "sky_distance", the_object("sky_distance", body), {"radius", "location"}
    )
    radius = parse_radius(options.get("radius")) + _ROUNDING_DEG
    ra, dec = parse_location(options.get("location"))

    def near(document: Document) -> bool:
        own_ra, own_dec = _coordinate(document, "ra"), _coordinate(document, "dec")
        return (
            abs(own_dec - dec) <= radius
            and separation_arcsec(ra, dec, own_ra, own_dec) <= radius * 3600
        )

    def of_rows(columns: Columns, rows: Rows) -> Mask:
        return separations_arcsec(ra, dec, *columns.positions(rows)) <= radius * 3600

    return Predicate(near, of_rows)


def parse_radius(value: Any) -> float:
    """Return a radius in degrees.

    Examples
    --------
    >>> parse_radius("0.5 degree"), parse_radius("30 arcmin")
    (0.5, 0.5)
    """
    clause = "sky_distance.radius"
    given = text(clause, value).strip().lower()
    found = _RADIUS.fullmatch(given) if len(given) <= _MAX_CHARACTERS else None
    if found is None or found[2] not in _DEGREES:
        raise QueryError(
            f"[{clause}] takes a number and degree, arcmin or arcsec, such as '0.5 degree', "
            f"not {shortened(value)}"
        )
    radius = float(found[1]) * _DEGREES[found[2]]
    if radius > 180:
        raise QueryError(f"[{clause}] is at most 180 degree, not {shortened(value)}")
    return radius


def parse_location(value: Any) -> tuple[float, float]:
    """Return the right ascension and declination of a location, in degrees.

    Examples
    --------
    >>> parse_location("10h00m00s -30d30m00s"), parse_location("150.0 -30.5")
    ((150.0, -30.5), (150.0, -30.5))
    """
    clause = "sky_distance.location"
    given = text(clause, value).strip().lower()
    position = _position(given) if len(given) <= _MAX_CHARACTERS else None
    if position is None:
        raise QueryError(
            f"[{clause}] takes '10h00m00s -30d00m00s' or degrees such as '150.0 -30.0', "
            f"not {shortened(value)}"
        )
    ra, dec = position
    if not (0 <= ra <= 360 and -90 <= dec <= 90):
        raise QueryError(f"[{clause}] is not a position: {shortened(value)}")
    return ra, dec


def _coordinate(document: Document, name: str) -> float:
    return float(values_of(document, name)[0])


def _position(given: str) -> tuple[float, float] | None:
    if found := _SEXAGESIMAL.fullmatch(given):
        return 15 * _angle(*found.group(1, 2, 3, 4)), _angle(*found.group(5, 6, 7, 8))
    if found := _DECIMAL.fullmatch(given):
        return _angle(*found.group(1, 2)), _angle(*found.group(3, 4))
    return None


def _angle(sign: str, whole: str, minutes: str | None = None, seconds: str | None = None) -> float:
    size = float(whole) + float(minutes or 0) / 60 + float(seconds or 0) / 3600
    return -size if sign == "-" else size
