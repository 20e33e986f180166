"""The list of tasks: each line and each command runs, and each link leads to its page."""

import re
import shlex
import sys
from collections.abc import Iterator, Sized
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from astropy.table import Table
from site_pages import ROOT, SCRIPTS, needs_site, soup

import antares_helpers
from antares_helpers.cli import main
from antares_sandbox import TUTORIAL_ID

stream = pytest.importorskip("antares_sandbox.stream", reason="the stream needs confluent-kafka")
sys.path.append(str(ROOT / "docs" / "_ext"))
pytest.importorskip("sphinx", reason="the list is read by an extension of Sphinx")
from tasks import Task, tasks  # noqa: E402 - once the path to the extensions is known

TASKS = tasks()
LISTED = [task for task in TASKS if task.have]
COMMANDS = [task for task in TASKS if task.command]
IDS = [TUTORIAL_ID, "ANT2026simmixed"]


def name(task: Task) -> str:
    return task.have or task.want


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the current folder, which has what the lines read: loci, and a list of IDs."""
    monkeypatch.chdir(tmp_path)
    Path("ids.txt").write_text("\n".join(IDS), encoding="utf-8")
    antares_helpers.fetch_loci(IDS, folder="loci")
    return tmp_path


@pytest.fixture
def names() -> Iterator[dict[str, Any]]:
    """Yield what the page says that the lines need."""
    with stream.SandboxStream() as sandbox:
        sandbox.publish("SN_candies", ["ANT2026simsnia06"])
        client = partial(
            stream.SandboxStreamingClient, bootstrap_server=sandbox.bootstrap_server, group="tasks"
        )
        public = {each: getattr(antares_helpers, each) for each in antares_helpers.__all__}
        yield public | {"StreamingClient": client, "KEY": "any", "SECRET": "any"}


def run(task: Task, names: dict[str, Any]) -> Any:
    result = eval(task.python, dict(names))
    return list(result) if isinstance(result, Iterator) else result


@pytest.mark.parametrize("task", TASKS, ids=name)
@pytest.mark.usefixtures("here")
def test_line_runs_and_finds_something(names: dict[str, Any], task: Task) -> None:
    result = run(task, names)
    assert "\n" not in task.python
    assert result is not None
    assert len(result) > 0 if isinstance(result, Sized) else result.size > 0


@pytest.mark.parametrize("task", COMMANDS, ids=name)
def test_command_runs_and_writes_a_file(here: Path, task: Task) -> None:
    program, *arguments = shlex.split(task.command)
    before = {path: path.stat().st_mtime_ns for path in here.rglob("*") if path.is_file()}
    if "--folder" in arguments:
        arguments += ["--refresh"]
    assert program == "antares-helpers"
    assert main(arguments) == 0
    now = {path: path.stat().st_mtime_ns for path in here.rglob("*") if path.is_file()}
    assert {path for path, written in now.items() if before.get(path) != written}


def task_of(have: str) -> Task:
    return next(task for task in TASKS if have in name(task))


def test_a_name_finds_its_object(names: dict[str, Any]) -> None:
    task = task_of("diaObjectId")
    (locus,) = run(task, names)
    assert locus.properties["survey"]["lsst"]["dia_object_id"] == re.findall(r"\d{18}", task.python)
    (mixed,) = names["find_loci"](name=task.command.split()[2])
    assert mixed.locus_id == "ANT2026simmixed"


def test_a_position_finds_what_is_there(names: dict[str, Any]) -> None:
    assert TUTORIAL_ID in run(task_of("position"), names).table["locus_id"]


@pytest.mark.usefixtures("here")
def test_a_night_is_the_same_in_python_and_in_a_terminal(names: dict[str, Any]) -> None:
    task = task_of("night")
    arguments = shlex.split(task.command)[1:]
    assert main([*arguments[:-1], "night.ecsv"]) == 0
    found = {locus.locus_id for locus in run(task, names)}
    assert found == set(Table.read("night.ecsv")["locus_id"])
    assert found


@pytest.mark.usefixtures("here")
def test_a_list_is_fetched_to_the_same_files(names: dict[str, Any]) -> None:
    task = task_of("list of IDs")
    loci, failures = run(task, names)
    assert [locus["id"] for locus in loci] == IDS
    assert not failures
    assert main([*shlex.split(task.command)[1:-1], "others"]) == 0
    fetched = {path.stem: antares_helpers.load_locus(path) for path in Path("others").glob("*")}
    assert {name: fetched[name]["alerts"] for name in IDS} == {
        locus["id"]: locus["alerts"] for locus in loci
    }


def test_an_event_finds_the_loci_that_are_marked_with_it(names: dict[str, Any]) -> None:
    task = task_of("gravitational")
    (event,) = re.findall(r"S\d{6}\w+", task.python)
    assert all(event in locus.grav_wave_events for locus in run(task, names))


def test_a_stream_sends_a_locus(names: dict[str, Any]) -> None:
    topic, locus = run(task_of("stream"), names)
    assert (topic, locus.locus_id) == ("client.SN_candies", "ANT2026simsnia06")


@pytest.mark.usefixtures("here")
def test_data_rights_bring_forced_photometry(
    names: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    task = task_of("data rights")
    packet = run(task, names)
    lc = names["extract_lightcurve"](names["fetch_locus"](TUTORIAL_ID), forced=packet)
    assert lc["is_forced"].sum() > 0
    assert main(shlex.split(task.command)[1:]) == 0
    assert antares_helpers.alert_summary(lc).meta["sentence"] in capsys.readouterr().err


def test_the_landing_page_has_all_that_readers_begin_with() -> None:
    words = ["locus ID", "ZTF name", "position", "tag", "list", "night", "wave", "stream", "rights"]
    assert len(LISTED) == len(words)
    assert all(word in task.have for word, task in zip(words, LISTED, strict=True))


@pytest.mark.parametrize("task", TASKS, ids=name)
def test_what_a_task_names_exists(task: Task) -> None:
    sections = (ROOT / "docs" / "command_line.rst").read_text(encoding="utf-8")
    snippets = {path.stem for path in (ROOT / "docs" / "snippets").glob("*.py")}
    assert bool(task.have) != bool(task.want)
    assert task.tutorials or task.command
    assert set(task.functions) <= set(antares_helpers.__all__)
    assert set(task.tutorials) <= {str(script.with_suffix("")) for script in SCRIPTS}
    assert set(task.snippets) <= snippets
    assert not task.command or f".. _command-{task.command.split()[1]}:\n" in sections


def page_of(kind: str, name: str) -> str:
    pages = {"tutorials": f"tutorials/{name}", "functions": f"api/generated/antares_helpers.{name}"}
    return f"{pages[kind]}.html"


@needs_site
def test_table_shows_the_lines_and_commands_as_they_are() -> None:
    rows = soup("index.html").select("table.task-table tbody tr")
    assert [row.th.get_text() for row in rows] == [task.have for task in LISTED]
    for row, task in zip(rows, LISTED, strict=True):
        wanted = [line for line in (task.python, task.command) if line]
        assert [code.get_text() for code in row.select("td:nth-of-type(1) code")] == wanted
        addresses = [link["href"] for link in row.select("a")]
        number = max(len(task.tutorials), 1) + len(task.snippets)
        assert len(addresses) == number
        assert {f"tutorials/{each}.html" for each in task.tutorials} <= set(addresses)


@needs_site
@pytest.mark.parametrize("kind", ["tutorials", "functions"])
@pytest.mark.parametrize("task", TASKS, ids=name)
def test_page_of_a_task_has_its_other_forms(task: Task, kind: str) -> None:
    for name in getattr(task, kind):
        strip = soup(page_of(kind, name)).select_one(".same-task")
        text = strip.get_text(" ", strip=True)
        assert all(f"snippet {snippet}" in text for snippet in task.snippets)
        assert f"command {task.command}" in text if task.command else True
        addresses = " ".join(link["href"] for link in strip.select("a"))
        others = {"tutorials": "functions", "functions": "tutorials"}[kind]
        assert all(Path(page_of(others, each)).name in addresses for each in getattr(task, others))


@needs_site
@pytest.mark.parametrize("task", TASKS, ids=name)
def test_snippet_of_a_task_has_its_other_forms(task: Task) -> None:
    for snippet in task.snippets:
        strip = soup(page_of("tutorials", task.tutorials[0])).select_one(".same-task")
        link = strip.find("a", string=snippet)
        section = soup("snippets.html").find(id=link["href"].partition("#")[2])
        assert f"{snippet}.py" in str(section)
        text = section.select_one(".same-task").get_text(" ", strip=True)
        assert all(f"function {function}" in text for function in task.functions)
        assert f"command {task.command}" in text if task.command else True


@needs_site
@pytest.mark.parametrize("page", ["tutorials/index.html", "snippets.html", "api/index.html"])
def test_index_begins_with_what_readers_have(page: str) -> None:
    links = [link.get_text() for link in soup(page).select(".task-head a")]
    assert len(links) >= 6
    assert set(links) <= {task.have for task in LISTED}
