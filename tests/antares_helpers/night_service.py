"""A service on loopback that has a night of loci, a window, and faults of its own."""

import json
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import numpy as np
import pytest
from antares_client import search

BEGIN, END = 61230.5, 61231.5
NEWEST = "properties.newest_alert_observation_time"


class Sky:
    """Arrays of the loci: in `visits`, some numbers of loci at one time each."""

    def __init__(self, visits: list[int], *, seed: int = 1, crowded: int = 0) -> None:
        rng = np.random.default_rng(seed)
        number = sum(visits)
        times = BEGIN + 0.45 + 34 / 86400 * np.arange(len(visits))
        self.time = np.repeat(times, visits)
        center = np.repeat(rng.uniform(0, 360, len(visits)), visits)
        center[self.time == times[np.argmax(visits)]] = 0.0
        height = np.repeat(rng.uniform(-60, 0, len(visits)), visits)
        self.ra = (center + rng.uniform(-1.7, 1.7, number)) % 360
        self.dec = height + rng.uniform(-1.2, 1.2, number)
        here = np.flatnonzero(center == 0.0)[:crowded]  # within an arcsecond at RA 0
        self.ra[here] = rng.uniform(-1, 1, len(here)) / 7200 % 360
        self.dec[here] = self.dec[here[:1]] + rng.uniform(-1, 1, len(here)) / 7200
        self.oldest = self.time.copy()
        self.alerts: dict[int, list[float]] = {}
        self.ids = np.array([f"ANT2026n{each:07}" for each in rng.permutation(number)])

    def __len__(self) -> int:
        return len(self.ids)


