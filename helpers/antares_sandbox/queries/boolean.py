"""`bool`: clauses that must, should or must not match."""

import re
from collections.abc import Callable
from typing import Any

from antares_sandbox.queries.documents import Document, Predicate, QueryError
from antares_sandbox.queries.reading import known_options, shortened, the_object

__all__ = ["boolean"]

_OCCURS = ("filter", "must", "should", "must_not")
_PERCENT = re.compile(r"(-?)(\d{1,3})%")
_COUNT = re.compile(r"-?\d{1,6}")


def boolean(body: Any, compile_clause: Callable[[Any], Predicate]) -> Predicate:
    """Compile a `bool`.

    Parameters
    ----------
    body : dict
        Its clauses: one, or a list, of each kind.
    compile_clause : callable
        Compiles one of its clauses.

    Returns
    -------
    callable
        The predicate.
    """
    options = known_options(
        "bool", the_object("bool", body), {*_OCCURS, "minimum_should_match", "adjust_pure_negative"}
    )
    clauses = {name: _clauses(name, options.get(name, []), compile_clause) for name in _OCCURS}
    required, excluded = clauses["filter"] + clauses["must"], clauses["must_not"]
    should = clauses["should"]
    minimum = _minimum(options.get("minimum_should_match"), len(should), not required)

    def test(document: Document) -> bool:
        return (
            all(holds(document) for holds in required)
            and not any(holds(document) for holds in excluded)
            and (minimum <= 0 or sum(holds(document) for holds in should) >= minimum)
        )

    return test


def _clauses(name: str, value: Any, compile_clause: Callable[[Any], Predicate]) -> list[Predicate]:
    if not isinstance(value, dict | list):
        raise QueryError(
            f"[bool.{name}] takes a clause or a list of clauses, not {shortened(value)}"
        )
    return [compile_clause(clause) for clause in (value if isinstance(value, list) else [value])]


def _minimum(given: Any, clauses: int, is_alone: bool) -> int:
    """Return how many `should` clauses must match: by default one if there is nothing else."""
    if given is None:
        return int(is_alone and clauses > 0)
    if isinstance(given, int) and not isinstance(given, bool):
        return _counted(given, clauses)
    if isinstance(given, str) and _COUNT.fullmatch(given):
        return _counted(int(given), clauses)
    if isinstance(given, str) and (found := _PERCENT.fullmatch(given)):
        part = int(found[2]) * clauses // 100
        return clauses - part if found[1] else part
    raise QueryError(
        f"[bool.minimum_should_match] takes a number or percentage, not {shortened(given)}"
    )


def _counted(number: int, clauses: int) -> int:
    return number if number >= 0 else clauses + number
