"""A service of API v2 that answers what it is told to, and remembers what it was asked."""

import json
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

DATA: dict[str, Any] = {
    "loci/ANT2026small": {
        "id": "ANT2026small",
        "htm16": 12345678901,
        "ra": 10,
        "dec": -30.5,
        "grav_wave_events": ["S260608x"],
        "internal_properties": {"num_alerts": 1, "survey": {}},
        "user_properties": {"mine": 2**60, "num_alerts_of_mine": 1.5},
        "lightcurve": "time,alert_id\n2026-06-08 12:00:00,lsst:1\n",
        "tags": ["a", "b"],
        "catalogs": ["gaia_dr3_gaia_source", "removed"],
        "not_in_version_2": {"x": [1]},
    },
    "loci/ANT2026small/alerts": [
        {
            "id": "lsst:170112073793011889",
            "mjd": 61200.5,
            "created_at": "2026-06-09T12:00:00.250000",
            "survey": "lsst",
            "properties": {"ant_survey": 4, "lsst_diaSource_diaSourceId": 170112073793011889},
            "grav_wave_events": [{"gracedb_id": "S260608x"}],
            "not_in_version_2": None,
        }
    ],
    "loci/ANT2026small/catalog-matches": [
        {
            "id": "7",
            "object_id": "8",
            "catalog_name": "gaia_dr3_gaia_source",
            "ra": 10.0,
            "dec": -30.5,
            "radius": 0.001,
            "properties": {"source_id": 2**62},
            "object_name": "8",
            "extra": {"separation": 0.25, "angle": 12},
        }
    ],
}


class SmallService:
    """What is answered, and what was asked.

    Attributes
    ----------
    data : dict
        The ``data`` of each path below ``/v2/``.
    faults : list
        What is answered before that: (status, headers, body) of the next requests.
    asked : list
        The path and User-Agent of each request.
    """

    def __init__(self, data: dict[str, Any]) -> None:
        self.data = data
        self.faults: list[tuple[int, dict[str, str], bytes]] = []
        self.asked: list[tuple[str, str]] = []
        self.connections: set[int] = set()
        self.url = ""

    def answer(self, path: str) -> tuple[int, dict[str, str], bytes]:
        """Return status, headers and body."""
        if self.faults:
            return self.faults.pop(0)
        if path not in self.data:
            return 404, {}, b'{"errors": []}'
        return 200, {}, json.dumps({"data": self.data[path]}).encode()


class _Server(ThreadingHTTPServer):
    """A server that says nothing of clients that hang up."""

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


@contextmanager
def serving(service: SmallService) -> Iterator[SmallService]:
    """Serve on any free port of the loopback address."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            path = self.path.removeprefix("/v2/")
            service.asked.append((path, self.headers["User-Agent"]))
            service.connections.add(self.client_address[1])
            status, headers, body = service.answer(path)
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    server = _Server(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    service.url = f"http://127.0.0.1:{server.server_address[1]}/v2/"
    try:
        yield service
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
