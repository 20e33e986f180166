"""Check the criteria of a search, and build its Elasticsearch query."""

import json
import re
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from math import isfinite
from numbers import Integral, Real
from typing import Any, NamedTuple, TypeAlias

import astropy.units as u
import numpy as np
from astropy.coordinates import SkyCoord
from astropy.time import Time

from antares_helpers.coerce import as_ids
from antares_helpers.errors import InvalidInputError
from antares_helpers.validation import (
    check_locus_id,
    parse_name,
    short_repr,
    strip_address,
    tns_hint,
)

__all__ = [
    "NEWEST_TIME",
    "Position",
    "Search",
    "build_query",
    "check_limit",
    "cone_filter",
    "lowest_time",
    "night_range",
]

Position: TypeAlias = SkyCoord | tuple[Any, Any]
"""Coordinates in any frame, or right ascension and declination in degrees (ICRS)."""

MAX_RADIUS_DEG = 1.0
"""The client's own limit on the radius of a cone search."""

Filter: TypeAlias = dict[str, Any]

NEWEST_TIME = "properties.newest_alert_observation_time"
"""The field by which the service sorts: MJD, in TAI for Rubin."""

_DIA_OBJECT = "properties.survey.lsst.dia_object_id"
_SS_OBJECT = "properties.survey.lsst.ss_object_id"
# Some of the service's fields are indexed as words: .keyword has their exact text. The oldest loci
# lack survey.ztf.id; others contain names in it that are not ztf_object_id.
_ZTF = (
    "properties.ztf_object_id",
    "properties.survey.ztf.id",
    "properties.survey.ztf.id.keyword",
)
_ALERTS = tuple(
    f"properties.{which}_alert_id{exact}"
    for which in ("newest", "oldest", "brightest")
    for exact in ("", ".keyword")
)


_NUMBERS = (
    "num_alerts",
    "num_mag_values",
    *(
        f"{which}_alert_{what}"
        for which in ("newest", "oldest", "brightest")
        for what in ("magnitude", "observation_time")
    ),
)
PROPERTIES = (
    *_NUMBERS,
    *(f"{which}_alert_id" for which in ("newest", "oldest", "brightest")),
    "is_corrected",
    "replaced_by",
    "survey.lsst.dia_object_id",
    "survey.lsst.ss_object_id",
    "survey.ztf.id",
    "ztf_object_id",
    "ztf_ssnamenr",
)
"""The properties that ANTARES itself gives a locus; filters add their own."""


class Search(NamedTuple):
    """A search, checked.

    Attributes
    ----------
    query : dict
        The query for all criteria together.
    center : SkyCoord or None
        The center of its cone.
    properties : tuple of str
        The properties that a locus must have, for the warning if nothing is found.
    name : str
        The name of a diaSource, for the same warning.
    """

    query: dict[str, Any]
    center: SkyCoord | None
    properties: tuple[str, ...] = ()
    name: str = ""

    def within(self, filters: list[Filter]) -> dict[str, Any]:
        """Return the query for those of its loci that match more filters."""
        if not filters:
            return self.query
        return {"query": {"bool": {"filter": [*_filters(self.query), *filters]}}}


def _filters(query: dict[str, Any]) -> list[Any]:
    """Return the filters that a query consists of."""
    whole = query.get("query")
    inner = whole.get("bool") if isinstance(whole, Mapping) and whole.keys() == {"bool"} else None
    if not isinstance(inner, Mapping) or inner.keys() != {"filter"}:
        return [whole] if whole else []
    filters = inner["filter"]
    return filters if isinstance(filters, list) else [filters]


def lowest_time(query: dict[str, Any]) -> float | None:
    """Return the time before which no locus of a query has its newest alert, if it says so."""
    for each in _filters(query):
        ranges = each.get("range") if isinstance(each, Mapping) else None
        bounds = ranges.get(NEWEST_TIME) if isinstance(ranges, Mapping) else None
        low = bounds.get("gte", bounds.get("gt")) if isinstance(bounds, Mapping) else None
        if isinstance(low, int | float):
            return float(low)
        nested = {"query": each}
        if _filters(nested) != [each] and (least := lowest_time(nested)) is not None:
            return least
    return None


