"""The one way to the ANTARES service: the real client, side by side, with typed errors."""

import threading
import time
import warnings
from collections.abc import Callable
from concurrent.futures import Future
from itertools import islice
from numbers import Integral, Real
from typing import Any, Generic, TypeVar

import httpx
from antares_client import search
from antares_client.models import Alert, Locus
from pydantic import ValidationError

from antares_helpers.errors import (
    AntaresHelpersError,
    BadDataError,
    IncompleteLocusWarning,
    InvalidInputError,
    LocusNotFoundError,
    ServiceError,
    ServiceTimeoutError,
)
from antares_helpers.options import shortened
from antares_helpers.transport import api_client, base_url, deadline, retrying

__all__ = ["DEFAULT_RETRIES", "DEFAULT_TIMEOUT", "fetch_alerts", "fetch_devkit_dict"]

DEFAULT_TIMEOUT = 30.0
"""Seconds that a call may take in all, every retry included."""

DEFAULT_RETRIES = 4
"""How often a request that failed is sent again, where that may help."""

# What the service, or a proxy before it, refuses for good: all of 4xx but "too many requests".
_REFUSED = frozenset(range(400, 500)) - {429}

_LONGEST_TIMEOUT = 86400

T = TypeVar("T")


def fetch_devkit_dict(
    locus_id: str, *, include_catalogs: bool, timeout: float, retries: int
) -> dict[str, Any]:
    """Fetch a locus, its alerts and its catalog matches side by side; see `fetch_locus`."""
    _check_limits(timeout, retries)

    def start(call: Callable[[Any, str], T]) -> _Request[T]:
        return _Request(call, locus_id, timeout, retries)

    locus_request = start(_get_locus)
    alerts_request = start(_get_alerts)
    catalogs_request = start(_get_catalog_objects) if include_catalogs else None
    try:
        locus = _locus_or_not_found(locus_request, alerts_request)
        locus.alerts = _existing(alerts_request)
        locus.catalog_objects = _optional_catalogs(catalogs_request)
    finally:
        for request in (locus_request, alerts_request, catalogs_request):
            if request is not None:
                request.cancel()
    devkit_dict: dict[str, Any] = locus.to_devkit(include_catalogs=include_catalogs)
    return devkit_dict


def fetch_alerts(locus_id: str, *, timeout: float, retries: int) -> list[Alert]:
    """Fetch the alerts of a locus that is known to exist.

    Raises
    ------
    ServiceError, ServiceTimeoutError, BadDataError
        If they can't be had.
    """
    _check_limits(timeout, retries)
    request = _Request(_get_alerts, locus_id, timeout, retries)
    try:
        return _existing(request)
    finally:
        request.cancel()


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


class _Request(Generic[T]):
    """One request under way, in a thread of its own."""

    def __init__(
        self, call: Callable[[Any, str], T], locus_id: str, timeout: float, retries: int
    ) -> None:
        self.locus_id = locus_id
        self._call = call
        self._timeout = timeout
        self._retries = retries
        self.url = base_url()
        self._deadline = time.monotonic() + timeout
        self._cancelled = threading.Event()
        self._future: Future[T] = Future()
        # A daemon thread: an executor would hold Ctrl-C and the end of the process.
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self) -> None:
        deadline.set(self._deadline)
        policy = retrying(self._retries, self._timeout, self._cancelled)
        try:
            self._future.set_result(policy(self._call, api_client(self.url), self.locus_id))
        except BaseException as error:
            self._future.set_exception(error)

    def result(self) -> T:
        """Wait for the answer, until the deadline."""
        try:
            return self._future.result(self.seconds_left())
        except Exception as error:
            raise self._typed(error) from error

    def has_something(self) -> bool:
        """Tell whether an answer has come, and is not empty."""
        is_there = self._future.done() and self._future.exception() is None
        return is_there and bool(self._future.result())

    def seconds_left(self) -> float:
        """Return the time until the deadline; 0 after it."""
        return max(self._deadline - time.monotonic(), 0.0)

    def cancel(self) -> None:
        """Send nothing more; let an answer that is still under way go."""
        self._cancelled.set()

    def _typed(self, error: Exception) -> AntaresHelpersError:
        kind, message = _explain(error, self.locus_id, self.url, self._timeout)
        return kind(message, locus_id=self.locus_id, url=self.url)


def _not_found(locus_id: str, url: str) -> str:
    return (
        f"ANTARES at {url} has no locus {locus_id}. Check the ID for typing errors, and whether "
        "the address is the one you mean."
    )


