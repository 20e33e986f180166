"""``field-guide``: the cards of a group of `field_guide.toml`, with figures, code and links."""

import subprocess
import sys
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

from built_on import ROOT, draw_if_changed
from docutils import nodes
from docutils.statemachine import StringList
from field_guide_cards import CARDS, Card, read_cards
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

__all__ = ["setup"]

_FOLDER = ROOT / "docs" / "field_guide"


class FieldGuide(SphinxDirective):
    """Show the cards of a group, each as a section."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Make the sections."""
        self.env.note_dependency(str(CARDS))
        cards = [card for card in read_cards() if card.group == self.arguments[0]]
        if not cards:
            raise self.error(f"{CARDS.name} has no group {self.arguments[0]!r}")
        return [self._section(card) for card in cards]

    def _section(self, card: Card) -> nodes.section:
        section = nodes.section(ids=[card.name], names=[], classes=["field-card"])
        section += nodes.title("", card.title)
        section += self._figure(card, "first", card.first_caption)
        section += self._figure(card, "second", card.caption)
        section += self._figure(card, "cutouts", "Template, science and difference image.")
        section += self._texts(card)
        section += nodes.literal_block(card.code, card.code, language="python")
        return section

    def _figure(self, card: Card, name: str, caption: str) -> nodes.figure:
        figure = nodes.figure(classes=["field-figure"])
        what = "Cutouts" if name == "cutouts" else "Light curve"
        alt = f"{what} of {card.title}: {caption.replace('`', '')} Simulated data."
        for paper in ("white", "black"):
            uri = f"{_FOLDER.name}/{card.name}-{name}-{paper}.png"
            figure += nodes.image(
                uri=uri, alt=alt, loading="lazy", classes=["dark-light", f"on-{paper}"]
            )
        figure += nodes.caption("", "", *self.parse_inline(caption)[0])
        return figure

    def _texts(self, card: Card) -> nodes.container:
        lines = [
            card.looks,
            f"**How it fools you.** {card.fools}",
            f"**What helps.** {card.remedy}",
        ]
        box = nodes.container(classes=["field-text"])
        content = StringList("\n\n".join(lines).splitlines(), source=CARDS.name)
        self.state.nested_parse(content, 0, box)
        link = f'<p><a href="{card.explorer}">Open {card.locus} in the explorer</a></p>'
        box += nodes.raw("", link.replace("&", "&amp;"), format="html")
        return box


_drawing: list[Future[None]] = []


def _start_drawing(_app: Sphinx) -> None:
    """Draw the figures in a process of its own, beside the gallery."""
    _drawing.append(ThreadPoolExecutor(1).submit(_draw))


def _wait_for_figures(_app: Sphinx) -> None:
    """Wait for the figures, before Sphinx looks for them."""
    _drawing.pop().result()


def _draw() -> None:
    def draw(folder: Path) -> None:
        program = Path(__file__).with_name("field_guide_figures.py")
        subprocess.run([sys.executable, program, folder], check=True)

    drawn = [(card.name, card.locus, card.first, card.helps) for card in read_cards()]
    draw_if_changed(_FOLDER, "_ext/field_guide_*.py", draw, drawn)


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the directive, and draw its figures."""
    app.add_directive("field-guide", FieldGuide)
    app.connect("builder-inited", _start_drawing, priority=450)
    app.connect("builder-inited", _wait_for_figures, priority=950)
    return {"version": "1", "parallel_read_safe": True}
