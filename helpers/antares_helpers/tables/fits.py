"""Tables of light curves as FITS: times declared as TAI, ``meta`` as JSON in one keyword."""

import json
from pathlib import Path

import numpy as np
from astropy.io import fits
from astropy.table import QTable, Table

from antares_helpers.atomic import atomic_write
from antares_helpers.errors import BadDataError
from antares_helpers.tables.ascii_text import escape, escaped, unescape, unescaped
from antares_helpers.tables.columns import PlainColumn, json_of, plain_columns, table_from

__all__ = ["META_KEYWORD", "read_fits", "write_fits"]

META_KEYWORD = "ANTMETA"
"""The keyword under which ``meta`` stands, as JSON."""

# Of the FITS standard, section 9: times count from MJD 0, in days of TAI, at the telescope.
_TIME_KEYWORDS = {"TIMESYS": "TAI", "MJDREF": 0.0, "TIMEUNIT": "d", "TREFPOS": "TOPOCENTER"}


def write_fits(table: Table, path: Path) -> None:
    """Write a table as the first extension of a FITS file."""
    columns = plain_columns(table)
    data = Table({each.name: escaped(each.values) for each in columns}, copy=False)
    hdu = fits.table_to_hdu(data)
    hdu.name = "LIGHTCURVES"
    for number, column in enumerate(columns, start=1):
        if column.unit is not None:
            hdu.columns[column.name].unit = column.unit
        if column.description is not None:
            hdu.header[f"TCOMM{number}"] = escape(column.description)
    hdu.header.update(_TIME_KEYWORDS | {"RADESYS": "ICRS", META_KEYWORD: json_of(table.meta)})
    with atomic_write(path) as temporary:
        fits.HDUList([fits.PrimaryHDU(), hdu]).writeto(temporary, overwrite=True)


def read_fits(path: Path) -> QTable:
    """Read a table that `write_fits` wrote."""
    with fits.open(path, memmap=False) as hdus:
        header = hdus[1].header if len(hdus) > 1 else {}
        if META_KEYWORD not in header:
            raise BadDataError(
                f"{path} was not written by write_table: it lacks the keyword {META_KEYWORD}. "
                "astropy.table.Table.read reads FITS tables of any origin."
            )
        data, definitions = hdus[1].data, hdus[1].columns
        columns = [
            PlainColumn(
                each.name,
                unescaped(np.asarray(data[each.name])),
                each.unit,
                unescape(header[comment]) if (comment := f"TCOMM{number}") in header else None,
            )
            for number, each in enumerate(definitions, start=1)
        ]
        return table_from(columns, json.loads(header[META_KEYWORD]))
