"""The commands plot, fetch and table: what they write, what they say, and how they end."""

import json
import os
import re
import shlex
import signal
import subprocess
import sys
import sysconfig
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from building import MJD, locus_of, lsst_alert
from many_files import write_many
from night_service import BEGIN, END, Sky, serving_night

from antares_helpers import find_loci, lightcurve_table, load_locus, read_table, save_locus
from antares_helpers.cli import commands, main
from antares_sandbox import BUNDLED, TUTORIAL_ID, Sandbox
from antares_sandbox.faults import Delay, Status

PROGRAM = [sys.executable, "-m", "antares_helpers"]
PAGE = Path(__file__).parents[2] / "docs" / "command_line.rst"
NUMBER = 12
NO_FOLDER_NAME = "x" * 300
"""A name that is too long for any file: to root, no other is unwritable everywhere."""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def said(capsys: pytest.CaptureFixture[str]) -> list[str]:
    """Return the lines on stderr; on stdout there must be none."""
    captured = capsys.readouterr()
    assert captured.out == ""
    return captured.err.splitlines()


def run(*arguments: str, **options: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*PROGRAM, *arguments], capture_output=True, text=True, check=False, **options
    )


def asked(sandbox: Sandbox, since: int) -> set[str]:
    return {request.path.split("/")[1] for request in sandbox.requests[since:]}


def names(folder: Path) -> list[str]:
    return sorted(path.stem for path in folder.iterdir())


# plot


@pytest.mark.parametrize(
    ("name", "magic"),
    [
        ("a.png", b"\x89PNG\r\n"),
        ("a.PNG", b"\x89PNG\r\n"),
        ("a.pdf", b"%PDF-"),
        ("a.svg", b"<?xml"),
    ],
)
def test_plot_writes_the_format_of_the_suffix(
    here: Path, ids: list[str], name: str, magic: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["plot", ids[0], "-o", name]) == 0
    (line,) = said(capsys)
    assert re.fullmatch(rf"{name}: \d+ of \d+ alerts included.*", line)
    assert (here / name).read_bytes().startswith(magic)


def test_plot_says_how_to_draw_other_surveys(
    here: Path,  # noqa: ARG001
    capsys: pytest.CaptureFixture[str],
) -> None:
    file = str(BUNDLED / "ANT2026simmixed.json")
    for options, is_said in (([], True), (["--survey", "all"], False)):
        assert main(["plot", file, *options]) == 0
        (line,) = said(capsys)
        assert ("--survey all" in line) == is_said


def test_plot_names_the_file_after_the_locus(here: Path, ids: list[str]) -> None:
    assert main(["plot", ids[0]]) == 0
    assert names(here) == [ids[0]]


def test_plot_draws_a_locus_file_without_the_service(
    here: Path, sandbox: Sandbox, many: tuple[Path, list[str]]
) -> None:
    before = len(sandbox.requests)
    assert main(["plot", str(many[0] / f"{many[1][0]}.json"), "-o", "a.png"]) == 0
    assert len(sandbox.requests) == before
    assert names(here) == ["a"]


def test_plot_takes_the_options_of_extract_lightcurve(
    here: Path,  # noqa: ARG001
    capsys: pytest.CaptureFixture[str],
) -> None:
    file = str(BUNDLED / "ANT2026simdipoles.json")
    options = ["--no-dipoles", "--no-flagged", "--min-reliability", "0.9", "--bands", "gr"]
    assert main(["plot", file, "--magnitude", "--flux", "total", *options]) == 0
    (line,) = said(capsys)
    assert "dipole" in line
    assert "other band" in line


def test_plot_tells_an_error_in_a_line(
    here: Path,  # noqa: ARG001
    sandbox: Sandbox,
    ids: list[str],
    capsys: pytest.CaptureFixture[str],
) -> None:
    sandbox.inject_fault("**", Status(404), times=None)
    assert main(["plot", ids[0]]) == 1
    (line,) = said(capsys)
    assert line.startswith(f"antares-helpers: ANTARES at {sandbox.url} has no locus {ids[0]}")


