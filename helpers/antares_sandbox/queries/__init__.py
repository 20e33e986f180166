"""Searches: the part of Elasticsearch's query language that users of ANTARES write."""

from antares_sandbox.queries.compound import RandomScore
from antares_sandbox.queries.documents import Document, QueryError, Value, make_document, time_limit
from antares_sandbox.queries.parsing import CompiledQuery, compile_query
from antares_sandbox.queries.sorting import DEFAULT_SORT, order_of, order_of_scores

__all__ = [
    "DEFAULT_SORT",
    "CompiledQuery",
    "Document",
    "QueryError",
    "RandomScore",
    "Value",
    "compile_query",
    "make_document",
    "order_of",
    "order_of_scores",
    "time_limit",
]
