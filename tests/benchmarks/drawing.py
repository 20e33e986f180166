"""The figures of the page on benchmarks."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter
from results import plain

__all__ = ["FIGURES", "draw"]

_STYLES = (("#0072B2", "o"), ("#D55E00", "s"), ("#009E73", "^"), ("#CC79A7", "D"))
_GRAY = "0.45"
_INCHES = (8, 4)
_MAX_PANELS = 2  # side by side


def draw(name: str, results: Mapping[str, Any], path: Path) -> None:
    """Draw a figure of `FIGURES` into an SVG file, which is dated with the run."""
    # The salt gives the same file for the same results.
    with mpl.rc_context({"font.size": 11, "svg.hashsalt": "benchmarks"}):
        rows = -(-len({each["of"] for each in results[name]}) // _MAX_PANELS)
        figure = Figure((_INCHES[0], rows * _INCHES[1]), layout="constrained")
        FIGURES[name](figure, results)
        date = results["environment"]["date"]
        figure.savefig(path, facecolor="white", metadata={"Date": date})


def _draw_growth(figure: Figure, results: Mapping[str, Any]) -> None:
    for ax, (of, curves) in _panels(figure, results["growth"]):
        for curve, (color, marker) in zip(curves, _STYLES, strict=False):
            numbers, seconds = zip(*curve["points"], strict=True)
            linear = [seconds[-1] * number / numbers[-1] for number in numbers]
            ax.plot(numbers, linear, color=color, linestyle=":", linewidth=1)
            ax.plot(numbers, seconds, color=color, marker=marker, label=plain(curve["what"]))
        ax.plot([], [], color=_GRAY, linestyle=":", linewidth=1, label="linear growth")
        ax.set(xscale="log", yscale="log", xlabel=f"Number of {of}", ylabel="Time [s]")
        _finish(ax)


def _draw_memory(figure: Figure, results: Mapping[str, Any]) -> None:
    for ax, (of, curves) in _panels(figure, results["memory"]):
        for curve, (color, marker) in zip(curves, _STYLES, strict=False):
            numbers, megabytes = zip(*curve["points"], strict=True)
            ax.plot(numbers, megabytes, color=color, marker=marker, label=plain(curve["what"]))
            if limit := curve.get("limit"):
                label = f"limit of {plain(curve['what']).partition(',')[0]}"
                ax.axhline(limit["megabytes"], color=color, linestyle="--", label=label)
        start = results["start_megabytes"]
        ax.axhline(start, color=_GRAY, linestyle=":", label="imports alone")
        ax.set(xscale="log", xlabel=f"Number of {of}", ylabel="Peak memory [MB]")
        _finish(ax)
    top = max(ax.get_ylim()[1] for ax in figure.axes)
    for ax in figure.axes:
        ax.set_ylim(0, 1.05 * top)


def _panels(
    figure: Figure, curves: Sequence[Mapping[str, Any]]
) -> list[tuple[Axes, tuple[str, list[Mapping[str, Any]]]]]:
    """Return an Axes for each unit that is counted, with its curves."""
    kinds = {
        each["of"]: [other for other in curves if other["of"] == each["of"]] for each in curves
    }
    rows, columns = -(-len(kinds) // _MAX_PANELS), min(len(kinds), _MAX_PANELS)
    axes = list(figure.subplots(rows, columns, squeeze=False).flat)
    for spare in axes[len(kinds) :]:
        spare.remove()
    return list(zip(axes, kinds.items(), strict=False))


def _finish(ax: Axes) -> None:
    ax.xaxis.set_major_formatter(FuncFormatter(lambda number, _: f"{number:,.0f}"))
    ax.spines[["top", "right"]].set_visible(False)
    ax.legend(frameon=False, fontsize="small")


FIGURES = {"growth": _draw_growth, "memory": _draw_memory}
"""The figures, by name."""
