"""A packet as a FITS file, as the Rubin Science Platform sends it.

The file is written here: astropy takes a third of a second for some 240 columns.
"""

from collections.abc import Sequence
from math import nan
from typing import Any, Final, NamedTuple

from antares_sandbox.api.thumbnails import image_header
from antares_sandbox.cutouts import Kind, Source, draw_cutout
from antares_sandbox.store.alert_schema import (
    ALERT,
    DIA_FORCED_SOURCE,
    DIA_OBJECT,
    DIA_SOURCE,
    SS_SOURCE,
    Field,
)

__all__ = ["IMAGES", "images_fits", "packet_fits"]

IMAGES: Final[dict[str, tuple[str, Kind]]] = {
    "DIFFIM": ("cutoutDifference", "difference"),
    "SCIENCE": ("cutoutScience", "science"),
    "TEMPLATE": ("cutoutTemplate", "template"),
}
"""By the name of the extension: the field of the packet, and which image it is."""

# SQR-114: null is NaN, or TNULL; a boolean that can be null is a byte, 0 or 1.
_FORMATS: dict[str, tuple[str, str, float]] = {
    "double": ("D", ">f8", nan),
    "float": ("E", ">f4", nan),
    "long": ("K", ">i8", -(2**63)),
    "int": ("J", ">i4", -(2**31)),
    "boolean": ("B", "u1", 255),
}
_PRIMARY = {
    "TELESCOP": "Rubin Observatory",
    "INSTRUME": "LSSTCam",
    "SIMULATE": (True, "made by the sandbox, not observed"),
}
_BLOCK = 2880

Row = dict[str, Any]


class _Column(NamedTuple):
    """A column of a table: `form` as FITS writes it, `dtype` as numpy does."""

    name: str
    form: str
    dtype: str
    values: list[Any]
    unit: str | None = None
    null: float | None = None


def packet_fits(record: Row, source: Source | None) -> bytes:
    """Return a packet as a FITS file.

    Parameters
    ----------
    record : dict
        The packet, without images.
    source : Source or None
        The source that its images show; None for a packet without images.

    Returns
    -------
    bytes
        The file: an empty primary HDU, ALERT, the images, DIASOURCE, FORCEDPHOT and SSSOURCE.
    """
    alert = _columns(ALERT, [record])
    if record["diaObject"]:
        alert += _columns(DIA_OBJECT, [record["diaObject"]])
    sources = [record["diaSource"], *record["prvDiaSources"]]
    forced = record["prvDiaForcedSources"]
    ss_source = [record["ssSource"]] if record["ssSource"] else []
    return _file(
        _table("ALERT", alert, 1),
        _images(source),
        _table("DIASOURCE", _detections(sources), len(sources)),
        _table("FORCEDPHOT", _columns(DIA_FORCED_SOURCE, forced), len(forced)),
        _table("SSSOURCE", _columns(SS_SOURCE, ss_source), len(ss_source)),
    )


def images_fits(source: Source | None) -> bytes:
    """Return the images of an alert as a FITS file; without a flux there are none."""
    return _file(_images(source))


def _file(*extensions: bytes) -> bytes:
    primary = {"SIMPLE": True, "BITPIX": 8, "NAXIS": 0, "EXTEND": True, **_PRIMARY}
    return b"".join([_hdu(primary), *extensions])


def _images(source: Source | None) -> bytes:
    if source is None:
        return b""
    return b"".join(_image(source, name, kind) for name, (_, kind) in IMAGES.items())


def _image(source: Source, name: str, kind: Kind) -> bytes:
    image = draw_cutout(source, kind).astype(">f4")
    height, width = image.shape
    size = {"BITPIX": -32, "NAXIS": 2, "NAXIS1": width, "NAXIS2": height, "PCOUNT": 0, "GCOUNT": 1}
    cards = {"XTENSION": "IMAGE", **size, "EXTNAME": name, **image_header(source, kind)}
    return _hdu(cards, image.tobytes())


def _table(name: str, columns: Sequence[_Column], length: int) -> bytes:
    import numpy as np

    table = np.zeros(length, [(column.name, column.dtype) for column in columns])
    cards: dict[str, Any] = {"XTENSION": "BINTABLE", "BITPIX": 8, "NAXIS": 2}
    cards |= {"NAXIS1": table.itemsize, "NAXIS2": length, "PCOUNT": 0, "GCOUNT": 1}
    cards |= {"TFIELDS": len(columns), "EXTNAME": name}
    for number, column in enumerate(columns, start=1):
        with np.errstate(over="ignore"):
            table[column.name] = column.values
        cards |= {f"TTYPE{number}": column.name, f"TFORM{number}": column.form}
        more = {f"TUNIT{number}": column.unit, f"TNULL{number}": column.null}
        cards |= {key: value for key, value in more.items() if value is not None}
    return _hdu(cards, table.tobytes())


def _detections(rows: Sequence[Row]) -> list[_Column]:
    """Return the columns of DIASOURCE: two more than in the schema, and psfFlux after the time."""
    columns = _columns(DIA_SOURCE, rows)
    names = [column.name for column in columns]
    flux = columns.pop(names.index("psfFlux"))
    columns.insert(names.index("midpointMjdTai") + 1, flux)
    trigger = _Column("trigger", "L", "S1", [b"T", *[b"F"] * (len(rows) - 1)])
    return [*columns, trigger, _text("iau_id", [f"LSST-AP-DS-{r['diaSourceId']}" for r in rows])]


def _columns(fields: tuple[Field, ...], rows: Sequence[Row]) -> list[_Column]:
    return [_column(field, [row[field.name] for row in rows]) for field in fields]


def _column(field: Field, values: list[Any]) -> _Column:
    if field.kind == "string":
        return _text(field.name, [value or "" for value in values])
    form, dtype, null = _FORMATS[field.kind]
    filled = [null if value is None else value for value in values]
    is_marked = field.nullable and isinstance(null, int)
    return _Column(field.name, form, dtype, filled, field.unit, null if is_marked else None)


def _text(name: str, values: list[str]) -> _Column:
    width = max([1, *map(len, values)])
    encoded = [value.encode("ascii", "replace") for value in values]
    return _Column(name, f"{width}A", f"S{width}", encoded)


def _hdu(cards: dict[str, Any], data: bytes = b"") -> bytes:
    header = "".join(_card(name, value) for name, value in cards.items()) + f"{'END':80}"
    return b"".join(
        part.ljust(-(-len(part) // _BLOCK) * _BLOCK, fill)
        for part, fill in ((header.encode("ascii"), b" "), (data, b"\0"))
    )


def _card(name: str, given: Any) -> str:
    value, comment = given if isinstance(given, tuple) else (given, "")
    if isinstance(value, str):
        text = "'{:8}'".format(value.replace("'", "''"))
    else:
        text = f"{('FT'[value] if isinstance(value, bool) else repr(value).upper()):>20}"
    return f"{name:8}= {text:20}{' / ' if comment else ''}{comment}"[:80].ljust(80)
