"""Which web pages may use the sandbox: by default none but its own."""

import re
from collections.abc import Iterable

from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from antares_sandbox.errors import SandboxError
from antares_sandbox.responses import error_body, json_response, shortened

__all__ = ["allow_origins", "check_origins", "require_own_host"]

_OWN = ("127.0.0.1", "localhost")
_ORIGIN = re.compile(r"\*|[a-z][a-z0-9+.-]*://[^/?#@\s*]+", re.ASCII)


def check_origins(origins: Iterable[str]) -> tuple[str, ...]:
    """Return origins as browsers send them.

    Raises
    ------
    SandboxError
        If one is not an origin, such as an address with a path, which no browser would send.

    Examples
    --------
    >>> check_origins(["http://localhost:8888", "https://Example.org"])
    ('http://localhost:8888', 'https://example.org')
    """
    if isinstance(origins, str):
        raise SandboxError(f"{origins!r} is one origin: give a list of them")
    given = tuple(origins)
    for origin in given:
        if not isinstance(origin, str) or not _ORIGIN.fullmatch(origin.lower()):
            raise SandboxError(
                f"{origin!r} is not an origin: give a scheme, host and port such as "
                "http://localhost:8888, without a path, or * for any"
            )
    return tuple(origin.lower() for origin in given)


def allow_origins(app: ASGIApp, origins: tuple[str, ...]) -> ASGIApp:
    """Return an application whose responses web pages of these origins may read."""
    if not origins:
        return app
    return CORSMiddleware(app, allow_origins=origins, allow_methods=["GET"], allow_headers=["*"])


def require_own_host(app: ASGIApp) -> ASGIApp:
    """Return an application that responds only to requests for this machine, on any port."""

    async def respond(scope: Scope, receive: Receive, send: Send) -> None:
        host = Headers(scope=scope).get("host", "")
        if _is_own(host):
            await app(scope, receive, send)
            return
        detail = f"the sandbox is {' or '.join(_OWN)}, not {shortened(host)!r}"
        await json_response(error_body(400, detail), 400)(scope, receive, send)

    return respond


def _is_own(host: str) -> bool:
    name, colon, port = host.partition(":")
    return name.lower() in _OWN and (not colon or port.isdecimal())
