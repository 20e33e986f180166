"""A tutorial's card shows the data of one of its figures, as large as the card, without letters."""

import re
import sys
from pathlib import Path

import numpy as np
import pytest
from matplotlib import pyplot as plt
from site_pages import ROOT, SCRIPTS, SITE, needs_site

Image = pytest.importorskip("PIL.Image")
pytest.importorskip("sphinx")
sys.path.insert(0, str(ROOT / "docs" / "_ext"))
import thumbnails  # noqa: E402 - once the path to the extensions is known


def pixels(path: Path) -> np.ndarray:
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB")).astype(int)


def is_red(image: np.ndarray) -> np.ndarray:
    return (image[..., 0] > 200) & (image[..., 2] < 100)


def test_a_card_has_no_letters_and_the_figure_stays(tmp_path: Path) -> None:
    figure, ax = plt.subplots(figsize=(6, 6), layout="constrained")
    ax.plot([0, 1], [0, 1], color="blue", label="line")
    ax.set(title="title", xlabel="x", ylabel="y")
    ax.text(0.5, 0.2, "note", color="red")
    ax.legend()
    figure.savefig(tmp_path / "first.png")  # after which its layout is settled
    figure.savefig(tmp_path / "before.png")
    thumbnails.save_card(figure, tmp_path / "card.png")
    figure.savefig(tmp_path / "after.png")

    assert (pixels(tmp_path / "before.png") == pixels(tmp_path / "after.png")).all()
    assert not is_red(pixels(tmp_path / "card.png")).any()
    assert is_red(pixels(tmp_path / "after.png")).any()
    assert pixels(tmp_path / "card_dark.png").mean() < 60


@pytest.mark.parametrize("aspect", ["equal", "auto"])
def test_the_data_fill_the_card(tmp_path: Path, aspect: str) -> None:
    figure, ax = plt.subplots(figsize=(6, 6), layout="constrained")
    ax.set(title="title", xlabel="x", ylabel="y", aspect=aspect)
    thumbnails.save_card(figure, tmp_path / "card.png")

    card = pixels(tmp_path / "card.png")
    assert card.shape == (420, 600, 3)
    drawn = np.argwhere((card != 255).any(axis=2))
    assert np.ptp(drawn, axis=0) == pytest.approx([420, 600], rel=0.05)
    assert ax.get_aspect() == ("auto" if aspect == "auto" else 1)


@needs_site
@pytest.mark.parametrize("script", SCRIPTS, ids=str)
def test_the_card_of_a_tutorial_is_the_one_drawn_for_it(script: Path) -> None:
    name = f"sphx_glr_{script.stem}_thumb"
    if "thumbnail_path" in (ROOT / "gallery" / script).read_text(encoding="utf-8"):
        return
    card = pixels(SITE / "_images" / f"{name}.png")
    assert card.shape == (420, 600, 3)
    assert pixels(SITE / "_images" / f"{name}_dark.png").shape == card.shape


@needs_site
def test_no_two_cards_look_alike() -> None:
    cards = sorted((SITE / "_images").glob("sphx_glr_*_thumb.png"))
    cards = [path for path in cards if not re.search("dark", path.stem)]
    assert len(cards) >= len(SCRIPTS)
    small = []
    for path in cards:
        with Image.open(path) as image:
            small.append(np.asarray(image.convert("L").resize((40, 28))).astype(float))
    for number, one in enumerate(small):
        for place, other in enumerate(small[:number]):
            assert np.abs(one - other).mean() > 7, (cards[number].name, cards[place].name)
