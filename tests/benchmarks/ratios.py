"""Ratios of times, measured in turns.

Machines are noisy, so nothing is compared with a figure from another run: what is compared is
measured in turns, and the median of the ratios counts.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from statistics import median
from typing import Any, TypeAlias

__all__ = ["Limit", "Record", "at_least_as_fast", "at_most_as_long", "in_turns", "ratio", "seconds"]

Record: TypeAlias = dict[str, Any]
"""A result, as it stands in the file."""

Limit: TypeAlias = tuple[str, float]
"""What a ratio is to be: ``long`` and at most how many times as long, or ``fast`` and at least
how many times as fast."""


def seconds(act: Callable[[], Any]) -> float:
    """Return how long a call takes."""
    start = time.perf_counter()
    act()
    return time.perf_counter() - start


def in_turns(acts: Mapping[str, Callable[[], Any]], rounds: int) -> dict[str, list[float]]:
    """Return how long each call takes, round after round."""
    taken: dict[str, list[float]] = {name: [] for name in acts}
    for _ in range(rounds):
        for name, act in acts.items():
            taken[name].append(seconds(act))
    return taken


def at_most_as_long(times: float) -> Limit:
    """Limit how much longer something takes."""
    return "long", times


def at_least_as_fast(times: float) -> Limit:
    """Limit how much faster something is."""
    return "fast", times


def ratio(
    what: str,
    against: str,
    ours: Sequence[float],
    other: Sequence[float],
    *,
    limit: Limit | None = None,
) -> Record:
    """Put the ratio of the times of two things on record.

    Parameters
    ----------
    what, against : str
        The two things, in reStructuredText.
    ours, other : sequence of float
        The seconds that each took, round after round.
    limit : Limit, optional
        What the ratio is to be.

    Returns
    -------
    dict
        Median, least and most of ours / other; and the limit, with whether it is met.
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
