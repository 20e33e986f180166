"""Plot light curves in Rubin's colors and symbols."""

from __future__ import annotations

import re
from collections.abc import Mapping
from numbers import Real
from typing import TYPE_CHECKING, cast

import astropy.units as u
import numpy as np
from astropy.time import Time
from matplotlib.axes import Axes
from matplotlib.colors import is_color_like

from antares_helpers.bands import BANDS
from antares_helpers.errors import InvalidInputError
from antares_helpers.plotting.axes import (
    draw_legend,
    draw_zero_line,
    frame,
    has_dark_background,
    note,
)
from antares_helpers.plotting.series import Points, add_locus, draw_points, drawn_loci, flag
from antares_helpers.validation import check_choice, short_repr

if TYPE_CHECKING:
    from astropy.timeseries import TimeSeries
    from matplotlib.typing import ColorType
    from numpy.typing import NDArray

__all__ = ["plot_lightcurve"]

_SIMULATED_ID = re.compile(r"ANT\d{4}sim|$")
"""The ID of a simulated locus, unless it stands in for a real one; or none."""


def plot_lightcurve(
    lc: TimeSeries,
    *,
    y: str = "flux",
    x: str = "mjd",
    period: float | u.Quantity | None = None,
    epoch: float | Time | None = None,
    limits: float | None = None,
    label: str | None = None,
    colors: ColorType | Mapping[str, ColorType] | None = None,
    title: str | None = None,
    legend: bool = True,
    ax: Axes | None = None,
) -> Axes:
    """Plot a light curve, one series per survey and band, in the colors and symbols of RTN-045.

    Symbols are filled for LSST and light for ZTF. Forced photometry has small hollow ones: without
    a detection, it scatters around zero. Dipoles are ringed; an upper limit is a small hollow
    circle with an arrow. On a dark background the colors are those that RTN-045 gives for
    black. A figure of simulated data says so once; if they stand in for a locus with a real ID, the
    title does too.

    Parameters
    ----------
    lc : `~astropy.timeseries.TimeSeries`
        What `extract_lightcurve` returns, or some of its rows.
    y : {"flux", "magnitude"}, optional
        ``"magnitude"`` draws AB magnitudes on an inverted axis, and notes how many points have
        none because their flux is not positive, or is forced photometry below 3 sigma.
    x : {"mjd", "days", "phase"}, optional
        Time as MJD with calendar dates above, days since `epoch`, or phase of `period`, over two
        cycles.
    period : float or `~astropy.units.Quantity`, optional
        Period, in days unless it has a unit; for ``x="phase"`` only.
    epoch : float or `~astropy.time.Time`, optional
        Time of day 0 or phase 0, a float being an MJD (TAI); by default the first detection.
    limits : float, optional
        Draw forced photometry below this many sigma, usually 3 or 5, as upper limits of as many
        sigma. Upper limits of ZTF are always drawn.
    label : str, optional
        Name of the locus in the legend; by default the legend lists loci, by ID, only if there
        are several in the axes.
    colors : color or mapping of str to color, optional
        One color of matplotlib for all bands, or the colors of some bands. By default the first
        locus in the axes has the colors of RTN-045, and each further one a single color.
    title : str, optional
        Title of the plot; by default the locus ID, or in axes that already contain a light curve
        the title they have.
    legend : bool, optional
        Whether to draw a legend. It is placed beside the data if the figure's layout engine makes
        room for it, and otherwise inside the axes.
    ax : `~matplotlib.axes.Axes`, optional
        Where to draw; by default in a new figure of 6 x 4 inches.

    Returns
    -------
    `~matplotlib.axes.Axes`
        The axes drawn in. A light curve without rows gives axes that say so, and why.

    Raises
    ------
    InvalidInputError
        If an option is not valid, `lc` is not such a light curve, or `ax` shows other quantities.

    Examples
    --------
    >>> from antares_helpers import extract_lightcurve, fetch_locus, plot_lightcurve
    >>> ax = plot_lightcurve(extract_lightcurve(fetch_locus("ANT2026z3bqyjga24oc")))
    >>> ax.get_xlabel(), ax.get_ylabel()
    ('MJD (TAI)', 'Difference flux [nJy]')

    Compare two loci in one figure:

    >>> ax = None
    >>> for name, color in {"ANT2026simsnia01": "tab:blue", "ANT2026simsnia02": "tab:red"}.items():
    ...     lc = extract_lightcurve(fetch_locus(name))
    ...     ax = plot_lightcurve(lc, label=name, colors=color, title="", ax=ax)
    """
    _check(lc, x, y)
    _check_limits(limits)
    _check_axes(ax)
    _check_look(label, colors)
    days = _days(period, x)
    origin = _mjd(epoch) if epoch is not None else _first_detection(lc)
    quantities = (_HORIZONTAL[x], _y_label(lc, y))
    _check_quantities(ax, quantities)
    points = Points.of(lc, y, _horizontal(lc, x, origin, days), limits)
    drawn = points.select(np.isfinite(points.y))

    ax = _new_axes() if ax is None else ax
    is_first, is_dark = not drawn_loci(ax), has_dark_background(ax)
    own_name = _escaped(lc.meta.get("locus_id", ""))
    name = label or own_name
    locus = add_locus(ax, name, colors, is_labeled=label is not None, is_dark=is_dark)
    locus.quantities = quantities
    if y == "magnitude":
        ax.yaxis.set_inverted(True)
    drawn_twice = drawn.over_two_cycles() if x == "phase" else drawn
    draw_points(ax, drawn_twice, locus, is_dark=is_dark, sigma=limits)
    ax.set_ylabel(quantities[1])
    x_label = _x_label(lc, x, origin, days)
    ax.set_xlabel(x_label if is_first or x_label == ax.get_xlabel() else _SHARED_X_LABEL[x])
    if is_first or title is not None:
        ax.set_title(own_name + _stand_in(lc) if title is None else title)
    frame(ax, points.x[np.isfinite(points.x)], x)
    if y == "flux" and lc.meta.get("flux") != "total":
        draw_zero_line(ax)
    note(ax, lc, len(points.x) - len(drawn.x), y, "" if is_first else name)
    if legend:
        draw_legend(ax)
    return ax


