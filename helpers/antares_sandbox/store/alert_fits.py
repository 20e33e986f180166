"""A packet as a FITS file, as the Rubin Science Platform sends it."""

import io
from collections.abc import Sequence
from typing import Any, Final

from antares_sandbox.api.thumbnails import image_hdu
from antares_sandbox.cutouts import Kind, Source
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

# SQR-114: null is NaN or, in these, TNULL; booleans that can be null are bytes of 0 and 1.
_FORMATS = {"double": "D", "float": "E", "long": "K", "int": "J", "boolean": "B"}
_NULLS = {"double": float("nan"), "float": float("nan"), "string": ""}
_TNULLS = {"long": -(2**63), "int": -(2**31), "boolean": 255}

Row = dict[str, Any]


def packet_fits(record: Row, source: Source | None) -> bytes:
    """Return a packet as a FITS file.

    Parameters
    ----------
    record : dict
        The packet, without images.
    source : Source or None
        What its images show; without, there are none.

    Returns
    -------
    bytes
        The file: an empty primary HDU, ALERT, the images, DIASOURCE, FORCEDPHOT and SSSOURCE.
    """
    alert = _columns(ALERT, [record])
    if record["diaObject"]:
        alert += _columns(DIA_OBJECT, [record["diaObject"]])
    ss_source = [record["ssSource"]] if record["ssSource"] else []
    return _file(
        _table("ALERT", alert),
        *_images(source),
        _table("DIASOURCE", _detections([record["diaSource"], *record["prvDiaSources"]])),
        _table("FORCEDPHOT", _columns(DIA_FORCED_SOURCE, record["prvDiaForcedSources"])),
        _table("SSSOURCE", _columns(SS_SOURCE, ss_source)),
    )


def images_fits(source: Source | None) -> bytes:
    """Return the images of an alert as a FITS file; without a flux there are none."""
    return _file(*_images(source))


def _images(source: Source | None) -> list[Any]:
    if source is None:
        return []
    return [image_hdu(source, kind, name) for name, (_, kind) in IMAGES.items()]


def _file(*extensions: Any) -> bytes:
    from astropy.io import fits

    primary = fits.PrimaryHDU()
    primary.header["TELESCOP"] = "Rubin Observatory"
    primary.header["INSTRUME"] = "LSSTCam"
    primary.header["SIMULATE"] = (True, "made by the sandbox, not observed")
    file = io.BytesIO()
    fits.HDUList([primary, *extensions]).writeto(file)
    return file.getvalue()


def _table(name: str, columns: list[Any]) -> Any:
    from astropy.io import fits

    return fits.BinTableHDU.from_columns(columns, name=name)


def _detections(rows: Sequence[Row]) -> list[Any]:
    """Return the columns of DIASOURCE: two more than in the schema, and psfFlux after the time."""
    from astropy.io import fits

    columns = {column.name: column for column in _columns(DIA_SOURCE, rows)}
    flux, names = columns.pop("psfFlux"), list(columns)
    ordered = [columns[name] for name in names]
    ordered.insert(names.index("midpointMjdTai") + 1, flux)
    ids = [f"LSST-AP-DS-{row['diaSourceId']}" for row in rows]
    trigger = fits.Column("trigger", "L", array=[True] + [False] * (len(rows) - 1))
    return [*ordered, trigger, fits.Column("iau_id", f"{max(map(len, ids))}A", array=ids)]


def _columns(fields: tuple[Field, ...], rows: Sequence[Row]) -> list[Any]:
    return [_column(field, [row[field.name] for row in rows]) for field in fields]


def _column(field: Field, values: list[Any]) -> Any:
    from astropy.io import fits

    null = _TNULLS.get(field.kind)
    filled = [_NULLS.get(field.kind, null) if value is None else value for value in values]
    if field.kind == "string":
        filled = [value.encode("ascii", "replace") for value in filled]
        return fits.Column(field.name, f"{max(map(len, filled), default=1) or 1}A", array=filled)
    null = null if field.nullable else None
    return fits.Column(field.name, _FORMATS[field.kind], field.unit, null, array=filled)
