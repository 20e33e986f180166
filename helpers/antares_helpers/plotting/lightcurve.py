"""Plot light curves in Rubin's colours and symbols."""

from __future__ import annotations

from dataclasses import dataclass
from numbers import Real
from typing import TYPE_CHECKING

import astropy.units as u
import numpy as np
from astropy.time import Time

from antares_helpers.bands import BANDS, COLORS_ON_BLACK, COLORS_ON_WHITE, SYMBOLS
from antares_helpers.errors import InvalidInputError
from antares_helpers.photometry import to_magnitude
from antares_helpers.plotting.axes import (
    DIPOLE,
    LIMIT,
    QUIET,
    draw_legend,
    frame,
    note,
    root_figure,
)
from antares_helpers.validation import check_choice

if TYPE_CHECKING:
    from astropy.timeseries import TimeSeries
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

__all__ = ["plot_lightcurve"]


_LIMIT_SYMBOL = "o"  # with a triangle the arrow would have two heads


@dataclass(frozen=True)
class _Points:
    """What is drawn of a light curve: plain arrays of one length."""

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    error: NDArray[np.float64]
    band: NDArray[np.str_]
    is_dipole: NDArray[np.bool_]
    is_limit: NDArray[np.bool_]

    def __getitem__(self, rows: NDArray[np.bool_]) -> _Points:
        return _Points(*(getattr(self, name)[rows] for name in self.__dataclass_fields__))


def plot_lightcurve(
    lc: TimeSeries,
    *,
    y: str = "flux",
    x: str = "mjd",
    period: float | u.Quantity | None = None,
    epoch: float | Time | None = None,
    title: str | None = None,
    legend: bool = True,
    ax: Axes | None = None,
) -> Axes:
    """Plot a light curve, one series a band, in the colours and symbols of Rubin's RTN-045.

    Dipoles are ringed; upper limits are small hollow symbols with an arrow. On a dark background
    the colours are those that RTN-045 gives for black. Simulated data are marked as such.

    Parameters
    ----------
    lc : `~astropy.timeseries.TimeSeries`
        What `extract_lightcurve` returns, or some of its rows.
    y : {"flux", "magnitude"}, optional
        ``"magnitude"`` draws AB magnitudes on an inverted axis, and notes how many points have
        none because their flux is not positive.
    x : {"mjd", "days", "phase"}, optional
        Time as MJD with calendar dates above, days since `epoch`, or phase of `period`.
    period : float or `~astropy.units.Quantity`, optional
        Period, in days unless it has a unit; needed for ``x="phase"`` only.
    epoch : float or `~astropy.time.Time`, optional
        Time of day 0 or phase 0, a float being an MJD (TAI); by default the first detection.
    title : str, optional
        Title of the plot; by default the locus ID.
    legend : bool, optional
        Whether to draw a legend. It stands beside the data where the figure's layout engine
        makes room for it, and inside the axes elsewhere.
    ax : `~matplotlib.axes.Axes`, optional
        Where to draw; by default in a new figure of 6 x 4 inches.

    Returns
    -------
    `~matplotlib.axes.Axes`
        The axes drawn in. A light curve without rows gives axes that say so, and why.

    Raises
    ------
    InvalidInputError
        If an option can't be meant, or `lc` is not such a light curve.

    Examples
    --------
    >>> from antares_helpers import extract_lightcurve, fetch_locus, plot_lightcurve
    >>> ax = plot_lightcurve(extract_lightcurve(fetch_locus("ANT2026z3bqyjga24oc")))
    >>> ax.get_xlabel(), ax.get_ylabel()
    ('MJD (TAI)', 'PSF difference flux [nJy]')
    """
    _check(lc, x, y)
    _check_axes(ax)
    origin = _mjd(epoch) if epoch is not None else _first_detection(lc)
    days = _days(period) if x == "phase" else None
    points = _points(lc, y, _horizontal(lc, x, origin, days))
    drawn = points[np.isfinite(points.y)]

    ax = _new_axes() if ax is None else ax
    if y == "magnitude":
        ax.yaxis.set_inverted(True)  # before errorbar, which turns its arrows accordingly
    _draw(ax, drawn, is_magnitude=y == "magnitude")
    ax.set_xlabel(_x_label(lc, x, origin, days))
    ax.set_ylabel(_y_label(lc, y))
    ax.set_title(lc.meta.get("locus_id", "") if title is None else title)
    frame(ax, points.x[np.isfinite(points.x)], x)
    if y == "flux" and lc.meta.get("flux") != "total":
        ax.axhline(0, color=QUIET, linewidth=0.8, zorder=0.5)
    note(ax, lc, len(points.x) - len(drawn.x))
    if legend:
        draw_legend(ax)
    return ax


