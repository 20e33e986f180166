"""The sandbox: a server in a thread, and a client that is pointed at it."""

import asyncio
import atexit
import secrets
import socket
import threading
import time
from collections.abc import Iterable
from os import PathLike
from pathlib import Path
from types import TracebackType
from typing import Self

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from antares_sandbox import patch_client
from antares_sandbox.api.app import make_app
from antares_sandbox.api.host import allow_origins, check_origins, require_own_host
from antares_sandbox.api.search import DEFAULT_WINDOW
from antares_sandbox.bundled import BUNDLED
from antares_sandbox.cutouts import FORMATS, Format
from antares_sandbox.errors import SandboxError
from antares_sandbox.faults import Fault, FaultPlan, LoggedRequest
from antares_sandbox.night import MAX_LOCI, NightTable
from antares_sandbox.store import LocusStore
from antares_sandbox.store.folder import index_folder
from antares_sandbox.store.night import Night

__all__ = ["HOST", "Sandbox"]

HOST = "127.0.0.1"
"""The loopback address: nobody else on the network can reach the sandbox."""

_MAX_PORT = 65535
_MAX_WINDOW = 10**9
_CHECK_SECONDS = 0.005
_DRAIN_SECONDS = 2
_MAX_REQUEST_HEAD = 2**20


