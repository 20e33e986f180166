"""Read LSST alerts into arrays, with signed fluxes."""

from collections.abc import Mapping, Sequence
from operator import itemgetter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from antares_helpers.coerce import (
    MISSING,
    as_flags,
    as_floats,
    as_ids,
    as_integers,
    as_strings,
    is_true,
)
from antares_helpers.lightcurves.alerts import AlertList, Columns, common_columns, numbers
from antares_helpers.photometry import sign_convention, signed_flux

__all__ = ["FLAGS", "LSST_BEGAN", "read_lsst"]

LSST_BEGAN = 60676.0
"""MJD of 2025-01-01, before the first of Rubin's alerts."""

LSST_PROPERTIES = {
    "psf_flux": "lsst_diaSource_psfFlux",
    "psf_flux_err": "lsst_diaSource_psfFluxErr",
    "snr": "lsst_diaSource_snr",
    "reliability": "lsst_diaSource_reliability",
    "band": "lsst_diaSource_band",
    "is_negative": "lsst_diaSource_isNegative",
    "is_dipole": "lsst_diaSource_isDipole",
    "dia_object_id": "lsst_diaSource_diaObjectId",
    "source": "lsst_diaSource_diaSourceId",
}
VISIT = "lsst_diaSource_visit"
SCIENCE_FLUX = "lsst_diaSource_scienceFlux"
SCIENCE_FLUX_ERR = "lsst_diaSource_scienceFluxErr"
SCIENCE_FLUX_FLAG = "lsst_diaSource_forced_PsfFlux_flag"
TEMPLATE_FLUX = "lsst_diaSource_templateFlux"

_PIXEL_FLAGS = (
    *("bad", "edge", "nodata", "nodataCenter", "offimage", "streak", "streakCenter"),
    *("cr", "crCenter", "interpolated", "interpolatedCenter", "saturated", "saturatedCenter"),
    *("suspect", "suspectCenter", "injected", "injectedCenter"),
    *("injected_template", "injected_templateCenter"),
)

FLAGS = (
    "lsst_diaSource_psfFlux_flag",
    "lsst_diaSource_psfFlux_flag_edge",
    "lsst_diaSource_psfFlux_flag_noGoodPixels",
    "lsst_diaSource_centroid_flag",
    "lsst_diaSource_glint_trail",
    "lsst_diaSource_pixelFlags",
    *(f"lsst_diaSource_pixelFlags_{name}" for name in _PIXEL_FLAGS),
)
"""The flags that mark a point: of its PSF photometry, its position and its pixels.

The general ``pixelFlags`` can be False although a specific one is True. Names as in Rubin's alert
schema 11.1.
"""

_UNFLAGGED = (False,) * len(FLAGS)  # nearly all, and faster to compare
_values_of = itemgetter(*LSST_PROPERTIES.values())
_flags_of = itemgetter(*FLAGS)


def read_lsst(alerts: AlertList, flux: str) -> tuple[Columns, str]:
    """Read LSST alerts.

    Parameters
    ----------
    alerts : AlertList
        Alerts of LSST.
    flux : str
        ``"difference"`` for the signed ``psfFlux``, ``"total"`` for ``scienceFlux``.

    Returns
    -------
    columns : dict of str to ndarray
        ``mjd`` (TAI), ``flux`` and ``flux_err`` [nJy] and the other columns of a light curve.
    convention : str
        The sign convention; see `sign_convention`.
    """
    raw, flagged = _lsst_values(alerts.properties)
    psf_flux = as_floats(raw["psf_flux"])
    is_negative, is_dipole = as_flags(raw["is_negative"]), as_flags(raw["is_dipole"])
    convention = sign_convention(psf_flux, is_negative)
    if flux == "total":
        values = numbers(alerts.properties, SCIENCE_FLUX)
        errors = numbers(alerts.properties, SCIENCE_FLUX_ERR)
        flagged |= as_flags([each.get(SCIENCE_FLUX_FLAG) for each in alerts.properties]) == 1
    else:
        # The other two fluxes are rarely needed.
        needed = (is_negative == MISSING).any() or (is_dipole.any() and convention != "signed")
        values = signed_flux(
            psf_flux,
            is_negative,
            is_dipole=is_dipole,
            science_flux=numbers(alerts.properties, SCIENCE_FLUX) if needed else np.nan,
            template_flux=numbers(alerts.properties, TEMPLATE_FLUX) if needed else np.nan,
            convention=convention,
        )
        errors = as_floats(raw["psf_flux_err"])
    columns = common_columns(alerts, "lsst") | {
        "mjd": as_floats(alerts.mjds),
        "began": np.full(len(alerts.ids), LSST_BEGAN),
        "band": as_strings(raw["band"]),
        "flux": values,
        "flux_err": errors,
        "snr": as_floats(raw["snr"]),
        "reliability": as_floats(raw["reliability"]),
        "is_negative": is_negative == 1,
        "is_dipole": is_dipole == 1,
        "flagged": flagged,
        "dia_object_id": as_ids(raw["dia_object_id"]),
        "source": as_integers(raw["source"]),
        "visit": as_integers(raw["visit"]),
        "no_magnitude": np.zeros(len(alerts.ids), dtype=np.bool_),
        "lacks_is_dipole": is_dipole == MISSING,
        "lacks_sign": np.isfinite(psf_flux) & np.isnan(values) & (flux == "difference"),
    }
    return columns, convention


def _lsst_values(
    properties: Sequence[Mapping[str, Any]],
) -> tuple[dict[str, list[Any]], NDArray[np.bool_]]:
    """Look up all properties of an alert at once: for long loci this takes most of the time."""
    rows: list[Any] = []
    visits, flagged = [], []
    for alert in properties:
        # The copy reads memory in order, which halves the time that the look-ups take.
        alert = {**alert}
        try:
            rows.extend(_values_of(alert))
        except KeyError:
            rows.extend(map(alert.get, LSST_PROPERTIES.values()))
        visits.append(alert.get(VISIT))  # ANTARES sends loci without any
        try:
            flags = _flags_of(alert)
        except KeyError:
            flags = tuple(map(alert.get, FLAGS))
        flagged.append(flags != _UNFLAGGED and any(flags) and any(map(is_true, flags)))
    step = len(LSST_PROPERTIES)
    columns = {name: rows[start::step] for start, name in enumerate(LSST_PROPERTIES)}
    columns["visit"] = visits
    return columns, np.array(flagged, dtype=np.bool_)
