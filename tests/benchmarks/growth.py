"""Growth of the time with the number of alerts, and of loci."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from io import BytesIO
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from loci import large_locus, write_many
from ratios import Record, seconds
from serving import serving
from sizes import Sizes

__all__ = ["measure"]


def measure(sizes: Sizes) -> Record:
    """Measure growth curves."""
    return {"growth": [*_growth_with_alerts(sizes), *_growth_with_loci(sizes)]}


def _growth_with_alerts(sizes: Sizes) -> list[Record]:
    from antares_helpers import extract_lightcurve

    loci = {number: large_locus(number) for number in sizes.growing_alerts}
    lcs = {number: extract_lightcurve(locus) for number, locus in loci.items()}
    return [
        _curve("``extract_lightcurve``", "alerts", loci, extract_lightcurve, sizes),
        _curve("``plot_lightcurve``, to a PNG file", "alerts", lcs, _draw, sizes),
    ]


def _draw(lc: Any) -> None:
    from matplotlib.figure import Figure

    from antares_helpers import plot_lightcurve

    figure = Figure(layout="constrained")
    plot_lightcurve(lc, ax=figure.subplots())
    figure.savefig(BytesIO(), format="png")


def _growth_with_loci(sizes: Sizes) -> list[Record]:
    from antares_helpers import lightcurve_table, write_parquet

    with TemporaryDirectory() as name:
        folder, written = Path(name, "served"), Path(name, "points.parquet")
        ids = write_many(folder, max(sizes.growing_loci))
        starting = _growth_of_starting(folder, ids, sizes)
        with serving(folder):
            fetching, loci = _growth_of_fetching(ids, sizes)
        parts = {number: loci[:number] for number in sizes.growing_loci}

        def write(some: Sequence[Any]) -> None:
            write_parquet(some, written)

        return [
            starting,
            fetching,
            _curve("``lightcurve_table``", "loci", parts, lightcurve_table, sizes),
            _curve("``write_parquet``", "loci", parts, write, sizes),
        ]


def _growth_of_starting(folder: Path, ids: list[str], sizes: Sizes) -> Record:
    """Measure the growth of starting a sandbox with a folder, of which parts are linked."""
    from antares_sandbox import Sandbox

    parts = {number: folder.with_name(f"part{number}") for number in sizes.growing_loci}
    for number, part in parts.items():
        part.mkdir()
        for name in ids[:number]:
            (part / f"{name}.json").hardlink_to(folder / f"{name}.json")

    def start(part: Path) -> None:
        Sandbox(part).start().stop()

    return _curve("``Sandbox``, to start with a folder", "loci", parts, start, sizes)


def _growth_of_fetching(ids: list[str], sizes: Sizes) -> tuple[Record, list[Any]]:
    """Measure the growth of fetching; return it with the loci of the last call, which are all."""
    from antares_helpers import fetch_loci

    loci: list[Any] = []

    def fetch(some: Sequence[str]) -> None:
        loci[:] = fetch_loci(some, progress=False).loci

    parts = {number: ids[:number] for number in sizes.growing_loci}
    return _curve("``fetch_loci``", "loci", parts, fetch, sizes), loci


def _curve(
    what: str, of: str, parts: Mapping[int, Any], act: Callable[[Any], object], sizes: Sizes
) -> Record:
    """Time a call with each part, after one to warm up; with the largest part only once."""
    act(parts[min(parts)])
    points = []
    for number, part in sorted(parts.items()):
        rounds = 1 if number == max(parts) else sizes.growth_rounds
        taken = median(seconds(partial(act, part)) for _ in range(rounds))
        points.append([number, float(f"{taken:.3g}")])
    return {"what": what, "of": of, "points": points}
