"""One request to ANTARES under way: in a thread of its own, in time, with typed errors."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, wait
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from numbers import Integral, Real
from typing import Any, Generic, TypeVar

import httpx
from pydantic import ValidationError

from antares_helpers.errors import (
    AntaresHelpersError,
    BadDataError,
    InvalidInputError,
    LocusNotFoundError,
    ServiceError,
    ServiceTimeoutError,
)
from antares_helpers.fetching.http import Conduct, api_client, base_url, conduct
from antares_helpers.validation import short_repr

__all__ = [
    "DEFAULT_RETRIES",
    "DEFAULT_TIMEOUT",
    "CallOptions",
    "Request",
    "RequestTarget",
    "not_found",
]

DEFAULT_TIMEOUT = 30.0
"""Seconds that a call may take in all, every retry included."""

DEFAULT_RETRIES = 4
"""How often a request that failed is sent again, where that may help."""

# What the service, or a proxy before it, refuses for good: all of 4xx but "too many requests".
_REFUSED = frozenset(range(400, 500)) - {429}

_MAX_TIMEOUT = 86400
_POLL_SECONDS = 0.5

T = TypeVar("T")


@dataclass(frozen=True)
class CallOptions:
    """What the requests of one call have in common; checked when it is made.

    Parameters
    ----------
    timeout : float
        Seconds that the call may take in all.
    retries : int
        How often a request is sent again.
    gate : context manager, optional
        Entered around each single exchange with the service: a `Gate` limits how many are under
        way at the same time.
    """

    timeout: float = DEFAULT_TIMEOUT
    retries: int = DEFAULT_RETRIES
    gate: AbstractContextManager[Any] = field(default_factory=nullcontext)

    def __post_init__(self) -> None:
        """Refuse what can't be meant."""
        is_number = isinstance(self.timeout, Real) and not isinstance(self.timeout, bool)
        if not is_number or not 0 < self.timeout <= _MAX_TIMEOUT:
            raise InvalidInputError(
                f"timeout={short_repr(self.timeout)} must be a positive number of seconds, up to "
                "a day."
            )
        is_whole = isinstance(self.retries, Integral) and not isinstance(self.retries, bool)
        if not is_whole or self.retries < 0:
            raise InvalidInputError(
                f"retries={short_repr(self.retries)} must be a whole number, 0 or more."
            )


@dataclass(frozen=True)
class RequestTarget:
    """What is asked for, as messages name it.

    Parameters
    ----------
    name : str
        For example "locus ANT2026z3bqyjga24oc".
    locus_id : str, optional
        The locus that it belongs to.
    missing : type of AntaresHelpersError, optional
        The error where ANTARES has no such thing.
    """

    name: str
    locus_id: str | None = None
    missing: type[AntaresHelpersError] = LocusNotFoundError


class Request(Generic[T]):
    """One request under way.

    Parameters
    ----------
    call : callable
        Makes the request with the client's API object, and returns what is wanted of the answer.
    target : RequestTarget
        What is asked for.
    options : CallOptions
        How long, how often, and whether at all.
    """

    def __init__(
        self, call: Callable[[Any], T], target: RequestTarget, options: CallOptions
    ) -> None:
        self.target = target
        self.url = base_url()
        self._call = call
        self._timeout = options.timeout
        self._conduct = Conduct(
            deadline=time.monotonic() + options.timeout,
            retries=options.retries,
            cancelled=threading.Event(),
            gate=options.gate,
        )
        self._future: Future[T] = Future()
        # A daemon thread: an executor would hold Ctrl-C and the end of the process.
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self) -> None:
        conduct.set(self._conduct)
        try:
            self._future.set_result(self._call(api_client(self.url)))
        except BaseException as error:
            self._future.set_exception(error)

    def result(self) -> T:
        """Wait for the answer, until the deadline."""
        # The deadline is put off while the request waits at its gate, so look again and again.
        while not self._future.done() and self.seconds_left() > 0:
            wait([self._future], min(self.seconds_left(), _POLL_SECONDS))
        try:
            return self._future.result(0)
        except Exception as error:
            raise self._typed(error) from error

    def has_result(self) -> bool:
        """Tell whether an answer has come, and is not empty."""
        is_there = self._future.done() and self._future.exception() is None
        return is_there and bool(self._future.result())

    def seconds_left(self) -> float:
        """Return the time until the deadline; 0 after it."""
        return self._conduct.seconds_left()

    def cancel(self) -> None:
        """Send nothing more; let an answer that is still under way go."""
        self._conduct.cancelled.set()

    def _typed(self, error: Exception) -> AntaresHelpersError:
        kind, reason, advice = _explain(error, self.target, self.url, self._timeout)
        return kind(reason, advice=advice, locus_id=self.target.locus_id, url=self.url)


def not_found(target: RequestTarget, url: str) -> AntaresHelpersError:
    """Return the error which says that ANTARES has no such thing."""
    return target.missing(
        f"ANTARES at {url} has no {target.name}.",
        advice="Check the ID for typing errors, and whether the address is the one you mean.",
        locus_id=target.locus_id,
        url=url,
    )


def _explain(
    error: Exception, target: RequestTarget, url: str, timeout: float
) -> tuple[type[AntaresHelpersError], str, str]:
    """Return the class, the reason and the advice that tell of an error of the lower layers."""
    reason = str(error).partition("\n")[0].rstrip(".")
    match error:
        case httpx.HTTPStatusError(response=response) if response.status_code == 404:
            missing = not_found(target, url)
            return target.missing, missing.reason, missing.advice
        case httpx.HTTPStatusError(response=response):
            answer = f"{response.status_code} {response.reason_phrase} to {response.url}"
            return ServiceError, f"ANTARES answered {answer}.", _advice(response.status_code)
        case TimeoutError() | httpx.TimeoutException():
            allowed = round(timeout, 1) or timeout
            late = f"did not answer completely within {allowed:g} s for {target.name}."
            advice = f"Try again later, or allow more with timeout={2 * allowed:g}."
            return ServiceTimeoutError, f"ANTARES at {url} {late}", advice
        case httpx.HTTPError() | httpx.InvalidURL():
            advice = "Check your network, and the variables ANTARES_API_BASE_URL and HTTPS_PROXY."
            return ServiceError, f"ANTARES can't be reached at {url}: {reason}.", advice
    unreadable = f"ANTARES at {url} sent something that can't be read as {target.name}"
    if _is_no_json(error):
        advice = "Perhaps a proxy or a login page answers instead: open the address in a browser."
        return BadDataError, f"{unreadable}: it is no JSON.", advice
    advice = "Try again; if it stays so, check that antares-client is up to date."
    return BadDataError, f"{unreadable} ({type(error).__name__}: {reason}).", advice


def _advice(status: int) -> str:
    if status in _REFUSED:
        return (
            "Check the variables ANTARES_API_BASE_URL and HTTPS_PROXY, and that antares-client is "
            "up to date."
        )
    return "The fault is not in your code: try again in a few minutes."


def _is_no_json(error: Exception) -> bool:
    return isinstance(error, ValidationError) and error.errors()[0]["type"] == "json_invalid"
