"""Loci of a service and of files in which anything may stand in the place of anything."""

import copy
import json
import random
import warnings
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from antares_client import search
from building import locus_of, lsst_alert, ztf_alert, ztf_limit
from raw_server import sends, serving
from scripted_broker import good_bodies

from antares_helpers import (
    AntaresHelpersError,
    extract_lightcurve,
    fetch_locus,
    lightcurve_table,
    load_locus,
    plot_lightcurve,
)
from antares_sandbox import Sandbox

LOCI, FILES = 400, 200

ODD = [
    *("NaN", "Infinity", "-Infinity", "1e999", "-1e308", "1e-400", "9" * 400, "9" * 5000, "-0.0"),
    *("null", "true", "[]", "{}", "[[[[]]]]", "[null]", '{"a":null}', "-1", "0", "400.0", "95"),
    *('""', '"x"', '"\\ud800"', '"\\u0000"', '"\\u202e\\u001b[31m"', '"$\\\\frac{$"', '"=1+1"'),
    *(f'"{"x" * 5000}"', '"1e999"', '"61200"', '"../x"', "18446744073709551616"),
]
"""JSON, and what some take for it."""


class Damage:
    """Damages JSON at random places, always the same for a seed."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def alerts(self) -> list[dict[str, Any]]:
        """Make some alerts of any survey."""
        makers = [lsst_alert, lsst_alert, ztf_alert, ztf_limit]
        return [
            self.random.choice(makers)(n, mjd=61200.0 + n)
            for n in range(self.random.choice(range(5)))
        ]

    def encoded(self, content: Any, times: int) -> bytes:
        """Return content as JSON with so many faults, and now and then cut short."""
        content = copy.deepcopy(content)
        for _ in range(times):
            self._harm(content)
        text = json.dumps(content)
        for number, odd in enumerate(ODD):
            text = text.replace(f'"@@{number}@@"', odd)
        body = text.encode()
        return body[: self.random.randrange(len(body))] if self.random.random() < 0.03 else body

    def _harm(self, content: Any) -> None:
        places = list(_places(content))
        if not places:
            return
        holder, key = self.random.choice(places)
        if self.random.random() < 0.15:
            del holder[key]
        else:
            holder[key] = f"@@{self.random.randrange(len(ODD))}@@"


def _places(content: Any) -> Iterator[tuple[Any, Any]]:
    if isinstance(content, dict | list):
        for key in content if isinstance(content, dict) else range(len(content)):
            yield content, key
            yield from _places(content[key])


@pytest.fixture(autouse=True)
def _no_warnings() -> Iterator[None]:
    with warnings.catch_warnings(action="ignore"):
        yield


def accounted_for(locus: dict[str, Any]) -> None:
    """Extract the light curve and make a table; every alert must be in the report."""
    report = extract_lightcurve(locus, survey="all").meta["report"]
    assert report["alerts"] == len(locus["alerts"])
    assert report["alerts"] == report["included"] + sum(report["excluded"].values())
    lightcurve_table([locus], survey="all")


@pytest.mark.slow
def test_any_response_is_a_locus_or_one_of_our_errors():
    damage, bodies = Damage(1), {}

    def answer(connection, over, request):
        part = request.split()[1].rpartition("/")[2]
        sends(bodies.get(part, bodies["locus"]))(connection, over, request)

    read = 0
    with serving(answer):
        for number in range(LOCI):
            locus_id = f"ANT2026any{number:04}"
            good = good_bodies()
            good["locus"]["data"]["id"] = locus_id
            more = {"created_at": "2026-11-22T00:00:00", "survey": "lsst"}
            good["alerts"]["data"] = [alert | more for alert in damage.alerts()]
            bodies["locus"] = damage.encoded(good["locus"], damage.random.choice([0, 0, 0, 1]))
            bodies["alerts"] = damage.encoded(good["alerts"], damage.random.choice([0, 1, 2, 3]))
            bodies["catalog-matches"] = damage.encoded(good["catalogs"], number % 2)
            try:
                locus = fetch_locus(locus_id, retries=0)
            except AntaresHelpersError as error:
                message = str(error)
                assert message.isprintable(), message
                assert len(message) < 1500
                continue
            read += 1
            json.dumps(locus, allow_nan=False)
            accounted_for(locus)
    assert LOCI / 4 < read < LOCI


@pytest.mark.slow
def test_any_file_is_a_locus_or_bad_data(tmp_path):
    damage, read = Damage(2), 0
    for number in range(FILES):
        locus = locus_of(*damage.alerts()) | {"id": f"ANT2026any{number:04}"}
        locus["catalog_objects"] = {"gaia": [{"ra": 10.0, "dec": -30.0}]}
        header = {"format": "antares-locus", "version": 1, "source": "x"}
        path = tmp_path / f"{locus['id']}.json"
        path.write_bytes(damage.encoded({"header": header, "locus": locus}, number % 4))
        try:
            accounted_for(load_locus(path))
        except AntaresHelpersError:
            continue
        read += 1
    assert FILES / 4 < read < FILES
    check_sandbox(tmp_path)


def check_sandbox(folder: Any) -> None:
    """Serve a folder; nothing may be a fault of the server."""
    with Sandbox(folder) as sandbox, httpx.Client(base_url=sandbox.url, trust_env=False) as client:
        assert len(sandbox.locus_ids) + len(sandbox.skipped) == FILES
        assert sandbox.locus_ids
        paths = ["loci/statistics", "catalog_samples", "catalog_search/10.0/-30.0", "loci?sort=ra"]
        for locus_id in sandbox.locus_ids:
            paths += [f"loci/{locus_id}{part}" for part in ("", "/alerts", "/catalog-matches")]
            search.get_by_id(locus_id)
        assert {client.get(path).status_code for path in paths} == {200}


@pytest.mark.parametrize(
    "locus_id", [r"$\frac{$", "$x$", "\ud800", "\x1b[31m", "a\nb", "x" * 100_000], ids=ascii
)
def test_a_hostile_id_is_drawn_as_it_is(locus_id):
    pyplot = pytest.importorskip("matplotlib.pyplot")
    lc = extract_lightcurve(locus_of(lsst_alert()) | {"id": locus_id})

    ax = plot_lightcurve(lc)
    ax.get_figure().canvas.draw()

    assert len(ax.get_title()) < 400
    assert ax.get_title().replace(r"\$", "$") == lc.meta["locus_id"]
    pyplot.close()
