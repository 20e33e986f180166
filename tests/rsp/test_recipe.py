"""The RSP recipe of the installation page adds packages and changes none."""

import os
import re
import site
import sys
from importlib.metadata import distributions, version
from pathlib import Path

import pytest

packaging = pytest.importorskip("packaging.requirements", reason="packaging is not installed")

pytestmark = pytest.mark.skipif(
    "RSP_IMAGE" not in os.environ, reason="only in the environment that tests/rsp/run.py makes"
)

SNIPPETS = Path(__file__).parents[2] / "docs" / "snippets"


def names_in(folder: str) -> set[str]:
    return {each.name.lower().replace("_", "-") for each in distributions(path=[folder])}


def image_packages() -> set[str]:
    return names_in(next(path for path in sys.path if path.startswith(sys.prefix)))


def user_packages() -> set[str]:
    return names_in(site.getusersitepackages())


def named_in_recipes() -> set[str]:
    recipes = "".join(path.read_text() for path in sorted(SNIPPETS.glob("install_rsp*.sh")))
    words = re.findall(r"--no-deps (.*)", recipes)
    return {"antares-helpers" if word == "." else word for line in words for word in line.split()}


def test_recipe_installs_what_it_names_and_nothing_else() -> None:
    assert user_packages() <= named_in_recipes()
    assert named_in_recipes() <= user_packages() | image_packages()


def test_recipe_hides_no_package_of_the_image() -> None:
    assert not user_packages() & image_packages()


def test_image_has_the_pinned_versions() -> None:
    lines = Path(os.environ["RSP_IMAGE"]).read_text().splitlines()
    pins = [packaging.Requirement(line) for line in lines if line and not line.startswith("#")]
    assert all(pin.specifier.contains(version(pin.name)) for pin in pins)


def test_python_is_that_of_the_image() -> None:
    assert sys.version_info[:2] == (3, 13)
