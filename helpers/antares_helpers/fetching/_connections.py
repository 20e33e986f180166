"""Connections to ANTARES: shared by all calls, bounded in time and size, without cookies."""

import atexit
import logging
import os
import re
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, InvalidStateError
from concurrent.futures import TimeoutError as FutureTimeoutError
from contextlib import contextmanager, suppress
from functools import cache, partial
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from io import BytesIO
from ipaddress import ip_address
from math import inf
from threading import Event
from typing import TYPE_CHECKING, Any
from urllib.request import getproxies, proxy_bypass

import httpcore
from antares_client import search

from antares_helpers.fetching._parallel import finish_threads

if TYPE_CHECKING:
    import httpx
else:
    # Of the client's own HTTP library: if it moves to a successor of httpx, this follows.
    httpx = import_module(type(search.api_client.client).__module__.partition(".")[0])

__all__ = [
    "MAX_CONNECTIONS",
    "MAX_RESPONSE_BYTES",
    "Deadline",
    "RefusedError",
    "Token",
    "exchange",
    "httpx",
]

MAX_RESPONSE_BYTES = 3 * 2**27
"""Maximum decoded size of a response, in bytes: about some 200,000 alerts."""

_MAX_UNICODE_BYTES = MAX_RESPONSE_BYTES // 4
"""The same for text that is not ASCII: one sign of it can make a string four times as large."""

MAX_CONNECTIONS = 32
"""How many connections stay open for further requests."""

_MAX_ERROR_BYTES = 2**16
_CODINGS = ("gzip", "deflate")
_MIN_TIMEOUT = 1e-3
_TRANSPORT_ERRORS = (
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpcore.ProxyError,
    httpcore.TimeoutException,
    httpcore.UnsupportedProtocol,
)


class Deadline(float):
    """A timeout, in seconds, of every single read and write, which also ends at a given time.

    Parameters
    ----------
    seconds : float
        Longest silence of the other side.
    end : float
        When all must be complete, in seconds of `time.monotonic`.
    cancelled : threading.Event
        Set if nobody waits any longer.
    """

    end: float
    cancelled: Event

    def __new__(cls, seconds: float, *, end: float, cancelled: Event) -> "Deadline":
        """Make a timeout that httpx and httpcore pass on like any other."""
        self = super().__new__(cls, max(seconds, _MIN_TIMEOUT))
        self.end, self.cancelled = end, cancelled
        return self

    def left(self) -> float:
        """Return for how long to wait now.

        Raises
        ------
        httpcore.ReadTimeout
            If the time is up.
        """
        left = self.end - time.monotonic()
        if left <= 0 or self.cancelled.is_set():
            raise httpcore.ReadTimeout("the response came too slowly")
        return min(self, left)


class RefusedError(ValueError):
    """A response that is too long or too strange to be read, or an address not to be followed."""


class Token:
    """An access token, which no text or variable in a traceback shows.

    Parameters
    ----------
    text : str
        The token.
    """

    __slots__ = ("_text",)

    def __init__(self, text: Any) -> None:
        self._text = text

    def __repr__(self) -> str:
        """Return no part of it."""
        return "<token>"

    def __reduce__(self) -> str:
        """Refuse to be written to a file."""
        raise TypeError("an access token can't be pickled")

    @property
    def is_valid(self) -> bool:
        """Whether a header can hold it: printable ASCII without spaces."""
        return isinstance(self._text, str) and bool(_TOKEN.fullmatch(self._text))

    def header(self) -> tuple[bytes, bytes]:
        """Return the header that sends it."""
        return b"Authorization", b"Bearer " + self._text.encode("ascii")

    def removed_from(self, text: bytes) -> bytes:
        """Return what a server has sent, without the token, which it may repeat."""
        return text.replace(self._text.encode("ascii"), b"...")

    def masked_in(self, file: bytes) -> bytes:
        """Return a file without the token, of the same size; a short one can be in it by chance."""
        secret = self._text.encode("ascii")
        return file.replace(secret, b"." * len(secret)) if len(secret) >= _MIN_SECRET else file


_TOKEN = re.compile(r"[!-~]{1,4096}")
_MIN_SECRET = 12


class _Current(threading.local):
    """The request of this thread."""

    has_token = False


