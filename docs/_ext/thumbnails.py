"""Draw the picture on a tutorial's card: its data alone, large enough to differ at a glance.

sphinx-gallery would shrink the whole figure, with letters that no one can read.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from shutil import copyfile
from typing import Any

from dark_figures import coordinate_artists, dark_path, save_dark
from matplotlib.figure import Figure
from matplotlib.legend import Legend
from matplotlib.text import Text
from small_figures import shrink
from sphinx.application import Sphinx

__all__ = ["save_card", "setup"]

_SIZE_IN, _DPI = (4, 2.8), 150


def save_card(figure: Figure, path: Path) -> None:
    """Write a figure's data without letters, light and dark; leave the figure as it is."""
    with _data_alone(figure):
        figure.savefig(path, dpi=_DPI)
        save_dark(figure, path, dpi=_DPI)
    for each in (path, dark_path(path)):
        shrink(each)


@contextmanager
def _data_alone(figure: Figure) -> Iterator[None]:
    with ExitStack() as undo:
        undo.callback(figure.set_size_inches, *figure.get_size_inches())
        figure.set_size_inches(_SIZE_IN)
        axes = [inner for ax in figure.axes for inner in (ax, *ax.child_axes)]
        frames = [axis for ax in axes for axis in (ax.xaxis, ax.yaxis)]
        letters = figure.findobj(lambda each: isinstance(each, Text | Legend))
        calendars = [ax for ax in axes if ax.get_label() == "calendar"]
        coordinates = [part for ax in axes for part in coordinate_artists(ax)]
        for artist in (*frames, *letters, *calendars, *coordinates):
            undo.callback(artist.set_visible, artist.get_visible())
            undo.callback(artist.set_in_layout, artist.get_in_layout())
            artist.set_visible(False)
            artist.set_in_layout(False)
        for ax in figure.axes:  # not the axes of calendars, which have no aspect
            if ax.name == "rectilinear" and not ax.images:
                undo.callback(ax.set_aspect, ax.get_aspect())
                ax.set_aspect("auto")  # it fills the card
        yield


def _put_in_place(app: Sphinx) -> None:
    """Copy the cards over sphinx-gallery's thumbnails, if they have changed."""
    for card in Path(app.srcdir).glob("tutorials/*/images/*_card.png"):
        name = card.name.replace("_card", "_thumb")
        thumbnail = card.parent / "thumb" / name
        for made, used in ((card, thumbnail), (dark_path(card), dark_path(thumbnail))):
            if not used.exists() or made.read_bytes() != used.read_bytes():
                copyfile(made, used)


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the extension, to run after the gallery."""
    app.connect("builder-inited", _put_in_place, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
