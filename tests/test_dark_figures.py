"""Each figure of the site has a dark version, and the theme shows one of the two."""

import re
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib import pyplot as plt
from matplotlib.colors import to_rgb, to_rgba
from matplotlib.text import Text
from site_pages import SITE, TUTORIALS, needs_site, pages, soup

from antares_helpers import extract_lightcurve, load_locus, plot_lightcurve
from antares_helpers.bands import COLORS_ON_BLACK, COLORS_ON_WHITE
from antares_sandbox import BUNDLED, TUTORIAL_ID

Image = pytest.importorskip("PIL.Image")
pytest.importorskip("sphinx")
sys.path.insert(0, str(Path(__file__).parents[1] / "docs" / "_ext"))
import dark_colors  # noqa: E402 - once the path to the extensions is known
import dark_figures  # noqa: E402

pytest_plugins = ["browsing"]

BACKGROUND = to_rgb(dark_colors.BACKGROUND)
GRAYS = ("black", "0.2", "0.46", "0.6", "0.85")
COLORS = ("C0", "C1", "#00204D", "#FFB000", "#4A1486", "red", "yellow")


@pytest.fixture(autouse=True)
def _close() -> Iterator[None]:
    yield
    plt.close("all")


def pixels(figure: Any) -> Any:
    file = BytesIO()
    figure.savefig(file, format="png")
    with Image.open(file) as image:
        return np.asarray(image.convert("RGB"))


def has(image: Any, color: str) -> bool:
    return bool((image == np.round(np.array(to_rgb(color)) * 255)).all(axis=2).sum() > 20)


def test_bands_get_rubins_dark_colors() -> None:
    for band, color in COLORS_ON_WHITE.items():
        assert dark_colors.dark(to_rgba(color)) == to_rgba(COLORS_ON_BLACK[band])
        assert dark_colors.dark(to_rgba(color, 0.3)) == to_rgba(COLORS_ON_BLACK[band], 0.3)


@pytest.mark.parametrize("color", [*GRAYS, *COLORS])
def test_other_colors_have_the_contrast_that_they_have_on_white(color: str) -> None:
    on_white = dark_colors.contrast(to_rgb(color), (1, 1, 1))
    on_dark = dark_colors.contrast(dark_colors.dark_shade(to_rgba(color))[:3], BACKGROUND)
    most = 8 if color in COLORS else 12
    assert on_dark == pytest.approx(min(on_white, most), rel=0.02)


@pytest.mark.parametrize("color", ["yellow", "#FFB000", "#BCA9DC", "C8"])
def test_bright_lines_and_symbols_stay_bright(color: str) -> None:
    assert dark_colors.contrast(dark_colors.dark(to_rgba(color))[:3], BACKGROUND) > 4.4


def test_white_becomes_the_page() -> None:
    assert dark_colors.dark((1.0, 1.0, 1.0, 1.0))[:3] == pytest.approx(BACKGROUND, abs=0.002)


def light_curve() -> Any:
    locus = load_locus(BUNDLED / f"{TUTORIAL_ID}.json")
    return plot_lightcurve(extract_lightcurve(locus)).figure


def test_a_light_curve_is_drawn_in_rubins_dark_colors_and_then_as_before() -> None:
    figure = light_curve()
    pixels(figure)
    before = pixels(figure)
    with dark_figures.dark_colors(figure):
        during = pixels(figure)
    assert (pixels(figure) == before).all()
    for band, color in COLORS_ON_WHITE.items():
        assert has(before, color)
        assert has(during, COLORS_ON_BLACK[band])
        assert not has(during, color)
    assert has(during, dark_colors.BACKGROUND)
    assert not has(during, "white")


def plain_figure() -> Any:
    figure, (ax, other) = plt.subplots(1, 2)
    ax.errorbar([1, 2], [1, 2], [0.1, 0.2], fmt="o", color="black", label="points")
    ax.scatter([1, 2], [2, 1], c=[0, 1], edgecolors="black")
    ax.annotate("here", (1, 1), (2, 2), arrowprops={"arrowstyle": "->"}, bbox={"fc": "white"})
    ax.axvspan(1, 1.2, color="0.9")
    ax.legend(title="title")
    ax.set(title="t", xlabel="x", ylabel="y")
    other.contour([[0, 1], [2, 3]], [1, 2], colors=["#4A1486", "black"])
    other.fill_between([0, 1], [0, 1], color="0.85")
    figure.suptitle("above")
    return figure


