"""The JSON of a response, and of an error."""

from http import HTTPStatus
from typing import Any

from pydantic_core import to_json
from starlette.requests import Request
from starlette.responses import Response

__all__ = ["data_response", "encode", "error_body", "json_response", "own_address", "shortened"]

_MAX_SHOWN = 80


def error_body(status: int, detail: str) -> bytes:
    """Return the JSON of an error response, as in ANTARES' API v1.

    Parameters
    ----------
    status : int
        The HTTP status.
    detail : str
        The cause.

    Returns
    -------
    bytes
        The JSON.

    Examples
    --------
    >>> error_body(404, "no such locus")
    b'{"errors":[{"detail":"no such locus","status":404,"title":"404 NOT FOUND"}]}'
    """
    title = f"{status} {HTTPStatus(status).phrase.upper()}"
    return encode({"errors": [{"detail": detail, "status": status, "title": title}]})


def json_response(
    body: bytes, status: int = 200, headers: dict[str, str] | None = None
) -> Response:
    """Return a response with a JSON body."""
    return Response(body, status, headers, media_type="application/json")


def data_response(data: Any) -> Response:
    """Return a response with `data` as ANTARES wraps it."""
    return json_response(encode({"data": data}))


def encode(content: Any) -> bytes:
    """Return JSON; infinities and NaN are written as in JavaScript."""
    return to_json(content, inf_nan_mode="constants")


def own_address(request: Request) -> str:
    """Return the address of the sandbox, whatever host the request names."""
    host, port = request.scope["server"]
    return f"http://{host}:{port}"


def shortened(text: str) -> str:
    """Return a string that a client sent, shortened for a message."""
    return text if len(text) <= _MAX_SHOWN else f"{text[:_MAX_SHOWN]}..."
