"""Show the first figure of a tutorial above the code that draws it, where that code is long.

So the answer to the page's question stands on the first screen.
"""

from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

__all__ = ["setup"]

_TUTORIAL = "sphx-glr-example-title"
_LINES_ABOVE = 8
"""Lines of code that leave room for the figure below them on the first screen of a laptop."""


def _lead_with_figure(_app: Sphinx, doctree: nodes.document) -> None:
    for page in doctree.findall(nodes.section):
        if _TUTORIAL in page["classes"]:
            _move_figure(page)


def _move_figure(page: nodes.section) -> None:
    code = next((each for each in page if isinstance(each, nodes.literal_block)), None)
    figure = next((each for each in page if each.tagname in ("image", "imgsgnode")), None)
    if code is None or figure is None or len(code.astext().splitlines()) <= _LINES_ABOVE:
        return
    rest = page[page.index(figure) :]
    caption = next(each for each in rest if "figure-caption" in each.attributes.get("classes", ()))
    for moved in (figure, caption):
        page.remove(moved)
        page.insert(page.index(code), moved)


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the extension, to run after the captions are known."""
    app.connect("doctree-read", _lead_with_figure, priority=600)
    return {"version": "1", "parallel_read_safe": True}
