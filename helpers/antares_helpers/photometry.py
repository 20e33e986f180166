"""Signed fluxes and AB magnitudes: pure numpy on nJy."""

from typing import Any, NamedTuple

import astropy.units as u
import numpy as np
from numpy.typing import ArrayLike, NDArray

from antares_helpers.bands import AB_ZEROPOINT
from antares_helpers.coerce import MISSING, as_flags

__all__ = [
    "AB_ZEROPOINT",
    "Signs",
    "sign_convention",
    "sign_from_range",
    "signed_flux",
    "signs_of",
    "to_flux",
    "to_magnitude",
]

_MAGNITUDES_PER_EFOLD = 2.5 / np.log(10.0)

# Rubin's fluxes are 32-bit floats, of 7 digits; some are written from 64 bits.
_ROUNDING = 1e-6

FloatArray = NDArray[np.float64]


class Signs(NamedTuple):
    """Signed fluxes, and what the range of ``psfFlux`` contributes: arrays of one length."""

    flux: Any
    """Signed fluxes [nJy]; NaN if the sign is unknown."""
    is_settled: Any
    """The range gives the sign, which would be unknown or the opposite without it."""
    is_confirmed: Any
    """The alert is flagged negative, and the range includes only the negative sign."""
    is_contradicted: Any
    """The range includes only the opposite sign."""


