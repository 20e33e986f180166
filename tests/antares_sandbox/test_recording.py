"""Recording loci, and serving what was recorded."""

import hashlib
import json
import re
from importlib.metadata import version

import httpx
import pytest
from small_service import DATA, SmallService, serving

from antares_sandbox import (
    LARGE_ID,
    TUTORIAL_ID,
    Sandbox,
    SandboxError,
    record_loci,
    simulate_large,
    write_locus_files,
)

PATHS = ("", "/alerts", "/catalog-matches")
PASSING = (503, {"Retry-After": "0"}, b"busy")


@pytest.fixture
def service():
    with serving(SmallService(json.loads(json.dumps(DATA)))) as running:
        yield running


def replayed(folder, locus_id):
    """Return the bodies that a sandbox on a folder answers with."""
    with Sandbox(folder) as sandbox, httpx.Client(base_url=sandbox.url, trust_env=False) as client:
        return [client.get(f"loci/{locus_id}{path}").json()["data"] for path in PATHS]


def manifest_of(folder):
    return json.loads((folder / "manifest.json").read_text("utf-8"))


@pytest.mark.slow
def test_a_recording_of_a_sandbox_gives_the_same_loci_to_the_client(tmp_path, fetch):
    with Sandbox() as sandbox:
        ids = sandbox.locus_ids
        original = {locus_id: fetch(locus_id) for locus_id in ids}
        done = record_loci(ids, source=sandbox.url, folder=tmp_path)

    with Sandbox(tmp_path) as sandbox:
        assert sandbox.locus_ids == done.recorded == ids
        assert {locus_id: fetch(locus_id) for locus_id in ids} == original


def test_every_answer_is_replayed_in_full(service, tmp_path, caplog):
    record_loci(["ANT2026small"], source=service.url, folder=tmp_path)

    assert replayed(tmp_path, "ANT2026small") == list(DATA.values())
    assert caplog.text == ""


def test_real_loci_are_recorded_and_replayed_in_full(real_responses, tmp_path):
    data = {
        path: body["data"] for bodies in real_responses.values() for path, body in bodies.items()
    }
    with serving(SmallService(data)) as service:
        done = record_loci(real_responses, source=service.url, folder=tmp_path)

    assert done.recorded == list(real_responses)
    for locus_id in real_responses:
        assert replayed(tmp_path, locus_id) == [data[f"loci/{locus_id}{path}"] for path in PATHS]


def test_a_large_locus_is_recorded(tmp_path, fetch):
    file = simulate_large(500)
    write_locus_files([file], tmp_path / "from")
    with Sandbox(tmp_path / "from") as sandbox:
        record_loci([LARGE_ID], source=sandbox.url, folder=tmp_path / "to")

    with Sandbox(tmp_path / "to"):
        assert fetch(LARGE_ID) == file["locus"]


def test_the_manifest_tells_source_date_client_and_checksums(service, tmp_path):
    record_loci(["ANT2026small"], source=service.url, folder=tmp_path)

    manifest = manifest_of(tmp_path)
    content = (tmp_path / "ANT2026small.json").read_bytes()
    assert manifest["source"] == service.url
    assert manifest["date"].startswith("20")
    assert manifest["client_version"] == version("antares-client")
    assert manifest["files"].keys() == {"ANT2026small.json"}
    entry = manifest["files"]["ANT2026small.json"]
    assert entry["sha256"] == hashlib.sha256(content).hexdigest()


def test_the_header_tells_source_and_date(service, tmp_path):
    record_loci(["ANT2026small"], source=service.url, folder=tmp_path)

    header = json.loads((tmp_path / "ANT2026small.json").read_text("utf-8"))["header"]
    assert header["source"] == service.url
    assert header["created"] == manifest_of(tmp_path)["files"]["ANT2026small.json"]["recorded"]


def test_the_manifest_does_not_disturb_serving(service, tmp_path, caplog):
    record_loci(["ANT2026small"], source=service.url, folder=tmp_path)

    sandbox = Sandbox(tmp_path)

    assert sandbox.locus_ids == ["ANT2026small"]
    assert sandbox.skipped == {}
    assert caplog.text == ""


def test_what_is_there_and_whole_is_not_asked_for_again(service, tmp_path):
    record_loci(["ANT2026small"], source=service.url, folder=tmp_path)
    service.asked.clear()

    done = record_loci(["ANT2026small"], source=service.url, folder=tmp_path)

    assert (done.recorded, done.kept, service.asked) == ([], ["ANT2026small"], [])


def test_what_is_damaged_is_recorded_again(service, tmp_path):
    record_loci(["ANT2026small"], source=service.url, folder=tmp_path)
    path = tmp_path / "ANT2026small.json"
    whole = path.read_bytes()
    path.write_bytes(whole[:100])

    done = record_loci(["ANT2026small"], source=service.url, folder=tmp_path)

    assert done.recorded == ["ANT2026small"]
    assert replayed(tmp_path, "ANT2026small") == list(DATA.values())


def test_a_recording_broken_off_before_the_manifest_goes_on(service, tmp_path):
    record_loci(["ANT2026small"], source=service.url, folder=tmp_path)
    (tmp_path / "manifest.json").unlink()
    service.asked.clear()

    done = record_loci(["ANT2026small"], source=service.url, folder=tmp_path)

    assert (done.kept, service.asked) == (["ANT2026small"], [])
    assert manifest_of(tmp_path)["files"].keys() == {"ANT2026small.json"}


