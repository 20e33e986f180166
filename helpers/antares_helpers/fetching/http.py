"""What we add to the client's connections: a deadline, retries, errors that keep the status."""

import atexit
import logging
import os
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from math import inf
from threading import Event, Lock, Semaphore
from typing import Any

import httpx
import tenacity
from antares_client import search

__all__ = [
    "MAX_CONNECTIONS",
    "MAX_RESPONSE_BYTES",
    "Conduct",
    "Gate",
    "api_client",
    "base_url",
    "conduct",
    "retrying",
]

MAX_RESPONSE_BYTES = 2**30
"""Bytes after which an answer is given up; 100,000 alerts have some 400 million."""

MAX_CONNECTIONS = 32
"""How many connections are kept open for further requests."""

logger = logging.getLogger("antares_helpers")


class Gate:
    """Lets only so many exchanges with the service happen at a time, and none once closed."""

    def __init__(self, places: int) -> None:
        self._places = Semaphore(places)
        self._is_closed = False

    def __enter__(self) -> None:
        """Wait for a free place."""
        self._places.acquire()
        if self._is_closed:
            self._places.release()
            raise RuntimeError("nobody waits for the answer any longer")

    def __exit__(self, *_: object) -> None:
        """Free the place."""
        self._places.release()

    def close(self) -> None:
        """Let nobody in any more."""
        self._is_closed = True


@dataclass
class Conduct:
    """How a thread is to ask.

    Attributes
    ----------
    deadline : float
        When its answer must be complete, in seconds of `time.monotonic`. Infinite while it waits
        at the gate, which does not count.
    retries : int
        How often a request is sent again.
    cancelled : threading.Event
        Set when nobody waits for the answer any longer.
    gate : context manager
        Entered around each single exchange.
    """

    deadline: float
    retries: int
    cancelled: Event
    gate: AbstractContextManager[Any]

    def seconds_left(self) -> float:
        """Return the time until the deadline; 0 after it."""
        return max(self.deadline - time.monotonic(), 0.0)

    @contextmanager
    def admitted(self) -> Iterator[None]:
        """Wait at the gate, and pass it."""
        left, self.deadline = self.seconds_left(), inf
        with self.gate:
            self.deadline = time.monotonic() + left
            yield


conduct: ContextVar[Conduct] = ContextVar("conduct")
"""How the requests of this thread are made."""


class _Connections(httpx.Client):
    """The connections of the client, which ask again after what may pass."""

    def get(self, *args: Any, **options: Any) -> httpx.Response:
        """Send a GET request as often as it takes and is allowed, and read the answer."""
        ours = conduct.get()
        policy = retrying(ours)
        return policy(self._get_once, ours, *args, **options)

    def _get_once(self, ours: Conduct, *args: Any, **options: Any) -> httpx.Response:
        with ours.admitted():
            return super().get(*args, **options)


def base_url() -> str:
    """Return the address of the service.

    It is what ``ANTARES_API_BASE_URL`` was when antares-client was imported, or where a sandbox
    has pointed the client since.
    """
    return str(search.api_client.client.base_url)


def api_client(url: str) -> Any:
    """Return the client's own API object for an address, with our hooks in its connections."""
    with _making_client:  # or several threads would make one each
        api = _clients.get(url)
        if api is None or api.client.is_closed:
            api = _clients[url] = _make_api_client(url)
        return api


_making_client = Lock()
_clients: dict[str, Any] = {}


def _forget_clients() -> None:
    """Leave the connections of the parent to it: in a child they would get its answers."""
    global _making_client, _clients
    _inherited.append(_clients)
    _making_client, _clients = Lock(), {}


_inherited: list[dict[str, Any]] = []  # kept, so that nothing closes them

if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_clients)


def _make_api_client(url: str) -> Any:
    api = type(search.api_client)(base_url=url)
    api.client.close()
    api.client = _Connections(
        base_url=api.client.base_url,
        follow_redirects=api.client.follow_redirects,
        limits=httpx.Limits(max_connections=None, max_keepalive_connections=MAX_CONNECTIONS),
        headers={"User-Agent": _user_agent()},
        event_hooks={"request": [_limit_request], "response": [_refuse_failure]},
    )
    atexit.register(api.client.close)
    return api


