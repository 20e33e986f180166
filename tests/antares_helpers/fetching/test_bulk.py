"""Many loci come side by side, in order, each once; what fails is listed; a folder resumes."""

import gc
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from antares_client import search
from astropy.table import Table

from antares_helpers import (
    InvalidInputError,
    fetch_loci,
    fetch_locus,
    find_loci,
    iter_loci,
    load_locus,
)
from antares_helpers.errors import ServiceError
from antares_helpers.fetching import client, http
from antares_helpers.fetching.cache import LocusCache
from antares_sandbox import Sandbox
from antares_sandbox.faults import Delay, Drop, Hang, Missing, Sometimes, Status

ELSEWHERE = "https://example.org/v2/"
QUIET: dict[str, Any] = {"progress": False}
NUMBER = 40


def asked(sandbox: Sandbox, since: int = 0) -> Counter[str]:
    paths = [request.path for request in sandbox.requests[since:]]
    return Counter(path.split("/")[1] for path in paths if path.startswith("loci/"))


def ids_of(loci: list[dict[str, Any]]) -> list[str]:
    return [locus["id"] for locus in loci]


# What comes back


def test_loci_come_in_the_order_of_their_ids(ids: list[str]) -> None:
    wanted = ids[::-1]
    loci, failures = fetch_loci(wanted, **QUIET)
    assert ids_of(loci) == wanted
    assert len(failures) == 0


def test_a_locus_is_as_fetch_locus_returns_it(ids: list[str]) -> None:
    (locus,) = fetch_loci(ids[:1], **QUIET).loci
    assert locus == fetch_locus(ids[0])


def test_without_catalogs_two_requests_suffice(sandbox: Sandbox, ids: list[str]) -> None:
    before = len(sandbox.requests)
    (locus,) = fetch_loci(ids[:1], include_catalogs=False, **QUIET).loci
    assert locus == fetch_locus(ids[0], include_catalogs=False)
    assert len(sandbox.requests) == before + 4


def test_an_id_that_comes_twice_is_fetched_once(sandbox: Sandbox, ids: list[str]) -> None:
    before = len(sandbox.requests)
    loci, _ = fetch_loci([ids[1], ids[0], f" {ids[1]} ", ids[0]], **QUIET)
    assert ids_of(loci) == [ids[1], ids[0]]
    assert len(sandbox.requests) == before + 6


@pytest.mark.parametrize(
    "form",
    [list, tuple, np.array, iter, lambda ids: Table({"locus_id": ids})["locus_id"], dict.fromkeys],
)
def test_ids_may_come_in_many_forms(ids: list[str], form: Any) -> None:
    assert ids_of(fetch_loci(form(ids[:3]), **QUIET).loci) == ids[:3]


def test_what_a_search_found_can_be_fetched(ids: list[str]) -> None:
    found = find_loci(limit=5)
    loci, _ = fetch_loci(found, **QUIET)
    assert ids_of(loci) == [locus.locus_id for locus in found]
    assert set(ids_of(loci)) <= set(ids)


def test_one_id_is_a_list_of_one(ids: list[str]) -> None:
    assert ids_of(fetch_loci(ids[0], **QUIET).loci) == ids[:1]


def test_no_ids_give_nothing_and_no_failures() -> None:
    loci, failures = fetch_loci([], **QUIET)
    assert (loci, len(failures)) == ([], 0)
    assert failures.colnames == ["locus_id", "error", "hint"]


# Side by side


