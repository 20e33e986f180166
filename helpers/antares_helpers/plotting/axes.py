"""What surrounds the points of a light-curve plot: range, ticks, calendar, notes and legend."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from antares_helpers.bands import BANDS

if TYPE_CHECKING:
    from astropy.timeseries import TimeSeries
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

__all__ = ["DIPOLE", "LIMIT", "QUIET", "draw_legend", "frame", "note", "root_figure"]

DIPOLE, LIMIT = "dipole", "upper limit"
LEGEND_ORDER = (*BANDS, DIPOLE, LIMIT)

QUIET = "0.46"
"""A gray with a contrast of 4.5 to 1 against white and against black."""

_CALENDAR = "calendar"
_MIN_DAYS = 4.0
_MJD_OF_MATPLOTLIB = 40587  # 1970-01-01, from which matplotlib counts the days
_DATES = ["%Y", "%b %Y", "%d %b", "%H:%M", "%H:%M", "%S.%f"]


def frame(ax: Axes, horizontal: NDArray[np.float64], x: str) -> None:
    """Give the horizontal axis a sensible range and ticks that never collide."""
    from matplotlib.ticker import MaxNLocator, ScalarFormatter

    if x == "phase":
        ax.set_xlim(0, 1)
        return
    plain = ScalarFormatter(useOffset=False)
    plain.set_scientific(False)  # it would stand where the calendar does
    ax.yaxis.set_major_formatter(plain)
    if not len(horizontal):
        if not ax.has_data():
            ax.set(xticks=[], yticks=[])
        return
    low, high = float(np.min(horizontal)), float(np.max(horizontal))
    spare = max(_MIN_DAYS - (high - low), 0) / 2
    ax.update_datalim([(low - spare, 0), (high + spare, 0)], updatey=False)
    ax.autoscale_view()
    ticks = _number_of_ticks(ax)
    ax.xaxis.set_major_locator(MaxNLocator(nbins=ticks, integer=True))
    ax.xaxis.set_major_formatter(ScalarFormatter(useOffset=False))
    if x == "mjd" and not any(child.get_label() == _CALENDAR for child in ax.child_axes):
        _add_calendar(ax, ticks)


def _number_of_ticks(ax: Axes) -> int:
    """Return how many labels of five digits fit, with room between them; at most 5."""
    return max(1, min(5, int(0.6 * ax.xaxis.get_tick_space())))


def _add_calendar(ax: Axes, ticks: int) -> None:
    from matplotlib.dates import AutoDateLocator, ConciseDateFormatter

    def to_date(mjd: Any) -> Any:
        return mjd - _MJD_OF_MATPLOTLIB

    def to_mjd(date: Any) -> Any:
        return date + _MJD_OF_MATPLOTLIB

    axis = ax.secondary_xaxis("top", functions=(to_date, to_mjd))
    axis.set_label(_CALENDAR)
    locator: Any = AutoDateLocator(minticks=min(2, ticks), maxticks=ticks)  # type: ignore[no-untyped-call]
    formatter: Any = ConciseDateFormatter(  # type: ignore[no-untyped-call]
        locator, formats=_DATES, zero_formats=_DATES, show_offset=False
    )
    axis.xaxis.set_major_locator(locator)
    axis.xaxis.set_major_formatter(formatter)
    axis.tick_params(labelsize="small", colors=QUIET)


def note(ax: Axes, lc: TimeSeries, without_magnitude: int) -> None:
    """Say in the axes what can't be seen in them."""
    quiet: dict[str, Any] = {"transform": ax.transAxes, "fontsize": "small", "color": QUIET}
    if lc.meta.get("simulated"):
        ax.text(1.01, 0, "simulated data", rotation=90, ha="left", va="bottom", **quiet)
    if not len(lc):
        excluded = lc.meta.get("report", {}).get("excluded", {})
        reasons = "\n".join(f"{number} left out: {reason}" for reason, number in excluded.items())
        text = f"no points\n{reasons}".strip()
        ax.text(0.5, 0.5, text, transform=ax.transAxes, ha="center", va="center")
    elif without_magnitude:
        if without_magnitude == len(lc) and not ax.has_data():
            ax.set_yticks([])
        ax.margins(y=0.15)
        noun = "point has" if len(lc) == 1 else "points have"
        text = f"{without_magnitude} of {len(lc)} {noun} no magnitude (flux ≤ 0)"
        ax.text(0.02, 0.03, text, **quiet)


def root_figure(ax: Axes) -> Any:
    """Return the figure around an Axes and its subfigures."""
    return ax.get_figure(root=True)


def draw_legend(ax: Axes) -> None:
    """Draw a legend of what is there: bands in the order of wavelength, dipoles, limits."""
    handles = dict(zip(*reversed(ax.get_legend_handles_labels()), strict=True))
    labels = [label for label in LEGEND_ORDER if label in handles]
    if not labels:
        return
    beside = {"loc": "upper left", "bbox_to_anchor": (1.01, 1.0), "borderaxespad": 0.0}
    has_room = root_figure(ax).get_layout_engine() is not None
    ax.legend(
        [handles[label] for label in labels],
        labels,
        title="band",
        alignment="left",
        frameon=not has_room,
        **(beside if has_room else {"loc": "best"}),
    )
