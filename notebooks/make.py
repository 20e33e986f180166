"""Make the notebooks from the gallery: python notebooks/make.py [--check] [PAGE...].

Each tutorial becomes a notebook in the form of Rubin's RTN-045: a header, all imports and
definitions first, numbered sections. The notebooks are executed against the sandbox (with
ANTARES_LIVE=1 against the live service) and written with their outputs. With --check nothing is
executed or written; the exit status is 1 if a notebook does not match its tutorial. Pages are given
by name, such as 04_handle_negative_fluxes; by default, all are made.
"""

import ast
import os
import re
import sys
import tempfile
import textwrap
from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient
from sphinx_gallery.gen_gallery import DEFAULT_GALLERY_CONF
from sphinx_gallery.notebook import rst2md
from sphinx_gallery.py_source_parser import remove_config_comments, split_code_and_text_blocks

from antares_sandbox import Sandbox

ROOT = Path(__file__).resolve().parents[1]
GALLERY = ROOT / "gallery"
README_FIGURE = ROOT / "docs" / "_static" / "first-light-curve.png"
SNIPPET = ROOT / "docs" / "snippets" / "plot_light_curve.py"
RSP_RECIPE = ROOT / "docs" / "snippets" / "install_rsp.sh"
SNIPPET_PICTURE = ROOT / "docs" / "_static" / "without-helpers.png"
IS_LIVE = os.environ.get("ANTARES_LIVE") == "1"
SERVICE = "the live service" if IS_LIVE else "the sandbox (simulated data)"

_WIDTH = 88
_PROGRESS = re.compile(r"%\||\d\w* \[\d+:\d\d")
_FOLD = re.compile(r"^\.\. dropdown:: (.*)\n((?:\n|   .*\n)+)", re.MULTILINE)
_CODE_BLOCK = re.compile(r"^\.\. code-block:: python\n\n((?:   .*\n|\n)+)", re.MULTILINE)
_MARK_FIGURES = (
    f"import sys; sys.path.append({str(ROOT / 'docs' / '_ext')!r}); "
    "import simulated_figures; simulated_figures.start(); "
    "sys.path.pop(); del simulated_figures, sys"
)
"""What the kernel runs before a notebook: figures of simulated data say so, as on the site."""

HEADER = """# {title}

| | |
|---|---|
| Last verified to run | {date} with antares-helpers {version}, against {service} |
| Learning objective | {objective} |
| Data products | Rubin diaSources, as alerts of the ANTARES broker |
| Packages | {packages} |"""
INTRODUCTION = """## 1. Introduction

{text}"""
IMPORTS = """### 1.1. Import packages

Import everything that this notebook uses. To install it, once, remove the `# ` before the `%pip` of
your machine, run the cell and restart the kernel. `../..` is the clone of antares-helpers, whose
`docs/installation.rst` says more; elsewhere, write the path of your clone instead."""
INSTALL = """# On a laptop:
# %pip install "../..[tutorials]"
# On the Rubin Science Platform:
{rsp}

"""
DEFINITIONS = "### 1.2. Define parameters and functions\n\n{text}"


def make_notebook(script: Path) -> Any:
    """Return the notebook of a tutorial, not yet executed."""
    _, blocks = split_code_and_text_blocks(str(script))
    title, text = _markdown(blocks[0].content).removeprefix("# ").split("\n", 1)
    objective = re.split(r"(?<=\.)\s+", text.strip())[-1].replace("\n", " ")
    parts = [_split_code(block.content) for block in blocks if block.type == "code"]
    imports = _merged([node for part in parts for node in part[0]])
    definitions = [text for part in parts for text in part[1]]
    packages = {re.split(r"[ .]", line)[1] for line in imports} - set(sys.stdlib_module_names)
    cells = [
        _text(
            HEADER.format(
                title=title,
                date=datetime.now(UTC).strftime("%Y-%m-%d"),
                version=version("antares-helpers"),
                service=SERVICE,
                objective=objective,
                packages=", ".join(sorted(packages)),
            )
        ),
        _text(INTRODUCTION.format(text=text.strip())),
        _text(IMPORTS),
        _code(_install_lines() + "\n".join(imports)),
        _text(
            DEFINITIONS.format(
                text="Define the parameters and functions of this notebook."
                if definitions
                else "This notebook needs none."
            )
        ),
        *([_code("\n\n\n".join(definitions))] if definitions else []),
        _text(f"## 2. {title}\n\n{objective}"),
        *_body(blocks[1:]),
    ]
    for number, cell in enumerate(cells):
        cell["id"] = f"cell-{number}"
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel})


