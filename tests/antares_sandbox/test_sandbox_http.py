import json
import socket
from http import HTTPStatus

import httpx
import pytest

from antares_sandbox import TUTORIAL_ID, Sandbox, SandboxError
from antares_sandbox.faults import Status

SECRET = "nobody may read this"

HOSTILE_PATHS = [
    "/",
    "/v2",
    "/v2/",
    "/v2/loci/",
    "/v1/loci/ANT2026small",
    "/v2/loci/ANT2026small/",
    "/v2/loci/ANT2026small/alerts/",
    "/v2/loci/ANT2026small/secret",
    "/v2/loci/ANT2026small.json",
    "/v2/loci/ant2026small",
    "/v2/loci/../secret",
    "/v2/loci/..%2fsecret",
    "/v2/loci/%2e%2e/secret",
    "/v2/loci/%2e%2e%2fsecret.json",
    "/v2/loci/%252e%252e%252fsecret",
    "/v2/loci/..%5csecret",
    "/v2/loci/..%c0%afsecret",
    "/v2/loci//etc/passwd",
    "/v2/loci/%2fetc%2fpasswd",
    "/v2/loci/ANT2026small%00",
    "/v2/loci/ANT2026small%00.json",
    "/v2/loci/ANT2026small%0d%0aX-Evil:%201",
    "/v2/loci/%ff%fe",
    "/v2/loci/*",
    "/v2/loci/" + "A" * 500_000,
    "/v2/loci/" + "../" * 500 + "secret",
    "//v2/loci/ANT2026small",
    "/docs",
    "/openapi.json",
]


@pytest.fixture
def small(small_file, write):
    """A sandbox of one locus, beside a file that is none of its business."""
    folder = write(small_file)
    (folder.parent / "secret").write_text(SECRET)
    (folder.parent / "secret.json").write_text(json.dumps({"secret": SECRET}))
    (folder / "inner").mkdir()
    (folder / "inner" / "ANT2026inner.json").write_text(json.dumps(small_file))
    with Sandbox(folder) as running:
        yield running


def ask(url: str, request: bytes) -> tuple[int, dict[str, str], bytes]:
    """Send bytes as they are, which no HTTP library does; return status, headers, body."""
    host, port = httpx.URL(url).host, httpx.URL(url).port
    with socket.create_connection((host, port), timeout=10) as connection:
        connection.sendall(request)
        response = b"".join(iter(lambda: connection.recv(65536), b""))
    head, _, body = response.partition(b"\r\n\r\n")
    status, *lines = head.decode("latin-1").split("\r\n")
    headers = dict(line.lower().split(": ", 1) for line in lines)
    return int(status.split()[1]), headers, body


def get(path: str, method: str = "GET") -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "Host: localhost", "Connection: close", "", ""]
    return "\r\n".join(lines).encode("latin-1")


def assert_json_error(response: tuple[int, dict[str, str], bytes], *expected: int) -> None:
    status, headers, body = response
    assert status in expected
    assert headers["content-type"] == "application/json"
    (error,) = json.loads(body)["errors"]
    assert list(error) == ["detail", "status", "title"]
    assert type(error["status"]) is int
    assert error["status"] == status
    assert error["title"] == f"{status} {HTTPStatus(status).phrase.upper()}"
    assert error["detail"]
    assert SECRET.encode() not in body
    assert b"Traceback" not in body


def test_a_locus_is_json(small):
    status, headers, body = ask(small.url, get("/v2/loci/ANT2026small"))

    assert status == 200
    assert headers["content-type"] == "application/json"
    assert json.loads(body)["data"]["id"] == "ANT2026small"


@pytest.mark.parametrize("path", HOSTILE_PATHS, ids=lambda path: path[:40])
def test_what_is_not_served_is_a_json_404(small, path):
    assert_json_error(ask(small.url, get(path)), 404)


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "BREW"])
def test_other_methods_are_a_json_405(small, method):
    response = ask(small.url, get("/v2/loci/ANT2026small", method))

    assert_json_error(response, 405)
    assert "get" in response[1]["allow"]


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"GET /v2/loci/ANT2026small\x00 HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET /v2/loci/ANT 2026 HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
        b"hello\r\n\r\n",
        b"GET /v2/loci/ANT2026small HTTP/1.1\r\n\r\n",
    ],
    ids=["nul", "space", "tls", "words", "no host"],
)
def test_what_is_not_http_is_a_400(small, request_bytes):
    assert ask(small.url, request_bytes)[0] == 400


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "LOCALHOST:80", "127.0.0.1:8000"])
def test_a_request_for_this_machine_is_served(small, host):
    request = get("/v2/loci/ANT2026small").replace(b"localhost", host.encode())

    assert ask(small.url, request)[0] == 200


@pytest.mark.parametrize(
    "host",
    [
        "",
        "example.org",
        "localhost.example.org",
        "127.0.0.1.example.org:80",
        "localhost:x",
        "[::1]",
    ],
)
def test_a_request_for_another_host_is_a_json_400(small, host):
    request = get("/v2/loci/ANT2026small").replace(b"localhost", host.encode())

    assert_json_error(ask(small.url, request), 400)
    assert small.requests == []


def test_a_head_request_has_no_body(small):
    status, headers, body = ask(small.url, get("/v2/loci/ANT2026small", "HEAD"))

    assert (status, body) == (200, b"")
    assert int(headers["content-length"]) > 0


