"""Import packages that only some functions need, and say how to install those that are missing."""

import importlib
import warnings
from typing import Any

from antares_helpers.errors import MissingPackageError

__all__ = ["import_optional"]

_SCALE = ("lsdb", "nested_pandas", "pandas", "pyarrow")  # what the extra brings

# Warnings that these packages give while they are imported, about which our users can do nothing.
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
        extra = 'pip install "antares-helpers[scale]", or ' if package in _SCALE else ""
        raise MissingPackageError(
            f"This needs the package {package}, which can't be imported ({error}).",
            hint=f"Install it: {extra}pip install {package.replace('_', '-')}.",
        ) from error
