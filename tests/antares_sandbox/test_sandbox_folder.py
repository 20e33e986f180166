import json
import logging

import pytest

from antares_helpers.errors import BadDataError
from antares_sandbox import BUNDLED, Sandbox, SandboxError
from antares_sandbox.store import folder as folder_module
from antares_sandbox.store.format import read_checked_locus_file, read_outline

DAMAGED = {
    "empty.json": b"",
    "truncated.json": b'{"header": {"format": "antares-locus"',
    "binary.json": b"\x00\xff\xfe",
    "list.json": b"[1, 2]",
    "foreign.json": b'{"type": "FeatureCollection", "features": []}',
    "other_format.json": b'{"header": {"format": "other", "version": 1}, "locus": {}}',
}


def edited(file, **changes):
    """Return a locus file with changes to its locus."""
    return {**file, "locus": {**file["locus"], **changes}}


@pytest.fixture
def mixed_folder(small_file, write):
    folder = write(small_file)
    for name, content in DAMAGED.items():
        (folder / name).write_bytes(content)
    return folder


def test_damaged_and_foreign_files_are_named_in_the_log(mixed_folder, caplog):
    with caplog.at_level(logging.WARNING, logger="antares_sandbox"):
        Sandbox(mixed_folder)

    messages = [record.getMessage() for record in caplog.records]
    assert len(messages) == len(DAMAGED)
    assert all(any(name in message for message in messages) for name in DAMAGED)


def test_the_rest_of_a_folder_is_served(mixed_folder, fetch, small_file):
    with Sandbox(mixed_folder) as sandbox:
        assert sandbox.locus_ids == ["ANT2026small"]
        assert fetch("ANT2026small") == small_file["locus"]


def test_skipped_files_are_listed_with_their_reason(mixed_folder):
    skipped = Sandbox(mixed_folder).skipped

    assert {path.name for path in skipped} == set(DAMAGED)
    assert "its header does not say" in skipped[mixed_folder / "other_format.json"]


def test_other_files_and_folders_do_not_matter(small_file, write):
    folder = write(small_file)
    (folder / "notes.txt").write_text("x")
    (folder / "folder.json").mkdir()

    sandbox = Sandbox(folder)

    assert sandbox.locus_ids == ["ANT2026small"]
    assert [path.name for path in sandbox.skipped] == ["folder.json"]


def test_the_same_locus_twice_is_served_once(small_file, write):
    folder = write(small_file)
    (folder / "copy.json").write_text(json.dumps(small_file))

    sandbox = Sandbox(folder)

    assert sandbox.locus_ids == ["ANT2026small"]
    assert "ANT2026small is in" in next(iter(sandbox.skipped.values()))


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"id": "../../secret"}, "locus.id"),
        ({"ra": "10"}, "locus.ra"),
        ({"ra": 400.0}, "locus.ra"),
        ({"dec": -95.0}, "locus.dec"),
        ({"user_tags": None}, "locus.user_tags"),
        ({"alerts": [{"id": "lsst:1"}]}, r"locus.alerts.0"),
        ({"catalog_objects": {"x": {}}}, "locus.catalog_objects.x"),
    ],
)
def test_the_place_of_a_fault_is_named(small_file, write, changes, place):
    small_file["locus"] |= changes
    path = write({**small_file, "locus": {**small_file["locus"], "id": "ANT2026small"}})
    (path / "ANT2026small.json").write_text(json.dumps(small_file))

    with pytest.raises(BadDataError, match=place):
        read_checked_locus_file(path / "ANT2026small.json")


@pytest.mark.parametrize("version", [0, 2, "1"])
def test_another_version_is_refused(small_file, write, version):
    small_file["header"]["version"] = version

    assert Sandbox(write(small_file)).locus_ids == []


@pytest.mark.parametrize("mjd", [1e300, -1e9])
def test_a_time_that_is_no_date_is_refused(small_file, write, mjd):
    small_file["locus"]["alerts"][0]["mjd"] = mjd

    (reason,) = Sandbox(write(small_file)).skipped.values()

    assert "can't be served" in reason


def test_an_empty_folder_is_served_with_a_warning(tmp_path, caplog):
    with Sandbox(tmp_path) as sandbox:
        assert sandbox.locus_ids == []

    assert "contains no locus files" in caplog.text


def test_a_missing_folder_is_an_error_that_says_what_to_do(tmp_path):
    with pytest.raises(SandboxError, match=r"does not exist\. Give a folder of locus files"):
        Sandbox(tmp_path / "missing")


