"""On paper: all of a page, in dark ink on white, whatever the screen shows."""

import io
import unicodedata
from typing import Any

import pytest
from site_pages import TUTORIALS, need, needs_site, pages

pypdf = need("pypdf", "pypdf")

pytest_plugins = ["browsing"]
pytestmark = [needs_site, pytest.mark.slow]

LONG = ["index.html", "snippets.html", "properties.html", "api/index.html", *TUTORIALS]
CUT = """all => all.filter(it => it.getClientRects().length)
    .filter(it => it.getBoundingClientRect().right > innerWidth + 1
        || (it.scrollWidth > it.clientWidth + 1 && getComputedStyle(it).overflowX !== "visible"))
    .map(it => it.textContent.trim().slice(0, 60))"""
TEXT_WIDTH = 680
"""Pixels between the margins of A4."""


def squashed(text: str) -> str:
    """Return a text without its spaces and ligatures, which a PDF may have elsewhere."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def printed(page: Any) -> str:
    document = pypdf.PdfReader(io.BytesIO(page.pdf(format="A4", print_background=True)))
    return squashed("".join(sheet.extract_text() for sheet in document.pages))


@pytest.mark.parametrize("name", LONG)
def test_all_headings_and_the_last_line_of_code_are_on_paper(open_page: Any, name: str) -> None:
    page = open_page(name, color_scheme="dark")
    page.wait_for_load_state("networkidle")
    headings = page.locator("article :is(h1, h2, h3)").all_inner_texts()
    code = page.locator("article div.highlight pre").all_text_contents()
    text = printed(page)
    lines = [block.strip().splitlines()[-1] for block in code if block.strip()]
    for expected in [*(heading.rstrip("#") for heading in headings), *lines]:
        assert squashed(expected) in text


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", pages())
def test_nothing_is_cut_off_and_paper_is_white(paper: Any, name: str, scheme: str) -> None:
    page = paper(name, scheme)
    parts = page.locator("article :is(pre, table, p, dl, img, li)")
    assert parts.evaluate_all(CUT) == []
    colors = page.evaluate(
        """() => [document.body, document.querySelector("main h1")].map(it =>
            getComputedStyle(it)).map((style, n) => n ? style.color : style.backgroundColor)"""
    )
    assert colors[0] == "rgb(255, 255, 255)"
    assert sum(map(int, colors[1].removeprefix("rgb(").rstrip(")").split(","))) < 200


@pytest.fixture(scope="module")
def paper(browser: Any, site: str) -> Any:
    """Return a function that shows a page as printed, from a light or a dark screen."""
    page = browser.new_page(viewport={"width": TEXT_WIDTH, "height": 850})

    def show(name: str, scheme: str) -> Any:
        page.emulate_media(media="screen", color_scheme=scheme)
        page.goto(site + name)
        page.emulate_media(media="print", color_scheme=scheme)
        return page

    yield show
    page.close()


def test_solutions_and_tabs_are_printed_too(open_page: Any) -> None:
    page = open_page(TUTORIALS[0])
    solution = page.locator("article details pre").last.text_content()
    assert squashed(solution.strip().splitlines()[0]) in printed(page)
