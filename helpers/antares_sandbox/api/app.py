"""The web application."""

from http import HTTPStatus

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from antares_sandbox.api.alerts import alerts_routes
from antares_sandbox.api.catalogs import catalog_routes
from antares_sandbox.api.grav_wave import grav_wave_routes
from antares_sandbox.api.loci import loci_routes
from antares_sandbox.api.search import search_route
from antares_sandbox.api.thumbnails import thumbnail_routes
from antares_sandbox.cutouts import Format
from antares_sandbox.responses import error_body, json_response, shortened
from antares_sandbox.store import LocusStore

__all__ = ["make_app"]


def make_app(store: LocusStore, window: int, token: str, thumbnails: Format = "png") -> Starlette:
    """Make the application that serves loci.

    Parameters
    ----------
    store : LocusStore
        The loci.
    window : int
        How many loci of a search can be read.
    token : str
        The token of the Alerts API.
    thumbnails : {"png", "fits"}, optional
        The format of the images of Rubin's alerts.

    Returns
    -------
    starlette.applications.Starlette
        The ASGI application.
    """
    app = Starlette(
        routes=[
            search_route(store, window),
            *loci_routes(store),
            *catalog_routes(store),
            *thumbnail_routes(store, thumbnails),
            *grav_wave_routes(),
            *alerts_routes(store, token),
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
        detail = f"the sandbox has no {shortened(request.method)} {shortened(request.url.path)}"
    headers = dict(error.headers) if error.headers else None
    return json_response(error_body(error.status_code, detail), error.status_code, headers)


async def _server_error(_request: Request, error: Exception) -> Response:
    return json_response(error_body(500, f"{type(error).__name__}: {error}"), 500)
