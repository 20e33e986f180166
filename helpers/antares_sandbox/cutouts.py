"""Simulated cutouts of an alert: its template, science and difference image.

They depend on the fluxes of the alert alone, and are reproducible: Gaussian point sources in
white noise, from which the flux and its error can be measured.
"""

import io
from dataclasses import dataclass
from functools import lru_cache
from math import log, pi, sqrt
from typing import Any, Final, Literal
from zlib import crc32

from antares_helpers.constants import AB_ZEROPOINT

__all__ = ["KINDS", "Kind", "Source", "cutout_fits", "read_source"]

Kind = Literal["template", "science", "difference"]

KINDS: Final[tuple[Kind, ...]] = ("template", "science", "difference")
"""The images of an alert."""

PIXELS: Final = 30
"""Width and height of a cutout [pixels]."""

PIXEL_ARCSEC: Final = 0.2
"""The size of a pixel, that of LSSTCam."""

SEEING_ARCSEC: Final = 0.8
"""Full width at half maximum of a point source."""

_SIGMA_PIXELS = SEEING_ARCSEC / PIXEL_ARCSEC / (2 * sqrt(2 * log(2)))
_DIPOLE_PIXELS = 3.0
_DEFAULT_ERROR_NJY = 100.0
_CACHE_SIZE = 64


@dataclass(frozen=True, slots=True)
class Source:
    """The source of an alert; fluxes in nJy, the position in degrees."""

    alert_id: str
    ra: float
    dec: float
    difference_flux: float
    error: float
    template_flux: float
    is_dipole: bool


def read_source(alert_id: str, properties: dict[str, Any]) -> Source | None:
    """Return the source of an alert, or None if it has no flux.

    Parameters
    ----------
    alert_id : str
        The ID of the alert.
    properties : dict
        Its properties: psfFlux, negative if isNegative is set, or else ant_mag.

    Returns
    -------
    Source or None
        The source.
    """
    flux = _difference_flux(properties)
    if flux is None:
        return None
    return Source(
        alert_id=alert_id,
        ra=_number(properties, "ant_ra") or 0.0,
        dec=_number(properties, "ant_dec") or 0.0,
        difference_flux=flux,
        error=_number(properties, "lsst_diaSource_psfFluxErr") or _DEFAULT_ERROR_NJY,
        template_flux=_number(properties, "lsst_diaSource_templateFlux") or 0.0,
        is_dipole=properties.get("lsst_diaSource_isDipole") is True,
    )


@lru_cache(_CACHE_SIZE)
def cutout_fits(source: Source, kind: Kind) -> bytes:
    """Return a cutout as a FITS file: one image of 30 x 30 pixels, in nJy.

    Parameters
    ----------
    source : Source
        The source to draw.
    kind : {"template", "science", "difference"}
        Which image.

    Returns
    -------
    bytes
        The file.
    """
    # Imported here, because astropy is slow to import, and most sandboxes serve no image.
    from astropy.io import fits

    image = fits.PrimaryHDU(_image(source, kind).astype("float32"))
    image.header.update(_header(source, kind))
    file = io.BytesIO()
    image.writeto(file)
    return file.getvalue()


def _number(properties: dict[str, Any], name: str) -> float | None:
    value = properties.get(name)
    return float(value) if isinstance(value, int | float) and abs(value) < 1e30 else None


def _difference_flux(properties: dict[str, Any]) -> float | None:
    flux = _number(properties, "lsst_diaSource_psfFlux")
    if flux is not None:
        return -abs(flux) if properties.get("lsst_diaSource_isNegative") is True else flux
    magnitude = _number(properties, "ant_mag")
    if magnitude is None or abs(magnitude) > 50:
        return None
    return float(10 ** ((AB_ZEROPOINT - magnitude) / 2.5))


def _image(source: Source, kind: Kind) -> Any:
    template = _noisy(source, "template", source.error / 3) + _template(source)
    if kind == "template":
        return template
    difference = _noisy(source, "difference", source.error) + _difference(source)
    return difference if kind == "difference" else template + difference


def _template(source: Source) -> Any:
    return _point(source.template_flux, -_DIPOLE_PIXELS / 2 if source.is_dipole else 0.0)


def _difference(source: Source) -> Any:
    if not source.is_dipole:
        return _point(source.difference_flux, 0.0)
    positive = _point(source.template_flux + source.difference_flux, _DIPOLE_PIXELS / 2)
    return positive - _template(source)


def _point(flux: float, shift: float) -> Any:
    """Return the image of a point source, `shift` pixels right of the center."""
    import numpy as np

    center = (PIXELS - 1) / 2
    y, x = np.mgrid[:PIXELS, :PIXELS] - center
    shape = np.exp(-((x - shift) ** 2 + y**2) / (2 * _SIGMA_PIXELS**2))
    return flux * shape / (2 * pi * _SIGMA_PIXELS**2)


def _noisy(source: Source, image: str, flux_error: float) -> Any:
    """Return noise in which a point source is measured with the given error."""
    import numpy as np

    generator = np.random.default_rng(crc32(f"{source.alert_id} {image}".encode()))
    return generator.normal(0.0, flux_error / sqrt(4 * pi * _SIGMA_PIXELS**2), (PIXELS, PIXELS))


def _header(source: Source, kind: Kind) -> dict[str, Any]:
    center, step = (PIXELS + 1) / 2, PIXEL_ARCSEC / 3600
    return {
        "BUNIT": "nJy",
        "IMAGE": (kind, "template, science or difference"),
        "ALERTID": source.alert_id[:60].encode("ascii", "replace").decode(),
        "SIMULATE": (True, "made from the fluxes of the alert, not observed"),
        "CTYPE1": "RA---TAN",
        "CTYPE2": "DEC--TAN",
        "CRPIX1": center,
        "CRPIX2": center,
        "CRVAL1": source.ra,
        "CRVAL2": source.dec,
        "CDELT1": -step,
        "CDELT2": step,
        "RADESYS": "ICRS",
    }
