"""Run a function in a new process, where nothing has run before."""

import resource
import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import TypeVar

__all__ = ["apart", "peak_megabytes"]

Result = TypeVar("Result")

_STATUS = Path("/proc/self/status")


def apart(act: Callable[..., Result], *arguments: object) -> Result:
    """Call a function of a module in a new process, and return its result."""
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        return pool.submit(act, *arguments).result()


def peak_megabytes() -> float:
    """Return the peak memory of this process in units of a million bytes.

    On Linux it is read from the kernel's own account: ``ru_maxrss`` is at least what the parent
    process held when it started this one.
    """
    if _STATUS.exists():
        (line,) = (each for each in _STATUS.read_text().splitlines() if each.startswith("VmHWM"))
        return round(int(line.split()[1]) * 1024 / 1e6, 1)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak * (1 if sys.platform == "darwin" else 1024) / 1e6, 1)
