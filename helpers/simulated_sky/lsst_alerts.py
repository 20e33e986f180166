"""From measurements to LSST alerts and forced photometry, with Rubin's names and types."""

from collections.abc import Iterable
from datetime import UTC
from math import cos, log, log10, radians
from typing import Any

import numpy as np

from antares_helpers.bands import AB_ZEROPOINT
from antares_sandbox.store.format import Alert, ForcedPhotometry
from simulated_sky.detections import Measurement
from simulated_sky.survey import EXPOSURE_S, Visit, utc

__all__ = ["PIXEL_FLAGS", "AlertMaker", "add_magnitude", "forced_photometry"]

PIXEL_FLAGS = (
    "bad",
    "cr",
    "edge",
    "interpolated",
    "nodata",
    "saturated",
    "streak",
    "suspect",
)
"""The specific pixel flags that every alert carries; the general one is always False."""

_DIPOLE_FITTED = 45
_PSF_PIXELS = 1681
_ARCSEC = 1 / 3600
_FIRST_NIGHT = 22429
_PIXELS = (60, 4000)


class AlertMaker:
    """Makes the alerts of one diaObject.

    Parameters
    ----------
    rng : numpy.random.Generator
        Source of the random numbers.
    ra, dec : float
        Position of the object, in degrees.
    extendedness : float, optional
        How it looks: 0 for a star, 1 for a galaxy.
    """

    def __init__(
        self, rng: np.random.Generator, ra: float, dec: float, *, extendedness: float = 0.05
    ) -> None:
        self._rng = rng
        self.ra = ra
        self.dec = dec
        self._extendedness = extendedness
        self.dia_object_id: int | None = None
        self._first_mjd = 0.0
        self._count = 0
        self._ranges: dict[str, tuple[float, float]] = {}

    def make(self, detections: Iterable[Measurement]) -> list[Alert]:
        """Return the alerts of detections, which are in the order of time."""
        return [self._alert(detection) for detection in detections]

    def _alert(self, detection: Measurement) -> Alert:
        identity = self._identity(detection)
        properties = {
            **identity,
            **_time(detection.visit),
            **self._place(detection),
            **_photometry(detection, float(self._rng.normal())),
            **self._shape(detection),
            **_pixel_flags(detection),
            **self._dia_object(detection),
        }
        return {
            "id": f"lsst:{identity['lsst_diaSource_diaSourceId']}",
            "mjd": detection.visit.mjd,
            "properties": {**properties, **self._antares(properties)},
            "grav_wave_events": [],
        }

    def _identity(self, detection: Measurement) -> dict[str, Any]:
        visit, detector = detection.visit.number, detection.visit.detector
        source = _source_id(visit, detector, int(self._rng.integers(2**20)))
        if self.dia_object_id is None:
            self.dia_object_id, self._first_mjd = source, detection.visit.mjd
        self._count += 1
        return {
            "lsst_diaSource_diaSourceId": source,
            "lsst_diaSource_visit": visit,
            "lsst_diaSource_detector": detector,
            "lsst_diaSource_diaObjectId": self.dia_object_id,
            "lsst_diaSource_ssObjectId": 0,
            "lsst_diaSource_parentDiaSourceId": 0,
        }

    def _place(self, detection: Measurement) -> dict[str, Any]:
        error = (0.43 * detection.visit.seeing / detection.snr + 0.008) * _ARCSEC
        shift_ra, shift_dec, x, y = (
            self._rng.normal(size=2).tolist() + self._rng.uniform(*_PIXELS, size=2).tolist()
        )
        return {
            "lsst_diaSource_ra": round(self.ra + shift_ra * error / cos(radians(self.dec)), 8),
            "lsst_diaSource_raErr": round(error, 10),  # of RA cos(Dec)
            "lsst_diaSource_dec": round(self.dec + shift_dec * error, 8),
            "lsst_diaSource_decErr": round(error, 10),
            "lsst_diaSource_x": round(x, 2),
            "lsst_diaSource_y": round(y, 2),
            "lsst_diaSource_centroid_flag": False,
        }

    def _shape(self, detection: Measurement) -> dict[str, Any]:
        size, round_, angle, fit = self._rng.normal(size=4).tolist()
        dipole = _dipole(detection, angle, fit) if detection.dipole else {}
        return {
            "lsst_diaSource_ixx": round(0.235 + 0.02 * size, 4),
            "lsst_diaSource_iyy": round(0.235 + 0.02 * size + 0.01 * round_, 4),
            "lsst_diaSource_ixy": round(0.01 * angle, 4),
            "lsst_diaSource_shape_flag": False,
            "lsst_diaSource_extendedness": round(min(1.0, abs(self._extendedness + 0.02 * fit)), 4),
            "lsst_diaSource_isDipole": detection.dipole,
            "lsst_diaSource_dipoleFitAttempted": detection.dipole,
            **dipole,
            "lsst_diaSource_trailNdata": 0,
            "lsst_diaSource_trail_flag_edge": False,
            "lsst_diaSource_glint_trail": False,
        }

    def _dia_object(self, detection: Measurement) -> dict[str, Any]:
        return {
            "lsst_diaObject_diaObjectId": self.dia_object_id,
            "lsst_diaObject_nDiaSources": self._count,
            "lsst_diaObject_firstDiaSourceMjdTai": self._first_mjd,
            "lsst_diaObject_lastDiaSourceMjdTai": detection.visit.mjd,
            **self._summary(detection),
        }

    def _summary(self, detection: Measurement) -> dict[str, Any]:
        """Return the range of the object's fluxes in the band of the alert, so far."""
        band, flux = detection.visit.band, detection.flux
        low, high = self._ranges.get(band, (flux, flux))
        self._ranges[band] = low, high = min(low, flux), max(high, flux)
        prefix = f"lsst_diaObject_{band}_psfFlux"
        return {f"{prefix}Min": low, f"{prefix}Max": high}

    def _antares(self, properties: dict[str, Any]) -> dict[str, Any]:
        mjd = properties["lsst_diaSource_midpointMjdTai"]
        arrived = utc(mjd).replace(tzinfo=UTC).timestamp() + self._rng.uniform(70, 260)
        ours = {
            "ant_ra": properties["lsst_diaSource_ra"],
            "ant_dec": properties["lsst_diaSource_dec"],
            "ant_mjd": mjd,
            "ant_passband": properties["lsst_diaSource_band"],
            "ant_survey": 4,
            "ant_time_received": int(arrived),
        }
        flux = properties["lsst_diaSource_psfFlux"]
        add_magnitude(ours, flux, properties["lsst_diaSource_psfFluxErr"])
        return ours


