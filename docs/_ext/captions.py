"""Put each caption below its figure, make it the alt text, and add whether the data are simulated.

A caption is the paragraph which begins with "Figure" and follows the figure in a tutorial. Where
the code of the figure prints something, sphinx-gallery puts that between the two.

The first figure of a tutorial comes above the code that draws it if that code is long, so that the
answer to the page's question is on the first screen.
"""

import re
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

__all__ = ["setup"]

_CAPTION = re.compile(r"Figure \d+\.")
_IMAGES = ("image", "imgsgnode")
_TUTORIAL = "sphx-glr-example-title"
_LINES_ABOVE = 8
"""Lines of code that leave room for the figure below them on the first screen of a laptop."""


def _caption_images(app: Sphinx, doctree: nodes.document) -> None:
    images: list[nodes.Element] = []
    for node in list(doctree.findall(lambda each: isinstance(each, nodes.Element))):
        if node.tagname in _IMAGES:
            images.append(node)
        elif isinstance(node, nodes.paragraph) and _CAPTION.match(node.astext()) and images:
            _caption(node, images, app.config.captions_suffix)
            images = []
    for page in doctree.findall(nodes.section):
        if _TUTORIAL in page["classes"]:
            _lead_with_figure(page)


def _caption(paragraph: nodes.paragraph, images: list[nodes.Element], suffix: str) -> None:
    paragraph["classes"].append("figure-caption")
    if suffix:
        paragraph += [nodes.Text(" "), nodes.emphasis("", suffix)]
    text = _CAPTION.sub("", paragraph.astext(), count=1).strip()
    for image in images:
        image["alt"] = text
    _move_below(paragraph, images[-1])


def _move_below(paragraph: nodes.paragraph, image: nodes.Element) -> None:
    parent, figure = paragraph.parent, image
    while figure.parent is not parent:  # a group of figures is a list of them
        if figure.parent is None:
            return
        figure = figure.parent
    parent.remove(paragraph)
    parent.insert(parent.index(figure) + 1, paragraph)


def _lead_with_figure(page: nodes.section) -> None:
    code = next((each for each in page if isinstance(each, nodes.literal_block)), None)
    figure = next((each for each in page if each.tagname in _IMAGES), None)
    if code is None or figure is None or len(code.astext().splitlines()) <= _LINES_ABOVE:
        return
    rest = page[page.index(figure) :]
    caption = next(each for each in rest if "figure-caption" in each.attributes.get("classes", ()))
    for moved in (figure, caption):
        page.remove(moved)
        page.insert(page.index(code), moved)


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the extension."""
    app.add_config_value("captions_suffix", "", "env", str)
    app.connect("doctree-read", _caption_images)
    return {"version": "1", "parallel_read_safe": True}
