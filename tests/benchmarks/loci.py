"""Loci to measure with: simulated ones, and copies of them under other IDs."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
# Neither is installed.
sys.path += [str(ROOT / "helpers"), str(ROOT / "tests" / "antares_helpers")]

from many_files import write_many  # noqa: E402 - once the path is known

from simulated_sky import simulate_large  # noqa: E402

__all__ = ["large_locus", "loci_of_rows", "write_many"]


def large_locus(number: int) -> dict[str, Any]:
    """Simulate a locus with this number of alerts."""
    return dict(simulate_large(number)["locus"])


def loci_of_rows(rows: int, alerts_a_locus: int) -> Iterator[dict[str, Any]]:
    """Yield loci with this number of alerts in all; they share their alerts."""
    locus = simulate_large(alerts_a_locus)["locus"]
    for number in range(rows // alerts_a_locus):
        yield {**locus, "id": f"ANT2026rows{number:06d}"}