def test_a_long_id_is_not_repeated_in_full(small):
    _, _, body = ask(small.url, get("/v2/loci/" + "A" * 20_000))

    assert len(body) < 300


def test_a_request_after_a_bad_one_gets_a_response(small):
    ask(small.url, b"hello\r\n\r\n")

    assert ask(small.url, get("/v2/loci/ANT2026small"))[0] == 200


def test_query_and_headers_change_nothing(sandbox):
    plain = httpx.get(f"{sandbox.url}loci/{TUTORIAL_ID}", trust_env=False)
    odd = httpx.get(
        f"{sandbox.url}loci/{TUTORIAL_ID}?id=../../secret",
        headers={"X-Forwarded-For": "1.2.3.4", "Upgrade": "websocket", "Connection": "Upgrade"},
        trust_env=False,
    )

    assert odd.content == plain.content


@pytest.mark.parametrize("code", [400, 404, 405, 429, 500, 503])
def test_an_injected_error_has_the_same_form(small, code):
    small.inject_fault("loci/*", Status(code))

    assert_json_error(ask(small.url, get("/v2/loci/ANT2026small")), code)


def test_an_error_has_the_title_of_api_v1(small):
    response = httpx.get(f"{small.url}loci/ANT2026none", trust_env=False)

    assert response.json()["errors"][0]["title"] == "404 NOT FOUND"


ORIGINS = ("http://localhost:8888", "https://example.org")


def cross(sandbox, origin, method="GET", **headers):
    """Request the locus as a browser does for a page of another origin."""
    url = f"{sandbox.url}loci/ANT2026small"
    return httpx.request(method, url, headers={"Origin": origin, **headers}, trust_env=False)


def preflight(sandbox, origin, method="GET"):
    wanted = {"Access-Control-Request-Method": method, "Access-Control-Request-Headers": "x-a"}
    return cross(sandbox, origin, "OPTIONS", **wanted)


def cors(response):
    """Return the headers by which a response allows pages of other origins to read it."""
    return {k: v for k, v in response.headers.items() if k.startswith("access-control-")}


@pytest.fixture
def shared(small_file, write):
    """A sandbox of one locus for the pages of two origins."""
    with Sandbox(write(small_file), allow_origins=ORIGINS) as running:
        yield running


def test_no_page_of_another_origin_may_read_responses_by_default(small):
    assert cors(cross(small, ORIGINS[0])) == {}
    assert preflight(small, ORIGINS[0]).status_code == 405
    assert cors(preflight(small, ORIGINS[0])) == {}


@pytest.mark.parametrize("origin", ORIGINS)
def test_pages_of_the_allowed_origins_may_read_responses(shared, origin):
    response = cross(shared, origin)

    assert response.json()["data"]["id"] == "ANT2026small"
    assert cors(response) == {"access-control-allow-origin": origin}
    assert "origin" in response.headers["vary"].lower()


@pytest.mark.parametrize("origin", ORIGINS)
def test_a_preflight_of_an_allowed_origin_passes(shared, origin):
    response = preflight(shared, origin)
    allowed = cors(response)

    assert response.status_code == 200
    assert allowed["access-control-allow-origin"] == origin
    assert "GET" in allowed["access-control-allow-methods"]
    assert "x-a" in allowed["access-control-allow-headers"]
    assert "access-control-allow-credentials" not in allowed


@pytest.mark.parametrize(
    "origin", ["http://localhost", "http://localhost:88888", "https://example.org.evil", "null"]
)
def test_pages_of_other_origins_may_not(shared, origin):
    assert "access-control-allow-origin" not in cors(cross(shared, origin))
    assert preflight(shared, origin).status_code == 400
    assert "access-control-allow-origin" not in cors(preflight(shared, origin))


def test_only_reading_is_allowed(shared):
    assert preflight(shared, ORIGINS[0], "DELETE").status_code == 400


@pytest.mark.parametrize("code", [404, 503])
def test_an_allowed_page_may_read_errors_too(shared, code):
    shared.inject_fault("loci/*", Status(code))
    response = cross(shared, ORIGINS[0])

    assert response.status_code == code
    assert response.headers["access-control-allow-origin"] == ORIGINS[0]


def test_an_allowed_origin_does_not_allow_another_host(shared):
    request = get("/v2/loci/ANT2026small").replace(
        b"Host: localhost", b"Host: example.org\r\nOrigin: https://example.org"
    )

    assert_json_error(ask(shared.url, request), 400)


def test_any_origin_is_allowed_without_credentials(small_file, write):
    with Sandbox(write(small_file), allow_origins=["*"]) as running:
        response = cross(running, "https://anywhere.example", Cookie="a=b")

        assert response.headers["access-control-allow-origin"]
        assert "access-control-allow-credentials" not in response.headers


@pytest.mark.parametrize(
    "origins",
    [
        "http://localhost:8888",
        ["http://localhost:8888/"],
        ["http://localhost/lab"],
        ["localhost:8888"],
        ["http://*.example.org"],
        ["http://"],
        ["http://a b"],
        ["null"],
        [""],
        [8888],
    ],
)
def test_what_is_no_origin_is_an_error(tmp_path, origins):
    with pytest.raises(SandboxError, match="origin"):
        Sandbox(tmp_path, allow_origins=origins)