class Service(ThreadingHTTPServer):
    """Serves a sky as ANTARES does, with a window, an end of its counts, and faults."""

    daemon_threads = True

    def __init__(self, sky: Sky, **how: Any) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.sky = sky
        self.url = f"http://127.0.0.1:{self.server_port}/v2/"
        self.window: int = how.pop("window", 10_000)
        self.max_page: int = how.pop("max_page", 1000)
        self.at_window: str = how.pop("at_window", "refuse")
        self.count: Any = how.pop("count", lambda found: min(found, self.window))
        self.fails: float = how.pop("fails", 0.0)
        self.refused: tuple[str, ...] = how.pop("refused", ())
        self.moves: Any = how.pop("moves", None)
        self.delay: float = how.pop("delay", 0.0)
        self.index: Any = how.pop("index", np.float64)  # the type of numbers in the index
        self.rng = np.random.default_rng(7)
        self.queries: list[dict[str, list[str]]] = []
        self.alerts: list[str] = []
        self.lock = threading.Lock()
        assert not how

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of a client that was killed."""

    def respond(self, path: str) -> tuple[int, dict[str, Any]]:
        time.sleep(self.delay)
        parts = urlsplit(path)
        if parts.path != "/v2/loci":
            return self.alerts_of(parts.path.split("/")[-2])
        given = parse_qs(parts.query)
        with self.lock:
            self.queries.append(given)
            if self.moves is not None:
                self.moves(self.sky, len(self.queries), self.rng)
            if self.rng.random() < self.fails:
                return 503, {}
            return self.page(given)

    def page(self, given: dict[str, list[str]]) -> tuple[int, dict[str, Any]]:
        limit, offset = (int(given.get(name, ["0"])[0]) for name in ("limit", "offset"))
        try:
            mask = self.matches(json.loads(given["elasticsearch_query"][0]).get("query"))
        except NotImplementedError as error:
            return 400, {"errors": [{"detail": str(error)}]}
        found = np.flatnonzero(mask)
        times = self.sky.time[found].astype(self.index)
        found = found[np.lexsort((self.sky.ids[found], -times))]
        if limit > self.max_page or (self.at_window == "refuse" and offset + limit > self.window):
            return 400, {"errors": [{"detail": "the result window is too large"}]}
        if self.at_window == "fail" and offset + limit > self.window:
            return 500, {}
        last = min(len(found), self.window if self.at_window == "end" else len(found))
        shown = found[offset : min(offset + limit, last)]
        if self.at_window == "empty" and offset >= self.window:
            shown = found[:0]
        if self.at_window == "repeat" and offset >= self.window:
            shown = found[:limit]
        more = offset + limit < last
        following = {**{key: each[0] for key, each in given.items()}, "offset": offset + limit}
        link = f"{self.url}loci?{urlencode(following)}" if more else None
        body = {
            "data": [{"locus": self.locus(each)} for each in shown],
            "links": {"self": self.url, "next": link},
            "meta": {"count": self.count(len(found))},
        }
        return 200, body

    def locus(self, place: int) -> dict[str, Any]:
        sky = self.sky
        times = {
            "newest_alert_observation_time": sky.time[place],
            "oldest_alert_observation_time": sky.oldest[place],
        }
        return {
            "locus_id": str(sky.ids[place]),
            "ra": sky.ra[place],
            "dec": sky.dec[place],
            "properties": {"num_alerts": 1, **times},
            "tags": ["simulated"],
            "catalogs": [],
            "grav_wave_events": [],
        }

    def alerts_of(self, locus_id: str) -> tuple[int, dict[str, Any]]:
        self.alerts.append(locus_id)
        if locus_id in self.refused:
            return 500, {}
        (place,) = np.flatnonzero(self.sky.ids == locus_id)
        alerts = [
            {
                "id": f"lsst:{number}",
                "mjd": mjd,
                "created_at": "2026-07-10T00:00:00",
                "properties": {},
                "survey": "lsst",
                "grav_wave_events": [],
            }
            for number, mjd in enumerate(self.sky.alerts.get(int(place), []))
        ]
        return 200, {"data": alerts}

    def matches(self, query: Any) -> Any:
        if query is None:
            return np.full(len(self.sky), True)
        ((kind, body),) = query.items()
        if kind in self.refused or (kind == "range" and set(body) & set(self.refused)):
            raise NotImplementedError(f"[{kind}] is not supported")
        if kind == "bool":
            masks = [self.matches(each) for each in _listed(body.get("filter", []))]
            masks += [~self.matches(each) for each in _listed(body.get("must_not", []))]
            return np.all(masks, axis=0) if masks else np.full(len(self.sky), True)
        if kind == "exists":
            return np.full(len(self.sky), True)
        if kind == "sky_distance":
            return self.near(**body)
        if kind == "term":
            return np.full(len(self.sky), body == {"tags": "simulated"})
        assert kind == "range", kind
        ((name, bounds),) = body.items()
        values = {NEWEST: self.sky.time, "ra": self.sky.ra, "dec": self.sky.dec}
        values["properties.oldest_alert_observation_time"] = self.sky.oldest
        mask = np.full(len(self.sky), True)
        tests = {"gte": np.greater_equal, "gt": np.greater, "lt": np.less, "lte": np.less_equal}
        for key, bound in bounds.items():
            mask &= tests[key](values[name].astype(self.index), self.index(bound))
        return mask

    def near(self, *, radius: str, location: str) -> Any:
        from astropy.coordinates import SkyCoord, angular_separation

        center = SkyCoord(location).spherical
        degrees = float(radius.removesuffix(" degree"))
        assert degrees <= 1
        ra, dec = np.radians(self.sky.ra), np.radians(self.sky.dec)
        between = angular_separation(ra, dec, center.lon.rad, center.lat.rad)
        return np.degrees(between) <= degrees


def _listed(clauses: Any) -> list[Any]:
    return clauses if isinstance(clauses, list) else [clauses]


class _Handler(BaseHTTPRequestHandler):
    server: Service
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        status, body = self.server.respond(self.path)
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: Any) -> None:
        pass


@contextmanager
def serving_night(sky: Sky, **how: Any) -> Any:
    """Serve a sky to the real client."""
    server = Service(sky, **how)
    threading.Thread(target=server.serve_forever, args=[0.01], daemon=True).start()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NO_PROXY", "127.0.0.1")
        client = type(search.api_client)(base_url=server.url)
        patch.setattr(search, "api_client", client)
        yield server
    server.shutdown()
    server.server_close()
    client.client.close()
