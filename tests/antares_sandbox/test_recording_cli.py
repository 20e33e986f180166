"""The commands `record` and `compare`."""

import os
import subprocess
import sys

import pytest

from antares_sandbox import TUTORIAL_ID, Sandbox
from antares_sandbox.__main__ import main
from antares_sandbox.recording import command


def record(sandbox, folder, *ids):
    return main(["record", *ids, "--from", sandbox.url, "--to", str(folder)])


def test_record_saves_loci(sandbox, tmp_path, capsys):
    assert record(sandbox, tmp_path, TUTORIAL_ID, "ANT2026simagn") == 0

    assert Sandbox(tmp_path).locus_ids == ["ANT2026simagn", TUTORIAL_ID]
    printed = capsys.readouterr().out
    assert f"{TUTORIAL_ID}: 77 alerts\n" in printed
    assert printed.endswith("2 recorded, 0 kept, 0 failed\n")


def test_record_goes_on_where_it_stopped(sandbox, tmp_path, capsys):
    record(sandbox, tmp_path, TUTORIAL_ID)

    assert record(sandbox, tmp_path, TUTORIAL_ID, "ANT2026simagn") == 0
    assert capsys.readouterr().out.endswith("1 recorded, 1 kept, 0 failed\n")


def test_record_tells_what_is_missing(sandbox, tmp_path, capsys):
    assert record(sandbox, tmp_path, "ANT2026none", TUTORIAL_ID) == 1

    errors = capsys.readouterr().err
    assert errors.startswith("antares_sandbox: ANT2026none: ")
    assert "no such locus (404)" in errors


def test_record_asks_the_service_of_the_environment(sandbox, tmp_path):
    assert os.environ["ANTARES_API_BASE_URL"] == sandbox.url

    assert main(["record", TUTORIAL_ID, "--to", str(tmp_path)]) == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["ANT1", "--to", "x"], "not a locus ID: 'ANT1'"),
        ([TUTORIAL_ID, "--to", "x", "--from", "nowhere"], "is not the address of a service"),
        ([TUTORIAL_ID, "--to", f"{os.devnull}/x"], "can't be made"),
    ],
)
def test_a_mistake_is_one_clear_message(arguments, message, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    assert main(["record", *arguments]) == 2
    errors = capsys.readouterr().err.splitlines()
    assert len(errors) == 1
    assert message in errors[0]
    assert not (tmp_path / "x").exists()


def test_record_needs_an_id_and_a_folder(capsys):
    with pytest.raises(SystemExit, match="2"):
        main(["record"])
    assert "the following arguments are required: ID, --to" in capsys.readouterr().err


def test_an_interrupted_recording_can_go_on(sandbox, tmp_path, capsys, monkeypatch):
    def interrupt(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(command, "record_loci", interrupt)

    assert record(sandbox, tmp_path, TUTORIAL_ID) == 130
    assert "the same command goes on" in capsys.readouterr().err


def test_compare_finds_nothing_at_once(sandbox, tmp_path, capsys):
    record(sandbox, tmp_path, TUTORIAL_ID)

    assert main(["compare", str(tmp_path), "--from", sandbox.url]) == 0
    assert capsys.readouterr().out.endswith("1 the same, 0 drifted, 0 failed\n")


def test_compare_lists_what_drifted(sandbox, tmp_path, capsys):
    record(sandbox, tmp_path, TUTORIAL_ID)
    path = tmp_path / f"{TUTORIAL_ID}.json"
    path.write_text(path.read_text("utf-8").replace("61218.0", "61219.0"), "utf-8")

    assert main(["compare", str(tmp_path), "--from", sandbox.url]) == 1
    printed = capsys.readouterr().out
    line = f"{TUTORIAL_ID}: user_properties.sim_peak_mjd changed: 61219.0 -> 61218.0\n"
    assert line in printed
    assert printed.endswith("0 the same, 1 drifted, 0 failed\n")


def test_compare_tells_what_it_could_not_compare(sandbox, small_file, write, capsys):
    assert main(["compare", str(write(small_file)), "--from", sandbox.url]) == 2
    assert "ANT2026small: " in capsys.readouterr().err


def test_a_folder_of_the_name_of_a_command_is_reached_with_its_path(small_file, write, monkeypatch):
    folder = write(small_file)
    folder.rename(folder.parent / "record")
    monkeypatch.chdir(folder.parent)
    code = "from antares_client.search import get_by_id; print(get_by_id('ANT2026small').dec)"

    done = subprocess.run(
        [sys.executable, "-m", "antares_sandbox", "./record", "--", sys.executable, "-c", code],
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert done.stdout == "-30.0\n"
