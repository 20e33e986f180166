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
from antares_helpers.errors import (
    IncompleteLocusWarning,
    InvalidInputError,
    SignConventionWarning,
)
from antares_helpers.fetching.asking import DEFAULT_RETRIES, DEFAULT_TIMEOUT
from antares_helpers.fetching.locus import LocusLike, as_locus_dict
from antares_helpers.lightcurves import completeness
from antares_helpers.lightcurves.alerts import Columns, split_by_survey
from antares_helpers.lightcurves.completeness import Sieve
from antares_helpers.lightcurves.lsst import read_lsst
from antares_helpers.lightcurves.ztf import read_ztf
from antares_helpers.options import (
    check_bands,
    check_choice,
    check_objects,
    check_reliability,
    check_switch,
    shortened,
)
from antares_helpers.values import is_true

__all__ = ["COLUMNS", "FLUXES", "SURVEYS", "extract_lightcurve"]

SURVEYS = ("lsst", "ztf", "all")
"""What `extract_lightcurve` takes as `survey`."""

FLUXES = ("psf", "science")
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
    flux: str = "psf",
    dipoles: bool = True,
    flagged: bool = True,
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
    flux : {"psf", "science"}, optional
        ``"psf"``: the difference against the template, signed as `signed_flux` does.
        ``"science"``: the total flux on the visit image, for variable stars; LSST only.
    dipoles, flagged : bool, optional
        Whether to keep dipoles, and points with a flag of the photometry or its pixels set.
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
    if flux == "science" and survey != "lsst":
        raise InvalidInputError(
            f"flux='science' needs survey='lsst', not {survey!r}: ZTF alerts carry no total flux."
        )
    check_switch("dipoles", dipoles)
    check_switch("flagged", flagged)
    wanted_bands = check_bands(bands)
    wanted_objects = check_objects(dia_object_id)
    check_reliability(min_reliability)
    locus = as_locus_dict(locus, timeout=timeout, retries=retries)

    columns, sieve, convention = _read(locus, survey, flux)
    _leave_out_unusable(sieve, columns)
    _leave_out_duplicates(sieve, columns["alert_id"])
    if wanted_objects is not None:
        other = ~np.isin(columns["dia_object_id"], wanted_objects)
        sieve.leave_out(other, completeness.OTHER_OBJECT)
    if wanted_bands is not None:
        sieve.leave_out(~np.isin(columns["band"], wanted_bands), completeness.OTHER_BAND)
    if not dipoles:
        sieve.leave_out(columns["is_dipole"], completeness.DIPOLE)
    if not flagged:
        sieve.leave_out(columns["flagged"], completeness.FLAGGED)
    if min_reliability is not None:
        unreliable = ~(columns["reliability"] >= min_reliability) & ~columns["is_limit"]
        sieve.leave_out(unreliable, completeness.BELOW_RELIABILITY)

    meta = _meta(locus, survey, flux, convention) | {"report": _report(locus, columns, sieve)}
    _warn(locus, meta)
    return _timeseries(columns, sieve.kept, meta)


def _read(locus: Mapping[str, Any], survey: str, flux: str) -> tuple[Columns, Sieve, str]:
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
    sieve = Sieve(len(joined["mjd"]))
    sieve.count(completeness.MALFORMED, malformed)
    sieve.count(completeness.OTHER_SURVEY, unwanted)
    return joined, sieve, convention


def _leave_out_unusable(sieve: Sieve, columns: Columns) -> None:
    mjd = columns["mjd"]
    sieve.leave_out(~np.isfinite(mjd), completeness.NO_TIME)
    sieve.leave_out(mjd < columns["began"], completeness.BEFORE_SURVEY)
    sieve.leave_out(mjd > time.time() / 86400 + MJD_OF_UNIX_EPOCH + 1, completeness.IN_FUTURE)
    sieve.leave_out(~np.isin(columns["band"], BANDS), completeness.NO_BAND)
    sieve.leave_out(columns["lacks_sign"], completeness.NO_SIGN)
    sieve.leave_out(~np.isfinite(columns["flux"]), completeness.NO_FLUX)
    usable_error = np.isfinite(columns["flux_err"]) & (columns["flux_err"] > 0)
    sieve.leave_out(~usable_error, completeness.NO_FLUX_ERR)


def _leave_out_duplicates(sieve: Sieve, alert_ids: NDArray[Any]) -> None:
    """Keep the first of the usable alerts of one ID."""
    rows = np.flatnonzero(sieve.kept)
    ids = alert_ids[rows].tolist()
    if len(set(ids)) == len(ids):
        return
    is_repeated = np.zeros(len(alert_ids), dtype=np.bool_)
    seen: set[str] = set()
    for row, alert_id in zip(rows, ids, strict=True):
        is_repeated[row] = alert_id in seen
        seen.add(alert_id)
    sieve.leave_out(is_repeated, completeness.DUPLICATE)


def _report(locus: Mapping[str, Any], columns: Columns, sieve: Sieve) -> dict[str, Any]:
    return {
        "alerts": len(locus["alerts"]),
        "kept": int(sieve.kept.sum()),
        "left_out": dict(sorted(sieve.left_out.items())),
        "without_is_dipole": int((columns["lacks_is_dipole"] & sieve.kept).sum()),
        "dia_objects": _distinct(columns["dia_object_id"][sieve.kept]),
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
            f"Locus {meta['locus_id']} should have {shortened(expected)} alerts, but only {found} "
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
