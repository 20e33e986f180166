"""Every call of the client that goes to the ANTARES service."""

import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from itertools import islice
from typing import Any, TypeVar

import httpx
from antares_client import search
from antares_client.models import Alert, Locus

from antares_helpers.errors import (
    AntaresHelpersError,
    CutoutsNotFoundError,
    IncompleteLocusWarning,
    LocusNotFoundError,
    ServiceError,
)
from antares_helpers.fetching.request import CallOptions, Request, RequestTarget, not_found

__all__ = ["fetch_alerts", "fetch_devkit_dict", "fetch_images", "fetch_parts", "search_loci"]

_MIN_TIMEOUT = 1e-3

_UNREADABLE_RETRIES = 2
"""How often what can't be read is asked for again: a service may be half-broken for a moment."""
_UNREADABLE_WAIT = 0.3

T = TypeVar("T")


def fetch_devkit_dict(
    locus_id: str, *, include_catalogs: bool, options: CallOptions
) -> dict[str, Any]:
    """Fetch a locus, and warn if its catalog matches are missing; see `fetch_locus`."""
    locus, missing = fetch_parts(locus_id, include_catalogs=include_catalogs, options=options)
    if missing is not None:
        warnings.warn(str(missing), IncompleteLocusWarning, stacklevel=3)
    return locus


def fetch_parts(
    locus_id: str, *, include_catalogs: bool, options: CallOptions
) -> tuple[dict[str, Any], AntaresHelpersError | None]:
    """Fetch a locus, its alerts and its catalog matches side by side.

    Returns
    -------
    locus : dict
        The devkit dict.
    missing : AntaresHelpersError or None
        Why its catalog matches could not be had: without them it still has its light curve.
    """
    target = RequestTarget(f"locus {locus_id}", locus_id)

    def start(call: Callable[[Any, str], T]) -> Request[T]:
        again = min(options.retries, _UNREADABLE_RETRIES)
        return Request(lambda api: _read(call, api, locus_id, again), target, options)

    locus_request = start(_get_locus)
    alerts_request = start(_get_alerts)
    catalogs_request = start(_get_catalog_objects) if include_catalogs else None
    try:
        locus = _locus_or_not_found(locus_request, alerts_request, options)
        locus.alerts = _existing(alerts_request)
        locus.catalog_objects, missing = _optional_catalogs(catalogs_request)
    finally:
        for request in (locus_request, alerts_request, catalogs_request):
            if request is not None:
                request.cancel()
    return locus.to_devkit(include_catalogs=include_catalogs), missing


def _read(call: Callable[[Any, str], T], api: Any, locus_id: str, again: int) -> T:
    """Make a call, and make it again where its answer can't be read."""
    for attempt in range(again):
        try:
            return call(api, locus_id)
        except httpx.HTTPError:
            raise
        except Exception:  # whatever the client makes of nonsense
            time.sleep(_UNREADABLE_WAIT * 2**attempt)
    return call(api, locus_id)


def fetch_alerts(locus_id: str, *, options: CallOptions) -> list[Alert]:
    """Fetch the alerts of a locus that is known to exist.

    Raises
    ------
    ServiceError, ServiceTimeoutError, BadDataError
        If they can't be had.
    """
    target = RequestTarget(f"locus {locus_id}", locus_id)
    request = Request(lambda api: _get_alerts(api, locus_id), target, options)
    try:
        return _existing(request)
    finally:
        request.cancel()


def search_loci(query: dict[str, Any], *, page_size: int, options: CallOptions) -> Iterator[Locus]:
    """Search for loci, a page at a time; some can come twice, for they move while one reads.

    Parameters
    ----------
    query : dict
        For Elasticsearch, under the one key ``query``.
    page_size : int
        How many loci to ask for at a time.
    options : CallOptions
        Those of each page.
    """
    walk, target = _PagedSearch(query, page_size), RequestTarget("the results of a search")
    while page := _searched(Request(walk.next_page, target, options)):
        yield from page


class _PagedSearch:
    """The client's walk through the pages of a search, a page at a time."""

    def __init__(self, query: dict[str, Any], page_size: int) -> None:
        self._query = query
        self._page_size = page_size
        self._loci: Iterator[Any] | None = None

    def next_page(self, api: Any) -> list[Locus]:
        if self._loci is None:
            self._loci = api.get_loci(elasticsearch_query=self._query, limit=self._page_size)
        page = islice(self._loci, self._page_size)
        return [locus.to_model(search_module=search) for locus in page]


