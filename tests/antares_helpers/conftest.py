"""A broker that fails as it is told to, with the real client pointed at it, and a light curve."""

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from os import PathLike
from pathlib import Path
from typing import Any

import pytest
from antares_client import search
from artists import curve
from astropy.timeseries import TimeSeries
from building import MJD, lsst_alert
from many_files import write_many
from scripted_broker import BrokerServer, ScriptedLocus

from antares_helpers.bands import BANDS
from antares_sandbox import Sandbox


@pytest.fixture(scope="session")
def _broker_server() -> Iterator[BrokerServer]:
    server = BrokerServer()
    thread = threading.Thread(target=server.serve_forever, args=[0.01], daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(scope="session")
def _client_of_broker(_broker_server: BrokerServer) -> Iterator[Any]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NO_PROXY", "127.0.0.1")
        client = type(search.api_client)(base_url=_broker_server.url)
    yield client
    client.client.close()


@pytest.fixture
def broker(
    _broker_server: BrokerServer, _client_of_broker: Any, monkeypatch: pytest.MonkeyPatch
) -> Iterator[ScriptedLocus]:
    """A locus of a broker in good health, which the real client asks."""
    monkeypatch.setattr(search, "api_client", _client_of_broker)
    locus = _broker_server.new_locus()
    yield locus
    locus.over.set()


@pytest.fixture
def unexpected_requests(
    broker: ScriptedLocus,  # noqa: ARG001 (points the client)
    _broker_server: BrokerServer,
) -> list[str]:
    """The paths that the broker was asked for beyond those of its loci."""
    _broker_server.unexpected.clear()  # other tests may have searched
    return _broker_server.unexpected


@pytest.fixture
def pointed_at(
    monkeypatch: pytest.MonkeyPatch,
) -> Callable[[str], AbstractContextManager[None]]:
    """Point the real client at an address for a while."""

    @contextmanager
    def point(url: str) -> Iterator[None]:
        api_client = type(search.api_client)(base_url=url)
        with monkeypatch.context() as patch:
            patch.setattr(search, "api_client", api_client)
            yield
        api_client.client.close()

    return point


@pytest.fixture(scope="session")
def serving() -> Callable[[PathLike[str]], AbstractContextManager[Sandbox]]:
    """Serve a folder of locus files."""

    @contextmanager
    def serve(folder: PathLike[str]) -> Iterator[Sandbox]:
        with Sandbox(folder) as sandbox:
            yield sandbox

    return serve


@pytest.fixture(scope="module")
def many(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, list[str]]:
    """A folder of as many loci as the module's NUMBER, and their IDs."""
    folder = tmp_path_factory.mktemp("many")
    return folder, write_many(folder, request.module.NUMBER)


@pytest.fixture(scope="module")
def _running(many: tuple[Path, list[str]], serving: Any) -> Iterator[Sandbox]:
    with serving(many[0]) as running:
        yield running


@pytest.fixture
def sandbox(_running: Sandbox) -> Iterator[Sandbox]:
    """A sandbox with these loci, and no faults but those of the test."""
    yield _running
    _running.clear_faults()


@pytest.fixture
def ids(many: tuple[Path, list[str]], sandbox: Sandbox) -> list[str]:  # noqa: ARG001
    """The IDs of these loci, while the sandbox serves them."""
    return many[1]


@pytest.fixture
def every_band() -> TimeSeries:
    """One point a band, one day apart, from y down to u."""
    alerts = [lsst_alert(n, mjd=MJD + n, band=band, psfFlux=100.0 * (n + 1))
              for n, band in enumerate(reversed(BANDS))]  # fmt: skip
    return curve(*alerts)
