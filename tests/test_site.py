"""The built site: every page has its figures with alt text, and no link leads nowhere."""

import os
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

bs4 = pytest.importorskip("bs4", reason="beautifulsoup4 is not installed")

ROOT = Path(__file__).parents[1]
SITE = Path(os.environ.get("SITE_FOLDER", ROOT / "docs" / "_build" / "html"))
TUTORIALS = sorted(path.relative_to(ROOT / "gallery") for path in ROOT.glob("gallery/*/*.py"))

pytestmark = pytest.mark.skipif(
    not (SITE / "index.html").exists(), reason="the site is not built: run make site"
)


def pages() -> list[str]:
    paths = (path.relative_to(SITE) for path in SITE.rglob("*.html"))
    return sorted(str(path) for path in paths if path.parts[0] != "_static")


@cache
def soup(page: Path) -> "bs4.BeautifulSoup":
    return bs4.BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser")


@cache
def anchors(page: Path) -> set[str]:
    return {tag["id"] for tag in soup(page).find_all(id=True)}


def tutorial(script: Path) -> Path:
    return SITE / "tutorials" / script.with_suffix(".html")


@pytest.mark.parametrize("page", pages())
def test_no_internal_link_is_broken(page: str) -> None:
    broken = []
    for tag in soup(SITE / page).find_all(["a", "img", "link", "script"]):
        target = urlsplit(tag.get("href") or tag.get("src") or "")
        if target.scheme or target.netloc or target.path.startswith("data:"):
            continue
        path = (SITE / page).parent / unquote(target.path) if target.path else SITE / page
        path = path / "index.html" if path.is_dir() else path
        is_there = path.exists() and (
            not target.fragment or path.suffix != ".html" or target.fragment in anchors(path)
        )
        if not is_there:
            broken.append(target.geturl())
    assert not broken


@pytest.mark.parametrize("script", TUTORIALS, ids=str)
def test_tutorial_has_a_figure_with_its_caption_as_alt_text(script: Path) -> None:
    page = soup(tutorial(script)).find("article")
    figures = page.find_all("img", class_=lambda name: name and "sphx-glr-single-img" in name)
    captions = [tag.get_text(" ", strip=True) for tag in page.select("p.figure-caption")]
    assert figures
    assert len(captions) == len(figures)
    for figure, caption in zip(figures, captions, strict=True):
        assert len(figure["alt"]) > 30
        assert "".join(figure["alt"].split()) in "".join(caption.split())


@pytest.mark.parametrize("script", TUTORIALS, ids=str)
def test_tutorial_offers_its_script_and_its_executed_notebook(script: Path) -> None:
    links = [tag["href"] for tag in soup(tutorial(script)).find_all("a", class_="download")]
    files = {Path(link).name: tutorial(script).parent / link for link in links}
    notebook = (ROOT / "notebooks" / script.with_suffix(".ipynb")).read_bytes()
    assert files[script.name].read_bytes() == (ROOT / "gallery" / script).read_bytes()
    assert files[script.with_suffix(".ipynb").name].read_bytes() == notebook


@pytest.mark.parametrize("page", pages())
def test_page_says_that_the_data_are_simulated(page: str) -> None:
    if os.environ.get("ANTARES_LIVE") == "1":
        pytest.skip("the site may be built from live data")
    banner = soup(SITE / page).find(class_="bd-header-announcement")
    assert banner is not None
    assert "simulated data" in banner.get_text()


@pytest.mark.parametrize("page", pages())
def test_page_loads_nothing_from_another_host(page: str) -> None:
    tags = soup(SITE / page).find_all(["script", "img", "link", "iframe"])
    loaded = [
        tag.get("src") or tag.get("href") or "" for tag in tags if tag.get("rel") != ["canonical"]
    ]
    assert not [address for address in loaded if urlsplit(address).netloc]


def test_every_public_function_has_a_page_with_tutorials_that_use_it() -> None:
    import antares_helpers

    for name in ("fetch_locus", "extract_lightcurve", "plot_lightcurve"):
        assert name in antares_helpers.__all__
        page = soup(SITE / "api" / "generated" / f"antares_helpers.{name}.html")
        assert page.find_all(class_="sphx-glr-thumbcontainer"), name
