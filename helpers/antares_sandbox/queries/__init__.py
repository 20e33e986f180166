"""The part of Elasticsearch's query language that ANTARES' users write, as predicates."""

from antares_sandbox.queries.documents import Document, Predicate, Value, make_document
from antares_sandbox.queries.errors import QueryError
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
