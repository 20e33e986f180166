"""``changelog``: the file CHANGELOG.md of the project as a part of a page."""

import re
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

__all__ = ["setup"]

_UNDERLINES = {"##": "-", "###": "~"}


def to_rst(markdown: str) -> str:
    """Turn what a changelog has of Markdown (headings, lists, code, links) into reST."""
    lines: list[str] = []
    for line in re.sub(r"\A# .*\n", "", markdown).splitlines():
        marks, _, title = line.partition(" ")
        if marks in _UNDERLINES:
            lines += [title, _UNDERLINES[marks] * len(title)]
        else:
            lines.append(re.sub(r"\[([^\]]+)\]\(([^)]+)\)", r"`\1 <\2>`__", _code(line)))
    return "\n".join(lines)


def _code(line: str) -> str:
    return re.sub(r"`([^`]+)`", r"``\1``", line)


class Changelog(SphinxDirective):
    """Show CHANGELOG.md without its title, which the page has."""

    def run(self) -> list[nodes.Node]:
        """Parse the file."""
        path = Path(self.env.srcdir).parent / "CHANGELOG.md"
        self.env.note_dependency(str(path))
        text = to_rst(path.read_text(encoding="utf-8"))
        return self.parse_text_to_nodes(text, allow_section_headings=True)


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the directive."""
    app.add_directive("changelog", Changelog)
    return {"version": "1", "parallel_read_safe": True}
