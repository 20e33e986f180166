"""A service that means harm: seen by a whole process, with its memory, sockets and threads."""

import json
import os
import subprocess
import sys
import threading
import time
import zlib
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any

import pytest
from raw_server import DRIP, RawServer, drips, sends, serving
from scripted_broker import good_bodies

from antares_helpers import fetch_loci, fetch_locus

LOCUS_ID = "ANT2026abcd"
PARTS = ("locus", "alerts", "catalogs")
# ru_maxrss would be at least the memory of the process that starts this one.
PROGRAM = f"""
import re, time
from pathlib import Path
from antares_helpers import AntaresHelpersError, fetch_locus
start = time.monotonic()
try:
    said = str(fetch_locus({LOCUS_ID!r})["alerts"])[:500]
except AntaresHelpersError as error:
    said = f"{{type(error).__name__}}: {{error}}"
status = Path("/proc/self/status").read_text()
print(time.monotonic() - start, re.search(r"VmHWM:\\s+(\\d+)", status)[1], said)
"""
MAX_KILOBYTES = 1.5 * 2**20


def fetched_by_a_process(server: RawServer) -> tuple[float, float, str]:
    """Return how long another process takes, how many kB it needs, and what it says."""
    environment = os.environ | {"ANTARES_API_BASE_URL": server.url, "NO_PROXY": "127.0.0.1"}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    seconds, kilobytes, said = done.stdout.split(" ", 2)
    return float(seconds), float(kilobytes), said


# Bombs


def bomb(window: int, gigabytes: int) -> bytes:
    """Return so many gigabytes of spaces, compressed; the checksum at the end is wrong."""
    packed = zlib.compressobj(9, zlib.DEFLATED, window)
    beginning = packed.compress(b" " * 2**24) + packed.flush(zlib.Z_FULL_FLUSH)
    block = packed.compress(b" " * 2**24) + packed.flush(zlib.Z_FULL_FLUSH)
    return beginning + block * (64 * gigabytes - 1)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="reads the memory of a process")
@pytest.mark.parametrize(
    ("coding", "window"), [("gzip", 31), ("deflate", 15), ("deflate", -15)], ids=str
)
def test_ten_gigabytes_in_ten_megabytes_are_refused(coding, window):
    with serving(sends(bomb(window, 10), Content_Encoding=coding)) as server:
        seconds, kilobytes, said = fetched_by_a_process(server)

    assert said.startswith("BadDataError: ")
    assert "it has more than" in said
    assert (seconds < 30, kilobytes < MAX_KILOBYTES) == (True, True)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="reads the memory of a process")
@pytest.mark.parametrize("sign", ["\N{COMET}", "\N{GRINNING FACE}", "\xe9", "\xff"], ids=ascii)
def test_one_sign_does_not_make_a_long_text_four_times_as_long(sign):
    packed = zlib.compressobj(1, zlib.DEFLATED, 31)
    text = b" " * (2**28 - 10) + (sign.encode() if sign != "\xff" else b"\xff")
    body = packed.compress(text) + packed.flush()
    answers = Loci([LOCUS_ID], sends(body, Content_Encoding="gzip"), parts=["alerts"])
    with serving(answers) as server:
        _, kilobytes, said = fetched_by_a_process(server)

    assert "not all ASCII" in said
    assert kilobytes < MAX_KILOBYTES


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="reads the memory of a process")
def test_a_long_response_that_is_no_json_costs_little():
    packed = zlib.compressobj(1, zlib.DEFLATED, 31)
    body = packed.compress(b" " * (3 * 2**27)) + packed.flush()
    answers = Loci([LOCUS_ID], sends(body, Content_Encoding="gzip"), parts=["alerts"])
    with serving(answers) as server:
        _, kilobytes, said = fetched_by_a_process(server)

    assert said.startswith("BadDataError: ")
    assert kilobytes < MAX_KILOBYTES


