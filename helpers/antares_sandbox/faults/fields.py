"""Change a field in the JSON of a response."""

from collections.abc import Callable, Iterator
from typing import Any

__all__ = ["drop_field", "empty_field"]

EVERY = "*"
"""Matches all elements or fields."""


def empty_field(content: Any, path: str) -> Any:
    """Set a field to null.

    Parameters
    ----------
    content : dict or list
        The JSON, changed in place.
    path : str
        The dotted path to the field.

    Returns
    -------
    dict, list or None
        The JSON, or None if it has no such field.

    Examples
    --------
    >>> empty_field({"data": [{"a": 1}, {"a": 2}]}, "data.*.a")
    {'data': [{'a': None}, {'a': None}]}
    """

    def empty(holder: Any, key: Any) -> None:
        holder[key] = None

    return _changed(content, path, empty)


def drop_field(content: Any, path: str) -> Any:
    """Remove a field; parameters and result as for `empty_field`.

    Examples
    --------
    >>> drop_field({"data": [{"a": 1}, {"a": 2}]}, "data.0.a")
    {'data': [{}, {'a': 2}]}
    """
    return _changed(content, path, lambda holder, key: holder.pop(key))


def _changed(content: Any, path: str, change: Callable[[Any, Any], None]) -> Any:
    targets = list(_targets(content, path.split(".")))
    for holder, key in reversed(targets):
        change(holder, key)
    return content if targets else None


def _targets(holder: Any, steps: list[str]) -> Iterator[tuple[Any, Any]]:
    first, *rest = steps
    for key in _keys(holder, first):
        if rest:
            yield from _targets(holder[key], rest)
        else:
            yield holder, key


def _keys(holder: Any, step: str) -> list[Any]:
    if isinstance(holder, dict):
        return list(holder) if step == EVERY else [step] * (step in holder)
    if isinstance(holder, list):
        numbers = range(len(holder))
        return [number for number in numbers if step in (EVERY, str(number))]
    return []
