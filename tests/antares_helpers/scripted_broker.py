"""A broker on loopback that answers what a test tells it to, part by part."""

import json
import sys
import threading
import time
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from typing import Any

from building import lsst_alert

ANY_ID = "ANT2026test000000"
"""What stands in a body for the ID of the locus that is asked for."""

_SUFFIXES = {"": "locus", "alerts": "alerts", "catalog-matches": "catalogs"}
_DRIP_SECONDS = 0.05

Answer = Callable[["_Handler"], None]


class ScriptedLocus:
    """Gives for each part of a locus the next of its answers; the last one for ever."""

    def __init__(self, server: "BrokerServer", locus_id: str) -> None:
        self.locus_id = locus_id
        self.url = server.url
        self.asked = threading.Event()
        self.given_up = threading.Event()
        self.over = threading.Event()
        self.requests: list[tuple[str, Mapping[str, str]]] = []
        self._answers = {part: [sends(body)] for part, body in good_bodies().items()}

    def answer(self, part: str, *answers: Answer) -> None:
        """Set the answers for ``"locus"``, ``"alerts"`` or ``"catalogs"``."""
        self._answers[part] = list(answers)

    def count(self, part: str) -> int:
        """Tell how often a part was asked for."""
        return [asked for asked, _ in self.requests].count(part)

    def next_answer(self, part: str, headers: Mapping[str, str]) -> Answer:
        """Remember a request and return the answer to it."""
        self.requests.append((part, headers))
        self.asked.set()
        answers = self._answers[part]
        return answers.pop(0) if len(answers) > 1 else answers[0]


class BrokerServer(ThreadingHTTPServer):
    """Serves each test a locus of its own, so that late requests disturb no other test."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.url = f"http://127.0.0.1:{self.server_port}/v2/"
        self.unexpected: list[str] = []
        self._numbers = count(1)
        self._loci: dict[str, ScriptedLocus] = {}

    def new_locus(self) -> ScriptedLocus:
        """Make a locus in good health."""
        locus = ScriptedLocus(self, f"ANT2026test{next(self._numbers):06}")
        self._loci[locus.locus_id] = locus
        return locus

    def find(self, path: str) -> tuple[ScriptedLocus | None, str]:
        """Return which part of which locus a path asks for."""
        locus_id, _, suffix = path.removeprefix("/v2/loci/").partition("/")
        locus = self._loci.get(locus_id)
        if locus is None or suffix not in _SUFFIXES:
            self.unexpected.append(path)
            return None, ""
        return locus, _SUFFIXES[suffix]

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of a client that has gone."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    server: BrokerServer
    locus: ScriptedLocus
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        locus, part = self.server.find(self.path)
        if locus is None:
            self.start(404, 0)
            return
        self.locus = locus
        locus.next_answer(part, dict(self.headers))(self)

    def start(self, status: int, length: int, **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content_Length": str(length), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        pass


def good_bodies() -> dict[str, Any]:
    """Return what a broker in good health sends for each part of the locus."""
    alert = {**lsst_alert(), "created_at": "2026-11-22T00:00:00", "survey": "lsst"}
    match = {
        "id": "1",
        "object_id": "1",
        "catalog_name": "gaia",
        "ra": 10.0,
        "dec": -30.0,
        "radius": 1.0,
        "properties": {"source_id": 4_611_686_018_427_387_905},
        "object_name": "",
        "extra": {"separation": 0.1},
    }
    locus = {
        "id": ANY_ID,
        "ra": 10.0,
        "dec": -30.0,
        "grav_wave_events": [],
        "internal_properties": {"num_alerts": 1},
        "user_properties": {"my_filter_score": 0.5},
        "lightcurve": "time,alert_id\n2026-11-22,lsst:1\n",
        "tags": ["my_tag"],
        "catalogs": ["gaia"],
    }
    return {"locus": {"data": locus}, "alerts": {"data": [alert]}, "catalogs": {"data": [match]}}


def locus_body(**changes: Any) -> dict[str, Any]:
    """Return the body of the locus with some fields changed."""
    return {"data": good_bodies()["locus"]["data"] | changes}


def sends(
    body: Any,
    status: int = 200,
    content_type: str = "application/json",
    cut: int = 0,
    **headers: str,
) -> Answer:
    """Send a body, without its last `cut` bytes; in header names, write ``_`` for ``-``."""
    template = body if isinstance(body, bytes) else json.dumps(body).encode()

    def send(handler: _Handler) -> None:
        data = template.replace(ANY_ID.encode(), handler.locus.locus_id.encode())
        handler.start(status, len(data), Content_Type=content_type, **headers)
        handler.wfile.write(data[: len(data) - cut])

    return send


def sends_html(status: int) -> Answer:
    """Send a page for people, as a proxy does in front of a broker that is down."""
    return sends(b"<html><body>nginx</body></html>", status, "text/html")


def says_nothing(handler: _Handler) -> None:
    """Take the request and never answer it."""
    handler.locus.over.wait()


def drips(handler: _Handler) -> None:
    """Send the body byte by byte: no single read takes long."""
    handler.start(200, 10**6, Content_Type="application/json")
    try:
        while not handler.locus.over.wait(_DRIP_SECONDS):
            handler.wfile.write(b" ")
    except ConnectionError:
        handler.locus.given_up.set()


def waits(seconds: float, answer: Answer) -> Answer:
    """Take some time before answering."""

    def wait(handler: _Handler) -> None:
        time.sleep(seconds)
        answer(handler)

    return wait


def after(barrier: threading.Barrier, answer: Answer) -> Answer:
    """Wait at a barrier before answering."""

    def wait(handler: _Handler) -> None:
        barrier.wait()
        answer(handler)

    return wait
