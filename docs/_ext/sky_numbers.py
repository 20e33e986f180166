"""Numbers of the bundled simulated loci, for the page on them: its figures and its table.

They are measured on the files as a user of the sandbox would, by astropy where it can, so that
they do not follow from the generator alone.
"""

import json
from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple

import astropy.units as u
import numpy as np
from astropy.coordinates import AltAz, EarthLocation, SkyCoord, get_sun
from astropy.cosmology import Planck18
from astropy.time import Time
from astropy.utils import iers
from numpy.typing import NDArray

from antares_sandbox import BUNDLED
from simulated_sky.supernovae import IA, Supernova

__all__ = [
    "BASELINE_DEPTHS",
    "REAL_DEPTHS",
    "REAL_DETECTIONS",
    "REAL_RELIABILITY_BELOW",
    "SN_2006AX",
    "Detection",
    "Near",
    "absolute_mag",
    "absolute_magnitudes",
    "decline",
    "depths",
    "detections",
    "horizontal",
    "is_good",
    "loci",
    "near_type_ia",
    "reliabilities",
]

Array = NDArray[np.float64]

REAL_DEPTHS = {"g": 23.9, "r": 23.8, "i": 23.5, "z": 22.9}
"""Median depth of 72 real alerts below 20 sigma, of 2025 and 2026."""

BASELINE_DEPTHS = {"r": 23.9, "i": 23.3, "z": 22.7, "y": 21.9}
"""Mean depth of the visits of the survey's baseline v3.2."""

REAL_DETECTIONS = 93
REAL_RELIABILITY_BELOW = {0.6: 17, 0.9: 54}
"""How many percent of the real alerts that are no dipoles have a lower reliability."""

SN_2006AX = {
    "g": {20: 1.29, 40: 2.65, 60: 3.07},
    "r": {20: 0.79, 40: 1.64, 60: 2.38},
    "i": {16: 0.91, 29: 0.69, 40: 1.27, 60: 2.17},
    "y": {10: 0.92, 33: 0.0, 40: 0.34},
}
"""Magnitudes below maximum, by days at rest since the maximum in B; y is its Y band, of which
the data end at +41 d (Contreras et al. 2010, AJ 139, 519)."""

_SITE = EarthLocation.from_geodetic(-70.7494 * u.deg, -30.2446 * u.deg, 2663 * u.m)
_SOURCE = "lsst_diaSource_"
_FAINT_SNR = 20.0
_NEAR = 0.1
_B_BEFORE_R_D = 1.0
"""Type Ia supernovae are brightest in B about a day, at rest, before they are in r."""


class Detection(NamedTuple):
    """An LSST alert: its locus, the truth about that, and its properties without prefix."""

    locus_id: str
    truth: Mapping[str, Any]
    row: Mapping[str, Any]


class Near(NamedTuple):
    """Alerts of the near type Ia supernovae in a band."""

    days: Array
    """Days at rest since the maximum in B."""
    below: Array
    """Magnitudes below the maximum of the noise-free curve."""
    error: Array
    """Their errors."""


@cache
def loci() -> list[dict[str, Any]]:
    """Return the contents of the bundled files."""
    return [json.loads(path.read_text("utf-8")) for path in sorted(BUNDLED.glob("*.json"))]


@cache
def detections() -> list[Detection]:
    """Return all LSST alerts."""
    return [
        Detection(
            file["locus"]["id"],
            file["locus"]["old_properties"],
            {name.removeprefix(_SOURCE): value for name, value in alert["properties"].items()},
        )
        for file in loci()
        for alert in file["locus"]["alerts"]
        if alert["id"].startswith("lsst:")
    ]


def is_good(row: Mapping[str, Any]) -> bool:
    """Return whether an alert is no dipole, and no flag of its pixels is set."""
    flagged = any(value is True for name, value in row.items() if name.startswith("pixelFlags_"))
    return not flagged and row.get("isDipole") is False


def reliabilities(*, good: bool) -> Array:
    """Return the reliabilities of good alerts, or of dipoles and artifacts."""
    rows = (each.row for each in detections())
    complete = (row for row in rows if {"reliability", "isDipole"} <= row.keys())
    return np.array([row["reliability"] for row in complete if is_good(row) is good])


def depths(band: str) -> Array:
    """Return the 5-sigma depths, AB mag, of the alerts of a band below 20 sigma."""
    rows = (each.row for each in detections() if each.row.get("band") == band)
    complete = (row for row in rows if "psfFlux" in row and row.get("snr", 99) < _FAINT_SNR)
    return _ab_mag(5 * np.array([row["psfFluxErr"] for row in complete]))


