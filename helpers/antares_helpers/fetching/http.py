"""The transport of every request, and the policy that it follows: deadline, retries, addresses."""

import logging
import time
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from email.utils import parsedate_to_datetime
from functools import partial
from math import inf
from threading import Event, Semaphore
from types import SimpleNamespace
from typing import Any
from urllib.parse import unquote

import tenacity
from antares_client import search

from antares_helpers.errors import shown_url
from antares_helpers.fetching._connections import Deadline, RefusedError, Token, exchange, httpx

__all__ = [
    "ConnectionLimiter",
    "PolicyTransport",
    "RequestPolicy",
    "api_client",
    "base_url",
    "one_line",
    "replaying",
    "retrying",
    "service_client",
    "shown_url",
]

logger = logging.getLogger("antares_helpers")

_TOO_MANY_REQUESTS = 429
_MAX_REASON = 300


def one_line(text: object) -> str:
    """Return the first line of what a service or an error says, short and printable."""
    try:
        line = str(text).strip().partition("\n")[0]
    except Exception:  # an integer of thousands of digits, for example
        return type(text).__name__
    printable = "".join(each if each.isprintable() else " " for each in line[: 4 * _MAX_REASON])
    words = " ".join(printable.split())
    return words if len(words) <= _MAX_REASON else f"{words[: _MAX_REASON - 3]}..."


class ConnectionLimiter:
    """Limits how many requests are in flight at the same time; none is sent once it is closed.

    Parameters
    ----------
    slots : int
        How many.
    """

    def __init__(self, slots: int) -> None:
        self._slots = Semaphore(slots)
        self._is_closed = False

    @contextmanager
    def slot(self) -> Iterator[None]:
        """Wait for a free slot, and hold it."""
        with self._slots:
            if self._is_closed:
                raise RuntimeError("the fetch was stopped")
            yield

    def close(self) -> None:
        """Send nothing more."""
        self._is_closed = True


class RequestPolicy:
    """The rules for every request of one call, retries included.

    Parameters
    ----------
    timeout : float
        Seconds that the call may take in all, waiting for a slot of `limiter` not included.
    retries : int
        Maximum number of retries of a failed request.
    limiter : ConnectionLimiter, optional
        Limits how many requests are in flight at the same time.

    Attributes
    ----------
    deadline : float
        When the response must be complete, in seconds of `time.monotonic`; infinite while the call
        waits for a slot.
    """

    def __init__(
        self, timeout: float, retries: int, limiter: ConnectionLimiter | None = None
    ) -> None:
        self.timeout = timeout
        self.retries = retries
        self.deadline = time.monotonic() + timeout
        self.cancelled = Event()
        self.logged_attempts: dict[int, object] = {}
        self._limiter = limiter

    def seconds_left(self) -> float:
        """Return the time until the deadline; 0 after it."""
        return max(self.deadline - time.monotonic(), 0.0)

    def cancel(self) -> None:
        """Send nothing more, and drop a response that is still arriving."""
        self.cancelled.set()

    @contextmanager
    def slot(self) -> Iterator[None]:
        """Wait for a free connection, and hold it."""
        if self._limiter is None:
            yield
            return
        left, self.deadline = self.seconds_left(), inf
        with self._limiter.slot():
            self.deadline = time.monotonic() + left
            yield


def retrying(policy: RequestPolicy) -> tenacity.Retrying:
    """Return what calls a function again after transient errors, until the deadline."""
    return tenacity.Retrying(
        retry=tenacity.retry_if_exception(_is_transient),
        stop=tenacity.stop_after_attempt(policy.retries + 1)
        | tenacity.stop_when_event_set(policy.cancelled)
        | _StopBeforeDeadline(policy),
        wait=_wait,
        before_sleep=partial(_log_and_sleep, policy=policy),
        sleep=lambda _: None,
        reraise=True,
    )


class _StopBeforeDeadline(tenacity.stop.stop_base):
    """Stop if the next attempt would begin after the deadline."""

    def __init__(self, policy: RequestPolicy) -> None:
        self._policy = policy

    def __call__(self, state: tenacity.RetryCallState) -> bool:
        return state.upcoming_sleep >= self._policy.seconds_left()


def _is_transient(error: BaseException) -> bool:
    match error:
        case httpx.HTTPStatusError(response=response):
            return response.status_code == _TOO_MANY_REQUESTS or response.status_code >= 500
        case httpx.UnsupportedProtocol():
            return False
    return isinstance(error, httpx.TransportError) and "CERTIFICATE_VERIFY" not in str(error)


_backoff = tenacity.wait_exponential(multiplier=0.3, max=8) + tenacity.wait_random(0, 0.3)


