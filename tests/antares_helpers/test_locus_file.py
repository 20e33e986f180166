import json
import os
import stat
import subprocess
import sys
import textwrap
import time

import pytest
from antares_client import search
from building import LOCUS_ID, locus_of, lsst_alert, one_of_each_survey
from looping import for_each

from antares_helpers import InvalidInputError, load_locus, save_locus
from antares_helpers.errors import BadDataError
from antares_sandbox import BUNDLED

HEADER = {"format": "antares-locus", "version": 1}


def content(path):
    return json.loads(path.read_text("utf-8"))


@pytest.fixture
def locus():
    return one_of_each_survey()


# Round trip


def test_what_is_saved_is_loaded_exactly(locus, tmp_path):
    path = save_locus(locus, tmp_path / "some name.json")

    assert path == tmp_path / "some name.json"
    assert load_locus(path) == locus


def test_what_is_not_ascii_survives(tmp_path):
    locus = locus_of(lsst_alert()) | {"user_tags": ["Übergröße ☄ \u2028"]}

    assert load_locus(save_locus(locus, tmp_path)) == locus


@pytest.mark.parametrize("as_type", [str, lambda path: path])
def test_in_a_folder_the_file_has_the_name_of_the_locus(locus, tmp_path, as_type):
    path = save_locus(locus, as_type(tmp_path))

    assert path == tmp_path / f"{LOCUS_ID}.json"
    assert load_locus(as_type(path)) == locus


def test_the_header_tells_format_source_and_time(locus, tmp_path):
    header = content(save_locus(locus, tmp_path))["header"]

    assert header | HEADER == header
    assert header["source"] == str(search.api_client.client.base_url)
    assert header["created"].endswith("Z")


def test_the_source_can_be_given(locus, tmp_path):
    path = save_locus(locus, tmp_path, source="by hand")

    assert content(path)["header"]["source"] == "by hand"


@pytest.mark.skipif(os.name != "posix", reason="modes are those of POSIX")
def test_a_file_can_be_read_by_whom_the_umask_allows(locus, tmp_path):
    before = os.umask(0o027)
    try:
        path = save_locus(locus, tmp_path)
    finally:
        os.umask(before)

    assert stat.S_IMODE(path.stat().st_mode) == 0o640


# Replacing


def test_a_file_is_replaced_and_nothing_is_left_beside_it(locus, tmp_path):
    save_locus(locus_of(), tmp_path)

    path = save_locus(locus, tmp_path)

    assert load_locus(path) == locus
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("value", [object(), {1, 2}, b"bytes", "\ud800"])
def test_what_is_no_json_is_refused_and_the_old_file_stays(value, locus, tmp_path):
    path = save_locus(locus, tmp_path)

    with pytest.raises(InvalidInputError, match="can't be written as JSON"):
        save_locus(locus_of(lsst_alert(strange=value)), tmp_path)

    assert load_locus(path) == locus
    assert list(tmp_path.iterdir()) == [path]


def test_a_failure_to_write_leaves_the_old_file_alone(locus, tmp_path, monkeypatch):
    path = save_locus(locus, tmp_path)
    monkeypatch.setattr(os, "fsync", lambda _: (_ for _ in ()).throw(OSError("disk full")))

    with pytest.raises(OSError, match="disk full"):
        save_locus(locus_of(), tmp_path)

    assert load_locus(path) == locus
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_that_does_not_fit_is_named_in_the_error(locus, tmp_path):
    pytest.importorskip("resource")
    whole = save_locus(locus, tmp_path / "whole.json")
    script = """
        import resource, sys
        from antares_helpers import load_locus, save_locus
        locus = load_locus(sys.argv[1])
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, resource.RLIM_INFINITY))
        save_locus(locus, sys.argv[2])
    """
    arguments = [sys.executable, "-c", textwrap.dedent(script), whole, tmp_path / "part.json"]
    run = subprocess.run(arguments, capture_output=True, text=True, check=False)

    assert "OSError" in run.stderr.splitlines()[-1]
    assert run.stderr.rstrip().endswith(f"{str(tmp_path / 'part.json')!r}")
    assert [path.name for path in tmp_path.iterdir()] == ["whole.json"]


def test_a_folder_that_does_not_exist_is_an_os_error(locus, tmp_path):
    with pytest.raises(FileNotFoundError):
        save_locus(locus, tmp_path / "nowhere" / "locus.json")


@pytest.mark.parametrize("given", [None, [], "ANT2026abcd", {}, {"id": LOCUS_ID, "alerts": None}])
def test_what_is_no_locus_is_not_saved(given, tmp_path):
    with pytest.raises(InvalidInputError, match="dict that fetch_locus returns"):
        save_locus(given, tmp_path)

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("locus_id", ["", "../../etc/passwd", None, "ANT2026/abcd"])
def test_a_locus_without_an_id_is_not_saved(locus_id, tmp_path):
    with pytest.raises(InvalidInputError, match="locus ID"):
        save_locus(locus_of() | {"id": locus_id}, tmp_path)

    assert list(tmp_path.iterdir()) == []