def exposures() -> Array:
    """Return RA, Dec (degrees) and MJD (TAI) of all exposures, shape (3, n)."""
    rows = [(e.row["ra"], e.row["dec"], e.row["midpointMjdTai"]) for e in detections()]
    for file in loci():
        for forced in file.get("wire", {}).get("forced_photometry", []):
            rows += [(forced["ra"], forced["dec"], mjd) for mjd in forced["midpointMjdTai"]]
    return np.array(rows).T


@cache
def horizontal() -> tuple[Array, Array, Array]:
    """Return altitude and azimuth of all exposures, and the Sun's altitude, in degrees."""
    ra, dec, mjd = exposures()
    # What astropy brings is enough: the Earth's rotation matters by seconds of time only.
    with (
        iers.conf.set_temp("auto_download", value=False),
        iers.conf.set_temp("auto_max_age", value=None),
        iers.conf.set_temp("iers_degraded_accuracy", value="ignore"),
    ):
        frame = AltAz(obstime=Time(mjd, format="mjd", scale="tai"), location=_SITE)
        place = SkyCoord(ra, dec, unit="deg").transform_to(frame)
        sun = get_sun(frame.obstime).transform_to(frame)
    return place.alt.deg, place.az.deg, sun.alt.deg


def absolute_magnitudes(sim_class: str) -> dict[str, tuple[float, float]]:
    """Return redshift and absolute magnitude of the brightest alert in r, by locus.

    Without K correction, and with the dust of the Milky Way in it.
    """
    brightest: dict[str, tuple[float, float]] = {}
    for locus_id, truth, row in detections():
        if truth["sim_class"] != sim_class or row.get("band") != "r" or not is_good(row):
            continue
        flux, redshift = row.get("psfFlux", 0.0), truth["sim_redshift"]
        if flux > brightest.get(locus_id, (0.0, 0.0))[1]:
            brightest[locus_id] = redshift, flux
    return {
        locus_id: (redshift, float(absolute_mag(_ab_mag(flux), redshift)))
        for locus_id, (redshift, flux) in brightest.items()
    }


def absolute_mag(r_mag: float, redshift: Any) -> Any:
    """Return the absolute magnitude in r, without K correction, of an apparent one."""
    return r_mag - Planck18.distmod(redshift).value


def decline(band: str, days: Array, redshift: float = 0.05) -> Array:
    """Return magnitudes below maximum of a type Ia, at days at rest since the maximum in B."""
    source = Supernova(IA, 0.0, -19.2, redshift, {})
    mjds = (1 + redshift) * (np.asarray(days) - _B_BEFORE_R_D)
    fluxes = np.array([source.difference(float(mjd), band) for mjd in mjds])
    return _ab_mag(fluxes / _peak(source, band)) - _ab_mag(1.0)


def near_type_ia(band: str) -> Near:
    """Return the alerts of type Ia supernovae at redshifts below 0.1, with positive fluxes."""
    points = [
        _point(each, band)
        for each in detections()
        if each.truth["sim_class"] == "SN Ia-like"
        and each.truth["sim_redshift"] < _NEAR
        and each.row.get("band") == band
        and each.row.get("psfFlux", 0.0) > 0
    ]
    return Near(*np.array(points).T)


def _point(each: Detection, band: str) -> tuple[float, float, float]:
    truth, row = each.truth, each.row
    redshift, peak_mjd = truth["sim_redshift"], truth["sim_peak_mjd"]
    magnitude, dust = truth["sim_absolute_r_mag"], truth["sim_mw_ebv"]
    source = Supernova(IA, peak_mjd, magnitude, redshift, {}, ebv_mw=dust)
    days = (row["midpointMjdTai"] - peak_mjd) / (1 + redshift) + _B_BEFORE_R_D
    below = -2.5 * np.log10(row["psfFlux"] / _peak(source, band))
    return days, below, 2.5 / np.log(10) * row["psfFluxErr"] / row["psfFlux"]


def _peak(source: Supernova, band: str) -> float:
    times = source.date_mjd + np.arange(-12.0, 60.0, 0.25) * (1 + source.redshift)
    return max(source.difference(float(mjd), band) for mjd in times)


def _ab_mag(flux: Any) -> Any:
    return 31.4 - 2.5 * np.log10(flux)
