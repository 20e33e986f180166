"""Tables of light curves as VOTable: times declared as TAI, ``meta`` as JSON in one PARAM."""

import json
from pathlib import Path

import numpy as np
from astropy.io.votable import parse
from astropy.io.votable.tree import CooSys, Param, TimeSys, VOTableFile
from astropy.table import Column, QTable, Table

from antares_helpers.atomic import atomic_write
from antares_helpers.errors import BadDataError
from antares_helpers.tables.ascii_text import escape, escaped, unescape, unescaped
from antares_helpers.tables.columns import PlainColumn, json_of, plain_columns, table_from

__all__ = ["META_PARAM", "read_votable", "write_votable"]

META_PARAM = "antares_helpers_meta"
"""The name of the PARAM in which ``meta`` stands, as JSON."""

_MJD_ORIGIN = 2400000.5  # the JD of MJD 0
_SYSTEMS = {"mjd": "tai", "ra": "icrs", "dec": "icrs"}
_VERSION = {"version": "1.4", "version_1_4_or_later": True}


def write_votable(table: Table, path: Path) -> None:
    """Write a table as a VOTable 1.4 whose data are BINARY2."""
    columns = plain_columns(table)
    data = {each.name: Column(escaped(each.values), unit=each.unit) for each in columns}
    votable = VOTableFile.from_table(Table(data, copy=False))
    (resource,) = votable.resources
    resource.coordinate_systems.append(CooSys(ID="icrs", system="ICRS", config=_VERSION))
    resource.time_systems.append(
        TimeSys("tai", _MJD_ORIGIN, timescale="TAI", refposition="TOPOCENTER", config=_VERSION)
    )
    (content,) = resource.tables
    for field, column in zip(content.fields, columns, strict=True):
        field.description = None if column.description is None else escape(column.description)
        field.ref = _SYSTEMS.get(column.name)
    meta = json_of(table.meta)
    content.params.append(
        Param(votable, name=META_PARAM, datatype="char", arraysize="*", value=meta)
    )
    with atomic_write(path) as temporary:
        votable.to_xml(str(temporary), tabledata_format="binary2")


def read_votable(path: Path) -> QTable:
    """Read a table that `write_votable` wrote."""
    content = parse(str(path)).get_first_table()
    metas = [param.value for param in content.params if param.name == META_PARAM]
    if not metas:
        raise BadDataError(
            f"{path} was not written by write_table: it lacks the PARAM {META_PARAM}. "
            "astropy.table.Table.read reads VOTables of any origin."
        )
    columns = [
        PlainColumn(
            field.name,
            unescaped(np.ma.getdata(content.array[field.ID])),
            None if field.unit is None else str(field.unit),
            None if field.description is None else unescape(field.description),
        )
        for field in content.fields
    ]
    return table_from(columns, json.loads(metas[0]))
