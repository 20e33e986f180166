"""Tags of the tutorials, the cards that carry them, and the API's mini-galleries."""

import ast
import inspect
import re
from pathlib import Path

import pytest
from site_pages import ROOT, SCRIPTS, TUTORIALS, needs_site, soup

import antares_helpers

TAGS = {
    "first steps",
    "no helpers",
    "photometry",
    "data quality",
    "time",
    "variable stars",
    "supernovae",
    "solar system",
    "ZTF",
    "search",
    "images",
    "many loci",
    "filters and streams",
}
FUNCTIONS = [
    name for name in antares_helpers.__all__ if inspect.isfunction(getattr(antares_helpers, name))
]
CODE = {
    script: "\n".join(
        line
        for line in (ROOT / "gallery" / script).read_text(encoding="utf-8").splitlines()
        if not line.startswith("#")
    )
    for script in SCRIPTS
}


def tags_of(script: Path) -> list[str]:
    text = (ROOT / "gallery" / script).read_text(encoding="utf-8")
    found = re.search(r"^# sphinx_gallery_tags = (.*)$", text, re.MULTILINE)
    assert found, f"{script} has no tags"
    return list(ast.literal_eval(found[1]))


@pytest.mark.parametrize("script", SCRIPTS, ids=str)
def test_every_tutorial_has_tags_that_are_known(script: Path) -> None:
    assert 1 <= len(tags_of(script)) <= 4
    assert set(tags_of(script)) <= TAGS


def test_every_tag_is_used() -> None:
    assert {tag for script in SCRIPTS for tag in tags_of(script)} == TAGS


@needs_site
@pytest.mark.parametrize("script", SCRIPTS, ids=str)
def test_tutorial_shows_its_tags(script: Path) -> None:
    page = soup(f"tutorials/{script.with_suffix('.html')}")
    assert [tag.text for tag in page.select(".page-tags a")] == tags_of(script)


@needs_site
def test_index_has_a_card_for_each_tutorial_in_reading_order() -> None:
    cards = soup("tutorials/index.html").select("li[data-tags]")
    assert [f"tutorials/{card.a['href']}" for card in cards] == TUTORIALS
    for card in cards:
        assert card.a.get_text(strip=True)
        assert card.find("p").get_text(strip=True).endswith((".", "?"))


@needs_site
def test_landing_page_leads_to_each_section_and_tutorial() -> None:
    addresses = {tag["href"] for tag in soup("index.html").select("article a[href]")}
    sections = {f"{page.rpartition('/')[0]}/index.html" for page in TUTORIALS}
    ways = {"installation.html", "snippets.html", "api/index.html", "tutorials/index.html"}
    assert addresses >= set(TUTORIALS) | sections | ways


@needs_site
@pytest.mark.parametrize("name", FUNCTIONS)
def test_function_has_a_page_with_an_example_and_its_tutorials(name: str) -> None:
    page = soup(f"api/generated/antares_helpers.{name}.html")
    assert page.select_one("div.doctest"), "no example"
    used_in = {script.stem for script, code in CODE.items() if re.search(rf"\b{name}\(", code)}
    shown = {Path(card.a["href"]).stem for card in page.select("li[data-tags]")}
    assert shown >= used_in
