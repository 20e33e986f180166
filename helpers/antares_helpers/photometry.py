"""Signed fluxes and AB magnitudes: pure numpy on nJy."""

from typing import Any

import astropy.units as u
import numpy as np
from numpy.typing import ArrayLike, NDArray

from antares_helpers.coerce import MISSING, as_flags
from antares_helpers.constants import AB_ZEROPOINT

__all__ = ["AB_ZEROPOINT", "sign_convention", "signed_flux", "to_flux", "to_magnitude"]

_MAGNITUDES_PER_EFOLD = 2.5 / np.log(10.0)

FloatArray = NDArray[np.float64]


def signed_flux(
    psf_flux: ArrayLike,
    is_negative: ArrayLike,
    *,
    is_dipole: ArrayLike = False,
    science_flux: ArrayLike = np.nan,
    template_flux: ArrayLike = np.nan,
    convention: str | None = None,
) -> Any:
    """Give difference fluxes their sign, whichever convention the alerts follow.

    Rubin's ``psfFlux`` is signed; a Rubin documentation page says that ANTARES reports negative
    fluxes as positive. The rule ``-abs(psf_flux) if is_negative else psf_flux`` is right in both
    cases.

    Parameters
    ----------
    psf_flux : array_like of float, shape (n,) or ()
        ``lsst_diaSource_psfFlux`` [nJy], or a `~astropy.units.Quantity`.
    is_negative : array_like, shape (n,) or ()
        ``lsst_diaSource_isNegative``: booleans, the strings ``"true"`` and ``"false"``, or None.
    is_dipole : array_like, optional
        ``lsst_diaSource_isDipole``. The flag ``isNegative`` of a dipole is not set even if
        its flux is negative.
    science_flux, template_flux : array_like of float, optional
        ``lsst_diaSource_scienceFlux`` and ``lsst_diaSource_templateFlux`` [nJy]. The sign of
        their difference is used if ``isNegative`` is missing, and for dipoles if the convention
        is unsigned or mixed.
    convention : str, optional
        The result of `sign_convention`, if these alerts are only part of a locus. By default it
        is determined from the alerts given.

    Returns
    -------
    ndarray of float64, shape (n,), or float
        Signed fluxes [nJy]; NaN if the sign is unknown.

    See Also
    --------
    sign_convention : which convention the alerts follow.

    Notes
    -----
    If no alert is flagged negative, the convention is unknown. A dipole is then considered
    negative only if the difference of the other two fluxes is negative and of the same size
    within a factor of 2; otherwise its ``psfFlux`` is used unchanged.

    Examples
    --------
    A source that has faded below its template, in either convention:

    >>> signed_flux([250.0, -250.0], [True, True])
    array([-250., -250.])
    """
    flux = _njy(psf_flux)
    with np.errstate(over="ignore", invalid="ignore"):
        change = _njy(science_flux) - _njy(template_flux)
    negative, dipole = _flags(is_negative), _flags(is_dipole)
    if convention is None:
        convention = sign_convention(flux, negative)
    # A change of exactly 0 has no sign.
    by_change = np.where(change == 0, np.nan, np.sign(change)) * np.abs(flux)
    without_flag = np.where(np.isnan(by_change) & (flux < 0), flux, by_change)
    not_negative = flux
    if convention in ("unsigned", "mixed"):
        not_negative = np.where(dipole == 1, by_change, flux)
    elif convention == "none":
        is_opposite = (change < -flux / 2) & (change / 2 > -flux)
        not_negative = np.where((dipole == 1) & is_opposite, -flux, flux)
    signed = np.where(negative == 1, -np.abs(flux), not_negative)
    return np.where(negative == MISSING, without_flag, signed)[()]


