"""Write tables of light curves to files, and read them back exactly, in many formats."""

import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Literal, NamedTuple

from antares_client.models import Locus
from astropy.table import QTable, Table

from antares_helpers.atomic import as_path, existing_file
from antares_helpers.errors import BadDataError, InvalidInputError
from antares_helpers.fetching.http import one_line
from antares_helpers.fetching.night import CONNECTIONS, AlertTimes, NightLoci, overlapping_query
from antares_helpers.fetching.query import newest_in
from antares_helpers.fetching.search import find_loci
from antares_helpers.tables import json_of, plain_table
from antares_helpers.tables.formats import (
    read_csv,
    read_ecsv,
    read_fits,
    read_votable,
    write_csv,
    write_ecsv,
    write_fits,
    write_votable,
)
from antares_helpers.tables.parquet import read_parquet, search_meta, shown_loci, write_parquet
from antares_helpers.tables.table import locus_table
from antares_helpers.validation import short_repr

__all__ = ["read_table", "write_loci", "write_night", "write_table"]


class _Format(NamedTuple):
    name: str
    write: Callable[[Table, Path], object]
    read: Callable[[Path], QTable]
    beginning: bytes = b""


def write_table(table: Table, path: str | os.PathLike[str]) -> Path:
    """Write a table of light curves to a file; the suffix chooses the format.

    Parameters
    ----------
    table : `~astropy.table.Table`
        What `lightcurve_table` returns, or some rows or columns of it, or with more columns of
        booleans, numbers or strings.
    path : str or path-like
        File to write: ``.parquet``, ``.ecsv``, ``.fits``, ``.vot`` or ``.xml`` (VOTable), or
        ``.csv``. An existing file is replaced in one step.

    Returns
    -------
    pathlib.Path
        The file written.

    Raises
    ------
    InvalidInputError
        If the suffix is not one of these, or if the table holds something that can't be written.
    MissingPackageError
        If pyarrow is needed and not installed.
    OSError
        If the file can't be written.

    See Also
    --------
    read_table : read the file.

    Notes
    -----
    `read_table` gives back every format exactly, except that CSV, which is for spreadsheets, has
    no place for ``meta`` and for descriptions of your own columns. "Tables and other tools" in the
    docs describes each format.

    Examples
    --------
    >>> from antares_helpers import fetch_locus, lightcurve_table, read_table, write_table
    >>> table = lightcurve_table(fetch_locus("ANT2026z3bqyjga24oc"))
    >>> again = read_table(write_table(table, tmp_path / "points.fits"))
    >>> bool((again["mjd"] == table["mjd"]).all())
    True
    """
    path = as_path(path)
    write = _format_of(path).write
    plain_table(table)
    json_of(table.meta)
    write(table, path)
    return path


def read_table(path: str | os.PathLike[str]) -> QTable:
    """Read a table of light curves from a file that `write_table` or `write_parquet` wrote.

    Parameters
    ----------
    path : str or path-like
        The file, with its suffix.

    Returns
    -------
    `~astropy.table.QTable`
        The table, with its units, descriptions and ``meta``. CSV holds of ``meta`` only whether
        loci are simulated, and whether the fluxes are total fluxes.

    Raises
    ------
    InvalidInputError
        If `path` is not that of a file, or its suffix is not one that `write_table` takes.
    BadDataError
        If it is not such a file.
    MissingPackageError
        If pyarrow is needed and not installed.
    OSError
        If the file does not exist or can't be read.

    See Also
    --------
    write_table : write the file.

    Examples
    --------
    >>> from antares_helpers import fetch_locus, lightcurve_table, read_table, write_table
    >>> table = lightcurve_table(fetch_locus("ANT2026z3bqyjga24oc"))
    >>> read_table(write_table(table, tmp_path / "points.ecsv")).meta == table.meta
    True
    """
    path = as_path(path)
    form = _format_of(path)
    with existing_file(path).open("rb") as file:
        beginning = file.read(len(form.beginning))
    if beginning != form.beginning:  # compressed, for example, which readers undo without limit
        raise BadDataError(
            f"{path} can't be read as {form.name}: it does not begin with {form.beginning!r}."
        )
    try:
        return form.read(path)
    except (BadDataError, ImportError):
        raise
    except Exception as error:  # each reader has its own ways to fail
        reason = one_line(error) or type(error).__name__
        raise BadDataError(f"{path} can't be read as {form.name}: {reason}") from error


