"""The figures of the field guide: two light curves and the cutouts of each card, light and dark.

As a program, python field_guide_figures.py FOLDER: draws them into a folder.
"""

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from field_guide_cards import Card, loading, plot_options, read_cards
from matplotlib import style
from matplotlib.figure import Figure
from simulated_figures import mark
from small_figures import shrink

import antares_helpers
from antares_sandbox import Sandbox

__all__ = ["PAPERS", "SIZES", "curve", "draw_all", "light_curve"]

_FACES = ("axes.facecolor", "figure.facecolor", "savefig.facecolor")

PAPERS: dict[str, list[Any]] = {
    "white": ["default"],
    "black": ["dark_background", dict.fromkeys(_FACES, "#14181e")],
}
"""The settings of matplotlib for the light theme and for the dark one."""

SIZES = {"first": (4.8, 3.0), "second": (4.8, 3.0), "cutouts": (4.8, 1.6)}
"""Width and height of each figure in inches, of 80 pixels on the page."""

_DPI = 160  # two of the figure's pixels for each of the page
_SMALL = {"font.size": 9.0}
_TICKS = 4
_SHORT = {"forced photometry": "forced", "upper limit": "limit"}
_ROOM = (0.2, 0.155, 0.6, 0.755)


def draw_all(folder: Path) -> None:
    """Draw all figures into a folder, from the sandbox and from nothing else."""
    folder.mkdir(exist_ok=True)
    for old in folder.glob("*.png"):
        old.unlink()
    with Sandbox(thumbnails="fits"):
        for card in read_cards():
            _draw_card(card, folder)


def _draw_card(card: Card, folder: Path) -> None:
    curves = {"first": card.first, "second": card.helps}
    known = {name: light_curve(card.locus, options) for name, options in curves.items()}
    cutouts = _cutouts(card)
    for paper, settings in PAPERS.items():
        with style.context([*settings, _SMALL]):
            for name, options in curves.items():
                draw = curve(known[name], options)
                _save(draw, name, folder / f"{card.name}-{name}-{paper}.png")
            draw = _images(cutouts)
            _save(draw, "cutouts", folder / f"{card.name}-cutouts-{paper}.png")


def light_curve(locus: str, options: Mapping[str, Any]) -> Any:
    """Return the light curve that the code of a card makes."""
    names = dict(vars(antares_helpers)) | {
        name: getattr(antares_helpers, name) for name in antares_helpers.__all__
    }
    exec("\n".join(loading(locus, options)), names)
    lc = names["lc"]
    if options.get("sign") == "abs":
        lc["flux"] = np.abs(lc["flux"])
    return lc


def _cutouts(card: Card) -> Any:
    """Return the images of the alert with the highest S/N, or of the dipole with the least flux."""
    lc = antares_helpers.extract_lightcurve(antares_helpers.fetch_locus(card.locus))
    best = int(np.nanargmax(lc["snr"]))
    if "dipole artifacts" in card.classes:  # a large net flux hides one of the two lobes
        best = int(np.nanargmin(np.where(lc["is_dipole"], abs(lc["flux"].value), np.nan)))
    return antares_helpers.fetch_cutouts(lc["alert_id"][best])


def curve(lc: Any, options: Mapping[str, Any]) -> Callable[[Figure], None]:
    """Return what draws a light curve in a figure."""

    def draw(figure: Figure) -> None:
        ax = figure.subplots()
        antares_helpers.plot_lightcurve(lc, **plot_options(options), title="", ax=ax)
        ax.locator_params(axis="x", nbins=_TICKS)
        figure.set_layout_engine("none")  # with one there was room for the legend; this is faster
        ax.set_position(_ROOM)
        legend = ax.get_legend()
        for text in legend.get_texts() if legend else []:
            text.set_text(_SHORT.get(text.get_text(), text.get_text()))

    return draw


def _images(cutouts: Any) -> Callable[[Figure], None]:
    def draw(figure: Figure) -> None:
        antares_helpers.plot_cutouts(cutouts, axes=figure.subplots(1, len(cutouts)))

    return draw


def _save(draw: Callable[[Figure], None], name: str, path: Path) -> None:
    figure = Figure(figsize=SIZES[name], layout="constrained")
    draw(figure)
    mark(figure)
    figure.savefig(path, dpi=_DPI)
    shrink(path)


if __name__ == "__main__":
    draw_all(Path(sys.argv[1]))
