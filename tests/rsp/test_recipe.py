"""The RSP recipe of the installation page adds what the image lacks, and changes nothing."""

import os
import re
import site
import sys
import tomllib
from collections.abc import Iterable
from importlib.metadata import distributions, requires, version
from pathlib import Path

import pytest

packaging = pytest.importorskip("packaging.requirements", reason="packaging is not installed")

on_rsp = pytest.mark.skipif(
    "RSP_IMAGE" not in os.environ, reason="only in the environment that tests/rsp/run.py makes"
)

ROOT = Path(__file__).parents[2]
RECIPE = ROOT / "docs" / "snippets" / "install_rsp.sh"
IMAGE = ROOT / "tests" / "rsp" / "image.txt"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def pins() -> list[packaging.Requirement]:
    lines = IMAGE.read_text(encoding="utf-8").splitlines()
    return [packaging.Requirement(line) for line in lines if line and not line.startswith("#")]


def canonical(name: str) -> str:
    return name.lower().replace("_", "-")


INSTALLED = {canonical(each.name) for each in distributions()}


def names_in(folder: str) -> set[str]:
    return {canonical(each.name) for each in distributions(path=[folder])}


def image_packages() -> set[str]:
    return names_in(next(path for path in sys.path if path.startswith(sys.prefix)))


def user_packages() -> set[str]:
    return names_in(site.getusersitepackages())


def named_in_recipe() -> set[str]:
    words = re.findall(r"--no-deps (.*)", RECIPE.read_text(encoding="utf-8"))
    names = {word for line in words for word in line.split()}
    return {"antares-helpers" if name == "." else name for name in names}


def with_dependencies(wanted: Iterable[packaging.Requirement]) -> set[str]:
    """Return the names of packages and of all that they need, as far as they are installed."""
    todo, seen = list(wanted), set()
    while todo:
        package = todo.pop()
        extras = package.extras or {""}
        for key in {(canonical(package.name), extra) for extra in extras} - seen:
            seen.add(key)
            todo += dependencies(*key)
    return {name for name, _ in seen}


def dependencies(name: str, extra: str) -> list[packaging.Requirement]:
    if name == "antares-helpers":  # an editable installation has the extras of the day it was made
        lines = [*PROJECT["dependencies"], *PROJECT["optional-dependencies"].get(extra, ())]
    else:
        lines = requires(name) if name in INSTALLED else []
    found = [packaging.Requirement(line) for line in lines or ()]
    return [each for each in found if not each.marker or each.marker.evaluate({"extra": extra})]


def test_recipe_is_the_extra_of_the_tutorials_without_the_image() -> None:
    needed = with_dependencies([packaging.Requirement("antares-helpers[tutorials]")])
    assert needed - with_dependencies(pins()) == named_in_recipe()


@on_rsp
def test_recipe_installs_what_it_names_and_nothing_else() -> None:
    assert user_packages() == named_in_recipe()


@on_rsp
def test_recipe_hides_no_package_of_the_image() -> None:
    assert not user_packages() & image_packages()


@on_rsp
def test_image_has_the_pinned_versions() -> None:
    assert all(pin.specifier.contains(version(pin.name)) for pin in pins())


@on_rsp
def test_python_is_that_of_the_image() -> None:
    assert sys.version_info[:2] == (3, 13)
