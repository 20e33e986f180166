"""A source of the simulation, its fluxes, and the colors of stars and galaxies."""

from collections.abc import Mapping
from typing import Protocol

from simulated_sky.survey import ab_flux

__all__ = [
    "BINARY",
    "BLUE_GALAXY",
    "BLUE_STAR",
    "EARLY_GALAXY",
    "QUASAR",
    "RED_GIANT",
    "WAVELENGTH_A",
    "Source",
    "brighter",
    "colored_fluxes",
    "fluxes",
]

WAVELENGTH_A = {"u": 3671.0, "g": 4827.0, "r": 6223.0, "i": 7546.0, "z": 8691.0, "y": 9712.0}
"""Effective wavelength of each band, in angstrom (Rubin's obs_lsst, throughputs v1.1)."""

# Magnitudes in each band relative to r. Galaxies at low redshift: the red and the blue peak of
# Strateva et al. 2001 (AJ 122, 1861) and Blanton & Moustakas 2009 (ARA&A 47, 159).
EARLY_GALAXY = {"u": 2.5, "g": 0.8, "r": 0.0, "i": -0.38, "z": -0.65, "y": -0.8}
BLUE_GALAXY = {"u": 1.6, "g": 0.45, "r": 0.0, "i": -0.22, "z": -0.35, "y": -0.42}
# Horizontal branch (Sesar et al. 2010, ApJ 708, 717), a late G star and a giant on the stellar
# locus (Covey et al. 2007, AJ 134, 2398), quasars (Richards et al. 2001, AJ 121, 2308).
BLUE_STAR = {"u": 1.25, "g": 0.2, "r": 0.0, "i": -0.05, "z": -0.07, "y": -0.08}
BINARY = {"u": 1.9, "g": 0.5, "r": 0.0, "i": -0.2, "z": -0.3, "y": -0.35}
RED_GIANT = {"u": 4.2, "g": 1.6, "r": 0.0, "i": -1.2, "z": -1.9, "y": -2.3}
QUASAR = {"u": 0.4, "g": 0.2, "r": 0.0, "i": -0.1, "z": -0.2, "y": -0.25}


class Source(Protocol):
    """A source that the survey observes."""

    @property
    def template(self) -> Mapping[str, float]:
        """The PSF flux in the template image, in nJy, by band."""

    def difference(self, mjd: float, band: str) -> float:
        """Return the flux, in nJy, less that of the template."""


def fluxes(**magnitudes: float) -> dict[str, float]:
    """Return the fluxes, in nJy, of AB magnitudes by band."""
    return {band: ab_flux(magnitude) for band, magnitude in magnitudes.items()}


def colored_fluxes(r_mag: float, colors: Mapping[str, float]) -> dict[str, float]:
    """Return fluxes in nJy, by band, from a magnitude in r and the colors.

    Examples
    --------
    >>> colored_fluxes(31.4, {"r": 0.0, "i": -2.5})
    {'r': 1.0, 'i': 10.0}
    """
    return fluxes(**{band: r_mag + offset for band, offset in colors.items()})


def brighter(magnitudes: float) -> float:
    """Return the ratio of fluxes that is a difference of magnitudes.

    Examples
    --------
    >>> brighter(2.5)
    10.0
    """
    return float(10.0 ** (0.4 * magnitudes))
