"""Compile the JSON of a search to a predicate."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, Final

from pydantic_core import from_json

from antares_sandbox.queries import clauses
from antares_sandbox.queries.boolean import boolean
from antares_sandbox.queries.documents import Predicate, QueryError
from antares_sandbox.queries.positions import sky_distance
from antares_sandbox.queries.reading import known_options, shortened, the_object

__all__ = ["MAX_CHARACTERS", "MAX_CLAUSES", "MAX_DEPTH", "compile_query"]

MAX_CHARACTERS: Final = 2**16
"""Characters that a query may have."""

MAX_DEPTH: Final = 20
"""How deep `bool` may nest."""

MAX_CLAUSES: Final = 1024
"""Clauses that a query may have, as in Elasticsearch."""


@lru_cache(maxsize=32)
def compile_query(query: str) -> Predicate:
    """Compile a search.

    Parameters
    ----------
    query : str
        The JSON that antares-client sends: an object with the one key `query`, or an empty one,
        which every locus matches.

    Returns
    -------
    callable
        The predicate.

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
    for name in options:
        if name != "query":
            raise QueryError(f"a search has the one key [query], not [{shortened(name)[1:-1]}]")
    return _Compiler().clause(options["query"], 0) if options else _match_all({})


class _Compiler:
    """Compiles one query, and counts its clauses."""

    def __init__(self) -> None:
        self._left = MAX_CLAUSES

    def clause(self, value: Any, depth: int) -> Predicate:
        self._left -= 1
        if self._left < 0:
            raise QueryError(f"the query has more than {MAX_CLAUSES} clauses")
        if depth > MAX_DEPTH:
            raise QueryError(f"[bool] nests deeper than {MAX_DEPTH} levels")
        if not isinstance(value, dict) or len(value) != 1:
            raise QueryError(f"a clause is an object with one key, not {shortened(value)}")
        ((name, body),) = value.items()
        if name == "bool":
            return boolean(body, lambda inner: self.clause(inner, depth + 1))
        if name not in _CLAUSES:
            raise QueryError(
                f"the sandbox does not support [{shortened(name)[1:-1]}]; "
                f"it supports {', '.join(KNOWN)}"
            )
        return _CLAUSES[name](body)


def _match_all(body: Any) -> Predicate:
    known_options("match_all", the_object("match_all", body), set())
    return lambda _document: True


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
KNOWN = sorted([*_CLAUSES, "bool"])
