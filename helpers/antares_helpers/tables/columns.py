"""Tables as plain arrays, which every file format can hold, and back."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from astropy.table import Column, QTable, Table
from astropy.units import Quantity
from numpy.typing import NDArray

from antares_helpers.errors import InvalidInputError

__all__ = ["PlainColumn", "check_table", "json_of", "plain_columns", "plain_table", "table_from"]


@dataclass(frozen=True)
class PlainColumn:
    """Booleans, numbers or strings, one a row, with what they mean."""

    name: str
    values: NDArray[Any]
    unit: str | None = None
    description: str | None = None


def check_table(table: object) -> None:
    """Refuse what is no table."""
    if not isinstance(table, Table):
        raise InvalidInputError(
            f"This takes the table that lightcurve_table returns, not {type(table).__name__!r}."
        )


def plain_columns(table: Table) -> list[PlainColumn]:
    """Return the columns of a table.

    Raises
    ------
    InvalidInputError
        If it is no table, or a column holds something else than a boolean, a number or a string
        a row, or has masked values.
    """
    check_table(table)
    return [_plain(name, table[name]) for name in table.colnames]


def plain_table(table: Table) -> Table:
    """Return a table as one whose columns all have the same class, without copying."""
    data = {
        column.name: Column(column.values, unit=column.unit, description=column.description)
        for column in plain_columns(table)
    }
    return Table(data, meta=table.meta, copy=False)


def table_from(columns: Iterable[PlainColumn], meta: Mapping[str, Any]) -> QTable:
    """Make a table of plain columns."""
    data = {
        column.name: Column(column.values, unit=column.unit, description=column.description)
        for column in columns
    }
    return QTable(data, meta=dict(meta), copy=False)


def json_of(meta: Mapping[str, Any]) -> str:
    """Return the meta of a table as JSON in ASCII.

    Raises
    ------
    InvalidInputError
        If it can't be written so.
    """
    try:
        text = json.dumps(dict(meta), allow_nan=False)
    except (TypeError, ValueError) as error:
        raise InvalidInputError(
            f"The meta of this table can't be written as JSON: {error}. Take out what is neither "
            "a number, a string, a list nor a dict."
        ) from error
    # Within XML these are escaped once more than they are read.
    return text.translate({ord(each): f"\\u{ord(each):04x}" for each in "&<>"})


def _plain(name: str, column: Any) -> PlainColumn:
    values = _unmasked(name, column)
    if values.dtype.kind == "O" and all(isinstance(value, str) for value in values):
        values = values.astype(np.str_)
    if values.ndim != 1 or values.dtype.kind not in "biufU":
        raise InvalidInputError(
            f"Column {name!r} holds something else than a boolean, a number or a string a row. "
            "Take the table that lightcurve_table returns, or leave this column out."
        )
    unit = column.unit
    description = column.info.description
    return PlainColumn(name, values, None if unit is None else str(unit), description)


def _unmasked(name: str, column: Any) -> NDArray[Any]:
    if not isinstance(column, Column | Quantity):
        raise InvalidInputError(
            f"Column {name!r} is a {type(column).__name__}, which this can't write. Take the table "
            "that lightcurve_table returns."
        )
    if np.any(getattr(column, "mask", False)):
        raise InvalidInputError(
            f"Column {name!r} has masked values, which not every format can hold. Fill them: "
            f"table[{name!r}] = table[{name!r}].filled(...)."
        )
    return np.asarray(column)
