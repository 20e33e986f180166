"""The survey: when it looks at a field, in which band, how deep and how noisy."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import exp, log10, radians, sin, sqrt
from typing import Any

import numpy as np

from antares_helpers.bands import AB_ZEROPOINT, TAI_MINUS_UTC_S
from simulated_sky.observing import Night, night

__all__ = [
    "BANDS",
    "DEPTH",
    "EXPOSURE_S",
    "SEEING_ARCSEC",
    "Place",
    "Visit",
    "ab_flux",
    "deep_visits",
    "flux_error",
    "utc",
    "visits_at",
    "wide_visits",
]

Place = tuple[float, float]

BANDS = "ugrizy"
"""Rubin's bands, by wavelength."""

DEPTH = {"u": 23.6, "g": 24.9, "r": 24.5, "i": 24.1, "z": 23.35, "y": 22.3}
"""AB magnitude of a point source at 5 sigma in a visit at an airmass of 1.2, without the Moon.
With the Moon, the airmass and the seeing the medians are those of difference images of 2026:
g 24.3, r 23.9, i 23.6, z 22.9; u and y as in the baseline of the survey (v3.2)."""

EXPOSURE_S = 30.0
"""Exposure time of a visit, in seconds."""

SEEING_ARCSEC = 0.95
"""Median full width at half maximum of a point source at the zenith."""

_GAMMA = 0.039
"""Weight of the sky in the noise: Ivezic et al. 2019, ApJ 873, 111, equation 5."""

SYSTEMATIC = 0.005
"""Floor of the errors, as a part of the difference flux: the calibration that Rubin's requirements
ask for (LPM-17, table 14: 5 mmag)."""

_SEEING_SCATTER = 0.15
_MOON_MAG = {"u": 0.9, "g": 0.6, "r": 0.35, "i": 0.2, "z": 0.1, "y": 0.05}
"""What a full Moon above the horizon costs (a sky that is 4 to 0.2 mag brighter from u to y would
cost half of that in depth; the scheduler keeps the blue bands away from it)."""

_EXTINCTION = {"u": 0.45, "g": 0.2, "r": 0.12, "i": 0.08, "z": 0.05, "y": 0.1}
"""Magnitudes of extinction an airmass: Ivezic et al. 2019, table 2 (rounded; y has water)."""

_PAIRS = {"ug": 0.14, "gr": 0.1, "ri": 0.3, "iz": 0.16, "zy": 0.24, "yy": 0.06}
"""How often two bands share a night, so that the visits are u 7, g 12, r 20, i 23, z 20, y 18 %:
within 2 % of the plan of the survey (u 7, g 10, r 22, i 22, z 19, y 19)."""

_DARK_BANDS, _BRIGHT_BANDS = "u", "y"
_DEEP_SETS = ("ugri", "griz", "grizy", "rizy", "ugr", "izy")
_PAIR_GAP_D = (0.014, 0.024)
_SLEW_D = 40.0 / 86400.0
_DETECTORS = 189
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
    seeing : float
        Full width at half maximum of a point source, in arcsec.
    detector : int
        The detector on which the position lies.
    """

    mjd: float
    band: str
    depth: float
    seeing: float = SEEING_ARCSEC
    detector: int = 94

    @property
    def number(self) -> int:
        """The number of the visit: its day of observation, and its place in the night."""
        noon = self.mjd - 0.5
        sequence = 100 + int((noon % 1 - 0.4) * 86400 / 36)
        return int(f"{utc(noon):%Y%m%d}00000") + sequence


def ab_flux(magnitude: float) -> float:
    """Return the flux, in nJy, of an AB magnitude."""
    return float(10.0 ** ((AB_ZEROPOINT - magnitude) / 2.5))


def utc(mjd_tai: float) -> datetime:
    """Return the UTC of an MJD in TAI, without time zone."""
    return _MJD_EPOCH + timedelta(days=mjd_tai - TAI_MINUS_UTC_S / 86400)


def flux_error(flux: float, depth: float) -> float:
    """Return the noise of a point source (Ivezic et al. 2019, equation 5, in fluxes).

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
    rng: np.random.Generator, place: Place, season: tuple[float, float], *, gap: float = 4.0
) -> list[Visit]:
    """Return visits of the main survey: nights with a pair of bands, half an hour apart.

    Parameters
    ----------
    rng : numpy.random.Generator
        Source of the random numbers.
    place : tuple of float
        Right ascension and declination, in degrees.
    season : tuple of float
        The first and the last MJD.
    gap : float, optional
        Mean time between two nights, in days.

    Returns
    -------
    list of Visit
        The visits, in the order of time: fewer where the field is low or the Sun is up.
    """
    visits: list[Visit] = []
    for tonight in _nights(rng, season, gap):
        visits += visits_at(rng, place, tonight, _pair(rng, tonight), rng.uniform(*_PAIR_GAP_D))
    return visits


