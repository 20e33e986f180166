"""The search finds what readers ask for, on a server and from a file, and everyone can use it."""

import re
import shutil
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from site_pages import ROOT, SITE, need, needs_site, pages, soup

expect = need("playwright.sync_api", "playwright").expect

pytest_plugins = ["browsing"]
pytestmark = [needs_site, pytest.mark.slow]

QUERIES = tomllib.loads((ROOT / "tests/search_queries.toml").read_text(encoding="utf-8"))
WORDS = tomllib.loads((ROOT / "docs/search_words.toml").read_text(encoding="utf-8"))
FIELD, RESULTS = ".bd-search-container input", "#search-results > li"
WAYS = ["server", "file"]
# Percent.
ENOUGH = 95

Ask = Callable[[str], list[str]]


def name_of(address: str) -> str:
    """Return the path of a page without the numbers of tutorials."""
    parts = Path(unquote(urlsplit(address).path)).with_suffix("").parts
    return "/".join(re.sub(r"^\d+_", "", part) for part in parts)


@pytest.fixture(params=WAYS)
def address(request: pytest.FixtureRequest, site: str) -> str:
    """Return the address of the site, on a server or in its folder."""
    return site if request.param == "server" else SITE.resolve().as_uri() + "/"


@pytest.fixture
def opened(browser: Any, address: str) -> Any:
    """Return a function that opens the search with a query; no error or other host is met."""
    page = browser.new_context(viewport={"width": 1280, "height": 850}).new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
    page.on("request", lambda it: None if it.url.startswith(address) else wrong.append(it.url))

    def open_(query: str = "") -> Any:
        page.goto(f"{address}search.html?q={query}")
        return page

    yield open_
    page.context.close()
    assert not wrong


@pytest.fixture
def ask(opened: Any) -> Ask:
    """Return a function that types a query and returns the pages found, the best first."""
    page = opened()

    def ask_(query: str) -> list[str]:
        page.fill(FIELD, query)
        page.press(FIELD, "Enter")
        expect(page.get_by_role("status")).to_contain_text(f"“{query}”")
        links = "all => all.map(link => link.href)"
        return [name_of(link) for link in page.eval_on_selector_all(f"{RESULTS} h2 a", links)]

    return ask_


def is_one_of(page: str, wanted: list[str]) -> bool:
    return any(page.endswith(("/" + name, "." + name)) for name in wanted)


@pytest.mark.parametrize("kind", QUERIES)
def test_the_page_that_answers_is_among_the_first_three(kind: str, ask: Ask) -> None:
    found = {query: ask(query)[:3] for query in QUERIES[kind]}
    missed = {
        query: found[query]
        for query, wanted in QUERIES[kind].items()
        if not any(is_one_of(page, wanted) for page in found[query])
    }
    assert len(missed) <= len(found) * (100 - ENOUGH) / 100, missed


@pytest.mark.parametrize(
    ("british", "american"), [("colours", "colors"), ("light centre", "light center")]
)
def test_british_and_american_spelling_find_the_same(british: str, american: str, ask: Ask) -> None:
    assert ask(british) == ask(american) != []


def test_words_that_no_page_has_are_said_to_be_found_nowhere(opened: Any) -> None:
    page = opened("%3Cqqqq%3E")
    expect(page.get_by_role("status")).to_have_text("No pages found for “<qqqq>”.")
    assert page.locator(RESULTS).count() == 0


def test_a_mistyped_word_is_read_as_the_nearest_of_the_site(opened: Any) -> None:
    page = opened("asteriod")
    expect(page.get_by_role("status")).to_contain_text("read as “asteroid”")
    expect(page.get_by_role("link", name="Follow an asteroid")).to_be_visible()


def test_results_jump_to_sections(opened: Any) -> None:
    page = opened("barycentric")
    page.get_by_role("link", name="Light travel time").click()
    page.wait_for_url("**/06_get_times_right.html#light-travel-time")
    expect(page.get_by_role("heading", name="Light travel time")).to_be_in_viewport()


@pytest.mark.parametrize("query", ["flux", "sandbox", "troubleshooting KeyError"])
def test_every_link_of_the_results_has_a_target(query: str, opened: Any, address: str) -> None:
    page = opened(query)
    more = page.get_by_role("button", name="Show more")
    expect(page.get_by_role("status")).to_contain_text("found")
    while more.is_visible():
        before = page.locator(RESULTS).count()
        more.click()
        expect(page.locator(RESULTS).nth(before)).to_be_visible()
    links = page.eval_on_selector_all(f"{RESULTS} a", "all => all.map(link => link.href)")
    for link in links:
        path, _, fragment = link.removeprefix(address).partition("#")
        assert (SITE / unquote(path)).exists()
        assert not fragment or soup(unquote(path)).find(id=unquote(fragment)), link


@pytest.mark.parametrize("query", ["magnitude", "kafka", "excel"])
def test_hidden_words_are_shown_nowhere(query: str, opened: Any) -> None:
    page = opened(query)
    expect(page.locator(RESULTS).first).to_be_visible()
    assert not re.search("[⟦⟧]", page.inner_text("#search-results"))
    shown = page.locator(f"{RESULTS} > p").first.inner_text()
    assert 10 < len(shown) < 400


