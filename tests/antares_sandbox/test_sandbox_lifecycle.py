import os
import socket
import subprocess
import sys
import threading

import httpx
import pytest
from antares_client import search
from antares_client.config import config

from antares_sandbox import BUNDLED, TUTORIAL_ID, Sandbox, SandboxError

VARIABLES = ("ANTARES_API_BASE_URL", "NO_PROXY", "no_proxy")


def test_the_client_is_pointed_at_the_sandbox_and_back():
    original, url = search.api_client, config["ANTARES_API_BASE_URL"]

    with Sandbox() as sandbox:
        assert str(search.api_client.client.base_url) == sandbox.url
        assert config["ANTARES_API_BASE_URL"] == sandbox.url

    assert search.api_client is original
    assert config["ANTARES_API_BASE_URL"] == url
    assert not original.client.is_closed


def test_the_client_is_pointed_back_after_an_error():
    original = search.api_client

    with pytest.raises(ZeroDivisionError), Sandbox():
        _ = 1 / 0

    assert search.api_client is original


@pytest.mark.parametrize("before", [None, "localhost,example.org"])
def test_the_environment_is_set_and_restored(monkeypatch, before):
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    if before is not None:
        monkeypatch.setenv("NO_PROXY", before)

    with Sandbox() as sandbox:
        assert os.environ["ANTARES_API_BASE_URL"] == sandbox.url
        expected = "127.0.0.1" if before is None else f"{before},127.0.0.1"
        assert os.environ["NO_PROXY"] == expected
        assert os.environ["no_proxy"] == "127.0.0.1"

    assert {name: os.environ.get(name) for name in VARIABLES} == {
        "ANTARES_API_BASE_URL": None,
        "NO_PROXY": before,
        "no_proxy": None,
    }


def test_a_proxy_is_bypassed(monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")

    with Sandbox():
        assert search.get_by_id(TUTORIAL_ID).locus_id == TUTORIAL_ID


def test_a_client_that_was_put_back_by_hand_stays_open():
    original = search.api_client

    with Sandbox():
        search.api_client.client.close()
        search.api_client = original

    assert search.api_client is original
    assert not original.client.is_closed


def test_sandboxes_nest():
    original = search.api_client

    with Sandbox() as outer:
        client = search.api_client
        with Sandbox() as inner:
            assert config["ANTARES_API_BASE_URL"] == inner.url != outer.url
        assert config["ANTARES_API_BASE_URL"] == outer.url
        assert search.api_client is client
        assert search.get_by_id(TUTORIAL_ID).locus_id == TUTORIAL_ID

    assert search.api_client is original


def test_sandboxes_may_stop_in_the_order_they_started():
    original = search.api_client
    first, second = Sandbox().start(), Sandbox().start()

    first.stop()
    assert config["ANTARES_API_BASE_URL"] == second.url
    assert search.get_by_id(TUTORIAL_ID).locus_id == TUTORIAL_ID
    second.stop()

    assert search.api_client is original


def test_a_sandbox_can_be_started_again():
    sandbox = Sandbox()

    for _ in range(2):
        with sandbox:
            assert search.get_by_id(TUTORIAL_ID).locus_id == TUTORIAL_ID


def test_starting_twice_is_an_error(sandbox):
    with pytest.raises(SandboxError, match="already running"):
        sandbox.start()


def test_stopping_twice_does_nothing():
    sandbox = Sandbox().start()

    sandbox.stop()
    sandbox.stop()


def test_the_url_of_a_stopped_sandbox_says_what_to_do():
    with pytest.raises(SandboxError, match=r"call start\(\)"):
        _ = Sandbox().url


def test_nothing_is_left_running():
    before = set(threading.enumerate())

    with Sandbox() as sandbox:
        url = sandbox.url
        search.get_by_id(TUTORIAL_ID)

    assert set(threading.enumerate()) == before
    with pytest.raises(httpx.ConnectError):
        httpx.get(url, trust_env=False)


def test_it_listens_on_loopback_only(sandbox):
    port = httpx.URL(sandbox.url).port
    addresses = {info[4][0] for info in socket.getaddrinfo(socket.gethostname(), port)}

    for address in addresses - {"127.0.0.1", "::1"}:
        with pytest.raises(OSError, match=r"refused|unreachable"):
            socket.create_connection((address, port), timeout=2).close()


def test_a_port_can_be_chosen():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]

    with Sandbox(port=port) as sandbox:
        assert sandbox.url == f"http://127.0.0.1:{port}/v2/"


@pytest.mark.parametrize("port", [-1, 65536, 10**30, "8000", 8000.0, None, True])
def test_what_is_not_a_port_is_an_error_that_says_what_to_do(port):
    with pytest.raises(SandboxError, match="is not valid: give an integer"):
        Sandbox(port=port)


def test_a_port_that_is_taken_is_an_error_that_says_what_to_do(sandbox):
    port = httpx.URL(sandbox.url).port

    with pytest.raises(SandboxError, match=f"port {port} .* give another"):
        Sandbox(port=port).start()


def test_without_a_folder_it_serves_the_bundled_one(sandbox):
    assert sandbox.folder == BUNDLED
    assert TUTORIAL_ID in sandbox.locus_ids
    assert sandbox.skipped == {}


def run_python(code: str) -> str:
    """Run code in a fresh interpreter that turns warnings into errors, but not deprecations."""
    environment = {k: v for k, v in os.environ.items() if k not in VARIABLES}
    given = ["-X", "dev", "-W", "error", "-W", "ignore::DeprecationWarning"]
    run = [sys.executable, *given, "-c", code]
    done = subprocess.run(run, env=environment, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return done.stdout


def test_a_client_imported_while_it_runs_goes_to_the_live_service_afterwards():
    printed = run_python(
        "from antares_sandbox import Sandbox, TUTORIAL_ID\n"
        "with Sandbox() as sandbox:\n"
        "    from antares_client import search\n"
        "    assert search.get_by_id(TUTORIAL_ID).locus_id == TUTORIAL_ID\n"
        "print(search.api_client.client.base_url, search.config['ANTARES_API_BASE_URL'])\n"
    )

    assert set(printed.split()) == {"https://api.antares.noirlab.edu/v2/"}


def test_a_sandbox_that_is_never_stopped_lets_the_interpreter_end_cleanly():
    run_python(
        "from antares_sandbox import Sandbox, TUTORIAL_ID\n"
        "Sandbox().start()\n"
        "from antares_client import search\n"
        "search.get_by_id(TUTORIAL_ID)\n"
    )


def test_it_imports_nothing_of_the_helpers_that_fetches_or_draws():
    printed = run_python(
        "import sys, antares_sandbox.cli, antares_sandbox.server\n"
        "print(*(name for name in sys.modules if name.startswith('antares_helpers.')))\n"
    )
    pure = {"atomic", "bands", "coerce", "constants", "errors", "locus_file", "validation"}

    assert {name.split(".")[1] for name in printed.split()} <= pure