# Loading


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is not JSON"),
        ("<html>", "is not JSON"),
        ('{"header": {"format": "antares-locus", "ver', "is not JSON"),
        ("\0\xff", "is not JSON"),
        ("[" * 100_000, "is not JSON"),
        ("[]", "does not say 'format': 'antares-locus'"),
        ("5", "does not say 'format'"),
        ("{}", "does not say 'format'"),
        ('{"type": "FeatureCollection", "header": []}', "does not say 'format'"),
        ('{"header": {"format": "fits"}}', "does not say 'format'"),
        ('{"header": {"format": "antares-locus"}}', "has version None"),
        ('{"header": {"format": "antares-locus", "version": 2}}', "has version 2"),
        ('{"header": {"format": "antares-locus", "version": "1"}}', "has version '1'"),
        ('{"header": {"format": "antares-locus", "version": 1}}', "is damaged"),
        ('{"header": {"format": "antares-locus", "version": 1}, "locus": []}', "is damaged"),
        (
            '{"header": {"format": "antares-locus", "version": 1}, "locus": {"alerts": {}}}',
            "is damaged",
        ),
    ],
)
def test_what_is_no_locus_file_is_refused(text, message, tmp_path):
    path = tmp_path / "file.json"
    path.write_text(text, encoding="latin-1")

    with pytest.raises(BadDataError, match=message) as caught:
        load_locus(path)

    assert str(path) in str(caught.value)


def test_a_file_that_is_not_there_is_not_found(tmp_path):
    with pytest.raises(FileNotFoundError):
        load_locus(tmp_path / "nothing.json")


ODD_IDS = [
    *(r"$\\frac{$", "\ud800", "a/b", "../x", "a b", " a", "a\n", "", ".a", "-a", "_a", "é"),
    *("a\0", "x" * 101, "x" * 100_000, "\u0661", "=1", 5, None, ["a"]),
]


@pytest.mark.parametrize("locus_id", ODD_IDS, ids=lambda each: ascii(each)[:20])
def test_an_odd_id_in_a_file_is_refused(locus_id, locus, tmp_path):
    path = tmp_path / "file.json"
    path.write_text(json.dumps({"header": HEADER, "locus": locus | {"id": locus_id}}))

    with pytest.raises(BadDataError, match="is damaged") as caught:
        load_locus(path)

    assert len(str(caught.value)) < 400 + len(str(path))
    with pytest.raises(InvalidInputError, match="can't be saved"):
        save_locus(locus | {"id": locus_id}, tmp_path)


@pytest.mark.parametrize("locus_id", ["a", "0", "SN2026abc", "sim-1_b.c", "x" * 100])
def test_an_id_in_a_file_need_not_be_of_antares(locus_id, locus, serving, tmp_path):
    path = save_locus(locus | {"id": locus_id}, tmp_path)

    assert path.name == f"{locus_id}.json"
    assert load_locus(path)["id"] == locus_id
    with serving(tmp_path) as sandbox:
        assert sandbox.locus_ids == [locus_id]
        assert search.get_by_id(locus_id).locus_id == locus_id


# Paths


@pytest.mark.parametrize("path", ["a\0b.json", "\ud800.json", b"a.json", 5, None], ids=ascii)
def test_what_is_not_a_path_is_refused(path, locus):
    with pytest.raises(InvalidInputError, match="not the path of a file"):
        load_locus(path)
    with pytest.raises(InvalidInputError, match="not the path of a file"):
        save_locus(locus, path)


def test_a_folder_is_not_loaded(tmp_path):
    with pytest.raises(InvalidInputError, match="is a folder"):
        load_locus(tmp_path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs pipes with names")
def test_a_pipe_is_not_waited_for(tmp_path, serving):
    os.mkfifo(tmp_path / "ANT2026abcd.json")

    with pytest.raises(InvalidInputError, match="not a regular file"):
        load_locus(tmp_path / "ANT2026abcd.json")
    with serving(tmp_path) as sandbox:
        assert "not a regular file" in sandbox.skipped[tmp_path / "ANT2026abcd.json"]


def test_links_in_a_circle_are_an_os_error(tmp_path):
    path = tmp_path / "file.json"
    path.symlink_to(path)

    with pytest.raises(OSError, match="symbolic link"):
        load_locus(path)


# The source


@pytest.mark.parametrize("place", ["//me:5ecret@127.0.0.1:9/v2/", "//127.0.0.1:9/v2/?t=5ecret"])
def test_no_secret_of_the_address_is_in_a_file(place, locus, pointed_at, tmp_path):
    with pointed_at(f"http:{place}"):
        path = save_locus(locus, tmp_path)

    assert content(path)["header"]["source"] == "http://127.0.0.1:9/v2/"
    assert "5ecret" not in path.read_text("utf-8")


# One format for both packages


@for_each("path", sorted(BUNDLED.glob("*.json")), ids=lambda path: path.stem)
def test_the_files_of_the_sandbox_are_loaded(path):
    assert load_locus(path) == content(path)["locus"]


def test_the_sandbox_serves_what_is_saved(locus, serving, tmp_path):
    save_locus(locus, tmp_path)

    with serving(tmp_path) as sandbox:
        assert sandbox.skipped == {}
        assert search.get_by_id(LOCUS_ID).to_devkit(include_catalogs=True) == locus


@for_each("path", sorted(BUNDLED.glob("*.json")), ids=lambda path: path.stem)
def test_a_file_of_the_sandbox_saved_again_is_the_same_locus(path, tmp_path):
    again = save_locus(load_locus(path), tmp_path)

    assert content(again)["locus"] == content(path)["locus"]


@pytest.mark.slow
def test_a_kill_at_any_moment_leaves_a_whole_file(tmp_path):
    path = tmp_path / f"{LOCUS_ID}.json"
    save_locus(locus_of(*map(lsst_alert, range(200))), path)
    program = (
        "import sys; from antares_helpers import load_locus, save_locus\n"
        "locus = load_locus(sys.argv[1]); print('go', flush=True)\n"
        "while True: save_locus(locus, sys.argv[1])"
    )

    for milliseconds in (1, 7, 20, 50):
        with subprocess.Popen(
            [sys.executable, "-c", program, str(path)], stdout=subprocess.PIPE
        ) as process:
            assert process.stdout is not None
            process.stdout.readline()
            time.sleep(milliseconds / 1000)
            process.kill()
        assert len(load_locus(path)["alerts"]) == 200
