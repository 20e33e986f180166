"""Many clients, slow ones and hostile ones."""

import json
import socket
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from antares_sandbox import TUTORIAL_ID, protocol

PATHS = [
    f"loci/{TUTORIAL_ID}",
    f"loci/{TUTORIAL_ID}/alerts",
    'loci?limit=50&elasticsearch_query={"query": {"exists": {"field": "tags"}}}',
    "loci/statistics",
    "catalog_samples",
    "catalog_search/62.0/-48.0",
    "loci/ANT2026unknown",
    "loci?limit=0",
]

QUESTIONS = [
    "/v2/loci?elasticsearch_query=" + "%7b%22bool%22:" * 5000,
    "/v2/loci?elasticsearch_query=" + "[" * 100_000,
    "/v2/loci?elasticsearch_query=%ff%fe",
    "/v2/loci?elasticsearch_query=%ed%a0%80",
    '/v2/loci?elasticsearch_query={"query":{"wildcard":{"tags":"' + "*a" * 600 + '"}}}',
    '/v2/loci?elasticsearch_query={"query":{"term":{"a":"\\ud800"}}}',
    "/v2/loci?limit=%00",
    "/v2/loci?sort=%00" + "x" * 1000,
    "/v2/loci?limit=1&limit=x",
    "/v2/catalog_search/%00/1",
    "/v2/catalog_search/1e400/1",
    "/v2/catalog_samples?n=" + "9" * 10_000,
    "/v2/grav_wave_notice/latest?" + "ids=x&" * 2000,
    "/v2/grav_wave_notice/S260815sim/9999-12-31T23:59:59-23:59",
    "/v2/grav_wave_notice/S260815sim/" + "1" * 10_000,
    "/v2/alerts/" + "..%2f" * 100 + "secret/thumbnails",
]


def connect(sandbox) -> socket.socket:
    url = httpx.URL(sandbox.url)
    return socket.create_connection((url.host, url.port), timeout=10)


def read(connection) -> bytes:
    return b"".join(iter(lambda: connection.recv(65536), b""))


@pytest.mark.parametrize("target", QUESTIONS, ids=lambda target: target[:60])
def test_a_hostile_question_is_a_json_error_of_the_client(sandbox, target):
    encoded = target.replace('"', "%22").replace("\\", "%5c").replace("{", "%7b")
    with connect(sandbox) as connection:
        request = f"GET {encoded} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
        connection.sendall(request.encode("latin-1"))
        head, _, body = read(connection).partition(b"\r\n\r\n")

    assert int(head.split()[1]) in (400, 404)
    assert json.loads(body)["errors"][0]["detail"]
    assert len(body) < 1000


def test_thirty_two_clients_at_once_get_what_one_gets(sandbox):
    def answers(_number):
        with httpx.Client(base_url=sandbox.url, trust_env=False, timeout=60) as client:
            return [client.get(path).content for path in PATHS]

    alone = answers(0)
    with ThreadPoolExecutor(32) as pool:
        together = list(pool.map(answers, range(64)))

    assert all(got == alone for got in together)


@pytest.fixture
def impatient(monkeypatch):
    monkeypatch.setattr(protocol, "SENDING_SECONDS", 0.3)


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("begun", [b"", b"G", b"GET /v2/loci HTTP/1.1\r\nX: "])
def test_a_slow_sender_is_told_and_ended(sandbox, begun):
    with connect(sandbox) as connection:
        connection.sendall(begun)
        answer = read(connection)

    assert answer.startswith(b"HTTP/1.1 408 ")
    assert json.loads(answer.partition(b"\r\n\r\n")[2])["errors"][0]["status"] == 408


@pytest.mark.usefixtures("impatient")
def test_a_sender_that_drips_is_ended(sandbox):
    with connect(sandbox) as connection:
        connection.settimeout(0.05)
        for _ in range(200):
            connection.sendall(b"G")
            try:
                answer = connection.recv(100)
            except TimeoutError:
                continue
            break

    assert answer.startswith(b"HTTP/1.1 408 ")


@pytest.mark.usefixtures("impatient")
def test_a_body_that_is_never_sent_is_not_waited_for(sandbox):
    with connect(sandbox) as connection:
        connection.sendall(b"POST /v2/loci HTTP/1.1\r\nHost: x\r\nContent-Length: 99\r\n\r\nx")
        assert read(connection).startswith(b"HTTP/1.1 405 ")


@pytest.mark.usefixtures("impatient")
def test_a_second_request_that_is_slow_is_ended(sandbox):
    with connect(sandbox) as connection:
        connection.sendall(b"GET /v2/catalog_samples HTTP/1.1\r\nHost: x\r\n\r\nGET /v2")
        connection.sendall(b"/lo")
        answer = read(connection)

    assert answer.startswith(b"HTTP/1.1 200 ")
    assert b"HTTP/1.1 408 " in answer


def test_others_are_answered_while_many_send_slowly(sandbox):
    slow = [connect(sandbox) for _ in range(50)]
    for connection in slow:
        connection.sendall(b"GET /v2/loci HTTP/1.1\r\n")

    answer = httpx.get(f"{sandbox.url}loci/statistics", trust_env=False)

    for connection in slow:
        connection.close()
    assert answer.status_code == 200


def test_requests_that_are_piped_are_all_answered(sandbox):
    request = b"GET /v2/loci/statistics HTTP/1.1\r\nHost: x\r\n\r\n"
    with connect(sandbox) as connection:
        connection.sendall(
            request * 9 + request.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
        )
        assert read(connection).count(b"HTTP/1.1 200 ") == 10


def test_the_log_of_requests_is_bounded(sandbox):
    with httpx.Client(base_url=sandbox.url, trust_env=False) as client:
        client.get("loci/" + "x" * 10_000)

    assert len(sandbox.requests[0].path) <= 2000