def fetch_images(alert_id: str, *, options: CallOptions) -> dict[str, bytes]:
    """Fetch the files of the cutouts of an alert, side by side.

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
    listed = Request(partial(_get_sources, alert_id), target, options)
    sources = listed.result()
    if not sources:
        raise not_found(target, listed.url)
    rest = replace(options, timeout=max(listed.seconds_left(), _MIN_TIMEOUT))
    requests = {
        kind: Request(partial(_get_file, source), target, rest) for kind, source in sources.items()
    }
    try:
        return _those_that_came(alert_id, requests)
    finally:
        for request in requests.values():
            request.cancel()


def _those_that_came(alert_id: str, requests: dict[str, Request[bytes]]) -> dict[str, bytes]:
    """Wait for files; warn of those that can't be had, unless none can."""
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
        message = f"Alert {alert_id} comes without its {kind} image: {reason}"
        warnings.warn(message, IncompleteLocusWarning, stacklevel=4)
    return files


def _get_locus(api: Any, locus_id: str) -> Locus:
    response = api.get_locus(locus_id)
    if response.locus_id != locus_id:
        raise ValueError(f"the answer is locus {response.locus_id}")
    # The client merges the two and fails where the service sends null for one.
    response.internal_properties = response.internal_properties or {}
    response.user_properties = response.user_properties or {}
    return response.to_model(search_module=search)


def _get_alerts(api: Any, locus_id: str) -> list[Alert]:
    return [alert.to_model() for alert in api.get_locus_alerts(locus_id)]


def _get_catalog_objects(api: Any, locus_id: str) -> dict[str, list[dict[str, Any]]]:
    catalogs: dict[str, list[dict[str, Any]]] = {}
    for match in api.get_locus_catalog_matches(locus_id):
        catalogs.setdefault(match.catalog_name, []).append(match.properties)
    return catalogs


def _get_sources(alert_id: str, api: Any) -> dict[str, str]:
    return {each.thumbnail_type: each.src for each in api.get_alert_thumbnails(alert_id)}


def _get_file(source: str, api: Any) -> bytes:
    return bytes(api.client.get(source).content)


def _locus_or_not_found(
    request: Request[Locus], alerts: Request[list[Alert]], options: CallOptions
) -> Locus:
    """Wait for a locus; where the service answers 500, a search tells whether there is one."""
    try:
        return request.result()
    except ServiceError as error:
        is_unknown = _answered_500(error) and not alerts.has_result()
        if is_unknown and _search_finds_nothing(request, options):
            raise not_found(request.target, request.url) from error
        raise


def _answered_500(error: ServiceError) -> bool:
    cause = error.__cause__
    return isinstance(cause, httpx.HTTPStatusError) and cause.response.status_code == 500


def _search_finds_nothing(failed: Request[Any], options: CallOptions) -> bool:
    if failed.seconds_left() == 0:
        return False
    query = {"query": {"bool": {"filter": {"term": {"locus_id": failed.target.locus_id}}}}}
    remaining = replace(options, timeout=failed.seconds_left(), retries=0)
    try:
        return not Request(_PagedSearch(query, 1).next_page, failed.target, remaining).result()
    except AntaresHelpersError:
        return False


def _existing(request: Request[T]) -> T:
    """Wait for a part of a locus that exists: here 404 is a fault of the service."""
    try:
        return request.result()
    except LocusNotFoundError as error:
        raise ServiceError(
            f"ANTARES has locus {error.locus_id}, but answered 404 for its alerts.",
            advice="The fault is not in your code: try again in a few minutes.",
            locus_id=error.locus_id,
            url=error.url,
        ) from error


def _optional_catalogs(
    request: Request[dict[str, list[dict[str, Any]]]] | None,
) -> tuple[dict[str, list[dict[str, Any]]], AntaresHelpersError | None]:
    if request is None:
        return {}, None
    try:
        return request.result(), None
    except AntaresHelpersError as error:
        message = f"Locus {request.target.locus_id} comes without its catalog matches: "
        missing = type(error)(message + error.reason, advice=error.advice, locus_id=error.locus_id)
        return {}, missing


def _searched(request: Request[list[Locus]]) -> list[Locus]:
    try:
        return request.result()
    except LocusNotFoundError as error:
        raise ServiceError(
            f"ANTARES at {error.url} answered 404 to a search.",
            advice="Check the variable ANTARES_API_BASE_URL.",
            url=error.url,
        ) from error
    finally:
        request.cancel()
