"""Defaults for the fields that a locus file without `wire` lacks, derived from the others."""

import csv
import io
from datetime import datetime, timedelta
from math import log, log10
from typing import Any

from antares_helpers.bands import AB_ZEROPOINT, TAI_MINUS_UTC_S
from antares_sandbox.sky import separation_arcsec
from antares_sandbox.store.format import Alert, Locus, WireAlert, WireMatch

__all__ = [
    "INTERNAL_PROPERTIES",
    "default_lightcurve",
    "default_match",
    "default_wire_alert",
]

INTERNAL_PROPERTIES = frozenset(
    {
        "num_alerts",
        "num_mag_values",
        "brightest_alert_id",
        "brightest_alert_magnitude",
        "brightest_alert_observation_time",
        "newest_alert_id",
        "newest_alert_magnitude",
        "newest_alert_observation_time",
        "oldest_alert_id",
        "oldest_alert_magnitude",
        "oldest_alert_observation_time",
        "is_corrected",
        "survey",
        "ztf_object_id",
        "ztf_ssnamenr",
        "replaced_by",
    }
)
"""The locus properties that ANTARES itself writes (as in `DevKitLocus.model_post_init`);
all others are written by filters."""

_COPIED = ("ant_mjd", "ant_survey", "ant_ra", "ant_dec", "ant_passband")
_MAGNITUDES = ("ant_mag", "ant_magerr", "ant_maglim")
_CORRECTED = ("ant_mag_corrected", "ant_magerr_corrected")
_LIMITS = ("ant_magulim_corrected", "ant_magllim_corrected")
_COLUMNS = ("time", "alert_id", *_COPIED, *_MAGNITUDES, *_CORRECTED, *_LIMITS)
_SURVEYS = {"lsst": "lsst", "ztf_candidate": "ztf", "ztf_upper_limit": "ztf"}
_MJD_EPOCH = datetime(1858, 11, 17)


def default_wire_alert(alert: Alert) -> WireAlert:
    """Return the survey (from the ID) and the time of observation in UTC, as `created_at`.

    Examples
    --------
    >>> default_wire_alert(
    ...     {"id": "lsst:1", "mjd": 61200.5, "properties": {}, "grav_wave_events": []}
    ... )
    {'created_at': '2026-06-09T11:59:23', 'survey': 'lsst'}
    """
    prefix = alert["id"].partition(":")[0]
    survey = _SURVEYS.get(prefix, "decat" if prefix.startswith("decat") else prefix)
    ahead = TAI_MINUS_UTC_S if survey == "lsst" else 0.0
    observed = _datetime(alert["mjd"]) - timedelta(seconds=ahead)
    return {"created_at": observed.isoformat(), "survey": survey}


def default_lightcurve(alerts: list[Alert]) -> str:
    """Return the light-curve CSV; its column `time` is the MJD, not converted, as in ANTARES."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_COLUMNS)
    writer.writerows(_lightcurve_row(alert) for alert in alerts)
    return text.getvalue()


def default_match(locus: Locus, catalog: str, number: int, properties: dict[str, Any]) -> WireMatch:
    """Return the details of a catalog match; without `ra` and `dec`, it lies at the locus.

    The radius, in degrees, is 1 arcsec, or more if the locus is farther away. The mark ``derived``
    says that the service may have sent something else.
    """
    ra = float(properties.get("ra", locus["ra"]))
    dec = float(properties.get("dec", locus["dec"]))
    separation = separation_arcsec(locus["ra"], locus["dec"], ra, dec)
    return {
        "catalog_name": catalog,
        "id": f"{catalog}:{number}",
        "object_id": str(number),
        "ra": ra,
        "dec": dec,
        "radius": max(1.0, separation) / 3600,
        "object_name": str(number),
        "extra": {"separation": separation, "derived": True},
    }


def _datetime(mjd: float) -> datetime:
    return _MJD_EPOCH + timedelta(days=mjd)


def _lightcurve_row(alert: Alert) -> list[Any]:
    properties = alert["properties"]
    time = _datetime(alert["mjd"]).isoformat(sep=" ", timespec="microseconds")
    copied = [properties.get(name, "") for name in (*_COPIED, *_MAGNITUDES)]
    return [time, alert["id"], *copied, *_corrected(properties), "", ""]


def _corrected(properties: dict[str, Any]) -> tuple[float | str, float | str]:
    flux = properties.get("lsst_diaSource_scienceFlux")
    error = properties.get("lsst_diaSource_scienceFluxErr")
    if flux is None or error is None or flux <= 0:
        return "", ""
    return AB_ZEROPOINT - 2.5 * log10(flux), 2.5 / log(10) * error / flux
