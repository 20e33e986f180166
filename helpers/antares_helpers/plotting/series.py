"""The points of a light curve in an Axes: one series per survey and band of each locus."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.colors import to_hex, to_rgb
from matplotlib.lines import Line2D
from matplotlib.path import Path
from matplotlib.transforms import Affine2D

from antares_helpers.bands import BANDS, COLORS_ON_BLACK, COLORS_ON_WHITE, SYMBOLS
from antares_helpers.photometry import to_magnitude

if TYPE_CHECKING:
    from astropy.timeseries import TimeSeries
    from matplotlib.axes import Axes
    from matplotlib.typing import ColorType
    from numpy.typing import NDArray

__all__ = [
    "DIPOLE",
    "FORCED",
    "LIMIT",
    "MAGNITUDE_SIGMA",
    "SERIES",
    "DrawnLocus",
    "Points",
    "add_locus",
    "draw_points",
    "drawn_loci",
    "flag",
    "marker_style",
]

DIPOLE, LIMIT, FORCED = "dipole", "upper limit", "forced photometry"

SERIES = {
    f"{band} (ZTF)" if is_ztf else band: (band, is_ztf)
    for band in BANDS
    for is_ztf in (False, True)
}
"""The name of each series, with its band and whether it is from ZTF, in legend order."""

# The colors of Okabe and Ito (2008) that stand out on white and on black, for color-blind
# readers too.
_LOCUS_COLORS = ("#E69F00", "#56B4E9", "#CC79A7", "#009E73", "#D55E00")

_FULL_SIZE_UP_TO = 60  # points
_MIN_SCALE = 0.35

MAGNITUDE_SIGMA = 3.0
"""The S/N below which forced photometry has no magnitude: its error would be above 0.36 mag."""

_FORCED_SIZE = 0.6  # of the symbol of a detection

_LIGHT_FILL = 0.25  # part of the color in the fill of ZTF's symbols

_ARROW_LENGTH = 9.0  # typographic points
# A filled arrowhead would look like the symbol of the r band.
_ARROW = Path.make_compound_path(
    Path.circle((0, 0), 0.17),
    Path([(0, -0.17), (0, -1)]),
    Path([(-0.17, -0.75), (0, -1), (0.17, -0.75)]),
)
_ARROW_IN_LEGEND = _ARROW.transformed(Affine2D().translate(0, 0.5))


@dataclass(frozen=True)
class Points:
    """The points of a light curve that are drawn: plain arrays of equal length."""

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    error: NDArray[np.float64]
    band: NDArray[np.str_]
    is_ztf: NDArray[np.bool_]
    is_dipole: NDArray[np.bool_]
    is_limit: NDArray[np.bool_]
    is_forced: NDArray[np.bool_]

    @classmethod
    def of(
        cls, lc: TimeSeries, y: str, x: NDArray[np.float64], sigma: float | None = None
    ) -> Points:
        """Return the points of a light curve at these positions on the horizontal axis.

        Forced photometry below `sigma` becomes an upper limit; without it, forced photometry below
        3 sigma has no magnitude.
        """
        flux, error = lc["flux"], lc["flux_err"].to(lc["flux"].unit)
        is_forced, is_limit = flag(lc, "is_forced"), flag(lc, "is_limit")
        if is_forced.any() and (sigma is not None or y == "magnitude"):
            is_faint = is_forced & np.asarray(flux < (sigma or MAGNITUDE_SIGMA) * error)
            flux = np.where(is_faint, np.nan if sigma is None else sigma * error, flux)
            is_limit = is_limit | (is_faint & (sigma is not None))
        height, error = to_magnitude(flux, error) if y == "magnitude" else (flux.value, error.value)
        survey = np.asarray(lc["survey"] if "survey" in lc.colnames else np.full(len(lc), "lsst"))
        return cls(
            x,
            np.asarray(height),
            np.asarray(error),
            np.asarray(lc["band"], dtype=np.str_),
            survey == "ztf",
            flag(lc, "is_dipole"),
            is_limit,
            is_forced,
        )

    def select(self, rows: NDArray[np.bool_]) -> Points:
        """Return some of the points."""
        return Points(*(getattr(self, field.name)[rows] for field in fields(self)))

    def over_two_cycles(self) -> Points:
        """Return points at phases from 0 to 1 twice: as they are, and one cycle later."""
        arrays = {field.name: np.tile(getattr(self, field.name), 2) for field in fields(self)}
        arrays["x"] = np.concatenate([self.x, self.x + 1])
        return Points(**arrays)


class DrawnLocus(Artist):
    """An artist that draws nothing, and records in an Axes which locus is drawn there and how."""

    def __init__(self, name: str, colors: Mapping[str, str], *, is_labeled: bool) -> None:
        super().__init__()
        self.set_in_layout(False)
        self.name = name
        self.quantities: tuple[str, str] | None = None
        """What the two axes show."""
        self.colors = dict(colors)
        self.is_labeled = is_labeled
        self.symbols: dict[str, Line2D] = {}
        """For the legend: the symbol of each series, at full size."""


def flag(lc: TimeSeries, name: str) -> NDArray[np.bool_]:
    """Return a column of flags; a missing one is all False."""
    return np.asarray(lc[name] if name in lc.colnames else np.zeros(len(lc)), dtype=np.bool_)


def drawn_loci(ax: Axes) -> list[DrawnLocus]:
    """Return the loci that were drawn in an Axes, in order."""
    return [artist for artist in ax.artists if isinstance(artist, DrawnLocus)]


def add_locus(
    ax: Axes,
    name: str,
    colors: ColorType | Mapping[str, ColorType] | None,
    *,
    is_labeled: bool,
    is_dark: bool,
) -> DrawnLocus:
    """Record a locus in an Axes; one that is drawn there already keeps its colors."""
    of_bands = COLORS_ON_BLACK if is_dark else COLORS_ON_WHITE
    loci = drawn_loci(ax)
    same = [locus for locus in loci if locus.name == name]
    if same and colors is None:
        return same[0]
    if colors is None:
        later = dict.fromkeys(BANDS, _LOCUS_COLORS[(len(loci) - 1) % len(_LOCUS_COLORS)])
        chosen = later if loci else dict(of_bands)
    elif isinstance(colors, Mapping):
        given = {band: to_hex(color, keep_alpha=True) for band, color in colors.items()}
        chosen = {**of_bands, **given}
    else:
        chosen = dict.fromkeys(BANDS, to_hex(colors, keep_alpha=True))
    locus = DrawnLocus(name, chosen, is_labeled=is_labeled)
    ax.add_artist(locus)
    return locus


def draw_points(
    ax: Axes, points: Points, locus: DrawnLocus, *, is_dark: bool, sigma: float | None = None
) -> None:
    """Draw detections and forced photometry with errors, upper limits, and rings of dipoles."""
    number = int(np.count_nonzero(~points.is_forced))
    scale = max(_MIN_SCALE, min(1.0, (_FULL_SIZE_UP_TO / max(number, 1)) ** 0.25))
    for name, zorder in _layers(points).items():
        color = locus.colors[SERIES[name][0]]
        of_series = points.select(_is_of(points, name))
        _draw_limits(ax, of_series.select(of_series.is_limit), color, scale)
        style = marker_style(name, color, is_dark=is_dark)
        _draw_forced(ax, of_series.select(of_series.is_forced & ~of_series.is_limit), style, scale)
        detections = of_series.select(~of_series.is_limit & ~of_series.is_forced)
        if len(detections.x):
            locus.symbols[name] = Line2D([], [], **style)
            _draw_detections(ax, detections, name, style, scale, zorder)
        elif of_series.is_forced.any():
            locus.symbols.setdefault(name, Line2D([], [], **_hollow(style, color, 1.0)))
        else:
            locus.symbols.setdefault(name, Line2D([], [], **_limit_style(color)))
    _draw_rings(ax, points.select(points.is_dipole), scale, "0.7" if is_dark else "0.3")
    gray = "0.7" if is_dark else "0.35"
    limit = _limit_style(gray) | {"alpha": 1.0}
    if (points.is_limit & ~points.is_forced).any():
        ax.plot([], [], label=LIMIT, **limit)
    if (points.is_limit & points.is_forced).any():
        ax.plot([], [], label=f"{LIMIT} ({sigma:g} sigma)", **limit)
    if (points.is_forced & ~points.is_limit).any():
        style = _hollow(marker_style("u", gray, is_dark=is_dark), gray, _FORCED_SIZE)
        ax.plot([], [], label=FORCED, **style)


def marker_style(name: str, color: str, *, is_dark: bool) -> dict[str, Any]:
    """Return how the symbols of a series look: filled for LSST, lightly filled for ZTF."""
    band, is_ztf = SERIES[name]
    face, edge = color, color if is_dark else "0.15"
    if is_ztf:
        background = 0.0 if is_dark else 1.0
        mixed = _LIGHT_FILL * np.array(to_rgb(color)) + (1 - _LIGHT_FILL) * background
        face, edge = to_hex((mixed[0], mixed[1], mixed[2])), color
    return {
        "color": color,
        "linestyle": "none",
        "marker": SYMBOLS[band],
        "markersize": 9 if SYMBOLS[band] == "*" else 6,
        "markerfacecolor": face,
        "markeredgecolor": edge,
        "markeredgewidth": 1.2 if is_ztf else 0.6,
    }


def _is_of(points: Points, name: str) -> NDArray[np.bool_]:
    band, is_ztf = SERIES[name]
    is_of: NDArray[np.bool_] = (points.band == band) & (points.is_ztf == is_ztf)
    return is_of


def _layers(points: Points) -> dict[str, float]:
    """Return the zorder of each series: faint bands do not hide those with small errors."""
    errors = {}
    for name in SERIES:
        rows = _is_of(points, name)
        if rows.any():
            errors[name] = float(np.median(points.error[rows]))
    from_bottom = sorted(errors, key=errors.__getitem__, reverse=True)
    return {name: 2 + 0.5 * from_bottom.index(name) / len(SERIES) for name in errors}


def _draw_detections(
    ax: Axes, points: Points, name: str, style: dict[str, Any], scale: float, zorder: float
) -> None:
    scaled = {key: scale * style[key] for key in ("markersize", "markeredgewidth")}
    ax.errorbar(
        points.x,
        points.y,
        yerr=points.error,
        **(style | scaled),
        elinewidth=1.1 * scale,
        label=name,
        zorder=zorder,
    )


def _draw_forced(ax: Axes, points: Points, style: dict[str, Any], scale: float) -> None:
    """Draw small hollow symbols under those of the detections, with their errors."""
    if not len(points.x):
        return
    ax.errorbar(
        points.x,
        points.y,
        yerr=points.error,
        **_hollow(style, style["color"], _FORCED_SIZE * scale),
        elinewidth=0.8 * scale,
        label="_forced",
        zorder=1.7,
    )


def _hollow(style: dict[str, Any], color: str, scale: float) -> dict[str, Any]:
    """Return the style of a symbol as that of forced photometry."""
    return style | {
        "markersize": scale * style["markersize"],
        "markerfacecolor": "none",
        "markeredgecolor": color,
        "markeredgewidth": 0.9,
    }


def _draw_limits(ax: Axes, points: Points, color: str, scale: float) -> None:
    """Draw small hollow circles, each with an arrow toward fainter values."""
    if not len(points.x):
        return
    ax.margins(y=0.1)  # room for the arrows
    style = _limit_style(color)
    style |= {"marker": _ARROW, "markersize": 2 * _ARROW_LENGTH * max(scale, 0.6)}
    ax.plot(points.x, points.y, **style, label="_limit", zorder=1.5)


def _limit_style(color: str) -> dict[str, Any]:
    """Return how an upper limit looks in the legend."""
    return {
        "color": color,
        "linestyle": "none",
        "marker": _ARROW_IN_LEGEND,
        "markersize": _ARROW_LENGTH,
        "markerfacecolor": "none",
        "markeredgewidth": 0.8,
        "alpha": 0.5,
    }


def _draw_rings(ax: Axes, dipoles: Points, scale: float, gray: str) -> None:
    if not len(dipoles.x):
        return
    ax.plot(
        dipoles.x,
        dipoles.y,
        "o",
        markersize=12 * max(scale, 0.5),
        markerfacecolor="none",
        markeredgecolor=gray,
        markeredgewidth=0.9 * max(scale, 0.5),
        zorder=1.9,  # around the points, not over them
        label=DIPOLE,
    )
