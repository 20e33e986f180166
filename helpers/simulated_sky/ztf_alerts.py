"""ZTF candidates and upper limits, with the names that ANTARES gives them."""

from math import cos, log, log10, radians
from typing import Any

import numpy as np

from antares_helpers.bands import AB_ZEROPOINT
from antares_sandbox.store.format import Alert
from simulated_sky.source import Source
from simulated_sky.survey import Place, ab_flux

__all__ = ["make_ztf_alerts"]

DEPTH = {"g": 20.8, "r": 20.6}
"""AB magnitude at 5 sigma of a 30 s exposure: Bellm et al. 2019, PASP 131, 018002."""

_FILTERS = {"g": (1, "g"), "r": (2, "R")}
_EXPOSURE_S = 30.0
_FIELD, _RCID = 427, 15
_FIRST_NIGHT = 57754
_JD_MINUS_MJD = 2400000.5
_NIGHT = (0.15, 0.45)
_HISTORY_D = 30.0
_SECOND_NAME = 5


def make_ztf_alerts(
    rng: np.random.Generator,
    source: Source,
    names: tuple[str, str],
    place: Place,
    season: tuple[float, float],
    *,
    gap: float = 3.0,
) -> list[Alert]:
    """Return ZTF's alerts of a source: candidates, and upper limits before the first.

    ZTF has two names for it, as for one source in two of its fields. One exposure is detected
    twice, once for each name, and one with a detection also comes as a limit: both occur in
    real loci.

    Parameters
    ----------
    rng : numpy.random.Generator
        Source of the random numbers.
    source : Source
        The source, in the bands g and r.
    names : tuple of str
        ZTF's names of it.
    place : tuple of float
        Right ascension and declination, in degrees.
    season : tuple of float
        First and last MJD (UTC).
    gap : float, optional
        Mean time between two nights, in days.

    Returns
    -------
    list of Alert
        The alerts, in the order of time; `mjd` is UTC at the start of the exposure.
    """
    alerts: list[Alert] = []
    for number, (mjd, band) in enumerate(_exposures(rng, season, gap)):
        name = names[number % 8 == _SECOND_NAME]
        alerts.append(_alert(rng, source, name, place, mjd, band))
    first = next(alert["mjd"] for alert in alerts if "ant_mag" in alert["properties"])
    sent = [
        alert
        for alert in alerts
        if "ant_mag" in alert["properties"] or first - _HISTORY_D < alert["mjd"] < first
    ]
    return _with_repeats(sent, names)


def _with_repeats(alerts: list[Alert], names: tuple[str, str]) -> list[Alert]:
    """Return the alerts and, of two detections, a second candidate and a limit."""
    seen = [alert for alert in alerts if "ant_mag" in alert["properties"]]
    return [*alerts, _again(seen[len(seen) // 2], names[1]), _as_limit(seen[-1])]


def _again(alert: Alert, name: str) -> Alert:
    """Return a detection of the same exposure, 0.4 arcsec away and under another name."""
    properties = dict(alert["properties"])
    candid = properties["ztf_candid"] + 1
    dec = round(properties["ztf_dec"] + 0.4 / 3600, 7)
    magnitude = round(properties["ant_mag"] + 0.03, 5)
    properties |= {"ztf_candid": candid, "ztf_object_id": name, "ztf_dec": dec, "ant_dec": dec}
    properties |= {"ant_mag": magnitude, "ztf_magpsf": magnitude}
    return _packed(f"ztf_candidate:{candid}", alert["mjd"], properties)


def _as_limit(alert: Alert) -> Alert:
    """Return the exposure of a detection as a limit."""
    known = alert["properties"]
    limit = {name: known[name] for name in _exposure("", 0.0, "g", 0.0)}
    identity = f"ztf_upper_limit:{known['ztf_object_id']}-{known['ztf_pid']}"
    return _packed(identity, alert["mjd"], {**limit, "ant_survey": 2})


def _exposures(
    rng: np.random.Generator, season: tuple[float, float], gap: float
) -> list[tuple[float, str]]:
    exposures, night = [], float(np.floor(season[0]))
    while night < season[1]:
        start = night + float(rng.uniform(*_NIGHT))
        for number, band in enumerate(("g", "r")):
            exposures.append((round(start + 0.03 * number, 7), band))
        night += 1.0 + float(np.floor(rng.exponential(gap - 0.5)))
    return exposures


def _alert(
    rng: np.random.Generator,
    source: Source,
    object_id: str,
    position: tuple[float, float],
    mjd: float,
    band: str,
) -> Alert:
    depth = round(DEPTH[band] + float(rng.normal(0, 0.2)), 4)
    error = ab_flux(depth) / 5
    noise, offset_ra, offset_dec, score = rng.normal(size=4).tolist()
    flux = source.difference(mjd, band) + error * noise
    properties = _exposure(object_id, mjd, band, depth)
    if abs(flux) < 5 * error:
        identity = f"ztf_upper_limit:{object_id}-{properties['ztf_pid']}"
        return _packed(identity, mjd, {**properties, "ant_survey": 2})
    candid = properties["ztf_pid"] * 1_000_000 + _RCID * 1000 + 1
    ra = round(position[0] + offset_ra * 3e-5 / cos(radians(position[1])), 7)
    dec = round(position[1] + offset_dec * 3e-5, 7)
    properties |= {"ztf_candid": candid, "ztf_ra": ra, "ztf_dec": dec, "ant_survey": 1}
    properties |= {"ant_ra": ra, "ant_dec": dec, **_photometry(flux, error)}
    properties |= _candidate(source.template[band], score)
    return _packed(f"ztf_candidate:{candid}", mjd, properties)


def _packed(identity: str, mjd: float, properties: dict[str, Any]) -> Alert:
    return {"id": identity, "mjd": mjd, "properties": properties, "grav_wave_events": []}


def _exposure(object_id: str, mjd: float, band: str, depth: float) -> dict[str, Any]:
    number, passband = _FILTERS[band]
    return {
        "ztf_object_id": object_id,
        "ztf_jd": round(mjd + _JD_MINUS_MJD, 7),
        "ztf_pid": int((mjd - _FIRST_NIGHT) * 1e6) * 1000 + _RCID,
        "ztf_fid": number,
        "ztf_field": _FIELD,
        "ztf_rcid": _RCID,
        "ztf_programid": 1,
        "ztf_exptime": _EXPOSURE_S,
        "ztf_diffmaglim": depth,
        "ant_mjd": mjd,
        "ant_passband": passband,
        "ant_maglim": depth,
    }


def _photometry(flux: float, error: float) -> dict[str, Any]:
    magnitude = round(AB_ZEROPOINT - 2.5 * log10(abs(flux)), 5)
    sigma = round(2.5 / log(10) * error / abs(flux), 5)
    return {
        "ztf_magpsf": magnitude,
        "ztf_sigmapsf": sigma,
        "ztf_isdiffpos": "t" if flux > 0 else "f",
        "ant_mag": magnitude,
        "ant_magerr": sigma,
    }


def _candidate(template: float, score: float) -> dict[str, Any]:
    return {
        "ztf_distnr": round(1.1 + 0.1 * abs(score), 4),
        "ztf_magnr": round(AB_ZEROPOINT - 2.5 * log10(template), 4),
        "ztf_sigmagnr": 0.041,
        "ztf_rb": round(max(0.3, 0.92 - 0.06 * abs(score)), 4),
        "ztf_drb": round(max(0.5, 0.999 - 0.01 * abs(score)), 5),
        "ztf_fwhm": round(2.1 + 0.2 * abs(score), 3),
        "ztf_nbad": 0,
    }