def _check(lc: TimeSeries, x: str, y: str) -> None:
    check_choice("x", x, ("mjd", "days", "phase"))
    check_choice("y", y, ("flux", "magnitude"))
    if not isinstance(getattr(lc, "time", None), Time):
        raise InvalidInputError(
            "plot_lightcurve takes what extract_lightcurve returns, with its times; "
            f"{type(lc).__name__} has none. To fold, pass x='phase' and a period instead."
        )
    missing = {"band", "flux", "flux_err"} - set(lc.colnames)
    units = [lc[name].unit for name in ("flux", "flux_err") if name in lc.colnames]
    if not all(unit is not None and unit.is_equivalent(u.nJy) for unit in units):
        raise InvalidInputError(
            "The columns flux and flux_err must have units of flux density, such as nJy; here "
            f"they have {' and '.join(map(str, units))}."
        )
    if missing:
        raise InvalidInputError(
            "plot_lightcurve takes what extract_lightcurve returns; this light curve lacks "
            f"{', '.join(sorted(missing))}."
        )


def _check_axes(ax: object) -> None:
    if ax is None:
        return
    from matplotlib.axes import Axes as AnyAxes

    if not isinstance(ax, AnyAxes):
        raise InvalidInputError(
            f"ax must be one Axes of matplotlib, not {type(ax).__name__}. Where plt.subplots has "
            "given an array of them, pass one, such as ax[0]."
        )


def _mjd(epoch: float | Time) -> float:
    mjd = epoch.tai.mjd if isinstance(epoch, Time) else epoch
    if not isinstance(mjd, Real) or not np.isfinite(float(mjd)):
        raise InvalidInputError(f"epoch={epoch!r} must be one Time, or one MJD (TAI).")
    return float(mjd)


def _days(period: float | u.Quantity | None) -> float:
    try:
        days = float(u.Quantity(period, u.day).value)
    except (TypeError, ValueError, u.UnitConversionError):
        days = np.nan
    if not (np.isfinite(days) and days > 0):
        raise InvalidInputError(
            f"x='phase' needs a period: days, or a Quantity of time, above 0; not {period!r}."
        )
    return days


def _first_detection(lc: TimeSeries) -> float:
    detections = lc.time[~_flag(lc, "is_limit")]
    times = detections if len(detections) else lc.time
    return float(times.tai.mjd.min()) if len(times) else np.nan


def _flag(lc: TimeSeries, name: str) -> NDArray[np.bool_]:
    return np.asarray(lc[name] if name in lc.colnames else np.zeros(len(lc)), dtype=np.bool_)


def _horizontal(lc: TimeSeries, x: str, origin: float, days: float | None) -> NDArray[np.float64]:
    mjd = np.asarray(lc.time.mjd, dtype=np.float64)
    if x == "mjd":
        return mjd
    since = np.asarray(lc.time.tai.mjd, dtype=np.float64) - origin
    return since if days is None else since / days % 1.0


