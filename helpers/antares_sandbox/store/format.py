"""The content of a locus file, checked in full: the sandbox serves every field of it."""

from collections import Counter
from pathlib import Path
from typing import Annotated, Any, Literal, NotRequired

from pydantic import ConfigDict, Field, FiniteFloat, TypeAdapter, ValidationError, with_config
from pydantic_core import from_json
from typing_extensions import TypedDict

from antares_helpers.errors import BadDataError, InvalidInputError
from antares_helpers.locus_file import checked_content, parse_content, read_encoded
from antares_sandbox.responses import encode

__all__ = [
    "Alert",
    "ForcedPhotometry",
    "Header",
    "Locus",
    "LocusFile",
    "Wire",
    "WireAlert",
    "WireLocus",
    "WireMatch",
    "checked_locus_file",
    "read_bytes",
    "read_checked_locus_file",
    "read_outline",
]

# The dates of Python's calendar, as MJD, and a day less for the difference of TAI and UTC.
_FIRST_DAY, _LAST_DAY = -678_574, 2_973_482

# Fields that the service adds one day are replayed, too.
_OPEN = ConfigDict(extra="allow")

RightAscension = Annotated[float, Field(ge=0, le=360)]
Declination = Annotated[float, Field(ge=-90, le=90)]
Identity = Annotated[int, Field(ge=0, lt=2**63)]
Detector = Annotated[int, Field(ge=0, lt=2**31)]


class Header(TypedDict):
    """The format of the file, its source and its date."""

    format: Literal["antares-locus"]
    version: Literal[1]
    source: NotRequired[str]
    created: NotRequired[str]


class Alert(TypedDict):
    """An alert, as in the devkit's dict."""

    id: str
    mjd: float
    properties: dict[str, Any]
    grav_wave_events: list[dict[str, Any]]


class Locus(TypedDict):
    """The dict that `to_devkit(include_catalogs=True)` of antares-client returns."""

    id: str
    ra: RightAscension
    dec: Declination
    user_tags: list[str]
    old_properties: dict[str, Any]
    catalog_objects: dict[str, list[dict[str, Any]]]
    grav_wave_events_metadata: dict[str, Any]
    alerts: list[Alert]


@with_config(_OPEN)
class WireLocus(TypedDict, total=False):
    """What the devkit's dict lacks of the locus."""

    htm16: int | None
    grav_wave_events: list[str]
    user_properties: list[str]
    lightcurve: str
    catalogs: list[str]


@with_config(_OPEN)
class WireAlert(TypedDict, total=False):
    """What the devkit's dict lacks of an alert."""

    created_at: str
    survey: str


@with_config(_OPEN)
class Extra(TypedDict):
    """The distance of a catalog object from the locus, in arcsec.

    A match is marked as derived if the sandbox has had to make it up.
    """

    separation: float
    derived: NotRequired[bool]


@with_config(_OPEN)
class WireMatch(TypedDict):
    """What the devkit's dict lacks of a catalog match."""

    catalog_name: str
    id: str
    object_id: str
    ra: RightAscension
    dec: Declination
    radius: float
    object_name: str
    extra: Extra


class ForcedPhotometry(TypedDict):
    """Forced photometry at a diaObject, as columns with Rubin's names: one entry per visit.

    Fluxes in nJy, MJD in TAI; `band` holds a letter per visit.
    """

    diaObjectId: Identity
    ra: RightAscension
    dec: Declination
    visit: list[Identity]
    detector: list[Detector]
    band: str
    midpointMjdTai: list[float]
    psfFlux: list[float]
    psfFluxErr: list[float]
    scienceFlux: list[float]
    scienceFluxErr: list[float]


class Wire(TypedDict, total=False):
    """All that the devkit's dict lacks; alerts and matches in the order of the locus.

    ANTARES hands on no forced photometry: that of simulated loci stands here.
    """

    locus: WireLocus
    alerts: list[WireAlert]
    catalog_matches: list[WireMatch]
    forced_photometry: list[ForcedPhotometry]


class LocusFile(TypedDict):
    """The content of one locus file."""

    header: Header
    locus: Locus
    wire: NotRequired[Wire]