def deep_visits(
    rng: np.random.Generator,
    place: Place,
    season: tuple[float, float],
    *,
    gap: float = 3.0,
    repeats: int = 2,
) -> list[Visit]:
    """Return visits of a Deep Drilling Field: many in a row, in three to five bands a night.

    Parameters
    ----------
    rng, place, season, gap
        As for `wide_visits`.
    repeats : int, optional
        Visits in each band of a night.

    Returns
    -------
    list of Visit
        The visits, in the order of time.
    """
    visits: list[Visit] = []
    for tonight in _nights(rng, season, gap):
        bands = _DEEP_SETS[int(rng.integers(len(_DEEP_SETS)))]
        sequence = "".join(band * repeats for band in bands)
        visits += visits_at(rng, place, tonight, sequence, _SLEW_D)
    return visits


def visits_at(
    rng: np.random.Generator, place: Place, tonight: Night, bands: Sequence[str], step_d: float
) -> list[Visit]:
    """Return visits of one night, one a band and `step_d` days apart: none if there is no time.

    The start is drawn from the hours in which all of them fit, the better the higher the field.
    """
    altitude, usable = tonight.altitude(*place), tonight.usable(*place)
    last = np.searchsorted(tonight.mjd, tonight.mjd + step_d * (len(bands) - 1))
    lost = np.concatenate([[0], np.cumsum(~usable)])
    inside = np.flatnonzero(last < usable.size)
    fits = inside[lost[last[inside] + 1] == lost[inside]]
    if not fits.size:
        return []
    weights = np.round(np.sin(np.radians(altitude[fits])) ** 4, 6)
    begin = tonight.mjd[fits[int(np.searchsorted(np.cumsum(weights), _part(rng, weights)))]]
    return [
        _visit(rng, tonight, altitude, round(float(begin + number * step_d), 8), band)
        for number, band in enumerate(bands)
    ]


def _part(rng: np.random.Generator, weights: Any) -> float:
    return float(rng.random() * weights.sum())


def _nights(rng: np.random.Generator, season: tuple[float, float], gap: float) -> Iterator[Night]:
    number = int(season[0])
    while number < season[1]:
        yield night(number)
        number += 1 + int(rng.exponential(max(gap - 0.5, 0.1)))


def _pair(rng: np.random.Generator, tonight: Night) -> str:
    lit = tonight.moon_lit
    weights = [
        share * (2 * (1 - lit) if _DARK_BANDS in pair else 1) * (2 * lit if pair == "yy" else 1)
        for pair, share in _PAIRS.items()
    ]
    chosen = np.searchsorted(np.cumsum(weights), rng.random() * sum(weights))
    return list(_PAIRS)[int(chosen)]


def _visit(rng: np.random.Generator, tonight: Night, altitude: Any, mjd: float, band: str) -> Visit:
    airmass = 1 / sin(radians(float(np.interp(mjd, tonight.mjd, altitude))))
    moon = tonight.moon_lit**2 * float(np.interp(mjd, tonight.mjd, tonight.moon_up))
    blur = airmass**0.6 * exp(_SEEING_SCATTER * float(rng.normal()))
    depth = (
        DEPTH[band]
        - _MOON_MAG[band] * moon
        - _EXTINCTION[band] * (airmass - 1.2)
        - 2.5 * log10(blur / 1.2**0.6)
    )
    detector = int(rng.integers(_DETECTORS))
    return Visit(mjd, band, round(depth, 4), round(SEEING_ARCSEC * blur, 4), detector)
