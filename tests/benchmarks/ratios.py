"""Ratios of times, measured alternately.

Machines are noisy, so no value is compared with one from another run: two calls run alternately,
and the median of the ratios counts.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from statistics import median
from typing import Any, TypeAlias

__all__ = [
    "Limit",
    "Record",
    "alternate",
    "at_least_as_fast",
    "at_most_as_long",
    "ratio",
    "seconds",
]

Record: TypeAlias = dict[str, Any]
"""A result, as in the file."""

Limit: TypeAlias = tuple[str, float]
"""The limit of a ratio: ``long`` and at most how many times as long, or ``fast`` and at least how
many times as fast."""


def seconds(act: Callable[[], Any]) -> float:
    """Return the time that a call takes."""
    start = time.perf_counter()
    act()
    return time.perf_counter() - start


def alternate(acts: Mapping[str, Callable[[], Any]], rounds: int) -> dict[str, list[float]]:
    """Return the time that each call takes in each round."""
    taken: dict[str, list[float]] = {name: [] for name in acts}
    for _ in range(rounds):
        for name, act in acts.items():
            taken[name].append(seconds(act))
    return taken


def at_most_as_long(times: float) -> Limit:
    """Limit how much longer it may take."""
    return "long", times


def at_least_as_fast(times: float) -> Limit:
    """Limit how much faster it must be."""
    return "fast", times


def ratio(
    what: str,
    against: str,
    ours: Sequence[float],
    other: Sequence[float],
    *,
    limit: Limit | None = None,
) -> Record:
    """Record the ratio of the times of two methods.

    Parameters
    ----------
    what, against : str
        The two methods, in reStructuredText.
    ours, other : sequence of float
        The seconds that each took, for each round.
    limit : Limit, optional
        The limit of the ratio.

    Returns
    -------
    dict
        Median, least and most of ours / other, and whether the limit is met.
    """
    values = [one / another for one, another in zip(ours, other, strict=True)]
    record = {
        "what": what,
        "against": against,
        "ratio": _rounded(median(values)),
        "least": _rounded(min(values)),
        "most": _rounded(max(values)),
        "rounds": len(values),
    }
    return record if limit is None else record | {"limit": _judged(median(values), limit)}


def _judged(value: float, limit: Limit) -> Record:
    kind, times = limit
    is_met = value <= times if kind == "long" else 1 / value >= times
    return {"kind": kind, "times": times, "is_met": is_met}


def _rounded(value: float) -> float:
    return float(f"{value:.4g}")
