"""The notebooks match the gallery; nbval runs them and compares their outputs."""

import ast
import builtins
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
def test_no_progress_bar_is_left(path: Path) -> None:
    cells = nbformat.read(path, as_version=4).cells
    texts = [each.get("text", "") for cell in cells for each in cell.get("outputs", ())]
    assert not [text for text in texts if "\r" in text or re.search(r"\[\d\d:\d\d", text)]


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


def code_of(path: Path) -> list[ast.Module]:
    cells = nbformat.read(path, as_version=4).cells
    return [ast.parse(cell.source) for cell in cells if cell.cell_type == "code"]


def names_in(node: ast.AST, context: type[ast.expr_context]) -> set[str]:
    names = (each for each in ast.walk(node) if isinstance(each, ast.Name))
    return {each.id for each in names if isinstance(each.ctx, context)}


def imported(tree: ast.Module) -> set[str]:
    aliases = [each for node in tree.body for each in getattr(node, "names", ())]
    return {each.asname or each.name.partition(".")[0] for each in aliases}


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_constants_need_nothing_that_comes_later(path: Path) -> None:
    imports, definitions, *_ = code_of(path)
    known = imported(imports) | set(dir(builtins))
    for node in definitions.body if not imported(definitions) else []:
        if isinstance(node, ast.FunctionDef):
            known.add(node.name)
        elif isinstance(node, ast.Assign) and ast.unparse(node.targets[0]).isupper():
            own = names_in(node, ast.Store)
            assert names_in(node.value, ast.Load) <= known | own, ast.unparse(node)
            known |= own


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_constants_are_set_once_and_stay(path: Path) -> None:
    nodes = [node for tree in code_of(path) for node in ast.walk(tree)]
    changed = [ast.unparse(node.target) for node in nodes if isinstance(node, ast.AugAssign)]
    assert not [name for name in changed if name.isupper()]
    set_ = [
        ast.unparse(target)
        for tree in code_of(path)
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
    ]
    constants = [name for name in set_ if name.isupper()]
    assert len(constants) == len(set(constants))