def test_a_file_of_another_origin_is_never_overwritten(service, small_file, write):
    folder = write(small_file)
    before = (folder / "ANT2026small.json").read_bytes()

    done = record_loci(["ANT2026small"], source=service.url, folder=folder)

    assert "move it away" in done.failed["ANT2026small"]
    assert (folder / "ANT2026small.json").read_bytes() == before


def test_a_folder_with_another_recording_is_refused(service, tmp_path):
    record_loci(["ANT2026small"], source=service.url, folder=tmp_path)

    with pytest.raises(SandboxError, match=f"holds a recording of {service.url}"):
        record_loci(["ANT2026small"], source="http://127.0.0.1:9/v2/", folder=tmp_path)


def test_a_foreign_manifest_is_refused(service, tmp_path):
    (tmp_path / "manifest.json").write_text("{}")

    with pytest.raises(SandboxError, match="is not the manifest of a recording"):
        record_loci(["ANT2026small"], source=service.url, folder=tmp_path)


def test_one_connection_is_used_and_says_who_asks(service, tmp_path):
    record_loci(["ANT2026small", "ANT2026none"], source=service.url, folder=tmp_path)

    assert len(service.connections) == 1
    agents = {agent for _, agent in service.asked}
    assert len(agents) == 1
    assert agents.pop().startswith("antares-sandbox-record/")


@pytest.mark.parametrize("fault", [PASSING, (429, {"Retry-After": "0"}, b""), (502, {}, b"<html>")])
def test_what_passes_is_asked_again(service, tmp_path, fault, caplog):
    service.faults.append(fault)

    done = record_loci(["ANT2026small"], source=service.url, folder=tmp_path)

    assert done.recorded == ["ANT2026small"]
    assert f"{fault[0]}" in caplog.text
    assert "asking again" in caplog.text


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ((404, {}, b"{}"), r"loci/ANT2026small: no such locus \(404\)"),
        ((403, {}, b"{}"), "403 Forbidden"),
        ((200, {}, b"<html>"), "the answer is not of API v2"),
        ((200, {}, b"[]"), "the answer is not of API v2"),
        ((200, {}, b'{"data": {"id": "ANT2026other"}}'), "answered with another locus"),
        ((200, {}, b'{"data": {"id": "ANT2026small"}}'), "not as API v2 has them"),
        ((200, {}, b'{"data": [1]}'), "not as API v2 has them"),
    ],
)
def test_a_failure_is_told_with_its_locus(service, tmp_path, fault, reason):
    service.faults.append(fault)

    done = record_loci(["ANT2026small"], source=service.url, folder=tmp_path, retries=0)

    assert re.search(reason, done.failed["ANT2026small"])
    assert not list(tmp_path.iterdir())


def test_retries_end(service, tmp_path):
    service.faults.extend([PASSING] * 9)

    done = record_loci(["ANT2026small"], source=service.url, folder=tmp_path, retries=2)

    assert "503 Service Unavailable" in done.failed["ANT2026small"]
    assert len(service.asked) == 3


def test_a_field_of_the_wrong_type_is_named(service, tmp_path):
    service.data["loci/ANT2026small"]["tags"] = None

    done = record_loci(["ANT2026small"], source=service.url, folder=tmp_path)

    assert "locus.user_tags" in done.failed["ANT2026small"]
    assert not list(tmp_path.iterdir())


def test_a_failure_does_not_stop_the_others(service, tmp_path):
    done = record_loci(["ANT2026none", "ANT2026small"], source=service.url, folder=tmp_path)

    assert (done.recorded, list(done.failed)) == (["ANT2026small"], ["ANT2026none"])


def test_a_service_that_is_not_there_is_told(tmp_path):
    url = "http://127.0.0.1:9/v2/"

    done = record_loci([TUTORIAL_ID], source=url, folder=tmp_path, retries=0)

    assert done.failed[TUTORIAL_ID].startswith(url)


@pytest.mark.parametrize("wrong", ["", "ZTF18abc", "ANT1", "ANT2026/../x", "ANT2026small\n"])
def test_ids_are_checked_before_anything_is_asked(service, tmp_path, wrong):
    with pytest.raises(SandboxError, match="not a locus ID"):
        record_loci(["ANT2026small", wrong], source=service.url, folder=tmp_path / "new")

    assert service.asked == []
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize(("ids", "message"), [([], "at least"), ("ANT2026small", "one ID")])
def test_ids_are_a_list_with_something_in_it(service, tmp_path, ids, message):
    with pytest.raises(SandboxError, match=message):
        record_loci(ids, source=service.url, folder=tmp_path)


@pytest.mark.parametrize(
    "url", ["", "127.0.0.1:80", "ftp://127.0.0.1/", "http://", "http://me:secret@127.0.0.1/v2/"]
)
def test_the_address_is_checked(tmp_path, url):
    with pytest.raises(SandboxError, match="is not the address of a service"):
        record_loci([TUTORIAL_ID], source=url, folder=tmp_path)


def test_an_id_given_twice_is_recorded_once(service, tmp_path):
    done = record_loci(["ANT2026small"] * 2, source=service.url, folder=tmp_path)

    assert (done.recorded, done.kept) == (["ANT2026small"], [])


def test_the_address_needs_no_slash_at_its_end(service, tmp_path):
    record_loci(["ANT2026small"], source=service.url.rstrip("/"), folder=tmp_path)

    assert manifest_of(tmp_path)["source"] == service.url


def test_a_proxy_is_not_asked_for_the_own_machine(service, tmp_path, monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)

    done = record_loci(["ANT2026small"], source=service.url, folder=tmp_path, retries=0)

    assert done.failed == {}
