"""The transport against a server that sends, byte for byte, what a test says."""

import gzip
import socket
import threading
import time
import traceback
import zlib

import httpx
import pytest
from antares_client import search
from raw_server import DRIP, drips, sends, serving

from antares_helpers.fetching import _connections, http
from antares_helpers.fetching.http import RequestPolicy


def get(path="x", *, timeout=5.0, retries=0, policy=None, **options):
    policy = policy or RequestPolicy(timeout, retries)
    return http.api_client(policy, **options).client.get(path)


def threads():
    return {thread for thread in threading.enumerate() if thread.is_alive()}


# The address and the client


def test_the_address_is_the_one_that_the_client_asks(pointed_at):
    with pointed_at("http://127.0.0.1:1/v2/"):
        assert http.base_url() == "http://127.0.0.1:1/v2/"


def test_our_client_is_of_the_client_s_own_class():
    api = http.api_client(RequestPolicy(1, 0))

    assert type(api) is type(search.api_client)
    assert api is not search.api_client
    assert api.client is not search.api_client.client


# The deadline


@pytest.mark.parametrize(
    "answer",
    [
        drips(b"HTTP/1.1 200 OK\r\n", b"X-Drip: 1\r\n"),
        drips(b"HTTP/1.1 200 OK\r\nX-Drip: ", b"1"),
        drips(b"", b"HTTP/1.1 102 Processing\r\n\r\n"),
        drips(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n", b" "),
        drips(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n"),
        drips(b"", b""),
    ],
    ids=["headers", "a header", "interim responses", "body", "chunks", "nothing"],
)
def test_an_exchange_ends_at_the_deadline(answer):
    with serving(answer):
        start = time.monotonic()
        with pytest.raises(httpx.TimeoutException):
            get(timeout=0.4)
        assert 0.3 < time.monotonic() - start < 3


def test_a_tls_handshake_that_stalls_ends_at_the_deadline():
    with serving(drips(b"", b"")) as server, pytest.MonkeyPatch.context() as patch:
        url = server.url.replace("http:", "https:")
        client = type(search.api_client)(base_url=url)
        patch.setattr(search, "api_client", client)
        start = time.monotonic()
        with pytest.raises(httpx.TimeoutException):
            get(timeout=0.4)
        assert time.monotonic() - start < 3
        client.client.close()


def test_looking_up_a_name_ends_at_the_deadline(monkeypatch):
    done = threading.Event()
    monkeypatch.setattr(socket, "create_connection", lambda *_, **__: done.wait(10))
    monkeypatch.setattr(
        search, "api_client", type(search.api_client)(base_url="http://broker.example/v2/")
    )
    start = time.monotonic()

    with pytest.raises(httpx.ConnectTimeout):
        get(timeout=0.3)

    assert time.monotonic() - start < 3
    done.set()


def test_a_response_that_nobody_waits_for_is_dropped():
    policy = RequestPolicy(30, 3)
    before = threads()
    with serving(drips(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n", b" ")) as server:

        def run():
            with pytest.raises(httpx.TimeoutException):
                get(policy=policy)

        thread = threading.Thread(target=run)
        thread.start()
        while not server.requests:
            time.sleep(0.01)
        policy.cancel()
        thread.join(2)
        assert not thread.is_alive()
    time.sleep(2 * DRIP)
    assert len(threads() - before) <= 1  # the server's own, which is about to end


@pytest.mark.parametrize(
    "proxy", ["http://127.0.0.1:99999999", "http://me:secret@127.0.0.1:x", "http://"]
)
def test_a_proxy_that_is_not_an_address_is_named_as_such(monkeypatch, proxy):
    monkeypatch.setenv("http_proxy", proxy)
    monkeypatch.setenv("no_proxy", "")
    monkeypatch.setenv("NO_PROXY", "")
    # The client itself can't be made with such a proxy once it is set.
    monkeypatch.setattr(http, "base_url", lambda: "http://broker.example/v2/")

    with pytest.raises(httpx.UnsupportedProtocol, match="proxy is not valid") as caught:
        get()
    assert "secret" not in str(caught.value)


# What is sent


def test_the_service_can_tell_who_asks_and_gets_no_cookies():
    answer = sends(Set_Cookie="session=1; Path=/")
    with serving(answer) as server:
        api = http.api_client(RequestPolicy(5, 0))
        api.client.get("a")
        api.client.get("b")

    assert [line for each in server.requests for line in each.splitlines() if "ookie" in line] == []
    assert all("\r\nUser-Agent: antares-helpers/" in each for each in server.requests)


def test_a_password_in_the_address_is_sent_as_such_and_not_to_others():
    with serving(sends()) as other, serving(sends(status="302 Found", Location=other.url)) as one:
        client = type(search.api_client)(base_url=one.url.replace("//", "//me:secret@"))
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(search, "api_client", client)
            get()
        client.client.close()

    assert "Authorization: Basic" in one.requests[0]
    assert "Authorization" not in other.requests[0]


def test_a_token_is_sent_to_the_service_and_not_to_others():
    with serving(sends()) as other, serving(sends(status="302 Found", Location=other.url)) as one:
        client = type(search.api_client)(base_url=f"{one.url}?token=5ecret")
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(search, "api_client", client)
            get("x?a=1")
            get(f"{other.url}file", any_origin=True)
        client.client.close()

    assert one.requests[0].startswith("GET /v2/x?a=1&token=5ecret HTTP/1.1")
    assert "5ecret" not in str(other.requests)
    assert len(other.requests) == 2


def test_a_password_and_a_token_are_never_logged(caplog):
    caplog.set_level(0)
    with serving(sends(status="503 Busy"), sends()) as server:
        url = server.url.replace("//", "//me:5ecret@")
        client = type(search.api_client)(base_url=f"{url}?token=5ecret")
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(search, "api_client", client)
            get(retries=1)
        client.client.close()

    assert "5ecret" in server.requests[0]
    assert len(caplog.records) > 2
    assert "5ecret" not in caplog.text


def test_a_proxy_that_is_no_address_is_named_without_its_password(monkeypatch):
    client = type(search.api_client)(base_url="http://broker.example/v2/")
    monkeypatch.setattr(search, "api_client", client)
    monkeypatch.setenv("NO_PROXY", "")
    monkeypatch.setenv("HTTP_PROXY", "http://me:" + "5ecret/x@127.0.0.1:9")

    with pytest.raises(httpx.UnsupportedProtocol, match="proxy is not valid") as caught:
        get()

    assert "5ecret" not in "".join(traceback.format_exception(caught.value))


def test_calls_share_connections():
    with serving(sends()) as server:
        for _ in range(3):
            get()

    assert (len(server.requests), server.connections) == (3, 1)


# Where requests may go


def test_a_redirect_may_lead_to_another_server():
    with (
        serving(sends(b'"there"')) as other,
        serving(sends(status="302 Found", Location=f"{other.url}y")),
    ):
        assert get().json() == "there"


def test_a_link_may_not_lead_to_another_server():
    with serving(sends()) as other, serving(sends()) as one:
        with pytest.raises(ValueError, match="leads to another server"):
            get(f"{other.url}loci?page=2")
        assert get(f"{one.url}loci?page=2").status_code == 200
    assert other.requests == []


def test_a_file_may_be_on_another_server():
    with serving(sends(b'"file"')) as other, serving(sends()):
        assert get(f"{other.url}file", any_origin=True).json() == "file"


@pytest.mark.parametrize("any_origin", [True, False])
def test_what_is_encrypted_is_never_asked_for_in_the_open(monkeypatch, any_origin):
    client = type(search.api_client)(base_url="https://127.0.0.1:1/v2/")
    monkeypatch.setattr(search, "api_client", client)

    with pytest.raises(ValueError, match="not encrypted"):
        get("http://127.0.0.1:1/v2/x", any_origin=any_origin)


# What comes back


def test_a_compressed_body_is_decoded():
    with serving(sends(gzip.compress(b'"text"'), Content_Encoding="gzip")):
        assert get().json() == "text"


@pytest.mark.parametrize("coding", ["gzip, gzip", "deflate, gzip", "br", "zstd", "x"])
def test_another_coding_than_one_that_was_asked_for_is_refused(coding):
    body = gzip.compress(gzip.compress(b"{}"))
    with serving(sends(body, Content_Encoding=coding)), pytest.raises(ValueError, match="encoded"):
        get()


@pytest.mark.parametrize(
    ("coding", "compress"), [("gzip", gzip.compress), ("deflate", zlib.compress)]
)
def test_decoded_bytes_are_counted(monkeypatch, coding, compress):
    monkeypatch.setattr(_connections, "MAX_RESPONSE_BYTES", 10_000)
    body = compress(b" " * 20_000)
    assert len(body) < 1000

    with (
        serving(sends(body, Content_Encoding=coding)),
        pytest.raises(ValueError, match="more than 10000 bytes"),
    ):
        get()


@pytest.mark.parametrize("charset", ["utf-16", "utf-7", "idna", "nonsense"])
def test_text_is_utf_8_whatever_the_service_declares(charset):
    content_type = f"application/json; charset={charset}"
    with serving(
        sends('"\N{LATIN SMALL LETTER E WITH ACUTE}"'.encode(), Content_Type=content_type)
    ):
        assert get().text == '"\N{LATIN SMALL LETTER E WITH ACUTE}"'


def test_of_an_error_the_beginning_is_read_and_the_status_is_kept():
    body = b"x" * 300_000
    with serving(sends(body, status="503 Busy")), pytest.raises(httpx.HTTPStatusError) as caught:
        get()

    assert caught.value.response.status_code == 503
    assert len(caught.value.response.content) < len(body)
