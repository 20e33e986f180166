"""Irregular sources: an active galaxy, a dwarf nova, things that move."""

from collections.abc import Mapping
from math import exp, sqrt

import numpy as np
from numpy.typing import NDArray

from simulated_sky.source import brighter

__all__ = ["ActiveGalaxy", "DwarfNova", "MovingStar", "Passing"]


class ActiveGalaxy:
    """An active nucleus: a damped random walk (Kelly et al. 2009, ApJ 698, 895).

    Parameters
    ----------
    rng : numpy.random.Generator
        Source of the random numbers.
    first, last : float
        When it is looked at, in MJD.
    mean : mapping of str to float
        Mean flux, which is that of the template, in nJy, by band.
    """

    TAU_D = 60.0
    SIGMA_MAG = 0.28
    _COLOR: Mapping[str, float] = {
        "u": 1.25,
        "g": 1.1,
        "r": 1.0,
        "i": 0.9,
        "z": 0.85,
        "y": 0.8,
    }

    def __init__(
        self, rng: np.random.Generator, first: float, last: float, mean: Mapping[str, float]
    ) -> None:
        self.template = mean
        self._days: NDArray[np.float64] = np.arange(np.floor(first), np.ceil(last) + 1)
        self._offsets = self._walk(rng)

    def difference(self, mjd: float, band: str) -> float:
        """Return the flux, in nJy, less that of the template."""
        offset = float(np.interp(mjd, self._days, self._offsets)) * self._COLOR[band]
        return self.template[band] * (brighter(offset) - 1)

    def _walk(self, rng: np.random.Generator) -> NDArray[np.float64]:
        memory = exp(-1 / self.TAU_D)
        kick = self.SIGMA_MAG * sqrt(1 - memory**2)
        offset, offsets = float(rng.normal(0, self.SIGMA_MAG)), []
        for step in rng.normal(0, kick, size=self._days.size):
            offset = memory * offset + float(step)
            offsets.append(offset)
        return np.array(offsets)


class DwarfNova:
    """A faint binary with outbursts of some days.

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
    _RISE_D = 0.8
    _FALL_D = 1.3
    _FADING_MAG_D = 0.09
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
        return sum(self._outburst(time, band) for time in times if time > 0)

    def _outburst(self, time: float, band: str) -> float:
        magnitudes = self.amplitude_mag + self._COLOR[band] - self._FADING_MAG_D * time
        edges = (1 - exp(-time / self._RISE_D)) / (1 + exp((time - self.LENGTH_D) / self._FALL_D))
        return self.template[band] * (brighter(max(magnitudes, 0.0)) - 1) * edges


class MovingStar:
    """A bright star that has moved since the template: subtraction leaves a dipole.

    Parameters
    ----------
    rng : numpy.random.Generator
        Source of the random numbers.
    flux : mapping of str to float
        Flux of the star, in nJy, by band.
    residual : float, optional
        Typical residual, as a fraction of the flux.
    """

    def __init__(
        self, rng: np.random.Generator, flux: Mapping[str, float], residual: float = 0.06
    ) -> None:
        self.template = flux
        self._rng = rng
        self._residual = residual

    # A residual has no clock: it depends on how the star lies on the pixels.
    def difference(self, mjd: float, band: str) -> float:  # noqa: ARG002
        """Return the residual of the subtraction, in nJy: random each time."""
        return self.template[band] * self._residual * float(self._rng.normal())


class Passing:
    """Something that passes, and is not in the template.

    Parameters
    ----------
    flux : mapping of str to float
        Its flux, in nJy, by band.
    sky : float, optional
        Flux of the template at its position, in nJy.
    """

    def __init__(self, flux: Mapping[str, float], sky: float = 60.0) -> None:
        self.flux = flux
        self.template: Mapping[str, float] = dict.fromkeys(flux, sky)

    # It is looked at only while it passes.
    def difference(self, mjd: float, band: str) -> float:  # noqa: ARG002
        """Return its flux, in nJy."""
        return self.flux[band]
