"""Each snippet runs in an environment without antares-helpers, and draws."""

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SNIPPETS = sorted((ROOT / "docs" / "snippets").glob("*.py"))
PLAIN = os.environ.get("PLAIN_PYTHON")

pytestmark = pytest.mark.skipif(
    not PLAIN, reason="PLAIN_PYTHON names no Python without antares-helpers: run make test"
)


def run(program: str) -> "subprocess.CompletedProcess[str]":
    environment = os.environ | {"MPLBACKEND": "agg"}
    environment.pop("PYTHONPATH", None)
    command = [str(ROOT / str(PLAIN)), "-c", program]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def test_environment_lacks_antares_helpers() -> None:
    assert "No module named 'antares_helpers'" in run("import antares_helpers").stderr


@pytest.mark.parametrize("snippet", SNIPPETS, ids=lambda path: path.stem)
def test_snippet_runs_and_draws(snippet: Path) -> None:
    done = run(
        f"import runpy; made = runpy.run_path({str(snippet)!r}); "
        "print('points:', sum(len(bar.lines[0].get_xdata()) for bar in made['ax'].containers))"
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout.rpartition("points: ")[2]) > 0


@pytest.mark.parametrize("snippet", SNIPPETS, ids=lambda path: path.stem)
def test_snippet_is_short_enough_to_paste(snippet: Path) -> None:
    lines = [line for line in snippet.read_text(encoding="utf-8").splitlines() if line.strip()]
    assert len(lines) <= 25
