"""One request to ANTARES, with typed errors: in a thread of its own, or when it is needed."""

import json
from collections.abc import Callable, Mapping
from concurrent.futures import Future, wait
from dataclasses import dataclass, field
from numbers import Integral, Real
from typing import Any, Generic, TypeVar

from pydantic import ValidationError

from antares_helpers.errors import (
    AntaresHelpersError,
    BadDataError,
    InvalidInputError,
    LocusNotFoundError,
    ServiceError,
    ServiceTimeoutError,
    shown_url,
)
from antares_helpers.fetching._connections import RefusedError, Token, httpx
from antares_helpers.fetching._parallel import start_thread
from antares_helpers.fetching.http import (
    ConnectionLimiter,
    RequestPolicy,
    api_client,
    base_url,
    one_line,
    service_client,
)
from antares_helpers.validation import short_repr

__all__ = [
    "DEFAULT_RETRIES",
    "DEFAULT_TIMEOUT",
    "CallOptions",
    "Request",
    "RequestTarget",
    "Service",
    "not_found",
]

DEFAULT_TIMEOUT = 30.0
"""Seconds that a call may take in all, retries included."""

DEFAULT_RETRIES = 4
"""Maximum number of retries of a failed request, after transient errors."""

# What the service, or a proxy before it, rejects permanently: all of 4xx but "too many requests".
_REFUSED = frozenset(range(400, 500)) - {429}

_MAX_TIMEOUT = 86400
_MAX_FAULTS = 100_000
_POLL_SECONDS = 0.5

T = TypeVar("T")


@dataclass(frozen=True)
class CallOptions:
    """Settings shared by the requests of one call; checked when it is made.

    Parameters
    ----------
    timeout : float
        Seconds that the call may take in all.
    retries : int
        Maximum number of retries.
    limiter : ConnectionLimiter, optional
        Limits how many requests are in flight at the same time.
    concurrent : bool
        Whether the requests of the call run at the same time, each in a thread of its own.
    """

    timeout: float = DEFAULT_TIMEOUT
    retries: int = DEFAULT_RETRIES
    limiter: ConnectionLimiter | None = field(default=None)
    concurrent: bool = True

    def __post_init__(self) -> None:
        """Check them."""
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

    def policy(self) -> RequestPolicy:
        """Return the policy of a call that begins now."""
        return RequestPolicy(self.timeout, self.retries, self.limiter)


@dataclass(frozen=True)
class Service:
    """A service to which requests go: by default ANTARES.

    Parameters
    ----------
    name, variable : str
        In messages: the service, and the environment variable of its address.
    url : str
        Its address; empty for that of antares-client.
    token : Token, optional
        The token that it needs.
    hints : mapping of int to str, optional
        What to do after a response with a status, if that is special.
    """

    name: str = "ANTARES"
    variable: str = "ANTARES_API_BASE_URL"
    url: str = ""
    token: Token | None = None
    hints: Mapping[int, str] = field(default_factory=dict)


ANTARES = Service()


@dataclass(frozen=True)
class RequestTarget:
    """The target of a request, as named in messages.

    Parameters
    ----------
    name : str
        For example "locus ANT2026z3bqyjga24oc".
    locus_id : str, optional
        The locus that it belongs to.
    missing : type of AntaresHelpersError, optional
        The error if ANTARES has no such thing.
    any_origin : bool, optional
        Whether another server than that of the API may have it.
    service : Service, optional
        The service that has it.
    """

    name: str
    locus_id: str | None = None
    missing: type[AntaresHelpersError] = LocusNotFoundError
    any_origin: bool = False
    service: Service = ANTARES


class Request(Generic[T]):
    """A request, and its response.

    Parameters
    ----------
    call : callable
        Sends the request with an API object of the client, and returns what is needed of the
        response.
    target : RequestTarget
        What is requested.
    policy : RequestPolicy
        Deadline and retries, which requests of one call may share.
    concurrent : bool
        Whether to send it now, in a thread of its own, or not before its result is needed.
    """

    def __init__(
        self,
        call: Callable[[Any], T],
        target: RequestTarget,
        policy: RequestPolicy,
        *,
        concurrent: bool = True,
    ) -> None:
        self.target = target
        self.policy = policy
        service = target.service
        self.url = shown_url(service.url or base_url())
        self._call = call
        self._future: Future[T] = Future()
        self._api = (
            api_client(policy, any_origin=target.any_origin)
            if service.token is None
            else service_client(policy, service.url, service.token)
        )
        if concurrent:
            start_thread(self._run)
        self._is_pending = not concurrent

    def _run(self) -> None:
        try:
            self._future.set_result(self._call(self._api))
        except BaseException as error:
            self._future.set_exception(error)

    def result(self) -> T:
        """Return what was requested; wait for it until the deadline."""
        if self._is_pending:
            self._is_pending = False
            self._run()
        # The deadline is put off while the request waits for a slot, so it has to be polled.
        while not self._future.done() and self.policy.seconds_left() > 0:
            wait([self._future], min(self.policy.seconds_left(), _POLL_SECONDS))
        try:
            return self._future.result(0)
        except Exception as error:
            typed = self._typed(error)
        raise typed  # not above: it would lead to the first error, and what is secret in that

    def has_result(self) -> bool:
        """Say whether there is a result, and not an empty one; do not wait for it."""
        if self._is_pending:
            self._is_pending = False
            self._run()
        is_there = self._future.done() and self._future.exception() is None
        return is_there and bool(self._future.result())

    def _typed(self, error: Exception) -> AntaresHelpersError:
        kind, reason, hint = _explain(error, self.target, self.url, self.policy.timeout)
        token = self.target.service.token
        if token is not None:  # which the service may repeat
            reason = token.removed_from(reason.encode()).decode()
        typed = kind(reason, hint=hint, locus_id=self.target.locus_id, url=self.url)
        typed.cause = error if token is None else None
        return typed


