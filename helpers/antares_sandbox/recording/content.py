"""From the answers of API v2 about a locus to the content of its file."""

from datetime import UTC, datetime
from typing import Any, NamedTuple

from antares_sandbox.format import FORMAT, VERSION, Locus, LocusFile, Wire

__all__ = ["Answers", "locus_file", "now"]

_LOCUS = ("id", "ra", "dec", "internal_properties", "user_properties", "tags")
_ALERT = ("id", "mjd", "properties", "grav_wave_events")


class Answers(NamedTuple):
    """The ``data`` of ``loci/{id}``, ``loci/{id}/alerts`` and ``loci/{id}/catalog-matches``."""

    locus: dict[str, Any]
    alerts: list[dict[str, Any]]
    matches: list[dict[str, Any]]


def now() -> str:
    """Return the time, in UTC, as ISO 8601 has it.

    Examples
    --------
    >>> now()
    '20...-...-...T...:...:...Z'
    """
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def locus_file(answers: Answers, source: str) -> LocusFile:
    """Return the content of the file that replays the answers.

    Parameters
    ----------
    answers : Answers
        What the service said.
    source : str
        The address of the service.

    Returns
    -------
    LocusFile
        The content: the devkit dict, and all that it drops.

    Raises
    ------
    LookupError, TypeError, AttributeError
        Where the answers are not as API v2 has them.
    """
    return {
        "header": {"format": FORMAT, "version": VERSION, "source": source, "created": now()},
        "locus": _locus(answers),
        "wire": _wire(answers),
    }


def _locus(answers: Answers) -> Locus:
    data = answers.locus
    objects: dict[str, list[dict[str, Any]]] = {}
    for match in answers.matches:
        objects.setdefault(match["catalog_name"], []).append(match["properties"])
    return {
        "id": data["id"],
        "ra": data["ra"],
        "dec": data["dec"],
        "user_tags": data["tags"],
        "old_properties": _properties(data, "internal") | _properties(data, "user"),
        "catalog_objects": objects,
        # As the client's `to_devkit(include_catalogs=True)` leaves it.
        "grav_wave_events_metadata": {},
        "alerts": [_only(alert, _ALERT) for alert in answers.alerts],
    }


def _wire(answers: Answers) -> Wire:
    locus = _without(answers.locus, _LOCUS)
    locus["user_properties"] = list(_properties(answers.locus, "user"))
    return {
        "locus": locus,
        "alerts": [_without(alert, _ALERT) for alert in answers.alerts],
        "catalog_matches": [_without(match, ("properties",)) for match in answers.matches],
    }


def _properties(data: dict[str, Any], whose: str) -> dict[str, Any]:
    return data[f"{whose}_properties"] or {}


def _only(data: dict[str, Any], names: tuple[str, ...]) -> Any:
    return {name: data[name] for name in names}


def _without(data: dict[str, Any], names: tuple[str, ...]) -> Any:
    return {name: value for name, value in data.items() if name not in names}
