"""Crop the gallery's thumbnails to the data: titles and labels are too small to read there."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from sphinx.application import Sphinx

__all__ = ["crop_thumbnails", "data_region"]

_SIZE = (400, 280)
_MARK = "Cropped"
_DARK, _PAPER = 90, 250
_SHORTEST = 0.2
"""Part of the figure's width that a line has if it is the frame of a panel."""
_INSET = 4

Box = tuple[int, int, int, int]


def data_region(pixels: NDArray[np.uint8]) -> Box:
    """Return the largest panel in a figure, without its frame; all that is drawn if there is none.

    Parameters
    ----------
    pixels
        Gray levels of the figure, by row and column.

    Returns
    -------
    tuple of int
        Left, top, right and bottom edges, in pixels.
    """
    shortest = _SHORTEST * pixels.shape[1]
    edges = [(top, *run) for top, row in enumerate(pixels < _DARK) for run in _runs(row, shortest)]
    frames = [
        (left, top, right, bottom)
        for number, (top, left, right) in enumerate(edges)
        for bottom, other_left, other_right in edges[number + 1 :]
        if abs(left - other_left) <= 2
        and abs(right - other_right) <= 2
        and bottom - top > 4 * _INSET
        and _is_side(pixels[top:bottom, left])
    ]
    if not frames:
        return _drawn(pixels)
    left, top, right, bottom = _together(frames)
    return left + _INSET, top + _INSET, right - _INSET, bottom - _INSET


def _together(frames: list[Box]) -> Box:
    """Return the largest frame, or what holds all of its size if these are three or more."""
    largest = max(map(_area, frames))
    similar = [box for box in frames if _area(box) > 0.9 * largest]
    if len({box[0] // 8 for box in similar}) < 3:
        return max(frames, key=_area)
    lefts, tops, rights, bottoms = zip(*similar, strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)


def _area(box: Box) -> int:
    return (box[2] - box[0]) * (box[3] - box[1])


def _is_side(column: NDArray[np.uint8]) -> bool:
    """Return whether a line goes all the way: two panels have a gap between them."""
    return bool((column < _DARK).mean() > 0.98)


def _runs(is_dark: NDArray[np.bool_], shortest: float) -> list[tuple[int, int]]:
    """Return where dark lines begin and end in a row of pixels."""
    changes = np.flatnonzero(np.diff(np.concatenate([[False], is_dark, [False]]).astype(np.int8)))
    pairs = zip(changes[::2].tolist(), changes[1::2].tolist(), strict=True)
    return [(start, end) for start, end in pairs if end - start > shortest]


def _drawn(pixels: NDArray[np.uint8]) -> Box:
    rows, columns = (np.flatnonzero((pixels < _PAPER).any(axis=axis)) for axis in (1, 0))
    if not len(rows):
        return 0, 0, pixels.shape[1], pixels.shape[0]
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


def crop_thumbnails(app: Sphinx) -> None:
    """Crop those that sphinx-gallery has made since the last time."""
    for thumbnail in Path(app.srcdir).glob("tutorials/*/images/thumb/*_thumb.png"):
        figure = thumbnail.parents[1] / thumbnail.name.replace("_thumb", "_001_2_00x")
        with Image.open(thumbnail) as opened:
            is_done = _MARK in opened.info
        if figure.exists() and not is_done and not _has_its_own(thumbnail):
            _crop(figure, thumbnail)


def _has_its_own(thumbnail: Path) -> bool:
    """Return whether a tutorial names the image to show."""
    script = thumbnail.parents[2] / f"{thumbnail.stem[len('sphx_glr_') : -len('_thumb')]}.py"
    return script.exists() and "sphinx_gallery_thumbnail_path" in script.read_text("utf-8")


def _crop(figure: Path, thumbnail: Path) -> None:
    with Image.open(figure) as opened:
        image = opened.convert("RGB")
    region = image.crop(data_region(np.asarray(image.convert("L"))))
    region.thumbnail(_SIZE, Image.Resampling.LANCZOS)
    paper = Image.new("RGB", _SIZE, "white")
    paper.paste(region, ((_SIZE[0] - region.width) // 2, (_SIZE[1] - region.height) // 2))
    mark = PngInfo()
    mark.add_text(_MARK, "to the data")
    paper.save(thumbnail, optimize=True, pnginfo=mark)


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the extension, to run once the gallery has drawn its figures."""
    app.connect("builder-inited", crop_thumbnails, priority=950)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
