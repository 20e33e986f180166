"""Patterns with ``*`` and ``?``, matched without exponential backtracking."""

from antares_sandbox.queries.documents import check_time

__all__ = ["Pattern", "matches", "parse_pattern"]

Pattern = list[str | object | None]
"""Characters; None for any one character; `_MANY` for any number of them."""

_MANY = object()
_ESCAPE = "\\"
_STEPS = 256


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
