"""Extract a light curve from a locus, with every alert accounted for."""

import time
import warnings
from collections.abc import Iterable, Mapping
from numbers import Real
from typing import Any, cast

import astropy.units as u
import numpy as np
from astropy.time import Time
from astropy.timeseries import TimeSeries
from numpy.typing import NDArray

from antares_helpers.bands import BANDS
from antares_helpers.coerce import is_true
from antares_helpers.errors import (
    IncompleteLocusWarning,
    InvalidInputError,
    SignConventionWarning,
)
from antares_helpers.fetching.locus import LocusLike, as_locus_dict
from antares_helpers.fetching.request import DEFAULT_RETRIES, DEFAULT_TIMEOUT
from antares_helpers.lightcurves import summary
from antares_helpers.lightcurves.alerts import Columns, split_by_survey
from antares_helpers.lightcurves.lsst import read_lsst
from antares_helpers.lightcurves.summary import RowMask
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
"""What `extract_lightcurve` takes as `survey`."""

FLUXES = ("difference", "total")
"""What `extract_lightcurve` takes as `flux`."""

MJD_OF_UNIX_EPOCH = 40587.0

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
    "survey": "survey that sent the alert",
    "dia_object_id": "ID of the diaObject, empty where there is none",
    "alert_id": "ID of the alert in ANTARES",
}
"""The columns of a light curve, after ``time``, and what they hold."""


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
    timeout: float = DEFAULT_TIMEOUT,
    retries: int = DEFAULT_RETRIES,
) -> TimeSeries:
    """Extract the light curve of a locus.

    Parameters
    ----------
    locus : dict, DevKitLocus or Locus
        What `fetch_locus` returns, or the devkit's or the client's own form of it.
    survey : {"lsst", "ztf", "all"}, optional
        Whose alerts to take.
    flux : {"difference", "total"}, optional
        ``"difference"``: the difference against the template, signed as `signed_flux` does.
        ``"total"``: the total flux on the visit image, for variable stars; LSST only.
    keep_dipoles, keep_flagged : bool, optional
        Whether to include dipoles, and points with a photometry or pixel flag set.
    min_reliability : float, optional
        Leave out what is less reliable than this (0 to 1), or of unknown reliability.
    bands : str or iterable of str, optional
        Bands to keep, for example ``"gri"``.
    dia_object_id : int, str or iterable of them, optional
        Keep only these diaObjects: a locus can hold several.
    timeout, retries : optional
        As for `fetch_locus`; used only to complete a ``Locus`` whose alerts
        are not loaded yet.

    Returns
    -------
    `~astropy.timeseries.TimeSeries`
        One row an alert, sorted by time. ``time``: middle of the exposure (TAI). ``flux`` and
        ``flux_err``: `~astropy.units.Quantity` [nJy]. ``snr`` and ``reliability``: float64, NaN
        where unknown. ``is_negative``, ``is_dipole``, ``flagged`` and ``is_limit``: bool.
        ``band``, ``survey``, ``dia_object_id`` and ``alert_id``: str. ``meta`` tells the locus,
        whether it is simulated, the sign convention, and under ``report`` how many alerts there
        were, how many were kept, why each other one was left out, and which diaObjects they
        belong to.

    Raises
    ------
    InvalidInputError
        If an option can't be meant, or `locus` is no locus.
    BadDataError
        If the locus holds no list of alerts.
    ServiceError
        If the alerts of a ``Locus`` have to be fetched and can't be had.

    Warns
    -----
    IncompleteLocusWarning
        If the locus has fewer alerts than its ``num_alerts`` says.
    SignConventionWarning
        If some alerts flagged negative have positive fluxes and others negative ones.

    Notes
    -----
    ZTF's magnitudes become signed fluxes, its times (UTC, start of exposure) TAI at the middle of
    the exposure, and its upper limits rows with ``is_limit`` set, the 5-sigma limiting flux and a
    fifth of it as ``flux_err``. Its ``reliability`` is ``ztf_drb``, or else ``ztf_rb``.

    Written as ECSV and read again, a light curve is the same, but for empty strings, which come
    back masked.

    Examples
    --------
    >>> from antares_helpers import extract_lightcurve, fetch_locus
    >>> lc = extract_lightcurve(fetch_locus("ANT2026z3bqyjga24oc"))
    >>> lc["flux"].unit, lc.time.scale
    (Unit("nJy"), 'tai')
    """
    check_choice("survey", survey, SURVEYS)
    check_choice("flux", flux, FLUXES)
    if flux == "total" and survey != "lsst":
        raise InvalidInputError(
            f"flux='total' needs survey='lsst', not {survey!r}: ZTF alerts carry no total flux."
        )
    check_bool("keep_dipoles", keep_dipoles)
    check_bool("keep_flagged", keep_flagged)
    wanted_bands = check_bands(bands)
    wanted_objects = check_objects(dia_object_id)
    check_reliability(min_reliability)
    locus = as_locus_dict(locus, timeout=timeout, retries=retries)

    columns, mask, convention = _read(locus, survey, flux)
    _reject_unusable(mask, columns)
    _reject_duplicates(mask, columns["alert_id"])
    if wanted_objects is not None:
        other = ~np.isin(columns["dia_object_id"], wanted_objects)
        mask.reject(other, summary.OTHER_OBJECT)
    if wanted_bands is not None:
        mask.reject(~np.isin(columns["band"], wanted_bands), summary.OTHER_BAND)
    if not keep_dipoles:
        mask.reject(columns["is_dipole"], summary.DIPOLE)
    if not keep_flagged:
        mask.reject(columns["flagged"], summary.FLAGGED)
    if min_reliability is not None:
        unreliable = ~(columns["reliability"] >= min_reliability) & ~columns["is_limit"]
        mask.reject(unreliable, summary.BELOW_RELIABILITY)

    meta = _meta(locus, survey, flux, convention) | {"report": _report(locus, columns, mask)}
    _warn(locus, meta)
    return _timeseries(columns, mask.included, meta)


