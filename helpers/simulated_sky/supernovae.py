"""Supernovae and kilonovae: at a redshift, seen through the dust of the Milky Way."""

from collections.abc import Mapping
from functools import cache
from math import log, log10, radians

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import PchipInterpolator  # type: ignore[import-untyped]

from simulated_sky.light_curves import IA, IBC, IIP, KILONOVA, SupernovaType
from simulated_sky.source import WAVELENGTH_A, brighter
from simulated_sky.survey import ab_flux

__all__ = [
    "IA",
    "IBC",
    "IIP",
    "Kilonova",
    "Supernova",
    "SupernovaType",
    "apparent_r",
    "kpc_per_arcsec",
]

# Hubble constant in km/s/Mpc and density of matter: Planck Collaboration 2020 (A&A 641, A6),
# table 2, last column, a flat universe: astropy's Planck18 to 0.001 mag below z = 1.
_HUBBLE, _MATTER, _LIGHT_KM_S = 67.66, 0.3111, 299792.458

_EXTINCTION = {"u": 4.145, "g": 3.237, "r": 2.273, "i": 1.684, "z": 1.323, "y": 1.088}
"""Extinction by band for E(B-V) = 1 in the map SFD: Schlafly & Finkbeiner 2011, ApJ 737, 103."""

# Below the first redshift the light curves at rest hold in the bands observed, above the second
# in the wavelengths at rest that they show.
_RAMP = (0.10, 0.15)

_STEP_D = 0.05


def apparent_r(absolute_mag: float, redshift: float) -> float:
    """Return the apparent magnitude in r, without K correction, of an absolute one.

    Examples
    --------
    >>> round(apparent_r(-19.2, 0.1), 2)
    19.19
    """
    return absolute_mag + _distance_modulus(redshift)


def kpc_per_arcsec(redshift: float) -> float:
    """Return the size, in kpc, of an arcsec at a redshift.

    Examples
    --------
    >>> round(kpc_per_arcsec(0.1), 2)
    1.91
    """
    return round(_comoving_mpc(redshift) / (1 + redshift) * 1000 * radians(1 / 3600), 4)


class Supernova:
    """A supernova of a type.

    Its time runs slower by 1 + `redshift`. At maximum in r as observed it has `absolute_mag`; the
    other bands follow from the colors at the wavelengths that they show at rest.

    Parameters
    ----------
    kind : SupernovaType
        `IA`, `IBC` or `IIP`.
    date_mjd : float
        The maximum in r as observed of types Ia and Ibc, the explosion of type IIP.
    absolute_mag : float
        Absolute magnitude at maximum in r as observed, without dust.
    redshift : float
        The redshift, more than 0.
    template : mapping of str to float
        Flux of the host galaxy at its position, in nJy, by band.
    ebv_mw : float, optional
        Reddening by the Milky Way, which dims the supernova, not the template: this is as observed.
    """

    def __init__(
        self,
        kind: SupernovaType,
        date_mjd: float,
        absolute_mag: float,
        redshift: float,
        template: Mapping[str, float],
        *,
        ebv_mw: float = 0.0,
    ) -> None:
        self.kind = kind
        self.date_mjd = date_mjd
        self.absolute_mag = absolute_mag
        self.redshift = redshift
        self.template = template
        self._phases = _phases(kind)
        self._below = {band: _below_maximum(kind, band, redshift) for band in WAVELENGTH_A}
        self._peak = self._peak_fluxes(ebv_mw)
        self._date_phase = self._phase_of_date()

    def difference(self, mjd: float, band: str) -> float:
        """Return the flux of the supernova, in nJy."""
        phase = (mjd - self.date_mjd) / (1 + self.redshift) + self._date_phase
        return self._peak[band] * self._relative(float(phase), band)

    def _relative(self, phase: float, band: str) -> float:
        """Return the flux at a phase as a fraction of that at maximum."""
        if phase <= self.kind.start:
            return 0.0
        first, last = float(self._phases[0]), float(self._phases[-1])
        below = float(np.interp(phase, self._phases, self._below[band]))
        below += self.kind.late[band] * max(phase - last, 0.0)
        age = min((phase - self.kind.start) / (first - self.kind.start), 1.0)
        return brighter(-below) * age**2

    def _peak_fluxes(self, ebv_mw: float) -> dict[str, float]:
        r_mag = apparent_r(self.absolute_mag, self.redshift)
        colors = {band: self._color(band) - self._color("r") for band in WAVELENGTH_A}
        return {
            band: ab_flux(r_mag + color + _EXTINCTION[band] * ebv_mw)
            for band, color in colors.items()
        }

    def _color(self, band: str) -> float:
        rest = {WAVELENGTH_A[name]: color for name, color in self.kind.colors.items()}
        rest = {**self.kind.ultraviolet, **rest}
        shown = log(WAVELENGTH_A[band] / (1 + self.redshift))
        return float(np.interp(shown, np.log(list(rest)), list(rest.values())))

    def _phase_of_date(self) -> float:
        if self.kind.date == "sim_explosion_mjd":
            return self.kind.start
        return float(self._phases[self._below["r"].argmin()])


class Kilonova(Supernova):
    """A kilonova as AT2017gfo was: up in hours, down in days, the blue first.

    Parameters
    ----------
    merger_mjd : float
        The merger of the two neutron stars.
    redshift : float
        The redshift, more than 0.
    template : mapping of str to float
        Flux of the host galaxy at its position, in nJy, by band.
    ebv_mw : float, optional
        Reddening by the Milky Way.
    """

    def __init__(
        self,
        merger_mjd: float,
        redshift: float,
        template: Mapping[str, float],
        *,
        ebv_mw: float = 0.0,
    ) -> None:
        absolute_mag, _ = KILONOVA.absolute_mag
        super().__init__(KILONOVA, merger_mjd, absolute_mag, redshift, template, ebv_mw=ebv_mw)


def _distance_modulus(redshift: float) -> float:
    return round(5 * log10((1 + redshift) * _comoving_mpc(redshift)) + 25, 4)


def _comoving_mpc(redshift: float) -> float:
    steps = np.linspace(0.0, redshift, 201)
    slowness = 1 / np.sqrt(_MATTER * (1 + steps) ** 3 + 1 - _MATTER)
    return _LIGHT_KM_S / _HUBBLE * float(np.trapezoid(slowness, steps))


def _phases(kind: SupernovaType) -> NDArray[np.float64]:
    first, last = kind.below_maximum[0][0], kind.below_maximum[-1][0]
    return np.linspace(first, last, round((last - first) / _STEP_D) + 1)


def _below_maximum(kind: SupernovaType, band: str, redshift: float) -> NDArray[np.float64]:
    """Return magnitudes below maximum at each of `_phases`, as the band shows them."""
    start, end = _RAMP
    ramp = min(max((redshift - start) / (end - start), 0.0), 1.0)
    shown = log(WAVELENGTH_A[band] / (1 + redshift * ramp))
    curves = _curves(kind)
    place = float(np.interp(shown, np.log(list(WAVELENGTH_A.values())), range(len(curves))))
    bluer = min(int(place), len(curves) - 2)
    mixed = curves[bluer] + (place - bluer) * (curves[bluer + 1] - curves[bluer])
    below: NDArray[np.float64] = np.round(mixed - mixed.min(), 6)
    return below


@cache
def _curves(kind: SupernovaType) -> list[NDArray[np.float64]]:
    """Return magnitudes below maximum at each of `_phases`, from the bluest band on."""
    phases, *tables = zip(*kind.below_maximum, strict=True)
    return [PchipInterpolator(phases, table)(_phases(kind)) for table in tables]
