"""From the JSON of a search to a predicate."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, Final

from pydantic_core import from_json

from antares_sandbox.queries import leaves
from antares_sandbox.queries.boolean import boolean
from antares_sandbox.queries.documents import Predicate
from antares_sandbox.queries.errors import QueryError
from antares_sandbox.queries.positions import sky_distance
from antares_sandbox.queries.query_string import query_string
from antares_sandbox.queries.reading import known_options, shown, the_object

__all__ = ["DEEPEST", "LONGEST", "MOST_CLAUSES", "compile_query"]

LONGEST: Final = 2**16
"""Characters that a query may have."""

DEEPEST: Final = 20
"""How deep `bool` may nest."""

MOST_CLAUSES: Final = 1024
"""Clauses that a query may have, as Elasticsearch has it."""


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
        Where it is no JSON, or holds what this sandbox does not know; names the clause.

    Examples
    --------
    >>> compile_query('{"query": {"term": {"tags": "b"}}}')({"tags": ("a", "b")})
    True
    """
    if len(query) > LONGEST:
        raise QueryError(f"the query has {len(query)} characters; at most {LONGEST} are read")
    try:
        search = from_json(query, allow_inf_nan=False)
    except ValueError as error:
        raise QueryError(f"elasticsearch_query is not JSON: {error}") from None
    options = the_object("elasticsearch_query", search)
    for name in options:
        if name != "query":
            raise QueryError(f"a search has the one key [query], not [{shown(name)[1:-1]}]")
    return _Compiler().clause(options["query"], 0) if options else _match_all({})


class _Compiler:
    """Counts the clauses of one query."""

    def __init__(self) -> None:
        self._left = MOST_CLAUSES

    def clause(self, value: Any, depth: int) -> Predicate:
        self._left -= 1
        if self._left < 0:
            raise QueryError(f"the query has more than {MOST_CLAUSES} clauses")
        if depth > DEEPEST:
            raise QueryError(f"[bool] nests deeper than {DEEPEST} levels")
        if not isinstance(value, dict) or len(value) != 1:
            raise QueryError(f"a clause is an object with one key, not {shown(value)}")
        ((name, body),) = value.items()
        if name == "bool":
            return boolean(body, lambda inner: self.clause(inner, depth + 1))
        if name not in _CLAUSES:
            raise QueryError(
                f"this sandbox has no [{shown(name)[1:-1]}] query; it has {', '.join(KNOWN)}"
            )
        return _CLAUSES[name](body)


def _match_all(body: Any) -> Predicate:
    known_options("match_all", the_object("match_all", body), set())
    return lambda _document: True


_CLAUSES: Mapping[str, Callable[[Any], Predicate]] = {
    "exists": leaves.exists,
    "ids": leaves.ids,
    "match": leaves.match,
    "match_all": _match_all,
    "prefix": leaves.prefix,
    "query_string": query_string,
    "range": leaves.range_,
    "sky_distance": sky_distance,
    "term": leaves.term,
    "terms": leaves.terms,
    "wildcard": leaves.wildcard,
}
KNOWN = sorted([*_CLAUSES, "bool"])
