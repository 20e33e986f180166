"""A local ANTARES: serves locus files to the unmodified antares-client."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from antares_sandbox.bundled import BUNDLED, TUTORIAL_ID
    from antares_sandbox.errors import SandboxError
    from antares_sandbox.server import Sandbox

__all__ = ["BUNDLED", "TUTORIAL_ID", "Sandbox", "SandboxError"]

_MODULES = {
    "BUNDLED": "bundled",
    "TUTORIAL_ID": "bundled",
    "Sandbox": "server",
    "SandboxError": "errors",
}
_EXTRA = ("starlette", "uvicorn")


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        value = getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
    except ModuleNotFoundError as error:
        package = str(error.name).partition(".")[0]
        if package not in _EXTRA:
            raise
        hint = f"the sandbox needs {package}: run pip install 'antares-helpers[sandbox]'"
        raise ModuleNotFoundError(hint, name=error.name) from None
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
