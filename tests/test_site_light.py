"""Pages are light: small styles, deferred scripts, images of known size."""

import gzip
import io
import re
from base64 import b64decode
from importlib import import_module
from typing import Any

import pytest
from site_pages import ROOT, SITE, TUTORIALS, needs_site, pages, soup

STYLES = """
html[data-theme="dark"] .used { color: white }
html[data-theme=light] .used { color: black }
.used > b, .absent i { margin: 0 }
@media (min-width: 9em) { .absent { top: 0 } #here:not(.absent) { top: 1px } }
@media print { .absent { top: 0 } }
.\\31 0:hover, :is(.absent, h2) { left: 0 }
"""
PURGED = (
    '@media screen{html[data-theme="dark"] .used{color: white}}'
    "html[data-theme=light] .used{color: black}"
    "@media print{html[data-theme] .used{color: black}}"
    ".used > b{margin: 0}"
    "@media (min-width: 9em) {#here:not(.absent){top: 1px}}"
    ".\\31 0:hover,:is(.absent, h2){left: 0}"
)


@pytest.fixture
def light_styles(monkeypatch: pytest.MonkeyPatch) -> Any:
    pytest.importorskip("tinycss2", reason="tinycss2 is not installed")
    monkeypatch.syspath_prepend(ROOT / "docs" / "_ext")
    return import_module("light_styles")


def test_only_rules_for_what_is_used_remain_and_paper_is_light(light_styles: Any) -> None:
    assert light_styles.purge(STYLES, {"used", "here", "10"}) == PURGED


@needs_site
def test_the_styles_are_a_tenth_of_the_themes() -> None:
    content = (SITE / "_static" / "light.css").read_bytes()
    assert len(gzip.compress(content)) < 40_000


@needs_site
def test_the_icon_font_holds_every_icon_of_the_site() -> None:
    ttlib = pytest.importorskip("fontTools.ttLib", reason="fonttools is not installed")
    css = (SITE / "_static" / "light.css").read_text(encoding="utf-8")
    fonts = re.findall(r"data:font/woff2;base64,([\w+/=]+)", css)
    assert len(fonts) == 1
    glyphs = {*ttlib.TTFont(io.BytesIO(b64decode(fonts[0]))).getBestCmap()}
    classes = {
        name for page in pages() for icon in soup(page).select("i, span") for name in icons(icon)
    }
    assert classes
    for name in classes:
        code = re.search(rf'\.{name}(?:,[^{{]*)?{{--fa:"(.)"', css)
        assert code, name
        assert ord(code[1]) in glyphs, name


def icons(tag: Any) -> list[str]:
    """Return the classes of a tag that name a glyph, and not a style or a size."""
    others = {"fa-solid", "fa-lg", "fa-sm", "fa-fw"}
    return [name for name in tag.get("class", []) if name.startswith("fa-") and name not in others]


@needs_site
@pytest.mark.parametrize("page", pages())
def test_page_has_one_stylesheet_for_all_and_names_its_version(page: str) -> None:
    links = [link["href"] for link in soup(page).select("head > link[rel=stylesheet]")]
    version = (SITE / "_static" / "light.css").read_text(encoding="utf-8")[3:11]
    assert links[0].endswith(f"_static/light.css?v={version}")
    assert not [link for link in links if re.search("pydata|basic|pygments|site.css", link)]


@needs_site
@pytest.mark.parametrize("page", pages())
def test_no_script_delays_the_page(page: str) -> None:
    scripts = soup(page).select("script[src]")
    assert scripts
    assert not [tag["src"] for tag in scripts if not (tag.has_attr("defer") or tag.get("type"))]
    assert not [tag["src"] for tag in scripts if "fontawesome" in tag["src"]]


@needs_site
@pytest.mark.parametrize("page", pages())
def test_every_image_has_its_size_and_only_the_first_loads_at_once(page: str) -> None:
    images = soup(page).select("article img[src*='_images/']")
    assert not [tag["src"] for tag in images if not (tag.get("width") and tag.get("height"))]
    assert not [tag["src"] for tag in images[1:] if tag.get("loading") != "lazy"]
    assert not [tag["src"] for tag in images if tag["src"].endswith(".png")]


@needs_site
@pytest.mark.parametrize("page", TUTORIALS)
def test_a_telephone_loads_the_smaller_figure_and_one_style_sheet(page: str) -> None:
    content = soup(page)
    first = content.select_one("article a.full-size > img")
    width = int(first["width"])
    assert re.findall(r"\S+ (\w+)", first["srcset"]) == [f"{width}w", f"{2 * width}w"]
    assert first["sizes"] == f"(max-width: {width}px) 92vw, {width}px"
    assert first["fetchpriority"] == "high"
    assert len(content.select("head > link[rel=stylesheet]")) == 1


@needs_site
@pytest.mark.parametrize("page", pages())
def test_the_name_of_the_search_button_is_all_that_it_shows(page: str) -> None:
    for button in soup(page).select(".search-button-field"):
        assert button["aria-label"] == button.get_text(strip=True)


@needs_site
@pytest.mark.parametrize("page", TUTORIALS)
def test_figures_are_exact_and_the_larger_one_opens(page: str) -> None:
    image_of = pytest.importorskip("PIL.Image", reason="pillow is not installed").open
    figures = soup(page).select("a.full-size > img")
    assert figures
    for figure in figures:
        large = (SITE / page).parent / figure.parent["href"]
        assert large.suffix == ".png"
        with image_of(large) as png, image_of(large.with_suffix(".webp")) as webp:
            assert png.convert("RGB").tobytes() == webp.convert("RGB").tobytes()
            assert png.width >= int(figure["width"])


@needs_site
@pytest.mark.parametrize("page", TUTORIALS)
def test_a_caption_is_right_below_its_figure(page: str) -> None:
    for caption in soup(page).select("article p.figure-caption"):
        before = caption.find_previous_sibling()
        assert before.name == "img" or before.select("img"), caption.get_text()[:40]


@needs_site
@pytest.mark.parametrize("page", TUTORIALS)
def test_no_output_is_the_name_of_an_object_in_memory(page: str) -> None:
    outputs = [tag.get_text() for tag in soup(page).select(".sphx-glr-script-out")]
    assert not [text for text in outputs if re.search(r"\bText\(|\bat 0x[0-9a-f]{6}", text)]
