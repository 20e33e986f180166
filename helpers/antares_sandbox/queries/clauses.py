"""The clauses that test one field."""

from typing import Any

from antares_sandbox.queries.comparing import (
    COMPARISONS,
    equality_test,
    matches,
    membership_test,
    parse_pattern,
    within_test,
    words,
)
from antares_sandbox.queries.documents import (
    KEYWORD,
    Document,
    Predicate,
    QueryError,
    Test,
    Value,
    check_time,
    values_of,
)
from antares_sandbox.queries.reading import (
    known_options,
    one_entry,
    option_bool,
    scalar,
    shortened,
    text,
    the_object,
)

__all__ = [
    "exists",
    "ids",
    "match",
    "prefix",
    "range_",
    "term",
    "terms",
    "wildcard",
]

MAX_PATTERN = 1000
"""Characters of a pattern: Elasticsearch's `index.max_regex_length`."""


def _any_value(field: str, test: Test) -> Predicate:
    """Return the predicate that any value of a field passes a test.

    Examples
    --------
    >>> _any_value("tags", lambda value: value == "b")({"tags": ("a", "b")})
    True
    """
    return Predicate(
        lambda document: any(map(test, values_of(document, field))),
        lambda columns, rows: columns.holds(field, test, rows),
    )


def term(body: Any) -> Predicate:
    """Compile a `term`: the whole value, exactly."""
    field, options = _field_options("term", body, "value", {"case_insensitive"})
    wanted = scalar(f"term.{field}", options["value"])
    return _any_value(field, equality_test(wanted, fold=_fold(f"term.{field}", options)))


def terms(body: Any) -> Predicate:
    """Compile a `terms`: any of several values."""
    options = the_object("terms", body)
    fields = {name: value for name, value in options.items() if name not in ("boost", "_name")}
    field, wanted = one_entry("terms", fields)
    if not isinstance(wanted, list):
        raise QueryError(f"[terms.{shortened(field)[1:-1]}] takes a list, not {shortened(wanted)}")
    values = [scalar(f"terms.{field}", value) for value in wanted]
    return _any_value(field, membership_test(values))


def range_(body: Any) -> Predicate:
    """Compile a `range`: gt, gte, lt and lte, on numbers or on strings."""
    field, options = one_entry("range", body)
    clause = f"range.{field}"
    known_options(clause, the_object(clause, options), set(COMPARISONS))
    bounds = {
        name: scalar(f"{clause}.{name}", bound)
        for name, bound in options.items()
        if name in COMPARISONS and bound is not None
    }
    return _any_value(field, within_test(bounds))


def exists(body: Any) -> Predicate:
    """Compile an `exists`: the field, or any field within it, has a value."""
    options = known_options("exists", the_object("exists", body), {"field"})
    field = text("exists.field", options.get("field")).removesuffix(KEYWORD)
    inner = f"{field}."

    def test(document: Document) -> bool:
        check_time()
        return field in document or any(name.startswith(inner) for name in document)

    return Predicate(test, lambda columns, rows: columns.has(field, rows))


def match(body: Any) -> Predicate:
    """Compile a `match`: any word of the string (all, with the operator `and`)."""
    field, options = _field_options("match", body, "query", {"operator"})
    operator = options.get("operator", "or")
    if not isinstance(operator, str) or operator.lower() not in ("and", "or"):
        raise QueryError(f"[match.operator] is 'and' or 'or', not {shortened(operator)}")
    wanted = scalar(f"match.{field}", options["query"])
    return _any_value(field, _match_test(field, wanted, every=operator.lower() == "and"))


def _match_test(field: str, wanted: Value, *, every: bool = False) -> Test:
    """Return the test for a `match`; on numbers and `.keyword` fields, that for a `term`."""
    exact = equality_test(wanted)
    sought = set(words(wanted)) if isinstance(wanted, str) else set()
    if not sought or field.endswith(KEYWORD):
        return exact

    def test(value: Value) -> bool:
        if not isinstance(value, str):
            return exact(value)
        here = set(words(value))
        return sought <= here if every else not sought.isdisjoint(here)

    return test


def prefix(body: Any) -> Predicate:
    """Compile a `prefix`, on strings."""
    field, options = _field_options("prefix", body, "value", {"case_insensitive"})
    fold = _fold(f"prefix.{field}", options)
    start = _folded(text(f"prefix.{field}", options["value"]), fold)
    return _any_value(
        field, lambda value: isinstance(value, str) and _folded(value, fold).startswith(start)
    )


def wildcard(body: Any) -> Predicate:
    """Compile a `wildcard`: ``*`` for any characters and ``?`` for one, on strings."""
    field, options = _field_options("wildcard", body, "value", {"case_insensitive"})
    fold = _fold(f"wildcard.{field}", options)
    given = text(f"wildcard.{field}", options["value"])
    if len(given) > MAX_PATTERN:
        raise QueryError(f"[wildcard.{field}] takes a pattern of at most {MAX_PATTERN} characters")
    pattern = parse_pattern(_folded(given, fold))
    return _any_value(
        field, lambda value: isinstance(value, str) and matches(pattern, _folded(value, fold))
    )


def ids(body: Any) -> Predicate:
    """Compile an `ids`: the IDs of loci."""
    options = known_options("ids", the_object("ids", body), {"values"})
    values = options.get("values")
    if not isinstance(values, str | list):
        raise QueryError(f"[ids.values] takes a list of locus IDs, not {shortened(values)}")
    wanted = {
        text("ids.values", value) for value in ([values] if isinstance(values, str) else values)
    }
    return _any_value("locus_id", membership_test(wanted))


def _field_options(clause: str, body: Any, key: str, known: set[str]) -> tuple[str, dict[str, Any]]:
    """Return the field and options of both forms: {field: value}, {field: {key: value}}."""
    field, value = one_entry(clause, body)
    if not isinstance(value, dict):
        return field, {key: value}
    known_options(f"{clause}.{field}", value, {key, *known})
    if key not in value:
        raise QueryError(f"[{clause}.{field}] needs [{key}]")
    return field, value


def _fold(clause: str, options: dict[str, Any]) -> bool:
    return option_bool(clause, options, "case_insensitive")


def _folded(value: str, fold: bool) -> str:
    return value.lower() if fold else value
