"""Each snippet is short, is on the page, and runs in an environment without antares-helpers."""

import re
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
from antares_sandbox.faults import Drop, Status

PAGE = (ROOT / "docs" / "snippets.rst").read_text(encoding="utf-8")


@needs_plain
def test_environment_lacks_antares_helpers(tmp_path: Path) -> None:
    done = in_plain_python(tmp_path, "-c", "import antares_helpers")
    assert "No module named 'antares_helpers'" in done.stderr


@pytest.mark.parametrize("snippet", SNIPPETS, ids=lambda path: path.stem)
def test_snippet_is_short_enough_to_paste(snippet: Path) -> None:
    lines = [line for line in snippet.read_text(encoding="utf-8").splitlines() if line.strip()]
    assert 5 <= len(lines) <= 29
    assert max(map(len, lines)) <= 79


@pytest.mark.parametrize("snippet", SNIPPETS, ids=lambda path: path.stem)
def test_snippet_is_on_the_page(snippet: Path) -> None:
    assert f".. snippet:: {snippet.stem}\n" in PAGE


@pytest.mark.parametrize("snippet", SNIPPETS, ids=lambda path: path.stem)
def test_snippet_names_no_locus_of_the_sandbox_alone(snippet: Path) -> None:
    code = snippet.read_text(encoding="utf-8")
    assert not [name for name in snippet_folders.bundled() if name != TUTORIAL_ID and name in code]
    assert "sim" not in code.replace("simple", "")


def test_there_are_enough() -> None:
    assert len(SNIPPETS) >= 14


