"""Describe each page to those who show a preview of it or search it: metatags, sitemap, robots."""

import posixpath
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import urljoin
from xml.etree import ElementTree

from bs4 import BeautifulSoup
from site_address import site_url
from sphinx.application import Sphinx

__all__ = ["describe_page", "setup"]

_LONGEST_DESCRIPTION = 200
_DEFAULT_FIGURE = "_static/first-light-curve.png"
_DEFAULT_ALT = "Light curve of one locus in six bands, with error bars."
_XML = {"xmlns": "http://www.sitemaps.org/schemas/sitemap/0.9"}
_RELATIVE = (
    " The address of this site is not known to its sources: these addresses are relative to this"
    " file. Give it as Documentation in [project.urls] of pyproject.toml. "
)


def describe_page(pagename: str, context: dict[str, Any], soup: BeautifulSoup) -> None:
    """Add the metatags of Open Graph and Twitter to a page."""
    title = BeautifulSoup(context.get("title", ""), "html.parser").get_text()
    figure, alt = _figure(pagename, soup)
    description = _description(soup)
    tags = {
        "og:title": title or context["docstitle"],
        "og:type": "website" if pagename == "index" else "article",
        "og:site_name": context["project"],
        "og:description": description,
        "og:image": urljoin(site_url(), figure) if site_url() else context["pathto"](figure, 1),
        "og:image:alt": alt,
    }
    if site_url():
        tags["og:url"] = urljoin(site_url(), f"{pagename}.html")
    lines = [f'<meta property="{name}" content="{escape(text)}" />' for name, text in tags.items()]
    lines += [
        '<meta name="twitter:card" content="summary_large_image" />',
        f'<meta name="description" content="{escape(description)}" />',
    ]
    context["metatags"] = "\n".join([context.get("metatags", ""), *lines])


def _figure(pagename: str, soup: BeautifulSoup) -> tuple[str, str]:
    """Return the first figure of a page, from the root of the site, and its alt text."""
    for image in soup.select("img[src$='.png']"):
        if image.get("alt"):
            return posixpath.normpath(posixpath.join(pagename, "..", image["src"])), _line(
                image["alt"]
            )
    return _DEFAULT_FIGURE, _DEFAULT_ALT


def _description(soup: BeautifulSoup) -> str:
    paragraph = soup.select_one("section > p, dd > p")
    text = _line(paragraph.get_text()) if paragraph else ""
    if len(text) <= _LONGEST_DESCRIPTION:
        return text
    return text[:_LONGEST_DESCRIPTION].rpartition(" ")[0].rstrip(",;:.") + " ..."


def _line(text: str) -> str:
    return " ".join(text.split())


def _write_for_robots(app: Sphinx, error: Exception | None) -> None:
    """Write sitemap.xml and robots.txt; a sitemap without full addresses is not advertised."""
    if error or app.builder.format != "html":
        return
    root = ElementTree.Element("urlset", _XML)
    if not site_url():
        root.append(ElementTree.Comment(_RELATIVE))
    for page in sorted(app.env.found_docs):
        entry = ElementTree.SubElement(root, "url")
        uri = app.builder.get_target_uri(page)
        ElementTree.SubElement(entry, "loc").text = urljoin(site_url(), uri)
    ElementTree.indent(root)
    folder = Path(app.outdir)
    ElementTree.ElementTree(root).write(
        folder / "sitemap.xml", encoding="utf-8", xml_declaration=True
    )
    robots = "User-agent: *\nAllow: /\n"
    if site_url():
        robots += f"Sitemap: {urljoin(site_url(), 'sitemap.xml')}\n"
    (folder / "robots.txt").write_text(robots, encoding="utf-8")


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the extension."""
    app.connect("build-finished", _write_for_robots)
    return {"version": "1", "parallel_read_safe": True}
