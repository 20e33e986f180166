"""``property-table``: the rows of one section of ``properties.csv``, with a link for each name."""

import csv
from pathlib import Path
from typing import Any

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

__all__ = ["setup"]

_HEADINGS = ("Property", "Unit", "Note", "Type", "Seen")
_WIDTHS = (30, 8, 46, 10, 6)
_DATA = "properties.csv"


class PropertyTable(SphinxDirective):
    """Show the properties of a section."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Make the table."""
        path = Path(self.env.srcdir) / _DATA
        self.env.note_dependency(str(path))
        with path.open(encoding="utf-8", newline="") as file:
            rows = [row for row in csv.DictReader(file) if row["section"] == self.arguments[0]]
        if not rows:
            raise self.error(f"{_DATA} has no section {self.arguments[0]!r}")
        group = nodes.tgroup(cols=len(_HEADINGS))
        group += [nodes.colspec(colwidth=width) for width in _WIDTHS]
        heading = nodes.row("", *(_entry(nodes.Text(text)) for text in _HEADINGS))
        group += nodes.thead("", heading)
        group += nodes.tbody("", *(self._row(row) for row in rows))
        return [nodes.table("", group, classes=["properties"])]

    def _row(self, row: dict[str, str]) -> nodes.row:
        kind = row["type"] + (" or none" if row["nullable"] == "yes" else "")
        seen = "yes" if row["recorded"] else ""
        made = nodes.row(
            "", _entry(nodes.literal("", row["name"])), _entry(nodes.Text(row["unit"]))
        )
        made += [self._note(row["note"]), _entry(nodes.Text(kind)), _entry(nodes.Text(seen))]
        made["ids"].append(nodes.make_id(row["name"]))
        return made

    def _note(self, text: str) -> nodes.entry:
        entry = nodes.entry()
        self.state.nested_parse(StringList([text], source=_DATA), 0, entry)
        return entry


def _entry(content: nodes.Node) -> nodes.entry:
    return nodes.entry("", nodes.paragraph("", "", content))


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the directive."""
    app.add_directive("property-table", PropertyTable)
    return {"version": "1", "parallel_read_safe": True}
