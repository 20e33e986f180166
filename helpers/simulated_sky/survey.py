"""The survey: when it looks, in which band, how deep and how noisy."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import sqrt

import numpy as np

from antares_helpers.constants import AB_ZEROPOINT, TAI_MINUS_UTC_S

__all__ = [
    "BANDS",
    "DEPTH",
    "EXPOSURE_S",
    "Visit",
    "ab_flux",
    "deep_visits",
    "flux_error",
    "utc",
    "wide_visits",
]

BANDS = "ugrizy"
"""Rubin's bands, by wavelength."""

DEPTH = {"u": 23.7, "g": 24.9, "r": 24.5, "i": 24.1, "z": 23.4, "y": 22.2}
"""AB magnitude of a point source at 5 sigma in one visit: within 0.2 of the design values of
the LSST Science Requirements Document (LPM-17; Ivezic et al. 2019, ApJ 873, 111, table 1)."""

EXPOSURE_S = 30.0
"""Exposure time of a visit, in seconds."""

_GAMMA = 0.039
"""Weight of the sky in the noise, Ivezic et al. 2019, equation 5."""

_NIGHT = (0.03, 0.36)
"""First and last moment of a night in Chile, as a fraction of the UTC day."""

_SEEING_MAG = 0.12
_MOON_MAG = {"u": 0.35, "g": 0.3, "r": 0.15, "i": 0.08, "z": 0.03, "y": 0.0}
_MOON_PERIOD_D = 29.53
_FULL_MOON_MJD = 61102.5
_WIDE_PAIRS = ("ug", "gr", "gr", "gr", "ri", "ri", "iz", "iz", "zy", "gi")
_DEEP_SETS = (("g", "r"), ("i", "z"), ("r", "i"), ("g", "z"), ("u", "g"), ("i", "y"))
_PAIR_GAP_D = (0.012, 0.024)
_SLEW_D = 40.0 / 86400.0
_MJD_EPOCH = datetime(1858, 11, 17)


@dataclass(frozen=True)
class Visit:
    """One exposure of the field.

    Attributes
    ----------
    mjd : float
        Middle of the exposure, TAI.
    band : str
        One of `BANDS`.
    depth : float
        AB magnitude of a point source at 5 sigma.
    """

    mjd: float
    band: str
    depth: float


def ab_flux(magnitude: float) -> float:
    """Return the flux, in nJy, of an AB magnitude."""
    return float(10.0 ** ((AB_ZEROPOINT - magnitude) / 2.5))


def utc(mjd_tai: float) -> datetime:
    """Return the UTC of an MJD in TAI, without time zone."""
    return _MJD_EPOCH + timedelta(days=mjd_tai - TAI_MINUS_UTC_S / 86400)


def flux_error(flux: float, depth: float) -> float:
    """Return the noise of a point source, in nJy (Ivezic et al. 2019, equation 5, in fluxes).

    Parameters
    ----------
    flux : float
        Total flux at the position, in nJy.
    depth : float
        AB magnitude of a point source at 5 sigma.

    Returns
    -------
    float
        One standard deviation, in nJy.
    """
    limit = ab_flux(depth)
    return sqrt((0.04 - _GAMMA) * limit * max(flux, 0.0) + _GAMMA * limit**2)


def wide_visits(
    rng: np.random.Generator,
    first: float,
    last: float,
    *,
    gap: float = 3.0,
    pairs: int = 1,
    bands: Sequence[str] = _WIDE_PAIRS,
) -> list[Visit]:
    """Return visits of the main survey: pairs of bands, some minutes apart.

    Parameters
    ----------
    rng : numpy.random.Generator
        Source of the random numbers.
    first, last : float
        The season, in MJD.
    gap : float, optional
        Mean time between two nights, in days.
    pairs : int, optional
        Pairs of visits in a night.
    bands : sequence of str, optional
        The pairs of bands to choose from.

    Returns
    -------
    list of Visit
        The visits, in the order of time.
    """
    visits = []
    for start in _nights(rng, first, last, gap):
        for pair in rng.choice(bands, size=pairs, replace=False):
            for band in pair:
                visits.append(_visit(rng, start, str(band)))
                start += rng.uniform(*_PAIR_GAP_D)
    return visits


def deep_visits(
    rng: np.random.Generator, first: float, last: float, *, gap: float = 3.0, repeats: int = 4
) -> list[Visit]:
    """Return visits of a Deep Drilling Field: many in a row, in two bands a night.

    Parameters
    ----------
    rng : numpy.random.Generator
        Source of the random numbers.
    first, last : float
        The season, in MJD.
    gap : float, optional
        Mean time between two nights, in days.
    repeats : int, optional
        Visits in each band of a night.

    Returns
    -------
    list of Visit
        The visits, in the order of time.
    """
    visits = []
    for start in _nights(rng, first, last, gap):
        bands: Sequence[str] = _DEEP_SETS[int(rng.integers(len(_DEEP_SETS)))]
        for number, band in enumerate(band for band in bands for _ in range(repeats)):
            visits.append(_visit(rng, start + number * _SLEW_D, band))
    return visits


def _nights(rng: np.random.Generator, first: float, last: float, gap: float) -> list[float]:
    starts, night = [], float(np.floor(first))
    while night < last:
        starts.append(night + float(rng.uniform(_NIGHT[0], _NIGHT[1] - 0.1)))
        night += 1.0 + float(np.floor(rng.exponential(max(gap - 0.5, 0.1))))
    return starts


def _visit(rng: np.random.Generator, mjd: float, band: str) -> Visit:
    moon = 0.5 + 0.5 * np.cos(2 * np.pi * (mjd - _FULL_MOON_MJD) / _MOON_PERIOD_D)
    depth = DEPTH[band] - _MOON_MAG[band] * moon + rng.normal(0.0, _SEEING_MAG)
    return Visit(round(mjd, 8), band, float(depth))
