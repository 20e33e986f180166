"""Compare a value of a field with a value or a pattern of a query."""

import re
from collections.abc import Callable, Collection
from math import isfinite
from operator import ge, gt, le, lt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from antares_sandbox.queries.documents import Mask, Value, check_time

__all__ = [
    "COMPARISONS",
    "Membership",
    "Pattern",
    "Within",
    "as_number",
    "as_text",
    "equality_test",
    "is_number",
    "matches",
    "membership_test",
    "parse_pattern",
    "within_test",
    "words",
]

COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {"gt": gt, "gte": ge, "lt": lt, "lte": le}
"""The bounds of a range."""

_MAX_DIGITS = 400
_INTEGER = re.compile(r"[+-]?\d+")
_WORD = re.compile(r"\w+")

Pattern = list[str | object | None]
"""Characters; None for any one character; `_MANY` for any number of them."""

_MANY = object()
_ESCAPE = "\\"
_STEPS = 256


def is_number(value: Value) -> bool:
    """Return whether a value is a number, not a boolean or a string."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def as_text(value: Value) -> str:
    """Return a value as in JSON, without quotes.

    Examples
    --------
    >>> as_text(True), as_text(2.5), as_text("x")
    ('true', '2.5', 'x')
    """
    return str(value).lower() if isinstance(value, bool) else str(value)


def as_number(value: Value) -> int | float | None:
    """Return the number that a value is or contains; integers stay exact.

    Examples
    --------
    >>> as_number("170112073793011889"), as_number("2.5"), as_number("x")
    (170112073793011889, 2.5, None)
    """
    if isinstance(value, bool):
        return None
    if not isinstance(value, str):
        return value
    if len(value) > _MAX_DIGITS:
        return None
    try:
        number = int(value) if _INTEGER.fullmatch(value) else float(value)
    except ValueError:
        return None
    return number if isfinite(number) else None


def equality_test(wanted: Value, *, fold: bool = False) -> "Membership":
    """Return a function that tests whether a value equals the wanted one.

    Numbers compare as numbers, however the query writes them; strings and booleans by their
    exact text.

    Parameters
    ----------
    wanted : str, bool, int or float
        The value in the query.
    fold : bool, optional
        Whether to ignore case.

    Returns
    -------
    callable
        The test.

    Examples
    --------
    >>> same = equality_test("16.0")
    >>> same(16), same("16"), same("16.0")
    (True, False, True)
    """
    return Membership((wanted,), fold=fold)


def membership_test(wanted: Collection[Value]) -> "Membership":
    """Return a function that tests whether a value is one of several; see `equality_test`.

    Examples
    --------
    >>> one_of = membership_test(["16", "x"])
    >>> one_of(16), one_of("x"), one_of("y")
    (True, True, False)
    """
    return Membership(wanted)


class Membership:
    """Tests whether a value is one of several."""

    def __init__(self, wanted: Collection[Value], *, fold: bool = False) -> None:
        self.numbers = {as_number(value) for value in wanted}
        self.texts = {as_text(value).lower() if fold else as_text(value) for value in wanted}
        self._fold = fold

    def __call__(self, value: Value) -> bool:
        """Return whether a value is one of them."""
        if is_number(value):
            return value in self.numbers
        text = as_text(value)
        return (text.lower() if self._fold else text) in self.texts


def within_test(bounds: dict[str, Value]) -> "Within":
    """Return a function that tests whether a value lies within bounds.

    Numbers are compared with the bounds as numbers, strings with their text.

    Parameters
    ----------
    bounds : dict
        Any of gt, gte, lt and lte.

    Returns
    -------
    Within
        The test.
    """
    return Within(bounds)


class Within:
    """Tests whether a value lies within bounds."""

    def __init__(self, bounds: dict[str, Value]) -> None:
        self._named = [
            (COMPARISONS[name], as_number(bound), as_text(bound)) for name, bound in bounds.items()
        ]

    def __call__(self, value: Value) -> bool:
        """Return whether a value lies within the bounds."""
        if is_number(value):
            return all(
                number is not None and holds(value, number) for holds, number, _ in self._named
            )
        own = as_text(value)
        return all(holds(own, text) for holds, _, text in self._named)

    def of_numbers(self, values: NDArray[np.float64]) -> Mask:
        """Return for each of many numbers whether it lies within the bounds."""
        inside = np.ones(len(values), dtype=np.bool_)
        for holds, number, _ in self._named:
            inside &= False if number is None else holds(values, number)
        return inside


def words(text: str) -> list[str]:
    """Split a string into words, in lower case, as Elasticsearch's standard analyzer does.

    Examples
    --------
    >>> words("SN Ia-like, in_LSSTDDF")
    ['sn', 'ia', 'like', 'in_lsstddf']
    """
    return _WORD.findall(text.lower())


def parse_pattern(text: str) -> Pattern:
    r"""Parse a pattern; a backslash before ``*``, ``?`` or itself makes it literal.

    Examples
    --------
    >>> matches(parse_pattern(r"what\?"), "what?"), matches(parse_pattern(r"what\?"), "whats")
    (True, False)
    """
    pattern: Pattern = []
    characters = iter(text)
    for character in characters:
        if character == _ESCAPE:
            pattern.append(next(characters, _ESCAPE))
        elif character == "*":
            pattern.append(_MANY)
        else:
            pattern.append(None if character == "?" else character)
    return pattern


def matches(pattern: Pattern, text: str) -> bool:
    """Return whether a pattern matches a whole string.

    It backtracks to the last ``*`` only: the time is at most the product of the lengths.

    Examples
    --------
    >>> matches(parse_pattern("lc_*_extr?ctor"), "lc_feature_extractor")
    True
    """
    at = place = 0
    star, resume = -1, 0
    while at < len(text):
        if place < len(pattern) and pattern[place] is _MANY:
            star, resume = place, at
            place += 1
        elif place < len(pattern) and pattern[place] in (None, text[at]):
            at, place = at + 1, place + 1
        elif star >= 0:
            resume += 1
            if resume % _STEPS == 0:
                check_time()
            at, place = resume, star + 1
        else:
            return False
    return all(part is _MANY for part in pattern[place:])