@pytest.mark.parametrize(
    ("body", "coding"),
    [
        (zlib.compress(b"{}" * 1000)[:-8], "deflate"),
        (b"\x1f\x8b\x08\0\0\0\0\0\0\xff" + b"\xff" * 99, "gzip"),
        (b"{}", "gzip"),
        (b"{}", "deflate"),
        (b"", "gzip"),
        (zlib.compress(b"{}"), "gzip"),
    ],
    ids=["cut", "wrong", "plain", "plain", "empty", "another"],
)
def test_a_damaged_coding_is_one_of_our_errors(body, coding, broker_of):
    broker_of(sends(body, Content_Encoding=coding))

    with pytest.raises((ConnectionError, ValueError)) as caught:
        fetch_locus(LOCUS_ID, retries=0)

    assert type(caught.value).__module__ == "antares_helpers.errors"


@pytest.fixture
def broker_of() -> Iterator[Any]:
    """Point the client at a server that sends what a test says."""
    contexts = []

    def start(*answers: Any) -> RawServer:
        contexts.append(serving(*answers))
        return contexts[-1].__enter__()

    yield start
    for each in contexts:
        each.__exit__(None, None, None)


# Dripping loci among others


class Loci:
    """Answers for any locus; for some parts of some of them in another way."""

    def __init__(self, odd: list[str], answer: Any, parts: Sequence[str] = PARTS) -> None:
        self._odd = odd
        self._answer = answer
        self._parts = parts

    def __call__(self, connection: Any, over: threading.Event, request: str) -> None:
        locus_id, _, suffix = request.split()[1].removeprefix("/v2/loci/").partition("/")
        part = {"": "locus", "alerts": "alerts", "catalog-matches": "catalogs"}[suffix]
        if locus_id in self._odd and part in self._parts:
            self._answer(connection, over, request)
            return
        body = json.dumps(good_bodies()[part]).replace("ANT2026test000000", locus_id)
        sends(body.encode())(connection, over, request)


def sockets() -> int:
    """Return how many sockets this process has open."""
    count = 0
    for each in os.listdir("/proc/self/fd"):
        with suppress(OSError):  # that of the listing itself
            count += os.readlink(f"/proc/self/fd/{each}").startswith("socket:")
    return count


@pytest.mark.skipif(sys.platform != "linux", reason="counts sockets in /proc")
@pytest.mark.parametrize(
    "drip",
    [
        drips(b"HTTP/1.1 200 OK\r\n", b"X-Drip: 1\r\n"),
        drips(b"HTTP/1.1 200 OK\r\nX-Drip: ", b"1"),
        drips(b"", b"HTTP/1.1 102 Processing\r\n\r\n"),
        drips(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n", b" "),
        drips(b"", b""),
    ],
    ids=["headers", "a header", "interim responses", "body", "nothing"],
)
def test_three_dripping_loci_among_twelve_stop_nothing(drip, tmp_path):
    ids = [f"ANT2026drip{number:02}" for number in range(12)]
    slow = [ids[0], ids[5], ids[11]]
    before = sockets() + 1  # that of the server
    with serving(Loci(slow, drip)) as server:
        threads, start = threading.active_count(), time.monotonic()
        loci, failures = fetch_loci(ids, folder=tmp_path, timeout=1.0, retries=1, progress=False)
        assert time.monotonic() - start < 5
        assert [locus["id"] for locus in loci] == [each for each in ids if each not in slow]
        assert list(failures["locus_id"]) == slow
        assert all("ServiceTimeoutError" in each for each in failures["error"])
        assert sorted(path.stem for path in tmp_path.iterdir()) == sorted(set(ids) - set(slow))
        # Those that are left wait for further requests; a thread of the server is behind each.
        until(lambda: server.open <= 8 and threading.active_count() - server.open <= threads)
        assert sockets() <= before + 2 * server.open


def until(holds: Any) -> None:
    end = time.monotonic() + 5
    while not holds():
        assert time.monotonic() < end
        time.sleep(DRIP)
