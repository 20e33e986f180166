"""What others show of the site: previews, the sitemap, launch buttons; addresses known or not."""

import json
import re
from importlib import import_module
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree

import pytest
from site_pages import ROOT, SITE, TUTORIALS, needs_site, pages, soup

NAMESPACE = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
ADDRESS = "https://docs.example.org/en/latest/"


@pytest.fixture
def site_address(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(ROOT / "docs" / "_ext")
    monkeypatch.delenv("READTHEDOCS_CANONICAL_URL", raising=False)
    return import_module("site_address")


@pytest.fixture
def project_urls(site_address: Any, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    urls: dict[str, str] = {}
    monkeypatch.setattr(site_address, "_project_url", lambda label: urls.get(label, ""))
    return urls


def metatags(page: str) -> dict[str, str]:
    tags = soup(page).find_all("meta", content=True)
    return {tag.get("property") or tag.get("name"): tag["content"] for tag in tags}


def figure_of(page: str) -> str:
    """Return the address of the figure in a page's preview, below the root of the site."""
    address = metatags(page)["og:image"]
    if urlsplit(address).scheme:
        return address[address.index("/_") + 1 :]
    return str(((SITE / page).parent / address).resolve().relative_to(SITE.resolve()))


@needs_site
@pytest.mark.parametrize("page", TUTORIALS)
def test_preview_of_a_tutorial_shows_its_own_figure_and_text(page: str) -> None:
    tags = metatags(page)
    first = soup(page).select_one("article section > p").get_text()
    assert tags["og:title"] == soup(page).h1.get_text().rstrip("#")
    assert " ".join(first.split()).startswith(tags["og:description"].removesuffix(" ..."))
    assert tags["description"] == tags["og:description"]
    assert page.rpartition("/")[2].removesuffix(".html") in figure_of(page)
    assert len(tags["og:image:alt"]) > 30
    assert tags["twitter:card"] == "summary_large_image"


@needs_site
@pytest.mark.parametrize("page", pages())
def test_every_preview_has_a_title_and_a_figure_that_exists(page: str) -> None:
    assert metatags(page)["og:title"]
    assert (SITE / figure_of(page)).exists()


@needs_site
def test_sitemap_names_every_page_that_search_knows() -> None:
    root = ElementTree.parse(SITE / "sitemap.xml").getroot()
    found = {entry.text or "" for entry in root.iter(f"{NAMESPACE}loc")}
    index = (SITE / "searchindex.js").read_text(encoding="utf-8")
    known = json.loads(index[index.index("{") : index.rindex("}") + 1])["docnames"]
    assert len(found) == len(known)
    assert all(any(address.endswith(f"{page}.html") for address in found) for page in known)


@needs_site
def test_robots_name_the_sitemap_only_by_its_full_address() -> None:
    lines = (SITE / "robots.txt").read_text(encoding="utf-8").splitlines()
    assert "Allow: /" in lines
    addresses = [line.partition(": ")[2] for line in lines if line.startswith("Sitemap")]
    assert all(urlsplit(address).scheme for address in addresses)


def test_address_of_the_site_is_unknown_or_as_given(
    site_address: Any, project_urls: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert site_address.site_url() == ""
    project_urls["Documentation"] = "https://example.org/docs"
    assert site_address.site_url() == "https://example.org/docs/"
    monkeypatch.setenv("READTHEDOCS_CANONICAL_URL", ADDRESS)
    assert site_address.site_url() == ADDRESS


def test_there_is_a_launch_button_only_where_the_repository_is_known(
    site_address: Any, project_urls: dict[str, str]
) -> None:
    assert site_address.binder_url("a/b.ipynb") == ""
    project_urls["Repository"] = "https://github.com/owner/name"
    start = "https://mybinder.org/v2/gh/owner/name/HEAD"
    assert site_address.binder_url("a/b.ipynb") == f"{start}?labpath=notebooks/a/b.ipynb"
    project_urls["Repository"] = "https://git.example.org/owner/name"
    assert site_address.binder_url("a/b.ipynb") == ""


@needs_site
@pytest.mark.parametrize("page", TUTORIALS)
def test_tutorial_says_how_to_run_it_on_the_rubin_science_platform(page: str) -> None:
    for box in soup(page).select(".run-it"):
        assert re.search(r"Rubin Science Platform", box.get_text())
        assert box.select_one("a[href$='installation.html']")


@pytest.mark.usefixtures("site_address")
def test_a_page_names_its_full_address_where_that_is_known(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bs4 = pytest.importorskip("bs4", reason="beautifulsoup4 is not installed")
    social = import_module("social")
    monkeypatch.setenv("READTHEDOCS_CANONICAL_URL", ADDRESS)
    body = '<section><h1>T</h1><p>One "two".</p><img src="../_images/a.png" alt="A dot"></section>'
    context: dict[str, Any] = {"title": "T", "project": "p", "body": body}
    social.describe_page("a/page", context, bs4.BeautifulSoup(body, "html.parser"))
    tags = bs4.BeautifulSoup(context["metatags"], "html.parser").find_all("meta")
    found = {tag.get("property"): tag["content"] for tag in tags}
    assert found["og:url"] == f"{ADDRESS}a/page.html"
    assert found["og:image"] == f"{ADDRESS}_images/a.png"
    assert found["og:description"] == 'One "two".'
