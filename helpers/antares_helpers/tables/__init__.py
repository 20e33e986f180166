"""The columns of a table of light curves, and tables as arrays that every file format can store."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from astropy.table import Column, QTable, Table
from astropy.units import Quantity
from numpy.typing import NDArray

from antares_helpers.errors import BadDataError, InvalidInputError
from antares_helpers.lightcurves.extract import COLUMNS

__all__ = [
    "LOCI_COLUMNS",
    "TABLE_COLUMNS",
    "check_table",
    "json_of",
    "meta_of",
    "plain_table",
    "table_of",
]

TABLE_COLUMNS: dict[str, tuple[str | None, str]] = {
    "locus_id": (None, "ID of the locus in ANTARES"),
    "ra": ("deg", "right ascension of the locus (ICRS)"),
    "dec": ("deg", "declination of the locus (ICRS)"),
    "dia_object_id": (None, COLUMNS["dia_object_id"]),
    "mjd": ("d", "middle of the exposure, MJD (TAI)"),
    "band": (None, COLUMNS["band"]),
    "flux": ("nJy", COLUMNS["flux"]),
    "flux_err": ("nJy", COLUMNS["flux_err"]),
    "snr": (None, COLUMNS["snr"]),
    "reliability": (None, COLUMNS["reliability"]),
    "is_negative": (None, COLUMNS["is_negative"]),
    "is_dipole": (None, COLUMNS["is_dipole"]),
    "flagged": (None, COLUMNS["flagged"]),
    "is_limit": (None, COLUMNS["is_limit"]),
    "is_forced": (None, COLUMNS["is_forced"]),
    "survey": (None, COLUMNS["survey"]),
    "alert_id": (None, COLUMNS["alert_id"]),
}
"""The columns of a table of light curves: the unit and the description of each."""

LOCI_COLUMNS: dict[str, tuple[str | None, str]] = {
    **{name: TABLE_COLUMNS[name] for name in ("locus_id", "ra", "dec")},
    "num_alerts": (None, "number of alerts in ANTARES, 0 if unknown"),
    "newest_mjd": ("d", "time of the newest alert, MJD (TAI)"),
    "oldest_mjd": ("d", "time of the oldest alert, MJD (TAI)"),
    "brightest_mjd": ("d", "time of the brightest alert, MJD (TAI)"),
    "newest_mag": ("mag", "magnitude of the newest alert, as ANTARES gives it"),
    "oldest_mag": ("mag", "magnitude of the oldest alert, as ANTARES gives it"),
    "brightest_mag": ("mag", "magnitude of the brightest alert, as ANTARES gives it"),
    "newest_alert_id": (None, "ID of the newest alert in ANTARES"),
    "dia_object_ids": (None, "IDs of Rubin's diaObjects, with commas between them"),
    "tags": (None, "tags, sorted, with commas between them"),
    "properties": (None, "the other properties of the locus, as JSON"),
}
"""The columns of a table of loci: the unit and the description of each."""

_KNOWN_COLUMNS = LOCI_COLUMNS | TABLE_COLUMNS


def check_table(table: object) -> None:
    """Refuse what is not a table."""
    if not isinstance(table, Table):
        raise InvalidInputError(
            f"This takes the table that lightcurve_table returns, not {type(table).__name__!r}."
        )


def table_of(values: Mapping[str, Any], meta: Mapping[str, Any]) -> QTable:
    """Make a table of arrays, with the units and descriptions of the columns that are known."""
    data = {}
    for name, array in values.items():
        unit, description = _KNOWN_COLUMNS.get(name, (None, None))
        data[name] = Column(array, unit=unit, description=description)
    return QTable(data, meta=dict(meta), copy=False)


def plain_table(table: Table) -> Table:
    """Return a table of plain columns of booleans, numbers and strings, without copying.

    Raises
    ------
    InvalidInputError
        If it is not a table, or if a column has masked values, or holds something else than one
        boolean, number or string per row.
    """
    check_table(table)
    data = {name: _plain(name, table[name]) for name in table.colnames}
    return Table(data, meta=table.meta, copy=False)


def json_of(meta: Mapping[str, Any]) -> str:
    """Return the meta of a table as JSON in ASCII.

    Raises
    ------
    InvalidInputError
        If it can't be written as JSON.
    """
    try:
        text = json.dumps(dict(meta), allow_nan=False)
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidInputError(
            f"The meta of this table can't be written as JSON: {error}. Remove whatever is not a "
            "number, a string, a list or a dict."
        ) from error
    # Within XML these are escaped once more than they are read.
    return text.translate({ord(each): f"\\u{ord(each):04x}" for each in "&<>"})


def meta_of(path: Path, text: str | bytes) -> dict[str, Any]:
    """Return the meta of a table in a file, from its JSON.

    Raises
    ------
    BadDataError
        If it is not the meta of a table.
    """
    try:
        meta = json.loads(text)
    except (ValueError, RecursionError):
        meta = None
    if not isinstance(meta, dict):
        raise BadDataError(f"{path} is damaged: the meta of its table is not a JSON object.")
    return meta


def _plain(name: str, column: Any) -> Column:
    values = _unmasked(name, column)
    if values.dtype.kind == "O" and all(isinstance(value, str) for value in values):
        values = values.astype(np.str_)
    if values.ndim != 1 or values.dtype.kind not in "biufU":
        raise InvalidInputError(
            f"Column {name!r} holds something else than one boolean, number or string per row. "
            "Pass the table that lightcurve_table returns, or remove this column."
        )
    if values.dtype.kind == "U" and _has_surrogates(values):
        raise InvalidInputError(f"Column {name!r} has text with lone surrogates: remove them.")
    return Column(values, unit=column.unit, description=column.info.description)


def _has_surrogates(texts: NDArray[np.str_]) -> bool:
    codes = np.ascontiguousarray(texts, dtype=texts.dtype.newbyteorder("=")).view(np.uint32)
    return bool(((codes >= 0xD800) & (codes < 0xE000)).any())


def _unmasked(name: str, column: Any) -> NDArray[Any]:
    if not isinstance(column, Column | Quantity):
        raise InvalidInputError(
            f"Column {name!r} is a {type(column).__name__}, which can't be written. Pass the table "
            "that lightcurve_table returns."
        )
    if np.any(getattr(column, "mask", False)):
        raise InvalidInputError(
            f"Column {name!r} has masked values, which not every format can store. Fill them: "
            f"table[{name!r}] = table[{name!r}].filled(...)."
        )
    return np.asarray(column)