_MISSING_HINT = "Check the ID for typing errors, and the address of the service."


def not_found(target: RequestTarget, url: str) -> AntaresHelpersError:
    """Return the error which says that ANTARES has no such thing."""
    return target.missing(
        f"{target.service.name} at {url} has no {target.name}.",
        hint=target.service.hints.get(404, _MISSING_HINT),
        locus_id=target.locus_id,
        url=url,
    )


def _explain(
    error: Exception, target: RequestTarget, url: str, timeout: float
) -> tuple[type[AntaresHelpersError], str, str]:
    """Return the class, the reason and the hint for an error of the lower layers."""
    reason, service = _reason(error).rstrip("."), target.service
    who = f"{service.name} at {url}"
    match error:
        case httpx.HTTPStatusError(response=response) if response.status_code == 404:
            missing = not_found(target, url)
            return target.missing, missing.reason, missing.hint
        case httpx.HTTPStatusError(response=response):
            what = f"{who} responded with {_status(response)} to the request for {target.name}."
            return ServiceError, what, _status_hint(response.status_code, service)
        case TimeoutError() | httpx.TimeoutException():
            allowed = round(timeout, 1) or timeout
            late = f"did not send a complete response within {allowed:g} s for {target.name}."
            hint = f"Try again later, or allow more time with timeout={2 * allowed:g}."
            return ServiceTimeoutError, f"{who} {late}", hint
        case httpx.HTTPError() | httpx.InvalidURL():
            what = f"{service.name} can't be reached at {url}: {reason}."
            return ServiceError, what, _network(reason, service)
        case RefusedError() if service.token is not None:
            what = f"{who} sent a response for {target.name} that is not accepted: {reason}."
            return BadDataError, what, _LOGIN_HINT
    unreadable = f"{who} sent a malformed response for {target.name}"
    if _is_not_json(error):
        hint = "A proxy or a login page may have responded: open the address in a browser."
        return BadDataError, f"{unreadable}: it is not JSON.", hint
    hint = "Try again; if it fails again, check that antares-client is up to date."
    return BadDataError, f"{unreadable} ({type(error).__name__}: {reason}).", hint


_LOGIN_HINT = "If it leads to a login page, the access token may be wrong or expired."


def _reason(error: Exception) -> str:
    if not isinstance(error, ValidationError):
        return one_line(error)
    if error.error_count() > _MAX_FAULTS:
        return f"{error.error_count()} faults"
    # Its own text would begin with a copy of the whole response.
    fault = error.errors(include_url=False, include_context=False, include_input=False)[0]
    return one_line(f"{'.'.join(map(str, fault['loc'][:5]))}: {fault['msg']}")


def _status(response: Any) -> str:
    """Return the status of a response, and the reason that the service gives for it."""
    status = one_line(f"{response.status_code} {response.reason_phrase}")
    detail = one_line(_detail(response.content)).rstrip(".")
    return f"{status} ({detail})" if detail else status


def _detail(body: bytes) -> str:
    """Return why the service refused a request, if its response says so."""
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    if not isinstance(content, dict):
        return ""
    errors = content.get("errors")
    first = errors[0] if isinstance(errors, list) and errors else content
    names = ("detail", "message", "error", "title")
    said = [first.get(name) for name in names] if isinstance(first, dict) else [first]
    return next((text for text in said if isinstance(text, str) and text.strip()), "")


def _status_hint(status: int, service: Service) -> str:
    if status in service.hints:
        return service.hints[status]
    if status in (400, 422):
        return "Check the query and its values, and that antares-client is up to date."
    if status in (401, 403, 407):
        return (
            "Check whether a proxy or a login stands between: the variables HTTPS_PROXY and "
            f"{service.variable}, and that antares-client is up to date."
        )
    if status in _REFUSED:
        return (
            f"Check the variables {service.variable} and HTTPS_PROXY, and that antares-client is "
            "up to date."
        )
    return "The fault is not in your code: try again in a few minutes."


def _network(reason: str, service: Service) -> str:
    if "CERTIFICATE_VERIFY" in reason:
        return "If your network has a certificate of its own, set SSL_CERT_FILE to its file."
    return (
        f"Check your network, and the variables {service.variable} and HTTPS_PROXY. To work "
        "offline, start a sandbox of simulated loci: python -m antares_sandbox."
    )


def _is_not_json(error: Exception) -> bool:
    if not isinstance(error, ValidationError) or error.error_count() > 1:
        return False
    return error.errors(include_input=False)[0]["type"] == "json_invalid"