def night_range(night: Any) -> tuple[Time, Time]:
    """Return the begin and the end of Rubin's ``day_obs``: 12:00 UTC, and 12:00 UTC a day later.

    Raises
    ------
    InvalidInputError
        If it is not a day since 1972, when UTC began.
    """
    text = str(night).strip()
    text = f"{text[:4]}-{text[4:6]}-{text[6:]}" if re.fullmatch("[0-9]{8}", text, re.A) else text
    try:
        day = date.fromisoformat(text) if re.fullmatch("[0-9-]{10}", text, re.ASCII) else None
    except ValueError:
        day = None
    if day is None or not 1972 <= day.year < 2100:
        raise InvalidInputError(
            f"night={short_repr(night)} must be Rubin's day_obs, such as '2026-07-09': the day on "
            "which the night begins in Chile."
        )
    noons = (f"{each}T12:00:00" for each in (day, day + timedelta(days=1)))
    begin, end = (Time(each, scale="utc") for each in noons)
    return begin, end


def newest_in(limits: tuple[float, float]) -> dict[str, Any]:
    """Return the query for the loci whose newest alert is in a half-open range of MJD (TAI)."""
    return {"query": {"range": {NEWEST_TIME: {"gte": limits[0], "lt": limits[1]}}}}


def build_query(
    *,
    name: Any,
    locus_id: Any,
    dia_object_id: Any,
    ss_object_id: Any,
    ztf_object_id: Any,
    near: Any,
    radius: Any,
    tag: Any,
    properties: Any,
    query: Any,
    night: Any = None,
) -> Search:
    """Return the search for all criteria of `find_loci` together.

    Raises
    ------
    InvalidInputError
        If a criterion is not valid.
    """
    filters: list[Filter] = []
    if name is not None:
        filters.append(_name_filter(name))
    if locus_id is not None:
        filters.append(_term("locus_id", check_locus_id(strip_address(locus_id))))
    if dia_object_id is not None:
        filters.append(_term(_DIA_OBJECT, _rubin_id("dia_object_id", dia_object_id)))
    if ss_object_id is not None:
        filters.append(_term(_SS_OBJECT, _rubin_id("ss_object_id", ss_object_id)))
    if ztf_object_id is not None:
        filters.append(_any_of(_ZTF, _ztf_name(ztf_object_id)))
    center = _center(near, radius)
    if center is not None:
        filters.append(_checked_cone(center, radius))
    if night is not None:
        begin, end = (float(each.tai.mjd) for each in night_range(night))
        filters.append(newest_in((begin, end))["query"])
    filters += [_term("tags", each) for each in _tags(tag)]
    filters += _property_filters(properties)
    body = _joined(filters, None if query is None else _raw(query))
    names = tuple(_bare(each) for each in properties or ())
    return Search(body, center, names, "" if name is None else strip_address(str(name)))


def check_limit(limit: Any) -> int | None:
    """Check a limit, and return it as an int."""
    if limit is None:
        return None
    if not isinstance(limit, Integral) or isinstance(limit, bool) or limit < 1:
        raise InvalidInputError(
            f"limit={short_repr(limit)} must be a whole number, 1 or more, or None for all loci."
        )
    return int(limit)


def _joined(filters: list[Filter], raw: Filter | None) -> dict[str, Any]:
    """Join criteria in the form that the client itself sends."""
    if raw is not None and not filters:
        return {"query": raw}
    if raw is not None:
        filters = [*filters, raw]
    if not filters:
        return {}
    return {"query": {"bool": {"filter": filters[0] if len(filters) == 1 else filters}}}


def _term(field: str, value: Any) -> Filter:
    return {"term": {field: value}}


def _any_of(fields: Iterable[str], value: str, *more: Filter) -> Filter:
    """Return a filter: any of some fields has a value, or any of the filters in `more` matches."""
    should = [*(_term(field, value) for field in fields), *more]
    return {"bool": {"should": should, "minimum_should_match": 1}}


def _name_filter(given: Any) -> Filter:
    """Return the filter for a name of any kind."""
    is_text = isinstance(given, str)
    kind, name = parse_name(given if is_text else str(as_ids([given])[0]))
    match kind:
        case "locus_id":
            return _term("locus_id", name)
        case "dia_object_id":
            return _term(_DIA_OBJECT, name)
        case "ztf_object_id":
            return _any_of(_ZTF, name)
        case "dia_source_id":
            return _any_of(_ALERTS, f"lsst:{name}", _term(_DIA_OBJECT, name))
        case "rubin_id":
            objects = [_term(field, name) for field in (_DIA_OBJECT, _SS_OBJECT)]
            return _any_of(_ALERTS, f"lsst:{name}", *objects)
    raise _not_searchable(given, name if kind == "tns_name" else "")


