"""The web application: API v2 over a folder of locus files."""

from collections.abc import Callable
from http import HTTPStatus

from pydantic_core import to_json
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from antares_sandbox.bodies import Bodies
from antares_sandbox.errors import LocusFileError
from antares_sandbox.folder import LocusFolder

__all__ = ["error_body", "make_app"]

_SHOWN_CHARACTERS = 80


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
            _route(folder, "/v2/loci/{locus_id}", lambda bodies: bodies.locus),
            _route(folder, "/v2/loci/{locus_id}/alerts", lambda bodies: bodies.alerts),
            _route(
                folder,
                "/v2/loci/{locus_id}/catalog-matches",
                lambda bodies: bodies.catalog_matches,
            ),
        ],
        exception_handlers={HTTPException: _http_error, Exception: _server_error},
    )
    app.router.redirect_slashes = False
    return app


def error_body(status: int, detail: str) -> bytes:
    """Return the JSON of an error response.

    Parameters
    ----------
    status : int
        The HTTP status.
    detail : str
        What went wrong.

    Returns
    -------
    bytes
        The JSON.

    Examples
    --------
    >>> error_body(404, "no such locus")
    b'{"errors":[{"status":404,"title":"Not Found","detail":"no such locus"}]}'
    """
    title = HTTPStatus(status).phrase
    return to_json({"errors": [{"status": status, "title": title, "detail": detail}]})


def _route(folder: LocusFolder, path: str, pick: Callable[[Bodies], bytes]) -> Route:
    async def respond(request: Request) -> Response:
        locus_id = request.path_params["locus_id"]
        if locus_id not in folder.files:
            raise HTTPException(404, _unknown(locus_id, len(folder.files)))
        try:
            return _json(pick(folder.bodies(locus_id)))
        except LocusFileError as error:
            raise HTTPException(500, str(error)) from error

    return Route(path, respond)


def _json(body: bytes, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    return Response(body, status, headers, media_type="application/json")


def _shown(text: str) -> str:
    return text if len(text) <= _SHOWN_CHARACTERS else f"{text[:_SHOWN_CHARACTERS]}..."


def _unknown(locus_id: str, served: int) -> str:
    return f"no locus {_shown(locus_id)!r} among the {served} that this sandbox serves"


async def _http_error(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        return await _server_error(request, error)
    detail = error.detail
    if detail == HTTPStatus(error.status_code).phrase:
        detail = f"this sandbox has no {_shown(request.method)} {_shown(request.url.path)}"
    headers = dict(error.headers) if error.headers else None
    return _json(error_body(error.status_code, detail), error.status_code, headers)


async def _server_error(_request: Request, error: Exception) -> Response:
    return _json(error_body(500, f"{type(error).__name__}: {error}"), 500)
