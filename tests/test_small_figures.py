"""The site's figures are small, and no color of theirs shifts."""

import sys
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_rgb

from antares_helpers.bands import COLORS_ON_WHITE

Image = pytest.importorskip("PIL.Image")
EXTENSIONS = Path(__file__).parents[1] / "docs/_ext"


@pytest.fixture
def shrink(monkeypatch):
    pytest.importorskip("sphinx")
    monkeypatch.syspath_prepend(EXTENSIONS)
    from small_figures import shrink

    yield shrink
    sys.modules.pop("small_figures", None)


def pixels_of(path):
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB")).astype(int)


@pytest.fixture
def figure(tmp_path):
    """Draw symbols in the bands' colors above a color map."""
    fig, (top, bottom) = plt.subplots(2, figsize=(6, 6))
    for number, (band, color) in enumerate(COLORS_ON_WHITE.items()):
        top.plot([0, 1], [number, number], "o", color=color, ms=14, mec="black", label=band)
    top.legend(title="band")
    bottom.imshow(np.random.default_rng(1).normal(size=(40, 40)), cmap="cividis")
    path = tmp_path / "figure.png"
    fig.savefig(path, dpi=200)
    plt.close(fig)
    return path


def test_a_figure_becomes_small_and_its_colors_stay(shrink, figure):
    before, size = pixels_of(figure), figure.stat().st_size
    shrink(figure)
    after = pixels_of(figure)

    assert figure.stat().st_size < 0.6 * size
    change = np.abs(after - before).max(axis=2)
    assert (change == 0).mean() > 0.9
    assert (change > 24).mean() < 0.002
    for color in COLORS_ON_WHITE.values():
        exact = np.round(np.array(to_rgb(color)) * 255)
        assert (after == exact).all(axis=2).sum() > 500


def test_a_figure_of_few_colors_stays_as_it_is(shrink, tmp_path):
    path = tmp_path / "few.png"
    Image.new("RGB", (50, 40), (10, 200, 30)).save(path)
    before = pixels_of(path)
    shrink(path)

    assert (pixels_of(path) == before).all()
