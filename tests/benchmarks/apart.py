"""Run a function in a process of its own: nothing that ran before it counts."""

import resource
import sys
import warnings
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import TypeVar

__all__ = ["apart", "peak_megabytes"]

Result = TypeVar("Result")


def apart(act: Callable[..., Result], *arguments: object) -> Result:
    """Return what a function of a module returns, called in a new process."""
    with ProcessPoolExecutor(1, get_context("spawn"), _ignore_deprecations) as pool:
        return pool.submit(act, *arguments).result()


def peak_megabytes() -> float:
    """Return the most memory that this process has ever held, in units of a million bytes.

    On Linux it is never less than what the process that started this one held by then.
    """
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak * (1 if sys.platform == "darwin" else 1024) / 1e6, 1)


def _ignore_deprecations() -> None:
    # antares-devkit declares its models in the way of pydantic 1.
    warnings.filterwarnings("ignore", category=DeprecationWarning)