def _body(blocks: Iterable[Any]) -> Iterator[Any]:
    """Return the cells after the introduction, their headings numbered from 3."""
    section = 2
    for block in blocks:
        if block.type == "code":
            code = _split_code(block.content)[2]
            if code:
                yield _code(code)
            continue
        lines = []
        for line in _markdown(block.content).splitlines():
            if line.startswith("## "):
                section += 1
                line = f"## {section}. {line[3:]}"
            lines.append(line)
        yield _text("\n".join(lines))


def _install_lines() -> str:
    """Return the recipes of the installation page as comments, from the folder of a notebook."""
    recipe = RSP_RECIPE.read_text(encoding="utf-8").splitlines()
    lines = [re.sub(r" \.$", " ../..", f"# %{line}") for line in recipe]
    return INSTALL.format(rsp="\n".join(lines))


def _split_code(code: str) -> tuple[list[ast.stmt], list[str], str]:
    """Split code into its imports, its definitions (functions, CONSTANTS) and the rest."""
    code = remove_config_comments(code)
    imports, definitions, lines = [], [], code.splitlines()
    for node in reversed(ast.parse(code).body):
        span = slice(node.lineno - 1, node.end_lineno)
        if isinstance(node, ast.Import | ast.ImportFrom):
            imports.append(node)
        elif isinstance(node, ast.FunctionDef) or _is_constant(node):
            definitions.insert(0, "\n".join(lines[span]))
        else:
            continue
        del lines[span]
    return imports, definitions, _spaced("\n".join(lines))


def _spaced(code: str) -> str:
    """Put two empty lines around a class, and never more than one elsewhere."""
    lines = re.sub(r"\n{3,}", "\n\n", code).strip().splitlines()
    for node in reversed(ast.parse("\n".join(lines)).body):
        if isinstance(node, ast.ClassDef):
            lines.insert(node.end_lineno or 0, "")
            lines.insert(node.lineno - 1, "")
    return "\n".join(lines).strip()


def _merged(nodes: list[ast.stmt]) -> list[str]:
    """Return imports as sorted lines, one per module: first Python's own, then the others."""
    lines = {ast.unparse(node) for node in nodes if isinstance(node, ast.Import)}
    names: dict[str, set[str]] = {}
    for node in nodes:
        if isinstance(node, ast.ImportFrom) and node.module:
            names.setdefault(node.module, set()).update(map(ast.unparse, node.names))
    lines |= {_import_line(module, sorted(names[module])) for module in names}
    return sorted(lines, key=_import_order)


def _import_line(module: str, names: list[str]) -> str:
    line = f"from {module} import {', '.join(names)}"
    if len(line) <= _WIDTH:
        return line
    return f"from {module} import (\n    " + ",\n    ".join(names) + ",\n)"


def _is_constant(node: ast.stmt) -> bool:
    return isinstance(node, ast.Assign) and all(
        isinstance(target, ast.Name) and target.id.isupper() for target in node.targets
    )


def _import_order(line: str) -> tuple[bool, bool, str]:
    package = re.split(r"[ .]", line)[1]
    return package not in sys.stdlib_module_names, line.startswith("from"), line


def _markdown(rest: str) -> str:
    """Convert the reStructuredText that tutorials use to Markdown, with what it folds away."""
    parts = _FOLD.split(rest + "\n")
    texts = [_unfolded(parts[0])]
    for title, content, text in zip(parts[1::3], parts[2::3], parts[3::3], strict=True):
        texts += [_folded(title, textwrap.dedent(content)), _unfolded(text)]
    return "\n\n".join(filter(None, texts))


def _folded(title: str, content: str) -> str:
    """Return the content of a dropdown, text and code, as Jupyter and GitHub fold it."""
    parts = _CODE_BLOCK.split(content)
    texts = [_unfolded(text) for text in parts[::2]]
    codes = [f"~~~python\n{textwrap.dedent(code).strip()}\n~~~" for code in parts[1::2]]
    inside = [each for pair in zip(texts, [*codes, ""], strict=True) for each in pair if each]
    return "\n\n".join([f"<details>\n<summary>{title}</summary>", *inside, "</details>"])


