"""Read the alerts of a locus into arrays: which survey they come from, and what they measured."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from antares_helpers.bands import ZTF_BAND_OF_FID, ZTF_BAND_OF_PASSBAND
from antares_helpers.photometry import sign_convention, signed_flux, to_flux
from antares_helpers.values import MISSING, as_flags, as_floats, as_ids, as_strings, is_true

__all__ = ["FLAGS", "AlertList", "Columns", "read_lsst", "read_ztf", "split_by_survey"]

Columns = dict[str, NDArray[Any]]
"""One array a column, each with one value an alert."""

LSST_PROPERTIES = {
    "psf_flux": "lsst_diaSource_psfFlux",
    "psf_flux_err": "lsst_diaSource_psfFluxErr",
    "snr": "lsst_diaSource_snr",
    "reliability": "lsst_diaSource_reliability",
    "band": "lsst_diaSource_band",
    "is_negative": "lsst_diaSource_isNegative",
    "is_dipole": "lsst_diaSource_isDipole",
    "dia_object_id": "lsst_diaSource_diaObjectId",
}
SCIENCE_FLUX = "lsst_diaSource_scienceFlux"
SCIENCE_FLUX_ERR = "lsst_diaSource_scienceFluxErr"
TEMPLATE_FLUX = "lsst_diaSource_templateFlux"

_PIXEL_FLAGS = (
    *("bad", "edge", "nodata", "nodataCenter", "offimage", "streak", "streakCenter"),
    *("cr", "crCenter", "interpolated", "interpolatedCenter", "saturated", "saturatedCenter"),
    *("suspect", "suspectCenter", "injected", "injectedCenter"),
    *("injected_template", "injected_templateCenter"),
)

FLAGS = (
    "lsst_diaSource_psfFlux_flag",
    "lsst_diaSource_psfFlux_flag_edge",
    "lsst_diaSource_psfFlux_flag_noGoodPixels",
    "lsst_diaSource_centroid_flag",
    "lsst_diaSource_glint_trail",
    "lsst_diaSource_pixelFlags",
    *(f"lsst_diaSource_pixelFlags_{name}" for name in _PIXEL_FLAGS),
)
"""The flags which mark a point: of its PSF photometry, its position and its pixels.

