"""CSV for spreadsheets: a header with units, and nothing that a spreadsheet rounds or runs.

A spreadsheet reads ``170587117485817955`` as 1.7e17 and ``=1+1`` as a formula. Text that it would
not take as text, and long whole numbers, are written with an apostrophe before them, and IDs of
diaObjects as Rubin writes them in prose, ``LSST-AP-DO-170587117485817955``.
"""

import csv
import re
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from astropy.table import Column, QTable, Table
from numpy.typing import NDArray

from antares_helpers.atomic import atomic_write
from antares_helpers.errors import BadDataError
from antares_helpers.tables import TABLE_COLUMNS, plain_table
from antares_helpers.tables.table import CHUNK_ROWS, empty_table

__all__ = ["read_csv", "write_csv"]

_OBJECT = "LSST-AP-DO-"
_TIME_SCALE, _TOTAL, _SIMULATED = "TAI", "total", "simulated"
_TYPE = re.compile(r"bool|str|u?int\d+|float\d+")
_HEADER = re.compile(r"(.*?)(?: \[([^\[\]]*)\])?", re.DOTALL)
_WHOLE = re.compile(r"[+-]?[0-9]{1,18}")  # which an int64 holds
_LONG_ID = re.compile(r"[+-]?[0-9]{16,}")  # which a float would round
_DIGITS = 15  # digits that a spreadsheet preserves
_NOT_PLAIN = ("=", "+", "-", "@", "\t", "\r", "\n", "'")
_LOGICAL = ("TRUE", "FALSE")


class _Header(NamedTuple):
    """The name of a column, and the notes in brackets after it."""

    name: str
    notes: tuple[str, ...] = ()

    @classmethod
    def parse(cls, cell: str) -> "_Header":
        match = _HEADER.fullmatch(_unguarded(cell))
        if match is None or not match[1]:
            raise ValueError(f"{cell!r} does not name a column")
        return cls(match[1], tuple(match[2].split(", ")) if match[2] else ())

    def __str__(self) -> str:
        has_brackets = self.notes or self.name.endswith("]")
        return _guarded(f"{self.name} [{', '.join(self.notes)}]" if has_brackets else self.name)

    @property
    def type(self) -> str | None:
        return next(filter(_TYPE.fullmatch, self.notes), None)

    @property
    def unit(self) -> str | None:
        others = (_TIME_SCALE, _TOTAL, _SIMULATED, self.type)
        return next((note for note in self.notes if note not in others), None)


def write_csv(table: Table, path: Path) -> None:
    """Write a table as CSV, without its descriptions and most of its meta."""
    plain = plain_table(table)
    headers = [_header(column, table.meta) for column in plain.itercols()]
    with atomic_write(path) as temporary, temporary.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(map(str, headers))
        for start in range(0, len(plain), CHUNK_ROWS):
            rows = plain[start : start + CHUNK_ROWS]
            writer.writerows(zip(*map(_cells, rows.itercols()), strict=True))


def read_csv(path: Path) -> QTable:
    """Read a table that `write_csv` wrote, or that a spreadsheet saved."""
    with path.open(newline="", encoding="utf-8-sig") as file:
        rows = (row for row in csv.reader(file) if row)
        headers = [_Header.parse(cell) for cell in next(rows, [])]
        columns = list(zip(*rows, strict=True)) or [()] * len(headers)
    if len(headers) == 1 and ";" in headers[0].name:
        raise BadDataError(
            f"The columns of {path} are separated by semicolons, and decimal commas could not be "
            "told from separators. Save it with commas between the columns and decimal points."
        )
    if not headers or not (columns[0] or any(each.name in TABLE_COLUMNS for each in headers)):
        raise BadDataError(f"{path} has no rows and none of the columns of lightcurve_table.")
    data = [_column(*each) for each in zip(headers, columns, strict=True)]
    return QTable(data, meta=_meta(headers), copy=False)


