"""Fetching, with a delay before each response."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
from loci import write_many
from ratios import Record, alternate, at_least_as_fast, at_most_as_long, ratio
from serving import serving
from sizes import Sizes

from antares_sandbox import BUNDLED, TUTORIAL_ID

__all__ = ["measure"]

REQUESTS = ("loci/{}", "loci/{}/alerts", "loci/{}/catalog-matches")
"""The requests that a locus takes."""

LONGEST = at_most_as_long(1.15)
FASTER = at_least_as_fast(7)


def measure(sizes: Sizes) -> Record:
    """Compare the ways to fetch one locus, and many."""
    with serving(BUNDLED, sizes.delay_ms):
        one = _compare_one(sizes)
    with TemporaryDirectory() as name:
        served = Path(name, "served")
        ids = write_many(served, sizes.loci)
        with serving(served, sizes.delay_ms) as url, httpx.Client(base_url=url) as client:
            many = _compare_many(sizes, client, ids, Path(name))
    return {"ratios": [one, *many]}


def _compare_one(sizes: Sizes) -> Record:
    from antares_helpers import fetch_locus

    acts = {"ours": lambda: fetch_locus(TUTORIAL_ID), "other": lambda: _tutorial([TUTORIAL_ID])}
    alternate(acts, 1)
    taken = alternate(acts, sizes.one_rounds)
    return ratio("``fetch_locus``", "the client's three requests", taken["ours"], taken["other"])


def _compare_many(sizes: Sizes, client: httpx.Client, ids: list[str], folder: Path) -> list[Record]:
    acts = _ways(sizes, client, ids, folder)
    _warm_up(client, ids, sizes.connections)
    taken = alternate(acts, sizes.many_rounds)
    limit = [len(REQUESTS) * len(ids) * sizes.delay_ms / 1000 / sizes.connections]
    limits = limit * sizes.many_rounds
    tutorial = [each * len(ids) / sizes.tutorial_loci for each in taken["tutorial"]]
    name = f"``fetch_loci``, {len(ids)} loci"
    cached = f"{name}, into a folder"
    return [
        ratio("threads of httpx, nothing parsed", "the limit", taken["bare"], limits),
        ratio(name, "the limit", taken["ours"], limits, limit=LONGEST),
        ratio(cached, "the limit", taken["folder"], limits, limit=LONGEST),
        ratio(name, "the tutorial's loop", taken["ours"], tutorial, limit=FASTER),
        ratio(cached, "the tutorial's loop", taken["folder"], tutorial, limit=FASTER),
    ]


def _ways(
    sizes: Sizes, client: httpx.Client, ids: list[str], folder: Path
) -> dict[str, Callable[[], Any]]:
    from antares_helpers import fetch_loci

    def fetch(**options: Any) -> None:
        found = fetch_loci(
            ids, max_connections=sizes.connections, progress=False, timeout=300, **options
        )
        assert len(found.loci) == len(ids), found.failures

    def fetch_into_folder() -> None:
        with TemporaryDirectory(dir=folder) as cache:
            fetch(folder=cache)

    return {
        "bare": lambda: _bare(client, ids, sizes.connections),
        "ours": fetch,
        "folder": fetch_into_folder,
        "tutorial": lambda: _tutorial(ids[: sizes.tutorial_loci]),
    }


def _warm_up(client: httpx.Client, ids: list[str], connections: int) -> None:
    from antares_helpers import fetch_loci

    few = ids[:connections]
    fetch_loci(few, max_connections=connections, progress=False)
    _bare(client, few, connections)
    _tutorial(few[:1])


def _bare(client: httpx.Client, ids: list[str], connections: int) -> None:
    """Send the same requests and parse nothing: the best that the machine can do."""
    paths = [path.format(locus_id) for locus_id in ids for path in REQUESTS]
    with ThreadPoolExecutor(connections) as threads:
        responses = list(threads.map(client.get, paths))
    assert all(response.is_success for response in responses)


def _tutorial(ids: list[str]) -> None:
    """Fetch one locus after another, as the original tutorial does."""
    from antares_client import search

    for locus_id in ids:
        search.get_by_id(locus_id).to_devkit(include_catalogs=True)