def _read(locus: Mapping[str, Any], survey: str, flux: str) -> tuple[Columns, RowMask, str]:
    """Read the alerts of the surveys wanted; count all others."""
    surveys, malformed = split_by_survey(locus["alerts"])
    unwanted = len(surveys["other"].ids)
    parts, convention = [], "none"
    if survey in ("lsst", "all"):
        columns, convention = read_lsst(surveys["lsst"], flux)
        parts.append(columns)
    else:
        unwanted += len(surveys["lsst"].ids)
    if survey in ("ztf", "all"):
        parts.append(read_ztf(surveys["ztf"], surveys["ztf limit"]))
    else:
        unwanted += len(surveys["ztf"].ids) + len(surveys["ztf limit"].ids)
    joined = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    mask = RowMask(len(joined["mjd"]))
    mask.count(summary.MALFORMED, malformed)
    mask.count(summary.OTHER_SURVEY, unwanted)
    return joined, mask, convention


def _reject_unusable(mask: RowMask, columns: Columns) -> None:
    mjd = columns["mjd"]
    mask.reject(~np.isfinite(mjd), summary.NO_TIME)
    mask.reject(mjd < columns["began"], summary.BEFORE_SURVEY)
    mask.reject(mjd > time.time() / 86400 + MJD_OF_UNIX_EPOCH + 1, summary.IN_FUTURE)
    mask.reject(~np.isin(columns["band"], BANDS), summary.NO_BAND)
    mask.reject(columns["lacks_sign"], summary.NO_SIGN)
    mask.reject(~np.isfinite(columns["flux"]), summary.NO_FLUX)
    usable_error = np.isfinite(columns["flux_err"]) & (columns["flux_err"] > 0)
    mask.reject(~usable_error, summary.NO_FLUX_ERR)


def _reject_duplicates(mask: RowMask, alert_ids: NDArray[Any]) -> None:
    """Keep the first of the usable alerts of one ID."""
    rows = np.flatnonzero(mask.included)
    ids = alert_ids[rows].tolist()
    if len(set(ids)) == len(ids):
        return
    is_repeated = np.zeros(len(alert_ids), dtype=np.bool_)
    seen: set[str] = set()
    for row, alert_id in zip(rows, ids, strict=True):
        is_repeated[row] = alert_id in seen
        seen.add(alert_id)
    mask.reject(is_repeated, summary.DUPLICATE)


def _report(locus: Mapping[str, Any], columns: Columns, mask: RowMask) -> dict[str, Any]:
    return {
        "alerts": len(locus["alerts"]),
        "included": int(mask.included.sum()),
        "excluded": dict(sorted(mask.excluded.items())),
        "without_is_dipole": int((columns["lacks_is_dipole"] & mask.included).sum()),
        "dia_objects": _distinct(columns["dia_object_id"][mask.included]),
    }


def _distinct(ids: NDArray[np.str_]) -> list[str]:
    if len(ids) and (ids == ids[0]).all():  # nearly always, and faster than a set
        ids = ids[:1]
    return sorted(set(ids.tolist()) - {""})


def _meta(locus: Mapping[str, Any], survey: str, flux: str, convention: str) -> dict[str, Any]:
    tags = locus.get("user_tags")
    is_tagged = isinstance(tags, list | tuple | set | frozenset) and "simulated" in tags
    return {
        "locus_id": str(locus.get("id", "")),
        "simulated": is_tagged or is_true(_property(locus, "simulated")),
        "sign_convention": convention,
        "survey": survey,
        "flux": flux,
    }


def _property(locus: Mapping[str, Any], name: str) -> Any:
    properties = locus.get("old_properties")
    return properties.get(name) if isinstance(properties, Mapping) else None


def _warn(locus: Mapping[str, Any], meta: Mapping[str, Any]) -> None:
    expected, found = _property(locus, "num_alerts"), len(locus["alerts"])
    if isinstance(expected, Real) and found < cast(float, expected):
        warnings.warn(
            f"Locus {meta['locus_id']} should have {short_repr(expected)} alerts, but only {found} "
            "are here: the light curve has gaps. Fetch the locus again.",
            IncompleteLocusWarning,
            stacklevel=3,
        )
    if meta["sign_convention"] == "mixed":
        warnings.warn(
            f"Locus {meta['locus_id']} has alerts flagged negative with negative and with positive "
            "psfFlux. All of them are taken as negative; check its dipoles before you rely on "
            "their signs.",
            SignConventionWarning,
            stacklevel=3,
        )


def _timeseries(columns: Columns, kept: NDArray[np.bool_], meta: Mapping[str, Any]) -> TimeSeries:
    rows = np.flatnonzero(kept)
    rows = rows[np.argsort(columns["mjd"][rows], kind="stable")]
    data: dict[str, Any] = {name: columns[name][rows] for name in COLUMNS}
    data["alert_id"] = data["alert_id"].astype(np.str_)
    for name in ("flux", "flux_err"):
        data[name] = data[name] * u.nJy
    times = Time(columns["mjd"][rows], format="mjd", scale="tai")
    lightcurve = TimeSeries(time=times, data=data, meta=dict(meta))
    for name, description in COLUMNS.items():
        lightcurve[name].info.description = description
    return lightcurve
