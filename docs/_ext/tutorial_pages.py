"""Give each tutorial its tags, which sphinx-gallery has at its end, and its launch button."""

from pathlib import PurePosixPath
from typing import Any

from docutils import nodes
from site_address import binder_url
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError

__all__ = ["TAGS_CLASS", "setup", "slug"]

TAGS_CLASS = "sphx-glr-example-tags"


def slug(tag: str) -> str:
    """Return a tag as it is in an address."""
    return tag.lower().replace(" ", "-")


def _tags(pagename: str, doctree: nodes.document) -> list[str]:
    for paragraph in doctree.findall(nodes.paragraph):
        if TAGS_CLASS in paragraph["classes"]:
            return paragraph.astext().partition(": ")[2].split(", ")
    raise ExtensionError(f"{pagename} has no line # sphinx_gallery_tags = [...]")


def _describe(
    _app: Sphinx, pagename: str, _template: str, context: dict[str, Any], doctree: Any
) -> None:
    name = PurePosixPath(pagename).name
    if not pagename.startswith("tutorials/") or name == "index":
        return
    index = context["pathto"]("tutorials/index")
    context["tutorial"] = {
        "tags": [(tag, f"{index}#tag={slug(tag)}") for tag in _tags(pagename, doctree)],
        "binder": binder_url(f"{pagename.removeprefix('tutorials/')}.ipynb"),
    }


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the extension."""
    app.connect("html-page-context", _describe)
    return {"version": "1", "parallel_read_safe": True}
