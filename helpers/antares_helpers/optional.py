"""Import what only some functions need, and say how to get it where it is missing."""

import importlib
import warnings
from typing import Any

from antares_helpers.errors import MissingPackageError

__all__ = ["import_optional"]

SCALE = ("pyarrow", "nested_pandas", "lsdb")

# What they warn of while they are imported, which no user of ours can do anything about.
_KNOWN_WARNINGS = (
    "The 'mode.chained_assignment' option is deprecated",  # lsdb 0.11 with pandas 3
    "Warning: the tpfmodel submodule is not available",  # lightkurve without oktopus
    "IProgress not found",  # tqdm, which lsdb imports, in a notebook without ipywidgets
)


def import_optional(module: str) -> Any:
    """Import a module that not every installation has.

    Raises
    ------
    MissingPackageError
        If it can't be imported.
    """
    try:
        with warnings.catch_warnings():
            for message in _KNOWN_WARNINGS:
                warnings.filterwarnings("ignore", message)
            return importlib.import_module(module)
    except ImportError as error:
        package = module.partition(".")[0]
        advice = 'pip install ".[scale]" in the clone of antares-helpers, or '
        advice = advice if package in SCALE else ""
        raise MissingPackageError(
            f"This needs the package {package}, which can't be imported ({error}).",
            advice=f"Install it: {advice}pip install {package.replace('_', '-')}.",
        ) from error
