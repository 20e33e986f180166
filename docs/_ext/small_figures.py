"""Store the figures of the gallery with 256 colors: a third of the size, and no shifted color."""

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from sphinx.application import Sphinx

__all__ = ["setup", "shrink"]

_COLORS, _EXACT = 256, 128
_CHUNK = 4096

Colors = NDArray[np.uint8]


def shrink(path: Path) -> None:
    """Rewrite a PNG file with a palette: most pixels keep their color exactly.

    The palette holds the most frequent colors, such as those of the symbols, and spans the others,
    such as the edges of letters and the shades of a color map.
    """
    pixels = np.asarray(Image.open(path).convert("RGB"))
    packed = pixels.astype(np.uint32) @ np.array([1 << 16, 1 << 8, 1], dtype=np.uint32)
    counts = np.bincount(packed.ravel(), minlength=1 << 24)
    values = np.flatnonzero(counts)
    colors = np.stack([values >> 16, values >> 8 & 255, values & 255], axis=1).astype(np.uint8)
    palette = _palette(colors, counts[values])
    places = np.zeros(1 << 24, dtype=np.uint8)
    places[values] = _nearest(colors, palette)
    image = Image.fromarray(places[packed], "P")
    image.putpalette(palette.tobytes())
    image.save(path, optimize=True)


def _palette(colors: Colors, counts: NDArray[np.int64]) -> Colors:
    frequent = colors[np.argsort(-counts, kind="stable")]
    if len(frequent) <= _COLORS:
        return frequent
    others = Image.fromarray(frequent[_EXACT:][:, np.newaxis])
    spanned = others.quantize(_COLORS - _EXACT, Image.Quantize.MEDIANCUT).getpalette()
    return np.concatenate([frequent[:_EXACT], np.array(spanned, np.uint8).reshape(-1, 3)])


def _nearest(colors: Colors, palette: Colors) -> NDArray[np.intp]:
    known = palette.astype(np.float32)  # in which these numbers are exact
    lengths = (known**2).sum(axis=1)
    parts = [
        (lengths - 2 * colors[start : start + _CHUNK].astype(np.float32) @ known.T).argmin(axis=1)
        for start in range(0, len(colors), _CHUNK)
    ]
    return np.concatenate(parts)


def _shrink_all(app: Sphinx) -> None:
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(_shrink_once, Path(app.srcdir).glob("tutorials/*/images/*.png")))


def _shrink_once(path: Path) -> None:
    with Image.open(path) as image:
        is_done = image.mode == "P"
    if not is_done:
        shrink(path)


def setup(app: Sphinx) -> dict[str, Any]:
    """Shrink the figures once the gallery has drawn them, and its thumbnails from them."""
    app.connect("builder-inited", _shrink_all, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
