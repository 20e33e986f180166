"""Searches: the part of Elasticsearch's query language that users of ANTARES write."""

from antares_sandbox.queries.documents import Document, Predicate, QueryError, Value, make_document
from antares_sandbox.queries.parsing import compile_query
from antares_sandbox.queries.sorting import DEFAULT_SORT, order_of

__all__ = [
    "DEFAULT_SORT",
    "Document",
    "Predicate",
    "QueryError",
    "Value",
    "compile_query",
    "make_document",
    "order_of",
]