def _user_agent() -> str:
    return " ".join(f"{name}/{_version(name)}" for name in ("antares-helpers", "antares-client"))


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:  # on the path, but not installed
        return "unknown"


def retrying(ours: Conduct) -> tenacity.Retrying:
    """Return the policy: ask again after what may pass, with growing pauses, until the deadline."""
    return tenacity.Retrying(
        retry=tenacity.retry_if_exception(_may_pass),
        stop=tenacity.stop_after_attempt(ours.retries + 1)
        | tenacity.stop_when_event_set(ours.cancelled)
        | _StopBeforeDeadline(ours),
        wait=_pause,
        before_sleep=partial(_rest, cancelled=ours.cancelled),
        sleep=lambda _: None,
        reraise=True,
    )


class _StopBeforeDeadline(tenacity.stop.stop_base):
    """Stop where a pause would end after the deadline."""

    def __init__(self, ours: Conduct) -> None:
        self._ours = ours

    def __call__(self, state: tenacity.RetryCallState) -> bool:
        return state.upcoming_sleep >= self._ours.seconds_left()


def _limit_request(request: httpx.Request) -> None:
    # Half of what is left, so that one lost answer leaves time to ask again.
    left = max(conduct.get().seconds_left(), 0.001)
    seconds = min(left, max(left / 2, 2.0))
    request.extensions["timeout"] = httpx.Timeout(seconds).as_dict()


def _refuse_failure(response: httpx.Response) -> None:
    # The client's own exception keeps neither the status nor a body that is not JSON.
    if response.status_code >= 400:
        response.raise_for_status()
    assert isinstance(response.stream, httpx.SyncByteStream)
    response.stream = _LimitedStream(response.stream, conduct.get().deadline)


class _LimitedStream(httpx.SyncByteStream):
    """A body that must end, and in time; httpx limits only each single read."""

    def __init__(self, stream: httpx.SyncByteStream, deadline: float) -> None:
        self._stream = stream
        self._deadline = deadline

    def __iter__(self) -> Iterator[bytes]:
        size = 0
        for chunk in self._stream:
            size += len(chunk)
            if size > MAX_RESPONSE_BYTES:
                raise ValueError(f"the answer has more than {MAX_RESPONSE_BYTES} bytes")
            if time.monotonic() > self._deadline:
                raise httpx.ReadTimeout("the answer came too slowly")
            yield chunk

    def close(self) -> None:
        self._stream.close()


def _may_pass(error: BaseException) -> bool:
    match error:
        case httpx.HTTPStatusError(response=response):
            return response.status_code == 429 or response.status_code >= 500
        case httpx.UnsupportedProtocol():
            return False
    return isinstance(error, httpx.TransportError)


_backoff = tenacity.wait_exponential(multiplier=0.3, max=8) + tenacity.wait_random(0, 0.3)


def _pause(state: tenacity.RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    asked = _retry_after(error.response) if isinstance(error, httpx.HTTPStatusError) else 0.0
    return max(asked, _backoff(state))


def _retry_after(response: httpx.Response) -> float:
    """Return the seconds that a ``Retry-After`` header asks for; 0 without a readable one."""
    value = response.headers.get("Retry-After", "").strip()
    if value.isascii() and value.isdecimal():
        return float(value[:9])
    try:
        return max(parsedate_to_datetime(value).timestamp() - time.time(), 0.0)
    except (ValueError, OverflowError):
        return 0.0


def _rest(state: tenacity.RetryCallState, cancelled: Event) -> None:
    """Tell of the retry, and pause; give up if nobody waits for the answer any longer."""
    assert state.outcome is not None
    assert state.next_action is not None
    error = state.outcome.exception()
    assert error is not None
    pause, reason = state.next_action.sleep, str(error).partition("\n")[0]
    logger.warning("%s: %s; asking again in %.1f s", type(error).__name__, reason, pause)
    if cancelled.wait(pause):
        raise error
