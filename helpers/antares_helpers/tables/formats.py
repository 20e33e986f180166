"""ECSV, FITS and VOTable: astropy's readers and writers, and what keeps such files exact.

FITS and VOTable hold the meta of a table as JSON, declare times as TAI and positions as ICRS, and
hold only ASCII, and not everywhere: other text is escaped as in a Python string.
"""

import string
from pathlib import Path
from typing import Any
from xml.parsers import expat

import numpy as np
from astropy.io import fits
from astropy.io.votable import parse
from astropy.io.votable.tree import CooSys, Param, TimeSys, VOTableFile
from astropy.table import Column, QTable, Table
from numpy.typing import NDArray

from antares_helpers.atomic import atomic_write
from antares_helpers.errors import BadDataError, InvalidInputError
from antares_helpers.tables import json_of, meta_of, plain_table

__all__ = [
    "escape",
    "read_ecsv",
    "read_fits",
    "read_votable",
    "unescape",
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
_VOTABLE_FRAMES = {"mjd": "tai", "ra": "icrs", "dec": "icrs"}
_VOTABLE_VERSION = {"version": "1.4", "version_1_4_or_later": True}

_PLAIN = frozenset(string.ascii_letters + string.digits + string.punctuation + " ") - {"\\"}


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
