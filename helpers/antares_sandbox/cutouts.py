"""Simulated cutouts of an alert: its template, science and difference image.

They follow from the properties of the alert and its locus alone, and are reproducible: Gaussian
sources in white noise, from which the flux and its error can be measured. North is up, east left.
"""

from dataclasses import dataclass
from math import cos, log, pi, radians, sin, sqrt
from typing import Any, Final, Literal, NamedTuple
from zlib import crc32

from antares_helpers.bands import AB_ZEROPOINT

__all__ = ["FORMATS", "KINDS", "Camera", "Format", "Kind", "Source", "draw_cutout", "read_source"]

Kind = Literal["template", "science", "difference"]

KINDS: Final[tuple[Kind, ...]] = ("template", "science", "difference")
"""The images of an alert."""

Format = Literal["png", "fits"]

FORMATS: Final[tuple[Format, ...]] = ("png", "fits")
"""The formats of the images of Rubin's alerts; those of ZTF are always PNG."""

_FWHM = 2 * sqrt(2 * log(2))
_HALF_LIGHT = sqrt(2 * log(2))
"""Full width, and radius of half the light, of a two-dimensional Gaussian of width 1."""

_SMALLEST_PART = 0.02
"""Of a host's flux at the position of the alert, on which the flux of the whole host is scaled."""

_DIPOLE_ARCSEC = 0.03
_DEFAULT_ERROR_NJY = 100.0


class Camera(NamedTuple):
    """Width and height of a cutout, in pixels; size of a pixel and seeing (FWHM), in arcsec."""

    pixels: int
    scale: float
    seeing: float

    @property
    def variance(self) -> float:
        """The variance of a point source, in arcsec squared."""
        return (self.seeing / _FWHM) ** 2


_LSST: Final = Camera(30, 0.2, 0.8)
_ZTF: Final = Camera(63, 1.01, 2.0)
"""Bellm et al. 2019, PASP 131, 018002; cutouts as in ZTF's alerts."""


class _Host(NamedTuple):
    """A galaxy: its center, as seen from the source, and its shape."""

    east_arcsec: float
    north_arcsec: float
    radius_arcsec: float
    axis_ratio: float = 1.0
    angle_deg: float = 0.0


@dataclass(frozen=True, slots=True)
class Source:
    """The source of an alert; fluxes in nJy, the position in degrees.

    Attributes
    ----------
    template_flux : float
        What the fit of a point source at the position gives in the template.
    dipole : tuple of float, optional
        How far a star is displaced from its template, in arcsec: to the right and up.
    host : tuple, optional
        The galaxy that the template shows, instead of a star.
    """

    alert_id: str
    ra: float
    dec: float
    difference_flux: float
    error: float
    template_flux: float
    template_error: float
    dipole: tuple[float, float] | None = None
    host: _Host | None = None

    @property
    def is_ztf(self) -> bool:
        """Whether it is an alert of ZTF, not of Rubin."""
        return self.alert_id.startswith("ztf")

    @property
    def camera(self) -> Camera:
        """The camera that took the images."""
        return _ZTF if self.is_ztf else _LSST


def read_source(
    alert_id: str, properties: dict[str, Any], locus_properties: dict[str, Any]
) -> Source | None:
    """Return the source of an alert, or None if it has no flux.

    Parameters
    ----------
    alert_id : str
        The ID of the alert.
    properties : dict
        Its properties. The flux is psfFlux, negative if isNegative is set, or else from ant_mag.
    locus_properties : dict
        The properties of its locus, of which those named ``sim_host_*`` describe a host galaxy.

    Returns
    -------
    Source or None
        The source.
    """
    flux = _difference_flux(properties)
    if flux is None:
        return None
    error = _number(properties, "lsst_diaSource_psfFluxErr") or _ztf_error(properties)
    template = _number(properties, "lsst_diaSource_templateFlux")
    return Source(
        alert_id=alert_id,
        ra=_number(properties, "ant_ra") or 0.0,
        dec=_number(properties, "ant_dec") or 0.0,
        difference_flux=flux,
        error=abs(error),
        template_flux=_flux(properties, "ztf_magnr") or 0.0 if template is None else template,
        template_error=abs(_number(properties, "lsst_diaSource_templateFluxErr") or error / 3),
        dipole=_dipole(properties),
        host=_host(locus_properties),
    )