def test_plot_adds_forced_photometry(
    here: Path, serving: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    with serving(BUNDLED) as sandbox:
        assert main(["plot", TUTORIAL_ID, "--forced", "--bands", "gr"]) == 0
        paths = [each.path for each in sandbox.requests]
    assert paths.count("api/alerts") == 1
    assert "forced" in said(capsys)[-1]
    assert names(here) == [TUTORIAL_ID]


def test_plot_without_a_token_says_how_to_get_one(
    here: Path, serving: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with serving(BUNDLED) as sandbox, monkeypatch.context() as patch:
        patch.delenv("ACCESS_TOKEN")
        assert main(["plot", TUTORIAL_ID, "--forced"]) == 2
        assert sandbox.token not in (told := said(capsys)[-1])
    assert "data rights" in told
    assert names(here) == []


def test_plot_refuses_forced_photometry_of_another_survey(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["plot", TUTORIAL_ID, "--forced", "--survey", "ztf"]) == 2
    assert "--survey ztf" in said(capsys)[-1]
    assert names(here) == []


MIXED = load_locus(BUNDLED / "ANT2026simmixed.json")["old_properties"]
OBJECT = MIXED["survey"]["lsst"]["dia_object_id"][0]
NAMES = {
    "ZTF name": "ZTF26aasimul",
    "ZTF name, lower case": "ztf26aasimul",
    "LSST name": f"LSST-AP-DO-{OBJECT}",
    "diaObjectId": OBJECT,
    "oldest alert": MIXED["oldest_alert_id"],
    "address": "https://antares.noirlab.edu/loci/ANT2026simmixed",
}


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_plot_takes_any_name(
    here: Path, serving: Any, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with serving(BUNDLED):
        assert main(["plot", name]) == 0
    (line,) = said(capsys)
    assert line.startswith("ANT2026simmixed.png: ")
    assert names(here) == ["ANT2026simmixed"]


@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize(
    ("name", "status", "told"),
    [
        ("ZTF26nothing", 1, "is the name of no locus"),
        ("LSST-AP-DS-17", 1, "is the name of no locus"),
        ("SN 2026abc", 2, "www.wis-tns.org/object/2026abc"),
        ("170283765101112820.0", 2, "is not an ANTARES locus ID"),
    ],
)
def test_plot_says_which_name_finds_nothing(
    here: Path,
    ids: list[str],  # noqa: ARG001 (points the client)
    name: str,
    status: int,
    told: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["plot", name]) == status
    assert told in said(capsys)[-1]
    assert names(here) == []


def test_plot_lists_the_loci_that_share_a_name(
    tmp_path: Path, serving: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    content = json.loads((BUNDLED / "ANT2026simmixed.json").read_bytes())
    for locus_id in ("ANT2026first", "ANT2026second"):
        locus = content["locus"] | {"id": locus_id}
        file = {"header": content["header"], "locus": locus}
        (tmp_path / f"{locus_id}.json").write_text(json.dumps(file))
    with serving(tmp_path):
        assert main(["plot", "ZTF26aasimul"]) == 1
    (line,) = said(capsys)
    assert "the name of 2 loci" in line
    assert {"ANT2026first", "ANT2026second"} <= set(re.findall(r"\w+", line))


def test_a_flux_of_0_is_counted_among_those_without_a_magnitude(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    alerts = [lsst_alert(n, mjd=MJD + n, psfFlux=flux) for n, flux in enumerate((9.0, 0.0, -9.0))]
    save_locus(locus_of(*alerts), here / "mine.json")
    assert main(["plot", "mine.json", "--magnitude", "-o", "mine.png"]) == 0
    assert said(capsys)[-1].endswith("2 of them have no magnitude (flux <= 0).")


# fetch


def test_fetch_takes_addresses_and_says_which_call_takes_a_name(
    here: Path, ids: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    address = f"https://antares.noirlab.edu/loci/{ids[0]}"
    assert main(["fetch", address, ids[0], "ztf18abcdefg", "--folder", "loci"]) == 1
    failure, total = said(capsys)
    assert 'find_loci(ztf_object_id="ZTF18abcdefg")' in failure
    assert total == "loci: 1 of 2 loci."
    assert names(here / "loci") == [ids[0]]


def test_fetch_writes_each_locus_once(
    here: Path, sandbox: Sandbox, ids: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    a, b = ids[-2:]  # no other test asks for them
    assert main(["fetch", b, a, b, f" {b}", "--folder", "a/b"]) == 0
    assert said(capsys) == ["a/b: 2 of 2 loci."]
    assert names(here / "a" / "b") == [a, b]
    assert load_locus(here / "a" / "b" / f"{a}.json")["id"] == a
    paths = [request.path for request in sandbox.requests]
    assert sum(each in path for path in paths for each in (a, b)) == 6


def test_fetch_asks_only_for_what_is_missing(
    here: Path,  # noqa: ARG001
    sandbox: Sandbox,
    ids: list[str],
) -> None:
    assert main(["fetch", *ids[:2], "--folder", "loci"]) == 0
    before = len(sandbox.requests)
    assert main(["fetch", *ids[:3], "--folder", "loci"]) == 0
    assert asked(sandbox, before) == {ids[2]}
    assert main(["fetch", *ids[:3], "--folder", "loci", "--refresh", "--no-catalogs"]) == 0
    assert len(sandbox.requests) == before + 3 + 3 * 2


def test_fetch_lists_what_can_not_be_had(
    here: Path, ids: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["fetch", "ANT2026madeup", ids[0], "no ID", "--folder", "loci"]) == 1
    lines = said(capsys)
    assert lines[0].startswith("ANT2026madeup: LocusNotFoundError: ")
    assert lines[1].startswith("no ID: InvalidInputError: ")
    assert lines[2:] == ["loci: 1 of 3 loci."]
    assert names(here / "loci") == ids[:1]


def test_fetch_reads_ids_from_stdin_and_files(here: Path, ids: list[str]) -> None:
    done = run(
        "fetch", ids[0], "--from", "-", "--folder", "loci", input=f"{ids[1]}\n\n {ids[0]} \r\n"
    )
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr == "loci: 2 of 2 loci.\n"
    (here / "ids.txt").write_text(f"{ids[2]}\n")
    assert main(["fetch", "--from", "ids.txt", "--folder", "loci"]) == 0
    assert names(here / "loci") == ids[:3]


@pytest.mark.slow
def test_ctrl_c_ends_fetch_and_the_next_run_goes_on(
    here: Path, sandbox: Sandbox, ids: list[str]
) -> None:
    sandbox.inject_fault("**", Delay(2.0), times=None)
    arguments = ["fetch", *ids, "--folder", "loci", "--connections", "3"]
    process = subprocess.Popen(
        [*PROGRAM, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    while process.poll() is None and not list(here.glob("loci/*.json")):
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (130, "")
    assert err == (
        "Interrupted. What has arrived is in loci: run the same command again to continue.\n"
    )
    kept = names(here / "loci")
    assert 1 <= len(kept) < NUMBER

    sandbox.clear_faults()
    before = len(sandbox.requests)
    assert main(arguments) == 0
    assert asked(sandbox, before) == set(ids) - set(kept)
    assert names(here / "loci") == ids


def test_the_progress_bar_is_for_terminals(here: Path, ids: list[str]) -> None:
    pty, termios = pytest.importorskip("pty"), pytest.importorskip("termios")  # not on Windows
    leader, follower = pty.openpty()
    termios.tcsetwinsize(follower, (24, 80))
    with subprocess.Popen(
        [*PROGRAM, "fetch", *ids[:3], "--folder", str(here)],
        stdout=subprocess.PIPE,
        stderr=follower,
    ) as process:
        os.close(follower)
        shown = "".join(read_all(leader))
        assert process.communicate()[0] == b""
    assert "| 3/3 [" in shown
    assert "locus/s]" in shown
    assert shown.endswith("3 of 3 loci.\r\n")


def read_all(descriptor: int) -> Iterator[str]:
    """Yield what is written to a terminal, until its last writer has closed it."""
    with open(descriptor, "rb", buffering=0) as terminal:
        while True:
            try:
                part = terminal.read(4096)
            except OSError:  # Linux's way to tell the end
                return
            if not part:
                return
            yield part.decode()


# table


@pytest.mark.parametrize("suffix", ["parquet", "PARQUET", "ecsv", "vot", "xml", "fits"])
def test_table_writes_the_points_of_a_folder(
    here: Path, many: tuple[Path, list[str]], suffix: str, capsys: pytest.CaptureFixture[str]
) -> None:
    if suffix.lower() == "parquet":
        pytest.importorskip("pyarrow")
    expected = lightcurve_table(many[0], keep_dipoles=False, bands="gr")
    arguments = [str(many[0]), "--no-dipoles", "--bands", "gr", "-o", f"points.{suffix}"]
    assert main(["table", *arguments]) == 0
    (line,) = said(capsys)
    report = expected.meta["report"]
    start = f"points.{suffix}: {report['included']} of {report['alerts']} alerts of {NUMBER} loci"
    assert line.startswith(start)
    for reason, number in report["excluded"].items():
        assert f"{number} {reason}" in line
    table = read_table(here / f"points.{suffix}")
    assert table["alert_id"].tolist() == expected["alert_id"].tolist()
    assert (table["flux"] == expected["flux"]).all()


def test_table_without_pyarrow_says_how_to_get_it(
    here: Path,
    many: tuple[Path, list[str]],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for module in ("pyarrow", "pyarrow.parquet"):
        monkeypatch.setitem(sys.modules, module, None)
    assert main(["table", str(many[0]), "-o", "points.parquet"]) == 1
    (line,) = said(capsys)
    assert 'pip install "antares-helpers[scale]"' in line
    assert names(here) == []


def test_table_names_the_file_that_is_damaged(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "ANT2026broken.json").write_text("{")
    assert main(["table", ".", "-o", "points.ecsv"]) == 1
    (line,) = said(capsys)
    assert line.startswith("antares-helpers: ANT2026broken.json is not a locus file")
    assert names(here) == ["ANT2026broken"]


# night

NIGHT = "2026-07-09"


def night_sky() -> Sky:
    """Return a night of 300 loci: 5 have a newer alert, 3 of them another in the night."""
    sky = Sky([100] * 3)
    begin, end = BEGIN + 37 / 86400, END + 37 / 86400
    for place in range(5):
        sky.time[place], sky.oldest[place] = end + 1, begin - 1
        within = [begin + 0.5] if place < 3 else [end, np.nextafter(begin, 0)]
        sky.alerts[place] = [begin - 1, *within, end + 1]
    sky.oldest[5] = begin - 1
    sky.time[6], sky.oldest[6] = end + 1, begin + 0.5
    return sky


def test_one_locus_of_a_night_is_in_the_singular(
    here: Path,  # noqa: ARG001
    capsys: pytest.CaptureFixture[str],
) -> None:
    with Sandbox():
        assert main(["night", "2026-06-21", "--tag", "SN_candies", "-o", "night.ecsv"]) == 0
    assert said(capsys)[-1].startswith("night.ecsv: 1 locus with ")


def test_night_writes_the_loci_of_a_night_and_fetches_none(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sky = night_sky()
    with serving_night(sky, window=150) as service:
        assert main(["night", NIGHT, "--tag", "simulated", "-o", "night.ecsv"]) == 0
        assert service.alerts == []
    first, *_, last = said(capsys)
    assert "2026-07-09 12:00:00 to 2026-07-10 12:00:00 UTC" in first
    assert "MJD 61230.500428 to 61231.500428 (TAI); the end is excluded" in first
    assert last.startswith("night.ecsv: 294 loci with their newest alert in the night. 294 loci")
    table = read_table("night.ecsv")
    assert set(table["locus_id"]) == set(sky.ids[[5, *range(7, 300)]])
    places = {name: index for index, name in enumerate(sky.ids)}
    assert all(row["ra"].value == sky.ra[places[row["locus_id"]]] for row in table)
    assert table["newest_mjd"].unit == "d"
    assert table.meta["search"]["truncated"] is False
    assert "each tile was read to its end" in table.meta["search"]["sentence"]
    assert table.meta["search"]["set"] == "their newest alert in the night"
    assert names(here) == ["night"]


def test_night_with_every_alert_looks_at_those_that_may_have_one(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sky = night_sky()
    command = ["night", NIGHT, "--every-alert", "-o", "night.csv", "--folder", "pages"]
    with serving_night(sky) as service:
        assert main(command) == 0
        assert sorted(service.alerts) == sorted(sky.ids[:5])
        requests = len(service.queries) + len(service.alerts)
        assert main(command) == 0
        assert len(service.queries) + len(service.alerts) == requests
    lines = said(capsys)
    assert lines[1].startswith("5 loci have older and newer alerts: 5 requests")
    assert lines[2].startswith("night.csv: 298 loci with an alert in the night.")
    assert set(read_table("night.csv")["locus_id"]) == {*sky.ids[:3], *sky.ids[5:]}
    assert names(here) == ["night", "pages"]


@pytest.mark.filterwarnings("default")
def test_a_locus_whose_alerts_do_not_come_is_named_and_asked_for_again(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sky = night_sky()
    lost = str(sky.ids[1])
    command = ["night", NIGHT, "--every-alert", "--retries", "0", "-o", "night.csv"]
    with serving_night(sky, refused=(lost,)) as service:
        assert main(command) == 1
        assert [line for line in said(capsys) if line.startswith(f"{lost}: ")]
        assert lost not in read_table("night.csv")["locus_id"]
        assert names(here) == ["night", "night.csv"]
        service.refused = ()
        service.alerts.clear()
        assert main(command) == 0
        assert service.alerts == [lost]
    assert lost in read_table("night.csv")["locus_id"]
    assert names(here) == ["night"]


@pytest.mark.parametrize("suffix", [".parquet", ".ecsv", ".vot", ".xml", ".fits", ".csv"])
def test_a_night_is_the_same_in_every_format(here: Path, suffix: str, sandbox: Sandbox) -> None:  # noqa: ARG001
    pytest.importorskip("pyarrow")
    with Sandbox():
        assert main(["night", "2026-04-14", "-o", f"night{suffix}"]) == 0
        found = {each.locus_id: each for each in find_loci(night="2026-04-14", limit=None)}
    table = read_table(f"night{suffix}")
    assert set(table["locus_id"]) == set(found)
    for row in table:
        properties = found[row["locus_id"]].properties
        assert row["newest_mjd"].value == properties["newest_alert_observation_time"]
        objects = properties.get("survey", {}).get("lsst", {}).get("dia_object_id") or []
        assert row["dia_object_ids"] == ",".join(map(str, objects))
        if suffix == ".parquet":
            others = json.loads(row["properties"])
            assert others["sim_class"] == properties["sim_class"]
    assert names(here) == ["night"]


def test_a_night_without_a_suffix_is_a_catalog(here: Path) -> None:
    lsdb = pytest.importorskip("lsdb")
    sky = night_sky()
    with serving_night(sky, window=150):
        assert main(["night", NIGHT, "-o", "night"]) == 0
    catalog = lsdb.open_catalog("night").compute()
    assert len(catalog) == 294
    assert names(here) == ["night"]


def test_a_night_without_loci_makes_no_catalog_and_says_so(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("hats")
    with serving_night(night_sky()):
        assert main(["night", "2020-07-09", "-o", "night"]) == 1
    assert said(capsys)[-1].startswith("night is not written: a catalog needs at least one locus.")
    assert names(here) == [], "a later run must ask again"
    assert "night" not in [path.name for path in here.iterdir()]


def test_a_night_replaces_no_folder_but_a_catalog(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("hats")
    (here / "mine").mkdir()
    (here / "mine" / "thesis.txt").touch()
    with serving_night(night_sky()):
        assert main(["night", NIGHT, "-o", "mine"]) == 2
    assert "'mine' exists, and is not a catalog" in said(capsys)[-1]
    assert names(here / "mine") == ["thesis"]


@pytest.mark.filterwarnings("default")
def test_a_night_that_is_not_complete_is_status_1_and_its_pages_stay(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sky = Sky([1500])
    sky.ra[:], sky.dec[:] = 10.0, -30.0
    with serving_night(sky, window=1000):
        assert main(["night", NIGHT, "-o", "night.ecsv"]) == 1
    assert "not all loci: 1 tile could not be read" in said(capsys)[-1]
    assert read_table("night.ecsv").meta["search"]["truncated"] is True
    assert names(here) == ["night", "night.ecsv"]


@pytest.mark.slow
def test_ctrl_c_ends_a_night_at_once_and_the_same_command_goes_on(here: Path) -> None:
    sky = Sky([250] * 8)
    with serving_night(sky, delay=0.3) as service:
        environment = os.environ | {"ANTARES_API_BASE_URL": service.url, "NO_PROXY": "127.0.0.1"}
        command = [*PROGRAM, "night", NIGHT, "-o", "night.ecsv"]
        process = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)
        deadline = time.monotonic() + 60
        while len(service.queries) < 3 and time.monotonic() < deadline:
            time.sleep(0.01)
        service.delay = 20.0
        time.sleep(0.5)
        process.send_signal(signal.SIGINT)
        begin = time.monotonic()
        _, err = process.communicate(timeout=20)
        assert time.monotonic() - begin < 15  # less than the response takes
        assert process.returncode == 130
        assert "night.ecsv.pages: run the same command again to continue" in err
        assert "Traceback" not in err
        service.delay = 0.0
        before = len(service.queries)
        done = run("night", NIGHT, "-o", "night.ecsv", env=environment)
        assert done.returncode == 0
        assert len(service.queries) - before <= 8
    assert set(read_table("night.ecsv")["locus_id"]) == set(sky.ids)
    assert names(here) == ["night"]


# What is refused


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["plot", "ID", "-o", "a.doc"], "'a.doc' must end with one of ."),
        (["plot", "ID", "-o", "a"], "'a' must end with one of"),
        (["plot", "ID", "-o", "."], "is a directory"),
        (["plot", "ID", "-o", "none/a.png"], "'none/a.png' can't be written"),
        (["plot", "ID", "--bands", "q"], "bands='q'"),
        (["plot", "ID", "--survey", "sdss"], "'sdss' is not one of"),
        (["plot", "ID", "--survey", "all", "--flux", "total"], "--flux total needs --survey lsst"),
        (["plot", "ID", "--min-reliability", "2"], "--min-reliability"),
        (["plot", "ID", "--timeout", "0"], "--timeout"),
        (["plot"], "Missing argument 'ID'"),
        (["plot", "no ID"], "'no ID' is not an ANTARES locus ID"),
        (["plot", "none/ANT2026none.json"], "There is no file 'none/ANT2026none.json'"),
        (["fetch", "ID"], "Missing option '--folder'"),
        (["fetch", "--folder", "a"], "Give at least one ID, or --from FILE"),
        (["fetch", "ID", "--folder", "file.txt"], "'file.txt' is a file"),
        (["fetch", "ID", "--folder", "a", "--connections", "33"], "1<=x<=32"),
        (["fetch", "--from", "none.txt", "--folder", "a"], "none.txt"),
        (["fetch", "--from", "file.txt", "--folder", "a"], "can't decode byte 0xff"),
        (["table", "none", "-o", "a.ecsv"], "'none' is not a folder"),
        (["table", ".", "-o", "a.ecsv"], "holds no locus files"),
        (["table", "file.txt", "-o", "a.ecsv"], "'file.txt' is a file"),
        (["table", ".", "-o", "a.tsv"], "must end with one of .parquet, .ecsv, "),
        (["table", ".", "-o", "none/a.ecsv"], "can't be written"),
        (["table", "."], "Missing option '-o'"),
        (["night", "tonight", "-o", "a.ecsv"], "night='tonight' must be Rubin's day_obs"),
        (["night", "2026-07-09", "-o", "a.tsv"], "must end with one of .parquet, .ecsv, "),
        (["night", "2026-07-09"], "Missing option '-o'"),
        (["night", "2026-07-09", "-o", "."], "'.' must be the name of a new file"),
        (["night", "2026-07-09", "-o", ""], "'.' must be the name of a new file"),
        (["night", "2026-07-09", "-o", ".."], "'..' must be the name of a new file"),
        (["night", "2026-07-09", "-o", "/"], "'/' must be the name of a new file"),
        (["night", "2026-07-09", "-o", "a.ecsv", "--folder", "file.txt"], "'file.txt' is a file"),
    ],
)
def test_what_can_not_be_meant_is_status_2_before_anything_is_sent(
    here: Path,
    sandbox: Sandbox,
    ids: list[str],
    arguments: list[str],
    told: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (here / "file.txt").write_bytes(b"\xff\n")
    before = len(sandbox.requests)
    assert main([ids[0] if each == "ID" else each for each in arguments]) == 2
    (line,) = said(capsys)
    assert line.startswith("antares-helpers: ")
    assert told in line
    assert len(sandbox.requests) == before
    assert names(here) == ["file"]


@pytest.mark.parametrize("command", ["plot", "table", "fetch"])
def test_what_can_not_be_written_is_status_1(
    here: Path, many: tuple[Path, list[str]], command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    file = str(many[0] / f"{many[1][0]}.json")
    arguments = {
        "plot": [file, "-o", f"{NO_FOLDER_NAME}.png"],
        "table": [str(many[0]), "-o", f"{NO_FOLDER_NAME}.ecsv"],
        "fetch": [many[1][0], "--folder", NO_FOLDER_NAME],
    }
    assert main([command, *arguments[command]]) == 1
    (line,) = said(capsys)
    assert line.startswith("antares-helpers: ")
    assert "File name too long" in line
    assert names(here) == []


@pytest.mark.slow
def test_the_program_exits_with_the_status_of_the_command(here: Path, ids: list[str]) -> None:
    for arguments, status in (
        (["plot", ids[0], "-o", "a.png"], 0),
        (["fetch", "ANT2026madeup", "--folder", "loci"], 1),
        (["table", "loci", "-o", "a.tsv"], 2),
    ):
        done = run(*arguments)
        assert (done.returncode, done.stdout) == (status, "")
        assert "Traceback" not in done.stderr
    assert names(here) == ["a", "loci"]


# Help


@pytest.mark.parametrize("name", ["plot", "fetch", "table", "night", "check"])
def test_help_and_page_name_every_option(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([name, "--help"]) == 0
    shown = capsys.readouterr().out
    page = PAGE.read_text(encoding="utf-8")
    for parameter in commands.commands[name].params:
        for option in parameter.opts if parameter.param_type_name == "option" else ():
            assert re.search(rf"{option}\b", shown)
            assert option in page
    assert max(map(len, shown.splitlines())) <= 80


@pytest.mark.parametrize("name", ["plot", "fetch", "table", "night"])
def test_the_example_of_the_help_runs(
    here: Path, serving: Any, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    if name == "table":
        pytest.importorskip("pyarrow")
        write_many(here / "loci", 2)
    assert main([name, "--help"]) == 0
    example = capsys.readouterr().out.rpartition("Example:\n")[2]
    (line,) = example.strip().splitlines()
    words = line.removeprefix("antares-helpers ").split()
    assert words[0] == name
    with serving(BUNDLED):
        assert main(words) == 0


def test_every_command_of_the_page_runs(
    here: Path, serving: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("pyarrow")
    (here / "ids.txt").write_text("ANT2026simsnia01\nANT2026simsnia02\n")
    (here / "my_loci.csv").write_text("ANT2026simsnia03,1\nANT2026simsnia04,2\n")
    (here / "my_script.py").write_text("")
    lines = re.findall(r"^    \$ (.*)\n((?:    [^$ ].*\n)*)", PAGE.read_text(), re.MULTILINE)
    assert len(lines) >= 10
    with serving(BUNDLED):
        for line, answer in lines:
            status, err = typed(line, capsys)
            assert status == ("madeup" in line), (line, err)
            assert err.endswith(textwrap.dedent(answer))
    assert (here / "rr_lyrae.png").read_bytes().startswith(b"\x89PNG")
    assert lightcurve_table(here / "loci").meta["report"]["loci"] == 7
    assert len(read_table(here / "all.fits")) > 100


def typed(line: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    """Do what a line does in a shell; for the commands alone, in this process."""
    if re.fullmatch(r"antares-helpers [^|&]*", line):
        return main(shlex.split(line)[1:]), capsys.readouterr().err
    scripts = (Path(sys.executable).parent, sysconfig.get_path("scripts", f"{os.name}_user"))
    path = os.pathsep.join([*map(str, scripts), os.environ["PATH"]])
    environment = os.environ | {"PATH": path}
    done = subprocess.run(
        line, shell=True, env=environment, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stderr