def write_loci(loci: Iterable[Locus], path: Path, *, progress: bool) -> None:
    """Write loci without light curves, in any format; without a suffix, as a catalog for LSDB.

    Formats other than Parquet need memory for all rows, and lack the column ``properties``.
    """
    suffix = path.suffix.lower()
    if suffix in ("", ".parquet"):
        partition: Literal["sky"] | None = None if suffix else "sky"
        write_parquet(loci, path, lightcurves=False, partition=partition, progress=progress)
    else:
        shown = shown_loci(loci, progress=progress)
        write_table(locus_table(shown, lambda: search_meta(loci)), path)


def write_night(
    path: Path,
    pages: Path,
    limits: tuple[float, float],
    how: Mapping[str, Any],
    say: Callable[[str], None],
    *,
    every_alert: bool,
    keep_pages: bool,
) -> bool:
    """Write the loci of a night, for the command `night`; return whether they are complete.

    Parameters
    ----------
    path : pathlib.Path
        What `write_loci` takes.
    pages : pathlib.Path
        Folder for what was read, so that another call continues.
    limits : tuple of float
        Beginning and end of the night, MJD (TAI); the end is excluded.
    how : mapping
        More for `find_loci`: ``tag``, ``timeout`` and ``retries``.
    say : callable
        What to do with each message.
    every_alert : bool
        All loci with an alert in the night, not only those whose newest it is.
    keep_pages : bool
        Whether to keep `pages` once all is written.
    """
    query = overlapping_query(limits) if every_alert else newest_in(limits)
    search = {"query": query, "limit": None, "folder": pages, **how}
    notes = {
        "begin_mjd_tai": limits[0],
        "end_mjd_tai": limits[1],
        "set": "an alert in the night" if every_alert else "their newest alert in the night",
    }
    noted, without, errors = pages / f"alerts-{limits[0]:.0f}.txt", set[str](), 0
    found = find_loci(**search)
    if every_alert:
        without, errors = _without_alerts(found, limits, noted, how, say)
        found = find_loci(**search)  # reads the pages again
    loci = NightLoci(found, notes, without)
    is_written = True
    try:
        write_loci(loci, path, progress=True)
    except InvalidInputError:
        if found.truncated is None or loci.number:
            raise
        is_written = False
    number = "1 locus" if loci.number == 1 else f"{loci.number} loci"
    what = f": {number} with {notes['set']}"
    if not is_written:
        what = " is not written: a catalog needs at least one locus"
    say(f"{path}{what}. {found.sentence}")
    is_complete = not (found.truncated or errors)
    if is_complete and not keep_pages:
        noted.unlink(missing_ok=True)
        found.discard()
    return is_complete and is_written


def _without_alerts(
    found: Iterable[Locus],
    limits: tuple[float, float],
    noted: Path,
    how: Mapping[str, Any],
    say: Callable[[str], None],
) -> tuple[set[str], int]:
    """Return the loci without an alert in a night, and for how many that is not known."""
    times = AlertTimes(limits, noted, timeout=how["timeout"], retries=how["retries"])
    ids = [each.locus_id for each in found if times.need_alerts(each)]
    left = times.unknown(ids)
    if ids:
        say(
            f"{len(ids)} loci have older and newer alerts: {len(left)} requests for their alerts "
            f"follow, {CONNECTIONS} at a time; that is about {len(left) / CONNECTIONS / 60:.1f} "
            "min if each takes a second."
        )
        for locus_id, error in times.find_out(left):
            say(f"{locus_id}: {error}")
    return times.without(ids), len(times.unknown(ids))


def _write_parquet(table: Table, path: Path) -> None:
    write_parquet(table, path)


_VOTABLE = _Format("VOTable", write_votable, read_votable, b"<")
_FORMATS = {
    ".parquet": _Format("Parquet", _write_parquet, read_parquet, b"PAR1"),
    ".ecsv": _Format("ECSV", write_ecsv, read_ecsv, b"# %ECSV"),
    ".fits": _Format("FITS", write_fits, read_fits, b"SIMPLE  ="),
    ".vot": _VOTABLE,
    ".xml": _VOTABLE,
    ".csv": _Format("CSV", write_csv, read_csv),
}


def _format_of(path: Path) -> _Format:
    try:
        return _FORMATS[path.suffix.lower()]
    except KeyError:
        raise InvalidInputError(
            f"The suffix {short_repr(path.suffix)} of {path.name!r} is not a known format; use "
            f"one of {', '.join(_FORMATS)}."
        ) from None
