"""Mark every figure of simulated data as such, whatever draws it, when it is written.

`plot_lightcurve` and `plot_cutouts` know their data and mark their own figures; here are those of
plain matplotlib, in tutorials and notebooks, which need no line of code for it.
"""

from collections.abc import Iterator
from typing import Any

from matplotlib.backend_bases import FigureCanvasBase
from matplotlib.text import Text

from antares_helpers.plotting.axes import mark_as_simulated, marks_of
from antares_sandbox import TUTORIAL_ID

__all__ = ["mark", "start", "stop"]

_STAND_IN = "(simulated stand-in)"
_print_figure = FigureCanvasBase.print_figure


def mark(figure: Any) -> None:
    """Mark a figure, unless it is marked; name the stand-in for a real locus in its titles."""
    for title in _titles(figure):
        text = title.get_text()
        if TUTORIAL_ID in text and _STAND_IN not in text:
            title.set_text(text.replace(TUTORIAL_ID, f"{TUTORIAL_ID} {_STAND_IN}", 1))
    panels = [ax for ax in figure.axes if ax.get_label() != "<colorbar>" and ax.get_visible()]
    if panels and not marks_of(figure):
        corner = max(panels, key=lambda ax: (ax.get_position().x1, -ax.get_position().y0))
        mark_as_simulated(corner)
        if any(ax.yaxis.get_ticks_position() == "right" for ax in corner.child_axes):
            for text in marks_of(figure):
                text.set(x=0.98, y=1.01, rotation=0, ha="right")


def _titles(figure: Any) -> Iterator[Text]:
    yield from ([figure._suptitle] if figure._suptitle else [])
    for ax in figure.axes:
        yield from (ax.title, ax._left_title, ax._right_title)


def _print_marked(canvas: Any, *arguments: Any, **options: Any) -> Any:
    mark(canvas.figure)
    return _print_figure(canvas, *arguments, **options)


def start() -> None:
    """Mark all figures that are written from now on."""
    FigureCanvasBase.print_figure = _print_marked  # type: ignore[method-assign]


def stop() -> None:
    """Write figures as they are again."""
    FigureCanvasBase.print_figure = _print_figure  # type: ignore[method-assign]
