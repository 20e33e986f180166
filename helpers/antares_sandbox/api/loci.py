"""``loci/{id}`` with its alerts and catalog matches, and ``loci/statistics``."""

from collections.abc import Callable
from functools import cache

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from antares_helpers.errors import BadDataError
from antares_sandbox.responses import data_response, json_response, shortened
from antares_sandbox.store import LocusStore
from antares_sandbox.store.wire import Payloads

__all__ = ["loci_routes", "read_payloads"]


def loci_routes(store: LocusStore) -> list[Route]:
    """Return the routes to single loci and to the statistics of all."""
    return [
        _statistics_route(store),
        _route(store, "/v2/loci/{locus_id}", lambda payloads: payloads.locus),
        _route(store, "/v2/loci/{locus_id}/alerts", lambda payloads: payloads.alerts),
        _route(
            store, "/v2/loci/{locus_id}/catalog-matches", lambda payloads: payloads.catalog_matches
        ),
    ]


def read_payloads(store: LocusStore, locus_id: str) -> Payloads:
    """Return the encoded responses of a locus.

    Raises
    ------
    starlette.exceptions.HTTPException
        With status 404 if there is no such locus, 500 if its file was damaged meanwhile.
    """
    if locus_id not in store.locus_ids:
        served = len(store.locus_ids)
        detail = f"no locus {shortened(locus_id)!r} among the {served} that the sandbox serves"
        raise HTTPException(404, detail)
    try:
        return store.payloads(locus_id)
    except BadDataError as error:
        raise HTTPException(500, str(error)) from error


def _route(store: LocusStore, path: str, pick: Callable[[Payloads], bytes]) -> Route:
    async def respond(request: Request) -> Response:
        return json_response(pick(read_payloads(store, request.path_params["locus_id"])))

    return Route(path, respond)


def _statistics_route(store: LocusStore) -> Route:
    statistics = cache(store.statistics)

    async def respond(_request: Request) -> Response:
        return data_response(statistics())

    return Route("/v2/loci/statistics", respond)
