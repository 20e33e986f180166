"""``.. tutorial-sections::`` lists the gallery's sections with their pages, as they are."""

from pathlib import Path
from typing import Any

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

__all__ = ["setup"]

GALLERY = Path(__file__).resolve().parents[2] / "gallery"


class TutorialSections(SphinxDirective):
    """A card for each section: its title, what it is about, and its pages in reading order."""

    def run(self) -> list[nodes.Node]:
        """Return the cards."""
        lines = [".. grid:: 1 1 2 3", "   :gutter: 3", ""]
        for header in sorted(GALLERY.glob("*/GALLERY_HEADER.rst")):
            pages = sorted(header.parent.glob("*.py"))
            if pages:
                self.env.note_dependency(header)
                lines += [f"   {line}".rstrip() for line in _card(header, pages)]
        return self.parse_text_to_nodes(StringList(lines, source=__file__))


def _card(header: Path, pages: list[Path]) -> list[str]:
    title, _, text = header.read_text(encoding="utf-8").partition("\n")
    section = f"/tutorials/{header.parent.name}"
    return [
        f".. grid-item-card:: :doc:`{title} <{section}/index>`",
        "   :class-card: section-card",
        f"   :img-top: {section}/images/thumb/sphx_glr_{pages[-1].stem}_thumb.png",
        "",
        *(f"   {line}" for line in text.lstrip("-\n").splitlines()),
        "",
        *(f"   * :doc:`{section}/{page.stem}`" for page in pages),
        "",
    ]


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the directive."""
    app.add_directive("tutorial-sections", TutorialSections)
    return {"version": "1", "parallel_read_safe": True}
