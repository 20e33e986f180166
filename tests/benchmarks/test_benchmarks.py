"""The benchmarks run, and what the docs show is one of their runs. No figure is tested."""

import json
import re
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from ratios import at_least_as_fast, at_most_as_long, ratio
from results import RESULTS, lines
from sizes import FULL

RUN = Path(__file__).parent / "run.py"
PAGE = RESULTS.parents[1] / "benchmarks.rst"


@pytest.fixture(scope="module")
def quick(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, dict[str, Any]]:
    """What a quick run prints, and what it writes."""
    pytest.importorskip("pyarrow", reason="the benchmarks write Parquet files")
    file = tmp_path_factory.mktemp("benchmarks") / "results.json"
    command = [sys.executable, str(RUN), "--quick", "--write", str(file)]
    run = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return run.stdout, json.loads(file.read_text(encoding="utf-8"))


def test_a_run_prints_a_line_for_each_thing_that_it_measures(
    quick: tuple[str, dict[str, Any]],
) -> None:
    printed, written = quick
    assert list(lines(written)) == [*printed.splitlines()[:-1]]


def test_a_run_measures_all_that_the_page_shows(quick: tuple[str, dict[str, Any]]) -> None:
    shown = json.loads(RESULTS.read_text(encoding="utf-8"))
    assert _names(quick[1]) == _names(shown)
    assert quick[1].keys() == shown.keys()


def test_the_page_shows_a_run_in_full() -> None:
    shown = json.loads(RESULTS.read_text(encoding="utf-8"))
    assert shown["sizes"] == json.loads(json.dumps(asdict(FULL)))
    for kind in ("growth", "memory"):
        largest = {each["of"]: each["points"][-1][0] for each in shown[kind]}
        assert all(largest[each["of"]] == each["points"][-1][0] for each in shown[kind])


def test_no_number_of_the_page_is_typed_by_hand() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert not re.findall(r"\d+", re.sub(r"\*\*Figure \d\.\*\*", "", text))


@pytest.mark.parametrize(("seconds", "is_met"), [(1.15, True), (1.16, False)])
def test_what_may_take_little_longer_is_judged_so(seconds: float, is_met: bool) -> None:
    record = ratio("ours", "the limit", [seconds], [1.0], limit=at_most_as_long(1.15))
    assert record["limit"]["is_met"] is is_met


@pytest.mark.parametrize(("seconds", "is_met"), [(0.5, True), (0.6, False)])
def test_what_is_to_be_faster_is_judged_so(seconds: float, is_met: bool) -> None:
    record = ratio("ours", "theirs", [seconds], [1.0], limit=at_least_as_fast(2))
    assert record["limit"]["is_met"] is is_met


def test_a_ratio_is_the_median_of_those_of_the_rounds() -> None:
    record = ratio("ours", "theirs", [1.0, 8.0, 9.0], [2.0, 2.0, 1.0])
    assert (record["least"], record["ratio"], record["most"]) == (0.5, 4.0, 9.0)


def _names(results: dict[str, Any]) -> list[str]:
    """Return what was measured, without how many of it."""
    measured = [each for kind in ("ratios", "growth", "memory") for each in results[kind]]
    return [re.sub(r"[\d,]+\d", "N", each["what"] + each.get("against", "")) for each in measured]
