"""The common scale of several images: limits, stretch and ticks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from matplotlib.colors import Normalize
    from numpy.typing import NDArray

__all__ = ["Scale"]

_CLIPPED_PERCENT = 0.3  # of each image, at either end: cosmic rays and bad pixels
_LINEAR_SIGMAS = 3.0
_SIGMA_OF_MAD = 1.4826  # of a normal distribution
_MAX_DECADES = 2


@dataclass(frozen=True)
class Scale:
    """The range of values of the colors, and the part of it in which they are linear."""

    low: float
    high: float
    width: float
    extend: str
    """At which ends there are values beyond, as matplotlib's color bar takes it."""

    @classmethod
    def of(cls, images: dict[str, NDArray[np.float64]]) -> Scale:
        """Return the scale for images in which pixels without a value are NaN."""
        low, high = _limits(images)
        noises = {kind: _noise(image) for kind, image in images.items()}
        noise = noises.get("difference") or min(noises.values())
        width = _LINEAR_SIGMAS * noise if low < 0 and noise else np.inf
        is_below = any((image < low).any() for image in images.values())
        is_above = any((image > high).any() for image in images.values())
        ends = "both" if is_below and is_above else "min" if is_below else "max"
        return cls(low, high, width, ends if is_below or is_above else "neither")

    def norm(self) -> Normalize:
        """Return the scale as a norm of matplotlib."""
        from matplotlib.colors import AsinhNorm, Normalize

        if np.isinf(self.width):
            return Normalize(self.low, self.high)
        return AsinhNorm(self.width, self.low, self.high)

    def ticks(self) -> list[float]:
        """Return zero and the powers of ten beyond the linear part, or round values."""
        from matplotlib.ticker import MaxNLocator

        powers = 10.0 ** np.arange(-30, 31)
        decades = powers[(powers > self.width) & (powers <= self.high)][-_MAX_DECADES:]
        if len(decades) == 1:
            decades = decades[0] * np.array([1.0, 3.0] if 3 * decades[0] <= self.high else [1.0])
        if len(decades):
            return [*map(float, -decades[::-1]), 0.0, *map(float, decades)]
        ticks = MaxNLocator(5).tick_values(self.low, self.high)
        return [float(tick) for tick in ticks if self.low <= tick <= self.high]


def _limits(images: dict[str, NDArray[np.float64]]) -> tuple[float, float]:
    finite = [image[np.isfinite(image)] for image in images.values()]
    finite = [values for values in finite if len(values)]
    if not finite:
        return -1.0, 1.0
    low = min(np.percentile(each, _CLIPPED_PERCENT, method="higher") for each in finite)
    high = max(np.percentile(each, 100 - _CLIPPED_PERCENT, method="lower") for each in finite)
    if low < 0:
        most = max(-low, high)
        return -float(most), float(most)
    return (float(low), float(high)) if low < high else (0.0, float(high) or 1.0)


def _noise(image: NDArray[np.float64]) -> float:
    finite = image[np.isfinite(image)]
    if not len(finite):
        return 0.0
    return float(_SIGMA_OF_MAD * np.median(np.abs(finite - np.median(finite))))