_current = _Current()
# httpcore logs the headers of responses, which may repeat the token.
logging.getLogger("httpcore.http11").addFilter(lambda _: not _current.has_token)


def exchange(
    request: Any, deadline: Deadline, *, max_bytes: float = inf, token: Token | None = None
) -> Any:
    """Send a request, and read the response.

    Parameters
    ----------
    request : httpx.Request
        The request, which must have no body.
    deadline : Deadline
        By when the whole exchange, from connecting to the last byte, must be over.
    max_bytes : int, optional
        Decoded bytes beyond which to refuse the response, if that is less than
        `MAX_RESPONSE_BYTES`.
    token : Token, optional
        Sent with the request, and never through a proxy that could read it. What is returned or
        raised has no copy of it, but for the body of a response that is not an error.

    Returns
    -------
    httpx.Response
        The response, decoded, in UTF-8 if it is text, without cookies.

    Raises
    ------
    httpx.HTTPStatusError
        If the status is 400 or more. It has the response, with the beginning of the body.
    httpx.TransportError
        If there is no complete response before the deadline.
    RefusedError
        If the response is too long, or in an encoding that was not asked for.
    """
    request.headers["User-Agent"] = _user_agent()
    request.headers["Accept-Encoding"] = ", ".join(_CODINGS)
    request.extensions = {"timeout": dict.fromkeys(("connect", "read", "write", "pool"), deadline)}
    clean = token.removed_from if token else bytes
    with _sent(request, token) as response:
        is_error = response.status_code >= 400
        keep = _MAX_ERROR_BYTES if is_error else None
        content = _read(response, keep, min(max_bytes, MAX_RESPONSE_BYTES))
    headers = [
        (name, clean(value)) for name, value in response.headers.raw if name.lower() in _HEADERS
    ]
    complete = _Response(
        response.status_code,
        headers=headers,
        content=clean(content) if is_error else content,
        request=request,
        extensions={"reason_phrase": clean(response.extensions.get("reason_phrase", b""))},
    )
    if is_error:
        status = f"{complete.status_code} {complete.reason_phrase}".strip()
        raise httpx.HTTPStatusError(status, request=request, response=complete)
    return complete


# All that is used: text is UTF-8 whatever the content type says, and cookies are dropped.
_HEADERS = (b"location", b"retry-after")


@contextmanager
def _sent(request: Any, token: Token | None) -> Iterator[Any]:
    """Send a request over the connections of this process; give them back at the end."""
    is_open = token is not None and request.url.scheme == "http"
    pool = _pool(os.getpid(), None if is_open else _proxy(request.url))
    _current.has_token = token is not None
    try:
        raw = pool.handle_request(
            httpcore.Request(
                request.method,
                httpcore.URL(
                    scheme=request.url.raw_scheme,
                    host=request.url.raw_host,
                    port=request.url.port,
                    target=request.url.raw_path,
                ),
                headers=[*request.headers.raw, *([token.header()] if token else ())],
                extensions=request.extensions,
            )
        )
        try:
            yield httpx.Response(
                raw.status,
                headers=raw.headers,
                stream=_Body(raw.stream),
                extensions=raw.extensions,
            )
        finally:
            raw.close()
    except _TRANSPORT_ERRORS as error:
        reason = token.removed_from(str(error).encode()).decode() if token else str(error)
        raise getattr(httpx, type(error).__name__)(reason, request=request) from error
    finally:
        _current.has_token = False


class _Body(httpx.SyncByteStream):
    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._stream)


class _Response(httpx.Response):
    @property
    def text(self) -> str:
        """The content as UTF-8, made without the copies of httpx."""
        if len(self.content) > _MAX_UNICODE_BYTES and not self.content.isascii():
            raise RefusedError(f"it has more than {_MAX_UNICODE_BYTES} bytes, not all ASCII")
        return str(self.content, "utf-8", "replace")


def _read(response: Any, keep: int | None, max_bytes: float) -> bytes:
    """Read and decode a body; of that of an error only the beginning."""
    coding = response.headers.get("Content-Encoding", "").strip().lower()
    if coding not in ("", "identity", *_CODINGS):
        raise RefusedError(f"it is encoded as {coding[:40]!r}, which was not asked for")
    content, size = BytesIO(), 0  # which gives its bytes without a copy
    for chunk in response.iter_bytes():
        size += content.write(chunk)
        if keep is not None and size > keep:
            break
        if size > max_bytes:
            raise RefusedError(f"it has more than {max_bytes} bytes")
    return content.getvalue()


