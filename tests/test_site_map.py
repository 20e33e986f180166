"""The map of the site: the header, the side bars, an order that someone chose, and 404.html."""

from importlib import import_module
from typing import Any

import pytest
from site_pages import ROOT, TUTORIALS, needs_site, pages, soup

import antares_helpers

HEADER = ["Start", "Tutorials", "Snippets", "Explorer", "Reference", "Help"]
SECTIONS = {
    "reference.html": ["api/index", "properties", "tables", "locus_files", "command_line"],
    "help.html": ["troubleshooting", "check", "installation", "workshop", "sandbox"],
}
PROJECT = ["evidence", "cite", "changelog", "benchmarks"]
NOT_LISTED = {"404.html", "genindex.html", "index.html", "py-modindex.html", "search.html"}
SOURCES = {
    "properties": "docs/properties.rst",
    "tutorials/index": "gallery/GALLERY_HEADER.rst",
    "tutorials/4_many_loci/index": "gallery/4_many_loci/GALLERY_HEADER.rst",
    "changelog": "CHANGELOG.md",
    "genindex": "",
    "api/generated/antares_helpers.fetch_locus": "",
}


@pytest.fixture
def extension(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(ROOT / "docs" / "_ext")
    for name in ("READTHEDOCS_CANONICAL_URL", "READTHEDOCS_GIT_CLONE_URL"):
        monkeypatch.delenv(name, raising=False)
    return import_module


@needs_site
@pytest.mark.parametrize("page", pages())
def test_header_has_the_parts_of_the_site_and_no_more_menu(page: str) -> None:
    links = soup(page).select("header .navbar-header-items__center a")
    names = [link.find(string=True).strip() for link in links]
    assert names == [name for name in HEADER if name in names]
    assert set(names) >= {*HEADER} - {"Explorer"}
    assert not soup(page).select("header .navbar-header-items__center button")


@needs_site
@pytest.mark.parametrize("section", SECTIONS)
def test_section_lists_its_pages_in_its_text_and_in_a_side_bar(section: str) -> None:
    expected = SECTIONS[section] + (PROJECT if section == "help.html" else [])
    for place in ("article", "#pst-primary-sidebar .bd-docs-nav"):
        addresses = {link["href"] for link in soup(section).select(f"{place} a")}
        assert {f"{name}.html" for name in expected} <= addresses


@needs_site
@pytest.mark.parametrize("page", sorted({*pages()} - NOT_LISTED))
def test_every_page_can_be_reached_by_the_side_bar_of_its_section(page: str) -> None:
    link = soup(page).select_one(".bd-links a.current, .navbar-nav li.current a")
    assert link is not None


@needs_site
def test_the_reference_names_every_public_function_and_error() -> None:
    text = {code.get_text(strip=True) for code in soup("reference.html").select("article a code")}
    assert text >= {*antares_helpers.__all__}


@needs_site
def test_previous_and_next_follow_the_map() -> None:
    assert soup("check.html").select_one("a.left-prev")["href"] == "troubleshooting.html"
    assert soup("properties.html").select_one("a.left-prev")["href"] == "concepts.html"
    assert soup("help.html").select_one("a.right-next")["href"] == "troubleshooting.html"


@needs_site
@pytest.mark.parametrize("page", ["properties.html", TUTORIALS[0]])
def test_links_to_report_and_edit_are_there_only_if_the_repository_is_known(
    extension: Any, page: str
) -> None:
    is_known = bool(extension("site_address").issues_url())
    assert bool(soup(page).select("ul.contribute a")) == is_known


def test_addresses_to_report_and_edit_are_those_of_the_host(
    extension: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = extension("site_address")
    monkeypatch.setattr(address, "_project_url", lambda _: "")
    assert (address.issues_url(), address.edit_url("a.rst")) == ("", "")
    monkeypatch.setenv("READTHEDOCS_GIT_CLONE_URL", "https://github.com/owner/name.git")
    assert address.issues_url() == "https://github.com/owner/name/issues"
    assert address.edit_url("docs/a.rst") == "https://github.com/owner/name/edit/main/docs/a.rst"
    monkeypatch.setenv("READTHEDOCS_GIT_CLONE_URL", "https://gitlab.com/group/name/")
    assert address.issues_url() == "https://gitlab.com/group/name/-/issues"
    assert address.edit_url("a.rst") == "https://gitlab.com/group/name/-/edit/main/a.rst"
    monkeypatch.setenv("READTHEDOCS_GIT_CLONE_URL", "https://git.example.org/owner/name")
    assert address.issues_url() == "https://git.example.org/owner/name/issues"
    assert address.edit_url("a.rst") == ""


@pytest.mark.parametrize(("page", "source"), SOURCES.items())
def test_a_page_is_edited_where_it_is_written(extension: Any, page: str, source: str) -> None:
    assert extension("contribute").source_of(page) == source


@needs_site
@pytest.mark.parametrize("page", TUTORIALS)
def test_a_tutorial_is_edited_in_its_script(extension: Any, page: str) -> None:
    source = extension("contribute").source_of(page.removesuffix(".html"))
    assert (ROOT / source).suffix == ".py"
    assert (ROOT / source).exists()


@needs_site
def test_the_page_for_wrong_addresses_has_a_search_field_and_links() -> None:
    article = soup("404.html").article
    assert article.select_one("form[action] input[type=search][name=q]")
    assert len(article.select("li a")) >= 5
