"""Make each figure's caption its alt text, and let it say so where the data are simulated.

A caption is the paragraph which begins with "Figure" and follows the figure in a tutorial.
"""

import re
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

__all__ = ["setup"]

_CAPTION = re.compile(r"Figure \d+\.")


def _caption_images(app: Sphinx, doctree: nodes.document) -> None:
    images: list[nodes.Element] = []
    for node in doctree.findall(lambda each: isinstance(each, nodes.Element)):
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


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the extension."""
    app.add_config_value("captions_suffix", "", "env", str)
    app.connect("doctree-read", _caption_images)
    return {"version": "1", "parallel_read_safe": True}