def _explain(
    error: Exception, locus_id: str, url: str, timeout: float
) -> tuple[type[AntaresHelpersError], str]:
    """Return the class and the message that tell a user of an error of the lower layers."""
    reason = str(error).partition("\n")[0]
    match error:
        case httpx.HTTPStatusError(response=response) if response.status_code == 404:
            return LocusNotFoundError, _not_found(locus_id, url)
        case httpx.HTTPStatusError(response=response) if response.status_code in _REFUSED:
            return ServiceError, (
                f"ANTARES answered {response.status_code} {response.reason_phrase} to "
                f"{response.url}. Check the variables ANTARES_API_BASE_URL and HTTPS_PROXY, and "
                "that antares-client is up to date."
            )
        case httpx.HTTPStatusError(response=response):
            return ServiceError, (
                f"ANTARES answered {response.status_code} {response.reason_phrase} to "
                f"{response.url}. The fault is not in your code: try again in a few minutes."
            )
        case TimeoutError() | httpx.TimeoutException():
            return ServiceTimeoutError, (
                f"ANTARES at {url} did not answer completely within {timeout:g} s for locus "
                f"{locus_id}. Try again later, or allow more with timeout={2 * timeout:g}."
            )
        case httpx.HTTPError() | httpx.InvalidURL():
            return ServiceError, (
                f"ANTARES can't be reached at {url}: {reason}. Check your network, and the "
                "variables ANTARES_API_BASE_URL and HTTPS_PROXY."
            )
    if _is_no_json(error):
        return BadDataError, (
            f"ANTARES at {url} sent something that can't be read as locus {locus_id}: it is no "
            "JSON. Perhaps a proxy or a login page answers instead: open the address in a browser."
        )
    return BadDataError, (
        f"ANTARES at {url} sent something that can't be read as locus {locus_id} "
        f"({type(error).__name__}: {reason}). Try again; if it stays so, check that "
        "antares-client is up to date."
    )


def _is_no_json(error: Exception) -> bool:
    return isinstance(error, ValidationError) and error.errors()[0]["type"] == "json_invalid"


def _locus_or_not_found(request: _Request[Locus], alerts: _Request[list[Alert]]) -> Locus:
    """Wait for a locus; where the service answers 500, a search tells whether there is one."""
    try:
        return request.result()
    except ServiceError as error:
        if _answered_500(error) and not alerts.has_something() and _search_finds_nothing(request):
            message = _not_found(request.locus_id, request.url)
            raise LocusNotFoundError(message, locus_id=request.locus_id, url=request.url) from error
        raise


def _answered_500(error: ServiceError) -> bool:
    cause = error.__cause__
    return isinstance(cause, httpx.HTTPStatusError) and cause.response.status_code == 500


def _search_finds_nothing(failed: _Request[Any]) -> bool:
    if failed.seconds_left() == 0:
        return False
    search_request = _Request(_find_by_id, failed.locus_id, failed.seconds_left(), retries=0)
    try:
        return not search_request.result()
    except AntaresHelpersError:
        return False


def _find_by_id(api: Any, locus_id: str) -> list[Any]:
    query = {"query": {"bool": {"filter": {"term": {"locus_id": locus_id}}}}}
    return list(islice(api.get_loci(elasticsearch_query=query, limit=1), 1))


def _existing(request: _Request[T]) -> T:
    """Wait for a part of a locus that exists: here 404 is a fault of the service."""
    try:
        return request.result()
    except LocusNotFoundError as error:
        raise ServiceError(
            f"ANTARES has locus {error.locus_id}, but answered 404 for its alerts. The fault is "
            "not in your code: try again in a few minutes.",
            locus_id=error.locus_id,
            url=error.url,
        ) from error


def _optional_catalogs(
    request: _Request[dict[str, list[dict[str, Any]]]] | None,
) -> dict[str, list[dict[str, Any]]]:
    """Wait for the catalog matches; without them a locus still has its light curve."""
    if request is None:
        return {}
    try:
        return request.result()
    except AntaresHelpersError as error:
        warnings.warn(
            f"Locus {request.locus_id} comes without its catalog matches: {error}",
            IncompleteLocusWarning,
            stacklevel=4,
        )
        return {}


def _check_limits(timeout: float, retries: int) -> None:
    is_number = isinstance(timeout, Real) and not isinstance(timeout, bool)
    if not is_number or not 0 < timeout <= _LONGEST_TIMEOUT:
        raise InvalidInputError(
            f"timeout={shortened(timeout)} must be a positive number of seconds, up to a day."
        )
    if not isinstance(retries, Integral) or isinstance(retries, bool) or retries < 0:
        raise InvalidInputError(f"retries={shortened(retries)} must be a whole number, 0 or more.")