def test_a_file_is_not_a_folder(tmp_path):
    (tmp_path / "file").write_text("x")

    with pytest.raises(SandboxError, match="is a file, not a folder"):
        Sandbox(tmp_path / "file")


def test_what_does_not_fit_into_memory_is_read_at_each_request(
    small_file, write, fetch, monkeypatch
):
    monkeypatch.setattr(folder_module, "MEMORY_BYTES", 0)

    with Sandbox(write(small_file)):
        assert fetch("ANT2026small") == small_file["locus"]


def test_a_file_that_is_damaged_later_is_an_error_of_the_server(
    small_file, write, fetch, monkeypatch
):
    monkeypatch.setattr(folder_module, "MEMORY_BYTES", 0)
    folder = write(small_file)

    with Sandbox(folder):
        (folder / "ANT2026small.json").write_text("{")
        with pytest.raises(Exception, match=r"ANT2026small\.json is not a locus file"):
            fetch("ANT2026small")


@pytest.mark.parametrize("number", ["1e999", "-1e999", "400.0", "1e308"])
@pytest.mark.parametrize("place", ["ra", "dec"])
def test_one_file_that_can_not_be_served_does_not_stop_the_others(number, place, small_file, write):
    folder = write(small_file)
    damaged = json.dumps({**small_file, "locus": {**small_file["locus"], "id": "ANT2026other"}})
    value = json.dumps({place: small_file["locus"][place]})[1:-1]
    assert value in damaged
    (folder / "ANT2026other.json").write_text(damaged.replace(value, f'"{place}": {number}'))

    with Sandbox(folder) as sandbox:
        assert sandbox.locus_ids == [small_file["locus"]["id"]]
        assert list(sandbox.skipped) == [folder / "ANT2026other.json"]


# Starting: every file is checked, but not made into Python objects in full


def test_an_outline_lacks_properties_of_alerts_alone():
    for path in sorted(BUNDLED.glob("*.json"))[::10]:
        whole, outline = read_checked_locus_file(path), read_outline(path, path.read_bytes())
        for alert in whole["locus"]["alerts"]:
            named = ("lsst_diaSource_scienceFlux", "lsst_diaSource_scienceFluxErr")
            fluxes = {name: alert["properties"].get(name) for name in named}
            alert["properties"] = {
                name: fluxes[name] for name in named if name in alert["properties"]
            }
        assert outline == whole


@pytest.mark.parametrize(
    ("properties", "is_served"),
    [
        ({"x": "\ud800"}, False),
        ({"x": "\U0001f600"}, True),
        ({"x": float("nan")}, False),
        ({"x": float("-inf")}, False),
        ({"x": "NaN and Infinity"}, True),
        ({"x": 10**400}, True),
        ({"lsst_diaSource_scienceFlux": "1", "lsst_diaSource_scienceFluxErr": 1.0}, False),
        ({"lsst_diaSource_scienceFlux": True, "lsst_diaSource_scienceFluxErr": 1}, True),
        ({"lsst_diaSource_scienceFlux": 10**400, "lsst_diaSource_scienceFluxErr": 1.0}, False),
        ({"lsst_diaSource_scienceFlux": 1, "lsst_diaSource_scienceFluxErr": None}, True),
        ([], False),
        (None, False),
    ],
)
def test_an_alert_that_can_not_be_served_is_found_at_the_start(
    small_file, write, fetch, properties, is_served
):
    small_file["locus"]["alerts"][3]["properties"] = properties

    with Sandbox(write(small_file)) as sandbox:
        assert len(sandbox.locus_ids) == is_served
        assert len(sandbox.skipped) == (not is_served)
        if is_served:
            assert fetch("ANT2026small")["alerts"][3]["properties"] == properties


@pytest.mark.parametrize("mjd", [-678_575.0, -678_574.5, 2_973_482.5, 2_973_483.9])
def test_a_time_at_the_end_of_the_calendar_is_as_the_calendar_says(small_file, write, mjd):
    for alert in small_file["locus"]["alerts"]:
        alert["mjd"] = mjd

    with Sandbox(write(small_file)) as sandbox:
        assert sandbox.locus_ids == (["ANT2026small"] if mjd != -678_575.0 else [])


def test_a_byte_order_mark_does_not_matter(small_file, write, fetch):
    (path,) = write(small_file).glob("*.json")
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())

    with Sandbox(path.parent):
        assert fetch("ANT2026small") == small_file["locus"]


def test_a_file_that_changes_later_is_served_as_it_was(small_file, write, fetch):
    folder = write(small_file)

    with Sandbox(folder):
        (folder / "ANT2026small.json").unlink()
        assert fetch("ANT2026small") == small_file["locus"]