def signed_flux(
    psf_flux: ArrayLike,
    is_negative: ArrayLike,
    *,
    is_dipole: ArrayLike = False,
    science_flux: ArrayLike = np.nan,
    template_flux: ArrayLike = np.nan,
    psf_flux_min: ArrayLike | None = None,
    psf_flux_max: ArrayLike | None = None,
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
    psf_flux_min, psf_flux_max : array_like of float, optional
        ``lsst_diaObject_<band>_psfFluxMin`` and ``..._psfFluxMax`` [nJy] of the same alert and
        band, the range of the object's signed fluxes. It gives the sign if all of the above
        leave it open; see `sign_from_range`.
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
    within a factor of 2, or if only that is within the range; otherwise its ``psfFlux`` is used
    unchanged.

    The range overrules neither ``isNegative``, nor a minus sign, nor the difference of the other
    two fluxes. If it contradicts one of the first two, or a positive alert that is not a
    dipole, it is not used for any of the alerts given.

    Examples
    --------
    A source that has faded below its template, in either convention:

    >>> signed_flux([250.0, -250.0], [True, True])
    array([-250., -250.])

    An alert that lacks ``isNegative``, in a band whose fluxes range from -300 to -200 nJy:

    >>> signed_flux([250.0], [None], psf_flux_min=[-300.0], psf_flux_max=[-200.0])
    array([-250.])
    """
    return signs_of(
        psf_flux,
        is_negative,
        is_dipole=is_dipole,
        science_flux=science_flux,
        template_flux=template_flux,
        psf_flux_min=psf_flux_min,
        psf_flux_max=psf_flux_max,
        convention=convention,
    ).flux


def signs_of(
    psf_flux: ArrayLike,
    is_negative: ArrayLike,
    *,
    is_dipole: ArrayLike = False,
    science_flux: ArrayLike = np.nan,
    template_flux: ArrayLike = np.nan,
    psf_flux_min: ArrayLike | None = None,
    psf_flux_max: ArrayLike | None = None,
    convention: str | None = None,
) -> Signs:
    """Return the signed fluxes, and where the range gives, confirms or contradicts a sign.

    The parameters are those of `signed_flux`.
    """
    flux = _njy(psf_flux)
    with np.errstate(over="ignore", invalid="ignore"):
        change = _njy(science_flux) - _njy(template_flux)
    negative, dipole = _flags(is_negative), _flags(is_dipole)
    if convention is None:
        convention = sign_convention(flux, negative)
    decided, otherwise = _decided(flux, negative, dipole, change, convention)
    signed = np.where(np.isnan(decided), otherwise, decided)
    if psf_flux_min is None or psf_flux_max is None:
        return Signs(signed[()], *[np.zeros(signed.shape, dtype=np.bool_)] * 3)
    by_range = sign_from_range(flux, psf_flux_min, psf_flux_max)
    is_certain_plus = (negative == 0) & (dipole == 0)
    certain = np.where((negative == 1) | (flux < 0), -1, np.where(is_certain_plus, 1, 0))
    is_trusted = not (certain * by_range < 0).any()
    settled = np.where(by_range != 0, np.copysign(flux, by_range), np.nan)
    is_settled = np.isnan(decided) & (by_range != 0) & is_trusted & (settled != signed)
    signed = np.where(is_settled, settled, signed)
    is_confirmed = (negative == 1) & (by_range < 0)
    is_contradicted = ((by_range > 0) & (signed < 0)) | ((by_range < 0) & (signed > 0))
    return Signs(signed[()], *np.broadcast_arrays(is_settled, is_confirmed, is_contradicted))


def _decided(
    flux: FloatArray,
    negative: NDArray[np.int8],
    dipole: NDArray[np.int8],
    change: FloatArray,
    convention: str,
) -> tuple[FloatArray, FloatArray]:
    """Return the signed fluxes, NaN if undecided, and the fluxes to use if they stay so."""
    # A change of exactly 0 has no sign.
    by_change = np.where(change == 0, np.nan, np.sign(change)) * np.abs(flux)
    without_flag = np.where(np.isnan(by_change) & (flux < 0), flux, by_change)
    not_negative, otherwise = flux, flux
    if convention in ("unsigned", "mixed"):
        otherwise = np.where(dipole == 1, np.nan, flux)
        not_negative = np.where(dipole == 1, by_change, flux)
    elif convention == "none":
        is_opposite = (change < -flux / 2) & (change / 2 > -flux)
        is_open = ~(is_opposite | (flux < 0) | (change > 0))
        as_dipole = np.where(is_opposite, -flux, np.where(is_open, np.nan, flux))
        not_negative = np.where(dipole == 1, as_dipole, flux)
    if convention != "signed":  # it may be a dipole
        not_negative = np.where((dipole == MISSING) & (flux > 0), np.nan, not_negative)
    decided = np.where(negative == 1, -np.abs(flux), not_negative)
    is_missing = negative == MISSING
    return np.where(is_missing, without_flag, decided), np.where(is_missing, np.nan, otherwise)


def sign_from_range(psf_flux: ArrayLike, lowest: ArrayLike, highest: ArrayLike) -> NDArray[np.int8]:
    """Return the sign with which fluxes lie within their ranges, if only one does.

    Parameters
    ----------
    psf_flux : array_like of float, shape (n,) or ()
        ``lsst_diaSource_psfFlux`` [nJy]; its own sign does not matter.
    lowest, highest : array_like of float, shape (n,) or ()
        ``lsst_diaObject_<band>_psfFluxMin`` and ``..._psfFluxMax`` [nJy], in which Rubin includes
        the flux of the alert itself. Rounding to 32 bits is allowed for.

    Returns
    -------
    ndarray of int8
        1 or -1; 0 if both signs or neither lie within, or if the range is not known.

    Examples
    --------
    >>> sign_from_range([250.0, 250.0, 250.0], [-300.0, -300.0, 10.0], [-200.0, 300.0, 300.0])
    array([-1,  0,  1], dtype=int8)
    """
    size, low, high = np.abs(_njy(psf_flux)), _njy(lowest), _njy(highest)
    is_range = np.isfinite(low) & np.isfinite(high) & (size > 0)
    with np.errstate(over="ignore", invalid="ignore"):
        spare = _ROUNDING * size
        is_plus = is_range & (low - spare <= size) & (size <= high + spare)
        is_minus = is_range & (low - spare <= -size) & (-size <= high + spare)
    return is_plus.astype(np.int8) - is_minus.astype(np.int8)


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
