"""``loci``: the loci that match a query, page by page."""

import asyncio
from functools import lru_cache
from typing import Final
from urllib.parse import urlencode

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from antares_sandbox.api.parameters import integer_parameter
from antares_sandbox.queries import (
    DEFAULT_SORT,
    QueryError,
    compile_query,
    order_of,
    time_limit,
)
from antares_sandbox.responses import encode, json_response, own_address
from antares_sandbox.store.folder import LocusFolder

__all__ = ["MAX_LIMIT", "SEARCH_TIMEOUT", "search_route"]

MAX_LIMIT: Final = 10_000
"""How many loci a page may have: `index.max_result_window` of Elasticsearch."""

SEARCH_TIMEOUT: Final = 2.0
"""Seconds of the processor after which a search is refused."""

_DEFAULT_LIMIT = 10
_MAX_OFFSET = 10**9
_CACHED_ORDERS = 16


def search_route(folder: LocusFolder) -> Route:
    """Return the route to the searches of a folder."""
    return Route("/v2/loci", _LocusSearch(folder).respond)


class _LocusSearch:
    """Searches a folder in the order of its index: pages neither repeat nor miss a locus."""

    def __init__(self, folder: LocusFolder) -> None:
        self._index = folder.index
        documents = {name: entry.document for name, entry in folder.index.items()}
        self._order = lru_cache(_CACHED_ORDERS)(lambda sort: order_of(documents, sort))

    async def respond(self, request: Request) -> Response:
        limit = integer_parameter(request, "limit", _DEFAULT_LIMIT, lowest=1, highest=MAX_LIMIT)
        offset = integer_parameter(request, "offset", 0, lowest=0, highest=_MAX_OFFSET)
        query = request.query_params.get("elasticsearch_query", "{}")
        sort = request.query_params.get("sort", DEFAULT_SORT)
        try:
            # Others get their responses meanwhile.
            found = await asyncio.to_thread(self._find, query, sort)
        except QueryError as error:
            raise HTTPException(400, str(error)) from error
        page = found[offset : offset + limit]
        following = offset + limit if offset + limit < len(found) else None
        return json_response(self._body(page, len(found), _links(request, following)))

    def _find(self, query: str, sort: str) -> list[str]:
        with time_limit(SEARCH_TIMEOUT):
            matches = compile_query(query)
            return [name for name in self._order(sort) if matches(self._index[name].document)]

    def _body(self, page: list[str], found: int, links: dict[str, str | None]) -> bytes:
        results = b",".join(self._index[name].result for name in page)
        rest = encode({"meta": {"count": found}, "links": links})
        return b'{"data":[' + results + b"]," + rest.removeprefix(b"{")


def _links(request: Request, following: int | None) -> dict[str, str | None]:
    base = own_address(request) + request.scope["path"]
    given = list(request.query_params.items())
    others = [(name, value) for name, value in given if name != "offset"]
    return {
        "self": f"{base}?{urlencode(given)}" if given else base,
        "next": None
        if following is None
        else f"{base}?{urlencode([*others, ('offset', following)])}",
    }
