"""`query_string`: simple forms of Lucene's query language.

``field:value``, ``field:"a phrase"``, ``field:(a OR b)``, ``field:[1 TO 2}``, ``field:>=1``,
``field:wild*``, ``field:*``, ``_exists_:field``; AND, OR, NOT, ``+``, ``-``, parentheses. As in
Lucene, AND makes both of its neighbours needed; it does not bind closer than OR.
"""

import re
from collections.abc import Callable
from itertools import islice
from typing import Any, Final

from antares_sandbox.queries.comparing import within_test, words
from antares_sandbox.queries.documents import Document, Predicate, Value
from antares_sandbox.queries.errors import QueryError
from antares_sandbox.queries.leaves import any_value, field_exists, match_test, pattern_test
from antares_sandbox.queries.patterns import has_wildcard, parse_pattern
from antares_sandbox.queries.reading import known_options, shown, text, the_object
from antares_sandbox.queries.tokens import Token, tokenize

__all__ = ["query_string"]

_CLAUSE: Final = "query_string"
_OPTIONS = {"query", "default_field", "default_operator", "analyze_wildcard", "lenient"}
_EVERYTHING: Final = "*"
_MOST_TOKENS = 4096
_DEEPEST = 20
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_RANGE = re.compile(r'([\[{])\s*("[^"]*"|\S+)\s+TO\s+("[^"]*"|[^\s\]}]+)\s*([\]}])')
_COMPARE = re.compile(r"([<>]=?)(.+)", re.DOTALL)
_BOUNDS = {">": "gt", ">=": "gte", "<": "lt", "<=": "lte"}


def query_string(body: Any) -> Predicate:
    """Compile a `query_string`.

    Parameters
    ----------
    body : dict
        Its `query`, `default_field` (by default all fields) and `default_operator`.

    Returns
    -------
    callable
        The predicate.
    """
    options = known_options(_CLAUSE, the_object(_CLAUSE, body), _OPTIONS)
    operator = text(f"{_CLAUSE}.default_operator", options.get("default_operator", "or")).lower()
    if operator not in ("and", "or"):
        raise QueryError(f"[{_CLAUSE}.default_operator] is AND or OR, not {shown(operator)}")
    field = text(f"{_CLAUSE}.default_field", options.get("default_field", _EVERYTHING))
    tokens = list(
        islice(tokenize(text(f"{_CLAUSE}.query", options.get("query"))), _MOST_TOKENS + 1)
    )
    if len(tokens) > _MOST_TOKENS:
        raise QueryError(f"[{_CLAUSE}.query] has more than {_MOST_TOKENS} parts")
    return _Parser(tokens, every=operator == "and").parse(field)


class _Group:
    """The clauses of a group, put together as Lucene does."""

    def __init__(self, every: bool) -> None:
        self._every = every
        self._clauses: list[tuple[str, Predicate]] = []

    def add(self, joined: str, sign: str, clause: Predicate) -> None:
        if self._clauses and self._clauses[-1][0] != "not":
            if joined == "and":
                self._clauses[-1] = ("must", self._clauses[-1][1])
            elif joined == "or" and self._every:
                self._clauses[-1] = ("should", self._clauses[-1][1])
        needed = joined != "or" if self._every else joined == "and"
        role = "not" if sign == "not" else "must" if needed or sign == "plus" else "should"
        self._clauses.append((role, clause))

    def predicate(self) -> Predicate:
        must, should, excluded = (
            [clause for role, clause in self._clauses if role == wanted]
            for wanted in ("must", "should", "not")
        )
        if not self._clauses:
            return lambda _document: False

        def test(document: Document) -> bool:
            return (
                all(holds(document) for holds in must)
                and not any(holds(document) for holds in excluded)
                and bool(must or not should or any(holds(document) for holds in should))
            )

        return test