class _Fluxes(TypedDict, total=False):
    lsst_diaSource_scienceFlux: FiniteFloat | None
    lsst_diaSource_scienceFluxErr: FiniteFloat | None


class _AlertOutline(TypedDict):
    id: str
    mjd: Annotated[float, Field(gt=_FIRST_DAY, lt=_LAST_DAY)]
    properties: _Fluxes
    grav_wave_events: list[dict[str, Any]]


class _LocusOutline(Locus):
    alerts: list[_AlertOutline]  # type: ignore[misc]


class _FileOutline(LocusFile):
    locus: _LocusOutline  # type: ignore[misc]


_ADAPTER: TypeAdapter[LocusFile] = TypeAdapter(LocusFile)
_OUTLINE = TypeAdapter[Any](_FileOutline)
_NOT_JSON = (b"NaN", b"Infinity")


def read_checked_locus_file(path: Path) -> LocusFile:
    """Read a locus file and check every field that the sandbox serves.

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
    BadDataError
        If it can't be read, is not a locus file or contradicts itself; names the first fault.
    """
    return checked_locus_file(path, read_bytes(path))


def read_bytes(path: Path) -> bytes:
    """Return the content of a regular file.

    Raises
    ------
    BadDataError
        If it can't be read.
    """
    try:
        return read_encoded(path)
    except OSError as error:
        raise BadDataError(f"{path} can't be read: {error.strerror}.") from error
    except InvalidInputError as error:
        raise BadDataError(error.reason) from error


def checked_locus_file(path: Path, encoded: bytes) -> LocusFile:
    """Return the content of a locus file from its bytes; see `read_checked_locus_file`."""
    content = _parsed(path, encoded)
    try:
        checked = _ADAPTER.validate_python(content, strict=True)
    except ValidationError as error:
        raise BadDataError(f"{path} is damaged: {_first_fault(error)}.") from None
    _check_wire(path, checked["locus"], checked.get("wire", {}))
    return checked


def read_outline(path: Path, encoded: bytes) -> LocusFile | None:
    """Return a file without most properties of its alerts, in a third of the time.

    Returns
    -------
    LocusFile or None
        The content, if the whole file can be served for certain; otherwise None.
    """
    if any(constant in encoded for constant in _NOT_JSON):
        return None
    try:
        outline: LocusFile = _OUTLINE.validate_json(encoded, strict=True)
        checked_content(path, outline)
        _check_wire(path, outline["locus"], outline.get("wire", {}))
    except (ValidationError, BadDataError):
        return None
    return outline


def _parsed(path: Path, encoded: bytes) -> dict[str, Any]:
    try:
        parsed = from_json(encoded, allow_inf_nan=False)
    except ValueError:  # Python's own parser is slower, accepts more, and names the place
        content = parse_content(path, encoded, allow_nan=False)
        try:
            encode(content)
        except ValueError as error:
            raise BadDataError(f"{path} can't be served: {error!r}.") from error
        return content
    return checked_content(path, parsed)


def _first_fault(error: ValidationError) -> str:
    fault = error.errors(include_url=False, include_context=False, include_input=False)[0]
    return f"{'.'.join(str(step) for step in fault['loc'])}: {fault['msg']}"


def _check_wire(path: Path, locus: Locus, wire: Wire) -> None:
    given, expected = len(wire.get("alerts", locus["alerts"])), len(locus["alerts"])
    if given != expected:
        raise BadDataError(f"{path}: wire.alerts has {given} entries for {expected} alerts.")
    for forced in wire.get("forced_photometry", []):
        lengths = {len(column) for column in forced.values() if isinstance(column, list | str)}
        if len(lengths) > 1:
            raise BadDataError(f"{path}: the columns of wire.forced_photometry differ in length.")
    if "catalog_matches" not in wire:
        return
    listed = Counter(match["catalog_name"] for match in wire["catalog_matches"])
    present = Counter({name: len(rows) for name, rows in locus["catalog_objects"].items()})
    if listed != present:
        raise BadDataError(
            f"{path}: wire.catalog_matches lists {dict(listed)}, "
            f"locus.catalog_objects holds {dict(present)}."
        )
