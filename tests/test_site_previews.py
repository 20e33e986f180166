"""Previews, the sitemap and launch buttons, with the address of the site known or not."""

import os
import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree

import pytest
from site_pages import ROOT, SITE, TUTORIALS, needs_site, pages, soup

NAMESPACE = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
ADDRESS = "https://docs.example.org/en/latest/"
CONF = """
import sys
sys.path.insert(0, {extensions!r})
project, extensions, html_baseurl = "p", ["previews"], {address!r}
"""
PAGE = """
T
=

One "two".

.. image:: a.png
   :alt: A dot
"""
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010800000000"
    "3a7e9b550000000a49444154789c6360000000020001e221bc330000000049454e44ae426082"
)


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
def test_every_preview_has_a_title_a_text_and_a_figure_that_exists(page: str) -> None:
    assert metatags(page)["og:title"]
    assert metatags(page)["description"]
    assert (SITE / figure_of(page)).exists()


@needs_site
def test_robots_name_the_sitemap_only_by_its_full_address() -> None:
    lines = (SITE / "robots.txt").read_text(encoding="utf-8").splitlines()
    assert "Allow: /" in lines
    addresses = [line.partition(": ")[2] for line in lines if line.startswith("Sitemap")]
    assert all(urlsplit(address).scheme for address in addresses)
    assert bool(addresses) == (SITE / "sitemap.xml").exists()


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


@pytest.fixture(scope="module")
def site_with_address(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build a small site whose address is known, without a warning."""
    pytest.importorskip("sphinx_sitemap", reason="sphinx-sitemap is not installed")
    pytest.importorskip("sphinxext.opengraph", reason="sphinxext-opengraph is not installed")
    source, built = (tmp_path_factory.mktemp(name) for name in ("source", "built"))
    extensions = str(ROOT / "docs" / "_ext")
    conf = CONF.format(extensions=extensions, address=ADDRESS)
    (source / "conf.py").write_text(conf, encoding="utf-8")
    (source / "index.rst").write_text(f"{PAGE}\n.. toctree::\n\n   b/c\n", encoding="utf-8")
    (source / "b").mkdir()
    (source / "b" / "c.rst").write_text(PAGE.replace("a.png", "/a.png"), encoding="utf-8")
    (source / "a.png").write_bytes(PIXEL)
    environment = os.environ | {"READTHEDOCS_CANONICAL_URL": ADDRESS}
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "-b", "html", str(source), str(built)]
    subprocess.run(command, check=True, env=environment)
    return built


def test_a_page_names_its_full_address_if_that_is_known(site_with_address: Path) -> None:
    tags = metatags(str(site_with_address / "b" / "c.html"))
    assert tags["og:url"] == f"{ADDRESS}b/c.html"
    assert tags["og:title"] == "T"
    assert tags["og:image"] == f"{ADDRESS}_images/a.png"
    assert tags["og:image:alt"] == "A dot"
    assert tags["og:description"] == tags["description"]
    assert tags["description"].startswith("One \N{LEFT DOUBLE QUOTATION MARK}two")
    assert tags["twitter:card"] == "summary_large_image"


def test_a_page_without_a_source_has_a_preview_too(site_with_address: Path) -> None:
    tags = metatags(str(site_with_address / "search.html"))
    assert tags["og:title"]
    assert tags["description"]


def test_the_sitemap_names_every_page_by_its_full_address(site_with_address: Path) -> None:
    root = ElementTree.parse(site_with_address / "sitemap.xml").getroot()
    found = {entry.text for entry in root.iter(f"{NAMESPACE}loc")}
    assert found == {f"{ADDRESS}index.html", f"{ADDRESS}b/c.html"}
    robots = (site_with_address / "robots.txt").read_text(encoding="utf-8")
    assert f"Sitemap: {ADDRESS}sitemap.xml" in robots.splitlines()
