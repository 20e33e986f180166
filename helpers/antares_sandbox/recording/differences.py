"""What differs between two contents of a locus file."""

import csv
import io
from collections.abc import Iterator
from typing import Any, Literal, NamedTuple

from antares_sandbox.format import LocusFile
from antares_sandbox.wire import alerts_data, catalog_matches_data, locus_data

__all__ = ["Drift", "differences"]

_LONGEST = 60
_WHOLE = ("locus", "alerts", "catalog_matches")


class Drift(NamedTuple):
    """One thing that is no longer as it was recorded.

    Attributes
    ----------
    locus_id : str
        The locus.
    place : str
        Where: the keys, joined by dots; alerts and catalog matches are named by their IDs.
    kind : str
        ``added``, ``removed`` or ``changed``.
    recorded, now : object
        The values; None for what is not there.
    """

    locus_id: str
    place: str
    kind: Literal["added", "removed", "changed"]
    recorded: Any = None
    now: Any = None

    def __str__(self) -> str:
        """Return it as a line.

        Examples
        --------
        >>> print(Drift("ANT2026simagn", "tags.mine", "added", now=True))
        ANT2026simagn: tags.mine added
        >>> print(Drift("ANT2026simagn", "ra", "changed", 10.5, 10.6))
        ANT2026simagn: ra changed: 10.5 -> 10.6
        """
        line = f"{self.locus_id}: {self.place} {self.kind}"
        if self.kind == "changed":
            return f"{line}: {_short(self.recorded)} -> {_short(self.now)}"
        return line


def differences(recorded: LocusFile, now: LocusFile) -> list[Drift]:
    """Return what differs between a recorded locus and what the service says of it now.

    Parameters
    ----------
    recorded : LocusFile
        What was recorded; where it has no `wire`, only what it has is compared.
    now : LocusFile
        What the service says now, with its `wire`.

    Returns
    -------
    list of Drift
        The differences, by their places.
    """
    view = _answers if all(part in recorded.get("wire", {}) for part in _WHOLE) else _devkit
    locus_id = recorded["locus"]["id"]
    return [Drift(locus_id, *found) for found in _differ("", view(recorded), view(now))]


def _answers(file: LocusFile) -> dict[str, Any]:
    locus = locus_data(file)
    sets = {name: _as_set(locus[name]) for name in ("tags", "catalogs", "grav_wave_events")}
    matches = catalog_matches_data(file)
    return {
        **locus,
        **sets,
        "lightcurve": _rows(locus["lightcurve"]),
        "alerts": {alert["id"]: alert for alert in alerts_data(file)},
        "catalog_matches": {f"{match['catalog_name']} {match['id']}": match for match in matches},
    }


def _devkit(file: LocusFile) -> dict[str, Any]:
    locus = file["locus"]
    return {
        **locus,
        "user_tags": _as_set(locus["user_tags"]),
        "alerts": {alert["id"]: alert for alert in locus["alerts"]},
        "grav_wave_events_metadata": None,
    }


def _as_set(names: list[str]) -> dict[str, bool]:
    return dict.fromkeys(names, True)


def _rows(lightcurve: str) -> Any:
    rows = list(csv.DictReader(io.StringIO(lightcurve)))
    if any("alert_id" not in row for row in rows):
        return lightcurve
    return {row["alert_id"]: row for row in rows}


def _differ(
    place: str, old: Any, new: Any
) -> Iterator[tuple[str, Literal["added", "removed", "changed"], Any, Any]]:
    if not (isinstance(old, dict) and isinstance(new, dict)):
        if not _same(old, new):
            yield place, "changed", old, new
        return
    for key in [*old, *(key for key in new if key not in old)]:
        inner = f"{place}.{key}" if place else str(key)
        if key not in new:
            yield inner, "removed", old[key], None
        elif key not in old:
            yield inner, "added", None, new[key]
        else:
            yield from _differ(inner, old[key], new[key])


def _same(old: Any, new: Any) -> bool:
    not_numbers = old != old and new != new
    return not_numbers or (old == new and isinstance(old, bool) == isinstance(new, bool))


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."