@pytest.mark.parametrize("connections", [1, 3])
def test_no_more_requests_are_under_way_than_allowed(
    sandbox: Sandbox, ids: list[str], connections: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    under_way, most, lock = 0, 0, threading.Lock()
    send = http.exchange

    def counted(*args: Any, **options: Any) -> Any:
        nonlocal under_way, most
        with lock:
            under_way += 1
            most = max(most, under_way)
        try:
            return send(*args, **options)
        finally:
            with lock:
                under_way -= 1

    monkeypatch.setattr(http, "exchange", counted)
    sandbox.inject_fault("**", Delay(0.02), times=None)
    fetch_loci(ids[:8], max_connections=connections, **QUIET)
    assert most == connections


def test_a_slow_locus_does_not_hold_up_the_others(sandbox: Sandbox, ids: list[str]) -> None:
    before = len(sandbox.requests)
    sandbox.inject_fault(f"loci/{ids[0]}", Delay(1.0))
    start = time.monotonic()
    stream = iter(fetch_loci(ids, max_connections=2, **QUIET).loci)
    assert next(stream)["id"] == ids[0]
    assert asked(sandbox, before)[ids[-1]] == 3
    assert time.monotonic() - start >= 1


def test_a_stream_asks_only_as_far_ahead_as_it_must(sandbox: Sandbox, ids: list[str]) -> None:
    before = len(sandbox.requests)
    with iter_loci(ids, max_connections=1, **QUIET) as stream:
        next(stream)
        time.sleep(0.3)
        assert 1 <= len(asked(sandbox, before)) <= 8
    assert ids_of(list(stream)) == []


def test_a_stream_gives_all_loci_and_lets_them_go(ids: list[str]) -> None:
    gc.collect()
    before, most, seen = loci_in_memory(), 0, []
    for locus in iter_loci(ids, max_connections=1, **QUIET):
        seen.append(locus["id"])
        if len(seen) % 8 == 0:
            most = max(most, loci_in_memory() - before)
    assert seen == ids
    assert most <= 10


def loci_in_memory() -> int:
    return sum(1 for each in gc.get_objects() if _is_locus(each))


def _is_locus(thing: Any) -> bool:
    return type(thing) is dict and "grav_wave_events_metadata" in thing


def test_closing_a_stream_ends_its_requests(sandbox: Sandbox, ids: list[str]) -> None:
    sandbox.inject_fault("**", Delay(0.05), times=None)
    stream = iter_loci(ids, max_connections=2, **QUIET)
    next(stream)
    stream.close()
    time.sleep(0.2)
    before = len(sandbox.requests)
    time.sleep(0.3)
    assert len(sandbox.requests) == before


# Failures


def test_failures_are_listed_and_stop_nothing(sandbox: Sandbox, ids: list[str]) -> None:
    sandbox.inject_fault(f"loci/{ids[1]}", Status(503), times=None)
    sandbox.inject_fault(f"loci/{ids[2]}/alerts", Missing("data.*.mjd"), times=None)
    wanted = [ids[0], ids[1], ids[2], "ANT2026nowhere", "M 31", "../loci", ids[3]]
    loci, failures = fetch_loci(wanted, retries=0, **QUIET)
    assert ids_of(loci) == [ids[0], ids[3]]
    assert failures["locus_id"].tolist() == wanted[1:6]
    kinds = [error.partition(":")[0] for error in failures["error"]]
    assert kinds == [
        "ServiceError",
        "BadDataError",
        "LocusNotFoundError",
        *["InvalidInputError"] * 2,
    ]
    assert all(failures["hint"])


def test_failures_can_be_tried_again(sandbox: Sandbox, ids: list[str]) -> None:
    sandbox.inject_fault(f"loci/{ids[1]}", Status(503), times=1)
    _, failures = fetch_loci(ids[:3], retries=0, **QUIET)
    loci, failures = fetch_loci(failures["locus_id"], **QUIET)
    assert (ids_of(loci), len(failures)) == ([ids[1]], 0)


def test_what_fails_at_random_is_had_with_retries(sandbox: Sandbox, ids: list[str]) -> None:
    sandbox.inject_fault("**", Sometimes(Status(503), 0.1), times=None)
    loci, failures = fetch_loci(ids, **QUIET)
    assert (ids_of(loci), len(failures)) == (ids, 0)


@pytest.mark.slow
def test_what_fails_at_random_without_retries_is_had_or_listed(
    sandbox: Sandbox, ids: list[str]
) -> None:
    sandbox.inject_fault("**", Sometimes(Drop(), 0.2, seed=5), times=None)
    loci, failures = fetch_loci(ids, retries=0, **QUIET)
    whole = set(ids_of(loci)) - set(failures["locus_id"])
    assert set(ids_of(loci)) | set(failures["locus_id"]) == set(ids)
    assert failures
    assert all(locus == fetch_locus(locus["id"]) for locus in loci if locus["id"] in whole)


def test_a_locus_without_its_catalog_matches_is_had_and_listed(
    sandbox: Sandbox, ids: list[str], tmp_path: Path
) -> None:
    sandbox.inject_fault(f"loci/{ids[0]}/catalog-matches", Status(503), times=1)
    loci, failures = fetch_loci(ids[:2], folder=tmp_path, retries=0, **QUIET)
    assert ids_of(loci) == ids[:2]
    assert failures["locus_id"].tolist() == ids[:1]
    assert "catalog matches of locus" in failures["error"][0]
    assert [path.stem for path in tmp_path.glob("*.json")] == ids[1:2]


def test_a_service_that_is_down_is_not_asked_for_ever(sandbox: Sandbox, ids: list[str]) -> None:
    before = len(sandbox.requests)
    sandbox.inject_fault("**", Status(503), times=None)
    loci, failures = fetch_loci(ids, retries=0, max_connections=2, **QUIET)
    assert (len(loci), len(failures)) == (0, len(ids))
    assert "Not requested" in failures["error"][-1]
    assert len(asked(sandbox, before)) < len(ids)


def test_loci_that_are_missing_do_not_look_like_a_service_that_is_down(ids: list[str]) -> None:
    missing = [f"ANT2026nowhere{number}" for number in range(20)]
    loci, failures = fetch_loci([*missing, ids[0]], max_connections=2, **QUIET)
    assert ids_of(loci) == ids[:1]
    assert failures["locus_id"].tolist() == missing


def test_a_locus_that_takes_too_long_is_listed(sandbox: Sandbox, ids: list[str]) -> None:
    sandbox.inject_fault(f"loci/{ids[0]}", Hang(), times=None)
    loci, failures = fetch_loci(ids[:2], timeout=1, **QUIET)
    assert ids_of(loci) == ids[1:2]
    assert failures["error"][0].startswith("ServiceTimeoutError")
    assert "timeout=2" in failures["hint"][0]


def test_few_threads_are_enough(sandbox: Sandbox, ids: list[str]) -> None:
    sandbox.inject_fault("**", Delay(0.02), times=None)
    before, most, over = threading.active_count(), 0, threading.Event()

    def watch() -> None:
        nonlocal most
        while not over.wait(0.005):
            most = max(most, threading.active_count() - before - 1)

    watcher = threading.Thread(target=watch)
    watcher.start()
    loci, _ = fetch_loci(ids, max_connections=8, **QUIET)
    over.set()
    watcher.join()
    assert len(loci) == len(ids)
    assert 8 <= most <= 12


def test_loci_that_drip_stop_nothing_and_leave_nothing_behind(
    sandbox: Sandbox, ids: list[str]
) -> None:
    before = set(threading.enumerate())
    for locus_id in ids[:3]:
        sandbox.inject_fault(f"loci/{locus_id}/*", Hang(), times=None)
        sandbox.inject_fault(f"loci/{locus_id}", Hang(), times=None)
    start = time.monotonic()
    loci, failures = fetch_loci(ids[:12], max_connections=2, timeout=1, retries=0, **QUIET)
    assert time.monotonic() - start < 10
    assert ids_of(loci) == ids[3:12]
    assert failures["locus_id"].tolist() == ids[:3]
    deadline = time.monotonic() + 10
    while set(threading.enumerate()) - before and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not set(threading.enumerate()) - before


# A folder


@pytest.mark.usefixtures("sandbox")
def test_a_folder_replays_all_that_the_service_sent(
    ids: list[str], tmp_path: Path, serving: Any
) -> None:
    paths = [f"loci/{ids[0]}{part}" for part in ("", "/alerts", "/catalog-matches")]
    sent = [search.api_client.client.get(path).json() for path in paths]
    fetch_loci(ids[:1], folder=tmp_path, **QUIET)
    with serving(tmp_path):
        replayed = [search.api_client.client.get(path).json() for path in paths]
    assert replayed == sent


def test_each_locus_is_kept_as_a_file_that_is_its_own(ids: list[str], tmp_path: Path) -> None:
    folder = tmp_path / "new" / "folder"
    loci, _ = fetch_loci(ids[:3], folder=folder, **QUIET)
    assert sorted(path.name for path in folder.iterdir()) == [f"{each}.json" for each in ids[:3]]
    assert [load_locus(folder / f"{each}.json") for each in ids[:3]] == loci


def test_what_is_kept_is_not_fetched_again(
    sandbox: Sandbox, ids: list[str], tmp_path: Path
) -> None:
    first, _ = fetch_loci(ids[:3], folder=tmp_path, **QUIET)
    before = len(sandbox.requests)
    again, _ = fetch_loci(ids[:4], folder=str(tmp_path), **QUIET)
    assert again[:3] == first
    assert set(asked(sandbox, before)) == {ids[3]}


def test_all_is_fetched_again_on_request(sandbox: Sandbox, ids: list[str], tmp_path: Path) -> None:
    fetch_loci(ids[:2], folder=tmp_path, **QUIET)
    before = len(sandbox.requests)
    fetch_loci(ids[:2], folder=tmp_path, refresh=True, **QUIET)
    assert set(asked(sandbox, before)) == set(ids[:2])


@pytest.mark.parametrize("content", ["", "{", "[]", '{"header": {}}'])
def test_a_damaged_file_is_fetched_again(ids: list[str], tmp_path: Path, content: str) -> None:
    (tmp_path / f"{ids[0]}.json").write_text(content)
    loci, failures = fetch_loci(ids[:1], folder=tmp_path, **QUIET)
    assert (ids_of(loci), len(failures)) == (ids[:1], 0)
    assert load_locus(tmp_path / f"{ids[0]}.json") == loci[0]


def test_a_file_with_another_locus_is_fetched_again(ids: list[str], tmp_path: Path) -> None:
    fetch_loci(ids[:1], folder=tmp_path, **QUIET)
    (tmp_path / f"{ids[0]}.json").rename(tmp_path / f"{ids[1]}.json")
    assert ids_of(fetch_loci(ids[1:2], folder=tmp_path, **QUIET).loci) == ids[1:2]


def test_the_folder_can_be_served(ids: list[str], tmp_path: Path, serving: Any) -> None:
    loci, _ = fetch_loci(ids[:5], folder=tmp_path, **QUIET)
    with serving(tmp_path) as offline:
        assert not offline.skipped
        assert fetch_loci(ids[:5], **QUIET).loci == loci


def test_a_locus_that_can_not_be_written_is_had_and_listed(
    ids: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("antares_helpers.atomic.os.replace", full)
    loci, failures = fetch_loci(ids[:2], folder=tmp_path, **QUIET)
    assert ids_of(loci) == ids[:2]
    assert all("No space left" in error for error in failures["error"])
    assert list(tmp_path.iterdir()) == []


def test_a_locus_that_is_no_json_is_had_and_listed(
    ids: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = client.fetch_parts

    def with_nan(*args: Any, **options: Any) -> Any:
        parts = real(*args, **options)
        return parts._replace(locus=parts.locus | {"ra": float("nan")})

    monkeypatch.setattr("antares_helpers.fetching.bulk.fetch_parts", with_nan)
    loci, failures = fetch_loci(ids[:1], folder=tmp_path, **QUIET)
    assert ids_of(loci) == ids[:1]
    assert "can't be written as JSON" in failures["error"][0]


def test_what_a_killed_process_left_is_removed_when_it_is_old(
    ids: list[str], tmp_path: Path
) -> None:
    old, new = (tmp_path / f".{ids[0]}.json.{name}" for name in ("old", "new"))
    for path in (old, new):
        path.write_text("{")
    os.utime(old, (0, 0))
    fetch_loci(ids[:1], folder=tmp_path, **QUIET)
    assert not old.exists()
    assert new.exists()


PROGRAM = """
import sys
from antares_helpers import fetch_loci
print("ready", flush=True)
loci, failures = fetch_loci(sys.argv[2:], folder=sys.argv[1], progress=False)
print(len(loci), len(failures))
"""


@pytest.mark.slow
def test_a_run_that_is_killed_is_gone_on_with(
    sandbox: Sandbox, ids: list[str], tmp_path: Path
) -> None:
    command = [sys.executable, "-c", PROGRAM, str(tmp_path), *ids]
    before = len(sandbox.requests)
    sandbox.inject_fault("**", Delay(0.02), times=None)
    kept: list[int] = []
    for seconds in (0.05, 0.15, 0.1):
        with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment()) as process:
            assert process.stdout
            process.stdout.readline()
            time.sleep(seconds)
            process.send_signal(signal.SIGKILL)
        kept.append(len(list(tmp_path.glob("ANT*.json"))))
    done = subprocess.run(command, stdout=subprocess.PIPE, env=environment(), check=True)
    assert done.stdout.split() == [b"ready", str(len(ids)).encode(), b"0"]
    assert kept == sorted(kept)
    assert kept[-1] < len(ids)  # or nothing was broken off
    files = [json.loads(path.read_bytes())["locus"] for path in sorted(tmp_path.glob("ANT*.json"))]
    assert [file["id"] for file in files] == ids
    requests = asked(sandbox, before)
    assert all(count <= 3 * (1 + len(kept)) for count in requests.values())
    assert sum(requests.values()) <= 3 * (len(ids) + 12 * len(kept))  # those under way at a kill


def environment() -> dict[str, str]:
    url = str(search.api_client.client.base_url)
    return os.environ | {"ANTARES_API_BASE_URL": url, "NO_PROXY": "127.0.0.1"}


# What can't be meant


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"ids": 3}, "must be ANTARES IDs"),
        ({"ids": None}, "must be ANTARES IDs"),
        ({"ids": ["ANT2026many00000", 3]}, "strings, not 3"),
        ({"ids": [{"id": "ANT2026many00000"}]}, "strings"),
        ({"max_connections": 0}, "1 to 32"),
        ({"max_connections": 33}, "1 to 32"),
        ({"max_connections": 2.0}, "1 to 32"),
        ({"max_connections": True}, "1 to 32"),
        ({"progress": "no"}, "True or False"),
        ({"refresh": 1}, "True or False"),
        ({"include_catalogs": None}, "True or False"),
        ({"timeout": 0}, "positive"),
        ({"retries": -1}, "0 or more"),
        ({"folder": 3}, "path of a folder"),
        ({"folder": ""}, "path of a folder"),
        ({"folder": __file__}, "is a file"),
    ],
    ids=str,
)
def test_what_can_not_be_meant_is_told_before_anything_is_sent(
    sandbox: Sandbox, ids: list[str], options: dict[str, Any], message: str
) -> None:
    before = len(sandbox.requests)
    with pytest.raises(InvalidInputError, match=message):
        fetch_loci(**({"ids": ids} | options))
    assert len(sandbox.requests) == before


