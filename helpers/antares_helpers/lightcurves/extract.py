"""Extract a light curve from a locus, with every alert accounted for."""

from collections.abc import Iterable, Mapping
from typing import Any

import astropy.units as u
import numpy as np
from astropy.time import Time
from astropy.timeseries import TimeSeries
from numpy.typing import NDArray

from antares_helpers.coerce import is_true
from antares_helpers.errors import InvalidInputError
from antares_helpers.fetching.http import one_line
from antares_helpers.fetching.locus import LocusLike, as_locus_dict
from antares_helpers.fetching.request import DEFAULT_RETRIES, DEFAULT_TIMEOUT
from antares_helpers.lightcurves import summary
from antares_helpers.lightcurves.alerts import Columns, Properties, split_by_survey
from antares_helpers.lightcurves.forced import (
    ForcedLike,
    joined,
    packet_points,
    read_packets,
    sign_check,
    take_signs,
)
from antares_helpers.lightcurves.lsst import read_lsst
from antares_helpers.lightcurves.summary import RowMask, Selection
from antares_helpers.lightcurves.ztf import read_ztf
from antares_helpers.validation import (
    check_bands,
    check_bool,
    check_choice,
    check_objects,
    check_reliability,
    short_repr,
)

__all__ = ["COLUMNS", "FLUXES", "SURVEYS", "extract_lightcurve"]

SURVEYS = ("lsst", "ztf", "all")
"""The choices of `survey` for `extract_lightcurve`."""

FLUXES = ("difference", "total")
"""The choices of `flux` for `extract_lightcurve`."""

_RUBIN_FLUXES = {
    **dict.fromkeys(("psf", "psfFlux"), ("difference", "psfFlux")),
    **dict.fromkeys(("science", "scienceFlux"), ("total", "scienceFlux")),
}

COLUMNS = {
    "band": "band of the survey",
    "flux": "signed flux",
    "flux_err": "1-sigma error of flux",
    "snr": "signal-to-noise ratio of the detection, never negative",
    "reliability": "probability (0 to 1) that the detection is astrophysical",
    "is_negative": "the alert is flagged as a negative detection",
    "is_dipole": "the detection is well fitted by a dipole",
    "flagged": "a flag of the photometry or of its pixels is set",
    "is_limit": "flux is a 5-sigma upper limit",
    "is_forced": "forced photometry, of a visit without a detection",
    "survey": "survey that sent the alert",
    "dia_object_id": "ID of the diaObject, empty if there is none",
    "alert_id": "ID of the alert in ANTARES",
}
"""The columns of a light curve after ``time``, with their descriptions."""


