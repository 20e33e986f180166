"""Thumbnails show the data of their figure, and no two look the same."""

from importlib import import_module
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from site_pages import ROOT, SITE, needs_site

Image = pytest.importorskip("PIL.Image", reason="pillow is not installed")
plt = pytest.importorskip("matplotlib.pyplot")


@pytest.fixture
def data_region(monkeypatch: pytest.MonkeyPatch) -> Any:
    pytest.importorskip("sphinx")
    monkeypatch.syspath_prepend(ROOT / "docs" / "_ext")
    return import_module("thumbnails").data_region


def drawn(figure: Any) -> np.ndarray:
    """Return the gray levels of a figure, which is closed."""
    figure.canvas.draw()
    pixels = np.asarray(Image.fromarray(np.asarray(figure.canvas.buffer_rgba())).convert("L"))
    plt.close(figure)
    return pixels


def extent(ax: Any, height: int) -> list[float]:
    ax.figure.canvas.draw()
    box = ax.get_window_extent()
    return [box.x0, height - box.y1, box.x1, height - box.y0]


def test_the_larger_of_two_panels_is_found_without_its_frame(data_region: Any) -> None:
    figure, (large, small) = plt.subplots(2, dpi=200, height_ratios=[2, 1], sharex=True)
    large.plot([1, 2, 3], "o")
    expected = extent(large, 960)
    assert data_region(drawn(figure)) == pytest.approx(expected, abs=7)


def test_images_in_a_row_are_shown_together(data_region: Any) -> None:
    figure, panels = plt.subplots(1, 4, dpi=200)
    first, last = extent(panels[0], 960), extent(panels[-1], 960)
    assert data_region(drawn(figure)) == pytest.approx([*first[:2], *last[2:]], abs=7)


def test_a_figure_without_a_frame_is_shown_without_its_margins(data_region: Any) -> None:
    pixels = np.full((90, 120), 255, np.uint8)
    assert data_region(pixels) == (0, 0, 120, 90)
    pixels[20:30, 40:80] = 0
    pixels[22:28, 42:78] = 120
    left, top, right, bottom = data_region(pixels)
    assert (left, top, right, bottom) == (40, 20, 80, 30)


@needs_site
def test_no_two_thumbnails_look_the_same() -> None:
    paths = sorted(SITE.glob("_images/*_thumb.webp"))
    images = {path.name: np.asarray(Image.open(path).convert("L"), dtype=float) for path in paths}
    assert len(images) > 20
    for one, other in combinations(images, 2):
        assert np.abs(images[one] - images[other]).mean() > 2, (one, other)
