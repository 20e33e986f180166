"""Parts of a search: what they have, and how they are divided."""

import sys
from array import array
from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import cos, inf, isfinite, nan, nextafter, radians
from typing import Any, NamedTuple

import astropy.units as u
import numpy as np
from antares_client.models import Locus
from astropy.coordinates import SkyCoord
from numpy.typing import NDArray

from antares_helpers.fetching.query import NEWEST_TIME, cone_filter

__all__ = [
    "OPEN",
    "FoundLoci",
    "Range",
    "Tile",
    "TileRecord",
    "field_cones",
    "halves",
    "smaller_cones",
    "time_of",
]

_MAX_MJD = 1e6

_MAX_CONE_DEG = 1.0
_MIN_CONE_DEG = 1e-6
_FIELD_DEG = 3.6  # the diameter of Rubin's field of view: a visit is within this of any locus in it
_MAX_FIELD_DEG = 8.0

Range = tuple[float | None, float | None]
OPEN: Range = (None, None)


@dataclass(frozen=True)
class Tile:
    """A part of a search: half-open ranges, of which None is an open end.

    Parameters
    ----------
    time : pair of float or None
        MJD of the newest alert.
    ra, dec : pair of float or None
        Position [deg].
    cone : tuple of float, optional
        Right ascension, declination and radius of a cone [deg].
    untimed : bool
        Whether it has the loci without a time of the newest alert.
    """

    time: Range = OPEN
    ra: Range = OPEN
    dec: Range = OPEN
    cone: tuple[float, float, float] | None = None
    untimed: bool = False

    @property
    def is_range(self) -> bool:
        """Whether it is a range of positions."""
        return (self.ra, self.dec) != (OPEN, OPEN)

    def filters(self) -> list[dict[str, Any]]:
        """Return the filters that select it."""
        found: list[dict[str, Any]] = []
        for name, (low, high) in {NEWEST_TIME: self.time, "ra": self.ra, "dec": self.dec}.items():
            bounds = {"gte": low, "lt": high}
            if given := {key: end for key, end in bounds.items() if end is not None}:
                found.append({"range": {name: given}})
        if self.cone is not None:
            ra, dec, radius = self.cone
            found.append(cone_filter(SkyCoord(ra, dec, unit=u.deg), radius))
        if self.untimed:
            found.append({"bool": {"must_not": {"exists": {"field": NEWEST_TIME}}}})
        return found


class TileRecord(NamedTuple):
    """What was read of a tile; ``reason`` is empty if it is complete."""

    tile: Tile
    loci: int
    pages: int
    read_at: float
    reason: str


class FoundLoci:
    """The loci found so far, in little memory.

    Attributes
    ----------
    index : dict of str to int
        The place of each locus, by its ID.
    time, ra, dec : array of float
        MJD of the newest alert, NaN if it has none, and position [deg].
    num_alerts, tags : list
        As the service sends the first, and the second as one string.
    """

    def __init__(self) -> None:
        self.index: dict[str, int] = {}
        self.time, self.ra, self.dec = array("d"), array("d"), array("d")
        self.num_alerts: list[Any] = []
        self.tags: list[str] = []

    def add(self, locus: Locus) -> bool:
        """Add a locus; return whether it is new."""
        place = self.index.setdefault(locus.locus_id, len(self.time))
        if place < len(self.time):
            return False
        self.time.append(time_of(locus))
        self.ra.append(locus.ra)
        self.dec.append(locus.dec)
        self.num_alerts.append(locus.properties.get("num_alerts"))
        self.tags.append(sys.intern(", ".join(sorted(locus.tags))))
        return True

    def has_moved(self, locus: Locus) -> bool:
        """Note the time of a known locus; return whether it has changed."""
        place, now = self.index[locus.locus_id], time_of(locus)
        before, self.time[place] = self.time[place], now
        return before != now and not (before != before and now != now)

    def count_in(self, tile: Tile) -> int:
        """Return how many of the loci are in a tile that is not a cone."""
        return int(self._are_in(tile).sum())

    def middle(self, tile: Tile) -> float:
        """Return the time of which half of the loci in a tile are newer; NaN if it has none."""
        times = np.array(self.time)[self._are_in(tile)]
        return float(np.median(times)) if len(times) else nan

    def _are_in(self, tile: Tile) -> NDArray[np.bool_]:
        columns = ((self.time, tile.time), (self.ra, tile.ra), (self.dec, tile.dec))
        inside = np.full(len(self.time), True)
        for values, (low, high) in columns:
            numbers = np.array(values)
            inside &= True if low is None else numbers >= low
            inside &= True if high is None else numbers < high
        if tile.untimed:
            inside &= np.isnan(np.array(self.time))
        return inside


