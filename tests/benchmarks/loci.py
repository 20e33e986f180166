"""Loci to measure with: simulated ones, and copies of them under other IDs."""

import sys
from collections.abc import Iterator
from itertools import count, islice
from pathlib import Path
from typing import Any

from antares_sandbox import simulate_large

sys.path.append(str(Path(__file__).parents[1] / "antares_helpers"))

from many_files import write_many

__all__ = ["large_locus", "loci_of_rows", "write_many"]

SIMULATED = 10_000
SHIFT_D = 0.01


def large_locus(number: int) -> dict[str, Any]:
    """Make a locus of so many alerts; beyond 10,000, they come again, minutes earlier."""
    locus = simulate_large(min(number, SIMULATED))["locus"]
    alerts = list(islice(_repeated(locus["alerts"]), number))
    return {
        **locus,
        "alerts": alerts,
        "old_properties": {**locus["old_properties"], "num_alerts": number},
    }


def _repeated(alerts: list[Any]) -> Iterator[dict[str, Any]]:
    """Yield alerts without end, each with an ID, a time and properties of its own."""
    for turn in count():
        for alert in alerts:
            yield {
                **alert,
                "id": f"{alert['id']}{turn:02d}",
                "mjd": alert["mjd"] - turn * SHIFT_D,
                "properties": dict(alert["properties"]),
            }


def loci_of_rows(rows: int, alerts_a_locus: int) -> Iterator[dict[str, Any]]:
    """Yield loci with so many alerts in all, one at a time: they share their alerts."""
    locus = simulate_large(alerts_a_locus)["locus"]
    for number in range(rows // alerts_a_locus):
        yield {**locus, "id": f"ANT2026rows{number:06d}"}
