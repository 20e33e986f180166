"""Everything around the points of a light-curve plot: range, ticks, calendar, notes and legend."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.colors import to_rgba
from matplotlib.dates import AutoDateLocator, num2date
from matplotlib.legend_handler import HandlerTuple
from matplotlib.lines import Line2D
from matplotlib.text import Text
from matplotlib.ticker import Formatter, MaxNLocator, ScalarFormatter

from antares_helpers.plotting.series import (
    DIPOLE,
    FORCED,
    LIMIT,
    MAGNITUDE_SIGMA,
    SERIES,
    DrawnLocus,
    drawn_loci,
    flag,
    marker_style,
)

if TYPE_CHECKING:
    from astropy.timeseries import TimeSeries
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

__all__ = ["QUIET", "SIMULATED", "draw_legend", "draw_zero_line", "frame", "has_dark_background",
           "mark_as_simulated", "marks_of", "note", "root_figure"]  # fmt: skip

QUIET = "0.46"
"""A gray with a contrast of 4.5 to 1 against white and against black."""

SIMULATED = "simulated data"
"""The mark of a figure that shows simulated data."""

_CALENDAR, _NOTE, _ZERO = "calendar", "_note", "_zero"
_MIN_DAYS = 4.0
_MIN_CALENDAR_WIDTH = 3.0  # inches
_MJD_OF_MATPLOTLIB = 40587  # 1970-01-01, from which matplotlib counts the days
_SYMBOLS_PER_LOCUS = 3


class DateFormatter(Formatter):
    """Format calendar dates; the first in view, and the first of each year, shows its year."""

    def __call__(self, x: float, pos: int | None = None) -> str:  # noqa: ARG002 (of matplotlib)
        """Return one date in full."""
        return f"{_day(_date(x))} {_date(x).year}"

    def format_ticks(self, values: Any) -> list[str]:
        """Return the labels of all ticks."""
        low, high = sorted(self.axis.get_view_interval()) if self.axis else (-np.inf, np.inf)
        dates = [_date(value) for value in values]
        if len(dates) > 1 and all((date.month, date.day) == (1, 1) for date in dates):
            return [f"{date.year}" for date in dates]
        are_months = all(date.day == 1 and not date.hour for date in dates)
        labels, year = [], None
        for value, date in zip(values, dates, strict=True):
            labels.append(_label(date, are_months=are_months, with_year=date.year != year))
            year = date.year if low <= value <= high else None
        return labels


def _label(date: datetime, *, are_months: bool, with_year: bool) -> str:
    is_midnight = not (date.hour or date.minute)
    if not (is_midnight or with_year):
        return f"{date:%H:%M}"
    text = f"{date:%b}" if are_months else _day(date)
    text += f" {date.year}" if with_year else ""
    return text if is_midnight else f"{text} {date:%H:%M}"


def _day(date: datetime) -> str:
    return f"{date.day} {date:%b}"


def _date(days: float) -> datetime:
    """Return a date to the minute: a float of days is exact to microseconds only."""
    date: datetime = num2date(days) + timedelta(seconds=30)  # type: ignore[no-untyped-call]
    return date.replace(second=0, microsecond=0)


def frame(ax: Axes, horizontal: NDArray[np.float64], x: str) -> None:
    """Give the horizontal axis a sensible range and ticks that never collide."""
    plain = ScalarFormatter(useOffset=False)
    plain.set_scientific(False)  # it would overlap the calendar
    ax.yaxis.set_major_formatter(plain)
    if x == "phase":
        ax.set_xlim(-0.05, 2.05)  # so that nothing at phase 0 is clipped
        return
    if not len(horizontal):
        if not ax.has_data():
            ax.set(xticks=[], yticks=[])
        return
    low, high = float(np.min(horizontal)), float(np.max(horizontal))
    spare = max(_MIN_DAYS - (high - low), 0) / 2
    ax.update_datalim([(low - spare, 0), (high + spare, 0)], updatey=False)
    ax.autoscale_view()
    ticks = _number_of_ticks(ax)
    # Not 4, 8 or 15 days apart.
    locator = MaxNLocator(nbins=ticks, integer=True, steps=[1, 2, 2.5, 5, 10])
    ax.xaxis.set_major_locator(locator)
    ax.xaxis.set_major_formatter(ScalarFormatter(useOffset=False))
    if x == "mjd" and _has_room_for_calendar(ax):
        _add_calendar(ax, ticks)


def _number_of_ticks(ax: Axes) -> int:
    """Return how many labels of five digits fit, with room between them; at most 5."""
    return max(1, min(5, int(0.6 * ax.xaxis.get_tick_space())))


def _has_room_for_calendar(ax: Axes) -> bool:
    width = ax.get_window_extent().width / root_figure(ax).dpi
    has_one = any(child.get_label() == _CALENDAR for child in ax.child_axes)
    return width >= _MIN_CALENDAR_WIDTH and not has_one


def _to_date(mjd: Any) -> Any:  # not a lambda: figures can be pickled
    return mjd - _MJD_OF_MATPLOTLIB


def _to_mjd(date: Any) -> Any:
    return date + _MJD_OF_MATPLOTLIB


def _add_calendar(ax: Axes, ticks: int) -> None:
    axis = ax.secondary_xaxis("top", functions=(_to_date, _to_mjd))
    axis.set_label(_CALENDAR)
    locator: Any = AutoDateLocator(minticks=min(2, ticks), maxticks=ticks)  # type: ignore[no-untyped-call]
    axis.xaxis.set_major_locator(locator)
    axis.xaxis.set_major_formatter(DateFormatter())
    axis.tick_params(labelsize="small", colors=QUIET)


def draw_zero_line(ax: Axes) -> None:
    """Draw a thin line at zero, unless there is one."""
    if not any(line.get_label() == _ZERO for line in ax.lines):
        ax.axhline(0, color=QUIET, linewidth=0.8, zorder=0.5, label=_ZERO)


def note(ax: Axes, lc: TimeSeries, without: int, y: str, name: str = "") -> None:
    """Note in the axes what the points do not show.

    Parameters
    ----------
    ax : `~matplotlib.axes.Axes`
        Where to write.
    lc : `~astropy.timeseries.TimeSeries`
        The light curve that is drawn.
    without : int
        How many of its rows have no point.
    y : str
        ``"flux"`` or ``"magnitude"``.
    name : str, optional
        The locus, if there are others in the axes.
    """
    if lc.meta.get("simulated"):
        mark_as_simulated(ax)
    if not len(lc) and not name:
        ax.text(0.5, 0.5, _no_points(lc), transform=ax.transAxes, ha="center", va="center")
    elif not len(lc) or without:
        if without == len(lc) and not ax.has_data():
            ax.set_yticks([])
        ax.margins(y=0.15)
        noun = "point has" if len(lc) == 1 else "points have"
        has_forced = bool(flag(lc, "is_forced").any())
        reason = f"below {MAGNITUDE_SIGMA:g} sigma" if has_forced else "flux ≤ 0"
        value = f"magnitude ({reason})" if y == "magnitude" else "flux"
        text = f"{without} of {len(lc)} {noun} no {value}" if len(lc) else "no points"
        below = sum(text.get_label() == _NOTE for text in ax.texts)
        ax.annotate(
            f"{name}: {text}" if name else text,
            (0.02, 0.03),
            xycoords="axes fraction",
            xytext=(0, 12 * below),
            textcoords="offset points",
            fontsize="small",
            color=QUIET,
            label=_NOTE,
        )


def mark_as_simulated(ax: Axes, *, below: bool = False) -> None:
    """Mark a figure once as one of simulated data: beside the axes marked last, or below them."""
    for mark in marks_of(root_figure(ax)):
        mark.remove()
    place: dict[str, Any] = {"ha": "left", "va": "bottom", "rotation": 90}
    x, y = 1.01, 0.0
    if below:
        place, (x, y) = {"ha": "right", "va": "top"}, (1.0, -0.03)
    ax.text(x, y, SIMULATED, transform=ax.transAxes, fontsize="small", color=QUIET, **place)


def marks_of(figure: Any) -> list[Text]:
    """Return the marks that say that a figure shows simulated data."""
    texts = [*figure.texts, *(text for ax in figure.axes for text in ax.texts)]
    return [text for text in texts if text.get_text() == SIMULATED]


def _no_points(lc: TimeSeries) -> str:
    report = lc.meta.get("report")
    if not report:
        return "no points"
    if not report["alerts"]:
        return "no points:\nthe locus has no alerts"
    if report["included"]:
        return f"no points:\nnone of {report['included']} selected"
    reasons = [f"{number} excluded: {reason}" for reason, number in report["excluded"].items()]
    return "\n".join(["no points", *reasons])


def root_figure(ax: Axes) -> Any:
    """Return the figure around an Axes and its subfigures."""
    return ax.get_figure(root=True)


def has_dark_background(ax: Axes) -> bool:
    """Return whether the axes, or the figure behind transparent ones, are dark."""
    red, green, blue, alpha = to_rgba(ax.get_facecolor())
    if alpha < 0.5:
        red, green, blue, alpha = to_rgba(root_figure(ax).get_facecolor())
    return alpha >= 0.5 and 0.2126 * red + 0.7152 * green + 0.0722 * blue < 0.4


def draw_legend(ax: Axes) -> None:
    """Draw a legend: loci if there are several, bands by wavelength, and further symbols."""
    loci = _locus_handles(ax)
    handles = {label: handle for label, handle in loci.items() if label} | _series_handles(ax)
    if not handles:
        return
    beside = {"loc": "upper left", "bbox_to_anchor": (1.01, 1.0), "borderaxespad": 0.0}
    has_room = root_figure(ax).get_layout_engine() is not None
    ax.legend(
        [*handles.values()],
        [*handles],
        title=None if loci else "band",
        alignment="left",
        frameon=not has_room,
        handlelength=3.0 if loci else 2.0,
        handler_map={tuple: HandlerTuple(ndivide=None, pad=0.2)},
        **(beside if has_room else {"loc": "best"}),
    )


def _locus_handles(ax: Axes) -> dict[str, Any]:
    """Return some symbols of each locus, if there are several or one has a label."""
    loci = [locus for locus in drawn_loci(ax) if locus.symbols]
    if len({locus.name for locus in loci}) < 2 and not any(locus.is_labeled for locus in loci):
        return {}
    return {locus.name: _some_symbols(locus) for locus in loci}


def _some_symbols(locus: DrawnLocus) -> tuple[Line2D, ...]:
    symbols = [locus.symbols[name] for name in SERIES if name in locus.symbols]
    return tuple(symbols[:_SYMBOLS_PER_LOCUS])


def _series_handles(ax: Axes) -> dict[str, Any]:
    """Return the handle of each series: gray if its color depends on the locus."""
    handles = dict(zip(*reversed(ax.get_legend_handles_labels()), strict=True))
    loci = drawn_loci(ax)
    for locus in reversed(loci):
        handles |= locus.symbols
    if any(locus.colors != loci[0].colors for locus in loci):
        for name in SERIES.keys() & handles.keys():
            style = marker_style(name, QUIET, is_dark=has_dark_background(ax))
            handles[name] = Line2D([], [], **style)
    limits = sorted(name for name in handles if name.startswith(LIMIT))
    return {name: handles[name] for name in (*SERIES, FORCED, DIPOLE, *limits) if name in handles}
