"""The notebooks match the gallery; nbval runs them and compares their outputs."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

nbformat = pytest.importorskip("nbformat", reason="nbformat is not installed")
pytest.importorskip("sphinx_gallery", reason="sphinx-gallery is not installed")

ROOT = Path(__file__).parents[1]
NOTEBOOKS = sorted(ROOT.glob("notebooks/*/*.ipynb"))


def test_each_tutorial_has_its_notebook() -> None:
    made = {path.relative_to(ROOT / "notebooks").with_suffix("") for path in NOTEBOOKS}
    tutorials = ROOT.glob("gallery/*/*.py")
    assert made == {path.relative_to(ROOT / "gallery").with_suffix("") for path in tutorials}


def test_notebooks_match_the_gallery() -> None:
    command = [sys.executable, ROOT / "notebooks" / "make.py", "--check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_every_code_cell_was_executed(path: Path) -> None:
    cells = nbformat.read(path, as_version=4).cells
    assert all(cell.execution_count for cell in cells if cell.cell_type == "code")


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_text_precedes_every_code_cell(path: Path) -> None:
    kinds = [cell.cell_type for cell in nbformat.read(path, as_version=4).cells]
    assert "code code" not in " ".join(kinds)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_no_trace_of_restructured_text_is_left(path: Path) -> None:
    cells = nbformat.read(path, as_version=4).cells
    text = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    assert not [mark for mark in (":doc:", ":func:", "``", ".. ", "`~") if mark in text]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_links_lead_to_the_web_or_to_another_notebook(path: Path) -> None:
    cells = nbformat.read(path, as_version=4).cells
    text = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    links = [link for link in re.findall(r"\]\((.*?)\)", text) if not link.startswith("https://")]
    assert links
    assert all((path.parent / link).suffix == ".ipynb" for link in links)
    assert all((path.parent / link).exists() for link in links)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_first_code_cell_has_the_recipes_as_comments(path: Path) -> None:
    cells = nbformat.read(path, as_version=4).cells
    first = next(cell.source for cell in cells if cell.cell_type == "code")
    lines = re.findall(r"^# %(.*)", first, re.MULTILINE)
    recipe = (ROOT / "docs" / "snippets" / "install_rsp.sh").read_text(encoding="utf-8")
    assert lines[0] == 'pip install "../..[tutorials]"'
    assert [re.sub(r" \.\./\.\.$", " .", line) for line in lines[1:]] == recipe.splitlines()
    assert (path.parent / "../.." / "pyproject.toml").exists()
