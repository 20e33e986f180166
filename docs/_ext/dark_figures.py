"""Draw a matplotlib figure a second time, in the colors of a dark page."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from dark_colors import RGBA, dark, is_of_a_band
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import Collection
from matplotlib.colors import ListedColormap, to_rgba, to_rgba_array
from matplotlib.contour import ContourSet
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.text import Annotation, Text

from antares_helpers.plotting.axes import has_dark_background

__all__ = ["dark_colors", "dark_path", "save_dark"]


def dark_path(path: Path) -> Path:
    """Return the file of a figure's dark version."""
    stem, mark, factor = path.stem.partition("_2_00x")
    return path.with_name(f"{stem}_dark{mark}{factor}{path.suffix}")


def save_dark(figure: Figure, path: Path, **options: Any) -> None:
    """Write the dark version of a figure beside it; leave the figure as it is."""
    with dark_colors(figure):
        figure.savefig(dark_path(path), **options)


@contextmanager
def dark_colors(figure: Figure) -> Iterator[None]:
    """Give a figure dark colors for a while, unless it is dark already."""
    with ExitStack() as undo:
        if not any(map(has_dark_background, figure.axes)):
            for artist in _artists(figure):
                _recolor(artist, undo)
        yield


def _artists(parent: Artist) -> Iterator[Artist]:
    """Yield all artists of a figure but those on images, which stay as they are."""
    children = parent.get_children()
    if isinstance(parent, Axes) and parent.images:
        titles = (parent.title, parent._left_title, parent._right_title)  # type: ignore[attr-defined]
        around = (*titles, parent.xaxis, parent.yaxis, *parent.spines.values())
        outside = [each for each in parent.texts if each.get_transform() == parent.transAxes]
        children = [each for each in children if each in around or each in outside]
    for child in children:
        yield child
        yield from _artists(child)


def _recolor(artist: Artist, undo: ExitStack) -> None:
    if isinstance(artist, Text):
        _set(artist, "color", undo)
        others = [artist.get_bbox_patch()]
        others += [artist.arrow_patch] if isinstance(artist, Annotation) else []
        for patch in filter(None, others):
            _recolor(patch, undo)
    elif isinstance(artist, Line2D):
        _set(artist, "color", undo)
        _recolor_symbol(artist, "markerfacecolor", "markeredgecolor", undo)
    elif isinstance(artist, Patch):
        _set(artist, "facecolor", undo)
        _set(artist, "edgecolor", undo)
    elif isinstance(artist, ContourSet):
        _recolor_contours(artist, undo)
    elif isinstance(artist, Collection):
        _recolor_collection(artist, undo)


def _set(artist: Any, name: str, undo: ExitStack, color: RGBA | None = None) -> None:
    """Set a color, and set it back in the end."""
    old = getattr(artist, f"get_{name}")()
    if isinstance(old, str) and old == "none":
        return
    setter = getattr(artist, f"set_{name}")
    undo.callback(setter, old)
    setter(color or dark(to_rgba(old)))


def _recolor_symbol(line: Line2D, face: str, edge: str, undo: ExitStack) -> None:
    """Recolor a symbol; that of a band has no dark edge on a dark page, as `plot_lightcurve`."""
    filling = to_rgba(line.get_markerfacecolor())
    _set(line, edge, undo, dark(filling) if is_of_a_band(filling) else None)
    _set(line, face, undo)


def _recolor_contours(contours: ContourSet, undo: ExitStack) -> None:
    if contours.colors is not None:  # type: ignore[attr-defined]
        undo.callback(contours.set_cmap, contours.cmap)
        colors = [dark(to_rgba(color)) for color in contours.cmap.colors]  # type: ignore[attr-defined]
        contours.set_cmap(ListedColormap(colors))


def _recolor_collection(artist: Collection, undo: ExitStack) -> None:
    """Recolor lines, bands and symbols; the colors of a color map stay."""
    faces, edges = to_rgba_array(artist.get_facecolor()), to_rgba_array(artist.get_edgecolor())
    is_mapped = artist.get_array() is not None
    undo.callback(artist.set_facecolor, artist.get_facecolor())
    undo.callback(artist.set_edgecolor, artist.get_edgecolor())
    if not is_mapped and len(faces):
        artist.set_facecolor([dark(tuple(color)) for color in faces])
    if len(edges) and not (is_mapped and len(edges) > 1):
        artist.set_edgecolor([dark(tuple(color)) for color in edges])
