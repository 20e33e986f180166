"""The tokens of a `query_string`."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from antares_sandbox.queries.errors import QueryError
from antares_sandbox.queries.reading import shown

__all__ = ["Token", "tokenize"]


class Token(NamedTuple):
    """A piece of a query; `kind` is the name of its group in the expression below."""

    kind: str
    text: str


# The operand of a comparison or range is a quoted text or runs up to a space or bracket.
_TOKENS = re.compile(
    r"""
    (?P<space>\s+)
    | (?P<and>(?:AND\b|&&)) | (?P<or>(?:OR\b|\|\|)) | (?P<not>(?:NOT\b|!))
    | (?P<open>\() | (?P<close>\))
    | (?P<field>(?:\\.|[\w.@])(?:\\.|[\w.@-])*|\*(?=:)):
    | (?P<phrase>"(?:\\.|[^"\\])*")
    | (?P<range>[\[{]\s*(?:"[^"]*"|[^\s"\]}]+)\s+TO\s+(?:"[^"]*"|[^\s"\]}]+)\s*[\]}])
    | (?P<compare>[<>]=?(?:"[^"]*"|[^\s"()<>=]+))
    | (?P<plus>\+) | (?P<minus>-)
    | (?P<word>(?:\\.|[^\s()\[\]{}"^~/\\:<>=!])+)
    """,
    re.VERBOSE | re.DOTALL,
)
_NEGATIVE = re.compile(r"-\.?\d[\d.e+-]*")


def tokenize(query: str) -> Iterator[Token]:
    """Split a query into tokens.

    Raises
    ------
    QueryError
        At what is none: a regular expression, fuzziness, a boost, a bracket alone.

    Examples
    --------
    >>> [token.kind for token in tokenize('tags:simulated AND NOT ra:[1 TO 2}')]
    ['field', 'word', 'and', 'not', 'field', 'range']
    """
    at, value_due = 0, False
    while at < len(query):
        # After a field, a minus sign belongs to its number.
        found = _NEGATIVE.match(query, at) if value_due else None
        kind = "word"
        if found is None:
            found = _TOKENS.match(query, at)
            if found is None:
                raise QueryError(f"[query_string] can't read {shown(query[at:])}")
            kind = found.lastgroup or ""
        if kind != "space":
            yield Token(kind, found[0])
        at, value_due = found.end(), kind == "field"
