"""ECSV, FITS and VOTable by astropy's readers and writers, and CSV for spreadsheets.

FITS and VOTable hold the meta of a table as JSON, declare times as TAI and positions as ICRS, and
hold only ASCII, and not everywhere: other text is escaped as in a Python string.

CSV has a header with units, and nothing that a spreadsheet rounds or runs: a spreadsheet reads
``170587117485817955`` as 1.7e17 and ``=1+1`` as a formula. Text that it would not take as text, and
long whole numbers, are written with an apostrophe before them, and IDs of diaObjects as Rubin
writes them in prose, ``LSST-AP-DO-170587117485817955``.
"""

import csv
import re
import string
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple
from xml.parsers import expat

import numpy as np
from astropy.io import fits
from astropy.io.votable import parse
from astropy.io.votable.tree import CooSys, Param, TimeSys, VOTableFile
from astropy.table import Column, QTable, Table
from numpy.typing import NDArray

from antares_helpers.atomic import atomic_write
from antares_helpers.errors import BadDataError, InvalidInputError
from antares_helpers.tables import TABLE_COLUMNS, json_of, meta_of, plain_table
from antares_helpers.tables.table import CHUNK_ROWS, empty_table

__all__ = [
    "escape",
    "read_csv",
    "read_ecsv",
    "read_fits",
    "read_votable",
    "unescape",
    "write_csv",
    "write_ecsv",
    "write_fits",
    "write_votable",
]

_META_KEYWORD = "ANTMETA"
_META_PARAM = "antares_helpers_meta"

# Of the FITS standard, section 9: times count from MJD 0, in days of TAI, at the telescope.
_FITS_FRAMES = {
    "TIMESYS": "TAI",
    "MJDREF": 0.0,
    "TIMEUNIT": "d",
    "TREFPOS": "TOPOCENTER",
    "RADESYS": "ICRS",
}

_MJD_ORIGIN = 2400000.5  # the JD of MJD 0
_TIME_COLUMNS = ("mjd", "newest_mjd", "oldest_mjd", "brightest_mjd")
_VOTABLE_FRAMES = {**dict.fromkeys(_TIME_COLUMNS, "tai"), "ra": "icrs", "dec": "icrs"}
_VOTABLE_VERSION = {"version": "1.4", "version_1_4_or_later": True}

_PLAIN = frozenset(string.ascii_letters + string.digits + string.punctuation + " ") - {"\\"}

_OBJECT = "LSST-AP-DO-"
_OBJECT_COLUMNS = ("dia_object_id", "dia_object_ids")
_TIME_SCALE, _TOTAL, _SIMULATED = "TAI", "total", "simulated"
_TYPE = re.compile(r"bool|str|u?int\d+|float\d+")
_HEADER = re.compile(r"(.*?)(?: \[([^\[\]]*)\])?", re.DOTALL)
_WHOLE = re.compile(r"[+-]?[0-9]{1,18}")  # which an int64 holds
_LONG_ID = re.compile(r"[+-]?[0-9]{16,}")  # which a float would round
_DIGITS = 15  # digits that a spreadsheet preserves
_NOT_PLAIN = ("=", "+", "-", "@", "\t", "\r", "\n", "'")
_LOGICAL = ("TRUE", "FALSE")


def write_ecsv(table: Table, path: Path) -> None:
    """Write a table as ECSV; refuse what this format loses."""
    plain = plain_table(table)
    for column in plain.itercols():
        if column.dtype.kind == "U" and (np.char.strip(column) != column).any():
            raise InvalidInputError(
                f"Column {column.name!r} has strings with spaces around them, which ECSV loses. "
                "Write another format, or strip them."
            )
    if "\\n" in json_of(table.meta):
        raise InvalidInputError("The meta of this table has line breaks, which ECSV loses.")
    with atomic_write(path) as temporary:
        plain.write(temporary, format="ascii.ecsv", overwrite=True)


def read_ecsv(path: Path) -> QTable:
    """Read a table that `write_ecsv` wrote."""
    table = QTable.read(path, format="ascii.ecsv")
    for name in table.colnames:
        if table[name].dtype.kind == "U" and hasattr(table[name], "mask"):
            table[name] = table[name].filled("")  # the reader masks empty strings
    return table


def write_fits(table: Table, path: Path) -> None:
    """Write a table as the first extension of a FITS file."""
    plain = plain_table(table)
    hdu = fits.table_to_hdu(Table({each.name: _to_ascii(each) for each in plain.itercols()}))
    hdu.name = "LIGHTCURVES"
    for number, column in enumerate(plain.itercols(), start=1):
        if column.unit is not None:
            hdu.columns[column.name].unit = str(column.unit)
        if column.description is not None:
            hdu.header[f"TCOMM{number}"] = escape(column.description)
    hdu.header.update(_FITS_FRAMES | {_META_KEYWORD: json_of(table.meta)})
    with atomic_write(path) as temporary:
        hdu.writeto(temporary, overwrite=True)


def read_fits(path: Path) -> QTable:
    """Read a table that `write_fits` wrote."""
    # Damaged tiles of a compressed image can crash the process, not just the reader.
    with fits.open(path, memmap=False, disable_image_compression=True) as hdus:
        header = hdus[1].header if len(hdus) > 1 else {}
        if _META_KEYWORD not in header:
            raise _another_origin(path, f"the keyword {_META_KEYWORD}")
        table = Table.read(hdus, hdu=1, mask_invalid=False, unit_parse_strict="silent")
        for number, column in enumerate(table.itercols(), start=1):
            column.unit = hdus[1].columns[column.name].unit
            column.description = header.get(f"TCOMM{number}")
    return _from_ascii(table, meta_of(path, str(header[_META_KEYWORD])))