def _unfolded(rest: str) -> str:
    rest = re.sub(r":doc:`/tutorials/(.*?)`", lambda found: _link_to(found[1]), rest)
    rest = re.sub(r":doc:`/(\w+)`", r"``docs/\1.rst``", rest)
    rest = re.sub(r"(?<!`)`~?(?:\w+\.)*(\w+)`(?!`)", r"``\1``", rest)
    markdown: str = rst2md(rest, DEFAULT_GALLERY_CONF, "", {(None, "="): 1, (None, "-"): 2})
    return re.sub(r"``([^`]+)``", r"`\1`", markdown).strip()


def _link_to(name: str) -> str:
    """Return a link to another notebook, which works wherever the notebooks are together."""
    document = ast.get_docstring(ast.parse((GALLERY / f"{name}.py").read_text(encoding="utf-8")))
    assert document is not None
    return f"[{document.splitlines()[0]}](../{name}.ipynb)"


def _text(source: str) -> Any:
    return nbformat.v4.new_markdown_cell(source)


def _code(source: str) -> Any:
    return nbformat.v4.new_code_cell(source)


def _execute(notebook: Any) -> None:
    with tempfile.TemporaryDirectory() as folder:
        NotebookClient(
            notebook,
            timeout=120,
            resources={"metadata": {"path": folder}},
            record_timing=False,
            coalesce_streams=True,
            extra_arguments=[] if IS_LIVE else [f"--IPKernelApp.exec_lines={_MARK_FIGURES}"],
        ).execute()
    for cell in notebook.cells:
        _drop_progress(cell)
    notebook.metadata.pop("language_info", None)  # it includes the version of Python


def _drop_progress(cell: Any) -> None:
    """Drop the output of a progress bar: it shows times; nbval must not miss it."""
    outputs = [output for output in cell.get("outputs", ()) if not _is_progress(output)]
    if len(outputs) < len(cell.get("outputs", ())):
        cell["outputs"] = outputs
        cell.metadata["tags"] = ["nbval-ignore-output"]


def _is_progress(output: Any) -> bool:
    if output.get("name") == "stderr":
        return bool(_PROGRESS.search(output["text"])) or not output["text"].strip()
    return "application/vnd.jupyter.widget-view+json" in output.get("data", {})


def _write_readme_figure() -> None:
    from antares_helpers import extract_lightcurve, fetch_locus, plot_lightcurve

    ax = plot_lightcurve(extract_lightcurve(fetch_locus("ANT2026z3bqyjga24oc")))
    ax.figure.savefig(README_FIGURE, dpi=160)


def _write_snippet_picture() -> None:
    """Draw the first lines of the snippet: its figure would look like that of the first page."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(4, 2.8), facecolor="#14181e")
    lines = SNIPPET.read_text(encoding="utf-8").splitlines()[:8]
    style = {"family": "monospace", "fontsize": 11, "color": "#ced6dd", "linespacing": 1.9}
    figure.text(0.04, 0.95, "\n".join(lines), va="top", **style)
    figure.savefig(SNIPPET_PICTURE, dpi=200)


def _is_current(path: Path, notebook: Any) -> bool:
    if not path.exists():
        return False
    undated = [
        [(cell.cell_type, re.sub(r"run \| .*", "", cell.source)) for cell in each.cells]
        for each in (nbformat.read(path, as_version=4), notebook)
    ]
    return undated[0] == undated[1]


def main(arguments: list[str]) -> int:
    """Make or check notebooks."""
    is_check, status = arguments[:1] == ["--check"], 0
    names = set(arguments[is_check:])
    scripts = [path for path in sorted(GALLERY.glob("*/*.py")) if not names or path.stem in names]
    if unknown := names - {path.stem for path in scripts}:
        print(f"no such page: {', '.join(sorted(unknown))}", file=sys.stderr)
        return 2
    with nullcontext() if IS_LIVE or is_check else Sandbox(thumbnails="fits"):
        for script in scripts:
            path = (ROOT / "notebooks" / script.relative_to(GALLERY)).with_suffix(".ipynb")
            notebook = make_notebook(script)
            if is_check and not _is_current(path, notebook):
                print(f"{path} does not match {script}: run make notebooks", file=sys.stderr)
                status = 1
            elif not is_check:
                print(f"execute {path.relative_to(ROOT)}")
                _execute(notebook)
                path.parent.mkdir(exist_ok=True)
                nbformat.write(notebook, path)
        if not is_check and not names:
            _write_readme_figure()
            _write_snippet_picture()
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
