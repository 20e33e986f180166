"""Give each page the metatags that previews and searches show, and the site a sitemap.

If the address of the site is known, sphinxext-opengraph and sphinx-sitemap do that, and only the
figure of each page comes from here: they don't find those of sphinx-gallery. Until then the title,
the text and the figure of a page are given without full addresses, which a sitemap can't do.
"""

import posixpath
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from bs4 import BeautifulSoup
from site_address import site_url
from sphinx.application import Sphinx
from sphinx.config import Config

__all__ = ["setup"]

_MAX_DESCRIPTION = 200
_DEFAULT_FIGURE = "_static/first-light-curve.png"
_DEFAULT_ALT = "Light curve of one locus in six bands, with error bars."
_DEFAULT_TEXT = "Rubin (LSST) alerts through the ANTARES broker, in Python."
_LARGE = '<meta name="twitter:card" content="summary_large_image" />'


def _configure(_app: Sphinx, config: Config) -> None:
    config.ogp_site_url = site_url()
    config.ogp_custom_meta_tags = [_LARGE]
    config.sitemap_url_scheme = "{link}"
    config.sitemap_excludes = ["genindex.html", "search.html"]


def _add_preview(
    _app: Sphinx, pagename: str, _template: str, context: dict[str, Any], doctree: Any
) -> None:
    soup = BeautifulSoup(context.get("body", ""), "html.parser")
    figure, alt = _figure(pagename, soup)
    if site_url() and doctree is not None:  # sphinxext.opengraph does the rest
        figures = {"og:image": figure, "og:image:alt": alt}
        context["meta"] = {**(context.get("meta") or {}), **figures}
        return
    title = BeautifulSoup(context.get("title", ""), "html.parser").get_text()
    text = _description(soup)
    tags = {
        "og:title": title or context["docstitle"],
        "og:description": text,
        "og:image": context["pathto"](figure, 1),
        "og:image:alt": alt,
    }
    lines = [f'<meta property="{name}" content="{escape(tag)}" />' for name, tag in tags.items()]
    lines += [f'<meta name="description" content="{escape(text)}" />', _LARGE]
    context["metatags"] = "\n".join([context.get("metatags", ""), *lines])


def _figure(pagename: str, soup: BeautifulSoup) -> tuple[str, str]:
    """Return the first figure of a page, from the root of the site, and its alt text."""
    for image in soup.select("img[src$='.png']"):
        if image.get("alt"):
            path = posixpath.normpath(posixpath.join(pagename, "..", image["src"]))
            return path, _line(image["alt"])
    return _DEFAULT_FIGURE, _DEFAULT_ALT


def _description(soup: BeautifulSoup) -> str:
    paragraph = soup.select_one("section > p, dd > p")
    text = _line(paragraph.get_text()) if paragraph else _DEFAULT_TEXT
    if len(text) <= _MAX_DESCRIPTION:
        return text
    return text[:_MAX_DESCRIPTION].rpartition(" ")[0].rstrip(",;:.") + " ..."


def _line(text: str) -> str:
    return " ".join(text.split())


def _write_robots(app: Sphinx, error: Exception | None) -> None:
    if error or app.builder.format != "html":
        return
    robots = "User-agent: *\nAllow: /\n"
    if site_url():
        robots += f"Sitemap: {urljoin(site_url(), 'sitemap.xml')}\n"
    Path(app.outdir, "robots.txt").write_text(robots, encoding="utf-8")


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the extension, and those it uses if the address of the site is known."""
    if site_url():
        app.setup_extension("sphinxext.opengraph")
        app.setup_extension("sphinx_sitemap")
        app.connect("config-inited", _configure)
    app.connect("html-page-context", _add_preview, priority=400)
    app.connect("build-finished", _write_robots)
    return {"version": "1", "parallel_read_safe": True}
