"""``loci/{id}`` with its alerts and catalog matches, and ``loci/statistics``."""

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from antares_helpers.errors import BadDataError
from antares_sandbox.queries import Document, Value
from antares_sandbox.responses import data_response, json_response, shortened
from antares_sandbox.store.folder import LocusFolder
from antares_sandbox.store.wire import Payloads

__all__ = ["loci_routes", "read_payloads"]

_MEASUREMENTS = ("properties.num_mag_values", "properties.num_alerts")


def loci_routes(folder: LocusFolder) -> list[Route]:
    """Return the routes to single loci and to the statistics of all."""
    return [
        _statistics_route(folder),
        _route(folder, "/v2/loci/{locus_id}", lambda payloads: payloads.locus),
        _route(folder, "/v2/loci/{locus_id}/alerts", lambda payloads: payloads.alerts),
        _route(
            folder, "/v2/loci/{locus_id}/catalog-matches", lambda payloads: payloads.catalog_matches
        ),
    ]


def read_payloads(folder: LocusFolder, locus_id: str) -> Payloads:
    """Return the encoded responses of a locus.

    Raises
    ------
    starlette.exceptions.HTTPException
        With status 404 if there is no such locus, 500 if its file was damaged meanwhile.
    """
    if locus_id not in folder.files:
        served = len(folder.files)
        detail = f"no locus {shortened(locus_id)!r} among the {served} that the sandbox serves"
        raise HTTPException(404, detail)
    try:
        return folder.payloads(locus_id)
    except BadDataError as error:
        raise HTTPException(500, str(error)) from error


def _route(folder: LocusFolder, path: str, pick: Callable[[Payloads], bytes]) -> Route:
    async def respond(request: Request) -> Response:
        return json_response(pick(read_payloads(folder, request.path_params["locus_id"])))

    return Route(path, respond)


def _statistics_route(folder: LocusFolder) -> Route:
    statistics = _statistics(folder)

    async def respond(_request: Request) -> Response:
        return data_response(statistics)

    return Route("/v2/loci/statistics", respond)


def _statistics(folder: LocusFolder) -> dict[str, Any]:
    """Count the loci by catalog and tag; measurements are alerts with a magnitude."""
    documents = [entry.document for entry in folder.index.values()]
    numbers = [_measurements(document) for document in documents]
    return {
        "id": "statistics",
        "catalogs": _counts(
            value for document in documents for value in document.get("catalogs", ())
        ),
        "tags": _counts(value for document in documents for value in document.get("tags", ())),
        "min_num_measurements": min(numbers, default=0),
        "max_num_measurements": max(numbers, default=0),
    }


def _counts(values: Iterable[Value]) -> dict[str, int]:
    return dict(sorted(Counter(map(str, values)).items()))


def _measurements(document: Document) -> int:
    for field in _MEASUREMENTS:
        for value in document.get(field, ()):
            if isinstance(value, int):
                return value
    return 0
