"""Small readers for the parts of a clause: each accepts what is right and names what is not."""

from math import isfinite
from typing import Any

from antares_sandbox.queries.documents import Value
from antares_sandbox.queries.errors import QueryError

__all__ = ["known_options", "one_entry", "option_bool", "scalar", "shown", "text", "the_object"]

_SHOWN_CHARACTERS = 60
_LARGEST_INTEGER = 10**300


def shown(value: object) -> str:
    """Return what a message shows of a value."""
    if isinstance(value, int) and abs(value) > _LARGEST_INTEGER:
        return "so large a number"
    whole = repr(value)
    return whole if len(whole) <= _SHOWN_CHARACTERS else f"{whole[:_SHOWN_CHARACTERS]}..."


def the_object(clause: str, value: Any) -> dict[str, Any]:
    """Return a JSON object."""
    if not isinstance(value, dict):
        raise QueryError(f"[{clause}] takes an object, not {shown(value)}")
    return value


def one_entry(clause: str, value: Any) -> tuple[str, Any]:
    """Return the only entry of an object."""
    entries = list(the_object(clause, value).items())
    if len(entries) != 1:
        raise QueryError(f"[{clause}] takes one field, not {len(entries)}")
    return entries[0]


def known_options(clause: str, options: dict[str, Any], known: set[str]) -> dict[str, Any]:
    """Return the options where each is known; `boost` and `_name` change no result."""
    for name in options:
        if name not in known | {"boost", "_name"}:
            raise QueryError(f"[{clause}] has no option [{shown(name)[1:-1]}] in this sandbox")
    return options


def scalar(clause: str, value: Any) -> Value:
    """Return a string, number or boolean."""
    if not isinstance(value, str | bool | int | float):
        raise QueryError(f"[{clause}] takes a string, number or boolean, not {shown(value)}")
    if isinstance(value, float) and not isfinite(value):
        raise QueryError(f"[{clause}] takes no infinite number")
    if isinstance(value, int) and abs(value) > _LARGEST_INTEGER:
        raise QueryError(f"[{clause}] takes no number beyond 1e300")
    return value


def text(clause: str, value: Any) -> str:
    """Return a string."""
    if not isinstance(value, str):
        raise QueryError(f"[{clause}] takes a string, not {shown(value)}")
    return value


def option_bool(clause: str, options: dict[str, Any], name: str) -> bool:
    """Return a boolean option that is false by default."""
    value = options.get(name, False)
    if not isinstance(value, bool):
        raise QueryError(f"[{clause}.{name}] takes true or false, not {shown(value)}")
    return value
