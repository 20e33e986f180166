"""Every tutorial runs as a script, draws a figure, and reads as a tutorial should."""

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TUTORIALS = sorted(ROOT.glob("gallery/*/*.py"))
SHOW_FIGURES = "import matplotlib.pyplot as plt; print('figures:', len(plt.get_fignums()))"


def prose(script: Path) -> str:
    lines = script.read_text(encoding="utf-8").splitlines()
    return "\n".join(line[2:] for line in lines if line.startswith("# "))


@pytest.mark.parametrize("script", TUTORIALS, ids=lambda path: path.stem)
def test_tutorial_runs_and_draws(script: Path, tmp_path: Path) -> None:
    program = f"import runpy; runpy.run_path({str(script)!r}); {SHOW_FIGURES}"
    environment = os.environ | {"MPLBACKEND": "agg"}
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout.rpartition("figures: ")[2]) >= 1


@pytest.mark.parametrize("script", TUTORIALS, ids=lambda path: path.stem)
def test_tutorial_ends_with_where_to_go_next(script: Path) -> None:
    headings = re.findall(r"^# (.+)\n# -{4,}$", script.read_text(encoding="utf-8"), re.MULTILINE)
    assert headings[-1] == "Where to go next"


@pytest.mark.parametrize("script", TUTORIALS, ids=lambda path: path.stem)
def test_links_between_tutorials_lead_somewhere(script: Path) -> None:
    targets = re.findall(r":doc:`/tutorials/(.*?)`", prose(script))
    assert targets
    assert all((ROOT / "gallery" / f"{target}.py").exists() for target in targets)


@pytest.mark.parametrize("script", TUTORIALS, ids=lambda path: path.stem)
def test_code_has_no_comments(script: Path) -> None:
    source = script.read_text(encoding="utf-8")
    code = [line for line in source.splitlines() if not line.startswith("#")]
    ast.parse("\n".join(code))
    assert not [line for line in code if re.search(r"\s#\s", line)]


def test_page_2_shows_the_snippet_as_it_is() -> None:
    snippet = (ROOT / "docs/snippets/plot_light_curve.py").read_text(encoding="utf-8")
    page = (ROOT / "gallery/1_first_steps/02_without_helpers.py").read_text(encoding="utf-8")
    assert snippet in page