def _not_searchable(given: Any, tns_name: str) -> InvalidInputError:
    if tns_name:
        return InvalidInputError(f"{short_repr(given)} is a TNS name.", hint=tns_hint(tns_name))
    if not isinstance(given, str):
        return InvalidInputError(
            f"name={short_repr(given)} must be a string or a whole number above 0: a float loses "
            "the last digits of an ID."
        )
    return InvalidInputError(
        f"name={short_repr(given)} is not a name by which ANTARES can be searched.",
        hint="Valid names are: 'ANT2026z3bqyjga24oc' or its address in the portal, 'ZTF18abcdefg', "
        "'LSST-AP-DO-170587117485817955', 'LSST-AP-DS-170587117485817955', "
        "'lsst:170587117485817955' and '170587117485817955'. For any other, pass the position to "
        "find_loci(near=(ra, dec), radius=2 * u.arcsec).",
    )


def _rubin_id(name: str, given: Any) -> str:
    kind, value = parse_name(given if isinstance(given, str) else str(as_ids([given])[0]))
    if kind not in ("rubin_id", name):
        raise InvalidInputError(
            f"{name}={short_repr(given)} must be a whole number above 0, or a string of digits: a "
            "float loses the last digits of an ID.",
            hint="For another name, write find_loci(name=...)." if kind else "",
        )
    return value


def _ztf_name(given: Any) -> str:
    name = given.strip() if isinstance(given, str) else ""
    is_name = name[:3].upper() == "ZTF" and name.isascii() and name.isalnum() and len(name) <= 60
    if not is_name:
        raise InvalidInputError(
            f"ztf_object_id={short_repr(given)} must be a name such as 'ZTF18abcdefg'."
        )
    return f"ZTF{name[3:].lower()}"


def _center(near: Any, radius: Any) -> SkyCoord | None:
    if (near is None) != (radius is None):
        raise InvalidInputError(
            "A cone needs both near and radius, for example near=(62.0, -48.0), radius=0.1 (all in "
            "degrees)."
        )
    if near is None:
        return None
    return _coordinates(near) if isinstance(near, SkyCoord) else _pair(near)


def _coordinates(near: SkyCoord) -> SkyCoord:
    if not near.isscalar:
        raise InvalidInputError(
            f"near must be one position; this SkyCoord has {near.size}. Search around each in turn."
        )
    position = near.icrs
    if not (isfinite(position.ra.deg) and isfinite(position.dec.deg)):
        raise InvalidInputError("near must have a finite right ascension and declination.")
    return SkyCoord(position.ra, position.dec)


def _pair(near: Any) -> SkyCoord:
    try:
        ra, dec = (_number_in(each, u.deg) for each in near)
    except (TypeError, ValueError):
        ra = dec = float("nan")
    if not (0 <= ra < 360 and -90 <= dec <= 90):
        swapped = " Are they swapped?" if 0 <= dec < 360 and -90 <= ra <= 90 else ""
        raise InvalidInputError(
            f"near={short_repr(near)} must be a SkyCoord, or a pair (ra, dec) in degrees with ra "
            f"from 0 to 360 and dec from -90 to 90.{swapped}"
        )
    return SkyCoord(ra, dec, unit=u.deg)


def _number_in(given: Any, unit: u.Unit) -> float:
    """Return a plain number or a quantity as a number in a unit; NaN for anything else."""
    if isinstance(given, bool) or not isinstance(given, Real | u.Quantity):
        return float("nan")
    try:
        return float(u.Quantity(given, unit).to_value(unit))
    except (TypeError, u.UnitConversionError):
        return float("nan")


def _checked_cone(center: SkyCoord, radius: Any) -> Filter:
    degrees = _number_in(radius, u.deg)
    if not 0 < degrees <= MAX_RADIUS_DEG:
        raise InvalidInputError(
            f"radius={short_repr(radius)} must be above 0 and at most one degree: a plain "
            "number is in degrees; 10 arcseconds are 10 * u.arcsec."
        )
    return cone_filter(center, degrees)


def cone_filter(center: SkyCoord, degrees: float) -> Filter:
    """Return the filter for a cone, with its radius in degrees."""
    place = center.to_string("hmsdms", precision=6)
    size = np.format_float_positional(degrees, trim="-")  # no exponent: the service may not read it
    return {"sky_distance": {"radius": f"{size} degree", "location": place}}


def _tags(given: Any) -> list[str]:
    if given is None:
        return []
    tags = [given] if isinstance(given, str) else given
    tags = list(tags) if isinstance(tags, Iterable) else [None]
    if not tags or not all(isinstance(tag, str) and tag.strip() for tag in tags):
        raise InvalidInputError(
            f"tag={short_repr(given)} must be the name of a tag, or several; "
            "antares_client.search.get_available_tags() lists them."
        )
    return [tag.strip() for tag in tags]