def _escaped(name: object) -> str:
    """Return the ID of a locus as a label, in which matplotlib must not look for formulas."""
    return str(name).replace("$", r"\$")


def _stand_in(lc: TimeSeries) -> str:
    """Return what follows the ID of a real locus in the title, if the data are simulated."""
    is_real_id = not _SIMULATED_ID.match(str(lc.meta.get("locus_id", "")))
    return " (simulated stand-in)" if lc.meta.get("simulated") and is_real_id else ""


def _check(lc: TimeSeries, x: str, y: str) -> None:
    check_choice("x", x, ("mjd", "days", "phase"))
    check_choice("y", y, ("flux", "magnitude"))
    if isinstance(lc, Mapping) and "alerts" in lc:
        raise InvalidInputError(
            "plot_lightcurve takes what extract_lightcurve returns, not a locus. Write "
            "plot_lightcurve(extract_lightcurve(locus))."
        )
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
    if ax is not None and not isinstance(ax, Axes):
        raise InvalidInputError(
            f"ax must be one Axes of matplotlib, not {type(ax).__name__}. If plt.subplots "
            "returned an array of them, pass one, such as axes[0]."
        )


def _check_quantities(ax: Axes | None, quantities: tuple[str, str]) -> None:
    """Reject a light curve that would be drawn on the scale of another quantity."""
    for locus in drawn_loci(ax) if ax is not None else []:
        if locus.quantities not in (None, quantities):
            raise InvalidInputError(
                f"This Axes shows {' against '.join(reversed(locus.quantities or ()))}; a light "
                f"curve of {' against '.join(reversed(quantities))} needs an Axes of its own. "
                "Plot both with the same x and y, extracted with the same flux."
            )


def _check_look(label: object, colors: object) -> None:
    if label is not None and not isinstance(label, str):
        raise InvalidInputError(f"label={short_repr(label)} must be a string.")
    given = colors if isinstance(colors, Mapping) else {"g": colors}
    is_valid = set(given) <= set(BANDS) and all(map(is_color_like, given.values()))
    if colors is not None and not is_valid:
        raise InvalidInputError(
            f"colors={short_repr(colors)} must be one color of matplotlib, such as 'tab:blue', or "
            "a mapping of bands to colors, such as {'g': 'tab:green'}."
        )


def _check_limits(limits: object) -> None:
    is_number = isinstance(limits, Real) and not isinstance(limits, bool)
    if limits is not None and not (is_number and 0 < float(cast(float, limits)) < np.inf):
        raise InvalidInputError(
            f"limits={short_repr(limits)} must be a positive number of sigma, such as 3 or 5."
        )


def _mjd(epoch: float | Time) -> float:
    mjd = epoch.tai.mjd if isinstance(epoch, Time) else epoch
    if not isinstance(mjd, Real) or not np.isfinite(float(mjd)):
        raise InvalidInputError(f"epoch={epoch!r} must be one Time, or one MJD (TAI).")
    return float(mjd)


def _days(period: float | u.Quantity | None, x: str) -> float | None:
    if x != "phase":
        if period is not None:
            raise InvalidInputError(f"period={period!r} needs x='phase', not x={x!r}.")
        return None
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
    detections = lc.time[~flag(lc, "is_limit") & ~flag(lc, "is_forced")]
    times = detections if len(detections) else lc.time
    return float(times.tai.mjd.min()) if len(times) else np.nan


def _horizontal(lc: TimeSeries, x: str, origin: float, days: float | None) -> NDArray[np.float64]:
    mjd = np.asarray(lc.time.mjd, dtype=np.float64)
    if x == "mjd":
        return mjd
    since = np.asarray(lc.time.tai.mjd, dtype=np.float64) - origin
    return since if days is None else since / days % 1.0


def _new_axes() -> Axes:
    from matplotlib import pyplot as plt  # which chooses a backend

    return plt.subplots(figsize=(6, 4), layout="constrained")[1]


_HORIZONTAL = {"mjd": "MJD", "days": "days since an epoch", "phase": "phase"}

_SHARED_X_LABEL = {
    "mjd": "MJD",
    "days": "Days since each epoch (TAI)",
    "phase": "Phase (each with its period)",
}


def _x_label(lc: TimeSeries, x: str, origin: float, days: float | None) -> str:
    if x == "mjd":
        return f"MJD ({lc.time.scale.upper()})"
    if x == "days":
        return f"Days since MJD {origin:.3f} (TAI)" if np.isfinite(origin) else "Days (TAI)"
    return f"Phase (period {days:.6g} d)"


def _y_label(lc: TimeSeries, y: str) -> str:
    kind = "Total" if lc.meta.get("flux") == "total" else "Difference"
    return f"{kind} magnitude [AB]" if y == "magnitude" else f"{kind} flux [{lc['flux'].unit}]"
