"""Add to a light curve what Rubin's own packets hold beyond its alerts: forced photometry."""

import os
import warnings
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from astropy.io import fits
from astropy.utils.exceptions import AstropyUserWarning
from numpy.typing import NDArray

from antares_helpers.atomic import as_path, existing_file
from antares_helpers.coerce import MISSING, as_ids, as_integers, as_strings
from antares_helpers.errors import InvalidInputError, SignConventionWarning
from antares_helpers.fetching.http import one_line
from antares_helpers.lightcurves import summary
from antares_helpers.lightcurves.alerts import (
    DETECTOR,
    AlertList,
    Columns,
    Properties,
    numbers,
    split_by_survey,
)
from antares_helpers.lightcurves.lsst import (
    FLAGS,
    LSST_BEGAN,
    LSST_PROPERTIES,
    SCIENCE_FLUX,
    SCIENCE_FLUX_ERR,
    SCIENCE_FLUX_FLAG,
    VISIT,
    read_lsst,
)
from antares_helpers.lightcurves.summary import RowMask, Selection
from antares_helpers.validation import short_repr

__all__ = ["ForcedLike", "Packet", "joined", "packet_points", "read_packets", "sign_check",
           "take_signs"]  # fmt: skip

ForcedLike: TypeAlias = fits.HDUList | str | os.PathLike[str] | Iterable[Any]
"""A packet, the path of its file, or several of them."""

_PREFIX = "lsst_diaSource_"
_OBJECT, _PSF_FLUX = LSST_PROPERTIES["dia_object_id"], LSST_PROPERTIES["psf_flux"]
_MIDPOINT = f"{_PREFIX}midpointMjdTai"
_PROPERTIES = (
    *(*LSST_PROPERTIES.values(), *FLAGS, VISIT, DETECTOR, _MIDPOINT),
    *(SCIENCE_FLUX, SCIENCE_FLUX_ERR, SCIENCE_FLUX_FLAG),
)
_SOURCE_COLUMNS = {"diaSourceId": "iu", "visit": "iu", "detector": "iu", "psfFlux": "f"}
_FORCED_COLUMNS = {
    "diaObjectId": "iu",
    "visit": "iu",
    "detector": "iu",
    "band": "US",
    "midpointMjdTai": "f",
    "psfFlux": "f",
    "psfFluxErr": "f",
}
_OPTIONAL = ("scienceFlux", "scienceFluxErr", "timeProcessedMjdTai")
_FLUXES = {"difference": "psfFlux", "total": "scienceFlux"}
_MAX_NAMED = 20
_TRUNCATED = "File may have been truncated|Error validating header"

_Exposure: TypeAlias = tuple[str, int, int]
"""A diaObject, a visit and a detector; empty or `MISSING` if unknown."""


class Packet(NamedTuple):
    """The content of one packet, or of several."""

    sources: dict[int, Properties]
    """The detections by diaSourceId, with the properties that ANTARES would give them."""
    forced: Columns
    """The forced photometry: the columns of Rubin's diaForcedSource."""

    def empty(self) -> "Packet":
        """Return a packet without content."""
        return Packet({}, {name: values[:0] for name, values in self.forced.items()})


def read_packets(given: ForcedLike) -> list[Packet]:
    """Read packets as Rubin's Alerts API sends them.

    Parameters
    ----------
    given : HDUList, path or iterable of them
        Packets, or their files.

    Returns
    -------
    list of Packet
        One per packet.

    Raises
    ------
    InvalidInputError
        If something is not such a packet.
    """
    if isinstance(given, fits.HDUList | str | os.PathLike):
        return [_read(given)]
    is_several = isinstance(given, Iterable) and not isinstance(given, Mapping)
    packets = list(given) if is_several else [given]
    if not packets:
        raise InvalidInputError("forced=[] holds no packet. Omit forced, or pass some.")
    return [_read(each) for each in packets]


def _read(given: Any) -> Packet:
    if isinstance(given, fits.HDUList):
        return _packet(given)
    if not isinstance(given, str | os.PathLike):
        raise InvalidInputError(
            f"forced={short_repr(given)} ({type(given).__name__}) must be a packet as "
            "fetch_alert_packet returns it (an HDUList), the path of one, or a list of them."
        )
    path = as_path(given)
    try:
        # Damaged tiles of a compressed image can crash the process.
        hdus = fits.open(existing_file(path), memmap=False, disable_image_compression=True)
        with hdus, warnings.catch_warnings():
            warnings.filterwarnings("error", _TRUNCATED, AstropyUserWarning)
            len(hdus)  # which reads all headers
            return _packet(hdus)
    except InvalidInputError:
        raise
    except Exception as error:  # with bytes from anywhere, astropy raises errors of any kind
        raise InvalidInputError(f"{path} can't be read as FITS: {one_line(error)}.") from error