def draw_cutout(source: Source, kind: Kind) -> Any:
    """Return an image, in nJy: rows of pixels from the bottom up.

    Parameters
    ----------
    source : Source
        The source to draw.
    kind : {"template", "science", "difference"}
        Which image.

    Returns
    -------
    numpy.ndarray
        The image.
    """
    template = _noisy(source, "template", source.template_error) + _template(source)
    if kind == "template":
        return template
    difference = _noisy(source, "difference", source.error) + _difference(source)
    return difference if kind == "difference" else template + difference


def _number(properties: dict[str, Any], name: str) -> float | None:
    value = properties.get(name)
    return float(value) if isinstance(value, int | float) and abs(value) < 1e30 else None


def _flux(properties: dict[str, Any], name: str) -> float | None:
    """Return the flux, in nJy, of a magnitude."""
    magnitude = _number(properties, name)
    if magnitude is None or abs(magnitude) > 50:
        return None
    return float(10 ** ((AB_ZEROPOINT - magnitude) / 2.5))


def _difference_flux(properties: dict[str, Any]) -> float | None:
    flux = _number(properties, "lsst_diaSource_psfFlux")
    if flux is not None:
        return -abs(flux) if properties.get("lsst_diaSource_isNegative") is True else flux
    flux = _flux(properties, "ant_mag")
    is_negative = properties.get("ztf_isdiffpos") in ("f", "0", 0)
    return -flux if flux is not None and is_negative else flux


def _ztf_error(properties: dict[str, Any]) -> float:
    limit = _flux(properties, "ztf_diffmaglim")
    return _DEFAULT_ERROR_NJY if limit is None else limit / 5


def _dipole(properties: dict[str, Any]) -> tuple[float, float] | None:
    if properties.get("lsst_diaSource_isDipole") is not True:
        return None
    length = _number(properties, "lsst_diaSource_dipoleLength")
    angle = radians(_number(properties, "lsst_diaSource_dipoleAngle") or 0.0)
    length = _DIPOLE_ARCSEC if length is None else length
    return length * cos(angle), length * sin(angle)


def _host(properties: dict[str, Any]) -> _Host | None:
    given = {name: _number(properties, f"sim_host_{name}") for name in _Host._fields}
    host = {name: value for name, value in given.items() if value is not None}
    if not {"east_arcsec", "north_arcsec", "radius_arcsec"} <= host.keys():
        return None
    is_possible = 0 <= host["radius_arcsec"] < 1e4 and 0 < host.get("axis_ratio", 1.0) <= 1
    return _Host(**host) if is_possible else None


def _template(source: Source) -> Any:
    if source.dipole is not None:
        return source.template_flux * _star(source, -0.5)
    point = _star(source)
    if source.host is None:
        return source.template_flux * point
    galaxy = _galaxy(source.camera, source.host)
    part = float((galaxy * point).sum() / (point * point).sum())
    return max(source.template_flux, 0.0) / max(part, _SMALLEST_PART) * galaxy


def _difference(source: Source) -> Any:
    if source.dipole is None:
        return source.difference_flux * _star(source)
    moved = (source.template_flux + source.difference_flux) * _star(source, 0.5)
    return moved - _template(source)


def _star(source: Source, displaced: float = 0.0) -> Any:
    """Return a point source of flux 1, displaced by a part of the dipole."""
    right, up = source.dipole or (0.0, 0.0)
    return _galaxy(source.camera, _Host(-displaced * right, displaced * up, 0.0))


def _galaxy(camera: Camera, host: _Host) -> Any:
    """Return the image of a galaxy of flux 1, as wide as the seeing makes it."""
    import numpy as np

    center, turn = (camera.pixels - 1) / 2, radians(host.angle_deg)
    y, x = np.mgrid[: camera.pixels, : camera.pixels] - center
    east, north = -x * camera.scale - host.east_arcsec, y * camera.scale - host.north_arcsec
    along, across = east * sin(turn) + north * cos(turn), east * cos(turn) - north * sin(turn)
    major = (host.radius_arcsec / _HALF_LIGHT) ** 2 + camera.variance
    minor = (host.radius_arcsec * host.axis_ratio / _HALF_LIGHT) ** 2 + camera.variance
    shape = np.exp(-(along**2 / major + across**2 / minor) / 2)
    return shape * camera.scale**2 / (2 * pi * sqrt(major * minor))


def _noisy(source: Source, image: str, flux_error: float) -> Any:
    """Return noise in which a point source is measured with the given error."""
    import numpy as np

    camera = source.camera
    pixel_error = flux_error * camera.scale / sqrt(4 * pi * camera.variance)
    generator = np.random.default_rng(crc32(f"{source.alert_id} {image}".encode()))
    return generator.normal(0.0, pixel_error, (camera.pixels, camera.pixels))
