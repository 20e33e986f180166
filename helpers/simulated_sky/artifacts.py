"""What is not a source of its own: residuals of a moved star, and things that pass once."""

from collections.abc import Mapping

import numpy as np

__all__ = ["MovingStar", "Passing"]


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

    # It is observed only while it passes.
    def difference(self, mjd: float, band: str) -> float:  # noqa: ARG002
        """Return its flux, in nJy."""
        return self.flux[band]