def _wait(state: tenacity.RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    asked = _retry_after(error.response) if isinstance(error, httpx.HTTPStatusError) else 0.0
    return max(asked, _backoff(state))


def _retry_after(response: Any) -> float:
    """Return the seconds that a ``Retry-After`` header asks for; 0 without a readable one."""
    value = response.headers.get("Retry-After", "").strip()
    if value.isascii() and value.isdecimal():
        return float(value[:9])
    try:
        return max(parsedate_to_datetime(value).timestamp() - time.time(), 0.0)
    except (ValueError, OverflowError):
        return 0.0


def _log_and_sleep(state: tenacity.RetryCallState, policy: RequestPolicy) -> None:
    """Log the retry, and sleep; give up if nobody waits for the response any longer."""
    assert state.outcome is not None
    assert state.next_action is not None
    error = state.outcome.exception()
    assert error is not None
    seconds = state.next_action.sleep
    if policy.logged_attempts.setdefault(state.attempt_number, state) is state:  # once a call
        reason = one_line(error)
        logger.warning("%s: %s; retrying in %.1f s", type(error).__name__, reason, seconds)
    if policy.cancelled.wait(seconds):
        raise error


_FAIR_SHARE = 0.5
"""How much of the time left one silent read may take, so that a lost response can be retried."""
_MIN_SILENCE = 2.0


def base_url() -> str:
    """Return the address of the service, which may contain a password: show it with `shown_url`.

    It is what ``ANTARES_API_BASE_URL`` was when antares-client was imported, or what a sandbox
    has set since.
    """
    return str(search.api_client.client.base_url)


def api_client(policy: RequestPolicy, *, any_origin: bool = False) -> Any:
    """Return an API object of the client's own class, whose requests follow a policy.

    Parameters
    ----------
    policy : RequestPolicy
        Deadline, retries and number of connections.
    any_origin : bool, optional
        Whether requests may go to other servers than that of the API; redirects always may.
    """
    url = httpx.URL(base_url())
    api = copy(search.api_client)
    transport = PolicyTransport(policy, url, any_origin=any_origin)
    # Without `trust_env` it makes no connections of its own: the transport has those of all calls.
    # It logs the addresses of its requests: only the transport knows what is secret in them.
    public = url.copy_with(username="", password="", query=None)
    api.client = httpx.Client(
        base_url=public, follow_redirects=True, transport=transport, trust_env=False
    )
    api.transport = transport
    return api


def service_client(policy: RequestPolicy, url: str, token: Token) -> Any:
    """Return a client of another service like that of `api_client`, which sends a token.

    Parameters
    ----------
    policy : RequestPolicy
        Deadline and retries.
    url : str
        The address of the service. Requests go to its server only, redirects included.
    token : Token
        Sent with each request.
    """
    transport = PolicyTransport(policy, httpx.URL(url), any_origin=False, token=token)
    client = httpx.Client(follow_redirects=True, transport=transport, trust_env=False)
    return SimpleNamespace(client=client, transport=transport)


def replaying(api: Any, body: bytes) -> Any:
    """Return an API object like another, to which every response is this body."""
    replayed = copy(api)
    transport = httpx.MockTransport(
        lambda _: httpx.Response(200, content=body, default_encoding="utf-8")
    )
    replayed.client = httpx.Client(
        base_url=api.client.base_url, transport=transport, trust_env=False
    )
    return replayed


class PolicyTransport(httpx.BaseTransport):
    """Sends requests, and sends them again after transient errors, under the policy of a call.

    Parameters
    ----------
    policy : RequestPolicy
        Deadline, retries and number of connections.
    base : httpx.URL
        The address of the API. If it is https, no request is sent over http. Its user name,
        password and query are sent to this server, and to no other.
    any_origin : bool
        Whether requests may go to other servers.
    token : Token, optional
        Sent with each request. If there is one, redirects do not lead to other servers either.

    Attributes
    ----------
    body : bytes
        The last response.
    max_bytes : float
        Decoded bytes beyond which to refuse a response; see `exchange`.
    """

    def __init__(
        self, policy: RequestPolicy, base: Any, *, any_origin: bool, token: Token | None = None
    ) -> None:
        self._policy = policy
        self._base = base
        self._any_origin = any_origin
        self._token = token
        self._is_redirected = False
        self.body = b""
        self.max_bytes = inf

    def handle_request(self, request: Any) -> Any:
        """Send a request until there is a complete response, and return it."""
        self._check_address(request.url)
        self.body = b""
        received: list[Any] = []  # for what goes through tenacity stays until garbage is collected
        retrying(self._policy)(lambda: received.append(self._send(request)))
        response = received.pop()
        self._is_redirected = response.is_redirect
        self.body = response.content
        return response

    def _send(self, request: Any) -> Any:
        with self._policy.slot():
            left = self._policy.seconds_left()
            silence = min(left, max(left * _FAIR_SHARE, _MIN_SILENCE))
            deadline = Deadline(
                silence, end=self._policy.deadline, cancelled=self._policy.cancelled
            )
            return exchange(
                self._with_secrets(request),
                deadline,
                max_bytes=self.max_bytes,
                token=self._token,
            )

    def _with_secrets(self, request: Any) -> Any:
        if _origin(request.url) != _origin(self._base):
            return request
        query = self._base.query.decode().removesuffix("/")  # which httpx has added
        url = request.url.copy_merge_params(httpx.QueryParams(query)) if query else request.url
        sent = httpx.Request(request.method, url, headers=request.headers)
        if self._base.userinfo:
            login = b64encode(unquote(self._base.userinfo.decode()).encode())
            sent.headers["Authorization"] = f"Basic {login.decode()}"
        return sent

    def _check_address(self, url: Any) -> None:
        """Refuse an address that the service sent and that may not be followed."""
        if self._base.scheme == "https" and url.scheme != "https":
            raise RefusedError(f"it leads to {shown_url(url)}, which is not encrypted")
        may_leave = self._any_origin or (self._is_redirected and self._token is None)
        if not (may_leave or _origin(url) == _origin(self._base)):
            raise RefusedError(f"it leads to another server, {url.host}")


def _origin(url: Any) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port