def _points(lc: TimeSeries, y: str, horizontal: NDArray[np.float64]) -> _Points:
    flux, error = lc["flux"], lc["flux_err"].to(lc["flux"].unit)
    vertical, error = to_magnitude(flux, error) if y == "magnitude" else (flux.value, error.value)
    return _Points(
        horizontal,
        np.asarray(vertical),
        np.asarray(error),
        np.asarray(lc["band"], dtype=np.str_),
        _flag(lc, "is_dipole"),
        _flag(lc, "is_limit"),
    )


def _new_axes() -> Axes:
    from matplotlib import pyplot as plt

    return plt.subplots(figsize=(6, 4), layout="constrained")[1]


def _draw(ax: Axes, points: _Points, *, is_magnitude: bool) -> None:
    is_dark = _is_dark(ax)
    colors = COLORS_ON_BLACK if is_dark else COLORS_ON_WHITE
    for band in BANDS:
        of_band = points[points.band == band]
        _draw_detections(ax, of_band[~of_band.is_limit], band, colors[band], is_dark)
        label = "_limit" if (~of_band.is_limit).any() else band
        _draw_limits(ax, of_band[of_band.is_limit], label, colors[band], is_magnitude)
    dipoles = points[points.is_dipole]
    if len(dipoles.x):
        ax.plot(
            dipoles.x,
            dipoles.y,
            "o",
            markersize=12,
            markerfacecolor="none",
            markeredgecolor="0.7" if is_dark else "0.3",
            markeredgewidth=0.9,
            zorder=1.9,  # around the points, not over them
            label=DIPOLE,
        )
    if points.is_limit.any():
        gray = "0.7" if is_dark else "0.35"
        ax.plot(
            [], [], _LIMIT_SYMBOL, color=gray, markerfacecolor="none", markersize=4, label=LIMIT
        )


def _draw_detections(ax: Axes, points: _Points, band: str, color: str, is_dark: bool) -> None:
    if len(points.x):
        ax.errorbar(
            points.x,
            points.y,
            yerr=points.error,
            fmt=SYMBOLS[band],
            color=color,
            markersize=9 if SYMBOLS[band] == "*" else 6,
            markeredgecolor=color if is_dark else "0.15",
            markeredgewidth=0.6,
            elinewidth=1.1,
            label=band,
            zorder=2,
        )


def _draw_limits(ax: Axes, points: _Points, label: str, color: str, is_magnitude: bool) -> None:
    if not len(points.x):
        return
    # The arrow points to what is fainter.
    ax.errorbar(
        points.x,
        points.y,
        yerr=0.25 if is_magnitude else points.error,
        fmt=_LIMIT_SYMBOL,
        color=color,
        markerfacecolor="none",
        markersize=4,
        elinewidth=0.8,
        zorder=1.5,
        label=label,
        lolims=is_magnitude,
        uplims=not is_magnitude,
    )


def _is_dark(ax: Axes) -> bool:
    from matplotlib.colors import to_rgba

    red, green, blue, alpha = to_rgba(ax.get_facecolor())
    if alpha < 0.5:
        red, green, blue, alpha = to_rgba(root_figure(ax).get_facecolor())
    return alpha >= 0.5 and 0.2126 * red + 0.7152 * green + 0.0722 * blue < 0.4


def _x_label(lc: TimeSeries, x: str, origin: float, days: float | None) -> str:
    if x == "mjd":
        return f"MJD ({lc.time.scale.upper()})"
    if x == "days":
        return f"Days since MJD {origin:.3f} (TAI)" if np.isfinite(origin) else "Days (TAI)"
    return f"Phase (period {days:.6g} d)"


def _y_label(lc: TimeSeries, y: str) -> str:
    is_total = lc.meta.get("flux") == "total"
    if y == "magnitude":
        return f"{'Total' if is_total else 'PSF difference'} magnitude [AB]"
    return f"{'Total' if is_total else 'PSF difference'} flux [{lc['flux'].unit}]"
