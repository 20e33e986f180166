from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from threading import Event, Thread, Timer

import httpx
import pytest

from antares_helpers.fetching import http
from antares_helpers.fetching.http import ConnectionLimiter, RequestPolicy, retrying


def response(**headers):
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.Response(429, headers=given, request=httpx.Request("GET", "http://127.0.0.1/"))


def failed(**headers):
    reply = response(**headers)
    return httpx.HTTPStatusError("429", request=reply.request, response=reply)


def run(calls, *, retries=1, timeout=30.0, policy=None):
    """Call a function that fails with each error in turn, until one of them is a result."""
    left = iter(calls)

    def call():
        outcome = next(left)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    return retrying(policy or RequestPolicy(timeout, retries))(call)


def cancelled():
    policy = RequestPolicy(30, 1)
    policy.cancel()
    return policy


@pytest.mark.parametrize(
    "error",
    [failed(), httpx.ConnectError("x"), httpx.ReadTimeout("x"), httpx.RemoteProtocolError("x")],
)
def test_a_transient_error_is_retried(error):
    assert run([error, "answer"]) == "answer"


@pytest.mark.parametrize(
    "error",
    [
        httpx.UnsupportedProtocol("x"),
        httpx.ConnectError("[SSL: CERTIFICATE_VERIFY_FAILED] self-signed"),
        ValueError("x"),
        TypeError(),
    ],
    ids=repr,
)
def test_a_lasting_error_is_not_retried(error):
    with pytest.raises(type(error)):
        run([error, "answer"])


def test_a_request_that_is_no_longer_wanted_is_not_sent_again():
    with pytest.raises(httpx.ConnectError):
        run([httpx.ConnectError("x"), "answer"], policy=cancelled())


def test_what_is_given_up_during_a_pause_is_not_sent_again():
    policy = RequestPolicy(30, 1)
    Timer(0.1, policy.cancel).start()  # every pause is 0.3 s at least

    with pytest.raises(httpx.ConnectError):
        run([httpx.ConnectError("x"), "answer"], policy=policy)


def test_the_last_error_is_the_one_that_is_raised():
    with pytest.raises(httpx.ConnectError, match="second"):
        run([httpx.ReadTimeout("first"), httpx.ConnectError("second"), "answer"])


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        *[
            ("0", 0),
            ("1", 1),
            (" 1 ", 1),
            ("", 0),
            ("soon", 0),
            ("-5", 0),
            ("1.5", 0),
            ("\u0661", 0),
        ],
        ("Wed, 21 Oct 2015 07:28:00 GMT", 0),
        ("Wed, 99 Oct 2015 07:28:00 GMT", 0),
        ("9" * 5000, 999_999_999),
    ],
)
def test_retry_after_is_read_or_ignored(header, seconds):
    # httpx sends header values as ASCII or as it is told.
    reply = httpx.Response(429, headers=[(b"Retry-After", header.encode())])

    assert http._retry_after(reply) == seconds


def test_retry_after_may_be_a_date():
    then = datetime.now(UTC) + timedelta(seconds=100)

    pause = http._retry_after(response(Retry_After=format_datetime(then, usegmt=True)))

    assert 90 < pause <= 100


def test_without_retry_after_there_is_no_pause_asked_for():
    assert http._retry_after(response()) == 0


# Connections


def test_a_slot_is_free_again_after_an_error():
    limiter = ConnectionLimiter(1)
    for _ in range(3):
        with pytest.raises(ZeroDivisionError), limiter.slot():
            raise ZeroDivisionError
    with limiter.slot():
        pass


def test_waiting_for_a_slot_does_not_count():
    limiter, is_held, done = ConnectionLimiter(1), Event(), Event()

    def hold():
        with limiter.slot():
            is_held.set()
            done.wait(0.3)

    Thread(target=hold).start()
    is_held.wait()
    policy = RequestPolicy(0.2, 0, limiter)
    with policy.slot():
        assert 0.1 < policy.seconds_left() <= 0.2


def test_nothing_is_sent_once_the_limiter_is_closed():
    limiter = ConnectionLimiter(1)
    limiter.close()

    with pytest.raises(RuntimeError, match="stopped"), RequestPolicy(1, 0, limiter).slot():
        pass
