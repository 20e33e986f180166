"""Whether Python and the packages are those that are tested, and can be imported.

Nothing but the standard library is imported here before it is asked for: any of it may be missing.
"""

import platform
import re
import site
import sys
from collections.abc import Iterable, Iterator, Mapping
from importlib import import_module
from importlib.metadata import Distribution, PackageNotFoundError, distribution, distributions
from types import MappingProxyType

from antares_helpers.diagnostics.report import Check

__all__ = [
    "NEWEST_TESTED",
    "PYTHONS",
    "check_packages",
    "check_python",
    "explain_imports",
    "failed_imports",
]

PYTHONS = ((3, 11), (3, 13))
"""The oldest and the newest Python that is supported."""

NEWEST_TESTED = MappingProxyType(
    {
        "antares-client": (2, 0),
        "antares-devkit": (0, 11),
        "astropy": (8, 0),
        "astropy-healpix": (2, 0),
        "click": (8, 5),
        "httpx": (0, 28),
        "matplotlib": (3, 11),
        "numpy": (2, 5),
        "pandas": (3, 1),
        "pydantic": (2, 14),
        "tenacity": (9, 2),
        "tqdm": (4, 70),
    }
)
"""The newest version of each package that the tests have run with."""

_SELF = "antares-helpers"
_AT_LEAST = re.compile(r"([\w.-]+)[^;]*?>=\s*([\d.]+)")

_IMPORTED = (
    "antares_client",
    "antares_devkit.models",
    "matplotlib",
    "antares_helpers.lightcurves.extract",
)
_NAMED = 6

_ON_THE_RSP = "On the Rubin Science Platform"
_CLEAR = f'{_ON_THE_RSP}, stop the server and start it with "Clear .local directory".'
_WITHOUT_OTHERS = f"{_ON_THE_RSP}, with --user --no-deps."


def check_python() -> Check:
    """Look at the version of Python."""
    what = f"Python {platform.python_version()}"
    oldest, newest = ("{}.{}".format(*each) for each in PYTHONS)
    if PYTHONS[0] <= sys.version_info[:2] <= PYTHONS[1]:
        return Check("ok", what)
    return Check(
        "problem",
        f"{what} is not supported",
        f"Use Python {oldest} to {newest}: antares-client depends on bson, which does not build "
        "on Python 3.14.",
    )


def check_packages() -> Iterator[Check]:
    """Look at the versions of the packages that matter, and at those of the user."""
    bounds = _lower_bounds()
    versions = {name: _version(name) for name in (_SELF, *NEWEST_TESTED)}
    for name, version in versions.items():
        if version is not None:
            yield _judged(name, version, bounds.get(name, ""))
    missing = [name for name, version in versions.items() if version is None]
    if missing:
        yield _missing(missing)
    yield _hidden_by_user_packages()


def failed_imports() -> dict[str, Exception]:
    """Import what is needed, and return the errors of what can't be imported."""
    failures: dict[str, Exception] = {}
    for module in _IMPORTED:
        try:
            import_module(module)
        except Exception as error:  # whatever a broken package raises
            failures[module] = error
    return failures


def explain_imports(failures: Mapping[str, Exception]) -> Iterator[Check]:
    """Tell of the errors of imports, each once; not of packages that are missing already."""
    told = set()
    for module, error in failures.items():
        lacks = (error.name or "") if isinstance(error, ModuleNotFoundError) else ""
        reason, package = f"{type(error).__name__}: {error}", _normalized(lacks)
        is_told = reason in told or (package in NEWEST_TESTED and _version(package) is None)
        if not is_told:
            told.add(reason)
            what = f"{module} can't be imported ({reason})"
            yield Check("problem", what, _import_advice(lacks))


def _import_advice(lacks: str) -> str:
    if lacks and "." not in lacks:
        return f"Run: python -m pip install {_normalized(lacks)}. {_WITHOUT_OTHERS}"
    return (
        "If nothing else in this table explains it, the packages do not fit together: make a new "
        f"environment. {_CLEAR}"
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
    # An installation that was interrupted leaves metadata without fields.
    values: list[str] = package.metadata.get_all(name) or []
    return values[0] if values else None


def _normalized(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _numbers(version: str) -> tuple[int, ...]:
    beginning = re.match(r"\d+(\.\d+)*", version)
    return tuple(map(int, beginning[0].split("."))) if beginning else ()


def _judged(name: str, version: str, oldest: str) -> Check:
    what = f"{name} {version}"
    numbers, newest = _numbers(version), NEWEST_TESTED.get(name)
    if numbers and numbers < _numbers(oldest):
        return Check(
            "problem",
            f"{what} is too old",
            f'Run: python -m pip install --upgrade "{name}>={oldest}". {_ON_THE_RSP}, choose the '
            "recommended image.",
        )
    if newest is not None and numbers[:2] > newest:
        major, minor = newest
        return Check(
            "warning",
            f"{what} is newer than what is tested ({major}.{minor})",
            f'If something fails, run: python -m pip install "{name}<{major}.{minor + 1}"',
        )
    return Check("ok", what)


def _missing(names: list[str]) -> Check:
    others = [name for name in names if name != _SELF]
    steps = [f"python -m pip install {' '.join(others)}"] if others else []
    if _SELF in names:
        steps.append("python -m pip install . (in a clone of antares-helpers)")
    return Check(
        "problem",
        f"Not installed: {', '.join(names)}",
        f"Run: {', then '.join(steps)}. {_WITHOUT_OTHERS}",
    )


def _hidden_by_user_packages() -> Check:
    """Look for packages of the user (``pip install --user``) that hide the environment's."""
    folder = site.getusersitepackages()
    at = sys.path.index(folder) if folder in sys.path else len(sys.path)
    parts = (sys.path[:at], sys.path[at : at + 1], sys.path[at + 1 :])
    before, users, environment = map(_installed, parts)
    hidden = sorted((users.keys() & environment.keys()) - before.keys())
    hidden.sort(key=lambda name: name not in NEWEST_TESTED)
    if not hidden:
        return Check("ok", "No package of the user (pip install --user) hides another")
    shown = [f"{name} {users[name]} hides {environment[name]}" for name in hidden[:_NAMED]]
    more = [f"and {len(hidden) - _NAMED} more"] if len(hidden) > _NAMED else []
    return Check(
        "warning",
        f"Packages in {folder} hide those of the environment: {', '.join(shown + more)}",
        f"Run: python -m pip uninstall {' '.join(hidden[:_NAMED])} (it removes your copies first). "
        f"{_CLEAR}",
    )


def _installed(folders: Iterable[str]) -> dict[str, str]:
    """Return the version of each package; of two the first, which is the one imported."""
    found: dict[str, str] = {}
    for package in distributions(path=list(folders)):
        name = _field(package, "Name")
        if name is not None:
            found.setdefault(_normalized(name), _field(package, "Version") or "(unknown)")
    return found
