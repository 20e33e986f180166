"""Searches for all loci of a night: requests, and the processor time for each locus."""

import time
from typing import Any

from ratios import Record, ratio
from serving import serving
from sizes import Sizes

__all__ = ["measure"]

NIGHT = "2026-07-09"


def measure(sizes: Sizes) -> Record:
    """Search nights of growing size, and one with a delay before each response."""
    searches = [_search(loci, sizes) for loci in sizes.night_loci]
    few = min(sizes.night_loci)
    taken, limits = [], []
    with serving(few, sizes.delay_ms):
        for _ in range(sizes.many_rounds):
            start = time.perf_counter()
            _, requests = _read()
            taken.append(time.perf_counter() - start)
            limits.append(requests * sizes.delay_ms / 1000)
    name = f"``find_loci(limit=None)``, {few:,} loci"
    return {
        "ratios": [ratio(name, "the limit of one connection", taken, limits)],
        "search": searches,
    }


def _search(loci: int, sizes: Sizes) -> Record:
    from antares_helpers.fetching.search import MAX_PAGE_SIZE

    with serving(loci, largest_visit=min(sizes.night_largest_visit, loci // 2)):
        start, started = time.perf_counter(), time.process_time()
        found, requests = _read()
        taken, processor = time.perf_counter() - start, time.process_time() - started
    assert found == loci
    return {
        "what": "``find_loci(limit=None)``",
        "loci": loci,
        "requests": requests,
        "least": -(-loci // MAX_PAGE_SIZE),
        "seconds": float(f"{taken:.3g}"),
        "processor_ms_per_locus": float(f"{1000 * processor / loci:.2g}"),
    }


def _read() -> tuple[int, int]:
    """Return how many loci a night has, and how many requests it took to find them."""
    from antares_helpers import find_loci
    from antares_helpers.fetching import tile_reader

    sent = []
    send = tile_reader.search_page

    def counted(*arguments: Any, **options: Any) -> Any:
        sent.append(arguments)
        return send(*arguments, **options)

    tile_reader.search_page = counted
    try:
        return sum(1 for _ in find_loci(night=NIGHT, limit=None)), len(sent)
    finally:
        tile_reader.search_page = send