class Sandbox:
    """A local ANTARES: serves a folder of locus files to antares-client.

    While it runs, antares-client uses it instead of the real service, whether the client is
    imported before or after, and the environment names it and its token for the Alerts API of the
    Rubin Science Platform.

    Parameters
    ----------
    folder : path-like, optional
        The folder of locus files; by default the simulated loci that come with the sandbox.
    night : int, optional
        Serve a simulated night of so many loci instead of a folder, for programs that read a whole
        night. Each locus is made when it is requested: half a million take little memory.
    largest_visit : int, optional
        How many loci of the night are in its last visit, which all have the same time; its field
        is centered on RA 0. By default about as many as in other visits.
    port : int, optional
        The port to listen on; by default any free one.
    window : int, optional
        How many loci of a search can be read, and the largest count: that of Elasticsearch.
    allow_origins : iterable of str, optional
        The origins, such as ``http://localhost:8888``, of web pages that may read the responses;
        by default none.
    thumbnails : {"png", "fits"}, optional
        The format of the images of Rubin's alerts: pictures, or FITS files with fluxes in nJy.
        Those of ZTF are always pictures.

    Raises
    ------
    SandboxError
        If there is no such folder, night, port, window, origin or format; on starting, if the port
        is in use.

    Examples
    --------
    >>> from antares_sandbox import TUTORIAL_ID, Sandbox
    >>> with Sandbox():
    ...     from antares_client.search import get_by_id
    ...     locus = get_by_id(TUTORIAL_ID)
    >>> locus.properties["simulated"]
    'true'
    """

    def __init__(
        self,
        folder: str | PathLike[str] | None = None,
        *,
        night: int | None = None,
        largest_visit: int | None = None,
        port: int = 0,
        window: int = DEFAULT_WINDOW,
        allow_origins: Iterable[str] = (),
        thumbnails: Format = "png",
    ) -> None:
        self._store = _store(folder, night, largest_visit)
        self._port = _check_integer("port", port, 0, _MAX_PORT, ", or 0 for any free port")
        self._window = _check_integer("window", window, 1, _MAX_WINDOW)
        self._origins = check_origins(allow_origins)
        self._thumbnails = _check_format(thumbnails)
        self._token = f"sandbox-{secrets.token_urlsafe(16)}"
        self._plan = FaultPlan()
        self._url: str | None = None
        self._server: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None

    @property
    def folder(self) -> Path | None:
        """The folder that is served; None for a night."""
        return self._store.path

    @property
    def locus_ids(self) -> list[str]:
        """The IDs of the loci that are served, sorted."""
        return sorted(self._store.locus_ids)

    @property
    def skipped(self) -> dict[Path, str]:
        """The files of the folder that are not served, and why."""
        return dict(self._store.skipped)

    @property
    def url(self) -> str:
        """The base URL of the API, ending with ``/v2/``; only while the sandbox runs."""
        if self._url is None:
            raise SandboxError("the sandbox is not running: call start(), or use it in `with`")
        return self._url

    @property
    def token(self) -> str:
        """The token that the Alerts API, ``/api/alerts``, asks for: of this sandbox only."""
        return self._token

    @property
    def requests(self) -> list[LoggedRequest]:
        """Method, path below ``/v2/`` and query of each of the latest 10,000 requests.

        The paths of the Alerts API are ``api/alerts`` and below.
        """
        return self._plan.requests

    def inject_fault(self, path: str, fault: Fault, *, times: int | None = 1) -> None:
        """Respond to the next requests for a path with a fault.

        Parameters
        ----------
        path : str
            The path below ``/v2/``, such as ``loci/*/alerts``; ``*`` matches anything within
            a segment of the path, ``**`` any number of segments. Or ``api/alerts``.
        fault : Fault
            One of those in `antares_sandbox.faults`.
        times : int, optional
            How many times; None for always, until `clear_faults`. Of several faults for a path,
            the one injected first takes precedence.

        Examples
        --------
        >>> from antares_sandbox import TUTORIAL_ID, Sandbox
        >>> from antares_sandbox.faults import Status
        >>> with Sandbox() as sandbox:
        ...     from antares_client.search import get_by_id
        ...     sandbox.inject_fault("loci/*", Status(404))
        ...     get_by_id(TUTORIAL_ID) is None, get_by_id(TUTORIAL_ID) is None
        (True, False)
        """
        if isinstance(fault, type) or not hasattr(fault, "respond"):
            raise TypeError(f"fault={fault!r} must be one of those in antares_sandbox.faults.")
        self._plan.add(path, fault, times)

    def clear_faults(self) -> None:
        """Remove all faults."""
        self._plan.clear()

    def start(self) -> Self:
        """Start serving and point antares-client here; returns when the sandbox is ready."""
        if self._thread is not None:
            raise SandboxError(f"the sandbox is already running at {self.url}")
        listener = _listen(self._port)
        self._plan.stopping.clear()
        self._server = uvicorn.Server(_config(self._app()))
        self._thread = threading.Thread(
            target=self._server.run, args=([listener],), name="antares-sandbox", daemon=True
        )
        self._thread.start()
        while not self._server.started:
            if not self._thread.is_alive():
                listener.close()
                raise SandboxError("the server did not start: see the traceback above")
            time.sleep(_CHECK_SECONDS)
        self._url = f"http://{HOST}:{listener.getsockname()[1]}/v2/"
        patch_client.enter(self._url, self._token)
        atexit.register(self.stop)
        return self

    def stop(self) -> None:
        """Stop serving and point antares-client back; does nothing if it is not running."""
        if self._thread is None or self._server is None:
            return
        atexit.unregister(self.stop)
        patch_client.leave(self.url)
        self._plan.stopping.set()
        self._server.should_exit = True
        self._thread.join()
        self._url = self._server = self._thread = None

    def _app(self) -> ASGIApp:
        app = self._plan.wrap(make_app(self._store, self._window, self._token, self._thumbnails))
        return require_own_host(allow_origins(app, self._origins))

    def __enter__(self) -> Self:
        """Start."""
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Stop."""
        self.stop()


class _Protocol(H11Protocol):
    # Faults close connections, for which neither ASGI nor uvicorn has a documented way.
    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.app_state = {**self.app_state, "transport": transport}


def _config(app: ASGIApp) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http=_Protocol,
        loop="asyncio",
        ws="none",
        lifespan="off",
        log_config=None,
        log_level="error",
        access_log=False,
        timeout_graceful_shutdown=_DRAIN_SECONDS,
        h11_max_incomplete_event_size=_MAX_REQUEST_HEAD,
    )


def _store(
    folder: str | PathLike[str] | None, night: int | None, largest_visit: int | None
) -> LocusStore:
    if night is None:
        if largest_visit is not None:
            raise SandboxError(f"largest_visit={largest_visit!r} is an option of a night: give one")
        return index_folder(BUNDLED if folder is None else _path(folder))
    if folder is not None:
        raise SandboxError("a folder and a night can't both be served: give one of them")
    _check_integer("night", night, 1, MAX_LOCI)
    if largest_visit is not None:
        _check_integer("largest_visit", largest_visit, 1, night)
    return Night(NightTable(night, largest_visit))


def _path(folder: str | PathLike[str]) -> Path:
    try:
        return Path(folder)
    except TypeError:
        raise SandboxError(f"folder={folder!r} is not the path of a folder") from None


def _check_integer(name: str, value: int, lowest: int, highest: int, more: str = "") -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not lowest <= value <= highest:
        raise SandboxError(
            f"{name} {value!r} is not valid: give an integer from 1 to {highest}{more}"
        )
    return value


def _check_format(thumbnails: Format) -> Format:
    if thumbnails not in FORMATS:
        raise SandboxError(
            f"thumbnails={thumbnails!r} is not a format: choose {' or '.join(FORMATS)}"
        )
    return thumbnails


def _listen(port: int) -> socket.socket:
    # With an explicit protocol, asyncio sets TCP_NODELAY; otherwise a response takes 40 ms longer.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((HOST, port))
        listener.listen(128)
    except OSError as error:
        listener.close()
        reason = error.strerror or error
        raise SandboxError(
            f"port {port} of {HOST} is not available ({reason}): "
            "give another, or 0 for any free port"
        ) from error
    return listener
