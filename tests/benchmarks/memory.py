"""Peak memory, each value measured in a new process."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from apart import apart, peak_megabytes
from loci import loci_of_rows, write_many
from night import night_megabytes
from ratios import Record
from serving import serving
from sizes import Sizes

__all__ = ["measure"]

MAX_MEGABYTES = 600
"""For a Parquet file of any number of rows, or a catalog of any number of loci."""

MAX_SANDBOX_MEGABYTES = 150
"""For a sandbox with any number of loci of a night."""

_NIGHT = "loci of a night"


def measure(sizes: Sizes) -> Record:
    """Measure the memory of streaming, of tables and of files."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        ids = write_many(folder, max(sizes.streamed_loci))
        with serving(folder) as url:
            streaming = [[n, apart(streaming_peak, url, ids[:n])] for n in sizes.streamed_loci]
        each = sizes.alerts_a_locus
        tables = [[rows, apart(table_peak, rows, each)] for rows in sizes.rows]
        path = str(folder / "points.parquet")
        files = [[rows, apart(parquet_peak, rows, each, path)] for rows in sizes.rows]
        nights = [[loci, night_megabytes(loci)] for loci in sizes.night_loci]
        path = str(folder / "catalog")
        catalogs = [[loci, apart(catalog_peak, loci, path)] for loci in sizes.night_loci]
    return {
        "start_megabytes": apart(import_peak),
        "memory": [
            {"what": "``iter_loci``", "of": "loci", "points": streaming},
            {"what": "``lightcurve_table``", "of": "rows", "points": tables},
            _limited("``write_parquet``", "rows", files, MAX_MEGABYTES),
            _limited("``Sandbox(night=...)``", _NIGHT, nights, MAX_SANDBOX_MEGABYTES),
            _limited("``write_parquet``, a catalog of loci", _NIGHT, catalogs, MAX_MEGABYTES),
        ],
    }


def _limited(what: str, of: str, points: list[Any], limit: int) -> Record:
    met = {"megabytes": limit, "is_met": points[-1][1] <= limit}
    return {"what": what, "of": of, "points": points, "limit": met}


def import_peak() -> float:
    """Import the packages that the others use."""
    import pyarrow.parquet  # noqa: F401

    import antares_helpers  # noqa: F401

    return peak_megabytes()


def streaming_peak(url: str, ids: list[str]) -> float:
    """Fetch loci one after another, and extract their light curves."""
    from antares_helpers import extract_lightcurve, iter_loci
    from antares_sandbox import patch_client

    patch_client.enter(url, token="")
    number = sum(1 for locus in iter_loci(ids, progress=False) if extract_lightcurve(locus).meta)
    assert number == len(ids)
    return peak_megabytes()


def table_peak(rows: int, alerts_a_locus: int) -> float:
    """Make a table of so many rows."""
    from antares_helpers.tables.table import lightcurve_table

    table = lightcurve_table(loci_of_rows(rows, alerts_a_locus))
    assert len(table) == rows
    return peak_megabytes()


def parquet_peak(rows: int, alerts_a_locus: int, path: str) -> float:
    """Write a Parquet file of so many rows."""
    from antares_helpers.tables.parquet import write_parquet

    write_parquet(loci_of_rows(rows, alerts_a_locus), path)
    return peak_megabytes()


def catalog_peak(loci: int, path: str) -> float:
    """Write a catalog of the loci of a night, as a search lists them."""
    from antares_helpers.tables.parquet import write_parquet
    from antares_sandbox.night import NightTable

    night = NightTable(loci)
    outlines = (night.file(row, with_alerts=False)["locus"] for row in range(loci))
    write_parquet(outlines, path, lightcurves=False, partition="sky")
    return peak_megabytes()
