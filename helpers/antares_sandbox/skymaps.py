"""Sky maps of simulated gravitational-wave events: multi-order HEALPix, as LIGO publishes them.

A map is a sum of lobes on one ring, where the difference of the arrival times at two detectors is
that of the event: https://emfollow.docs.ligo.org/userguide/analysis/localization.html. Along and
across the ring each lobe is a normal distribution. So the contours have a closed form.
"""

import io
from base64 import b64encode
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Final, NamedTuple, Self

import numpy as np

__all__ = ["Lobe", "SkyMap", "skymap_fits"]

COARSEST_LEVEL: Final = 3
"""The level of the pixels far from the lobes, of 7.3 degrees."""

_LEVEL_0_DEG = 58.6
_REFINED_SIGMA = 2.2
_SKY_DEG2 = 41252.961
_LEVEL_DIGITS, _AREA_DIGITS = 4, 3


class Lobe(NamedTuple):
    """A part of a sky map: its place on the ring, probability, length and distance.

    `azimuth_deg` is the angle at the pole of the ring, from the center of the map. The distance
    is distributed as r**2 times a normal distribution of mean `dist_mu` and width `dist_sigma`,
    in Mpc (Singer et al. 2016, ApJ 829, L15).
    """

    azimuth_deg: float
    weight: float
    along_deg: float
    dist_mu: float
    dist_sigma: float

    @property
    def dist_norm(self) -> float:
        """The factor that makes the integral over the distance one, per Mpc**2."""
        return 1 / (self.dist_mu**2 + self.dist_sigma**2)

    def dist_moments(self) -> tuple[float, float]:
        """Return the means of the distance and of its square."""
        mu, variance = self.dist_mu, self.dist_sigma**2
        first = mu**3 + 3 * mu * variance
        second = mu**4 + 6 * mu**2 * variance + 3 * variance**2
        return first * self.dist_norm, second * self.dist_norm


@dataclass(frozen=True, slots=True)
class SkyMap:
    """A sky map.

    Attributes
    ----------
    center, pole : tuple of float
        The most probable position and the pole of the ring: right ascension and declination.
    across_deg : float
        The width across the ring.
    lobes : tuple of Lobe
        The lobes, the one with the highest density first; far from each other.
    finest_level : int
        The HEALPix level of the smallest pixels.
    """

    center: tuple[float, float]
    pole: tuple[float, float]
    across_deg: float
    lobes: tuple[Lobe, ...]
    finest_level: int

    def wider(self, factor: float) -> Self:
        """Return a map that is wider in both directions, in pixels twice as large."""
        lobes = tuple(lobe._replace(along_deg=factor * lobe.along_deg) for lobe in self.lobes)
        across = factor * self.across_deg
        return replace(self, across_deg=across, lobes=lobes, finest_level=self.finest_level - 1)

    def credible_level(self, ra: float, dec: float) -> float:
        """Return the probability that the contour through a position encloses, in percent.

        As in ANTARES, it is that of the pixel in which the position lies.
        """
        density = float(self.density(*_center(*self._pixel(ra, dec))).sum())
        weights = np.array([lobe.weight for lobe in self.lobes])
        inside = float(np.maximum(weights - self._sizes() * density, 0).sum())
        return round(100 * inside, _LEVEL_DIGITS)

    def area_deg2(self, level: float) -> float:
        """Return the area inside the contour that encloses `level` percent, in square degrees."""
        sizes, weights = self._sizes(), np.array([lobe.weight for lobe in self.lobes])
        # Inside are the weights of the lobes that the contour cuts, less their sizes times it.
        contour = np.max((weights.cumsum() - level / 100) / sizes.cumsum())
        if contour <= 0:
            return round(_SKY_DEG2, _AREA_DIGITS)
        area = float(np.sum(sizes * np.log(np.maximum(weights / sizes / contour, 1))))
        return round(area, _AREA_DIGITS)

    def distance(self) -> tuple[float, float]:
        """Return the mean distance over the whole sky and its standard deviation, in Mpc."""
        moments = [(lobe.weight, *lobe.dist_moments()) for lobe in self.lobes]
        mean = sum(weight * first for weight, first, _ in moments)
        square = sum(weight * second for weight, _, second in moments)
        return mean, (square - mean**2) ** 0.5

    def density(self, ra: Any, dec: Any) -> Any:
        """Return the probability of each lobe at positions, per square degree."""
        across, along = self._on_ring(ra, dec)
        sigma = [
            np.hypot(across / self.across_deg, part / lobe.along_deg)
            for lobe, part in zip(self.lobes, along, strict=True)
        ]
        peaks = [lobe.weight / size for lobe, size in zip(self.lobes, self._sizes(), strict=True)]
        return np.array([peak * np.exp(-(x**2) / 2) for peak, x in zip(peaks, sigma, strict=True)])

    def pixels(self) -> tuple[Any, Any]:
        """Return levels and numbers of pixels that cover the sky, smaller in the lobes."""
        level, pixels, done = COARSEST_LEVEL, np.arange(12 * 4**COARSEST_LEVEL), []
        while pixels.size:
            split = self._is_split(level, pixels)
            done.append((np.full(np.sum(~split), level), pixels[~split]))
            pixels, level = (4 * pixels[split][:, None] + np.arange(4)).ravel(), level + 1
        levels, numbers = (np.concatenate(part) for part in zip(*done, strict=True))
        return levels, numbers

    def _sizes(self) -> Any:
        """Return the probability of each lobe over its highest density, in square degrees."""
        return np.array([2 * np.pi * self.across_deg * lobe.along_deg for lobe in self.lobes])

    def _on_ring(self, ra: Any, dec: Any) -> tuple[Any, list[Any]]:
        """Return degrees from the ring, and along the ring from the middle of each lobe."""
        away, azimuth = _from_pole(self.pole, ra, dec)
        radius, start = _from_pole(self.pole, *self.center)
        places = [azimuth - start - lobe.azimuth_deg for lobe in self.lobes]
        shrink = np.sin(np.radians(radius))
        return away - radius, [((place + 180) % 360 - 180) * shrink for place in places]

    def _is_split(self, level: int, pixels: Any) -> Any:
        """Return which pixels are too large for the lobe in which they lie."""
        size = _LEVEL_0_DEG / 2**level
        across, along = self._on_ring(*_center(level, pixels))
        in_lobes = [
            np.hypot(across / (self.across_deg + size / 2), part / (lobe.along_deg + size / 2))
            < _REFINED_SIGMA
            for lobe, part in zip(self.lobes, along, strict=True)
        ]
        return np.any(in_lobes, axis=0) & (level < self.finest_level)

    def _pixel(self, ra: float, dec: float) -> tuple[int, Any]:
        """Return level and number of the pixel in which a position lies."""
        import astropy_healpix as healpix
        from astropy import units

        place = ra * units.deg, dec * units.deg
        for level in range(COARSEST_LEVEL, self.finest_level + 1):
            nside = healpix.level_to_nside(level)
            pixel = healpix.lonlat_to_healpix(*place, nside, order="nested")
            if not self._is_split(level, pixel):
                break
        return level, pixel


