"""Check Python and the packages: whether they are installed, new enough, and can be imported.

At module level this imports only the standard library: any other package may be missing.
"""

import platform
import re
import site
import sys
from collections.abc import Iterable, Iterator, Mapping
from importlib import import_module
from importlib.metadata import Distribution, PackageNotFoundError, distribution, distributions

from antares_helpers.diagnostics import Check

__all__ = [
    "PACKAGES",
    "PYTHONS",
    "check_packages",
    "check_python",
    "explain_imports",
    "failed_imports",
]

PYTHONS = ((3, 11), (3, 13))
"""The oldest and the newest Python that is supported."""

PACKAGES = (
    "antares-client",
    "antares-devkit",
    "astropy",
    "astropy-healpix",
    "click",
    "httpcore",
    "httpx",
    "matplotlib",
    "numpy",
    "pandas",
    "pydantic",
    "tenacity",
    "tqdm",
)
"""The packages that are checked besides our own."""

_CLIENT = "antares-client"
_CLIENT_SUPPORTED = 2
_CLIENT_ENDS = "2026-11-04"  # as the client itself announces

_SELF = "antares-helpers"
_AT_LEAST = re.compile(r"([\w.-]+)[^;]*?>=\s*([\d.]+)")

_IMPORTED = (
    "antares_client",
    "antares_devkit.models",
    "matplotlib",
    "antares_helpers.lightcurves.extract",
)
_MAX_NAMED = 6

_ON_THE_RSP = "On the Rubin Science Platform"
_CLEAR = f'{_ON_THE_RSP}, stop the server and start it with "Clear .local directory".'
_WITHOUT_OTHERS = f"{_ON_THE_RSP}, with --user --no-deps."


def check_python() -> Check:
    """Check the version of Python."""
    message = f"Python {platform.python_version()}"
    oldest, newest = ("{}.{}".format(*each) for each in PYTHONS)
    if PYTHONS[0] <= sys.version_info[:2] <= PYTHONS[1]:
        return Check("ok", message)
    return Check(
        "problem",
        f"{message} is not supported",
        f"Use Python {oldest} to {newest}: antares-client depends on bson, which does not build "
        "on Python 3.14.",
    )


def check_packages() -> Iterator[Check]:
    """Check the versions of the packages that matter, and what hides or replaces them."""
    bounds = _lower_bounds()
    versions = {name: _version(name) for name in (_SELF, *PACKAGES)}
    for name, version in versions.items():
        if version is not None:
            yield _check_version(name, version, bounds.get(name, ""))
    missing = [name for name, version in versions.items() if version is None]
    if missing:
        yield _missing(missing)
    yield from _check_httpx()
    yield from _check_bson()
    yield _hidden_by_user_packages()


def failed_imports() -> dict[str, Exception]:
    """Import the packages that are needed, and return the errors of those that fail."""
    failures: dict[str, Exception] = {}
    for module in _IMPORTED:
        try:
            import_module(module)
        except Exception as error:  # a broken package may raise anything
            failures[module] = error
    return failures


def explain_imports(failures: Mapping[str, Exception]) -> Iterator[Check]:
    """Report the errors of imports, each once, but not packages that are reported as missing."""
    reported = set()
    for module, error in failures.items():
        lacks = (error.name or "") if isinstance(error, ModuleNotFoundError) else ""
        reason, package = f"{type(error).__name__}: {_text(error)}", _normalized(lacks)
        is_missing = package in PACKAGES and _version(package) is None
        if reason not in reported and not is_missing:
            reported.add(reason)
            message = f"{module} can't be imported ({reason})"
            yield Check("problem", message, _import_hint(lacks))


def _text(error: Exception) -> str:
    is_address = type(error).__name__ == "InvalidURL"  # its text may contain part of a password
    return "ANTARES_API_BASE_URL is not an address" if is_address else str(error)


def _import_hint(lacks: str) -> str:
    if lacks and "." not in lacks:
        return f"Run: python -m pip install {_normalized(lacks)}. {_WITHOUT_OTHERS}"
    return (
        "If nothing else in this table explains it, the packages do not fit together: create a "
        f"new environment. {_CLEAR}"
    )


def _lower_bounds() -> dict[str, str]:
    """Return the oldest version of each package that our own metadata allows, extras included."""
    try:
        requirements = distribution(_SELF).requires or []
    except PackageNotFoundError:
        return {}
    found = filter(None, map(_AT_LEAST.match, reversed(requirements)))
    return {_normalized(each[1]): each[2] for each in found}