def forced_photometry(maker: AlertMaker, measurements: Iterable[Measurement]) -> ForcedPhotometry:
    """Return the forced photometry at a diaObject: all visits, with a detection or without.

    Parameters
    ----------
    maker : AlertMaker
        It has made the alerts of the object.
    measurements : iterable of Measurement
        The measurements in all visits.

    Returns
    -------
    ForcedPhotometry
        The columns of diaForcedSource in Rubin's schema; fluxes in nJy, MJD in TAI.
    """
    rows = list(measurements)
    return {
        "diaObjectId": maker.dia_object_id or 0,
        "ra": maker.ra,
        "dec": maker.dec,
        "visit": [row.visit.number for row in rows],
        "detector": [row.visit.detector for row in rows],
        "band": "".join(row.visit.band for row in rows),
        "midpointMjdTai": [row.visit.mjd for row in rows],
        "psfFlux": [row.forced for row in rows],
        "psfFluxErr": [row.flux_err for row in rows],
        "scienceFlux": [row.science for row in rows],
        "scienceFluxErr": [row.science_err for row in rows],
    }


def add_magnitude(properties: dict[str, Any], flux: float, flux_err: float) -> None:
    """Add `ant_mag` and related properties, if the flux (in nJy) has a magnitude."""
    if flux > 0:
        magnitude = round(AB_ZEROPOINT - 2.5 * log10(flux), 10)
        properties["ant_mag"] = magnitude
        properties["ant_magerr"] = round(2.5 / log(10) * flux_err / flux, 10)
        properties["ant_maglim"] = magnitude


def _source_id(visit: int, detector: int, number: int) -> int:
    day, sequence = divmod(visit, 100_000)
    text = str(day)
    night = np.datetime64(f"{text[:4]}-{text[4:6]}-{text[6:]}").astype(int) + 40587
    return int((night - _FIRST_NIGHT) * 2**42) + (sequence * 256 + detector) * 2**20 + number


def _time(visit: Visit) -> dict[str, Any]:
    return {
        "lsst_diaSource_midpointMjdTai": visit.mjd,
        "lsst_diaSource_exposureTime": EXPOSURE_S,
        "lsst_diaSource_timeProcessedMjdTai": round(visit.mjd + 0.0012, 8),
        "lsst_diaSource_band": visit.band,
    }


def _photometry(detection: Measurement, scatter: float) -> dict[str, Any]:
    error = round(1.6 * detection.flux_err, 3)
    return {
        "lsst_diaSource_psfFlux": detection.flux,
        "lsst_diaSource_psfFluxErr": detection.flux_err,
        "lsst_diaSource_psfFlux_flag": False,
        "lsst_diaSource_psfNdata": _PSF_PIXELS,
        "lsst_diaSource_apFlux": round(detection.flux + 1.2 * scatter * detection.flux_err, 3),
        "lsst_diaSource_apFluxErr": error,
        "lsst_diaSource_apFlux_flag": False,
        "lsst_diaSource_scienceFlux": detection.science,
        "lsst_diaSource_scienceFluxErr": detection.science_err,
        "lsst_diaSource_templateFlux": detection.template,
        "lsst_diaSource_templateFluxErr": detection.template_err,
        "lsst_diaSource_snr": detection.snr,
        "lsst_diaSource_reliability": detection.reliability,
        "lsst_diaSource_isNegative": detection.is_negative,
    }


def _dipole(detection: Measurement, angle: float, fit: float) -> dict[str, Any]:
    mean = (detection.science + detection.template) / 2
    return {
        "lsst_diaSource_dipoleMeanFlux": round(mean, 3),
        "lsst_diaSource_dipoleMeanFluxErr": round(1.4 * detection.flux_err, 3),
        "lsst_diaSource_dipoleFluxDiff": 0.0,
        "lsst_diaSource_dipoleFluxDiffErr": round(2.8 * detection.flux_err, 3),
        "lsst_diaSource_dipoleLength": round(min(0.06, 0.013 + 0.015 * abs(fit)), 5),
        "lsst_diaSource_dipoleAngle": round(60 * angle % 360 - 180, 3),
        "lsst_diaSource_dipoleNdata": _DIPOLE_FITTED**2,
    }


def _pixel_flags(detection: Measurement) -> dict[str, Any]:
    specific = {
        f"lsst_diaSource_pixelFlags_{name}": name in detection.flags for name in PIXEL_FLAGS
    }
    return {"lsst_diaSource_pixelFlags": False, **specific}
