import time
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from threading import Event, Timer

import httpx
import pytest
from antares_client import search

from antares_helpers.fetching import http


def response(**headers):
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.Response(429, headers=given, request=httpx.Request("GET", "http://127.0.0.1/"))


def failed(**headers):
    reply = response(**headers)
    return httpx.HTTPStatusError("429", request=reply.request, response=reply)


def run(calls, *, retries=1, timeout=30.0, cancelled=None):
    """Run a policy over calls that fail with what they are, until one is no exception."""
    left = iter(calls)

    def call():
        outcome = next(left)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    deadline = time.monotonic() + timeout
    ours = http.Conduct(deadline, retries, cancelled or Event(), nullcontext())
    return http.retrying(ours)(call)


def test_the_address_is_the_one_that_the_client_asks(pointed_at):
    with pointed_at("http://127.0.0.1:1/v2/"):
        assert http.base_url() == "http://127.0.0.1:1/v2/"


def test_an_address_has_one_client():
    one, other = "http://127.0.0.1:1/v2/", "http://127.0.0.1:2/v2/"

    assert http.api_client(one) is http.api_client(one)
    assert http.api_client(one) is not http.api_client(other)


def test_our_client_is_of_the_client_s_own_class():
    api = http.api_client("http://127.0.0.1:1/v2/")

    assert type(api) is type(search.api_client)
    assert api is not search.api_client


@pytest.mark.parametrize(
    "error",
    [failed(), httpx.ConnectError("x"), httpx.ReadTimeout("x"), httpx.RemoteProtocolError("x")],
)
def test_what_may_pass_is_tried_again(error):
    assert run([error, "answer"]) == "answer"


@pytest.mark.parametrize("error", [httpx.UnsupportedProtocol("x"), ValueError("x"), TypeError()])
def test_what_will_not_pass_is_not_tried_again(error):
    with pytest.raises(type(error)):
        run([error, "answer"])


def test_a_request_that_is_no_longer_wanted_is_not_sent_again():
    cancelled = Event()
    cancelled.set()

    with pytest.raises(httpx.ConnectError):
        run([httpx.ConnectError("x"), "answer"], cancelled=cancelled)


def test_what_is_given_up_during_a_pause_is_not_sent_again():
    cancelled = Event()
    Timer(0.1, cancelled.set).start()  # every pause is 0.3 s at least

    with pytest.raises(httpx.ConnectError):
        run([httpx.ConnectError("x"), "answer"], cancelled=cancelled)


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


def test_a_body_is_not_read_beyond_the_deadline():
    class Endless(httpx.SyncByteStream):
        def __iter__(self):
            while True:
                yield b" "

    stream = http._LimitedStream(Endless(), time.monotonic() + 0.05)

    with pytest.raises(httpx.ReadTimeout):
        list(stream)
