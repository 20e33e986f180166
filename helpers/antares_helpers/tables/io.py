"""Write tables of light curves to files, and read them again exactly; the suffix tells how."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
from astropy.table import QTable, Table

from antares_helpers.atomic import atomic_write
from antares_helpers.errors import BadDataError, InvalidInputError
from antares_helpers.tables.columns import json_of, plain_columns, plain_table
from antares_helpers.tables.fits import read_fits, write_fits
from antares_helpers.tables.parquet import read_parquet, write_parquet
from antares_helpers.tables.votable import read_votable, write_votable
from antares_helpers.validation import short_repr

__all__ = ["read_table", "write_table"]


class _Format(NamedTuple):
    name: str
    write: Callable[[Table, Path], object]
    read: Callable[[Path], QTable]


def write_table(table: Table, path: str | os.PathLike[str]) -> Path:
    """Write a table of light curves to a file of the format that its suffix names.

    Parameters
    ----------
    table : `~astropy.table.Table`
        What `lightcurve_table` returns, or some rows or columns of it, or more columns of
        booleans, numbers or strings.
    path : str or path-like
        File to write: ``.parquet``, ``.ecsv``, ``.fits``, ``.vot`` or ``.xml`` (VOTable). A file
        that is there is replaced, in one step.

    Returns
    -------
    pathlib.Path
        The file written.

    Raises
    ------
    InvalidInputError
        If the suffix is another, or the table holds what can't be written.
    MissingPackageError
        If pyarrow is needed and not installed.
    OSError
        If the file can't be written.

    See Also
    --------
    read_table : read the file.

    Notes
    -----
    How VOTable and FITS hold what they have no place for stands in the docs, "Tables and other
    tools".

    Examples
    --------
    >>> from antares_helpers import fetch_locus, lightcurve_table, read_table, write_table
    >>> table = lightcurve_table(fetch_locus("ANT2026z3bqyjga24oc"))
    >>> again = read_table(write_table(table, tmp_path / "points.fits"))
    >>> bool((again["mjd"] == table["mjd"]).all())
    True
    """
    path = Path(path)
    write = _format_of(path).write
    plain_columns(table)
    json_of(table.meta)
    write(table, path)
    return path


def read_table(path: str | os.PathLike[str]) -> QTable:
    """Read a table of light curves that `write_table` or `write_parquet` wrote.

    Parameters
    ----------
    path : str or path-like
        The file, with its suffix.

    Returns
    -------
    `~astropy.table.QTable`
        The table, with its units, descriptions and ``meta``.

    Raises
    ------
    InvalidInputError
        If the suffix is none that `write_table` takes.
    BadDataError
        If it is no such file.
    MissingPackageError
        If pyarrow is needed and not installed.
    OSError
        If the file is not there or can't be read.

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
    path = Path(path)
    form = _format_of(path)
    path.open("rb").close()
    try:
        return form.read(path)
    except (BadDataError, ImportError, MemoryError):
        raise
    except Exception as error:  # each reader has its own ways to fail
        raise BadDataError(f"{path} can't be read as {form.name}: {error}") from error


def _write_ecsv(table: Table, path: Path) -> None:
    for column in plain_columns(table):
        is_text = column.values.dtype.kind == "U"
        if is_text and (np.char.strip(column.values) != column.values).any():
            raise InvalidInputError(
                f"Column {column.name!r} has strings with spaces around them, which ECSV loses. "
                "Write another format, or strip them."
            )
    if "\\n" in json_of(table.meta):
        raise InvalidInputError("The meta of this table has line breaks, which ECSV loses.")
    with atomic_write(path) as temporary:
        plain_table(table).write(temporary, format="ascii.ecsv", overwrite=True)


def _read_ecsv(path: Path) -> QTable:
    table = QTable.read(path, format="ascii.ecsv")
    for name in table.colnames:
        if table[name].dtype.kind == "U" and hasattr(table[name], "mask"):
            table[name] = table[name].filled("")  # the reader masks empty strings
    return table


def _write_parquet(table: Table, path: Path) -> None:
    write_parquet(table, path)


_FITS = _Format("FITS", write_fits, read_fits)
_VOTABLE = _Format("VOTable", write_votable, read_votable)
_FORMATS = {
    ".parquet": _Format("Parquet", _write_parquet, read_parquet),
    ".ecsv": _Format("ECSV", _write_ecsv, _read_ecsv),
    ".fits": _FITS,
    ".vot": _VOTABLE,
    ".xml": _VOTABLE,
}


def _format_of(path: Path) -> _Format:
    try:
        return _FORMATS[path.suffix.lower()]
    except KeyError:
        raise InvalidInputError(
            f"The suffix {short_repr(path.suffix)} of {path.name!r} is not a known format; use "
            f"one of {', '.join(_FORMATS)}."
        ) from None
