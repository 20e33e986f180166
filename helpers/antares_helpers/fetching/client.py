"""Every call of antares-client that goes to the ANTARES service."""

import gc
import json
import re
import time
import warnings
from collections.abc import Callable
from contextlib import suppress
from copy import copy
from dataclasses import dataclass, replace
from functools import partial
from math import isfinite, nan
from types import SimpleNamespace
from typing import Any, NamedTuple, TypeVar

from antares_client import search
from antares_client.models import Alert, Locus
from pydantic import ValidationError
from pydantic_core import from_json

from antares_helpers.errors import (
    AntaresHelpersError,
    CutoutsNotFoundError,
    IncompleteLocusWarning,
    LocusNotFoundError,
    ServiceError,
)
from antares_helpers.fetching._connections import RefusedError, httpx
from antares_helpers.fetching.http import one_line, replaying
from antares_helpers.fetching.request import CallOptions, Request, RequestTarget, not_found
from antares_helpers.locus_file import LocusDict

__all__ = [
    "LocusParts",
    "SearchPage",
    "as_json",
    "fetch_alerts",
    "fetch_images",
    "fetch_matches",
    "fetch_parts",
    "read_search_page",
    "search_page",
]

_MIN_TIMEOUT = 1e-3

_UNREADABLE_RETRIES = 2
"""Maximum number of retries after a malformed response, which may be transient."""
_UNREADABLE_WAIT = 0.3

_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")
_MAY_HOLD_NAN = {dict, float, list}

_MAX_PART_BYTES = 2**26
"""Decoded bytes beyond which a locus or its catalog matches are refused; alerts may have more."""

_LONG_BYTES = 2**24
_MAX_FAULTS = 100_000
"""Faults of alerts beyond which a response as a whole is malformed."""

T = TypeVar("T")


class LocusParts(NamedTuple):
    """The service's data about a locus.

    Attributes
    ----------
    locus : LocusDict
        As the client's ``to_devkit`` returns it, with what that drops of the catalog matches.
    bodies : dict of str to bytes
        The responses, from which a locus file takes what that dict drops: under ``"locus"``,
        ``"alerts"`` and, if there are catalog matches, ``"catalog_matches"``.
    missing : AntaresHelpersError or None
        Why there are no catalog matches: without them a locus still has its light curve.
    """

    locus: LocusDict
    bodies: dict[str, bytes]
    missing: AntaresHelpersError | None


def fetch_parts(locus_id: str, *, include_catalogs: bool, options: CallOptions) -> LocusParts:
    """Fetch a locus, its alerts and its catalog matches."""
    target = RequestTarget(f"locus {locus_id}", locus_id)
    policy = options.policy()

    def request(call: Callable[[Any, str], T]) -> Request[tuple[T, bytes]]:
        read = partial(_retry_unreadable, call, locus_id, min(options.retries, _UNREADABLE_RETRIES))
        return Request(read, target, policy, concurrent=options.concurrent)

    locus_request = request(_get_locus)
    alerts_request = request(_get_alerts)
    catalogs_request = request(_get_matches) if include_catalogs else None
    try:
        bodies = {}
        locus, bodies["locus"] = _locus_or_not_found(locus_request, alerts_request, options)
        locus.alerts, bodies["alerts"] = _existing(alerts_request)
        matches, missing = _optional_matches(catalogs_request)
    except AntaresHelpersError as error:
        raise _brief(error) from None
    finally:
        policy.cancel()
    locus.catalog_objects = {}
    if matches is not None:
        locus.catalog_objects, bodies["catalog_matches"] = matches
    devkit = as_json(locus.to_devkit(include_catalogs=include_catalogs))
    details = _details(bodies.get("catalog_matches"))
    return LocusParts(LocusDict(devkit, details), bodies, missing)


def _brief(error: AntaresHelpersError) -> AntaresHelpersError:
    """Return an error without the frames in here: users meet those of no network often."""
    return error.with_traceback(None)


def as_json(value: Any) -> Any:
    """Replace NaN and infinities, which the client reads but JSON lacks, by None, in place."""
    if type(value) is float:
        return value if isfinite(value) else None
    items = value.items() if type(value) is dict else ()
    for key, each in enumerate(value) if type(value) is list else items:
        if type(each) in _MAY_HOLD_NAN:
            value[key] = as_json(each)
    return value


