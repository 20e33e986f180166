"""Lead from the first light curve of each tutorial to the explorer, in the same state.

While the gallery runs, `extract_lightcurve` and `plot_lightcurve` are watched: the link follows
from what was extracted and drawn. A page that draws without them, by the ID in a figure's title.
"""

import re
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any
from urllib.parse import urlencode

import numpy as np
from docutils import nodes
from gallery_setup import IS_LIVE
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

__all__ = ["find_link", "setup", "watch"]

_CLASS = "explorer-link"
_LOCUS_ID = re.compile(r"ANT2026[0-9A-Za-z]+")
_TIME = re.compile("MJD|days|phase", re.IGNORECASE)
_OPTIONS = ("survey", "flux", "bands", "keep_dipoles", "keep_flagged", "min_reliability")
_DEFAULTS = {"survey": "lsst", "flux": "difference", "keep_dipoles": True, "keep_flagged": True}


class _Watched:
    """What the running tutorial has extracted, and the state of its first light curve."""

    def __init__(self) -> None:
        self.extracted: list[tuple[Any, Mapping[str, Any]]] = []
        self.state: dict[str, Any] | None = None
        self.is_linked = False
        self.restore: Callable[[], None] = lambda: None

    def note_extracted(self, lc: Any, options: Mapping[str, Any]) -> None:
        self.extracted.append((lc, options))

    def note_drawn(self, lc: Any, look: Mapping[str, Any]) -> None:
        if self.state is not None:
            return
        for given, options in reversed(self.extracted):
            if given.meta == getattr(lc, "meta", None):
                self.state = _state(given, options, lc, look)
                return

    def state_of(self, locus_id: str) -> dict[str, Any]:
        """Return the state of the locus as it was extracted last, if it was."""
        for lc, options in reversed(self.extracted):
            if lc.meta["locus_id"] == locus_id:
                return _state(lc, options, lc, {})
        return {"locus": locus_id}


_watched = _Watched()


def _state(
    given: Any, options: Mapping[str, Any], lc: Any, look: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the state of the explorer in which it shows a light curve, as its address names it."""
    state = {"locus": given.meta["locus_id"]}
    chosen = {name: options[name] for name in _OPTIONS if options.get(name) is not None}
    state |= {name: value for name, value in chosen.items() if value != _DEFAULTS.get(name)}
    drawn = set(np.asarray(lc["band"]).tolist())
    if drawn and drawn < set(np.asarray(given["band"]).tolist()):
        state["bands"] = sorted(drawn, key="ugrizy".index)
    if "bands" in state:
        state["bands"] = "".join(state["bands"])
    if options.get("forced") is not None:
        state["forced"] = True
    if look.get("y") == "magnitude":
        state["y"] = "magnitude"
    if look.get("x") == "phase":
        state["period"] = float(getattr(look["period"], "to_value", lambda _: look["period"])("d"))
    return state | _rule(given, lc)


def _rule(given: Any, lc: Any) -> dict[str, str]:
    """Return the rule for signs by which fluxes were changed after they were extracted, if any."""
    if len(given) != len(lc) or given["flux"].unit != lc["flux"].unit:
        return {}
    before, after = np.asarray(given["flux"]), np.asarray(lc["flux"])
    if (before == after).all():
        return {}
    flipped = np.where(np.asarray(given["is_negative"]), -before, before)
    rules = {"naive": flipped, "abs": np.abs(before)}
    return next(({"sign": rule} for rule, fluxes in rules.items() if (fluxes == after).all()), {})


def watch(_conf: dict[str, Any], _name: str, when: str) -> None:
    """Watch what a tutorial extracts and draws, from before to after it is run."""
    global _watched
    _watched.restore()
    _watched = _Watched()
    if when == "before" and not IS_LIVE:
        _install(_watched)


def _install(watched: _Watched) -> None:
    import antares_helpers

    extract, plot = antares_helpers.extract_lightcurve, antares_helpers.plot_lightcurve

    @wraps(extract)
    def extract_lightcurve(locus: Any, **options: Any) -> Any:
        lc = extract(locus, **options)
        watched.note_extracted(lc, options)
        return lc

    @wraps(plot)
    def plot_lightcurve(lc: Any, **look: Any) -> Any:
        watched.note_drawn(lc, look)
        return plot(lc, **look)

    def restore() -> None:
        for function in (extract, plot):
            setattr(antares_helpers, function.__name__, function)

    for function in (extract_lightcurve, plot_lightcurve):
        setattr(antares_helpers, function.__name__, function)
    watched.restore = restore


def find_link(_block: Any, _block_vars: dict[str, Any], _conf: dict[str, Any]) -> str:
    """Return a link, as sphinx-gallery's scrapers return figures, after the first light curve."""
    from matplotlib import pyplot as plt

    if _watched.is_linked or not plt.get_fignums() or IS_LIVE:
        return ""
    state = _watched.state or _titled([plt.figure(number) for number in plt.get_fignums()])
    if state is None:
        return ""
    _watched.is_linked = True
    return f"\n.. {_CLASS}:: {urlencode(_as_text(state))}\n\n"


def _titled(figures: list[Any]) -> dict[str, Any] | None:
    """Return the state of the locus named in the title of axes against time."""
    for ax in (ax for figure in figures for ax in figure.axes if _TIME.search(ax.get_xlabel())):
        if found := _LOCUS_ID.search(ax.get_title()):
            return _watched.state_of(found.group())
    return None


def _as_text(state: Mapping[str, Any]) -> dict[str, str]:
    return {
        name: str(value).lower() if isinstance(value, bool) else str(value)
        for name, value in state.items()
    }


class ExplorerLink(SphinxDirective):
    """A link to the explorer in a state."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Make the link."""
        page = self.env.app.builder.get_relative_uri(self.env.docname, "explorer")
        address = f"{page}#{self.arguments[0]}"
        text = "Open this light curve in the explorer"
        link = nodes.reference("", text, refuri=address, internal=True)
        return [nodes.paragraph("", "", link, classes=[_CLASS])]


def _move_below_captions(_app: Sphinx, doctree: nodes.document) -> None:
    """Put each link below the caption of its figure."""
    for link in list(
        doctree.findall(lambda node: _CLASS in getattr(node, "attributes", {}).get("classes", ()))
    ):
        page = link.parent
        caption = next(
            (each for each in page[page.index(link) :] if "figure-caption" in each["classes"]), None
        )
        if caption is None:
            earlier = [
                each for each in page[: page.index(link)] if "figure-caption" in each["classes"]
            ]
            caption = earlier[-1] if earlier else None
        if caption is not None:
            page.remove(link)
            page.insert(page.index(caption) + 1, link)


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the directive, and move the links once the figures are in place."""
    app.add_directive(_CLASS, ExplorerLink)
    app.connect("doctree-read", _move_below_captions, priority=650)
    return {"version": "1", "parallel_read_safe": True}
