import ast
import importlib
import inspect
import pkgutil
import subprocess
import sys
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

import pytest

import antares_helpers
import antares_sandbox

PUBLIC = [getattr(antares_helpers, name) for name in antares_helpers.__all__]
FUNCTIONS = [each for each in PUBLIC if inspect.isfunction(each)]
PACKAGE = Path(antares_helpers.__file__).parent
SANDBOX = Path(antares_sandbox.__file__).parent
PURE = ("bands", "errors", "locus_file", "validation")
"""What the sandbox may share with the helpers."""
MODULES = [
    each.name
    for each in pkgutil.walk_packages(antares_helpers.__path__, "antares_helpers.")
    if not each.ispkg
]
ROOMS = {
    "convert": {"plotting", "diagnostics"},
    "diagnostics": {"plotting", "tables", "convert"},
    "fetching": {"plotting", "lightcurves", "tables", "convert", "diagnostics"},
    "lightcurves": {"plotting", "tables", "convert", "diagnostics"},
    "plotting": {"fetching", "lightcurves", "tables", "convert", "diagnostics"},
    "tables": {"plotting", "diagnostics"},
}
"""What a room of the package never imports from: data flow one way."""


def imports_of(folder):
    """Yield each module that the files of a folder import, wherever in them."""
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                assert node.level == 0, f"{path} imports by its place"
                yield node.module


def run(program):
    return subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    ).stdout.split()


def test_the_public_names_are_sorted_and_there():
    assert antares_helpers.__all__ == sorted(antares_helpers.__all__)
    assert len(PUBLIC) == len(set(antares_helpers.__all__))


def test_the_three_lines_of_the_design_are_public():
    assert {"fetch_locus", "extract_lightcurve", "plot_lightcurve"} <= set(antares_helpers.__all__)


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda each: each.__name__)
def test_a_function_documents_each_parameter_and_what_it_returns(function):
    text = inspect.getdoc(function)
    parameters = text.partition("Parameters\n----------\n")[2].partition("\n\n")[0]

    assert "\nReturns\n-------\n" in text
    for name in inspect.signature(function).parameters:
        assert name in parameters


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda each: each.__name__)
def test_a_function_is_typed(function):
    signature = inspect.signature(function)
    annotations = [each.annotation for each in signature.parameters.values()]

    assert inspect.Signature.empty not in [*annotations, signature.return_annotation]


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda each: each.__name__)
def test_options_are_given_by_name(function):
    parameters = [
        each
        for each in inspect.signature(function).parameters.values()
        if each.kind is not each.VAR_KEYWORD
    ]

    required = [each for each in parameters if each.default is inspect.Parameter.empty]
    assert all(each.kind is each.POSITIONAL_OR_KEYWORD for each in required)
    optional = [each.name for each in parameters if each not in required]
    named = [each.name for each in parameters if each.kind is each.KEYWORD_ONLY]
    assert named == optional or optional in (["flux_err"], ["magnitude_err"])


@pytest.mark.parametrize("thing", PUBLIC, ids=lambda each: each.__name__)
def test_each_public_name_has_a_docstring_of_its_own(thing):
    assert thing.__doc__
    assert thing.__doc__.strip()[-1] in ".:)" or "\n" in thing.__doc__


@pytest.mark.parametrize("name", MODULES)
def test_a_module_lists_names_that_it_has(name):
    module = importlib.import_module(name)

    assert module.__doc__
    assert [each for each in module.__all__ if not hasattr(module, each)] == []


def test_the_package_says_that_it_is_typed():
    assert files("antares_helpers").joinpath("py.typed").is_file()


def test_the_distribution_has_a_version():
    assert version("antares-helpers")


def test_importing_the_helpers_leaves_drawing_and_serving_alone():
    heavy = "{'matplotlib', 'antares_sandbox', 'starlette', 'uvicorn', 'scipy'}"

    names = "fetch_locus, extract_lightcurve, lightcurve_table"
    program = f"from antares_helpers import {names}; import sys"
    loaded = run(f"{program}; print(*({heavy} & sys.modules.keys()))")

    assert loaded == []


def test_the_helpers_never_import_the_sandbox():
    assert not [name for name in imports_of(PACKAGE) if name.startswith("antares_sandbox")]


def test_the_sandbox_imports_only_pure_modules_of_the_helpers():
    imported = {name for name in imports_of(SANDBOX) if name.startswith("antares_helpers")}

    assert imported <= {f"antares_helpers.{name}" for name in PURE}


def test_the_sandbox_never_imports_its_simulation():
    assert not [name for name in imports_of(SANDBOX) if name.startswith("simulated_sky")]


@pytest.mark.parametrize("room", ROOMS)
def test_rooms_are_kept_apart(room):
    imported = {name.split(".")[1] for name in imports_of(PACKAGE / room) if is_ours(name)}

    assert not imported & ROOMS[room]


@pytest.mark.parametrize("name", ["bands", "photometry", "coerce"])
def test_what_only_computes_knows_no_room(name):
    tree = ast.parse((PACKAGE / f"{name}.py").read_text("utf-8"))
    imported = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}

    assert not {each.split(".")[1] for each in imported if is_ours(each)} & ROOMS.keys()


def test_only_one_module_calls_the_client_over_the_network():
    callers = [
        str(path.relative_to(PACKAGE))
        for path in sorted(PACKAGE.rglob("*.py"))
        if "search" in _imported_from_client(path)
    ]

    assert callers == ["fetching/_connections.py", "fetching/client.py", "fetching/http.py"]


def _imported_from_client(path):
    """Return the parts of the client's package that a file imports, however it does."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names = [each.name for each in node.names if each.name.startswith("antares_client")]
            yield from (name.rpartition(".")[2] for name in names)
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("antares_client"):
            yield from (node.module.rpartition(".")[2], *(each.name for each in node.names))


def is_ours(name):
    return name.startswith("antares_helpers.")
