"""The web application: API v2 over a folder of locus files."""

from http import HTTPStatus

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from antares_sandbox.endpoints.catalogs import catalog_routes
from antares_sandbox.endpoints.grav_wave import grav_wave_routes
from antares_sandbox.endpoints.loci import loci_routes
from antares_sandbox.endpoints.search import LocusSearch
from antares_sandbox.endpoints.thumbnails import thumbnail_routes
from antares_sandbox.folder import LocusFolder
from antares_sandbox.responses import error_body, json_response, shown

__all__ = ["make_app"]


def make_app(folder: LocusFolder) -> Starlette:
    """Make the application that serves a folder.

    Parameters
    ----------
    folder : LocusFolder
        The index; only the files that it names are ever read.

    Returns
    -------
    starlette.applications.Starlette
        The ASGI application.
    """
    app = Starlette(
        routes=[
            Route("/v2/loci", LocusSearch(folder).respond),
            *loci_routes(folder),
            *catalog_routes(folder),
            *thumbnail_routes(folder),
            *grav_wave_routes(),
        ],
        exception_handlers={HTTPException: _http_error, Exception: _server_error},
    )
    app.router.redirect_slashes = False
    return app


async def _http_error(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        return await _server_error(request, error)
    detail = error.detail
    if detail == HTTPStatus(error.status_code).phrase:
        detail = f"this sandbox has no {shown(request.method)} {shown(request.url.path)}"
    headers = dict(error.headers) if error.headers else None
    return json_response(error_body(error.status_code, detail), error.status_code, headers)


async def _server_error(_request: Request, error: Exception) -> Response:
    return json_response(error_body(500, f"{type(error).__name__}: {error}"), 500)
