"""Link each page to its source, and to where problems are reported, if the repository is known."""

from pathlib import Path, PurePosixPath
from typing import Any

from site_address import edit_url, issues_url
from sphinx.application import Sphinx

__all__ = ["setup", "source_of"]

ROOT = Path(__file__).resolve().parents[2]


def source_of(pagename: str) -> str:
    """Return the file of the repository that a page is written in; empty if there is none."""
    page = PurePosixPath(pagename)
    if pagename == "changelog":
        return "CHANGELOG.md"
    if page.parts[0] == "tutorials":
        script = page.parent / ("GALLERY_HEADER.rst" if page.name == "index" else f"{page.name}.py")
        path = str(PurePosixPath("gallery", *script.parts[1:]))
    else:
        path = f"docs/{pagename}.rst"
    is_written = "generated" not in page.parts and (ROOT / path).exists()
    return path if is_written else ""


def _link(
    _app: Sphinx, pagename: str, _template: str, context: dict[str, Any], _doctree: Any
) -> None:
    source = source_of(pagename)
    context["contribute"] = {"report": issues_url(), "edit": source and edit_url(source)}


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the extension."""
    app.connect("html-page-context", _link)
    return {"version": "1", "parallel_read_safe": True}
