"""Host galaxies: extended, with the transient off their center."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import cos, exp, radians, sin, sqrt

import numpy as np

from simulated_sky.survey import SEEING_ARCSEC

__all__ = ["Host", "draw_host"]

_FWHM = 2.3548
_HALF_LIGHT = 1.1774

_GROWTH = 0.42
"""The PSF flux on a smooth galaxy grows with the square of the seeing. This exponent of it gives
the 4 to 19 % by which template fluxes of one object scatter in real alerts."""

_RADIUS_KPC = (2.0, 5.0)
"""Half-light radii of galaxies like the Milky Way: Shen et al. 2003, MNRAS 343, 978."""


@dataclass(frozen=True)
class Host:
    """A galaxy with the profile of a Gaussian, which is enough for the flux under a transient.

    Attributes
    ----------
    fluxes : mapping of str to float
        Its total flux in nJy, by band.
    east_arcsec, north_arcsec : float
        Where its center is, as seen from the transient.
    radius_arcsec : float
        The radius that holds half of its light.
    axis_ratio, angle_deg : float
        Its shape: minor over major axis, and the position angle, from north to east.
    """

    fluxes: Mapping[str, float]
    east_arcsec: float
    north_arcsec: float
    radius_arcsec: float
    axis_ratio: float = 1.0
    angle_deg: float = 0.0

    @property
    def template(self) -> dict[str, float]:
        """The PSF flux at the transient's position in the template, by band."""
        part = self._part(SEEING_ARCSEC)
        return {band: round(flux * part, 3) for band, flux in self.fluxes.items()}

    def growth(self, seeing: float) -> float:
        """Return the PSF flux at the position in a seeing (arcsec), relative to the template's."""
        return float((self._part(seeing) / self._part(SEEING_ARCSEC)) ** _GROWTH)

    def properties(self) -> dict[str, float]:
        """Return the truth about the galaxy as properties of the locus."""
        return {
            "sim_host_east_arcsec": self.east_arcsec,
            "sim_host_north_arcsec": self.north_arcsec,
            "sim_host_radius_arcsec": self.radius_arcsec,
            "sim_host_axis_ratio": self.axis_ratio,
            "sim_host_angle_deg": self.angle_deg,
        }

    def _part(self, seeing: float) -> float:
        """Return the PSF flux at the position as a part of the galaxy's: two Gaussians' overlap."""
        psf, angle = (seeing / _FWHM) ** 2, radians(self.angle_deg)
        along = self.north_arcsec * cos(angle) + self.east_arcsec * sin(angle)
        across = self.east_arcsec * cos(angle) - self.north_arcsec * sin(angle)
        major = (self.radius_arcsec / _HALF_LIGHT) ** 2 + 2 * psf
        minor = (self.radius_arcsec * self.axis_ratio / _HALF_LIGHT) ** 2 + 2 * psf
        overlap = exp(-(along**2 / major + across**2 / minor) / 2)
        return 2 * psf / sqrt(major * minor) * overlap


def draw_host(rng: np.random.Generator, fluxes: Mapping[str, float], kpc_per_arcsec: float) -> Host:
    """Return a galaxy with a transient somewhere in its light.

    Parameters
    ----------
    rng : numpy.random.Generator
        Source of the random numbers.
    fluxes : mapping of str to float
        Its total flux in nJy, by band.
    kpc_per_arcsec : float
        The scale at its redshift.

    Returns
    -------
    Host
        The galaxy.
    """
    radius = max(0.35, float(rng.uniform(*_RADIUS_KPC)) / kpc_per_arcsec)
    ratio, angle = float(rng.uniform(0.45, 0.95)), float(rng.uniform(0, 180))
    along, across = (rng.normal(size=2) * radius / _HALF_LIGHT).tolist()
    across *= ratio
    east = along * sin(radians(angle)) + across * cos(radians(angle))
    north = along * cos(radians(angle)) - across * sin(radians(angle))
    return Host(
        fluxes, round(east, 3), round(north, 3), round(radius, 3), round(ratio, 3), round(angle, 1)
    )
