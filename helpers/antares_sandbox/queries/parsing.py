"""Compile the JSON of a search."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import numpy as np
from pydantic_core import from_json

from antares_sandbox.queries import clauses
from antares_sandbox.queries.compound import RandomScore, boolean, function_score
from antares_sandbox.queries.documents import Document, Predicate, QueryError
from antares_sandbox.queries.positions import sky_distance
from antares_sandbox.queries.reading import known_options, shortened, the_object

__all__ = ["MAX_CHARACTERS", "MAX_CLAUSES", "MAX_DEPTH", "CompiledQuery", "compile_query"]

MAX_CHARACTERS: Final = 2**16
"""Characters that a query may have."""

MAX_DEPTH: Final = 20
"""How deep `bool` and `function_score` may nest."""

MAX_CLAUSES: Final = 1024
"""Clauses that a query may have, as in Elasticsearch."""


@dataclass(frozen=True, slots=True)
class CompiledQuery:
    """A search: whether a document matches, and its score.

    Attributes
    ----------
    matches : Predicate
        Of a document, or of many.
    score : RandomScore or None
        The score by which to sort if the search has no order; None if all are equal.
    """

    matches: Predicate
    score: RandomScore | None

    def __call__(self, document: Document) -> bool:
        """Return whether a document matches."""
        return self.matches(document)


@lru_cache(maxsize=32)
def compile_query(query: str) -> CompiledQuery:
    """Compile a search.

    Parameters
    ----------
    query : str
        The JSON that antares-client sends: an object with the one key `query`, or an empty one,
        which every locus matches.

    Returns
    -------
    CompiledQuery
        The search, which is called with a document.

    Raises
    ------
    QueryError
        If it is not JSON, or has a clause that the sandbox does not support, which is named.

    Examples
    --------
    >>> compile_query('{"query": {"term": {"tags": "b"}}}')({"tags": ("a", "b")})
    True
    """
    if len(query) > MAX_CHARACTERS:
        raise QueryError(f"the query has {len(query)} characters, more than {MAX_CHARACTERS}")
    try:
        search = from_json(query, allow_inf_nan=False)
    except ValueError as error:
        raise QueryError(f"elasticsearch_query is not JSON: {error}") from None
    options = the_object("elasticsearch_query", search)
    for name in options.keys() - {"query"}:
        raise QueryError(f"a search has the one key [query], not [{shortened(name)[1:-1]}]")
    compiler = _Compiler()
    matches = compiler.clause(options.get("query", {"match_all": {}}), 0, scores=True)
    return CompiledQuery(matches, compiler.score)


class _Compiler:
    """Compiles one query, and counts its clauses."""

    def __init__(self) -> None:
        self.score: RandomScore | None = None
        self._left = MAX_CLAUSES

    def clause(self, value: Any, depth: int, *, scores: bool) -> Predicate:
        self._left -= 1
        if self._left < 0:
            raise QueryError(f"the query has more than {MAX_CLAUSES} clauses")
        if depth > MAX_DEPTH:
            raise QueryError(f"the query nests deeper than {MAX_DEPTH} levels")
        if not isinstance(value, dict) or len(value) != 1:
            raise QueryError(f"a clause is an object with one key, not {shortened(value)}")
        ((name, body),) = value.items()
        if name == "bool":
            return boolean(
                body, lambda inner, part: self.clause(inner, depth + 1, scores=scores and part)
            )
        if name == "function_score":
            inner, score = function_score(body)
            self.score = self.score or (score if scores else None)
            return self.clause(inner, depth + 1, scores=scores)
        if name not in _CLAUSES:
            raise QueryError(
                f"the sandbox does not support [{shortened(name)[1:-1]}]; "
                f"it supports {', '.join(KNOWN)}"
            )
        return _CLAUSES[name](body)


def _match_all(body: Any) -> Predicate:
    known_options("match_all", the_object("match_all", body), set())
    return Predicate(lambda _document: True, lambda _columns, rows: np.ones(len(rows), np.bool_))


_CLAUSES: Mapping[str, Callable[[Any], Predicate]] = {
    "exists": clauses.exists,
    "ids": clauses.ids,
    "match": clauses.match,
    "match_all": _match_all,
    "prefix": clauses.prefix,
    "range": clauses.range_,
    "sky_distance": sky_distance,
    "term": clauses.term,
    "terms": clauses.terms,
    "wildcard": clauses.wildcard,
}
KNOWN = sorted([*_CLAUSES, "bool", "function_score"])