def test_all_artists_of_a_plain_figure_change_and_change_back() -> None:
    figure = plain_figure()
    pixels(figure)
    before = pixels(figure)
    with dark_figures.dark_colors(figure):
        during = pixels(figure)
        texts = figure.findobj(Text)
        contrasts = [dark_colors.contrast(to_rgb(t.get_color()), BACKGROUND) for t in texts]
        assert min(contrasts) > 4.5
    assert (pixels(figure) == before).all()
    dark = (during.astype(float) @ [0.3, 0.6, 0.1] < 128).mean()
    light = (before.astype(float) @ [0.3, 0.6, 0.1] > 128).mean()
    assert dark == pytest.approx(light, abs=0.03)


def test_what_lies_on_an_image_stays_and_what_is_around_it_changes() -> None:
    figure, ax = plt.subplots()
    ax.imshow(np.eye(4), cmap="cividis")
    (line,) = ax.plot([0, 3], [0, 3], color="black")
    ax.set_title("title", color="black")
    inside = ax.text(0.1, 0.9, "inside", transform=ax.transAxes, color="white")
    outside = ax.text(1.0, -0.03, "outside", transform=ax.transAxes, color="black")
    with dark_figures.dark_colors(figure):
        assert to_rgba(line.get_color()) == to_rgba("black")
        assert inside.get_color() == "white"
        assert dark_colors.contrast(to_rgb(outside.get_color()[:3]), BACKGROUND) > 10
        assert dark_colors.contrast(to_rgb(ax.title.get_color()), BACKGROUND) > 10
        assert dark_colors.contrast(to_rgb(ax.yaxis.label.get_color()), BACKGROUND) > 10


def test_symbols_of_a_color_map_keep_their_colors_and_get_an_edge() -> None:
    figure, ax = plt.subplots()
    points = ax.scatter([0, 1], [0, 1], c=[0, 1], cmap="cividis")
    pixels(figure)
    before = points.get_facecolor()
    with dark_figures.dark_colors(figure):
        pixels(figure)
        assert (points.get_facecolor() == before).all()
        (edge,) = points.get_edgecolor()
        assert dark_colors.contrast(edge[:3], BACKGROUND) > 10
    pixels(figure)
    assert (points.get_edgecolor() == before).all()


def test_the_edge_of_a_dot_leaves_its_color_visible() -> None:
    figure, ax = plt.subplots()
    dots, disks = (ax.scatter([0, 1], [0, 1], c=[0, 1], s=size) for size in (1, 60))
    pixels(figure)
    with dark_figures.dark_colors(figure):
        assert dots.get_linewidth()[0] <= 0.1
        assert disks.get_linewidth()[0] == 0.5


def test_the_lines_from_an_inset_to_its_box_change_too() -> None:
    figure, (ax, zoom) = plt.subplots(1, 2)
    zoom.set(xlim=(0.4, 0.6), ylim=(0.4, 0.6))
    lines = ax.indicate_inset_zoom(zoom, edgecolor="black").connectors
    assert lines
    with dark_figures.dark_colors(figure):
        for line in lines:
            assert dark_colors.contrast(line.get_edgecolor()[:3], BACKGROUND) > 4.5


def test_labels_of_sky_coordinates_change_too() -> None:
    wcs = pytest.importorskip("astropy.wcs").WCS({"CTYPE1": "RA---TAN", "CTYPE2": "DEC--TAN"})
    figure = plt.figure()
    ax = figure.add_subplot(projection=wcs)
    ax.set(xlabel="RA", ylabel="Dec")
    pixels(figure)
    before = pixels(figure)
    with dark_figures.dark_colors(figure):
        during = pixels(figure)
    assert has(before, "black")
    assert not has(during, "black")
    assert (pixels(figure) == before).all()