def _retry_unreadable(
    call: Callable[[Any, str], T], locus_id: str, retries: int, api: Any
) -> tuple[T, bytes]:
    """Make a call, again if its response is malformed; return its result and the response."""
    for attempt in range(retries):
        try:
            return call(api, locus_id), api.transport.body
        except (httpx.HTTPError, httpx.InvalidURL, RefusedError):
            raise
        except Exception:  # the client raises errors of any kind on a malformed response
            time.sleep(_UNREADABLE_WAIT * 2**attempt)
        _free(api)
    return call(api, locus_id), api.transport.body


def _free(api: Any) -> None:
    """Free a long response that could not be read: httpx makes it refer to itself."""
    is_long = len(api.transport.body) > _LONG_BYTES
    api.transport.body = b""
    if is_long:
        gc.collect()


def fetch_alerts(locus_id: str, *, options: CallOptions) -> list[Alert]:
    """Fetch the alerts of a locus that is known to exist.

    Raises
    ------
    ServiceError, ServiceTimeoutError, BadDataError
        If they could not be fetched.
    """
    target, policy = RequestTarget(f"locus {locus_id}", locus_id), options.policy()
    try:
        return _existing(Request(lambda api: _get_alerts(api, locus_id), target, policy))
    except AntaresHelpersError as error:
        raise _brief(error) from None
    finally:
        policy.cancel()


@dataclass(frozen=True)
class SearchPage:
    """One page of a search.

    Attributes
    ----------
    loci : list of Locus
        Its loci, newest first.
    count : int or None
        How many loci the service says match the query; it stops at 10,000.
    link : str or None
        The address of the next page, if there is one.
    body : bytes
        The response.
    """

    loci: list[Locus]
    count: int | None
    link: str | None
    body: bytes


def search_page(
    query: dict[str, Any], *, size: int, options: CallOptions, link: str | None = None
) -> SearchPage:
    """Fetch one page of a search.

    Parameters
    ----------
    query : dict
        For Elasticsearch, under the one key ``query``.
    size : int
        How many loci to request.
    options : CallOptions
        Those of this page.
    link : str, optional
        The address of the page, from the page before it; the first page needs none.
    """
    call = partial(_search_page, query, size, link)
    return _found(call, RequestTarget("the results of a search"), options)


def read_search_page(body: bytes, query: dict[str, Any], size: int) -> SearchPage:
    """Read a page from a response that was saved; it raises whatever the client raises."""
    api = copy(search.api_client)
    api.transport = SimpleNamespace(body=body)
    api.client = SimpleNamespace(get=None)
    response = httpx.Response(200, content=body, default_encoding="utf-8")
    return _search_page(query, size, None, api, lambda *_, **__: response)


def fetch_matches(
    locus_id: str, *, options: CallOptions
) -> tuple[dict[str, list[dict[str, Any]]], list[dict[str, Any]]]:
    """Fetch the catalog matches of a locus that is known to exist.

    Returns
    -------
    objects : dict
        Their properties by catalog.
    details : list of dict
        All else, as ANTARES sends it.

    Raises
    ------
    ServiceError, ServiceTimeoutError, BadDataError
        If they could not be fetched.
    """
    target, policy = RequestTarget(f"locus {locus_id}", locus_id), options.policy()

    def call(api: Any) -> tuple[dict[str, list[dict[str, Any]]], bytes]:
        return _get_matches(api, locus_id), api.transport.body

    try:
        objects, body = _existing(Request(call, target, policy), "catalog matches")
    except AntaresHelpersError as error:
        raise _brief(error) from None
    finally:
        policy.cancel()
    return objects, _details(body)


class _EndOfPageError(Exception):
    """The client asks for the next page, which is requested separately."""


def _search_page(
    query: dict[str, Any], size: int, link: str | None, api: Any, get: Any = None
) -> SearchPage:
    """Let the client request and read one page, and no other."""
    left = [get or api.client.get]

    def get_once(url: str, params: Any = None) -> Any:
        if not left:
            raise _EndOfPageError
        return left.pop()(link or url, params=None if link else params)

    api.client = SimpleNamespace(get=get_once)
    loci: list[Locus] = []
    with suppress(_EndOfPageError):
        for each in api.get_loci(elasticsearch_query=query, limit=size):
            loci.append(_presentable(each.to_model(search_module=search)))
    body = api.transport.body
    content = from_json(body)
    count = (content.get("meta") or {}).get("count")
    is_count = type(count) is int and count >= 0
    return SearchPage(loci, count if is_count else None, content["links"]["next"], body)