def extract_lightcurve(
    locus: LocusLike,
    *,
    survey: str = "lsst",
    flux: str = "difference",
    keep_dipoles: bool = True,
    keep_flagged: bool = True,
    min_reliability: float | None = None,
    bands: str | Iterable[str] | None = None,
    dia_object_id: int | str | Iterable[int | str] | None = None,
    forced: ForcedLike | None = None,
    timeout: float = DEFAULT_TIMEOUT,
    retries: int = DEFAULT_RETRIES,
) -> TimeSeries:
    """Extract the light curve of a locus.

    A ``Locus`` of antares_client loads its alerts lazily: if they are not loaded yet, this function
    fetches them. It sends no request for any other form of a locus.

    Parameters
    ----------
    locus : dict, DevKitLocus or Locus
        What `fetch_locus` returns, or the devkit's or the client's own form of it.
    survey : {"lsst", "ztf", "all"}, optional
        The survey whose alerts to include.
    flux : {"difference", "total"}, optional
        ``"difference"``: Rubin's ``psfFlux``, the flux on the difference image, signed as
        `signed_flux` does. ``"total"``: Rubin's ``scienceFlux``, the flux on the visit image, for
        variable stars; LSST only.
    keep_dipoles, keep_flagged : bool, optional
        Whether to include dipoles, and points with a photometry or pixel flag set.
    min_reliability : float, optional
        Exclude alerts of a reliability below this (0 to 1), or of unknown reliability.
    bands : str or iterable of str, optional
        Bands to include, for example ``"gri"``.
    dia_object_id : int, str or iterable of them, optional
        Include only these diaObjects: a locus can contain several.
    forced : HDUList, path or iterable of them, optional
        Alert packets of the object, as Rubin's Alerts API sends them in FITS and
        `fetch_alert_packet` returns them, or their files: they add forced photometry (see Notes).
        A packet holds that of the 12 months before its alert, and nothing later: pass the newest
        one of each diaObject, and older ones for a longer history.
    timeout, retries : optional
        As for `fetch_locus`; used only if the alerts of a ``Locus`` have to be fetched.

    Returns
    -------
    `~astropy.timeseries.TimeSeries`
        One row per measurement, sorted by time. ``time``: middle of the exposure (TAI). ``flux``
        and ``flux_err``: `~astropy.units.Quantity` [nJy]. ``snr`` and ``reliability``: float64,
        NaN if unknown. ``is_negative``, ``is_dipole``, ``flagged``, ``is_limit`` and
        ``is_forced``: bool.
        ``band``, ``survey``, ``dia_object_id`` and ``alert_id``: str. ``meta`` gives the locus,
        whether it is simulated, the sign convention, and under ``report`` how many alerts there
        are, how many are included, why the others are excluded, to which diaObjects the included
        ones belong, how many visits measured several of these (``shared_exposures``), and what
        the range of the object's fluxes says about the signs (see Notes).

    Raises
    ------
    InvalidInputError
        If an option is not valid, `locus` is not a locus, or `forced` is not a packet or of another
        object.
    BadDataError
        If the locus has no list of alerts.
    ServiceError
        If the alerts of a ``Locus`` have to be fetched, and could not be.

    Warns
    -----
    IncompleteLocusWarning
        If the locus has fewer alerts than its ``num_alerts`` says, or has been replaced by another.
    SignConventionWarning
        If some alerts flagged negative have positive fluxes and others negative ones, or if a
        packet gives the opposite sign.

    Notes
    -----
    One exposure is one measurement. Of the alerts that measure the same source in one exposure and
    band (ZTF: ``ztf_pid``; LSST: visit, detector and diaObject), one is included: a detection
    rather than an upper limit; of detections by ZTF, the one of the highest S/N; else the one that
    ANTARES received last. This is decided among the usable alerts, before ``bands``,
    ``keep_dipoles`` and the other options: they do not bring back a detection that was repeated.
    An alert whose exposure is not known never counts as a repeat.

    The sign of a flux follows from ``isNegative``, a minus sign and ``scienceFlux -
    templateFlux``, as in `signed_flux`. If these leave it open, the range
    ``lsst_diaObject_<band>_psfFluxMin`` to ``..._psfFluxMax`` of the same alert, which includes
    its signed flux, gives it, provided that only one sign lies within. The report counts these
    alerts (``signs_from_range``); those whose sign the range contradicts
    (``signs_against_range``), which it does not change; and those flagged negative that
    according to the range are (``negatives_confirmed``). The last, with
    ``meta["sign_convention"]``, shows which convention the locus follows.

    ZTF's magnitudes become signed fluxes, its times (UTC, start of exposure) TAI at the middle of
    the exposure, and its upper limits rows with ``is_limit`` set, the 5-sigma limiting flux and a
    fifth of it as ``flux_err``. Its ``reliability`` is ``ztf_drb``, or else ``ztf_rb``.

    With ``forced=``, each visit of a diaObject is one row. A detection by ANTARES stands; it is
    found in the packets by its diaSourceId, and forced photometry by diaObject, visit and
    detector. The flux of every other visit is added with ``is_forced`` set; its ``snr`` and
    ``reliability`` are NaN and its ``alert_id`` is empty. A visit whose detection is excluded gets
    no forced row. Detections of the packets that no alert reports are added, too, unless an option
    excludes them. Signs are those of the packets, in which ``psfFlux`` is signed:
    ``meta["sign_check"]`` says how many of the included alerts were ``compared`` and how many
    ``agree``. The report counts the forced rows added (``forced_added``), and those that are not
    because of a detection (``forced_of_detections``), an excluded one (``forced_of_excluded``), a
    missing flux or error (``forced_unusable``), or another band or object than requested
    (``forced_not_requested``); the detections added (``packet_detections_added``) and not
    (``packet_detections_excluded``); the alerts whose sign changed or was unknown before
    (``signs_from_packet``); and those whose visit is unknown, so that a forced row may repeat them
    (``detections_without_visit``). ``alerts``, ``included`` and ``excluded`` count alerts only.

    A light curve written as ECSV and read back is the same, except that empty strings are masked.

    Examples
    --------
    >>> from antares_helpers import extract_lightcurve, fetch_locus
    >>> lc = extract_lightcurve(fetch_locus("ANT2026z3bqyjga24oc"))
    >>> lc["flux"].unit, lc.time.scale
    (Unit("nJy"), 'tai')
    """
    _check_flux(flux, survey)
    check_bool("keep_dipoles", keep_dipoles)
    check_bool("keep_flagged", keep_flagged)
    check_reliability(min_reliability)
    wanted = Selection(
        check_bands(bands),
        check_objects(dia_object_id),
        bool(keep_dipoles),
        bool(keep_flagged),
        min_reliability,
    )
    _check_locus(locus)
    packets = None if forced is None else read_packets(forced)
    locus = as_locus_dict(locus, timeout=timeout, retries=retries)

    columns, properties, mask, convention = _read(locus, survey, flux)
    packet = None if packets is None else joined(packets, locus, survey)
    if packet is not None:
        take_signs(columns, properties, packet, flux)
    summary.select(mask, columns, properties, wanted)
    meta = _meta(locus, survey, flux, convention) | {
        "report": summary.report(len(locus["alerts"]), columns, mask)
    }
    summary.warn(meta, _property(locus, "num_alerts"), _property(locus, "replaced_by"))
    if packet is None:
        return _timeseries(columns, mask.included, meta)
    meta["sign_check"] = sign_check(columns, mask.included, meta["locus_id"])
    points, counts = packet_points(packet, columns, properties, mask.included, wanted, flux)
    meta["report"] |= counts
    parts = [{name: values[mask.included] for name, values in columns.items()}, *points]
    columns = {name: np.concatenate([part[name] for part in parts]) for name in ("mjd", *COLUMNS)}
    return _timeseries(columns, np.ones(len(columns["mjd"]), dtype=np.bool_), meta)


