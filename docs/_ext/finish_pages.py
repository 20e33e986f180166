"""Finish each page's HTML: cards, tables and menus that everyone can use."""

import re
from typing import Any

from bs4 import BeautifulSoup
from cards import add_filter, make_cards
from page_tables import fix_tables
from sphinx.application import Sphinx
from tutorial_pages import TAGS_CLASS

__all__ = ["setup"]

_START = 'Start<span class="visually-hidden"> page</span>'
_THEIRS = ("sg-tags.js", "sg_gallery-binder.css")  # sphinx-gallery's, which no page uses


def _finish(
    app: Sphinx, pagename: str, _template: str, context: dict[str, Any], _doctree: Any
) -> None:
    soup = BeautifulSoup(context.get("body", ""), "html.parser")
    make_cards(soup)
    if pagename == "tutorials/index":
        add_filter(soup)
        app.add_js_file("tag-filter.js", loading_method="defer")
    fix_tables(soup)
    _drop_footer(soup)
    if "body" in context:
        context["body"] = str(soup)
    _name_menus(context)
    for kind in ("script_files", "css_files"):
        context[kind] = [each for each in context[kind] if not str(each.filename).endswith(_THEIRS)]
    context["script_files"] = _deferred(context["script_files"])


def _deferred(scripts: list[Any]) -> list[Any]:
    """Let no script delay the page: each is run in its order, once the page is read.

    Those without a file set options for the search as you type, which this site does not use.
    """
    return [_defer(script) for script in scripts if script.filename]


def _defer(script: Any) -> Any:
    """Return a deferred copy: all pages share the scripts that Sphinx hands out."""
    if "type" in script.attributes:  # modules are deferred anyway
        return script
    attributes = {**script.attributes, "defer": "defer"}
    return type(script)(script.filename, priority=script.priority, **attributes)


def _drop_footer(soup: BeautifulSoup) -> None:
    """Drop sphinx-gallery's own downloads and tags: ours are at other places of the page."""
    for each in soup.select(f".sphx-glr-footer, .sphx-glr-download-link-note, .{TAGS_CLASS}"):
        each.decompose()


def _name_menus(context: dict[str, Any]) -> None:
    """Name the buttons that unfold the sidebar's menus, and the link that says only "Start"."""
    toctree, header = (context.get(f"generate_{name}_html") for name in ("toctree", "header_nav"))
    if toctree is None or header is None:
        return

    def toctree_with_names(*args: Any, **options: Any) -> str:
        soup = BeautifulSoup(str(toctree(*args, **options)), "html.parser")
        for summary in soup.select("summary"):
            link = summary.find_parent("li").find("a")
            summary["aria-label"] = f"Pages of {link.get_text(strip=True)}"
        return str(soup)

    def header_with_names(*args: Any, **options: Any) -> str:
        return re.sub(r">\s*Start\s*</a>", f">{_START}</a>", str(header(*args, **options)))

    context |= {
        "generate_toctree_html": toctree_with_names,
        "generate_header_nav_html": header_with_names,
    }


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the extension, to run after the theme and sphinx-gallery."""
    app.connect("html-page-context", _finish, priority=900)
    return {"version": "1", "parallel_read_safe": True}
