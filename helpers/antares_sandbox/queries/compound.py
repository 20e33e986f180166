"""The clauses that contain others: `bool` and `function_score`."""

import re
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from antares_sandbox.queries.documents import (
    Columns,
    Document,
    Mask,
    Predicate,
    QueryError,
    Rows,
)
from antares_sandbox.queries.reading import (
    known_options,
    scalar,
    shortened,
    text,
    the_object,
)

__all__ = ["RandomScore", "boolean", "function_score"]

_OCCURS = ("filter", "must", "should", "must_not")
_SCORING = ("must", "should")
_BOOST_MODES = ("multiply", "replace", "sum", "avg")
_PERCENT = re.compile(r"(-?)(\d{1,3})%")
_COUNT = re.compile(r"-?\d{1,6}")


class RandomScore(NamedTuple):
    """A `random_score`: the scores are the same for each request with the same seed."""

    seed: int | str | None


def boolean(body: Any, compile_clause: Callable[[Any, bool], Predicate]) -> Predicate:
    """Compile a `bool`.

    Parameters
    ----------
    body : dict
        Its clauses: one, or a list, of each kind.
    compile_clause : callable
        Compiles one of its clauses, given whether the clause is part of the score.

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

    def of_rows(columns: Columns, rows: Rows) -> Mask:
        left = np.arange(len(rows))
        for holds in required:
            left = left[holds.of_rows(columns, rows[left])]
        for holds in excluded:
            left = left[~holds.of_rows(columns, rows[left])]
        if minimum > 0:
            counts = [holds.of_rows(columns, rows[left]).astype(np.int16) for holds in should]
            left = left[sum(counts, np.zeros(len(left), np.int16)) >= minimum]
        found = np.zeros(len(rows), dtype=np.bool_)
        found[left] = True
        return found

    return Predicate(test, of_rows)


def function_score(body: Any) -> tuple[Any, RandomScore]:
    """Return the query of a `function_score` and its score, of which only random ones are known.

    Parameters
    ----------
    body : dict
        Its query, by default all loci, and `random_score`, or the same as the only one of
        `functions`. Every match is otherwise equal, so that no `boost_mode` changes the order.

    Returns
    -------
    tuple of dict and RandomScore
        The query and the score.
    """
    known = {"query", "random_score", "functions", "boost_mode", "score_mode"}
    options = known_options("function_score", the_object("function_score", body), known)
    mode = options.get("boost_mode", _BOOST_MODES[0])
    if mode not in _BOOST_MODES:
        raise QueryError(
            f"[function_score.boost_mode] is one of {', '.join(_BOOST_MODES)} in the sandbox, "
            f"not {shortened(mode)}"
        )
    functions = options.get("functions", [])
    own = [{"random_score": options["random_score"]}] if "random_score" in options else []
    if not isinstance(functions, list) or len(functions) + len(own) != 1:
        raise QueryError("[function_score] takes one function, [random_score], in the sandbox")
    return options.get("query", {"match_all": {}}), _random_score(*functions, *own)


def _random_score(function: Any) -> RandomScore:
    clause = "function_score.functions"
    options = known_options(clause, the_object(clause, function), {"random_score", "weight"})
    given = options.get("random_score")
    found = known_options("random_score", the_object("random_score", given), {"seed", "field"})
    seed = found.get("seed")
    if "field" in found:
        text("random_score.field", found["field"])
    if seed is not None and isinstance(scalar("random_score.seed", seed), bool | float):
        raise QueryError(f"[random_score.seed] takes an integer or a string, not {shortened(seed)}")
    return RandomScore(seed)


def _clauses(
    name: str, value: Any, compile_clause: Callable[[Any, bool], Predicate]
) -> list[Predicate]:
    if not isinstance(value, dict | list):
        raise QueryError(
            f"[bool.{name}] takes a clause or a list of clauses, not {shortened(value)}"
        )
    scores = name in _SCORING
    given = value if isinstance(value, list) else [value]
    return [compile_clause(clause, scores) for clause in given]


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