def sign_convention(psf_flux: ArrayLike, is_negative: ArrayLike) -> str:
    """Return the sign convention of alerts, judged by those that are flagged negative.

    Parameters
    ----------
    psf_flux : array_like of float, shape (n,)
        ``lsst_diaSource_psfFlux`` [nJy].
    is_negative : array_like, shape (n,)
        ``lsst_diaSource_isNegative``.

    Returns
    -------
    str
        ``"signed"`` if all of them are negative, ``"unsigned"`` if all are positive,
        ``"mixed"`` if both occur, ``"none"`` if no alert is flagged negative.

    Examples
    --------
    >>> sign_convention([310.0, 250.0], [False, True])
    'unsigned'
    """
    flux, negative = np.broadcast_arrays(_njy(psf_flux), _flags(is_negative))
    fluxes = flux[negative == 1]
    has_negative, has_positive = bool((fluxes < 0).any()), bool((fluxes > 0).any())
    if has_negative and has_positive:
        return "mixed"
    return "signed" if has_negative else "unsigned" if has_positive else "none"


def to_magnitude(flux: ArrayLike, flux_err: ArrayLike | None = None) -> Any:
    """Convert fluxes to AB magnitudes; the inverse of `to_flux`.

    Parameters
    ----------
    flux : array_like of float
        Flux [nJy], or a `~astropy.units.Quantity`.
    flux_err : array_like of float, optional
        Its 1-sigma error [nJy].

    Returns
    -------
    magnitude : ndarray of float64, or float
        ``31.4 - 2.5 log10(flux)``; NaN if the flux is not positive, because it has no
        magnitude.
    magnitude_err : ndarray of float64, or float
        ``2.5 / ln(10) * flux_err / flux``; only if `flux_err` is given.

    Examples
    --------
    >>> to_magnitude([3630.78, -250.0]).round(3)
    array([22.5,  nan])
    """
    values = _njy(flux)
    exists = np.isfinite(values) & (values > 0)
    positive = np.where(exists, values, np.nan)
    magnitude = (AB_ZEROPOINT - 2.5 * np.log10(positive))[()]
    if flux_err is None:
        return magnitude
    with np.errstate(over="ignore", invalid="ignore"):
        return magnitude, (_MAGNITUDES_PER_EFOLD * _njy(flux_err) / positive)[()]


def to_flux(magnitude: ArrayLike, magnitude_err: ArrayLike | None = None) -> Any:
    """Convert AB magnitudes to fluxes; the inverse of `to_magnitude`.

    Parameters
    ----------
    magnitude : array_like of float
        AB magnitude.
    magnitude_err : array_like of float, optional
        Its 1-sigma error.

    Returns
    -------
    flux : ndarray of float64, or float
        Flux [nJy].
    flux_err : ndarray of float64, or float
        Its 1-sigma error [nJy]; only if `magnitude_err` is given.

    Examples
    --------
    >>> to_flux([31.4, 28.9])
    array([ 1., 10.])
    """
    with np.errstate(over="ignore", invalid="ignore"):
        flux = np.power(10.0, (AB_ZEROPOINT - np.asarray(magnitude, dtype=np.float64)) / 2.5)
        if magnitude_err is None:
            return flux[()]
        error = flux * np.asarray(magnitude_err, dtype=np.float64) / _MAGNITUDES_PER_EFOLD
    return flux[()], error[()]


def _njy(flux: ArrayLike) -> FloatArray:
    """Return fluxes as float64 in nJy; None and masked values become NaN."""
    if isinstance(flux, u.Quantity):
        flux = flux.to_value(u.nJy)
    if isinstance(flux, np.ma.MaskedArray):
        return np.ma.filled(flux.astype(np.float64), np.nan)
    return np.asarray(flux, dtype=np.float64)


def _flags(flags: ArrayLike) -> NDArray[np.int8]:
    if isinstance(flags, np.ma.MaskedArray):
        flags = np.ma.filled(flags.astype(object), None)
    array = np.asarray(flags)
    if array.dtype == np.bool_ or array.dtype == np.int8:
        return array.astype(np.int8)
    return as_flags(array.ravel().tolist()).reshape(array.shape)
