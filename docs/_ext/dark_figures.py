"""Draw a matplotlib figure a second time, in the colors of a dark page."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from dark_colors import RGBA, TEXT, contrast, dark, dark_shade, is_of_a_band
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import Collection, PathCollection, PolyCollection
from matplotlib.colors import ListedColormap, to_rgb, to_rgba, to_rgba_array
from matplotlib.contour import ContourSet
from matplotlib.figure import Figure
from matplotlib.inset import InsetIndicator
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.text import Annotation, Text

__all__ = ["coordinate_artists", "dark_colors", "dark_path", "save_dark"]

_EDGE, _SMALL_EDGE = 0.5, 0.1


def dark_path(path: Path) -> Path:
    """Return the file of a figure's dark version."""
    stem, mark, factor = path.stem.partition("_2_00x")
    return path.with_name(f"{stem}_dark{mark}{factor}{path.suffix}")


def save_dark(figure: Figure, path: Path, **options: Any) -> None:
    """Write the dark version of a figure that was written; leave the figure as it is."""
    layout = figure.get_layout_engine()
    figure.set_layout_engine("none")  # all is in place
    with dark_colors(figure):
        figure.savefig(dark_path(path), **options)
    figure.set_layout_engine(layout)


@contextmanager
def dark_colors(figure: Figure) -> Iterator[None]:
    """Give a figure dark colors for a while, unless it is dark already."""
    is_light = contrast(to_rgb(figure.get_facecolor()), (1, 1, 1)) < 4.5
    with ExitStack() as undo:
        for artist in _artists(figure) if is_light else ():
            _recolor(artist, undo)
        yield


def coordinate_artists(ax: Artist) -> list[Artist]:
    """Return the ticks and labels of astropy's axes, which are not among their children."""
    parts = [part for each in getattr(ax, "coords", ()) for part in vars(each).values()]
    return [part for part in parts if isinstance(part, Line2D | Text)]


def _artists(parent: Artist) -> Iterator[Artist]:
    """Yield all artists of a figure but those on images, which stay as they are."""
    children: Iterable[Artist] = parent.get_children()
    if isinstance(parent, InsetIndicator):
        children = [parent.rectangle, *(parent.connectors or ())]
    if isinstance(parent, Axes) and parent.images:
        titles = (parent.title, parent._left_title, parent._right_title)  # type: ignore[attr-defined]
        around = (*titles, parent.xaxis, parent.yaxis, *parent.spines.values())
        outside = filter(_is_outside, parent.texts)
        children = [*around, *outside]
    for child in children:
        yield child
        yield from _artists(child)
    yield from coordinate_artists(parent)


def _is_outside(text: Text) -> bool:
    is_relative = text.axes is not None and text.get_transform() == text.axes.transAxes
    return is_relative and not all(0 <= each <= 1 for each in text.get_position())


def _recolor(artist: Artist, undo: ExitStack) -> None:
    if isinstance(artist, Text):
        _set(artist, undo, color=dark)
        arrow = artist.arrow_patch if isinstance(artist, Annotation) else None
        for patch in filter(None, (artist.get_bbox_patch(), arrow)):
            _recolor(patch, undo)
    elif isinstance(artist, Line2D):
        _recolor_line(artist, undo)
    elif isinstance(artist, Patch):
        _set(artist, undo, facecolor=dark_shade, edgecolor=dark_shade)
    elif isinstance(artist, ContourSet):
        _recolor_contours(artist, undo)
    elif isinstance(artist, Collection):
        _recolor_collection(artist, undo)
    elif hasattr(artist, "coords"):
        _set(artist.coords.frame, undo, color=dark)


def _set(artist: Any, undo: ExitStack, **changes: Callable[[RGBA], RGBA]) -> None:
    """Change colors, and change them back in the end. All are read first: some follow others."""
    olds = {name: getattr(artist, f"get_{name}")() for name in changes}
    for name, old in olds.items():
        if not (isinstance(old, str) and old == "none"):
            setter = getattr(artist, f"set_{name}")
            undo.callback(setter, old)
            setter(changes[name](to_rgba(old)))


def _recolor_line(line: Line2D, undo: ExitStack) -> None:
    """Recolor a line; a band's symbol has no dark edge on a dark page, as `plot_lightcurve`."""
    face = line.get_markerfacecolor()
    is_empty = isinstance(face, str) and face == "none"
    has_edge_of_face = not is_empty and is_of_a_band(to_rgba(face))
    edge = (lambda _: dark(to_rgba(face))) if has_edge_of_face else dark
    _set(line, undo, color=dark, markerfacecolor=dark, markeredgecolor=edge)


def _recolor_contours(contours: ContourSet, undo: ExitStack) -> None:
    if contours.colors is not None:
        undo.callback(contours.set_cmap, contours.cmap)
        colors = [dark(to_rgba(color)) for color in contours.cmap.colors]  # type: ignore[attr-defined]
        contours.set_cmap(ListedColormap(colors))


def _recolor_collection(artist: Collection, undo: ExitStack) -> None:
    """Recolor lines, areas and symbols; the colors of a color map stay."""
    change = dark_shade if isinstance(artist, PolyCollection) else dark
    faces, edges = artist.get_facecolor(), artist.get_edgecolor()
    is_mapped = artist.get_array() is not None
    if not is_mapped and len(faces):
        undo.callback(artist.set_facecolor, faces)
        artist.set_facecolor([change(tuple(color)) for color in to_rgba_array(faces)])
    if is_mapped and isinstance(artist, PathCollection) and np.array_equal(faces, edges):
        _add_edges(artist, undo)
    elif len(edges) and not (is_mapped and len(edges) > 1):
        undo.callback(artist.set_edgecolor, edges)
        artist.set_edgecolor([change(tuple(color)) for color in to_rgba_array(edges)])


def _add_edges(symbols: PathCollection, undo: ExitStack) -> None:
    """Draw an edge around symbols whose color may be as dark as the page."""
    diameter = np.sqrt(np.min(np.asarray(symbols.get_sizes(), float), initial=np.inf))
    undo.callback(symbols.set_edgecolor, "face")
    undo.callback(symbols.set_linewidth, symbols.get_linewidth())
    symbols.set_edgecolor(TEXT)
    symbols.set_linewidth(min(_EDGE, diameter * _SMALL_EDGE))  # of a dot, it would hide the color