def test_a_figure_that_is_dark_already_stays() -> None:
    figure, ax = plt.subplots(facecolor="0.05")
    (line,) = ax.plot([0, 1], color="white")
    with dark_figures.dark_colors(figure):
        assert line.get_color() == "white"


def figures(page: str) -> list[tuple[Any, Any]]:
    article = soup(page).find("article")
    images = article.select("img.only-light") if article else []
    return [(image, image.find_next_sibling("img")) for image in images]


@needs_site
@pytest.mark.parametrize("page", TUTORIALS)
def test_each_figure_has_its_dark_twin(page: str) -> None:
    assert figures(page)
    drawn = soup(page).select("img.sphx-glr-single-img, img.sphx-glr-multi-img")
    assert len(drawn) == 2 * len(figures(page))
    for light, dark in figures(page):
        assert "only-dark" in dark["class"]
        assert dark["loading"] == "lazy"
        same = ("alt", "width", "height")
        assert [dark.get(name) for name in same] == [light.get(name) for name in same]
        for one, other in zip(sources(light), sources(dark), strict=True):
            compare((SITE / page).parent / one, (SITE / page).parent / other)


def sources(image: Any) -> list[str]:
    return [image["src"], *re.findall(r"\S+\.png", image.get("srcset", ""))]


def compare(light: Path, dark: Path) -> None:
    with Image.open(light) as one, Image.open(dark) as other:
        assert one.size == other.size
        corners = [np.asarray(each.convert("RGB"))[0, 0] for each in (one, other)]
    assert corners[1] == pytest.approx(np.multiply(BACKGROUND, 255), abs=1) or max(corners[0]) < 50


@needs_site
def test_cards_and_the_landing_page_have_dark_figures_too() -> None:
    assert figures("index.html")
    assert len(figures("tutorials/index.html")) >= len(TUTORIALS) - 1
    assert figures("simulated_sky.html")


@needs_site
def test_no_dark_figure_is_alone() -> None:
    for page in pages():
        for dark in soup(page).select("img.only-dark"):
            assert "only-light" in dark.find_previous_sibling("img")["class"], page


def shown_and_loaded(page: Any) -> tuple[set[str], set[str]]:
    """Return the names of figures that are shown and of those that were loaded."""
    page.wait_for_load_state("networkidle")
    page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
    page.wait_for_load_state("networkidle")
    address = "all => all.map(img => img.currentSrc || img.src)"
    shown = page.locator("article img:visible").evaluate_all(address)
    loaded = page.evaluate("performance.getEntriesByType('resource').map(each => each.name)")
    return {Path(each).name for each in shown}, {Path(each).name for each in loaded}


@needs_site
@pytest.mark.slow
@pytest.mark.parametrize("page", [TUTORIALS[0], TUTORIALS[-1], "index.html"])
def test_a_light_page_loads_no_dark_figure(open_page: Any, page: str) -> None:
    shown, loaded = shown_and_loaded(open_page(page, color_scheme="light"))
    assert shown
    assert not [name for name in shown | loaded if "_dark" in name]


@needs_site
@pytest.mark.slow
@pytest.mark.parametrize("page", [TUTORIALS[0], TUTORIALS[-1], "index.html"])
def test_a_dark_page_shows_dark_figures(open_page: Any, page: str) -> None:
    shown, loaded = shown_and_loaded(open_page(page, color_scheme="dark"))
    assert shown
    assert all("_dark" in name for name in shown if name.startswith("sphx_glr_"))
    # The first figure is not lazy.
    light = [name for name in loaded if name.startswith("sphx_glr_") and "_dark" not in name]
    assert len(light) <= 1


@needs_site
@pytest.mark.slow
def test_the_figures_follow_the_switch_and_paper_is_white(open_page: Any) -> None:
    page = open_page(TUTORIALS[0], color_scheme="light")
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    dark = page.locator("article img.only-dark")
    assert dark.first.is_visible()
    page.wait_for_function("document.querySelector('article img.only-dark').complete")
    page.emulate_media(media="print")
    assert not page.locator("article img.only-dark:visible").count()
    light = page.locator("article img.only-light")
    style = "all => all.map(it => [getComputedStyle(it).display, getComputedStyle(it).filter])"
    assert light.evaluate_all(style) == [["block", "none"]] * dark.count()
