"""Many clients, slow ones and hostile ones."""

import json
import socket
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from antares_sandbox import TUTORIAL_ID, Sandbox

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

QUERIES = [
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


@pytest.mark.parametrize("target", QUERIES, ids=lambda target: target[:60])
def test_a_hostile_query_is_a_json_error_of_the_client(sandbox, target):
    encoded = target.replace('"', "%22").replace("\\", "%5c").replace("{", "%7b")
    with connect(sandbox) as connection:
        request = f"GET {encoded} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
        connection.sendall(request.encode("latin-1"))
        head, _, body = read(connection).partition(b"\r\n\r\n")

    assert int(head.split()[1]) in (400, 404)
    assert json.loads(body)["errors"][0]["detail"]
    assert len(body) < 1000


def test_thirty_two_clients_at_once_get_what_one_gets(sandbox):
    def responses(_number):
        with httpx.Client(base_url=sandbox.url, trust_env=False, timeout=60) as client:
            return [client.get(path).content for path in PATHS]

    alone = responses(0)
    with ThreadPoolExecutor(32) as pool:
        together = list(pool.map(responses, range(64)))

    assert all(got == alone for got in together)


def test_a_body_that_is_never_sent_is_not_waited_for(sandbox):
    head = b"POST /v2/loci HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99\r\n\r\n"
    with connect(sandbox) as connection:
        connection.sendall(head + b"x")
        assert connection.recv(65536).startswith(b"HTTP/1.1 405 ")


def wildcards(pattern, number):
    return {"bool": {"should": [{"wildcard": {"properties.text": pattern}}] * number}}


COSTLY = {
    "many": wildcards("*a" * 20 + "b", 400),
    "long": wildcards("*" + "?" * 900 + "b", 10),
    "one": wildcards("*" + "a" * 900 + "b", 1),
    "fields": {"bool": {"should": [{"exists": {"field": f"x{n}"}} for n in range(1000)]}},
    "nested": {"bool": {"should": [wildcards("*a*a*b", 50)] * 10}},
}


@pytest.fixture
def long_texts(small_file, write):
    """A sandbox of loci with long texts, on which patterns are slow."""
    small_file["locus"]["old_properties"]["text"] = "a" * 50_000
    small_file["locus"]["old_properties"] |= {f"y{number}": 1 for number in range(1000)}
    for number in range(100):
        small_file["locus"]["id"] = f"ANT2026small{number}"
        folder = write(small_file)
    with Sandbox(folder) as running:
        yield running


@pytest.mark.parametrize("query", COSTLY.values(), ids=COSTLY)
def test_a_costly_query_is_refused_and_delays_nobody(query, long_texts):
    def search():
        parameters = {"elasticsearch_query": json.dumps({"query": query})}
        return httpx.get(f"{long_texts.url}loci", params=parameters, trust_env=False, timeout=60)

    def waited():
        return httpx.get(f"{long_texts.url}loci/statistics", trust_env=False, timeout=60).elapsed

    with ThreadPoolExecutor(1) as pool:
        refused = pool.submit(search)
        waits = [waited().total_seconds() for _ in range(5)]
        is_delayed = refused.done()

    assert refused.result().status_code == 400
    assert "longer than" in refused.result().json()["errors"][0]["detail"]
    assert refused.result().elapsed.total_seconds() < 10
    assert not is_delayed, waits


@pytest.mark.parametrize(
    "host",
    [
        *("example.org", "127.0.0.1.example.org", "localhost.", "127.1", "[::1]", "0.0.0.0", ""),
        *("127.0.0.1:", "127.0.0.1:80:80", "x@127.0.0.1", "127.0.0.1@example.org", "2130706433"),
        *("localhost,example.org", "localhost\r\nHost: example.org", "127.0.0.1:\u0661"),
    ],
)
def test_another_host_is_refused(host, sandbox):
    with connect(sandbox) as connection:
        request = f"GET /v2/loci HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
        connection.sendall(request.encode())
        assert read(connection).startswith(b"HTTP/1.1 400 ")


def test_others_get_a_response_while_many_send_slowly(sandbox):
    slow = [connect(sandbox) for _ in range(50)]
    for connection in slow:
        connection.sendall(b"GET /v2/loci HTTP/1.1\r\n")

    response = httpx.get(f"{sandbox.url}loci/statistics", trust_env=False)

    for connection in slow:
        connection.close()
    assert response.status_code == 200


def test_each_of_several_pipelined_requests_gets_a_response(sandbox):
    request = b"GET /v2/loci/statistics HTTP/1.1\r\nHost: localhost\r\n\r\n"
    with connect(sandbox) as connection:
        connection.sendall(
            request * 9 + request.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
        )
        assert read(connection).count(b"HTTP/1.1 200 ") == 10


def test_the_log_of_requests_is_bounded(sandbox):
    with httpx.Client(base_url=sandbox.url, trust_env=False) as client:
        client.get("loci/" + "x" * 10_000)

    assert len(sandbox.requests[0].path) <= 2000
