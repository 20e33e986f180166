"""From a source and visits to detections."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from simulated_sky.source import Source
from simulated_sky.survey import Visit, flux_error

__all__ = ["DETECTION_SNR", "Detection", "detect", "flaw"]

DETECTION_SNR = 5.0
"""A source fainter than this many standard deviations makes no alert."""

_DECIMALS = 3
_TEMPLATE_DEPTH_MAG = 1.3
_FORCED_SCATTER = 0.25


@dataclass(frozen=True)
class Detection:
    """A detection on a difference image; fluxes in nJy, rounded.

    Attributes
    ----------
    visit : Visit
        The exposure.
    flux, flux_err : float
        Of the difference image; the flux is signed.
    science, science_err : float
        Of the visit image, at the same position.
    template, template_err : float
        Of the template, at the same position.
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
    science: float
    science_err: float
    template: float
    template_err: float
    reliability: float
    dipole: bool = False
    flags: tuple[str, ...] = ()

    @property
    def snr(self) -> float:
        """Signal to noise; never negative."""
        return abs(self.flux) / self.flux_err

    @property
    def is_negative(self) -> bool:
        """Whether it was found as a negative source; never so for a dipole."""
        return self.flux < 0 and not self.dipole


def detect(rng: np.random.Generator, source: Source, visits: Sequence[Visit]) -> list[Detection]:
    """Return the detections of a source.

    Parameters
    ----------
    rng : numpy.random.Generator
        Source of the random numbers.
    source : Source
        The source.
    visits : sequence of Visit
        The exposures.

    Returns
    -------
    list of Detection
        Those of at least `DETECTION_SNR`, in the order of the visits.
    """
    measured = [_measure(rng, source, visit) for visit in visits]
    return [detection for detection in measured if detection.snr >= DETECTION_SNR]


def flaw(
    detection: Detection, *, reliability: float, shift: float = 0.0, flags: tuple[str, ...] = ()
) -> Detection:
    """Return a flawed detection.

    Parameters
    ----------
    detection : Detection
        The detection as it should have been.
    reliability : float
        The score it gets.
    shift : float, optional
        Added to its fluxes, in nJy.
    flags : tuple of str, optional
        The specific pixel flags that are set, without their prefix.

    Returns
    -------
    Detection
        The flawed one.
    """
    return replace(
        detection,
        flux=round(detection.flux + shift, _DECIMALS),
        science=round(detection.science + shift, _DECIMALS),
        reliability=reliability,
        flags=flags,
    )


def _measure(rng: np.random.Generator, source: Source, visit: Visit) -> Detection:
    template = source.template[visit.band]
    true = source.difference(visit.mjd, visit.band)
    science_err = flux_error(template + true, visit.depth)
    template_err = flux_error(template, visit.depth + _TEMPLATE_DEPTH_MAG)
    error = float(np.hypot(science_err, template_err))
    noise, forced, seen, score = rng.normal(size=4).tolist()
    flux = true + error * noise
    template_seen = template + template_err * seen
    return Detection(
        visit=visit,
        flux=round(flux, _DECIMALS),
        flux_err=round(error, _DECIMALS),
        science=round(template_seen + flux + _FORCED_SCATTER * error * forced, _DECIMALS),
        science_err=round(science_err, _DECIMALS),
        template=round(template_seen, _DECIMALS),
        template_err=round(template_err, _DECIMALS),
        reliability=_reliability(abs(flux) / error, flux < 0, score),
    )


def _reliability(snr: float, negative: bool, score: float) -> float:
    expected = 0.985 - 0.9 / max(snr, 1.0) - (0.05 if negative else 0.0)
    return round(float(np.clip(expected - 0.035 * abs(score), 0.02, 0.999)), 4)
