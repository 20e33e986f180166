"""The built site: every page has its figures with alt text, and no link is broken."""

import json
import os
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from site_pages import ROOT, SCRIPTS, SITE, TUTORIALS, needs_site, pages, soup

pytestmark = needs_site


@cache
def anchors(page: str) -> set[str]:
    """Return the targets of links into a page: its ids, tags of tutorials, loci of the explorer."""
    found = {tag["id"] for tag in soup(page).find_all(id=True)}
    if page == "explorer.html":
        found |= {f"locus={path.stem}" for path in SITE.glob("_static/explorer/ANT*.js")}
    return found | {f"tag={tag['data-tag']}" for tag in soup(page).select("button[data-tag]")}


def links(page: str, *names: str) -> Any:
    for tag in soup(page).find_all(names):
        yield urlsplit(tag.get("href") or tag.get("src") or "")


@pytest.mark.parametrize("page", pages())
def test_no_internal_link_is_broken(page: str) -> None:
    broken = []
    for target in links(page, "a", "img", "link", "script"):
        if target.scheme or target.netloc:
            continue
        path = (SITE / page).parent / unquote(target.path) if target.path else SITE / page
        path = path / "index.html" if path.is_dir() else path
        is_page = path.exists() and path.suffix == ".html"
        name = os.path.relpath(path, SITE)
        if not path.exists() or (
            is_page and target.fragment and target.fragment.partition("&")[0] not in anchors(name)
        ):
            broken.append(target.geturl())
    assert not broken


@pytest.mark.parametrize("page", TUTORIALS)
def test_tutorial_has_a_figure_with_its_caption_as_alt_text(page: str) -> None:
    article = soup(page).find("article")
    figures = article.select("img[class*='sphx-glr-']:not(.only-dark)")
    captions = [tag.get_text(" ", strip=True) for tag in article.select("p.figure-caption")]
    assert figures
    assert len(captions) == len(figures)
    for figure, caption in zip(figures, captions, strict=True):
        assert len(figure["alt"]) > 30
        assert "".join(figure["alt"].split()) in "".join(caption.split())


@pytest.mark.parametrize("page", TUTORIALS)
def test_no_caption_is_without_a_figure(page: str) -> None:
    paragraphs = [tag for tag in soup(page).select("article p") if tag.strong]
    captions = [tag for tag in paragraphs if tag.get_text().startswith("Figure ")]
    assert captions
    assert all("figure-caption" in tag.get("class", []) for tag in captions)


@pytest.mark.parametrize("script", SCRIPTS, ids=str)
def test_tutorial_offers_its_script_and_its_executed_notebook(script: Path) -> None:
    page = f"tutorials/{script.with_suffix('.html')}"
    addresses = [tag["href"] for tag in soup(page).find_all("a", class_="download")]
    files = {Path(address).name: (SITE / page).parent / address for address in addresses}
    ours = json.loads((ROOT / "notebooks" / script.with_suffix(".ipynb")).read_bytes())["cells"]
    theirs = json.loads(files[script.with_suffix(".ipynb").name].read_bytes())["cells"]
    assert files[script.name].read_bytes() == (ROOT / "gallery" / script).read_bytes()
    # The text on installing and the install lines name the site in the place of a clone.
    assert [k for k, cell in enumerate(theirs) if cell != ours[k]] == [2, 3]
    assert len(theirs) == len(ours)


@pytest.mark.parametrize("page", pages())
def test_page_says_that_the_data_are_simulated(page: str) -> None:
    if os.environ.get("ANTARES_LIVE") == "1":
        pytest.skip("the site may be built from live data")
    banner = soup(page).find(class_="bd-header-announcement")
    assert banner is not None
    assert "simulated data" in banner.get_text()


@pytest.mark.parametrize("page", pages())
def test_page_loads_nothing_from_another_host(page: str) -> None:
    tags = soup(page).find_all(["script", "img", "link", "iframe"])
    loaded = [
        tag.get("src") or tag.get("href") or "" for tag in tags if tag.get("rel") != ["canonical"]
    ]
    assert not [address for address in loaded if urlsplit(address).netloc]


@pytest.mark.parametrize("page", pages())
def test_page_names_no_id_twice(page: str) -> None:
    ids = [tag["id"] for tag in soup(page).find_all(id=True)]
    assert not {name for name in ids if ids.count(name) > 1}


@pytest.mark.parametrize("page", TUTORIALS)
def test_page_has_a_previous_and_a_next(page: str) -> None:
    assert soup(page).select_one("a.left-prev")
    assert soup(page).select_one("a.right-next")