def _packet(hdus: fits.HDUList) -> Packet:
    sources = _table(hdus, "DIASOURCE", _SOURCE_COLUMNS)
    if not sources:
        raise InvalidInputError(
            "This is not an alert packet of Rubin: its table DIASOURCE is missing or empty."
        )
    forced = _table(hdus, "FORCEDPHOT", _FORCED_COLUMNS)
    size = len(forced.get("visit", ()))
    empty = {name: np.zeros(0) for name in _FORCED_COLUMNS}
    unknown = {name: np.full(size, np.nan) for name in _OPTIONAL}
    columns = {**empty, **unknown, **forced}
    return Packet(
        _sources(sources), {name: columns[name] for name in (*_FORCED_COLUMNS, *_OPTIONAL)}
    )


def _table(hdus: fits.HDUList, name: str, required: Mapping[str, str]) -> Columns:
    """Return the columns of a table of a packet; none if it is absent or empty."""
    try:
        data = hdus[name].data if name in hdus else None
        if data is None or not len(data):
            return {}
        columns = {each: np.asarray(data[each]) for each in data.columns.names}
    except Exception as error:  # astropy reads on demand, and fails in its own ways
        reason = one_line(error) or type(error).__name__
        raise InvalidInputError(f"{name} of this packet can't be read: {reason}") from error
    for each, kinds in required.items():
        if each not in columns or columns[each].ndim != 1 or columns[each].dtype.kind not in kinds:
            kind = {"iu": "whole numbers", "f": "floats", "US": "text"}[kinds]
            raise InvalidInputError(f"{name} of this packet lacks the column {each} ({kind}).")
    return columns


def _sources(columns: Columns) -> dict[int, Properties]:
    given = {name.removeprefix(_PREFIX): name for name in _PROPERTIES}
    values = {given[name]: columns[name].tolist() for name in given if name in columns}
    rows = [dict(zip(values, row, strict=True)) for row in zip(*values.values(), strict=True)]
    return dict(zip(columns["diaSourceId"].tolist(), rows, strict=True))


def joined(packets: Sequence[Packet], locus: Mapping[str, Any], survey: str) -> Packet:
    """Join the packets of a locus; if Rubin is not among the surveys wanted, nothing is left.

    Raises
    ------
    InvalidInputError
        If one of them has no diaSource and no diaObject in common with the locus.
    """
    sources, objects = _rubin_ids(locus)
    for packet in packets:
        found = _objects(packet)
        if not (objects & found or sources & packet.sources.keys()):
            theirs = f"diaObject {', '.join(sorted(found))}" if found else "a solar-system object"
            ours = f"diaObject {', '.join(sorted(objects))}" if objects else "no diaObject"
            raise InvalidInputError(
                f"This packet is of {theirs}, but locus {one_line(locus.get('id', ''))} is of "
                f"{ours}. Pass the packet of one of its alerts: fetch_alert_packet(locus)."
            )
    given = [packets[0].empty()] if survey == "ztf" else packets
    return Packet(
        {id_: row for each in given for id_, row in each.sources.items()},
        {name: np.concatenate([each.forced[name] for each in given]) for name in given[0].forced},
    )


def _rubin_ids(locus: Mapping[str, Any]) -> tuple[set[int], set[str]]:
    """Return the diaSourceIds and the diaObjectIds of a locus."""
    alerts = split_by_survey(locus["alerts"])[0]["lsst"]
    objects = as_ids([each.get(_OBJECT) for each in alerts.properties]).tolist()
    return set(_source_ids(alerts.ids)) - {MISSING}, set(objects) - {""}


def _objects(packet: Packet) -> set[str]:
    ids = [each.get(_OBJECT) for each in packet.sources.values()]
    return set(as_ids(ids + packet.forced["diaObjectId"].tolist()).tolist()) - {""}


def _source_ids(alert_ids: Iterable[str]) -> list[int]:
    """Return the diaSourceId in the ID of each alert."""
    ids: list[int] = as_integers([each.rpartition(":")[2] for each in alert_ids]).tolist()
    return ids


