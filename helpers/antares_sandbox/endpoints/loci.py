"""``loci/{id}`` and what hangs on it, and ``loci/statistics``."""

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from antares_sandbox.bodies import Bodies
from antares_sandbox.errors import LocusFileError
from antares_sandbox.folder import LocusFolder
from antares_sandbox.queries import Document, Value
from antares_sandbox.responses import data_response, json_response, shown

__all__ = ["loci_routes", "read_bodies_of"]

_MEASUREMENTS = ("properties.num_mag_values", "properties.num_alerts")


def loci_routes(folder: LocusFolder) -> list[Route]:
    """Return the routes to single loci and to the statistics of all."""
    return [
        _statistics_route(folder),
        _route(folder, "/v2/loci/{locus_id}", lambda bodies: bodies.locus),
        _route(folder, "/v2/loci/{locus_id}/alerts", lambda bodies: bodies.alerts),
        _route(
            folder, "/v2/loci/{locus_id}/catalog-matches", lambda bodies: bodies.catalog_matches
        ),
    ]


def read_bodies_of(folder: LocusFolder, locus_id: str) -> Bodies:
    """Return the encoded answers of a locus.

    Raises
    ------
    starlette.exceptions.HTTPException
        With status 404 where there is no such locus, 500 where its file was damaged meanwhile.
    """
    if locus_id not in folder.files:
        served = len(folder.files)
        detail = f"no locus {shown(locus_id)!r} among the {served} that this sandbox serves"
        raise HTTPException(404, detail)
    try:
        return folder.bodies(locus_id)
    except LocusFileError as error:
        raise HTTPException(500, str(error)) from error


def _route(folder: LocusFolder, path: str, pick: Callable[[Bodies], bytes]) -> Route:
    async def respond(request: Request) -> Response:
        return json_response(pick(read_bodies_of(folder, request.path_params["locus_id"])))

    return Route(path, respond)


def _statistics_route(folder: LocusFolder) -> Route:
    statistics = _statistics(folder)

    async def respond(_request: Request) -> Response:
        return data_response(statistics)

    return Route("/v2/loci/statistics", respond)


def _statistics(folder: LocusFolder) -> dict[str, Any]:
    """Count the loci by catalog and tag; the measurements are those with a magnitude."""
    documents = [summary.document for summary in folder.summaries.values()]
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
