"""One request and its response, under the control of a fault."""

import asyncio
import threading
from contextlib import suppress
from dataclasses import dataclass

from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["Exchange", "FullResponse"]

_CHECK_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class FullResponse:
    """A response with its complete body."""

    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request on its way to the application.

    Attributes
    ----------
    app : ASGI application
        Sends the correct response.
    scope, receive, send
        The request, as in ASGI; the transport is in `scope["state"]`.
    stopping : threading.Event
        Set when the sandbox stops, which ends all waiting.
    """

    app: ASGIApp
    scope: Scope
    receive: Receive
    send: Send
    stopping: threading.Event

    async def forward(self) -> None:
        """Let the application respond."""
        await self.app(self.scope, self.receive, self.send)

    async def correct_response(self) -> FullResponse:
        """Return the response of the application instead of sending it."""
        messages: list[Message] = []

        async def collect(message: Message) -> None:
            messages.append(message)

        await self.app(self.scope, self.receive, collect)
        start, *rest = messages
        body = b"".join(message.get("body", b"") for message in rest)
        return FullResponse(start["status"], list(start["headers"]), body)

    async def send_response(self, response: FullResponse) -> None:
        """Send a response, with its true length."""
        await self._start(response)
        await self.send({"type": "http.response.body", "body": response.body})

    async def send_part(self, response: FullResponse, length: int) -> None:
        """Send the first bytes of a response and close the connection."""
        await self._start(response)
        part = response.body[:length]
        await self.send({"type": "http.response.body", "body": part, "more_body": True})
        self.scope["state"]["transport"].close()
        await self.wait(None)
        await self.drop()

    async def drop(self) -> None:
        """Close the connection without a response."""
        self.scope["state"]["transport"].abort()
        await self._disconnected()

    async def wait(self, seconds: float | None) -> None:
        """Wait, forever with None; ends when the client disconnects or the sandbox stops."""
        disconnected = asyncio.ensure_future(self._disconnected())
        loop = asyncio.get_running_loop()
        end = None if seconds is None else loop.time() + seconds
        while not self.stopping.is_set() and not disconnected.done():
            rest = _CHECK_SECONDS if end is None else min(_CHECK_SECONDS, end - loop.time())
            if rest <= 0:
                break
            await asyncio.wait({disconnected}, timeout=rest)
        disconnected.cancel()
        with suppress(asyncio.CancelledError):
            await disconnected

    async def _start(self, response: FullResponse) -> None:
        others = [header for header in response.headers if header[0] != b"content-length"]
        length = (b"content-length", str(len(response.body)).encode())
        start = {"type": "http.response.start", "status": response.status}
        await self.send({**start, "headers": [*others, length]})

    async def _disconnected(self) -> None:
        while (await self.receive())["type"] != "http.disconnect":
            pass
