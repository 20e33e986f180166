"""Each snippet is short, stands on the page, and runs in an environment without antares-helpers."""

from pathlib import Path
from typing import Any

import pytest
import snippet_folders
from snippet_running import (
    FOLDER,
    NAMES,
    ROOT,
    SNIPPETS,
    in_plain_python,
    make_sky,
    needs_plain,
    run,
)

from antares_sandbox import TUTORIAL_ID, Sandbox
from antares_sandbox.faults import Status

PAGE = (ROOT / "docs" / "snippets.rst").read_text(encoding="utf-8")


@needs_plain
def test_environment_lacks_antares_helpers(tmp_path: Path) -> None:
    done = in_plain_python(tmp_path, "-c", "import antares_helpers")
    assert "No module named 'antares_helpers'" in done.stderr


@pytest.mark.parametrize("snippet", SNIPPETS, ids=lambda path: path.stem)
def test_snippet_is_short_enough_to_paste(snippet: Path) -> None:
    lines = [line for line in snippet.read_text(encoding="utf-8").splitlines() if line.strip()]
    assert 5 <= len(lines) <= 25


@pytest.mark.parametrize("snippet", SNIPPETS, ids=lambda path: path.stem)
def test_snippet_stands_on_the_page_and_can_be_downloaded(snippet: Path) -> None:
    assert f".. literalinclude:: snippets/{snippet.name}\n" in PAGE
    assert f"<snippets/{snippet.name}>`" in PAGE


@pytest.mark.parametrize("snippet", SNIPPETS, ids=lambda path: path.stem)
def test_snippet_names_no_locus_of_the_sandbox_alone(snippet: Path) -> None:
    code = snippet.read_text(encoding="utf-8")
    assert not [name for name in snippet_folders.bundled() if name != TUTORIAL_ID and name in code]
    assert "sim" not in code.replace("simple", "")


def test_there_are_enough() -> None:
    assert len(SNIPPETS) >= 14


@pytest.fixture(scope="module")
def nowhere(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Run the snippets where no question finds an answer."""
    return make_sky(snippet_folders.lonely(), tmp_path_factory.mktemp("lonely")).ran


# The first ends in an error, which page 2 of the tutorials explains.
@needs_plain
@pytest.mark.parametrize("name", [name for name in NAMES if name != "plot_light_curve"])
def test_it_says_that_nothing_is_there(nowhere: dict[str, Any], name: str) -> None:
    assert not nowhere[name]["error"]
    said = nowhere[name]["output"] + "".join(ax["title"] for ax in nowhere[name]["axes"])
    words = ("No ", "no ", "not exist", "0 loci", "0 tags", "0 alerts")
    assert any(word in said for word in words), said


@needs_plain
def test_a_failing_service_is_retried(tmp_path: Path) -> None:
    with Sandbox() as sandbox:
        sandbox.inject_fault(f"loci/{TUTORIAL_ID}", Status(503), times=2)
        ran = run(tmp_path, [FOLDER / "missing_or_failing.py"])
    assert f"{TUTORIAL_ID} has 77 alerts" in ran["missing_or_failing"]["output"]


@needs_plain
def test_a_service_that_keeps_failing_is_reported(tmp_path: Path) -> None:
    with Sandbox() as sandbox:
        sandbox.inject_fault("loci/*/alerts", Status(500), times=None)
        ran = run(tmp_path, [FOLDER / "missing_or_failing.py"])
    assert "ANTARES failed" in ran["missing_or_failing"]["output"]


@needs_plain
def test_one_locus_that_fails_stops_no_other(tmp_path: Path) -> None:
    newest = next(iter(snippet_folders.newest_first(snippet_folders.bundled())))
    with Sandbox() as sandbox:
        sandbox.inject_fault(f"loci/{newest}/alerts", Status(503), times=None)
        ran = run(tmp_path, [FOLDER / "many_loci.py"])
    assert list(ran["many_loci"]["made"]["failed"]) == [newest]
    assert len(ran["many_loci"]["made"]["loci"]) == 19
    assert f"{newest} failed: AntaresException" in ran["many_loci"]["output"]
