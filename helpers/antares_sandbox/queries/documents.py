"""A locus as queries see it: flat fields, each with all of its values."""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from math import inf
from time import thread_time
from typing import Any, NamedTuple, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "KEYWORD",
    "Columns",
    "Document",
    "Mask",
    "Predicate",
    "QueryError",
    "Rows",
    "Test",
    "Value",
    "check_time",
    "make_document",
    "time_limit",
    "values_of",
]

Value: TypeAlias = str | bool | int | float
"""A single value of a field."""

Document: TypeAlias = Mapping[str, tuple[Value, ...]]
"""The values of each field; the names of nested fields are dotted."""

Test: TypeAlias = Callable[[Value], bool]
"""Tests a single value."""

Rows: TypeAlias = NDArray[np.int32]
"""The numbers of some documents of many."""

Mask: TypeAlias = NDArray[np.bool_]
"""Whether each of some rows matches."""


class Columns(Protocol):
    """Many documents as columns, of which queries test many rows at once."""

    def holds(self, field: str, test: Test, rows: Rows) -> Mask:
        """Return for each row whether any value of a field passes a test."""

    def has(self, field: str, rows: Rows) -> Mask:
        """Return for each row whether the field, or any field within it, has a value."""

    def positions(self, rows: Rows) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the right ascensions and declinations, in degrees."""


class Predicate(NamedTuple):
    """Tests whether a document, or each of many, matches."""

    of_document: Callable[[Document], bool]
    of_rows: Callable[[Columns, Rows], Mask]

    def __call__(self, document: Document) -> bool:
        """Return whether a document matches."""
        return self.of_document(document)


KEYWORD = ".keyword"
"""Suffix of a field, for the exact value of a string."""


class QueryError(ValueError):
    """A query that can't be run; the message names the clause."""


_limit = threading.local()


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Let `check_time` raise an error if this thread has used more time than that."""
    _limit.end, _limit.seconds = thread_time() + seconds, seconds
    try:
        yield
    finally:
        _limit.end = inf


def check_time() -> None:
    """Refuse a query that has used up its time.

    Raises
    ------
    QueryError
        If the `time_limit` is over.
    """
    if thread_time() > getattr(_limit, "end", inf):
        raise QueryError(f"the query takes longer than {_limit.seconds:g} s")


def make_document(source: Mapping[str, Any]) -> Document:
    """Flatten a nested dict, as Elasticsearch does.

    Lists contribute all of their elements; nulls and empty lists nothing.

    Parameters
    ----------
    source : mapping
        The service's data about a locus.

    Returns
    -------
    dict of str to tuple
        The values of each field.

    Examples
    --------
    >>> make_document({"tags": ["a", "b"], "properties": {"survey": {"id": 1, "x": None}}})
    {'tags': ('a', 'b'), 'properties.survey.id': (1,)}
    """
    fields: dict[str, tuple[Value, ...]] = {}
    for name, value in source.items():
        _flatten(fields, name, value)
    return fields


def values_of(document: Document, field: str) -> tuple[Value, ...]:
    """Return the values of a field; `.keyword` after its name changes nothing.

    Examples
    --------
    >>> values_of({"tags": ("a", "b")}, "tags.keyword")
    ('a', 'b')
    """
    check_time()
    found = document.get(field)
    if found is None and field.endswith(KEYWORD):
        found = document.get(field.removesuffix(KEYWORD))
    return found or ()


def _flatten(fields: dict[str, tuple[Value, ...]], name: str, value: Any) -> None:
    if isinstance(value, dict):
        for key, inner in value.items():
            _flatten(fields, f"{name}.{key}", inner)
    elif isinstance(value, list):
        plain = [each for each in value if not isinstance(each, dict | list | None)]
        if plain:
            fields[name] = (*fields.get(name, ()), *plain)
        for inner in value:
            if isinstance(inner, dict | list):
                _flatten(fields, name, inner)
    elif value is not None:
        fields[name] = (*fields.get(name, ()), value)
