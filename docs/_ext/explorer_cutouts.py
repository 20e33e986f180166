"""The cutouts of a simulated locus in one picture: a row for each alert that has any."""

import io
from collections.abc import Mapping
from typing import Any, Final

import numpy as np
from matplotlib import colormaps
from numpy.typing import NDArray
from PIL import Image

from antares_helpers.plotting.cutouts import Scale
from antares_sandbox.cutouts import KINDS, draw_cutout, read_source

__all__ = ["MAX_BYTES", "sprite"]

MAX_BYTES: Final = 250_000
_SHADES = (64, 48, 32, 24, 16)
_MAX_PIXELS = 31  # those of ZTF are larger, and would fill the picture
_COLORS = "cividis"  # as in `plot_cutouts`

Cell = NDArray[np.float64]


def sprite(file: Mapping[str, Any]) -> tuple[bytes, dict[str, Any]]:
    """Return the cutouts of a locus as one picture (WebP, lossless), and a description of it.

    Parameters
    ----------
    file : dict
        The content of a locus file.

    Returns
    -------
    picture : bytes
        Three images a row, each on the scale of `plot_cutouts`; empty if no alert has any.
    description : dict
        ``cell``: pixels between two images. ``size``: pixels of the images of each alert, 0 if it
        has none. ``limit``: the flux [nJy] at the end of their scale.
    """
    rows, sizes, limits = [], [], []
    for alert in file["locus"]["alerts"]:
        source = read_source(alert["id"], alert["properties"], file["locus"]["old_properties"])
        sizes.append(min(source.camera.pixels, _MAX_PIXELS) if source else 0)
        limits.append(0.0)
        if source:
            images = {kind: draw_cutout(source, kind) for kind in KINDS}
            scale = Scale.of(images)
            limits[-1] = float(f"{scale.high:.3g}")
            rows.append([_center(np.asarray(scale.norm()(images[kind]))[::-1]) for kind in KINDS])
    cell = max(sizes, default=0)
    picture = _picture(rows, cell) if rows else b""
    return picture, {"cell": cell, "size": _shortest(sizes), "limit": limits}


def _center(image: Cell) -> Cell:
    edge = max(0, len(image) - _MAX_PIXELS) // 2
    return image[edge : len(image) - edge, edge : len(image) - edge]


def _shortest(values: list[int]) -> Any:
    return values[0] if len(set(values)) == 1 else values


def _picture(rows: list[list[Cell]], cell: int) -> bytes:
    """Return the picture, with as many shades as its size allows."""
    sheet = np.zeros((len(rows) * cell, len(KINDS) * cell))
    for top, images in enumerate(rows):
        for left, image in enumerate(images):
            height, width = image.shape
            y, x = top * cell, left * cell
            sheet[y : y + height, x : x + width] = image
    for shades in _SHADES:
        encoded = _encoded(sheet, shades)
        if len(encoded) <= MAX_BYTES:
            return encoded
    raise ValueError(f"the cutouts of a locus take more than {MAX_BYTES} bytes")


def _encoded(sheet: Cell, shades: int) -> bytes:
    levels = (np.clip(sheet, 0, 1) * (shades - 1)).round() / (shades - 1)
    colors = (colormaps[_COLORS](levels)[..., :3] * 255).round().astype(np.uint8)
    file = io.BytesIO()
    Image.fromarray(colors).save(file, "WEBP", lossless=True, method=2)
    return file.getvalue()