@lru_cache(8)
def skymap_fits(skymap: SkyMap, header: tuple[tuple[str, Any], ...] = ()) -> str:
    """Return a sky map as a FITS file, in base64.

    Parameters
    ----------
    skymap : SkyMap
        The map.
    header : tuple of tuple, optional
        More keywords and their values.

    Returns
    -------
    str
        The file: a table with the columns UNIQ, PROBDENSITY, DISTMU, DISTSIGMA and DISTNORM.
    """
    from astropy.io import fits

    names = [("DISTMU", "Mpc"), ("DISTSIGMA", "Mpc"), ("DISTNORM", "Mpc-2")]
    uniq, density, *distances = _columns(skymap)
    columns = [
        fits.Column("UNIQ", "K", array=uniq),
        fits.Column("PROBDENSITY", "D", unit="sr-1", array=density),
    ]
    for (name, unit), values in zip(names, distances, strict=True):
        columns.append(fits.Column(name, "E", unit=unit, array=values))
    table = fits.BinTableHDU.from_columns(columns)
    mean, deviation = skymap.distance()
    table.header.update(_HEADER | {"MOCORDER": skymap.finest_level} | dict(header))
    table.header["DISTMEAN"] = (round(mean, 3), "mean distance [Mpc]")
    table.header["DISTSTD"] = (round(deviation, 3), "its standard deviation [Mpc]")
    file = io.BytesIO()
    fits.HDUList([fits.PrimaryHDU(), table]).writeto(file)
    return b64encode(file.getvalue()).decode("ascii")


def _columns(skymap: SkyMap) -> tuple[Any, ...]:
    """Return the columns of a map; a place that no lobe reaches has no distance, as in BAYESTAR."""
    import astropy_healpix as healpix

    levels, pixels = skymap.pixels()
    uniq = healpix.level_ipix_to_uniq(levels, pixels)
    order = np.argsort(uniq)
    levels, pixels, uniq = levels[order], pixels[order], uniq[order]
    by_lobe = skymap.density(*_center(levels, pixels))
    density = by_lobe.sum(axis=0)
    areas = healpix.nside_to_pixel_area(healpix.level_to_nside(levels)).to_value("sr")
    of_lobes = np.array([(b.dist_mu, b.dist_sigma, b.dist_norm) for b in skymap.lobes])
    distances = of_lobes[by_lobe.argmax(axis=0)].T
    distances[:, density == 0] = np.array([[np.inf], [1.0], [0.0]])
    return uniq, density / np.sum(density * areas), *distances


def _center(level: Any, pixels: Any) -> tuple[Any, Any]:
    """Return right ascension and declination of the pixels' centers, in degrees."""
    import astropy_healpix as healpix

    lon, lat = healpix.healpix_to_lonlat(pixels, healpix.level_to_nside(level), order="nested")
    return lon.to_value("deg"), lat.to_value("deg")


def _from_pole(pole: tuple[float, float], ra: Any, dec: Any) -> tuple[Any, Any]:
    """Return the distance of positions from a pole and the angle there, from north to east."""
    lon, lat, sin, cos = np.radians(ra - pole[0]), np.radians(dec), np.sin, np.cos
    tilt = np.radians(pole[1])
    east = cos(lat) * sin(lon)
    north = cos(tilt) * sin(lat) - sin(tilt) * cos(lat) * cos(lon)
    up = sin(tilt) * sin(lat) + cos(tilt) * cos(lat) * cos(lon)
    away = np.arctan2(np.hypot(east, north), up)
    return np.degrees(away), np.degrees(np.arctan2(east, north))


_HEADER: Final = {
    "EXTNAME": "skymap",
    "PIXTYPE": "HEALPIX",
    "ORDERING": "NUNIQ",
    "COORDSYS": "C",
    "INDXSCHM": "EXPLICIT",
    "CREATOR": "antares_sandbox",
    "SIMULATE": (True, "no event was observed"),
}