def _presentable(locus: Locus) -> Locus:
    """Return a locus whose ID and tags are fit for a table, with NaN for a position off the sky."""
    locus.locus_id, locus.tags = one_line(locus.locus_id), list(map(one_line, locus.tags))
    if not (0 <= locus.ra <= 360 and -90 <= locus.dec <= 90):
        locus.ra = locus.dec = nan
    return locus


def fetch_images(alert_id: str, *, options: CallOptions) -> dict[str, bytes]:
    """Fetch the files of the cutouts of an alert, concurrently.

    Returns
    -------
    dict of str to bytes
        Under ``"template"``, ``"science"`` and ``"difference"``, those that there are.

    Raises
    ------
    CutoutsNotFoundError
        If there is no such alert, or it has no cutouts.
    """
    target = RequestTarget(f"cutouts of alert {alert_id}", missing=CutoutsNotFoundError)
    policy = options.policy()
    try:
        listed = Request(partial(_get_sources, alert_id), target, policy)
        sources = listed.result()
        if not sources:
            raise not_found(target, listed.url)
        anywhere = replace(target, any_origin=True)
        return _available(
            alert_id,
            {
                kind: Request(partial(_get_file, source), anywhere, policy)
                for kind, source in sources.items()
            },
        )
    except AntaresHelpersError as error:
        raise _brief(error) from None
    finally:
        policy.cancel()


def _available(alert_id: str, requests: dict[str, Request[bytes]]) -> dict[str, bytes]:
    """Wait for files; warn about those that are not available, unless none is."""
    files: dict[str, bytes] = {}
    errors: dict[str, AntaresHelpersError] = {}
    for kind, request in requests.items():
        try:
            files[kind] = request.result()
        except AntaresHelpersError as error:
            errors[kind] = error
    if not files:
        raise next(iter(errors.values()))
    for kind, reason in errors.items():
        message = f"The {kind} image of alert {alert_id} is missing: {reason}"
        warnings.warn(message, IncompleteLocusWarning, stacklevel=4)
    return files


def _get_locus(api: Any, locus_id: str) -> Locus:
    api.transport.max_bytes = _MAX_PART_BYTES
    response = api.get_locus(locus_id)
    if response.locus_id != locus_id:
        raise ValueError(f"the response is locus {response.locus_id}")
    # The client merges the two and fails if the service sends null for one.
    response.internal_properties = response.internal_properties or {}
    response.user_properties = response.user_properties or {}
    return response.to_model(search_module=search)


def _get_alerts(api: Any, locus_id: str) -> list[Alert]:
    """Get the alerts; one that the client can't read comes as it is, and costs no other."""
    try:
        return _read_alerts(api, locus_id)
    except ValidationError as error:
        alerts = _parsed_alerts(api.transport.body) if _may_be_parsed(error, api) else None
        if alerts is None:
            raise
        broken = _broken(api, locus_id, alerts)
        if len(broken) == len(alerts) and not any(map(_is_alert, alerts)):
            raise  # another form altogether
    whole = [alert for index, alert in enumerate(alerts) if index not in broken]
    models = iter(_read_alerts(replaying(api, _body(whole)), locus_id))
    api.transport.body = _body(alerts)
    return [_unread(each) if i in broken else next(models) for i, each in enumerate(alerts)]


def _read_alerts(api: Any, locus_id: str) -> list[Alert]:
    return [alert.to_model() for alert in api.get_locus_alerts(locus_id)]


def _may_be_parsed(error: ValidationError, api: Any) -> bool:
    """Say whether a response may be JSON: Python reads lone surrogates, the client does not."""
    if error.error_count() > 1 or error.errors(include_input=False)[0]["type"] != "json_invalid":
        return True
    return _SURROGATE.search(api.transport.body) is not None


def _parsed_alerts(body: bytes) -> list[Any] | None:
    """Return the alerts of a response, without lone surrogates; None if it contains no list."""
    try:
        content = json.loads(body.decode("utf-8", "replace"))
        alerts = content["data"] if isinstance(content, dict) else None
        return json.loads(_body(alerts))["data"] if isinstance(alerts, list) else None
    except (ValueError, LookupError, RecursionError):
        return None


def _body(alerts: list[Any]) -> bytes:
    return json.dumps({"data": alerts}, ensure_ascii=False).encode("utf-8", "replace")


def _broken(api: Any, locus_id: str, alerts: list[Any]) -> set[int]:
    """Return which alerts the client can't read."""
    try:
        _read_alerts(replaying(api, _body(alerts)), locus_id)
    except ValidationError as error:
        if error.error_count() > _MAX_FAULTS:
            raise
        faults = error.errors(include_url=False, include_context=False, include_input=False)
        places = (each["loc"] for each in faults)
        return {int(place[1]) for place in places if len(place) > 1}
    return set()


