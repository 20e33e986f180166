"""Periodic stars: sometimes brighter than their template, sometimes fainter."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from math import cos, exp, pi
from statistics import fmean

from simulated_sky.source import brighter

__all__ = ["EclipsingBinary", "LongPeriodVariable", "PeriodicStar", "RRLyrae"]

_PHASES = [(step + 0.5) / 400 for step in range(400)]


class PeriodicStar(ABC):
    """A star whose light curve repeats; its template is its mean.

    Parameters
    ----------
    period_d : float
        The period, in days.
    epoch_mjd : float
        When the phase is 0.
    mean : mapping of str to float
        Mean flux, in nJy, by band.
    """

    def __init__(self, period_d: float, epoch_mjd: float, mean: Mapping[str, float]) -> None:
        self.period_d = period_d
        self.epoch_mjd = epoch_mjd
        self.template = mean
        self._mean = {band: fmean(self.relative(phase, band) for phase in _PHASES) for band in mean}

    def difference(self, mjd: float, band: str) -> float:
        """Return the flux, in nJy, less that of the template."""
        phase = (mjd - self.epoch_mjd) / self.period_d % 1.0
        return self.template[band] * (self.relative(phase, band) / self._mean[band] - 1)

    @abstractmethod
    def relative(self, phase: float, band: str) -> float:
        """Return the flux at a phase, in any unit."""


class RRLyrae(PeriodicStar):
    """A pulsating star with a steep rise and a slow decline; a maximum at phase 0."""

    AMPLITUDE: Mapping[str, float] = {
        "u": 1.1,
        "g": 1.05,
        "r": 0.75,
        "i": 0.6,
        "z": 0.55,
        "y": 0.53,
    }
    """Magnitudes from minimum to maximum, by band."""

    _RISE = 0.86
    _FALL = 2.6

    def relative(self, phase: float, band: str) -> float:
        """Return the flux at a phase; 1 at minimum."""
        return brighter(self.AMPLITUDE[band] * self._brightness(phase))

    def _brightness(self, phase: float) -> float:
        bottom = exp(-self._FALL * self._RISE)
        if phase < self._RISE:
            return (exp(-self._FALL * phase) - bottom) / (1 - bottom)
        step = (phase - self._RISE) / (1 - self._RISE)
        return step * step * (3 - 2 * step)


class EclipsingBinary(PeriodicStar):
    """Two stars, drawn out by tides, which eclipse each other; the deeper eclipse at phase 0."""

    PRIMARY = 0.52
    """Part of the light that is lost in the primary eclipse, in r."""

    SECONDARY = 0.24
    """Part of the light that is lost in the secondary eclipse, in r."""

    _TIDES = 0.14
    _WIDTH = 0.055
    _COLOR: Mapping[str, float] = {
        "u": 1.15,
        "g": 1.08,
        "r": 1.0,
        "i": 0.95,
        "z": 0.92,
        "y": 0.9,
    }

    def relative(self, phase: float, band: str) -> float:
        """Return the flux at a phase; 1 between the eclipses."""
        tides = 1 - self._TIDES * (1 + cos(4 * pi * phase)) / 2
        return tides * (1 - self._eclipses(phase, self._COLOR[band]))

    def _eclipses(self, phase: float, color: float) -> float:
        primary = self.PRIMARY * color * self._dip(min(phase, 1 - phase))
        return primary + self.SECONDARY / color * self._dip(abs(phase - 0.5))

    def _dip(self, distance: float) -> float:
        return exp(-((distance / self._WIDTH) ** 2) / 2)


class LongPeriodVariable(PeriodicStar):
    """A pulsating red giant, which takes months; a maximum at phase 0."""

    AMPLITUDE: Mapping[str, float] = {
        "u": 2.6,
        "g": 2.4,
        "r": 2.0,
        "i": 1.3,
        "z": 1.0,
        "y": 0.8,
    }
    """Magnitudes from minimum to maximum, by band."""

    def relative(self, phase: float, band: str) -> float:
        """Return the flux at a phase; 1 at minimum."""
        return brighter(self.AMPLITUDE[band] * (1 + cos(2 * pi * phase)) / 2)
