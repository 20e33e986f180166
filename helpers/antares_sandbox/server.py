"""The sandbox: a server in a thread, and a client that is pointed at it."""

import atexit
import socket
import threading
from os import PathLike
from pathlib import Path
from types import TracebackType
from typing import Self

import uvicorn

from antares_sandbox import redirect
from antares_sandbox.app import make_app
from antares_sandbox.errors import SandboxError
from antares_sandbox.faults import Fault, FaultPlan, LoggedRequest
from antares_sandbox.folder import BUNDLED, LocusFolder, index_folder
from antares_sandbox.protocol import Protocol

__all__ = ["HOST", "Sandbox"]

HOST = "127.0.0.1"
"""The loopback address: nobody else on the network can reach the sandbox."""

_CHECK_SECONDS = 0.1
_DRAIN_SECONDS = 2
_LONGEST_REQUEST = 2**20


class Sandbox:
    """An ANTARES on your own machine: serves a folder of locus files to antares-client.

    While it runs, antares-client asks it instead of the real service, whether the client is
    imported before or after.

    Parameters
    ----------
    folder : path-like, optional
        The folder of locus files; by default the simulated loci that come with the sandbox.
    port : int, optional
        The port to listen on; by default any that is free.

    Raises
    ------
    SandboxError
        Where there is no such folder; on starting, where the port is taken.

    Examples
    --------
    >>> from antares_sandbox import TUTORIAL_ID, Sandbox
    >>> with Sandbox():
    ...     from antares_client.search import get_by_id
    ...     locus = get_by_id(TUTORIAL_ID)
    >>> locus.properties["simulated"]
    'true'
    """

    def __init__(self, folder: str | PathLike[str] | None = None, *, port: int = 0) -> None:
        self._index: LocusFolder = index_folder(BUNDLED if folder is None else Path(folder))
        self._port = port
        self._plan = FaultPlan()
        self._url: str | None = None
        self._server: _Server | None = None
        self._thread: threading.Thread | None = None

    @property
    def folder(self) -> Path:
        """The folder that is served."""
        return self._index.path

    @property
    def locus_ids(self) -> list[str]:
        """The IDs of the loci that are served, sorted."""
        return sorted(self._index.files)

    @property
    def skipped(self) -> dict[Path, str]:
        """The files of the folder that are not served, and why."""
        return dict(self._index.skipped)

    @property
    def url(self) -> str:
        """The base URL of the API, ending with ``/v2/``; only while the sandbox runs."""
        if self._url is None:
            raise SandboxError("the sandbox is not running: call start(), or use it in `with`")
        return self._url

    @property
    def requests(self) -> list[LoggedRequest]:
        """Method, path below ``/v2/`` and query of each of the latest 10,000 requests."""
        return self._plan.requests

    def fail(self, path: str, fault: Fault, *, times: int | None = 1) -> None:
        """Let the next requests of a path go wrong.

        Parameters
        ----------
        path : str
            The path below ``/v2/``, such as ``loci/*/alerts``; ``*`` stands for anything within
            a step of the path, ``**`` for any number of steps.
        fault : Fault
            What goes wrong: one of those in `antares_sandbox.faults`.
        times : int, optional
            How often; with None always, until `heal`. Of several faults for a path, the one that
            was asked for first happens first.

        Examples
        --------
        >>> from antares_sandbox import TUTORIAL_ID, Sandbox
        >>> from antares_sandbox.faults import Status
        >>> with Sandbox() as sandbox:
        ...     from antares_client.search import get_by_id
        ...     sandbox.fail("loci/*", Status(404))
        ...     get_by_id(TUTORIAL_ID) is None, get_by_id(TUTORIAL_ID) is None
        (True, False)
        """
        if isinstance(fault, type) or not hasattr(fault, "happen"):
            raise TypeError(f"a fault is one of those in antares_sandbox.faults: {fault!r}")
        self._plan.add(path, fault, times)

    def heal(self) -> None:
        """Let nothing go wrong any more."""
        self._plan.clear()

    def start(self) -> Self:
        """Start serving and point antares-client here; returns when the sandbox answers."""
        if self._thread is not None:
            raise SandboxError(f"the sandbox is already running at {self.url}")
        listener = _listen(self._port)
        self._plan.stopping.clear()
        self._server = _Server(_config(self._index, self._plan))
        self._thread = threading.Thread(
            target=self._server.run, args=([listener],), name="antares-sandbox", daemon=True
        )
        self._thread.start()
        while not self._server.ready.wait(_CHECK_SECONDS):
            if not self._thread.is_alive():
                listener.close()
                raise SandboxError("the server did not start: see the traceback above")
        self._url = f"http://{HOST}:{listener.getsockname()[1]}/v2/"
        redirect.enter(self._url)
        atexit.register(self.stop)
        return self

    def stop(self) -> None:
        """Stop serving and point antares-client back; does nothing where it is not running."""
        if self._thread is None or self._server is None:
            return
        atexit.unregister(self.stop)
        redirect.leave(self.url)
        self._plan.stopping.set()
        self._server.should_exit = True
        self._thread.join()
        self._url = self._server = self._thread = None

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


class _Server(uvicorn.Server):
    """A server that tells when it is ready."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()


def _config(folder: LocusFolder, plan: FaultPlan) -> uvicorn.Config:
    return uvicorn.Config(
        plan.wrap(make_app(folder)),
        http=Protocol,
        loop="asyncio",
        ws="none",
        lifespan="off",
        log_config=None,
        log_level="error",
        access_log=False,
        timeout_graceful_shutdown=_DRAIN_SECONDS,
        h11_max_incomplete_event_size=_LONGEST_REQUEST,
    )


def _listen(port: int) -> socket.socket:
    # With its protocol named, asyncio sets TCP_NODELAY: without, a response takes 40 ms more.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((HOST, port))
        listener.listen(128)
    except (OSError, OverflowError) as error:
        listener.close()
        reason = getattr(error, "strerror", None) or str(error)
        raise SandboxError(
            f"port {port} of {HOST} can't be used ({reason}): "
            "give another, or 0 for any that is free"
        ) from error
    return listener