def test_keyboard_alone_leads_from_a_page_to_a_result(open_page: Any) -> None:
    page = open_page("index.html")
    page.keyboard.press("Control+k")
    page.keyboard.type("TAI")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search.html?q=TAI")
    expect(page.locator(RESULTS).first).to_be_visible()
    expect(page.locator(FIELD)).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator(f"{RESULTS} h2 a").first).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("Get times right")


def test_show_more_moves_the_focus_to_the_first_new_result(opened: Any) -> None:
    page = opened("flux")
    page.get_by_role("button", name="Show more").press("Enter")
    expect(page.locator(f"{RESULTS} h2 a").nth(10)).to_be_focused()


def test_typing_searches_and_keeps_the_address_in_step(opened: Any) -> None:
    page = opened("kafka")
    page.fill(FIELD, "bibtex")
    expect(page.locator(f"{RESULTS} h2 a").first).to_have_text("How to cite")
    page.wait_for_url("**/search.html?q=bibtex")


@pytest.mark.parametrize("width", [390, 1280])
def test_results_move_nothing_on_the_page(width: int, open_page: Any) -> None:
    page = open_page("search.html?q=flux", width)
    expect(page.locator(RESULTS).first).to_be_visible()
    shift = page.evaluate(
        """() => new Promise(done => new PerformanceObserver(list => done(
            list.getEntries().reduce((sum, entry) => sum + entry.value, 0)))
            .observe({type: "layout-shift", buffered: true}) ?? setTimeout(() => done(0), 500))"""
    )
    assert shift < 0.05


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_the_results(scheme: str, open_page: Any) -> None:
    axe = need("axe_playwright_python.sync_playwright", "axe-playwright-python").Axe()
    page = open_page("search.html?q=flux", color_scheme=scheme)
    expect(page.locator(RESULTS).first).to_be_visible()
    assert not axe.run(page).response["violations"]


def test_without_javascript_the_search_leads_elsewhere(open_page: Any) -> None:
    page = open_page("search.html", java_script_enabled=False)
    page.get_by_role("link", name="index", exact=True).click()
    expect(page.locator("h1")).to_have_text("Index")


@pytest.mark.parametrize("page", pages())
def test_no_page_loads_a_script_of_the_search_but_its_own(page: str) -> None:
    scripts = " ".join(tag.get("src") or "" for tag in soup(page).find_all("script"))
    assert not re.search(r"searchindex|searchtools|language_data|sphinx_highlight", scripts)
    assert ("/search" in scripts) == (page == "search.html")


def test_hidden_words_name_pages_and_sections_that_exist() -> None:
    by_name = {name_of(page): page for page in pages()}
    assert not WORDS["words"].keys() - by_name.keys()
    for name, sections in WORDS["words"].items():
        ids = {tag["id"] for tag in soup(by_name[name]).find_all(id=True)}
        assert not sections.keys() - ids - {""}, name


def test_every_tutorial_and_page_of_the_reference_has_hidden_words() -> None:
    without = {"genindex", "py-modindex", "search", "404"} | WORDS["words"].keys()
    names = {name_of(page) for page in pages() if "index" not in page and "/generated/" not in page}
    assert not names - without


CONF = """
extensions = ["pydata_sphinx_theme", "search"]
html_theme = "pydata_sphinx_theme"
templates_path = ["templates"]
"""


@pytest.fixture
def build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], str]:
    """Return a function that builds a small site and returns what is searched of it."""
    sphinx = need("sphinx.cmd.build", "sphinx")
    monkeypatch.syspath_prepend(str(ROOT / "docs" / "_ext"))
    (tmp_path / "conf.py").write_text(CONF, encoding="utf-8")
    (tmp_path / "templates").mkdir()
    shutil.copy(ROOT / "docs/_templates/search.html", tmp_path / "templates")
    for page in ("index", "other"):
        (tmp_path / f"{page}.rst").write_text(f":orphan:\n\nA {page}\n=======\n\nNow.\n")

    def build_() -> str:
        assert sphinx.build_main(["-q", str(tmp_path), str(tmp_path / "html")]) == 0
        return (tmp_path / "html/pagefind/sections.js").read_text(encoding="utf-8")

    return build_


def test_pages_are_indexed_anew_if_one_has_changed(
    build: Callable[[], str], tmp_path: Path
) -> None:
    before = build()
    entry = tmp_path / "html/pagefind/pagefind-entry.json"
    written = entry.stat().st_mtime_ns
    assert build() == before
    assert entry.stat().st_mtime_ns == written
    (tmp_path / "other.rst").write_text(":orphan:\n\nA nova\n======\n\nNow.\n")
    after = build()
    assert "A nova" in after
    assert "A other" not in after
    assert "A index" in after
    (tmp_path / "other.rst").unlink()
    (tmp_path / "html/other.html").unlink()
    assert "A nova" not in build()
