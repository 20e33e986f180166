"""What a user sees if something fails: in a script, in a notebook, and in the log."""

import json
import os
import signal
import subprocess
import sys
import time
import traceback

import pytest
from raw_server import sends as sends_raw
from raw_server import serving
from scripted_broker import sends

from antares_helpers import ServiceError, fetch_loci, fetch_locus, find_loci
from antares_helpers.errors import BadDataError
from antares_helpers.fetching.cutouts import fetch_cutouts
from antares_sandbox import Sandbox
from antares_sandbox.faults import Hang

LOCUS_ID = "ANT2026z3bqyjga24oc"
FOUND = {
    "locus_id": LOCUS_ID,
    "ra": 10.0,
    "dec": -30.0,
    "htm16": 1,
    "properties": {},
    "tags": [],
    "grav_wave_events": [],
    "catalogs": [],
}
CALLS = [
    lambda: fetch_locus(LOCUS_ID, retries=0),
    lambda: find_loci(tag="x", limit=1, retries=0),
    lambda: fetch_cutouts("lsst:1", retries=0),
]


def run(program, **environment):
    return subprocess.run(
        [sys.executable, "-c", program],
        env=os.environ | {"NO_PROXY": "127.0.0.1"} | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


# No network


def test_a_script_without_a_network_ends_with_one_paragraph():
    program = f"from antares_helpers import fetch_locus\nfetch_locus({LOCUS_ID!r}, retries=0)"
    done = run(program, ANTARES_API_BASE_URL="http://127.0.0.1:9/v2/")

    lines = done.stderr.splitlines()
    assert done.returncode == 1
    assert len(lines) <= 14  # Python 3.13 shows a line more than 3.11
    assert "direct cause" not in done.stderr
    assert lines[-1].startswith("antares_helpers.errors.ServiceError: ANTARES can't be reached")
    assert "python -m antares_sandbox" in lines[-1]
    assert not {line for line in lines if "exception" in line}


def test_a_notebook_without_a_network_shows_one_paragraph():
    pytest.importorskip("IPython")
    cell = f"from antares_helpers import fetch_locus; fetch_locus({LOCUS_ID!r}, retries=0)"
    program = f"""
from IPython.core.interactiveshell import InteractiveShell
InteractiveShell.instance(colors="NoColor").run_cell({cell!r})
"""
    done = run(program, ANTARES_API_BASE_URL="http://127.0.0.1:9/v2/")

    lines = done.stdout.splitlines()
    assert len(lines) < 40
    assert "python -m antares_sandbox" in lines[-1]
    assert not [line for line in lines if "exception" in line]


@pytest.mark.parametrize("call", CALLS, ids=["locus", "search", "cutouts"])
def test_a_cause_is_kept_but_not_shown(call, pointed_at):
    with pointed_at("http://127.0.0.1:9/v2/"), pytest.raises(ServiceError) as caught:
        call()

    shown = "".join(traceback.format_exception(caught.value))
    assert isinstance(caught.value.cause, Exception)
    assert shown.count("Traceback") == 1
    assert len(shown.splitlines()) < 30


# An interruption

INTERRUPTED = """
import sys, threading, _thread
from antares_helpers import fetch_loci
threading.Thread(target=lambda: sys.stdin.read() or _thread.interrupt_main()).start()
fetch_loci(sys.argv[2:], folder=sys.argv[1] or None, progress=False)
"""


def has_come(sandbox, folder):
    """Return whether all loci but the one that hangs have been saved, or all requested."""
    if folder is None:
        return len({request.path.split("/")[1] for request in sandbox.requests}) == 6
    return len(list(folder.glob("ANT*.json"))) == 5


@pytest.mark.parametrize("is_saved", [True, False])
@pytest.mark.skipif(os.name != "posix", reason="sends a signal")
def test_an_interruption_says_how_much_is_saved_and_how_to_continue(is_saved, tmp_path):
    with Sandbox() as sandbox:
        ids = sandbox.locus_ids[:6]
        sandbox.inject_fault(f"loci/{ids[2]}", Hang(), times=None)
        folder = str(tmp_path) if is_saved else ""
        process = subprocess.Popen(
            [sys.executable, "-c", INTERRUPTED, folder, *ids],
            env=os.environ | {"ANTARES_API_BASE_URL": sandbox.url, "NO_PROXY": "127.0.0.1"},
            stdin=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        deadline = time.monotonic() + 60
        while not has_come(sandbox, tmp_path if is_saved else None) and time.monotonic() < deadline:
            time.sleep(0.05)
        _, said = process.communicate(timeout=60)  # which closes stdin

    assert process.returncode in (1, -signal.SIGINT, 128 + signal.SIGINT)
    assert "KeyboardInterrupt" in said
    if is_saved:
        assert len(list(tmp_path.iterdir())) == 5
        assert f"5 of the 6 loci are in {folder!r}: call again" in said
    else:
        assert "pass folder=... to continue" in said
    assert said.count("Traceback") == 1


# The log


def test_a_retry_is_one_line_of_log_for_a_locus(broker, caplog):
    caplog.set_level("INFO", "antares_helpers")
    for part in ("locus", "alerts", "catalogs"):
        broker.answer(part, sends(b"", 503), sends(b"\x1b[31m\n" * 1000, 503))

    with pytest.raises(ServiceError):
        fetch_locus(broker.locus_id, retries=2)

    records = [each for each in caplog.records if each.name == "antares_helpers"]
    assert len(records) == 2
    assert all(
        "\n" not in each.getMessage() and each.getMessage().isprintable() for each in records
    )


def test_what_a_service_says_is_short_in_the_table_of_failures(broker):
    detail = "\x1b[31m$\\frac{$\ud800\n" + "x" * 100_000
    broker.answer("locus", sends({"errors": [{"detail": detail}]}, 400))

    failures = fetch_loci([broker.locus_id], progress=False).failures

    assert failures["error"][0].isprintable()
    assert len(failures["error"][0]) < 500


@pytest.mark.parametrize(
    ("change", "shown"),
    [
        ({"locus_id": "\x1b[31m" + "x" * 100_000}, "[31mxxx"),
        ({"tags": ["a\nb", "x" * 100_000]}, "xxx"),
        ({"dec": 400.0}, "nan"),
        ({"ra": 1e308}, "nan"),
    ],
    ids=["id", "tags", "dec", "ra"],
)
def test_what_a_search_finds_is_fit_for_a_table(change, shown):
    page = {"data": [{"locus": FOUND | change}], "links": {"self": "", "next": None}}
    with serving(sends_raw(json.dumps(page).encode())):
        table = find_loci(near=(10.0, -30.0), radius=1, limit=1).table

    row = " ".join(map(str, table[0].values()))
    assert shown in row
    assert row.isprintable()
    assert len(row) < 1000


def test_a_search_does_not_follow_a_link_to_another_server():
    with serving(sends_raw()) as other:
        page = {"data": [{"locus": FOUND}], "links": {"self": "", "next": f"{other.url}loci"}}
        with (
            serving(sends_raw(json.dumps(page).encode())),
            pytest.raises(BadDataError, match="leads to another server"),
        ):
            list(find_loci(tag="x", limit=2, retries=0))
    assert other.requests == []