# Processes and services


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system knows no fork")
def test_children_of_a_fork_ask_over_connections_of_their_own(ids: list[str]) -> None:
    wanted = ids[:12]
    expected, _ = fetch_loci(wanted, **QUIET)  # leaves connections open
    code = (
        "import sys, multiprocessing\n"
        "from antares_helpers import fetch_loci, fetch_locus\n"
        "ids = sys.argv[1:]\n"
        "loci, _ = fetch_loci(ids, progress=False)\n"
        "with multiprocessing.get_context('fork').Pool(4) as pool:\n"
        "    print(pool.map(fetch_locus, ids * 3) == loci * 3)\n"
    )
    command = [sys.executable, "-W", "ignore", "-c", code, *wanted]
    done = subprocess.run(command, capture_output=True, env=environment(), check=False, timeout=60)
    assert done.stdout == b"True\n", done.stderr.decode()
    assert ids_of(expected) == wanted


def test_what_a_sandbox_served_is_not_taken_for_the_service_s(
    ids: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetch_loci(ids[:1], folder=tmp_path, **QUIET)
    kept = LocusCache(tmp_path, read=True, include_catalogs=True)
    assert kept.load(ids[0])
    monkeypatch.setattr("antares_helpers.fetching.cache.base_url", lambda: ELSEWHERE)
    assert kept.load(ids[0]) is None


def test_what_the_service_sent_is_good_enough_for_a_sandbox(
    ids: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("antares_helpers.fetching.cache.base_url", lambda: ELSEWHERE)
        fetch_loci(ids[:1], folder=tmp_path, **QUIET)
    assert LocusCache(tmp_path, read=True, include_catalogs=True).load(ids[0])


def test_a_locus_kept_without_catalogs_is_fetched_again_for_them(
    sandbox: Sandbox, ids: list[str], tmp_path: Path
) -> None:
    fetch_loci(ids[:2], folder=tmp_path, include_catalogs=False, **QUIET)
    before = len(sandbox.requests)
    loci, _ = fetch_loci(ids[:2], folder=tmp_path, **QUIET)
    assert loci == [fetch_locus(each) for each in ids[:2]]
    assert set(asked(sandbox, before)) == set(ids[:2])
    before = len(sandbox.requests)
    fetch_loci(ids[:2], folder=tmp_path, include_catalogs=False, **QUIET)
    assert len(sandbox.requests) == before


@pytest.mark.slow
def test_waiting_for_a_connection_does_not_count_as_time(sandbox: Sandbox, ids: list[str]) -> None:
    sandbox.inject_fault("**", Delay(0.3), times=None)
    loci, failures = fetch_loci(ids[:4], max_connections=1, timeout=1.5, **QUIET)
    assert (ids_of(loci), len(failures)) == (ids[:4], 0)


def test_some_broken_loci_do_not_look_like_a_service_that_is_down(
    sandbox: Sandbox, ids: list[str]
) -> None:
    for each in ids[:10]:
        sandbox.inject_fault(f"loci/{each}", Status(503), times=None)
    loci, failures = fetch_loci(ids, retries=0, max_connections=1, **QUIET)
    assert ids_of(loci) == ids[10:]
    assert failures["locus_id"].tolist() == ids[:10]


def test_an_answer_that_can_not_be_read_is_asked_for_again(
    sandbox: Sandbox, ids: list[str]
) -> None:
    sandbox.inject_fault(f"loci/{ids[0]}/alerts", Missing("data.*.mjd"), times=2)
    assert ids_of(fetch_loci(ids[:1], **QUIET).loci) == ids[:1]


def test_nothing_is_asked_for_where_nothing_can_be_written(
    sandbox: Sandbox, ids: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(**_: Any) -> None:
        raise PermissionError(13, "Permission denied", str(tmp_path))

    monkeypatch.setattr("antares_helpers.fetching.cache.NamedTemporaryFile", refused)
    before = len(sandbox.requests)
    with pytest.raises(PermissionError):
        fetch_loci(ids[:1], folder=tmp_path, **QUIET)
    assert len(sandbox.requests) == before


STOPS = """
import sys
from antares_helpers import iter_loci
for locus in iter_loci(sys.argv[1:], progress=False):
    break
"""


@pytest.mark.slow
def test_a_script_that_stops_early_ends_normally(sandbox: Sandbox, ids: list[str]) -> None:
    sandbox.clear_faults()
    for _ in range(8):  # threads in compiled code at the end aborted one run in six
        done = subprocess.run(
            [sys.executable, "-c", STOPS, *ids], env=environment(), capture_output=True, check=False
        )
        assert (done.returncode, done.stderr) == (0, b"")


# A search that goes on meanwhile


def pages(sandbox: Sandbox) -> int:
    """Return how many pages of searches were requested."""
    return sum(each.path == "loci" for each in sandbox.requests)


def test_loci_of_a_search_come_while_it_is_read() -> None:
    with Sandbox(night=700, largest_visit=300) as sandbox:
        found = find_loci(limit=None)
        with iter_loci(found, include_catalogs=False, max_connections=2, **QUIET) as stream:
            first = next(stream)
            assert pages(sandbox) == 1
            ids = [first["id"], *(locus["id"] for locus in stream)]
    assert len(ids) == len(set(ids)) == 700
    assert ids == found.ids
    assert len(stream.failures) == 0
    assert stream.meta == found.meta
    assert found.truncated is False


def test_an_error_of_a_search_comes_after_the_loci_before_it() -> None:
    with Sandbox(night=700) as sandbox:
        found = find_loci(limit=None, retries=0)
        next(found)
        stream = iter_loci(found, include_catalogs=False, max_connections=2, **QUIET)
        next(stream)
        sandbox.inject_fault("loci", Status(500), times=None)
        more: list[Any] = []
        with pytest.raises(ServiceError):
            more.extend(stream)
        assert 1 + len(more) + len(stream.failures) == 249


def test_what_a_search_has_found_is_not_all_in_memory_while_it_is_read() -> None:
    with Sandbox(night=700):
        found = find_loci(limit=None)
        stream = iter_loci(found, include_catalogs=False, max_connections=1, **QUIET)
        next(stream)
        time.sleep(0.5)
        assert len(found.ids) < 20
        stream.close()
