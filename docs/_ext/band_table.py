"""``band-table``: Rubin's colors and symbols of the bands, read from `antares_helpers.bands`."""

from typing import Any

import numpy as np
from docutils import nodes
from matplotlib.markers import MarkerStyle
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from antares_helpers.bands import BANDS, COLORS_ON_BLACK, COLORS_ON_WHITE, SYMBOLS

__all__ = ["setup"]

_PAPERS = {"white": COLORS_ON_WHITE, "black": COLORS_ON_BLACK}
_SIZE = 9.0


class BandTable(SphinxDirective):
    """Show a row for each band: its color and symbol on white and on black, and their names."""

    def run(self) -> list[nodes.Node]:
        """Make the table: raw, for its drawings."""
        names = ("band", *(f"on {paper}" for paper in _PAPERS), "marker")
        head = "".join(f'<th scope="col">{name}</th>' for name in names)
        rows = "".join(f"<tr>{_cells(band)}</tr>" for band in BANDS)
        table = f'<table class="bands"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>'
        return [nodes.raw("", table, format="html")]


def _cells(band: str) -> str:
    colored = (
        f"<td>{_drawing(band, paper)} <code>{colors[band]}</code></td>"
        for paper, colors in _PAPERS.items()
    )
    marker = f"<td><code>{SYMBOLS[band]}</code></td>"
    return f'<th scope="row">{band}</th>{"".join(colored)}{marker}'


def _drawing(band: str, paper: str) -> str:
    """Return the symbol of a band in its color, on paper of a color."""
    style = MarkerStyle(SYMBOLS[band])
    path = style.get_path().transformed(style.get_transform())
    corners = _SIZE * np.array(path.to_polygons()[0])
    points = " ".join(f"{x:.1f},{-y:.1f}" for x, y in corners)
    return (
        f'<svg viewBox="-16 -10 32 20" width="32" height="20" aria-hidden="true">'
        f'<rect x="-200" y="-10" width="400" height="20" fill="{paper}"/>'
        f'<polygon points="{points}" fill="{_PAPERS[paper][band]}"/></svg>'
    )


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the directive."""
    app.add_directive("band-table", BandTable)
    return {"version": "1", "parallel_read_safe": True}
