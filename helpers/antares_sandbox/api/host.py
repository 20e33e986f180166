"""Refuse requests that name another host, such as those of a web page elsewhere."""

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from antares_sandbox.responses import error_body, json_response, shortened

__all__ = ["require_own_host"]

_OWN = ("127.0.0.1", "localhost")


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