class _Parser:
    """Reads tokens from left to right."""

    def __init__(self, tokens: list[Token], every: bool) -> None:
        self._tokens = tokens
        self._every = every
        self._at = 0

    def parse(self, field: str) -> Predicate:
        predicate = self._group(field, 0)
        if self._at < len(self._tokens):
            raise QueryError(f"[{_CLAUSE}] has a ) without its (")
        return predicate

    def _peek(self) -> str:
        return self._tokens[self._at].kind if self._at < len(self._tokens) else "end"

    def _take(self, *kinds: str) -> str:
        """Return the kind of the next token and step over it, or an empty string."""
        kind = self._peek()
        if kind not in kinds:
            return ""
        self._at += 1
        return kind

    def _group(self, field: str, depth: int) -> Predicate:
        if depth > _DEEPEST:
            raise QueryError(f"[{_CLAUSE}] nests deeper than {_DEEPEST} levels")
        group, first = _Group(self._every), True
        while self._peek() not in ("end", "close"):
            joined = "" if first else self._take("and", "or")
            group.add(joined, self._sign(), self._clause(field, depth))
            first = False
        return group.predicate()

    def _sign(self) -> str:
        sign = self._take("plus", "minus", "not")
        return "not" if sign == "minus" else sign

    def _clause(self, field: str, depth: int) -> Predicate:
        kind = self._take("open", "field", "phrase", "range", "compare", "word")
        if not kind:
            raise QueryError(f"[{_CLAUSE}] lacks a clause before {self._named()}")
        if kind == "open":
            return self._parentheses(field, depth)
        given = self._tokens[self._at - 1].text
        if kind != "field":
            return _value_clause(field, kind, given)
        named = _plain(given.removesuffix(":"))
        if named == "_exists_":
            return self._exists()
        if self._peek() not in ("open", "phrase", "range", "compare", "word"):
            raise QueryError(f"[{_CLAUSE}] lacks a value after {shown(given)}")
        return self._clause(named, depth)

    def _parentheses(self, field: str, depth: int) -> Predicate:
        inner = self._group(field, depth + 1)
        if not self._take("close"):
            raise QueryError(f"[{_CLAUSE}] has a ( without its )")
        return inner

    def _exists(self) -> Predicate:
        if not self._take("word", "phrase"):
            raise QueryError(f"[{_CLAUSE}] lacks a field after _exists_:")
        return field_exists(_plain(self._tokens[self._at - 1].text.strip('"')))

    def _named(self) -> str:
        at_end = self._at >= len(self._tokens)
        return "its end" if at_end else shown(self._tokens[self._at].text)


def _value_clause(field: str, kind: str, given: str) -> Predicate:
    if kind == "word" and given == "*":
        return (lambda _document: True) if field == _EVERYTHING else field_exists(field)
    return _on(field, _TESTS[kind](field, given))


def _on(field: str, test: Callable[[Value], bool]) -> Predicate:
    if field != _EVERYTHING:
        return any_value(field, test)
    return lambda document: any(test(value) for values in document.values() for value in values)


def _word(field: str, given: str) -> Callable[[Value], bool]:
    if has_wildcard(parse_pattern(given)):
        return pattern_test(f"{_CLAUSE}.{field}", given)
    return match_test(field, _plain(given))


def _phrase(field: str, given: str) -> Callable[[Value], bool]:
    wanted = _plain(given[1:-1])
    sought, exact = words(wanted), match_test(f"{field}.keyword", wanted)

    def test(value: Value) -> bool:
        here = words(value) if isinstance(value, str) and sought else []
        starts = range(len(here) - len(sought) + 1)
        return exact(value) or any(here[at : at + len(sought)] == sought for at in starts if here)

    return test


def _range(_field: str, given: str) -> Callable[[Value], bool]:
    found = _RANGE.fullmatch(given)
    assert found, given
    opened, low, high, closed = found.groups()
    bounds = {"gte" if opened == "[" else "gt": low, "lte" if closed == "]" else "lt": high}
    given_bounds = {name: _bound(bound) for name, bound in bounds.items() if bound != "*"}
    return within_test(given_bounds)


def _compare(_field: str, given: str) -> Callable[[Value], bool]:
    found = _COMPARE.fullmatch(given)
    assert found, given
    return within_test({_BOUNDS[found[1]]: _bound(found[2])})


def _bound(given: str) -> Value:
    return _plain(given.strip('"'))


def _plain(given: str) -> str:
    return _ESCAPED.sub(r"\1", given)


_TESTS: dict[str, Callable[[str, str], Callable[[Value], bool]]] = {
    "word": _word,
    "phrase": _phrase,
    "range": _range,
    "compare": _compare,
}