def _is_alert(alert: Any) -> bool:
    return isinstance(alert, dict) and {"id", "mjd", "properties"} <= alert.keys()


def _unread(alert: Any) -> Alert:
    """Return an alert that the client can't read, for the report to count it."""
    known = alert if isinstance(alert, dict) else {}
    events = known.get("grav_wave_events")
    return Alert(
        known.get("id"),
        known.get("mjd"),
        known.get("properties"),
        grav_wave_events=events if isinstance(events, list) else [],
    )


def _get_matches(api: Any, locus_id: str) -> dict[str, list[dict[str, Any]]]:
    api.transport.max_bytes = _MAX_PART_BYTES
    catalogs: dict[str, list[dict[str, Any]]] = {}
    for match in api.get_locus_catalog_matches(locus_id):
        catalogs.setdefault(match.catalog_name, []).append(match.properties)
    return catalogs


def _details(body: bytes | None) -> list[dict[str, Any]]:
    """Return what the client drops of the catalog matches in a response that it could read."""
    if body is None:
        return []
    try:
        matches = as_json(json.loads(body.decode("utf-8", "replace"))["data"])
    except (ValueError, LookupError, TypeError, RecursionError):  # the client reads more than json
        return []
    return [
        {name: value for name, value in match.items() if name != "properties"} for match in matches
    ]


def _get_sources(alert_id: str, api: Any) -> dict[str, str]:
    return {each.thumbnail_type: each.src for each in api.get_alert_thumbnails(alert_id)}


def _get_file(source: str, api: Any) -> bytes:
    return bytes(api.client.get(source).content)


def _locus_or_not_found(request: Request[T], alerts: Request[Any], options: CallOptions) -> T:
    """Wait for a locus; if the service responds with 500, a search says whether there is one."""
    try:
        return request.result()
    except ServiceError as error:
        is_unknown = _has_status_500(error) and not alerts.has_result()
        if is_unknown and _search_finds_nothing(request, options):
            unknown = not_found(request.target, request.url)
            unknown.cause = error
            raise unknown from None
        raise


def _has_status_500(error: ServiceError) -> bool:
    cause = error.cause
    return isinstance(cause, httpx.HTTPStatusError) and cause.response.status_code == 500


def _search_finds_nothing(failed: Request[Any], options: CallOptions) -> bool:
    left = failed.policy.seconds_left()
    if left == 0:
        return False
    query = {"query": {"bool": {"filter": {"term": {"locus_id": failed.target.locus_id}}}}}
    policy = replace(options, timeout=max(left, _MIN_TIMEOUT), retries=0).policy()
    try:
        call = partial(_search_page, query, 1, None)
        return not Request(call, failed.target, policy).result().loci
    except AntaresHelpersError:
        return False
    finally:
        policy.cancel()


def _existing(request: Request[T], part: str = "alerts") -> T:
    """Wait for a part of a locus that exists: here 404 is a fault of the service."""
    try:
        return request.result()
    except LocusNotFoundError as error:
        fault = ServiceError(
            f"ANTARES has locus {error.locus_id}, but responded with 404 to the request for its "
            f"{part}.",
            hint="The fault is not in your code: try again in a few minutes.",
            locus_id=error.locus_id,
            url=error.url,
        )
        fault.cause = error.cause
        raise fault from None


def _optional_matches(
    request: Request[T] | None,
) -> tuple[T, None] | tuple[None, AntaresHelpersError | None]:
    if request is None:
        return None, None
    try:
        return request.result(), None
    except AntaresHelpersError as error:
        message = f"The catalog matches of locus {request.target.locus_id} are missing: "
        missing = type(error)(message + error.reason, hint=error.hint, locus_id=error.locus_id)
        missing.cause = error.cause
        return None, missing


def _found(
    call: Callable[[Any], SearchPage], target: RequestTarget, options: CallOptions
) -> SearchPage:
    policy = options.policy()
    try:
        request = Request(call, target, policy)
        return request.result()
    except LocusNotFoundError as error:
        fault = ServiceError(
            f"ANTARES at {error.url} responded with 404 to a search.",
            hint="Check the variable ANTARES_API_BASE_URL.",
            url=error.url,
        )
        fault.cause = error.cause
        raise fault from None
    except AntaresHelpersError as error:
        raise _brief(error) from None
    finally:
        policy.cancel()