def take_signs(
    columns: Columns, properties: Sequence[Properties], packet: Packet, flux: str
) -> None:
    """Compare the signs of difference fluxes with those in the packet, and use these."""
    packet = packet if flux == "difference" else packet.empty()
    given = [packet.sources.get(each, {}) for each in _sources_of(columns, packet)]
    expected = numbers(given, _PSF_FLUX)
    signed, lacks_sign = columns["flux"], columns["lacks_sign"]
    has_sign = np.isfinite(expected) & (expected != 0)
    compared = has_sign & np.isfinite(signed) & (signed != 0)
    differs = compared & (np.sign(signed) != np.sign(expected))
    settled = has_sign & lacks_sign
    size = np.abs(np.where(settled, numbers(properties, _PSF_FLUX), signed))
    columns["flux"] = np.where(differs | settled, np.copysign(size, expected), signed)
    columns["lacks_sign"] = lacks_sign & ~settled
    for name in ("sign_from_range", "sign_against_range"):
        columns[name] = columns[name] & ~differs
    columns |= {"sign_compared": compared, "sign_differs": differs, "sign_settled": settled}


def sign_check(columns: Columns, included: NDArray[np.bool_], locus_id: str) -> dict[str, int]:
    """Return how many signs agree with the packet; warn of the others."""
    differing = columns["alert_id"][columns["sign_differs"] & included].tolist()
    compared = int((columns["sign_compared"] & included).sum())
    if differing:
        named = ", ".join(differing[:_MAX_NAMED])
        rest = f" and {len(differing) - _MAX_NAMED} more" if len(differing) > _MAX_NAMED else ""
        warnings.warn(
            f"Locus {locus_id}: in Rubin's packet, the psfFlux of {len(differing)} of {compared} "
            f"alerts has the opposite sign, which is used: {named}{rest}.",
            SignConventionWarning,
            stacklevel=3,
        )
    return {"compared": compared, "agree": compared - len(differing)}


def packet_points(
    packet: Packet,
    columns: Columns,
    properties: Sequence[Properties],
    included: NDArray[np.bool_],
    selection: Selection,
    flux: str,
) -> tuple[list[Columns], dict[str, Any]]:
    """Return the points of a packet beside those of the alerts, and their counts.

    Parameters
    ----------
    packet : Packet
        What the packets of the locus contain.
    columns, properties, included
        The alerts, their properties, and which of them the light curve includes.
    selection : Selection
        The points that are wanted.
    flux : {"difference", "total"}
        Which flux to return.

    Returns
    -------
    points : list of dict of str to ndarray
        Detections that are not among the alerts, and forced photometry of visits without any
        detection.
    counts : dict
        For the report of the light curve.
    """
    visits = _Visits(set(), set())
    of_each = _exposures(columns, properties, packet)
    visits.add(of_each, included)
    without_visit = included & (columns["survey"] == "lsst") & ~np.array(of_each, dtype=np.bool_)
    detections, rows, mask = _other_detections(packet, columns, flux)
    exposures = _exposures(detections, rows, packet)
    of_alerts = visits.included | visits.excluded
    repeated = [any(_is_among(each, of_alerts) for each in some) for some in exposures]
    mask.reject(np.array(repeated, dtype=np.bool_), summary.REPEATED_DETECTION)
    summary.select(mask, detections, rows, selection)
    visits.add(exposures, mask.included)
    forced, counts = _forced_points(packet, visits, selection, flux)
    signs = (columns["sign_differs"] | columns["sign_settled"]) & included
    return [_selected(detections, mask.included), forced], counts | {
        "packet_detections_added": int(mask.included.sum()),
        "packet_detections_excluded": dict(sorted(mask.excluded.items())),
        "detections_without_visit": int(without_visit.sum()),
        "signs_from_packet": int(signs.sum()),
    }


class _Visits(NamedTuple):
    """The exposures in which there are detections: those included, and all others."""

    included: set[_Exposure]
    excluded: set[_Exposure]

    def add(self, exposures: list[set[_Exposure]], included: NDArray[np.bool_]) -> None:
        for each, is_included in zip(exposures, included.tolist(), strict=True):
            (self.included if is_included else self.excluded).update(each)


def _is_among(exposure: _Exposure, exposures: set[_Exposure]) -> bool:
    """Return whether an exposure is one of these, of which parts may be unknown."""
    object_id, visit, detector = exposure
    return any(
        (each, visit, number) in exposures
        for each in (object_id, "")
        for number in (detector, MISSING)
    )


def _exposures(
    columns: Columns, properties: Sequence[Properties], packet: Packet
) -> list[set[_Exposure]]:
    """Return the exposures of detections; in each is one, with several IDs of diaObjects."""
    in_packet = dict(zip(packet.sources, _given(list(packet.sources.values())), strict=True))
    exposures: list[set[_Exposure]] = []
    sources = _sources_of(columns, packet)
    for source, own, survey in zip(sources, _given(properties), columns["survey"], strict=True):
        object_id, visit, detector = in_packet.get(source, own)
        objects = {own[0], object_id} - {""} or {""}
        is_known = survey == "lsst" and visit > 0
        exposures.append({(each, visit, detector) for each in objects} if is_known else set())
    return exposures


