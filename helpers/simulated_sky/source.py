"""A source of the simulation, and its fluxes."""

from collections.abc import Mapping
from typing import Protocol

from simulated_sky.survey import ab_flux

__all__ = ["Source", "brighter", "fluxes"]


class Source(Protocol):
    """A source that the survey observes.

    Attributes
    ----------
    template : mapping of str to float
        Flux in the template image, in nJy, by band.
    """

    template: Mapping[str, float]

    def difference(self, mjd: float, band: str) -> float:
        """Return the flux, in nJy, less that of the template."""


def fluxes(**magnitudes: float) -> dict[str, float]:
    """Return the fluxes, in nJy, of AB magnitudes by band."""
    return {band: ab_flux(magnitude) for band, magnitude in magnitudes.items()}


def brighter(magnitudes: float) -> float:
    """Return the ratio of fluxes that is a difference of magnitudes.

    Examples
    --------
    >>> brighter(2.5)
    10.0
    """
    return float(10.0 ** (0.4 * magnitudes))