@pytest.fixture(scope="module")
def nowhere(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Run the snippets against a locus that no search finds."""
    return make_sky(snippet_folders.lonely(), tmp_path_factory.mktemp("lonely")).ran


@needs_plain
@pytest.mark.parametrize("name", NAMES)
def test_it_says_that_nothing_is_there(nowhere: dict[str, Any], name: str) -> None:
    assert not nowhere[name]["error"]
    said = nowhere[name]["output"]
    if TUTORIAL_ID in (FOLDER / f"{name}.py").read_text(encoding="utf-8"):
        assert said.splitlines()[0] == f"No such locus: {TUTORIAL_ID}"
    else:
        assert said.startswith(("No ", "0 loci", "ANTARES has 0 tags"))
    assert not nowhere[name]["axes"]


@pytest.fixture(scope="module", params=["404", "500", "dropped", "unreachable"])
def failing(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Any]:
    """Run the snippets against a service that fails in one way."""
    folder = tmp_path_factory.mktemp("failing")
    with Sandbox() as sandbox, pytest.MonkeyPatch.context() as patch:
        if request.param == "unreachable":
            patch.setenv("ANTARES_API_BASE_URL", "http://127.0.0.1:9/v2/")
        else:
            fault = Drop() if request.param == "dropped" else Status(int(request.param))
            sandbox.inject_fault("**", fault, times=None)
        return run(folder, SNIPPETS)


@needs_plain
@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_a_failure_is_one_line_without_a_false_statement(
    failing: dict[str, Any], name: str
) -> None:
    assert not failing[name]["error"]
    assert not failing[name]["axes"]
    lines = failing[name]["output"].splitlines()
    assert len(lines) == (2 if name == "missing_or_failing" else 1)
    words = r"(ANT\w+: the|The) request to ANTARES failed: |No such locus: ANT"
    assert all(re.match(words, line) for line in lines), lines


@needs_plain
def test_an_error_ends_a_script_without_a_traceback(tmp_path: Path) -> None:
    with Sandbox(snippet_folders.write(snippet_folders.lonely(), tmp_path / "loci")):
        done = in_plain_python(tmp_path, str(FOLDER / "plot_light_curve.py"))
    assert (done.returncode, done.stderr) == (1, f"No such locus: {TUTORIAL_ID}\n")


@pytest.fixture(scope="module")
def figures(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Plot every bundled locus with the snippet."""
    folder = tmp_path_factory.mktemp("figures")
    code = (FOLDER / "plot_light_curve.py").read_text(encoding="utf-8")
    snippets = [folder / f"{name}.py" for name in snippet_folders.bundled()]
    for snippet in snippets:
        snippet.write_text(code.replace(TUTORIAL_ID, snippet.stem), encoding="utf-8")
    with Sandbox():
        return run(folder, snippets)


@needs_plain
@pytest.mark.slow
def test_figure_of_every_locus_shows_its_labels(figures: dict[str, Any]) -> None:
    assert len(figures) == len(snippet_folders.bundled()) > 100
    clipped = {name for name, ran in figures.items() if not ran["axes"][0]["is_inside"]}
    assert not clipped


@needs_plain
def test_a_figure_without_points_says_why(tmp_path: Path) -> None:
    mixed = snippet_folders.renamed(snippet_folders.bundled()["ANT2026simmixed"], TUTORIAL_ID)
    mixed["alerts"] = [each for each in mixed["alerts"] if each["id"].startswith("ztf")]
    with Sandbox(snippet_folders.write({TUTORIAL_ID: mixed}, tmp_path / "loci")):
        ran = run(tmp_path, SNIPPETS)
    (ax,) = ran["plot_light_curve"]["axes"]
    assert (ax["points"], ax["legend"]) == ([], ["No Rubin fluxes"])
    for name in ("magnitudes", "table", "utc_dates", "devkit_locus"):
        assert ran[name]["output"].startswith(f"{TUTORIAL_ID} has no Rubin "), ran[name]


@needs_plain
@pytest.mark.slow
def test_markers_have_a_thin_dark_edge(figures: dict[str, Any]) -> None:
    edges = {tuple(edge) for ran in figures.values() for edge in ran["axes"][0]["edges"]}
    assert {edge[1:] for edge in edges} == {("black", 0.5)}
    assert "#BA52FF" in {edge[0] for edge in edges}


@needs_plain
@pytest.mark.parametrize("name", ["forced_photometry", "check_signs"])
def test_without_access_to_rubin_a_snippet_says_so_and_shows_no_token(
    name: str, tmp_path: Path
) -> None:
    path = [FOLDER / f"{name}.py"]
    with Sandbox(), pytest.MonkeyPatch.context() as patch:
        patch.setenv("ACCESS_TOKEN", "gt-wrong")
        rejected = run(tmp_path, path)[name]
        patch.delenv("ACCESS_TOKEN")
        missing = run(tmp_path, path)[name]
    assert rejected["output"].startswith("The request to Rubin failed: HTTPStatusError")
    assert "401" in rejected["output"]
    assert "gt-wrong" not in rejected["output"]
    assert missing["output"] == "The request to Rubin failed: KeyError('ACCESS_TOKEN')\n"


@needs_plain
def test_a_failing_service_is_retried(tmp_path: Path) -> None:
    with Sandbox() as sandbox:
        sandbox.inject_fault(f"loci/{TUTORIAL_ID}", Status(503), times=2)
        ran = run(tmp_path, [FOLDER / "missing_or_failing.py"])
    number = len(snippet_folders.bundled()[TUTORIAL_ID]["alerts"])
    assert f"{TUTORIAL_ID} has {number} alerts" in ran["missing_or_failing"]["output"]


@needs_plain
def test_a_service_that_keeps_failing_is_reported(tmp_path: Path) -> None:
    with Sandbox() as sandbox:
        sandbox.inject_fault("loci/*/alerts", Status(500), times=None)
        ran = run(tmp_path, [FOLDER / "missing_or_failing.py"])
    assert "the request to ANTARES failed" in ran["missing_or_failing"]["output"]


@needs_plain
def test_one_locus_that_fails_stops_no_other(tmp_path: Path) -> None:
    newest = next(iter(snippet_folders.newest_first(snippet_folders.bundled())))
    with Sandbox() as sandbox:
        sandbox.inject_fault(f"loci/{newest}/alerts", Status(503), times=None)
        ran = run(tmp_path, [FOLDER / "many_loci.py"])
    assert list(ran["many_loci"]["made"]["failed"]) == [newest]
    assert len(ran["many_loci"]["made"]["loci"]) == 19
    assert f"{newest} failed: AntaresException" in ran["many_loci"]["output"]
