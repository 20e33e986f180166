"""What the README shows works, and is what the installation page says."""

import re
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest
from matplotlib.axes import Axes

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_snippet_of_the_readme_draws() -> None:
    snippet = re.search(r"```python\n(.*?)```", README, re.DOTALL)
    assert snippet
    names: dict[str, object] = {}
    exec(snippet[1], names)
    ax = names["ax"]
    assert isinstance(ax, Axes)
    assert ax.get_title() == "ANT2026z3bqyjga24oc (simulated stand-in)"


def test_finding_and_fetching_of_the_readme_works(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    exec(re.findall(r"```python\n(.*?)```", README, re.DOTALL)[1], names)
    assert len(names["loci"]) == len(set(names["table"]["locus_id"])) > 5
    assert len(names["failures"]) == 0


def test_rsp_recipe_is_that_of_the_installation_page() -> None:
    recipe = (ROOT / "docs/snippets/install_rsp.sh").read_text(encoding="utf-8")
    indented = "".join(f"    {line}\n" for line in recipe.splitlines())
    assert indented in README


def test_linked_files_exist() -> None:
    targets = re.findall(r"\]\((?!http)(.*?)\)", README)
    assert targets
    assert all((ROOT / target).exists() for target in targets)


def test_the_map_of_the_house_names_what_exists() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    paths = re.findall(r"`((?:helpers|gallery|docs)/[\w/.]*)`", text)
    assert paths
    assert not [path for path in paths if not (ROOT / path).exists()]
    tree, folder = text.partition("## Map")[2].partition("\n| ")[0], Path("helpers/antares_helpers")
    names = re.findall(r"^ {8}(\w+(?:\.py|/))", tree, re.MULTILINE)
    assert names
    assert not [name for name in names if not (ROOT / folder / name).exists()]
    listed = re.split(r"[\s,]+", tree.partition("_ext/")[2].partition("_static/")[0])
    extensions = {path.stem for path in (ROOT / "docs/_ext").glob("*.py")}
    assert not {each for each in extensions if not any(fnmatch(each, name) for name in listed)}