def time_of(locus: Locus) -> float:
    """Return the time of the newest alert of a locus, in MJD; NaN without one."""
    value = locus.properties.get(NEWEST_TIME.removeprefix("properties."))
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if is_number and abs(value) < _MAX_MJD else nan


def halves(first: Sequence[Locus], tile: Tile) -> list[Tile]:
    """Return the halves of a tile by position, as the loci of its first page are distributed."""
    places = [(each.ra, each.dec) for each in first if isfinite(each.ra)]
    if not places:
        return []
    ra, dec = np.array(places).T
    sizes = {"ra": np.ptp(ra) * cos(radians(float(dec.mean()))), "dec": np.ptp(dec)}
    for name in sorted(sizes, key=lambda name: -sizes[name]):
        low, high = getattr(tile, name)
        cut = _cut(sorted({"ra": ra, "dec": dec}[name]), low, high)
        if cut is not None:
            lower: dict[str, Any] = {name: (low, cut)}
            upper: dict[str, Any] = {name: (cut, high)}
            return [replace(tile, **lower), replace(tile, **upper)]
    return []


def _cut(values: list[float], low: float | None, high: float | None) -> float | None:
    """Return where to divide a range, so that half of the values are on each side."""
    middle = values[len(values) // 2]
    above = [value for value in values if value > values[0]]
    candidates = [middle, *above[:1], nextafter(values[0], inf)]
    return next(
        (
            float(cut)
            for cut in candidates
            if (low is None or cut > low) and (high is None or cut < high)
        ),
        None,
    )


def field_cones(first: Sequence[Locus], time: Range) -> list[Tile]:
    """Return cones around the loci of a visit: all others are in the same field of view."""
    places = SkyCoord([each.ra for each in first], [each.dec for each in first], unit="deg")
    mean = SkyCoord(places.cartesian.mean(), frame="icrs").spherical
    center = SkyCoord(mean.lon, mean.lat)
    radius = max(_FIELD_DEG, 1.1 * float(places.separation(center).max().deg))
    if not radius < _MAX_FIELD_DEG:
        return []
    tile = Tile(time)
    cones = [replace(tile, cone=(float(center.ra.deg), float(center.dec.deg), radius))]
    while cones[0].cone is not None and cones[0].cone[2] > _MAX_CONE_DEG:
        cones = [part for each in cones for part in smaller_cones(each)]
    return cones


def smaller_cones(tile: Tile) -> list[Tile]:
    """Return the seven cones of half the radius that cover a cone."""
    assert tile.cone is not None
    ra, dec, radius = tile.cone
    if radius < _MIN_CONE_DEG:
        return []
    center = SkyCoord(ra, dec, unit=u.deg)
    around = center.directional_offset_by(np.arange(6) * 60 * u.deg, radius * np.sqrt(0.75) * u.deg)
    centers = [(ra, dec), *zip(around.ra.deg, around.dec.deg, strict=True)]
    half = 0.505 * radius  # the sky is not flat
    return [replace(tile, cone=(float(lon), float(lat), half)) for lon, lat in centers]
