"""A server on loopback that sends, byte for byte, what a test says."""

import socket
import threading
from contextlib import contextmanager

import pytest
from antares_client import search

DRIP = 0.05


class RawServer:
    """Answers the requests in turn, each with a function that writes to the socket.

    The function is called with the connection, with an event that is set once all is over, and
    with the head of the request.
    """

    def __init__(self, *answers):
        self._answers = list(answers)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.requests = []
        self.connections = 0
        self._open = []
        self.over = threading.Event()
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}/v2/"
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        while not self.over.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            self._open.append(connection)
            threading.Thread(target=self._answer, args=[connection], daemon=True).start()

    def _answer(self, connection):
        with connection:
            while request := self._receive(connection):
                self.requests.append(request)
                answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
                try:
                    answer(connection, self.over, request)
                except OSError:
                    return

    def _receive(self, connection):
        data = b""
        while b"\r\n\r\n" not in data:
            try:
                part = connection.recv(65536)
            except OSError:
                return ""
            if not part:
                return ""
            data += part
        return data.decode()

    @property
    def open(self):
        """How many connections are open here."""
        return sum(connection.fileno() >= 0 for connection in self._open)

    def close(self):
        self.over.set()
        self._listener.close()


def sends(body=b"{}", status="200 OK", **headers):
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    head = "\r\n".join(lines).encode() + b"\r\n\r\n"
    return lambda connection, _over, _request: connection.sendall(head + body)


def drips(beginning, repeated):
    """Send the beginning, then a part again and again, so that no single read takes long."""

    def send(connection, over, _request):
        connection.sendall(beginning)
        while not over.wait(DRIP):
            connection.sendall(repeated)

    return send


@contextmanager
def serving(*answers):
    server = RawServer(*answers)
    client = type(search.api_client)(base_url=server.url)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NO_PROXY", "127.0.0.1")
        patch.setattr(search, "api_client", client)
        yield server
    server.close()
    client.client.close()