def _header(column: Column, meta: Any) -> _Header:
    """Return the header of a column, with the type that a reader would not guess."""
    notes = [] if column.unit is None else [str(column.unit) or "1"]
    marks = {
        "mjd": [_TIME_SCALE],
        "flux": [_TOTAL] if meta.get("options", {}).get("flux") == _TOTAL else [],
        "survey": [_SIMULATED] if meta.get("simulated") else [],
    }
    notes += marks.get(column.name, [])
    if _usual_type(column.name, _cells(column)) != _type_of(column):
        notes.append(_type_of(column))
    return _Header(column.name, tuple(notes))


def _meta(headers: Iterable[_Header]) -> dict[str, Any]:
    marks = {each.name: each.notes for each in headers}
    meta: dict[str, Any] = {}
    if _SIMULATED in marks.get("survey", ()):
        meta["simulated"] = True
    if _TOTAL in marks.get("flux", ()):
        meta["options"] = {"flux": _TOTAL}
    return meta


def _cells(column: Column) -> Iterable[str]:
    kind = column.dtype.kind
    if kind == "U":
        write = _object_cell if column.name == "dia_object_id" else _guarded
        return map(write, column.tolist())
    texts = np.asarray(column).astype(np.str_).tolist()
    if kind == "f":
        return ["" if text == "nan" else text for text in texts]
    return [f"'{text}" if len(text) > _DIGITS else text for text in texts]


def _column(header: _Header, cells: Sequence[str]) -> Column:
    type_ = header.type or _usual_type(header.name, cells)
    description = TABLE_COLUMNS.get(header.name, (None, None))[1]
    try:
        values = _values(cells, type_)
    except ValueError as error:
        raise ValueError(f"column {header.name!r}: {error}") from error
    if header.name == "dia_object_id" and type_ == "str":
        values = np.array([each.removeprefix(_OBJECT) for each in values.tolist()], np.str_)
    return Column(values, header.name, unit=header.unit, description=description)


def _values(cells: Sequence[str], type_: str) -> NDArray[Any]:
    texts = [_unguarded(cell) for cell in cells]
    if type_ == "str":
        return np.array(texts, dtype=np.str_)
    if type_ == "bool":
        return np.array([_truth(text) for text in texts], dtype=np.bool_)
    if type_.startswith("float"):
        texts = [text or "nan" for text in texts]
    return np.array(texts, dtype=np.str_).astype(type_)


def _usual_type(name: str, cells: Iterable[str]) -> str:
    """Return the type of a column of `lightcurve_table`; guess that of any other."""
    return _known_types().get(name) or _guessed_type(list(cells))


@cache
def _known_types() -> dict[str, str]:
    return {each.info.name: _type_of(each) for each in empty_table({}).itercols()}


def _type_of(column: Any) -> str:
    return "str" if column.dtype.kind == "U" else str(column.dtype.name)


def _guessed_type(cells: Sequence[str]) -> str:
    if cells and all(cell.upper() in _LOGICAL for cell in cells):
        return "bool"
    present = [cell for cell in cells if cell]
    if not present or not all(map(_is_number, present)):
        return "str"
    if all(map(_WHOLE.fullmatch, cells)):
        return "int64"
    return "str" if any(map(_LONG_ID.fullmatch, present)) else "float64"


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _truth(text: str) -> bool:
    if text.upper() not in _LOGICAL:
        raise ValueError(f"{text!r} is neither TRUE nor FALSE")
    return text.upper() == "TRUE"


def _object_cell(text: str) -> str:
    return f"{_OBJECT}{text}" if text else ""


def _guarded(text: str) -> str:
    """Return text that a spreadsheet takes as text, by an apostrophe before it if need be."""
    is_plain = not text.startswith(_NOT_PLAIN) and text.upper() not in _LOGICAL
    return text if is_plain and not _is_number(text) else f"'{text}"


def _unguarded(cell: str) -> str:
    return cell.removeprefix("'")