The general ``pixelFlags`` is False even where a specific one is True. Names as in Rubin's alert
schema 11.1.
"""

ZTF_EXPOSURE = 30.0
"""Exposure time of ZTF [s] where an alert does not tell it."""

TAI_MINUS_UTC = 37.0
"""Seconds by which TAI is ahead of UTC since 2017, before ZTF began (IERS Bulletin C)."""

_LIMIT_SIGMA = 5.0

_values_of = itemgetter(*LSST_PROPERTIES.values())
_flags_of = itemgetter(*FLAGS)


@dataclass
class AlertList:
    """Alerts of one survey as they came: three lists of one length."""

    ids: list[str] = field(default_factory=list)
    mjds: list[Any] = field(default_factory=list)
    properties: list[Mapping[str, Any]] = field(default_factory=list)


def split_by_survey(alerts: Iterable[Any]) -> tuple[dict[str, AlertList], int]:
    """Sort alerts by the beginning of their ID.

    Parameters
    ----------
    alerts : iterable
        The ``alerts`` of a devkit dict.

    Returns
    -------
    surveys : dict of str to AlertList
        Under ``"lsst"``, ``"ztf"`` (detections), ``"ztf limit"`` and ``"other"``.
    malformed : int
        How many alerts have no ID or no properties.
    """
    surveys = {name: AlertList() for name in ("lsst", "ztf", "ztf limit", "other")}
    lsst = surveys["lsst"]
    malformed = 0
    for alert in alerts:
        try:
            alert_id, mjd, properties = alert["id"], alert.get("mjd"), alert["properties"]
            survey = lsst if alert_id.startswith("lsst") else surveys[_other_survey_of(alert_id)]
        except (KeyError, TypeError, AttributeError):
            malformed += 1
            continue
        if type(properties) is not dict and not isinstance(properties, Mapping):
            malformed += 1
            continue
        survey.ids.append(alert_id)
        survey.mjds.append(mjd)
        survey.properties.append(properties)
    return surveys, malformed


def _other_survey_of(alert_id: str) -> str:
    if alert_id.startswith("ztf_upper_limit"):
        return "ztf limit"
    return "ztf" if alert_id.startswith("ztf") else "other"


def read_lsst(alerts: AlertList, flux: str) -> tuple[Columns, str]:
    """Read LSST alerts.

    Parameters
    ----------
    alerts : AlertList
        Alerts of LSST.
    flux : str
        ``"psf"`` for the signed difference flux, ``"science"`` for the total flux.

    Returns
    -------
    columns : dict of str to ndarray
        ``mjd`` (TAI), ``flux`` and ``flux_err`` [nJy] and what else a light curve has.
    convention : str
        The sign convention; see `sign_convention`.
    """
    raw, flagged = _lsst_values(alerts.properties)
    psf_flux = as_floats(raw["psf_flux"])
    is_negative, is_dipole = as_flags(raw["is_negative"]), as_flags(raw["is_dipole"])
    convention = sign_convention(psf_flux, is_negative)
    if flux == "science":
        values = _numbers(alerts.properties, SCIENCE_FLUX)
        errors = _numbers(alerts.properties, SCIENCE_FLUX_ERR)
    else:
        # The fluxes that arbitrate are rarely needed.
        needed = (is_negative == MISSING).any() or convention in ("unsigned", "mixed")
        values = signed_flux(
            psf_flux,
            is_negative,
            is_dipole=is_dipole,
            science_flux=_numbers(alerts.properties, SCIENCE_FLUX) if needed else np.nan,
            template_flux=_numbers(alerts.properties, TEMPLATE_FLUX) if needed else np.nan,
            convention=convention,
        )
        errors = as_floats(raw["psf_flux_err"])
    columns = _common_columns(alerts, "lsst") | {
        "mjd": as_floats(alerts.mjds),
        "band": as_strings(raw["band"]),
        "flux": values,
        "flux_err": errors,
        "snr": as_floats(raw["snr"]),
        "reliability": as_floats(raw["reliability"]),
        "is_negative": is_negative == 1,
        "is_dipole": is_dipole == 1,
        "flagged": np.array(flagged, dtype=np.bool_),
        "dia_object_id": as_ids(raw["dia_object_id"]),
        "lacks_is_dipole": is_dipole == MISSING,
        "lacks_sign": np.isfinite(psf_flux) & np.isnan(values) & (flux == "psf"),
    }
    return columns, convention


def _lsst_values(
    properties: Sequence[Mapping[str, Any]],
) -> tuple[dict[str, list[Any]], list[bool]]:
    """Look up every property of an alert at one go: for long loci this is what takes time."""
    rows: list[Any] = []
    flagged = []
    for alert in properties:
        # The copy passes through memory in order; it halves the time that the look-ups take.
        alert = {**alert}
        try:
            values, flags = _values_of(alert), _flags_of(alert)
        except KeyError:
            values = tuple(map(alert.get, LSST_PROPERTIES.values()))
            flags = tuple(map(alert.get, FLAGS))
        rows.extend(values)
        flagged.append(any(flags) and any(map(is_true, flags)))
    step = len(LSST_PROPERTIES)
    return {name: rows[start::step] for start, name in enumerate(LSST_PROPERTIES)}, flagged


def read_ztf(detections: AlertList, limits: AlertList) -> Columns:
    """Read ZTF alerts: magnitudes turned into signed fluxes, times into TAI at mid-exposure.

    Parameters
    ----------
    detections, limits : AlertList
        Detections and upper limits of ZTF.

    Returns
    -------
    dict of str to ndarray
        The columns that `read_lsst` gives. An upper limit has the flux of its 5-sigma limiting
        magnitude, and a fifth of it as error.
    """
    alerts = AlertList(
        detections.ids + limits.ids,
        detections.mjds + limits.mjds,
        detections.properties + limits.properties,
    )
    properties = alerts.properties
    is_limit = np.arange(len(properties)) >= len(detections.ids)
    positive = as_flags([_ZTF_FLAG.get(str(each.get("ztf_isdiffpos"))) for each in properties])
    magnitude = np.where(
        is_limit,
        _numbers(properties, "ant_maglim", "ztf_diffmaglim"),
        _numbers(properties, "ant_mag", "ztf_magpsf"),
    )
    brightness, error = to_flux(magnitude, _numbers(properties, "ant_magerr", "ztf_sigmapsf"))
    error = np.where(is_limit, brightness / _LIMIT_SIGMA, error)
    sign = np.select([is_limit | (positive == 1), positive == 0], [1.0, -1.0], np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        snr = np.where(is_limit, np.nan, brightness / error)
    no = np.zeros(len(properties), dtype=np.bool_)
    return _common_columns(alerts, "ztf") | {
        "mjd": _ztf_mjd_tai(alerts),
        "band": np.array([_ztf_band(each) for each in properties], dtype=np.str_),
        "flux": sign * brightness,
        "flux_err": error,
        "snr": snr,
        "reliability": _numbers(properties, "ztf_drb", "ztf_rb"),
        "is_negative": ~is_limit & (positive == 0),
        "is_dipole": no,
        "flagged": no,
        "is_limit": is_limit,
        "dia_object_id": as_ids([None] * len(properties)),
        "lacks_is_dipole": no,
        "lacks_sign": np.isfinite(brightness) & np.isnan(sign),
    }


_ZTF_FLAG = dict.fromkeys(["t", "1", "true", "True"], True) | dict.fromkeys(
    ["f", "0", "false", "False"], False
)


def _common_columns(alerts: AlertList, survey: str) -> Columns:
    return {
        "alert_id": np.array(alerts.ids, dtype=np.str_),
        "survey": np.full(len(alerts.ids), survey),
        "is_limit": np.zeros(len(alerts.ids), dtype=np.bool_),
    }


def _numbers(properties: Sequence[Mapping[str, Any]], *names: str) -> NDArray[np.float64]:
    """Return for each alert the first of some properties that is a number; NaN where none is."""
    numbers = np.full(len(properties), np.nan)
    for name in names:
        values = as_floats([each.get(name) for each in properties])
        numbers = np.where(np.isnan(numbers), values, numbers)
    return numbers


def _ztf_band(properties: Mapping[str, Any]) -> str:
    passband, fid = properties.get("ant_passband"), properties.get("ztf_fid")
    if isinstance(passband, str) and passband in ZTF_BAND_OF_PASSBAND:
        return ZTF_BAND_OF_PASSBAND[passband]
    return ZTF_BAND_OF_FID.get(fid, "") if isinstance(fid, int) else ""


def _ztf_mjd_tai(alerts: AlertList) -> NDArray[np.float64]:
    """Return the middle of each exposure (TAI): ZTF gives the start (UTC)."""
    exposure = _numbers(alerts.properties, "ztf_exptime")
    exposure = np.where(np.isfinite(exposure) & (exposure > 0), exposure, ZTF_EXPOSURE)
    return as_floats(alerts.mjds) + (TAI_MINUS_UTC + exposure / 2) / 86400
