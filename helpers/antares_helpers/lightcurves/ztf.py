"""Read ZTF alerts into arrays, with signed fluxes and times in TAI."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from antares_helpers.bands import TAI_MINUS_UTC_S, ZTF_BAND_OF_FID, ZTF_BAND_OF_PASSBAND
from antares_helpers.coerce import MISSING, as_flags, as_floats, as_integers
from antares_helpers.lightcurves.alerts import AlertList, Columns, common_columns, numbers
from antares_helpers.photometry import to_flux

__all__ = ["ZTF_BEGAN", "read_ztf"]

ZTF_BEGAN = 58027.0
"""MJD of 2017-10-01, before ZTF's first light."""

ZTF_EXPOSURE = 30.0
"""Exposure time of ZTF [s] if an alert does not give it."""

MAGNITUDES = (5.0, 35.0)
"""The range of measured magnitudes: 0, -99, 99 and 999 stand for none."""

_MAX_MAGNITUDE_ERR = 5.0
_LIMIT_SIGMA = 5.0


def read_ztf(detections: AlertList, limits: AlertList) -> Columns:
    """Read ZTF alerts; convert magnitudes to signed fluxes, and times to TAI at mid-exposure.

    Parameters
    ----------
    detections, limits : AlertList
        Detections and upper limits of ZTF.

    Returns
    -------
    dict of str to ndarray
        The same columns as from `read_lsst`. An upper limit has the flux of its 5-sigma limiting
        magnitude, and a fifth of it as error.
    """
    alerts = AlertList(
        detections.ids + limits.ids,
        detections.mjds + limits.mjds,
        detections.properties + limits.properties,
    )
    properties = alerts.properties
    is_limit = np.arange(len(properties)) >= len(detections.ids)
    positive = as_flags([each.get("ztf_isdiffpos") for each in properties])
    magnitude = np.where(
        is_limit,
        numbers(properties, "ant_maglim", "ztf_diffmaglim"),
        numbers(properties, "ant_mag", "ztf_magpsf"),
    )
    magnitude_err = numbers(properties, "ant_magerr", "ztf_sigmapsf")
    magnitude_err[magnitude_err > _MAX_MAGNITUDE_ERR] = np.nan
    brightness, error = to_flux(magnitude, magnitude_err)
    error = np.where(is_limit, brightness / _LIMIT_SIGMA, error)
    sign = np.select([is_limit | (positive == 1), positive == 0], [1.0, -1.0], np.nan)
    with np.errstate(all="ignore"):
        snr = np.where(is_limit, np.nan, brightness / error)
    no = np.zeros(len(properties), dtype=np.bool_)
    return common_columns(alerts, "ztf") | {
        "mjd": _ztf_mjd_tai(alerts),
        "began": np.full(len(properties), ZTF_BEGAN),
        "band": np.array([_ztf_band(each) for each in properties], dtype=np.str_),
        "flux": sign * brightness,
        "flux_err": error,
        "snr": snr,
        "reliability": numbers(properties, "ztf_drb", "ztf_rb"),
        "is_negative": ~is_limit & (positive == 0),
        "is_dipole": no,
        "flagged": no,
        "is_limit": is_limit,
        "dia_object_id": np.full(len(properties), ""),
        "source": np.full(len(properties), MISSING, dtype=np.int64),
        "visit": _ztf_pid(alerts, len(detections.ids)),
        "no_magnitude": (magnitude < MAGNITUDES[0]) | (magnitude > MAGNITUDES[1]),
        "lacks_is_dipole": no,
        "sign_from_range": no,
        "negative_confirmed": no,
        "sign_against_range": no,
        "lacks_sign": np.isfinite(brightness) & np.isnan(sign),
    }


def _ztf_pid(alerts: AlertList, detections: int) -> NDArray[np.int64]:
    """Return the ID of each processed exposure: the ID of an upper limit ends with it."""
    pid = as_integers([each.get("ztf_pid") for each in alerts.properties])
    missing = np.flatnonzero(pid[detections:] <= 0) + detections
    pid[missing] = as_integers([alerts.ids[row].rpartition("-")[2] for row in missing])
    return pid


def _ztf_band(properties: Mapping[str, Any]) -> str:
    passband, fid = properties.get("ant_passband"), properties.get("ztf_fid")
    if isinstance(passband, str) and passband in ZTF_BAND_OF_PASSBAND:
        return ZTF_BAND_OF_PASSBAND[passband]
    return ZTF_BAND_OF_FID.get(fid, "") if isinstance(fid, int) else ""


def _ztf_mjd_tai(alerts: AlertList) -> NDArray[np.float64]:
    """Return the middle of each exposure (TAI): ZTF gives the start (UTC)."""
    exposure = numbers(alerts.properties, "ztf_exptime")
    exposure = np.where(np.isfinite(exposure) & (exposure > 0), exposure, ZTF_EXPOSURE)
    return as_floats(alerts.mjds) + (TAI_MINUS_UTC_S + exposure / 2) / 86400
