"""The benchmarks run, and the page shows one of their runs. No measured value is tested."""

import json
import re
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from page import texts
from ratios import at_least_as_fast, at_most_as_long, ratio
from results import RESULTS, lines
from sizes import FULL

RUN = Path(__file__).parent / "run.py"
PAGE = RESULTS.parents[1] / "benchmarks.rst"
INCLUDED = {file.name for file in RESULTS.parent.iterdir()}


@pytest.fixture(scope="module")
def quick(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, dict[str, Any]]:
    """The output of a quick run, and its results; it writes all files that the page includes."""
    pytest.importorskip("pyarrow", reason="the benchmarks write Parquet files")
    folder = tmp_path_factory.mktemp("benchmarks")
    command = [sys.executable, str(RUN), "--quick", "--write", str(folder)]
    run = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    assert {file.name for file in folder.iterdir()} == INCLUDED
    return run.stdout, json.loads((folder / RESULTS.name).read_text(encoding="utf-8"))


@pytest.mark.slow
def test_a_run_prints_a_line_for_each_result(
    quick: tuple[str, dict[str, Any]],
) -> None:
    printed, written = quick
    assert list(lines(written)) == [*printed.splitlines()[:-1]]


@pytest.mark.slow
def test_a_run_gives_all_that_the_page_shows(quick: tuple[str, dict[str, Any]]) -> None:
    shown = json.loads(RESULTS.read_text(encoding="utf-8"))
    assert _names(quick[1]) == _names(shown)
    assert quick[1].keys() == shown.keys()


def test_the_page_shows_a_run_in_full() -> None:
    shown = json.loads(RESULTS.read_text(encoding="utf-8"))
    assert shown["sizes"] == json.loads(json.dumps(asdict(FULL)))
    for kind in ("growth", "memory"):
        largest = {each["of"]: each["points"][-1][0] for each in shown[kind]}
        assert all(largest[each["of"]] == each["points"][-1][0] for each in shown[kind])


def test_the_tables_and_figures_are_those_of_the_results() -> None:
    shown = json.loads(RESULTS.read_text(encoding="utf-8"))
    for name, text in texts(shown).items():
        assert (RESULTS.parent / name).read_text(encoding="utf-8") == text
    for name in ("growth", "memory"):
        figure = (RESULTS.parent / f"{name}.svg").read_text(encoding="utf-8")
        assert f"<dc:date>{shown['environment']['date']}</dc:date>" in figure


def test_the_page_includes_all_that_a_run_writes() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert set(re.findall(r"benchmarks/(\w+\.(?:inc|svg))", text)) == INCLUDED - {RESULTS.name}


def test_no_number_of_the_page_is_typed_by_hand() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert not re.findall(r"\d+", re.sub(r"\*\*Figure \d\.\*\*", "", text))


@pytest.mark.parametrize(("seconds", "is_met"), [(1.15, True), (1.16, False)])
def test_a_limit_on_a_longer_time_is_checked(seconds: float, is_met: bool) -> None:
    record = ratio("ours", "the limit", [seconds], [1.0], limit=at_most_as_long(1.15))
    assert record["limit"]["is_met"] is is_met


@pytest.mark.parametrize(("seconds", "is_met"), [(0.5, True), (0.6, False)])
def test_a_limit_on_a_speedup_is_checked(seconds: float, is_met: bool) -> None:
    record = ratio("ours", "theirs", [seconds], [1.0], limit=at_least_as_fast(2))
    assert record["limit"]["is_met"] is is_met


def test_a_ratio_is_the_median_of_those_of_the_rounds() -> None:
    record = ratio("ours", "theirs", [1.0, 8.0, 9.0], [2.0, 2.0, 1.0])
    assert (record["least"], record["ratio"], record["most"]) == (0.5, 4.0, 9.0)


def _names(results: dict[str, Any]) -> list[str]:
    """Return the names of what was measured, without numbers."""
    measured = [each for kind in ("ratios", "growth", "memory") for each in results[kind]]
    return [re.sub(r"[\d,]+\d", "N", each["what"] + each.get("against", "")) for each in measured]
