"""What the survey measures of a source: fluxes in every visit, and which of them make an alert."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from simulated_sky.hosts import Host
from simulated_sky.source import Source
from simulated_sky.survey import SYSTEMATIC, Visit, flux_error

__all__ = [
    "DETECTION_SNR",
    "LEAST_RELIABILITY",
    "STAR_SCATTER",
    "Measurement",
    "detected",
    "flawed",
    "measure",
    "unreliable",
]

DETECTION_SNR = 5.0
"""A source fainter than this many standard deviations makes no alert."""

LEAST_RELIABILITY = 0.5
"""Rubin sends no alert of a less reliable detection (since 2026-02-24)."""

_DECIMALS = 2
_TEMPLATE_DEPTH_MAG = 1.3

# The logit of the reliability of good detections: normal, around a level that an object has. Of 93
# real detections that are no dipoles 17 % lie between 0.5 and 0.6 and 46 % above 0.9, most of one
# object on one side; and 6.6 % of the good ones are lost at the cut (its completeness is 93.4 %).
_LOGIT_LEVELS, _LOGIT_SCATTER, _SHARE_OF_LOW_LEVEL = (0.5, 3.2), (0.55, 1.1), 0.62
_BRIGHT_LOGIT, _FAINT_LOGIT = 0.1, -0.1
_ARTIFACT_LOGIT = (0.35, 0.35)

STAR_SCATTER = 0.012
"""PSF fluxes of a star vary by about this part from visit to visit."""

_FORCED_SCATTER, _SCIENCE_SCATTER = 0.15, 0.35
_SNR_FACTOR, _SNR_SCATTER = 0.99, 0.03
_BRIGHT_SNR, _BRIGHT_SNR_SCATTER, _SNR_RANGE = 100.0, 0.35, (0.28, 1.49)


@dataclass(frozen=True)
class Measurement:
    """A measurement in one visit; fluxes in nJy, rounded.

    Attributes
    ----------
    visit : Visit
        The exposure.
    flux, flux_err : float
        PSF flux of the difference image, signed, at the centroid.
    forced : float
        The same at the position of the object: forced photometry.
    science, science_err : float
        PSF flux of the visit image.
    template, template_err : float
        PSF flux of the template.
    snr : float
        Signal to noise of the detection, which is not exactly flux over error.
    reliability : float
        Machine-learned score from 0 (artifact) to 1 (real).
    dipole : bool
        Whether the fit of a dipole is the better one.
    flags : tuple of str
        The specific pixel flags that are set, without their prefix.
    """

    visit: Visit
    flux: float
    flux_err: float
    forced: float
    science: float
    science_err: float
    template: float
    template_err: float
    snr: float
    reliability: float
    dipole: bool = False
    flags: tuple[str, ...] = ()

    @property
    def is_negative(self) -> bool:
        """Whether it was found as a negative source; never so for a dipole."""
        return self.flux < 0 and not self.dipole


def measure(
    rng: np.random.Generator,
    source: Source,
    visits: Sequence[Visit],
    host: Host | None = None,
    scatter: float = STAR_SCATTER,
) -> list[Measurement]:
    """Return what is measured of a source in each visit, detected or not.

    Parameters
    ----------
    rng : numpy.random.Generator
        Source of the random numbers.
    source : Source
        The source.
    visits : sequence of Visit
        The exposures.
    host : Host, optional
        The galaxy around it: its PSF flux follows the seeing.
    scatter : float, optional
        Scatter of the PSF flux in the template, beside that: for a star, or for an active nucleus
        whose galaxy adds to it.

    Returns
    -------
    list of Measurement
        One a visit, in their order.
    """
    level = int(rng.random() > _SHARE_OF_LOW_LEVEL)
    return [_measure(rng, source, visit, host, scatter, level) for visit in visits]


def detected(measurements: Iterable[Measurement]) -> list[Measurement]:
    """Return the measurements that make an alert: significant, and reliable enough."""
    return [
        one
        for one in measurements
        if one.snr >= DETECTION_SNR and one.reliability >= LEAST_RELIABILITY
    ]


def flawed(
    rng: np.random.Generator, good: Measurement, *, shift: float, flags: tuple[str, ...]
) -> Measurement:
    """Return a measurement with an artifact in it.

    Parameters
    ----------
    rng : numpy.random.Generator
        Source of the random numbers.
    good : Measurement
        The measurement as it should have been.
    shift : float
        Added to its fluxes, in nJy.
    flags : tuple of str
        The specific pixel flags that are set, without their prefix.

    Returns
    -------
    Measurement
        The flawed one: reliable enough to become an alert.
    """
    return replace(
        good,
        flux=round(good.flux + shift, _DECIMALS),
        forced=round(good.forced + shift, _DECIMALS),
        science=round(good.science + shift, _DECIMALS),
        snr=round(max(abs(good.flux + shift) / good.flux_err, DETECTION_SNR), 4),
        reliability=unreliable(rng),
        flags=flags,
    )


def unreliable(rng: np.random.Generator) -> float:
    """Return the reliability of an artifact that Rubin sends nevertheless."""
    while True:
        score = _logistic(float(rng.normal(*_ARTIFACT_LOGIT)))
        if score >= LEAST_RELIABILITY:
            return score


def _measure(
    rng: np.random.Generator,
    source: Source,
    visit: Visit,
    host: Host | None,
    scatter: float,
    level: int,
) -> Measurement:
    noise, forced, seen, science, snr, score, scale = rng.normal(size=7).tolist()
    growth = host.growth(visit.seeing) if host else 1.0
    template = source.template[visit.band] * growth * (1 + scatter * scale)
    true = source.difference(visit.mjd, visit.band)
    total = max(template + true, 0.0)
    science_err = float(np.hypot(flux_error(total, visit.depth), SYSTEMATIC * true))
    template_err = flux_error(template, visit.depth + _TEMPLATE_DEPTH_MAG)
    error = float(np.hypot(science_err, template_err))
    flux, template_seen = true + error * noise, template + template_err * seen
    return Measurement(
        visit=visit,
        flux=round(flux, _DECIMALS),
        flux_err=round(error, _DECIMALS),
        forced=round(flux + _FORCED_SCATTER * error * forced, _DECIMALS),
        science=round(template_seen + flux + _SCIENCE_SCATTER * error * science, _DECIMALS),
        science_err=round(science_err, _DECIMALS),
        template=round(template_seen, _DECIMALS),
        template_err=round(template_err, _DECIMALS),
        snr=_snr(abs(flux) / error, snr),
        reliability=_reliability(abs(flux) / error, score, level),
    )


def _snr(ratio: float, draw: float) -> float:
    if ratio < _BRIGHT_SNR:
        return round(ratio * (_SNR_FACTOR + _SNR_SCATTER * draw), 4)
    factor = np.clip(_SNR_FACTOR * np.exp(_BRIGHT_SNR_SCATTER * draw), *_SNR_RANGE)
    return round(ratio * float(factor), 4)


def _reliability(ratio: float, draw: float, level: int) -> float:
    trend = _FAINT_LOGIT + (_BRIGHT_LOGIT - _FAINT_LOGIT) * min(1.0, max(0.0, (ratio - 5) / 20))
    return _logistic(_LOGIT_LEVELS[level] + trend + _LOGIT_SCATTER[level] * draw)


def _logistic(logit: float) -> float:
    return round(float(1 / (1 + np.exp(-logit))), 4)