def _version(name: str) -> str | None:
    try:
        return _field(distribution(name), "Version")
    except PackageNotFoundError:
        return None


def _field(package: Distribution, name: str) -> str | None:
    # An installation that was interrupted leaves metadata without fields, or none at all.
    try:
        values: list[str] = package.metadata.get_all(name) or []
    except FileNotFoundError:  # of importlib_metadata, which replaces Python's own finder
        return None
    return values[0] if values else None


def _normalized(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _numbers(version: str) -> tuple[int, ...]:
    beginning = re.match(r"\d+(\.\d+)*", version)
    return tuple(map(int, beginning[0].split("."))) if beginning else ()


def _check_version(name: str, version: str, oldest: str) -> Check:
    message, numbers = f"{name} {version}", _numbers(version)
    if name == _CLIENT and numbers and numbers[0] < _CLIENT_SUPPORTED:
        return Check(
            "problem",
            f"{message} is too old: versions below {_CLIENT_SUPPORTED}.0 stop working on "
            f"{_CLIENT_ENDS}, as the client announces",
            f'Run: python -m pip install --upgrade "{name}>={oldest or _CLIENT_SUPPORTED}". '
            f"{_WITHOUT_OTHERS}",
        )
    if numbers and numbers < _numbers(oldest):
        return Check(
            "problem",
            f"{message} is too old",
            f'Run: python -m pip install --upgrade "{name}>={oldest}". {_ON_THE_RSP}, choose the '
            "recommended image.",
        )
    return Check("ok", message)


def _missing(names: list[str]) -> Check:
    others = [name for name in names if name != _SELF]
    steps = [f"python -m pip install {' '.join(others)}"] if others else []
    if _SELF in names:
        steps.append("python -m pip install . (in the source of antares-helpers)")
    return Check(
        "problem",
        f"Not installed: {', '.join(names)}",
        f"Run: {', then '.join(steps)}. {_WITHOUT_OTHERS}",
    )


def _check_httpx() -> Iterator[Check]:
    """Look for the fork httpxyz, which registers itself as httpx if it is imported first."""
    name = getattr(sys.modules.get("httpx"), "__name__", "httpx")
    if name != "httpx":
        yield Check(
            "warning",
            f"The package {name} has replaced httpx, for which antares-client is written",
            f"Restart Python, and import httpx before {name}. Or run: python -m pip uninstall "
            f"{name}",
        )


def _check_bson() -> Iterator[Check]:
    """Look for the bson of pymongo, which overwrites the one that streams need."""
    try:
        bson = import_module("bson")
    except Exception:  # it is missing, or broken; only streams need it
        return
    if not hasattr(bson, "loads"):
        yield Check(
            "warning",
            "The module bson is not the package bson, but probably pymongo's, which overwrites "
            "it: streams (antares_client.StreamingClient) fail with \"module 'bson' has no "
            "attribute 'loads'\"",
            "Nothing else needs it. For streams, use an environment without pymongo, or run: "
            "python -m pip uninstall pymongo bson, then python -m pip install bson.",
        )


def _hidden_by_user_packages() -> Check:
    """Look for user packages (``pip install --user``) that hide others."""
    folder = site.getusersitepackages()
    at = sys.path.index(folder) if folder in sys.path else len(sys.path)
    parts = (sys.path[:at], sys.path[at : at + 1], sys.path[at + 1 :])
    before, users, environment = map(_installed, parts)
    hidden = sorted((users.keys() & environment.keys()) - before.keys())
    hidden.sort(key=lambda name: name not in PACKAGES)
    if not hidden:
        return Check("ok", "No user package (pip install --user) hides another")
    shown = [f"{name} {users[name]} hides {environment[name]}" for name in hidden[:_MAX_NAMED]]
    more = [f"and {len(hidden) - _MAX_NAMED} more"] if len(hidden) > _MAX_NAMED else []
    return Check(
        "warning",
        f"Packages in {folder} hide those of the environment: {', '.join(shown + more)}",
        f"Run: python -m pip uninstall {' '.join(hidden[:_MAX_NAMED])} (it removes your copies "
        f"first). {_CLEAR}",
    )


def _installed(folders: Iterable[str]) -> dict[str, str]:
    """Return the version of each package; of two copies, that of the one imported."""
    found: dict[str, str] = {}
    for package in distributions(path=list(folders)):
        name = _field(package, "Name")
        if name is not None:
            found.setdefault(_normalized(name), _field(package, "Version") or "(unknown)")
    return found
