"""One request and its answer, as a fault gets hold of them."""

import asyncio
import threading
from contextlib import suppress
from dataclasses import dataclass

from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["Answer", "Exchange"]

_CHECK_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer."""

    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request on its way to the application.

    Attributes
    ----------
    app : ASGI application
        What answers the request rightly.
    scope, receive, send
        The request, as ASGI has it; the transport is in `scope["state"]`.
    stopping : threading.Event
        Set where the sandbox stops: then nothing waits any longer.
    """

    app: ASGIApp
    scope: Scope
    receive: Receive
    send: Send
    stopping: threading.Event

    async def pass_on(self) -> None:
        """Answer rightly."""
        await self.app(self.scope, self.receive, self.send)

    async def right_answer(self) -> Answer:
        """Return the right answer instead of sending it."""
        messages: list[Message] = []

        async def keep(message: Message) -> None:
            messages.append(message)

        await self.app(self.scope, self.receive, keep)
        start, *rest = messages
        body = b"".join(message.get("body", b"") for message in rest)
        return Answer(start["status"], list(start["headers"]), body)

    async def answer(self, answer: Answer) -> None:
        """Send an answer, with its true length."""
        await self._start(answer)
        await self.send({"type": "http.response.body", "body": answer.body})

    async def answer_in_part(self, answer: Answer, sent: int) -> None:
        """Send the first bytes of an answer and close the connection."""
        await self._start(answer)
        part = answer.body[:sent]
        await self.send({"type": "http.response.body", "body": part, "more_body": True})
        self.scope["state"]["transport"].close()
        await self.wait(None)
        await self.drop()

    async def drop(self) -> None:
        """Close the connection without an answer."""
        self.scope["state"]["transport"].abort()
        await self._client_leaves()

    async def wait(self, seconds: float | None) -> None:
        """Wait, or for ever with None; ends where the client leaves or the sandbox stops."""
        left = asyncio.ensure_future(self._client_leaves())
        loop = asyncio.get_running_loop()
        end = None if seconds is None else loop.time() + seconds
        while not self.stopping.is_set() and not left.done():
            rest = _CHECK_SECONDS if end is None else min(_CHECK_SECONDS, end - loop.time())
            if rest <= 0:
                break
            await asyncio.wait({left}, timeout=rest)
        left.cancel()
        with suppress(asyncio.CancelledError):
            await left

    async def _start(self, answer: Answer) -> None:
        kept = [header for header in answer.headers if header[0] != b"content-length"]
        length = (b"content-length", str(len(answer.body)).encode())
        start = {"type": "http.response.start", "status": answer.status}
        await self.send({**start, "headers": [*kept, length]})

    async def _client_leaves(self) -> None:
        while (await self.receive())["type"] != "http.disconnect":
            pass