def write_votable(table: Table, path: Path) -> None:
    """Write a table as a VOTable 1.4 whose data are BINARY2."""
    data = Table([_ascii_column(each) for each in plain_table(table).itercols()])
    votable = VOTableFile.from_table(data)
    (resource,) = votable.resources
    config = _VOTABLE_VERSION
    resource.coordinate_systems.append(CooSys(ID="icrs", system="ICRS", config=config))
    resource.time_systems.append(
        TimeSys("tai", _MJD_ORIGIN, timescale="TAI", refposition="TOPOCENTER", config=config)
    )
    (content,) = resource.tables
    for field in content.fields:
        field.ref = _VOTABLE_FRAMES.get(field.name)
    meta = json_of(table.meta)
    content.params.append(
        Param(votable, name=_META_PARAM, datatype="char", arraysize="*", value=meta)
    )
    with atomic_write(path) as temporary:
        votable.to_xml(str(temporary), tabledata_format="binary2")


def read_votable(path: Path) -> QTable:
    """Read a table that `write_votable` wrote."""
    _check_xml(path)
    content = parse(str(path)).get_first_table()
    metas = [param.value for param in content.params if param.name == _META_PARAM]
    if not metas:
        raise _another_origin(path, f"the PARAM {_META_PARAM}")
    return _from_ascii(content.to_table(use_names_over_ids=True), meta_of(path, str(metas[0])))


def _check_xml(path: Path) -> None:
    """Refuse XML that astropy would follow to other files and servers, or that could expand."""

    def check(_name: str, attributes: dict[str, str]) -> None:
        if any(name.rpartition(":")[2].lower() == "href" for name in attributes):
            raise BadDataError(f"{path} is rejected: it refers to data elsewhere (href).")

    def refuse(*_: object) -> None:
        raise BadDataError(f"{path} is rejected: it has a document type definition.")

    parser = expat.ParserCreate()
    parser.StartElementHandler = check
    parser.StartDoctypeDeclHandler = refuse
    with path.open("rb") as file:
        parser.ParseFile(file)


def escape(text: str) -> str:
    """Return text as printable ASCII without spaces at its end."""
    if not text or (_PLAIN.issuperset(text) and text[-1] != " "):
        return text
    stem = text.rstrip(" ")
    return stem.encode("unicode_escape").decode("ascii") + "\\x20" * (len(text) - len(stem))


def unescape(text: str) -> str:
    """Undo `escape`."""
    return text.encode("ascii").decode("unicode_escape") if "\\" in text else text


def _ascii_column(column: Column) -> Column:
    description = None if column.description is None else escape(column.description)
    return Column(_to_ascii(column), column.name, unit=column.unit, description=description)


def _to_ascii(column: Column) -> NDArray[Any]:
    """Return strings as ASCII bytes, and anything else as it is."""
    if column.dtype.kind != "U":
        return np.asarray(column)
    return np.array([escape(value) for value in column.tolist()], dtype=np.bytes_)


def _from_ascii(table: Table, meta: dict[str, Any]) -> QTable:
    """Restore a table whose strings and descriptions are escaped."""
    data = {}
    for column in table.itercols():
        description = None if column.description is None else unescape(column.description)
        values = _unescaped(np.ma.getdata(column))
        data[column.name] = Column(values, unit=column.unit, description=description)
    return QTable(data, meta=meta, copy=False)


def _unescaped(values: NDArray[Any]) -> NDArray[Any]:
    if values.dtype.kind not in "OSU":
        return np.asarray(values, dtype=values.dtype.newbyteorder("="))
    texts = values.astype(np.str_)
    if not (np.char.find(texts, "\\") >= 0).any():
        return texts
    return np.array([unescape(text) for text in texts.tolist()], dtype=np.str_)


def _another_origin(path: Path, missing: str) -> BadDataError:
    return BadDataError(
        f"{path} was not written by write_table: it lacks {missing}. astropy.table.Table.read "
        "reads such files of any origin."
    )


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
            f"The columns of {path} are separated by semicolons, and decimal commas look like "
            "separators. Save it with commas between the columns and decimal points."
        )
    if not headers or not (columns[0] or any(each.name in TABLE_COLUMNS for each in headers)):
        raise BadDataError(f"{path} has no rows and none of the columns of lightcurve_table.")
    data = [_column(*each) for each in zip(headers, columns, strict=True)]
    return QTable(data, meta=_meta(headers), copy=False)


def _header(column: Column, meta: Any) -> _Header:
    """Return the header of a column, with the type that a reader would not guess."""
    notes = [] if column.unit is None else [str(column.unit) or "1"]
    marks = {
        **{name: [_TIME_SCALE] for name in _TIME_COLUMNS},
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
        write = _object_cell if column.name in _OBJECT_COLUMNS else _guarded
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
    if header.name in _OBJECT_COLUMNS and type_ == "str":
        values = np.array([each.replace(_OBJECT, "") for each in values.tolist()], np.str_)
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
    return ",".join(f"{_OBJECT}{each}" for each in text.split(",")) if text else ""


def _guarded(text: str) -> str:
    """Return text that a spreadsheet takes as text, by an apostrophe before it if need be."""
    is_plain = not text.startswith(_NOT_PLAIN) and text.upper() not in _LOGICAL
    return text if is_plain and not _is_number(text) else f"'{text}"


def _unguarded(cell: str) -> str:
    return cell.removeprefix("'")
