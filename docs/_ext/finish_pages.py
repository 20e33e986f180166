"""The last touch on each page's HTML: cards, tables and menus that everyone can use; metatags."""

from typing import Any

from bs4 import BeautifulSoup
from cards import add_filter, make_cards
from social import describe_page
from sphinx.application import Sphinx

__all__ = ["setup"]

_THEIRS = ("sg-tags.js", "sg_gallery-binder.css")  # sphinx-gallery's, which no page uses


def _finish(
    app: Sphinx, pagename: str, _template: str, context: dict[str, Any], _doctree: Any
) -> None:
    soup = BeautifulSoup(context.get("body", ""), "html.parser")
    make_cards(soup, app.config.tutorial_tags)
    if pagename == "tutorials/index":
        add_filter(soup, app.config.tutorial_tags)
        app.add_js_file("tag-filter.js", loading_method="defer")
    _mend_tables(soup)
    _drop_downloads(soup)
    if "body" in context:
        context["body"] = str(soup)
    describe_page(pagename, context, soup)
    _name_menus(context)
    for kind in ("script_files", "css_files"):
        context[kind] = [each for each in context[kind] if not str(each.filename).endswith(_THEIRS)]


def _mend_tables(soup: BeautifulSoup) -> None:
    """Let no table have headers without a text, nor be wider than a phone without scrolling."""
    for header in soup.select("th"):
        if not header.get_text(strip=True):
            header.name = "td"
    for table in soup.select(".output_html table"):
        table.wrap(soup.new_tag("div", attrs={"class": "pst-scrollable-table-container"}))


def _drop_downloads(soup: BeautifulSoup) -> None:
    """Drop sphinx-gallery's own downloads: ours stand below the page and beside it."""
    for each in soup.select(".sphx-glr-footer, .sphx-glr-download-link-note"):
        each.decompose()


def _name_menus(context: dict[str, Any]) -> None:
    """Name the buttons which unfold the sidebar's menus after the page above each."""
    generate = context.get("generate_toctree_html")
    if generate is None:
        return

    def generate_with_names(*args: Any, **options: Any) -> str:
        soup = BeautifulSoup(str(generate(*args, **options)), "html.parser")
        for summary in soup.select("summary"):
            link = summary.find_parent("li").find("a")
            summary["aria-label"] = f"Pages of {link.get_text(strip=True)}"
        return str(soup)

    context["generate_toctree_html"] = generate_with_names


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the extension, to run after the theme and sphinx-gallery."""
    app.connect("html-page-context", _finish, priority=900)
    return {"version": "1", "parallel_read_safe": True}
