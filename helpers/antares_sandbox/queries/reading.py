"""Check the parts of a clause; each error names the clause."""

from math import isfinite
from typing import Any

from antares_sandbox.queries.documents import QueryError, Value

__all__ = ["known_options", "one_entry", "option_bool", "scalar", "shortened", "text", "the_object"]

_MAX_SHOWN = 60
_LARGEST_INTEGER = 10**300


def shortened(value: object) -> str:
    """Return a value, shortened for a message."""
    if isinstance(value, int) and abs(value) > _LARGEST_INTEGER:
        return "a number beyond 1e300"
    whole = repr(value)
    return whole if len(whole) <= _MAX_SHOWN else f"{whole[:_MAX_SHOWN]}..."


def the_object(clause: str, value: Any) -> dict[str, Any]:
    """Return a JSON object."""
    if not isinstance(value, dict):
        raise QueryError(f"[{clause}] takes an object, not {shortened(value)}")
    return value


def one_entry(clause: str, value: Any) -> tuple[str, Any]:
    """Return the only entry of an object."""
    entries = list(the_object(clause, value).items())
    if len(entries) != 1:
        raise QueryError(f"[{clause}] takes one field, not {len(entries)}")
    return entries[0]


def known_options(clause: str, options: dict[str, Any], known: set[str]) -> dict[str, Any]:
    """Return the options if each is known; `boost` and `_name` change no result."""
    for name in options:
        if name not in known | {"boost", "_name"}:
            raise QueryError(f"[{clause}] has no option [{shortened(name)[1:-1]}] in the sandbox")
    return options


def scalar(clause: str, value: Any) -> Value:
    """Return a string, number or boolean."""
    if not isinstance(value, str | bool | int | float):
        raise QueryError(f"[{clause}] takes a string, number or boolean, not {shortened(value)}")
    if isinstance(value, float) and not isfinite(value):
        raise QueryError(f"[{clause}] takes no infinite number")
    if isinstance(value, int) and abs(value) > _LARGEST_INTEGER:
        raise QueryError(f"[{clause}] takes no number beyond 1e300")
    return value


def text(clause: str, value: Any) -> str:
    """Return a string."""
    if not isinstance(value, str):
        raise QueryError(f"[{clause}] takes a string, not {shortened(value)}")
    return value


def option_bool(clause: str, options: dict[str, Any], name: str) -> bool:
    """Return a boolean option that is false by default."""
    value = options.get(name, False)
    if not isinstance(value, bool):
        raise QueryError(f"[{clause}.{name}] takes true or false, not {shortened(value)}")
    return value
