"""HTTP as the sandbox speaks it: errors are JSON, too, and nobody may send for ever."""

import asyncio

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from antares_sandbox.responses import error_body

__all__ = ["SENDING_SECONDS", "Protocol"]

SENDING_SECONDS = 10.0
"""How long a client may take to send a request, from its first byte or from connecting."""


class Protocol(H11Protocol):
    """HTTP/1.1 whose answer to what is no HTTP is JSON, and which ends slow senders."""

    _sending: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Accept a connection; faults need its transport."""
        super().connection_made(transport)
        self.app_state = {**self.app_state, "transport": transport}
        self._expect_request()

    def data_received(self, data: bytes) -> None:
        """Take a part of a request."""
        self._expect_request()
        super().data_received(data)
        if not self._is_sending():
            self._expect_nothing()

    def on_response_complete(self) -> None:
        """Go on to what was sent meanwhile: the beginning of a request, perhaps."""
        super().on_response_complete()
        if self._is_sending():
            self._expect_request()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget a connection."""
        self._expect_nothing()
        super().connection_lost(exc)

    def send_400_response(self, msg: str) -> None:
        """Answer what is no HTTP."""
        self._refuse(400, msg)

    def _is_sending(self) -> bool:
        """Tell whether a request has begun which has not ended."""
        state = self.conn.their_state
        begun = state is h11.IDLE and bool(self.conn.trailing_data[0])
        return begun or state is h11.SEND_BODY

    def _expect_request(self) -> None:
        if self._sending is None:
            self._sending = self.loop.call_later(SENDING_SECONDS, self._too_slow)

    def _expect_nothing(self) -> None:
        if self._sending is not None:
            self._sending.cancel()
            self._sending = None

    def _too_slow(self) -> None:
        if self.conn.our_state is h11.IDLE:
            self._refuse(408, f"the request was not sent within {SENDING_SECONDS:g} s")
        else:
            self.transport.abort()

    def _refuse(self, status: int, detail: str) -> None:
        body = error_body(status, detail)
        headers = [
            ("content-type", "application/json"),
            ("content-length", str(len(body))),
            ("connection", "close"),
        ]
        response = h11.Response(status_code=status, headers=headers)
        for event in (response, h11.Data(data=body), h11.EndOfMessage()):
            self.transport.write(self.conn.send(event) or b"")
        self.transport.close()