def _check_flux(flux: object, survey: object) -> None:
    check_choice("survey", survey, SURVEYS)
    if isinstance(flux, str) and flux in _RUBIN_FLUXES:
        name, rubins = _RUBIN_FLUXES[flux]
        raise InvalidInputError(
            f"flux={flux!r} is not a choice; for Rubin's {rubins} pass flux={name!r}."
        )
    check_choice("flux", flux, FLUXES)
    if flux == "total" and survey != "lsst":
        raise InvalidInputError(
            f"flux='total' needs survey='lsst', not {survey!r}: ZTF alerts have no total flux."
        )


def _check_locus(locus: object) -> None:
    if isinstance(locus, list | tuple):
        raise InvalidInputError(
            "extract_lightcurve takes one locus, not a list. Write "
            "[extract_lightcurve(locus) for locus in loci], or lightcurve_table(loci) for a table."
        )


def _read(
    locus: Mapping[str, Any], survey: str, flux: str
) -> tuple[Columns, list[Properties], RowMask, str]:
    """Read the alerts of these surveys; count all others."""
    surveys, malformed = split_by_survey(locus["alerts"])
    parts, properties, convention = [], [], "none"
    if survey in ("lsst", "all"):
        columns, convention = read_lsst(surveys["lsst"], flux)
        parts.append(columns)
        properties += surveys["lsst"].properties
    if survey in ("ztf", "all"):
        parts.append(read_ztf(surveys["ztf"], surveys["ztf limit"]))
        properties += surveys["ztf"].properties + surveys["ztf limit"].properties
    unwanted = sum(len(each.ids) for each in surveys.values()) - len(properties)
    joined = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    mask = RowMask(len(joined["mjd"]))
    mask.count(summary.MALFORMED, malformed)
    mask.count(summary.OTHER_SURVEY, unwanted)
    return joined, properties, mask, convention


def _meta(locus: Mapping[str, Any], survey: str, flux: str, convention: str) -> dict[str, Any]:
    return identity_of(locus) | {"sign_convention": convention, "survey": survey, "flux": flux}


def identity_of(locus: Mapping[str, Any]) -> dict[str, Any]:
    """Return the ID of a locus and whether it is simulated, for the meta of a table."""
    locus_id, tags = locus.get("id", ""), locus.get("user_tags")
    is_tagged = isinstance(tags, list | tuple | set | frozenset) and "simulated" in tags
    return {
        "locus_id": one_line(locus_id if isinstance(locus_id, str) else short_repr(locus_id)),
        "simulated": is_tagged or is_true(_property(locus, "simulated")),
    }


def _property(locus: Mapping[str, Any], name: str) -> Any:
    properties = locus.get("old_properties")
    return properties.get(name) if isinstance(properties, Mapping) else None


def _timeseries(
    columns: Columns, included: NDArray[np.bool_], meta: Mapping[str, Any]
) -> TimeSeries:
    rows = np.flatnonzero(included)
    rows = rows[np.argsort(columns["mjd"][rows], kind="stable")]
    data: dict[str, Any] = {name: columns[name][rows] for name in COLUMNS}
    data["alert_id"] = data["alert_id"].astype(np.str_)
    for name in ("flux", "flux_err"):
        data[name] = data[name] * u.nJy
    times = Time(columns["mjd"][rows], format="mjd", scale="tai")
    lightcurve = TimeSeries(time=times, data=data, meta=dict(meta))
    named = lightcurve.columns  # by which a column is found faster
    for name, description in COLUMNS.items():
        named[name].info.description = description
    return lightcurve
