"""Loci to measure with: simulated ones, and copies of them under other IDs."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from simulated_sky import simulate_large

sys.path.append(str(Path(__file__).parents[1] / "antares_helpers"))

from many_files import write_many

__all__ = ["large_locus", "loci_of_rows", "write_many"]


def large_locus(number: int) -> dict[str, Any]:
    """Simulate a locus with this number of alerts."""
    return dict(simulate_large(number)["locus"])


def loci_of_rows(rows: int, alerts_a_locus: int) -> Iterator[dict[str, Any]]:
    """Yield loci with this number of alerts in all; they share their alerts."""
    locus = simulate_large(alerts_a_locus)["locus"]
    for number in range(rows // alerts_a_locus):
        yield {**locus, "id": f"ANT2026rows{number:06d}"}
