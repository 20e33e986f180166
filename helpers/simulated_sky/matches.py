"""Matches of a locus with other catalogs, and the forms of the IDs in these catalogs."""

from collections.abc import Iterable
from math import cos, floor, radians
from typing import Any, NamedTuple

from antares_sandbox.sky import separation_arcsec
from antares_sandbox.store.format import WireMatch

__all__ = [
    "HERE",
    "Match",
    "Pair",
    "catalog_objects",
    "gaia_id",
    "long_id",
    "position_name",
    "seen_at",
    "wire_matches",
]

Pair = tuple[float, float]
"""A position, (right ascension, declination) in degrees; or an offset, (east, north) in arcsec."""

HERE: Pair = (0.0, 0.0)

_RADIUS_ARCSEC = 2.0


class Match(NamedTuple):
    """An object of a catalog; the position in degrees."""

    catalog: str
    name: str
    ra: float
    dec: float
    properties: dict[str, Any]
    object_id: str


def catalog_objects(matches: Iterable[Match]) -> dict[str, list[dict[str, Any]]]:
    """Return the rows by catalog, as in the devkit's dict."""
    rows: dict[str, list[dict[str, Any]]] = {}
    for match in matches:
        rows.setdefault(match.catalog, []).append(match.properties)
    return rows


def wire_matches(matches: Iterable[Match], ra: float, dec: float) -> list[WireMatch]:
    """Return what the devkit's dict lacks of the matches of a locus at a position."""
    return [_wire_match(match, ra, dec) for match in matches]


def _wire_match(match: Match, ra: float, dec: float) -> WireMatch:
    separation = separation_arcsec(ra, dec, match.ra, match.dec)
    return {
        "catalog_name": match.catalog,
        "id": f"{match.catalog}:{match.object_id}",
        "object_id": match.object_id,
        "ra": match.ra,
        "dec": match.dec,
        "radius": round(max(_RADIUS_ARCSEC, separation) / 3600, 8),
        "object_name": match.name,
        "extra": {"separation": round(separation, 4)},
    }


def seen_at(place: Pair, offset: Pair, digits: int = 8) -> Pair:
    """Return the position at an offset from a position, rounded to digits of a degree."""
    (ra, dec), (east, north) = place, offset
    return (
        round((ra + east / 3600 / cos(radians(dec))) % 360, digits),
        round(dec + north / 3600, digits),
    )


def gaia_id(ra: float, dec: float) -> int:
    """Return a number of 19 digits, which no float holds exactly, as Gaia's."""
    return 1_000_000_000_000_000_001 + round(ra * 1e6) * 10**9 + 2 * round((dec + 90) * 1e6)


def long_id(ra: float, dec: float, first: int) -> int:
    """Return a number from the position, of as many digits as the first one of the catalog."""
    return first + round(ra * 1e5) * 20_000_000 + round((dec + 90) * 1e5)


def position_name(ra: float, dec: float, ra_digits: int, dec_digits: int) -> str:
    """Return a position as in designations: hhmmss.ss+ddmmss.s, cut, not rounded."""
    hours, degrees = (_cut(ra / 15, ra_digits), _cut(abs(dec), dec_digits))
    return f"{hours}{'-' if dec < 0 else '+'}{degrees}"


def _cut(value: float, digits: int) -> str:
    ticks = floor(round(value * 3600 * 10**digits, 4))
    seconds, fraction = divmod(ticks, 10**digits)
    text = f"{seconds // 3600:02d}{seconds // 60 % 60:02d}{seconds % 60:02d}"
    return f"{text}.{fraction:0{digits}d}" if digits else text
