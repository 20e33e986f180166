"""Put each caption below its figure, make it the alt text, and add whether the data are simulated.

A caption is the paragraph which begins with "Figure" and follows the figure in a tutorial. Where
the code of the figure prints something, sphinx-gallery puts that between the two.
"""

import re
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

__all__ = ["setup"]

_CAPTION = re.compile(r"Figure \d+\.")


def _caption_images(app: Sphinx, doctree: nodes.document) -> None:
    images: list[nodes.Element] = []
    for node in list(doctree.findall(lambda each: isinstance(each, nodes.Element))):
        if node.tagname in ("image", "imgsgnode"):
            images.append(node)
        elif isinstance(node, nodes.paragraph) and _CAPTION.match(node.astext()) and images:
            _caption(node, images, app.config.captions_suffix)
            images = []


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


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the extension."""
    app.add_config_value("captions_suffix", "", "env", str)
    app.connect("doctree-read", _caption_images)
    return {"version": "1", "parallel_read_safe": True}