def _property_filters(given: Any) -> list[Filter]:
    if given is None:
        return []
    if not isinstance(given, Mapping) or not given:
        raise InvalidInputError(
            f"properties={short_repr(given)} must be a mapping such as "
            "{'num_alerts': (20, None)}."
        )
    return [_property_filter(name, wanted) for name, wanted in given.items()]


def _property_filter(name: Any, wanted: Any) -> Filter:
    if not isinstance(name, str) or not name.strip():
        raise InvalidInputError(f"{short_repr(name)} is not the name of a property.")
    field = f"properties.{_bare(name)}"
    if isinstance(wanted, str):
        _check_text(_bare(name), wanted)
    if isinstance(wanted, tuple | list):
        return {"range": {field: _bounds(name, wanted)}}
    if not isinstance(wanted, str) and not _is_finite(wanted):
        raise _unusable(name, wanted)
    return {"term": {field: wanted if isinstance(wanted, str) else _plain(wanted)}}


def _bare(name: str) -> str:
    return name.strip().removeprefix("properties.")


_NUMBER = "[-+]?[0-9]+(?:[.][0-9]*)?(?:e[-+]?[0-9]+)?"
_COMPARED = re.compile(rf"([<>=])=?\s*({_NUMBER})", re.ASCII | re.IGNORECASE)
_RANGE = re.compile(rf"({_NUMBER})\s*(?:-|\.\.+|,|:|to)\s*({_NUMBER})", re.ASCII | re.IGNORECASE)


def _check_text(name: str, wanted: str) -> None:
    """Reject a string such as ``">10"``, which finds nothing because it is not a number."""
    given = wanted.strip()
    is_number = re.fullmatch(_NUMBER, given, re.ASCII | re.IGNORECASE)
    if is_number or (name not in _NUMBERS and not given.startswith((">", "<", "=", "!="))):
        return
    pair = "(10, None)"
    if compared := _COMPARED.fullmatch(given):
        sign, number = compared.groups()
        pair = {">": f"({number}, None)", "<": f"(None, {number})", "=": number}[sign]
    elif bounds := _RANGE.fullmatch(given):
        pair = f"({bounds[1]}, {bounds[2]})"
    shown = short_repr(name)
    raise InvalidInputError(
        f"properties: {short_repr(wanted)} of {shown} is a string, not a number or a range.",
        hint=f"Write properties={{{shown}: {pair}}}: a pair (lowest, highest), both included, with "
        "None for an open end, or one number. For anything else, use query=.",
    )


def _bounds(name: str, wanted: Any) -> dict[str, Any]:
    is_pair = len(wanted) == 2 and any(each is not None for each in wanted)
    if not is_pair or not all(each is None or _is_finite(each) for each in wanted):
        raise _unusable(name, wanted)
    low, high = wanted
    if low is not None and high is not None and low > high:
        raise InvalidInputError(
            f"properties: the range {short_repr(wanted)} of {name!r} is empty; give the lowest "
            "value first."
        )
    bounds = {"gte": low, "lte": high}
    return {end: _plain(value) for end, value in bounds.items() if value is not None}


def _is_finite(value: Any) -> bool:
    try:
        return isinstance(value, Real) and isfinite(value)
    except OverflowError:  # an integer beyond 1e308
        return False


def _plain(value: Any) -> bool | int | float:
    """Return a number, which may be numpy's, as a type that JSON supports."""
    if isinstance(value, bool):
        return value
    return int(value) if isinstance(value, Integral) else float(value)


def _unusable(name: str, wanted: Any) -> InvalidInputError:
    return InvalidInputError(
        f"properties: {short_repr(wanted)} of {name!r} must be a pair (lowest, highest) of finite "
        "numbers, with None for an open end, or one value."
    )


def _raw(query: Any) -> Filter:
    if not isinstance(query, Mapping) or set(query) != {"query"} or not query["query"]:
        raise InvalidInputError(
            f"query={short_repr(query)} must be a mapping with the one key 'query', such as "
            "{'query': {'term': {'tags': 'high_snr'}}}."
        )
    if not isinstance(query["query"], Mapping):
        raise InvalidInputError(f"query={short_repr(query)} must contain a mapping under 'query'.")
    try:
        json.dumps(query, allow_nan=False)
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidInputError(
            f"query={short_repr(query)} can't be sent as JSON: {error}."
        ) from error
    return dict(query["query"])
