"""``loci``: the loci that match a query, page by page."""

from functools import lru_cache
from urllib.parse import urlencode

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from antares_sandbox.endpoints.parameters import integer_parameter
from antares_sandbox.folder import LocusFolder
from antares_sandbox.queries import DEFAULT_SORT, Predicate, QueryError, compile_query, order_of
from antares_sandbox.responses import encode, json_response, own_address

__all__ = ["LARGEST_PAGE", "LocusSearch"]

LARGEST_PAGE = 10_000
"""How many loci a page may have: `index.max_result_window` of Elasticsearch."""

_DEFAULT_PAGE = 10
_FARTHEST = 10**9
_ORDERS_KEPT = 16


class LocusSearch:
    """Searches a folder.

    The order of the loci is that of the folder when it was indexed: pages neither repeat nor miss
    a locus.

    Parameters
    ----------
    folder : LocusFolder
        The index.
    """

    def __init__(self, folder: LocusFolder) -> None:
        self._summaries = folder.summaries
        documents = {name: summary.document for name, summary in folder.summaries.items()}
        self._order = lru_cache(_ORDERS_KEPT)(lambda sort: order_of(documents, sort))

    async def respond(self, request: Request) -> Response:
        """Answer a search with one page of its results."""
        limit = integer_parameter(request, "limit", _DEFAULT_PAGE, lowest=1, highest=LARGEST_PAGE)
        offset = integer_parameter(request, "offset", 0, lowest=0, highest=_FARTHEST)
        try:
            found = self._find(
                compile_query(request.query_params.get("elasticsearch_query", "{}")),
                request.query_params.get("sort", DEFAULT_SORT),
            )
        except QueryError as error:
            raise HTTPException(400, str(error)) from error
        page = found[offset : offset + limit]
        following = offset + limit if offset + limit < len(found) else None
        return json_response(self._body(page, len(found), _links(request, following)))

    def _find(self, matches: Predicate, sort: str) -> list[str]:
        return [name for name in self._order(sort) if matches(self._summaries[name].document)]

    def _body(self, page: list[str], found: int, links: dict[str, str | None]) -> bytes:
        results = b",".join(self._summaries[name].result for name in page)
        rest = encode({"meta": {"count": found}, "links": links})
        return b'{"data":[' + results + b"]," + rest.removeprefix(b"{")


def _links(request: Request, following: int | None) -> dict[str, str | None]:
    base = own_address(request) + request.scope["path"]
    asked = list(request.query_params.items())
    more = [(name, value) for name, value in asked if name != "offset"]
    return {
        "self": f"{base}?{urlencode(asked)}" if asked else base,
        "next": None
        if following is None
        else f"{base}?{urlencode([*more, ('offset', following)])}",
    }
