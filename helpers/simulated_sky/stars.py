"""Variable stars: periodic ones, around the mean in their template, and dwarf novae."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from math import cos, exp, pi
from statistics import fmean

import numpy as np

from simulated_sky.source import brighter

__all__ = [
    "DwarfNova",
    "EclipsingBinary",
    "LongPeriodVariable",
    "MovingStar",
    "PeriodicStar",
    "RRab",
    "RRc",
]

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


class RRab(PeriodicStar):
    """A fundamental-mode RR Lyrae, of 0.45 to 0.8 days: up at once, down slowly.

    The maximum is at phase 0. Amplitudes and shape: Sesar et al. 2010 (ApJ 708, 717).
    """

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


class RRc(PeriodicStar):
    """A first-overtone RR Lyrae, of 0.25 to 0.4 days: nearly a sine, the rise a little steeper.

    The maximum is at phase 0. Amplitudes and shape: Sesar et al. 2010 (ApJ 708, 717).
    """

    AMPLITUDE: Mapping[str, float] = {
        "u": 0.55,
        "g": 0.55,
        "r": 0.4,
        "i": 0.32,
        "z": 0.3,
        "y": 0.29,
    }
    """Magnitudes from minimum to maximum, by band."""

    _FALL = 0.57

    def relative(self, phase: float, band: str) -> float:
        """Return the flux at a phase; 1 at minimum."""
        falls = phase < self._FALL
        angle = phase / self._FALL if falls else (1 - phase) / (1 - self._FALL)
        return brighter(self.AMPLITUDE[band] * (1 + cos(pi * angle)) / 2)


class EclipsingBinary(PeriodicStar):
    """Two stars, drawn out by tides, which eclipse each other; the deeper eclipse at phase 0.

    Depths as of many close binaries of the OGLE survey (Soszynski et al. 2016, AcA 66, 405).
    """

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
    """A pulsating red giant, which takes months; a maximum at phase 0.

    Amplitudes fall to the red as those of Miras do (Soszynski et al. 2009, AcA 59, 239).
    """

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


class DwarfNova:
    """A faint binary with outbursts of some days.

    Lengths, amplitudes and colors of outbursts: Warner 1995 (Cataclysmic Variable Stars, chapter
    3) and Otulakowska-Hypka et al. 2016 (MNRAS 460, 2526).

    Parameters
    ----------
    outbursts_mjd : tuple of float
        When each outburst starts.
    quiet : mapping of str to float
        Flux between outbursts, in nJy, by band.
    amplitude_mag : float
        Magnitudes by which an outburst is brighter, in g; less in the red.
    """

    LENGTH_D = 11.0
    _RISE_D = 0.6
    _FALL_D = 1.3
    _FADING_MAG_D = 0.09
    _OVER_D = 40.0
    _COLOR: Mapping[str, float] = {
        "u": 0.3,
        "g": 0.0,
        "r": -0.2,
        "i": -0.35,
        "z": -0.5,
        "y": -0.6,
    }

    def __init__(
        self, outbursts_mjd: tuple[float, ...], quiet: Mapping[str, float], amplitude_mag: float
    ) -> None:
        self.outbursts_mjd = outbursts_mjd
        self.template = quiet
        self.amplitude_mag = amplitude_mag

    def difference(self, mjd: float, band: str) -> float:
        """Return the flux, in nJy, less that of the template."""
        times = (mjd - start for start in self.outbursts_mjd)
        return sum(self._outburst(time, band) for time in times if 0 < time < self._OVER_D)

    def _outburst(self, time: float, band: str) -> float:
        brightening = self.amplitude_mag + self._COLOR[band] - self._FADING_MAG_D * time
        edges = (1 - exp(-time / self._RISE_D)) / (1 + exp((time - self.LENGTH_D) / self._FALL_D))
        return self.template[band] * (brighter(max(brightening, 0.0) * edges) - 1)


class MovingStar:
    """A bright star that has moved since the template: subtraction leaves a dipole.

    Parameters
    ----------
    rng : numpy.random.Generator
        Source of the random numbers.
    flux : mapping of str to float
        Flux of the star, in nJy, by band.
    """

    RESIDUAL = (0.01, 0.05, 0.16)
    """Least, median and greatest net flux of a dipole as a fraction of the star's, as Rubin's
    first alert packets have it (schema lsst.v10_0, early 2026)."""

    _SCATTER = 0.6

    def __init__(self, rng: np.random.Generator, flux: Mapping[str, float]) -> None:
        self.template = flux
        self._rng = rng
        self._residuals: dict[tuple[float, str], float] = {}

    def difference(self, mjd: float, band: str) -> float:
        """Return the net flux that the subtraction leaves, in nJy: random, of either sign.

        A visit, of which mjd and band are the key, has one residual however often it is read.
        """
        if (mjd, band) not in self._residuals:
            self._residuals[mjd, band] = self._residual()
        return self.template[band] * self._residuals[mjd, band]

    def _residual(self) -> float:
        least, median, greatest = self.RESIDUAL
        size = median * float(np.exp(self._rng.normal(0.0, self._SCATTER)))
        sign = 1.0 if self._rng.random() < 0.5 else -1.0
        return sign * min(max(size, least), greatest)
