"""The order of the results of a search."""

import secrets
from collections.abc import Iterable, Mapping
from hashlib import blake2b
from typing import Final, TypeAlias

from antares_sandbox.queries.comparing import as_text
from antares_sandbox.queries.documents import Document, QueryError, Value, values_of
from antares_sandbox.queries.reading import shortened

__all__ = ["DEFAULT_SORT", "order_of", "order_of_scores", "parse_sort", "sort_key"]

DEFAULT_SORT: Final = "-properties.newest_alert_observation_time"
"""Newest first, the default of antares-client."""

_MAX_CHARACTERS = 200
_Key: TypeAlias = tuple[bool, int | float, str]


def order_of(documents: Mapping[str, Document], sort: str) -> list[str]:
    """Return the IDs of loci in order.

    Parameters
    ----------
    documents : mapping of str to Document
        The documents by locus ID.
    sort : str
        A field; the largest first with ``-`` before it, else the smallest (as with ``+``).

    Returns
    -------
    list of str
        The IDs: numbers before strings, loci without the field last, ties by ID.

    Raises
    ------
    QueryError
        If `sort` names no field.

    Examples
    --------
    >>> order_of({"ANTa": {"x": (1,)}, "ANTb": {}, "ANTc": {"x": (2,)}}, "-x")
    ['ANTc', 'ANTa', 'ANTb']
    """
    field, falling = parse_sort(sort)
    keys = {
        name: sort_key(values_of(document, field), falling) for name, document in documents.items()
    }
    held = sorted(name for name, key in keys.items() if key is not None)
    missing = sorted(name for name, key in keys.items() if key is None)
    return sorted(held, key=lambda name: keys[name] or (), reverse=falling) + missing


def parse_sort(sort: str) -> tuple[str, bool]:
    """Return the field, and whether the largest comes first; see `order_of`."""
    # A plus sign in a URL arrives as a space.
    field = sort.strip().lstrip("+-") if len(sort) <= _MAX_CHARACTERS else ""
    if not field or sort.strip() not in (field, f"+{field}", f"-{field}"):
        raise QueryError(f"[sort] takes a field, with + or - before it, not {shortened(sort)}")
    return field, sort.startswith("-")


def order_of_scores(names: Iterable[str], seed: int | str | None) -> list[str]:
    """Return the IDs of loci in the order of a `random_score`.

    Parameters
    ----------
    names : iterable of str
        The IDs.
    seed : int or str, optional
        The same seed gives the same order; without one, each call gives another.

    Returns
    -------
    list of str
        The IDs.

    Examples
    --------
    >>> order_of_scores(["ANTa", "ANTb", "ANTc"], 7)
    ['ANTc', 'ANTa', 'ANTb']
    """
    text = secrets.token_hex() if seed is None else str(seed)
    key = blake2b(text.encode()).digest()
    return sorted(names, key=lambda name: blake2b(name.encode(), key=key).digest())


def sort_key(values: tuple[Value, ...], falling: bool) -> _Key | None:
    """Return the sort key of a locus; of several values, that of the first in the sort order."""
    keys = [_value_key(value, falling) for value in values if value == value]
    if not keys:
        return None
    return max(keys) if falling else min(keys)


def _value_key(value: Value, falling: bool) -> _Key:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return (falling, value, "")
    return (not falling, 0, as_text(value))