def _given(properties: Sequence[Properties]) -> list[_Exposure]:
    """Return the exposures that detections give themselves."""
    objects = as_ids([each.get(_OBJECT) for each in properties]).tolist()
    visits = as_integers([each.get(VISIT) for each in properties]).tolist()
    detectors = as_integers([each.get(DETECTOR) for each in properties]).tolist()
    return list(zip(objects, visits, detectors, strict=True))


def _sources_of(columns: Columns, packet: Packet) -> list[int]:
    """Return the diaSourceId of each row, from its properties or else from the ID of the alert."""
    by_id = _source_ids(columns["alert_id"].tolist())
    given = zip(columns["source"].tolist(), by_id, columns["survey"].tolist(), strict=True)
    return [
        MISSING if survey != "lsst" else source if source in packet.sources else other
        for source, other, survey in given
    ]


def _other_detections(
    packet: Packet, columns: Columns, flux: str
) -> tuple[Columns, list[Properties], RowMask]:
    """Return the detections of a packet that are not among the alerts."""
    alerts = set(_sources_of(columns, packet))
    others = {id_: row for id_, row in packet.sources.items() if id_ not in alerts}
    rows = list(others.values())
    listed = AlertList(
        [f"lsst:{id_}" for id_ in others], [row.get(_MIDPOINT) for row in rows], rows
    )
    found, _ = read_lsst(listed, flux)
    if flux == "difference":  # which is signed in a packet
        found["flux"] = numbers(rows, _PSF_FLUX)
        found["lacks_sign"] = np.zeros(len(rows), dtype=np.bool_)
    return found, rows, RowMask(len(rows))


def _forced_points(
    packet: Packet, visits: _Visits, selection: Selection, flux: str
) -> tuple[Columns, dict[str, int]]:
    columns = _forced_columns(packet.forced, flux)
    usable = RowMask(len(columns["mjd"]))
    summary.reject_unusable(usable, columns)
    once = _each_exposure_once(packet.forced, usable.included)
    columns = _selected(columns, once)
    visit, detector = (packet.forced[name][once].tolist() for name in ("visit", "detector"))
    exposures = list(zip(columns["dia_object_id"].tolist(), visit, detector, strict=True))
    mask = RowMask(len(once))
    summary.reject_other(mask, columns, selection)
    counts = {"forced_not_requested": len(once) - int(mask.included.sum())}
    for name, rejected in {
        "forced_of_detections": [_is_among(each, visits.included) for each in exposures],
        "forced_of_excluded": [_is_among(each, visits.excluded) for each in exposures],
        "forced_unusable": ~usable.included[once],
    }.items():
        mask.reject(np.array(rejected, dtype=np.bool_), name)
        counts[name] = mask.excluded.get(name, 0)
    added = _selected(columns, mask.included)
    return added, {"forced_added": len(added["mjd"]), **counts}


def _forced_columns(forced: Columns, flux: str) -> Columns:
    size = len(forced["visit"])
    no, unknown = np.zeros(size, dtype=np.bool_), np.full(size, np.nan)
    name = _FLUXES[flux]
    numeric = {"mjd": "midpointMjdTai", "flux": name, "flux_err": f"{name}Err"}
    return {
        **{key: forced[column].astype(np.float64) for key, column in numeric.items()},
        **dict.fromkeys(("snr", "reliability"), unknown),
        **dict.fromkeys(("is_negative", "is_dipole", "flagged", "is_limit"), no),
        **dict.fromkeys(("no_magnitude", "lacks_sign"), no),
        "is_forced": ~no,
        "began": np.full(size, LSST_BEGAN),
        "band": as_strings(forced["band"].astype(np.str_).tolist()),
        "survey": np.full(size, "lsst"),
        "dia_object_id": as_ids(forced["diaObjectId"].tolist()),
        "alert_id": np.full(size, "", dtype=object),
    }


def _each_exposure_once(forced: Columns, usable: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Return one row of each exposure: one that is usable, and of those the one processed last."""
    names = ("diaObjectId", "visit", "detector")
    order = np.lexsort((np.nan_to_num(forced["timeProcessedMjdTai"]), usable))
    keys = zip(*(forced[name][order].tolist() for name in names), strict=True)
    last = dict(zip(keys, order.tolist(), strict=True))
    return np.array(sorted(last.values()), dtype=np.intp)


def _selected(columns: Columns, rows: NDArray[Any]) -> Columns:
    return {name: values[rows] for name, values in columns.items()}