@cache
def _pool(_process: int, proxy: str | None) -> httpcore.ConnectionPool:
    """Return the connections of a process: a forked child must not use those of its parent."""
    options: dict[str, Any] = {
        "ssl_context": httpx.create_ssl_context(),
        "max_connections": None,
        "max_keepalive_connections": MAX_CONNECTIONS,
        "network_backend": _Backend(),
    }
    pool: httpcore.ConnectionPool
    if proxy is None:
        pool = httpcore.ConnectionPool(**options)
    else:
        url = _proxy_url(proxy)
        options["proxy_auth"] = (url.username, url.password) if url.username else None
        kind = httpcore.SOCKSProxy if url.scheme.startswith("socks5") else httpcore.HTTPProxy
        pool = kind(str(url.copy_with(username="", password="")), **options)
    atexit.register(pool.close)
    # Functions run in reverse order of registration: the threads finish before that.
    atexit.unregister(finish_threads)
    atexit.register(finish_threads)
    return pool


def _proxy(url: Any) -> str | None:
    """Return the proxy that the environment names for an address."""
    proxies = getproxies()
    proxy = (proxies.get(url.scheme) or proxies.get("all") or "").strip()
    if not proxy or proxy_bypass(url.host):
        return None
    return proxy if "://" in proxy else f"http://{proxy}"


def _proxy_url(proxy: str) -> Any:
    try:
        url = httpx.URL(proxy)
    except httpx.InvalidURL:  # its message may have a part of the password
        url = None
    if url is None or not url.host or not 0 < (url.port or 1) < 2**16:
        raise httpx.UnsupportedProtocol("the address of the proxy is not valid")
    return url


class _Backend(httpcore.SyncBackend):
    """A network that respects a `Deadline`; httpcore limits only each single read and write."""

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: Any = None,
        local_address: str | None = None,
        socket_options: Any = None,
    ) -> httpcore.NetworkStream:
        connect = partial(
            super().connect_tcp, host, port, timeout.left(), local_address, socket_options
        )
        try:
            stream = connect() if _is_address(host) else _in_time(connect, timeout.left())
        except UnicodeError:  # a part of the name is empty or too long
            raise httpcore.UnsupportedProtocol("this is not the name of a server") from None
        return _Stream(stream, timeout)


class _Stream(httpcore.NetworkStream):
    """A connection that respects a `Deadline`, also while connecting."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._stream = stream
        self._deadline = deadline  # a SOCKS proxy is greeted without a timeout

    def read(self, max_bytes: int, timeout: Any = None) -> bytes:
        return self._stream.read(max_bytes, (timeout or self._deadline).left())

    def write(self, buffer: bytes, timeout: Any = None) -> None:
        self._stream.write(buffer, (timeout or self._deadline).left())

    def start_tls(
        self, ssl_context: Any, server_hostname: str | None = None, timeout: Any = None
    ) -> "_Stream":
        deadline = timeout or self._deadline
        return _Stream(
            self._stream.start_tls(ssl_context, server_hostname, deadline.left()), deadline
        )

    def close(self) -> None:
        self._stream.close()

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _is_address(host: str) -> bool:
    try:
        return bool(ip_address(host))
    except ValueError:
        return False


def _in_time(
    connect: Callable[[], httpcore.NetworkStream], seconds: float
) -> httpcore.NetworkStream:
    """Connect in a thread of its own: looking up a name can't be interrupted."""
    future: Future[httpcore.NetworkStream] = Future()

    def run() -> None:
        try:
            stream = connect()
        except BaseException as error:
            with suppress(InvalidStateError):
                future.set_exception(error)
            return
        try:
            future.set_result(stream)
        except InvalidStateError:  # too late
            stream.close()

    threading.Thread(target=run, daemon=True).start()
    try:
        return future.result(seconds)
    except FutureTimeoutError:
        if future.cancel():
            raise httpcore.ConnectTimeout("connecting took too long") from None
        return future.result()


@cache
def _user_agent() -> str:
    return " ".join(f"{name}/{_version(name)}" for name in ("antares-helpers", "antares-client"))


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:  # on the path, but not installed
        return "unknown"
