"""The policy of a call: how long it may take, what is retried and when, how many run at once."""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email.utils import parsedate_to_datetime
from functools import partial
from math import inf
from threading import Event, Semaphore
from typing import Any

import tenacity

from antares_helpers.fetching._connections import httpx

__all__ = ["ConnectionLimiter", "RequestPolicy", "one_line", "retrying"]

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
