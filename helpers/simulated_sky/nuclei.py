"""Active nuclei of galaxies."""

from collections.abc import Mapping
from math import exp, sqrt
from statistics import fmean

import numpy as np
from numpy.typing import NDArray

from simulated_sky.source import WAVELENGTH_A, brighter

__all__ = ["ActiveGalaxy"]


class ActiveGalaxy:
    """An active nucleus: its magnitudes are a damped random walk (Kelly et al. 2009, ApJ 698, 895).

    The template is a chance epoch, a few visits of one month before the season, so that the
    differences have one sign for long.

    Parameters
    ----------
    rng : numpy.random.Generator
        Source of the random numbers.
    first, last : float
        The first and last visit, in MJD.
    mean : mapping of str to float
        Flux at the mean magnitude, in nJy, by band.
    redshift : float
        The redshift.
    """

    TAU_D = 250.0
    """Damping time at rest, in days: MacLeod et al. 2010 (ApJ 721, 1014), table 1, 10**2.4."""

    SIGMA_MAG = 0.22
    """Standard deviation at 4000 angstrom at rest, of a quasar with M_i = -23 and 1e9 solar
    masses: SF_inf / sqrt(2) with SF_inf = 10**-0.51, the same table."""

    _REDDER = -0.479  # Power of the wavelength, the same table.
    _TEMPLATE_AGE_D = (115.0, 285.0)
    _TEMPLATE_VISITS, _TEMPLATE_LENGTH_D = 5, 30.0

    def __init__(
        self,
        rng: np.random.Generator,
        first: float,
        last: float,
        mean: Mapping[str, float],
        redshift: float,
    ) -> None:
        self.mean = mean
        self._amplitude = {band: self._relative_amplitude(band, redshift) for band in mean}
        start = first - self._TEMPLATE_AGE_D[1] - self._TEMPLATE_LENGTH_D
        self._days: NDArray[np.float64] = np.arange(np.floor(start), np.ceil(last) + 1)
        self._offsets = self._walk(rng, self.TAU_D * (1 + redshift))
        self.template = self._chance_epoch(rng, first)

    def difference(self, mjd: float, band: str) -> float:
        """Return the flux, in nJy, less that of the template."""
        return self._flux(mjd, band) - self.template[band]

    def _flux(self, mjd: float, band: str) -> float:
        offset = float(np.interp(mjd, self._days, self._offsets)) * self._amplitude[band]
        return self.mean[band] * brighter(offset)

    def _relative_amplitude(self, band: str, redshift: float) -> float:
        return float((WAVELENGTH_A[band] / (1 + redshift) / 4000.0) ** self._REDDER)

    def _walk(self, rng: np.random.Generator, tau_d: float) -> NDArray[np.float64]:
        memory = exp(-1 / tau_d)
        kick = self.SIGMA_MAG * sqrt(1 - memory**2)
        offset, offsets = float(rng.normal(0, self.SIGMA_MAG)), []
        for step in rng.normal(0, kick, size=self._days.size):
            offset = memory * offset + float(step)
            offsets.append(offset)
        return np.array(offsets)

    def _chance_epoch(self, rng: np.random.Generator, first: float) -> dict[str, float]:
        middle = first - float(rng.uniform(*self._TEMPLATE_AGE_D))
        half = self._TEMPLATE_LENGTH_D / 2
        visits = [middle + float(rng.uniform(-half, half)) for _ in range(self._TEMPLATE_VISITS)]
        return {band: fmean(self._flux(mjd, band) for mjd in visits) for band in self.mean}
