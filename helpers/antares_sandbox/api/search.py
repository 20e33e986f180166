"""``loci``: the loci that match a query, page by page."""

import asyncio
from collections.abc import Sequence
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
    RandomScore,
    compile_query,
    order_of_scores,
    time_limit,
)
from antares_sandbox.responses import encode, json_response, own_address
from antares_sandbox.store import LocusStore

__all__ = ["DEFAULT_WINDOW", "SEARCH_TIMEOUT", "search_route"]

DEFAULT_WINDOW: Final = 10_000
"""How many loci of a search can be read: Elasticsearch's default `index.max_result_window`."""

SEARCH_TIMEOUT: Final = 2.0
"""Seconds of the processor after which a search is refused."""

_DEFAULT_LIMIT = 10
_MAX_NUMBER = 10**9
_CACHED_SEARCHES = 8


def search_route(store: LocusStore, window: int) -> Route:
    """Return the route to searches, of which `window` loci can be read."""
    return Route("/v2/loci", _LocusSearch(store, window).respond)


class _LocusSearch:
    """Searches loci in one order: pages neither repeat nor miss a locus."""

    def __init__(self, store: LocusStore, window: int) -> None:
        self._store, self._window = store, window
        self._search = lru_cache(_CACHED_SEARCHES)(self._make_search)

    async def respond(self, request: Request) -> Response:
        offset, limit = self._page(request)
        query = request.query_params.get("elasticsearch_query", "{}")
        sort = request.query_params.get("sort")
        try:
            # Others get their responses meanwhile.
            found = await asyncio.to_thread(self._find, query, sort)
        except QueryError as error:
            raise HTTPException(400, str(error)) from error
        end, count = offset + limit, min(len(found), self._window)
        # The last page within the window is shorter, so that no link leads beyond it.
        following = (end, min(limit, self._window - end)) if end < count else None
        return json_response(self._body(found[offset:end], count, _links(request, following)))

    def _page(self, request: Request) -> tuple[int, int]:
        """Return offset and limit, which Elasticsearch calls from and size."""
        most = _MAX_NUMBER
        limit = integer_parameter(request, "limit", _DEFAULT_LIMIT, lowest=1, highest=most)
        offset = integer_parameter(request, "offset", 0, lowest=0, highest=most)
        if offset + limit > self._window:
            raise HTTPException(
                400,
                f"the result window is too large: offset + limit is {offset + limit}, and at most "
                f"{self._window} loci of a search can be read (index.max_result_window)",
            )
        return offset, limit

    def _find(self, query: str, sort: str | None) -> Sequence[str]:
        found, score = self._search(query, DEFAULT_SORT if sort is None else sort)
        # Elasticsearch computes no scores if it sorts on a field, as antares-client always does.
        if score is None or sort is not None:
            return found
        return order_of_scores(found, score.seed)

    def _make_search(self, query: str, sort: str) -> tuple[Sequence[str], RandomScore | None]:
        with time_limit(SEARCH_TIMEOUT):
            search = compile_query(query)
            return self._store.search(search, sort), search.score

    def _body(self, page: Sequence[str], found: int, links: dict[str, str | None]) -> bytes:
        results = b",".join(map(self._store.result, page))
        rest = encode({"meta": {"count": found}, "links": links})
        return b'{"data":[' + results + b"]," + rest.removeprefix(b"{")


def _links(request: Request, following: tuple[int, int] | None) -> dict[str, str | None]:
    """Return the links to this page and to the next, given its offset and limit."""
    base = own_address(request) + request.scope["path"]
    given = dict(request.query_params.items())
    links: dict[str, str | None] = {"self": f"{base}?{urlencode(given)}" if given else base}
    if following is None:
        return links | {"next": None}
    offset, limit = following
    return links | {"next": f"{base}?{urlencode({**given, 'limit': limit, 'offset': offset})}"}
