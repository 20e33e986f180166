"""Sky maps of simulated gravitational-wave events: multi-order HEALPix, as LIGO publishes them."""

import io
from base64 import b64encode
from functools import lru_cache
from typing import Any, Final

__all__ = ["gaussian_skymap", "skymap_fits"]

COARSEST_LEVEL: Final = 3
"""The level of the pixels far from the center, of 7.3 degrees."""

_FINEST_PER_SIGMA = 10
_REFINED_SIGMA = 3.0
_LEVEL_0_DEG = 58.6
_DEEPEST_LEVEL = 12


@lru_cache(8)
def skymap_fits(ra: float, dec: float, sigma: float) -> str:
    """Return a normal distribution on the sky as a FITS file, in base64.

    Parameters
    ----------
    ra, dec : float
        The most probable position, in degrees.
    sigma : float
        The width in each direction, in degrees.

    Returns
    -------
    str
        The file: a table with the columns UNIQ and PROBDENSITY, per steradian.
    """
    from astropy.io import fits

    uniq, density = gaussian_skymap(ra, dec, sigma)
    columns = [
        fits.Column("UNIQ", "K", array=uniq),
        fits.Column("PROBDENSITY", "D", unit="sr-1", array=density),
    ]
    table = fits.BinTableHDU.from_columns(columns)
    table.header.update(_HEADER)
    file = io.BytesIO()
    fits.HDUList([fits.PrimaryHDU(), table]).writeto(file)
    return b64encode(file.getvalue()).decode("ascii")


def gaussian_skymap(ra: float, dec: float, sigma: float) -> tuple[Any, Any]:
    """Return the pixels of a sky map and their probability per steradian, which sums to one.

    Parameters
    ----------
    ra, dec, sigma : float
        As for `skymap_fits`.

    Returns
    -------
    tuple of numpy.ndarray
        The numbers of the pixels in the NUNIQ scheme, and their densities.
    """
    import astropy_healpix as healpix
    import numpy as np

    levels, pixels, distances = _pixels(ra, dec, sigma)
    uniq = healpix.level_ipix_to_uniq(levels, pixels)
    density = np.exp(-((distances / sigma) ** 2) / 2)
    areas = healpix.nside_to_pixel_area(healpix.level_to_nside(levels)).to_value("sr")
    order = np.argsort(uniq)
    return uniq[order], (density / np.sum(density * areas))[order]


def _pixels(ra: float, dec: float, sigma: float) -> tuple[Any, Any, Any]:
    """Return level, number and distance of pixels that cover the sky, smaller near the position."""
    import numpy as np

    level = COARSEST_LEVEL
    pixels, done = np.arange(12 * 4**level), []
    while True:
        size = _LEVEL_0_DEG / 2**level
        distances = _distances(level, pixels, ra, dec)
        fine = size * _FINEST_PER_SIGMA <= sigma or level == _DEEPEST_LEVEL
        split = (distances < _REFINED_SIGMA * sigma + size) & (not fine)
        done.append((np.full(sum(~split), level), pixels[~split], distances[~split]))
        if not split.any():
            break
        pixels, level = (4 * pixels[split][:, None] + np.arange(4)).ravel(), level + 1
    levels, numbers, away = (np.concatenate(part) for part in zip(*done, strict=True))
    return levels, numbers, away


def _distances(level: int, pixels: Any, ra: float, dec: float) -> Any:
    """Return the distances of the pixels' centers from a position, in degrees."""
    import astropy_healpix as healpix
    from astropy import units
    from astropy.coordinates import angular_separation

    lon, lat = healpix.healpix_to_lonlat(pixels, healpix.level_to_nside(level), order="nested")
    center = ra * units.deg, dec * units.deg
    return angular_separation(lon, lat, *center).to_value(units.deg)


_HEADER: Final = {
    "EXTNAME": "skymap",
    "PIXTYPE": "HEALPIX",
    "ORDERING": "NUNIQ",
    "COORDSYS": "C",
    "INDXSCHM": "EXPLICIT",
    "CREATOR": "antares_sandbox",
    "SIMULATE": (True, "no event was observed"),
}
