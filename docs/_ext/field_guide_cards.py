"""The cards of the field guide: what `field_guide.toml` says, and the code that draws each."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

__all__ = ["CARDS", "Card", "loading", "plot_options", "read_cards"]

CARDS = Path(__file__).parents[1] / "field_guide.toml"

_OF_PLOT = ("y", "period")
_NOT_OF_EXTRACT = (*_OF_PLOT, "forced", "sign", "ss_object_id")
_NOT_OF_EXPLORER = ("ss_object_id",)


@dataclass(frozen=True)
class Card:
    """One card; the texts are reStructuredText."""

    group: str
    title: str
    classes: list[str]
    locus: str
    looks: str
    fools: str
    remedy: str
    helps: Mapping[str, Any]
    caption: str
    first: Mapping[str, Any] = field(default_factory=dict)
    first_caption: str = "As it arrives."

    @property
    def name(self) -> str:
        """The title as a name of files and anchors."""
        return "-".join(self.title.lower().replace(",", "").split())

    @property
    def explorer(self) -> str:
        """The address of its second light curve in the explorer."""
        options = {k: v for k, v in self.helps.items() if k not in _NOT_OF_EXPLORER}
        state = {"locus": self.locus, **options}
        return f"explorer.html#{urlencode({k: _plain(v) for k, v in state.items()})}"

    @property
    def code(self) -> str:
        """The lines that draw its second light curve."""
        plotting = _arguments("lc", plot_options(self.helps))
        body = [*loading(self.locus, self.helps), f"ax = plot_lightcurve({plotting})"]
        names = ("extract_lightcurve", "fetch_alert_packet", "fetch_loci", "fetch_locus")
        used = [n for n in (*names, "find_loci", "plot_lightcurve") if f"{n}(" in "".join(body)]
        return "\n".join([_imports(used), "", *body])


def read_cards(path: Path = CARDS) -> list[Card]:
    """Return all cards, in their order."""
    return [Card(**each) for each in tomllib.loads(path.read_text(encoding="utf-8"))["card"]]


def loading(locus: str, options: Mapping[str, Any]) -> list[str]:
    """Return the lines of code that make the light curve `lc` of a locus."""
    given = {name: options[name] for name in options if name not in _NOT_OF_EXTRACT}
    if "ss_object_id" in options:
        return [
            f'found = find_loci(ss_object_id="{options["ss_object_id"]}")',
            "loci, failures = fetch_loci(found)",
            'alerts = [alert for locus in loci for alert in locus["alerts"]]',
            'lc = extract_lightcurve({"alerts": alerts})',
        ]
    lines = [f'locus = fetch_locus("{locus}")']
    arguments = _arguments("locus", given)
    if options.get("forced"):
        lines.append("packet = fetch_alert_packet(locus)  # needs data rights")
        arguments += ", forced=packet"
    return [*lines, f"lc = extract_lightcurve({arguments})"]


def plot_options(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options of `plot_lightcurve`."""
    phase = {"x": "phase"} if "period" in options else {}
    return phase | {name: options[name] for name in _OF_PLOT if name in options}


def _arguments(first: str, options: Mapping[str, Any]) -> str:
    return ", ".join([first, *(f"{k}={v!r}" for k, v in options.items())]).replace("'", '"')


def _imports(names: list[str]) -> str:
    line = f"from antares_helpers import {', '.join(names)}"
    if len(line) <= 79:  # as ruff would wrap it
        return line
    return "from antares_helpers import (\n" + "".join(f"    {name},\n" for name in names) + ")"


def _plain(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
