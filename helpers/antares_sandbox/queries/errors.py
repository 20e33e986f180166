"""The error of a query."""

__all__ = ["QueryError"]


class QueryError(ValueError):
    """A query that can't be run; the message names the clause."""
