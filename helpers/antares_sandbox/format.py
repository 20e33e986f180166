"""The locus file: what is in it, and how one is read."""

from collections import Counter
from pathlib import Path
from typing import Annotated, Any, Final, Literal, NotRequired

from pydantic import ConfigDict, StringConstraints, TypeAdapter, ValidationError, with_config
from pydantic_core import from_json
from typing_extensions import TypedDict

from antares_sandbox.errors import LocusFileError

__all__ = [
    "FORMAT",
    "LOCUS_ID",
    "MANIFEST",
    "VERSION",
    "Alert",
    "Header",
    "Locus",
    "LocusFile",
    "Wire",
    "WireAlert",
    "WireLocus",
    "WireMatch",
    "read_locus_file",
]

FORMAT: Final = "antares-locus"
VERSION: Final = 1

MANIFEST: Final = "manifest.json"
"""The one file of a folder that lists the others and is no locus file itself."""

LOCUS_ID: Final = r"^ANT[0-9A-Za-z]{4,60}$"
"""What a locus ID looks like, as a regular expression."""

# What a recording holds beyond these fields is replayed, too.
_OPEN = ConfigDict(extra="allow")

LocusId = Annotated[str, StringConstraints(pattern=LOCUS_ID)]


class Header(TypedDict):
    """Which format the file has, where it came from and when."""

    format: Literal["antares-locus"]
    version: Literal[1]
    source: NotRequired[str]
    created: NotRequired[str]


class Alert(TypedDict):
    """An alert as the devkit has it."""

    id: str
    mjd: float
    properties: dict[str, Any]
    grav_wave_events: list[dict[str, Any]]


class Locus(TypedDict):
    """The dict that `to_devkit(include_catalogs=True)` of antares-client returns."""

    id: LocusId
    ra: float
    dec: float
    user_tags: list[str]
    old_properties: dict[str, Any]
    catalog_objects: dict[str, list[dict[str, Any]]]
    grav_wave_events_metadata: dict[str, Any]
    alerts: list[Alert]


@with_config(_OPEN)
class WireLocus(TypedDict, total=False):
    """What the devkit dict drops of the locus."""

    htm16: int | None
    grav_wave_events: list[str]
    user_properties: list[str]
    lightcurve: str
    catalogs: list[str]


@with_config(_OPEN)
class WireAlert(TypedDict, total=False):
    """What the devkit dict drops of an alert."""

    created_at: str
    survey: str


@with_config(_OPEN)
class Extra(TypedDict):
    """The distance of a catalog object from the locus, in arcsec."""

    separation: float


@with_config(_OPEN)
class WireMatch(TypedDict):
    """What the devkit dict drops of a catalog match."""

    catalog_name: str
    id: str
    object_id: str
    ra: float
    dec: float
    radius: float
    object_name: str
    extra: Extra


class Wire(TypedDict, total=False):
    """All that the devkit dict drops; alerts and matches in the order of the locus."""

    locus: WireLocus
    alerts: list[WireAlert]
    catalog_matches: list[WireMatch]


class LocusFile(TypedDict):
    """The content of one locus file."""

    header: Header
    locus: Locus
    wire: NotRequired[Wire]


_ADAPTER: TypeAdapter[LocusFile] = TypeAdapter(LocusFile)


def read_locus_file(path: Path) -> LocusFile:
    """Read and check a locus file.

    Parameters
    ----------
    path : pathlib.Path
        The file to read.

    Returns
    -------
    LocusFile
        Its content.

    Raises
    ------
    LocusFileError
        Where the file can't be read, is not a locus file or contradicts itself.
    """
    try:
        text = path.read_bytes()
        content = _ADAPTER.validate_json(text, strict=True)
        if b"NaN" in text or b"Infinity" in text:
            from_json(text, allow_inf_nan=False)
    except OSError as error:
        raise LocusFileError(f"{path} can't be read: {error.strerror}") from error
    except ValidationError as error:
        raise LocusFileError(f"{path} is not a locus file: {_first_fault(error)}") from None
    except ValueError as error:
        raise LocusFileError(f"{path} is not a locus file, for JSON has no NaN: {error}") from None
    _check_wire(path, content["locus"], content.get("wire", {}))
    return content


def _first_fault(error: ValidationError) -> str:
    fault = error.errors(include_url=False, include_context=False, include_input=False)[0]
    place = ".".join(str(step) for step in fault["loc"])
    return f"{place}: {fault['msg']}" if place else fault["msg"]


def _check_wire(path: Path, locus: Locus, wire: Wire) -> None:
    given, expected = len(wire.get("alerts", locus["alerts"])), len(locus["alerts"])
    if given != expected:
        raise LocusFileError(f"{path}: wire.alerts has {given} entries for {expected} alerts")
    if "catalog_matches" not in wire:
        return
    named = Counter(match["catalog_name"] for match in wire["catalog_matches"])
    held = Counter({name: len(rows) for name, rows in locus["catalog_objects"].items()})
    if named != held:
        raise LocusFileError(
            f"{path}: wire.catalog_matches lists {dict(named)}, "
            f"locus.catalog_objects holds {dict(held)}"
        )
