"""Every tutorial runs as a script, draws a figure, and reads as a tutorial should."""

import ast
import os
import re
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from sphinx_gallery.py_source_parser import remove_config_comments, split_code_and_text_blocks

from antares_sandbox import BUNDLED, TUTORIAL_ID
from simulated_sky import recipes, simulate_loci, write_locus_files

ROOT = Path(__file__).parents[1]
TUTORIALS = sorted(ROOT.glob("gallery/*/*.py"))
LINES_ON_A_SCREEN = 26
CHARACTERS_BEFORE_CODE_SCROLLS = 79
BEYOND_THE_HELPERS = [
    *("confluent_kafka", "lsdb", "nested_pandas", "pyarrow", "scipy", "starlette", "uvicorn"),
]
SOLUTION = re.compile(r"^\.\. dropdown:: Solution\n((?:   .*\n|\n)+)", re.MULTILINE)
CODE_BLOCK = re.compile(r"^\.\. code-block:: python\n\n((?:   .*\n|\n)+)", re.MULTILINE)
WITHOUT = "import sys; sys.modules.update(dict.fromkeys({}))"
SHOW_FIGURES = "import matplotlib.pyplot as plt; print('figures:', len(plt.get_fignums()))"


def prose(script: Path) -> str:
    lines = script.read_text(encoding="utf-8").splitlines()
    return "\n".join(line[2:] for line in lines if line.startswith("#"))


def solution(script: Path) -> str:
    """Return the code of the solution that a tutorial folds away."""
    folds = SOLUTION.findall(prose(script))
    blocks = CODE_BLOCK.findall("".join(map(textwrap.dedent, folds)) + "\n")
    return "\n".join(map(textwrap.dedent, blocks))


def with_solution(script: Path, folder: Path) -> Path:
    """Write a tutorial with the code of its solution below, as a reader would run it."""
    whole = folder / f"{script.stem}_solved.py"
    page = script.read_text(encoding="utf-8")
    whole.write_text(f"{page}\n\n{solution(script)}", encoding="utf-8")
    return whole


@pytest.fixture(scope="module")
def almost_empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder that holds the tutorial's locus and no other."""
    folder = tmp_path_factory.mktemp("one_locus")
    shutil.copy(BUNDLED / f"{TUTORIAL_ID}.json", folder)
    return folder


@pytest.fixture(scope="module")
def others(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the tutorial's ID and every other locus, all with other noise."""
    folder = tmp_path_factory.mktemp("other_loci")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(recipes, "SEED", recipes.SEED + 1)
        write_locus_files(simulate_loci()[::2], folder)
    return folder


def run_in(folder: Path, script: Path, scratch: Path) -> "subprocess.CompletedProcess[str]":
    sandbox = [sys.executable, "-m", "antares_sandbox", str(folder), "--thumbnails", "fits"]
    return subprocess.run(
        [*sandbox, "--", sys.executable, str(script)],
        cwd=scratch,
        env=os.environ | {"MPLBACKEND": "agg"},
        capture_output=True,
        text=True,
        check=False,
    )


def works_or_says_what_was_not_found(done: "subprocess.CompletedProcess[str]") -> bool:
    last = done.stderr.strip().rpartition("\n")[2]
    return done.returncode == 0 or re.fullmatch(r"LookupError: No \w.{15,}\.", last) is not None


@pytest.mark.parametrize("script", TUTORIALS, ids=lambda path: path.stem)
@pytest.mark.slow
def test_tutorial_works_or_says_what_an_almost_empty_folder_lacks(
    script: Path, almost_empty: Path, tmp_path: Path
) -> None:
    done = run_in(almost_empty, with_solution(script, tmp_path), tmp_path)
    assert works_or_says_what_was_not_found(done), done.stderr


@pytest.mark.parametrize("script", TUTORIALS, ids=lambda path: path.stem)
@pytest.mark.slow
def test_tutorial_works_or_says_what_other_loci_lack(
    script: Path, others: Path, tmp_path: Path
) -> None:
    assert (others / f"{TUTORIAL_ID}.json").exists()
    done = run_in(others, with_solution(script, tmp_path), tmp_path)
    assert works_or_says_what_was_not_found(done), done.stderr


@pytest.mark.parametrize("script", TUTORIALS, ids=lambda path: path.stem)
def test_first_code_block_fits_on_one_screen(script: Path) -> None:
    _, blocks = split_code_and_text_blocks(str(script))
    first = next(block.content for block in blocks if block.type == "code")
    shown = remove_config_comments(first).splitlines()
    assert sum(bool(line.strip()) for line in shown) <= LINES_ON_A_SCREEN


@pytest.mark.parametrize("script", TUTORIALS, ids=lambda path: path.stem)
def test_no_line_of_code_scrolls(script: Path) -> None:
    _, blocks = split_code_and_text_blocks(str(script))
    lines = [line for each in blocks if each.type == "code" for line in each.content.splitlines()]
    assert lines
    assert max(map(len, lines)) <= CHARACTERS_BEFORE_CODE_SCROLLS


@pytest.mark.parametrize("script", TUTORIALS, ids=lambda path: path.stem)
@pytest.mark.slow
def test_tutorial_runs_and_draws(script: Path, tmp_path: Path) -> None:
    names_extra = "antares-helpers[tutorials]" in script.read_text(encoding="utf-8")
    missing = [] if names_extra else BEYOND_THE_HELPERS
    without = WITHOUT.format(missing)
    whole = str(with_solution(script, tmp_path))
    program = f"{without}; import runpy; runpy.run_path({whole!r}); {SHOW_FIGURES}"
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
def test_tutorial_ends_with_one_exercise_whose_solution_is_folded(script: Path) -> None:
    text = prose(script)
    headings = re.findall(r"^(.+)\n-{4,}$", text, re.MULTILINE)
    assert headings[-2:] == ["Exercise", "Where to go next"]
    assert headings.count("Exercise") == 1
    assert text.count(".. dropdown:: ") == len(SOLUTION.findall(text)) == 1
    assert text.count(".. code-block:: ") == 1
    assert text.index("Exercise\n---") < text.index(".. dropdown:: ") < text.index("Where to go")
    assert 2 <= len(solution(script).strip().splitlines()) <= 20
    assert max(map(len, solution(script).splitlines())) <= CHARACTERS_BEFORE_CODE_SCROLLS


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


def page_run(name: str, scratch: Path) -> str:
    script = next(script for script in TUTORIALS if script.stem.startswith(name))
    done = run_in(BUNDLED, script, scratch)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.slow
def test_page_8_finds_the_true_periods_within_their_errors(tmp_path: Path) -> None:
    row = r"^ANT\S+ +-?\d+ +([\d.]+) \+- ([\d.]+) +[\d.]+  (\S+)$"
    stars = re.findall(row, page_run("08", tmp_path), re.MULTILINE)
    assert len(stars) == 3
    for period, error, truth in stars:
        assert abs(float(period) - float(truth)) < 3 * float(error)
        assert float(error) < 2e-4 * float(period)


@pytest.mark.slow
def test_page_9_finds_the_same_flux_in_both_surveys(tmp_path: Path) -> None:
    printed = page_run("09", tmp_path)
    ratio, error = re.findall(r"ZTF / Rubin = ([\d.]+) \+- ([\d.]+)", printed)[0]
    assert abs(float(ratio) - 1) < 3 * float(error) < 0.1
    assert "repeated detection" in printed
