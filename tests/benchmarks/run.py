"""Measure ratios, growth and memory: python tests/benchmarks/run.py (make bench).

Nothing fails because it is slow: the exit status is 0 whatever the results are. With --write, the
results and all that the page on benchmarks includes are written into its folder.
"""

import argparse
import time
from collections.abc import Sequence
from pathlib import Path

import extracting
import fetching
import growth
import importing
import memory
import searching
from apart import apart
from page import write_page
from ratios import Record
from results import RESULTS, environment, lines, write
from sizes import FULL, QUICK, Sizes

__all__ = ["main", "measure"]

PARTS = {
    "fetching": fetching.measure,
    "extracting": extracting.measure,
    "importing": importing.measure,
    "searching": searching.measure,
    "growth": growth.measure,
    "memory": memory.measure,
}


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the results; write them with --write."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.write and options.parts:
        parser.error("only a run of all parts can be written")
    results = measure(QUICK if options.quick else FULL, options.parts or list(PARTS))
    if options.write:
        write(results, options.write / RESULTS.name)
        write_page(results, options.write)
        print(f"Written to {options.write}")


def measure(sizes: Sizes, parts: Sequence[str] = tuple(PARTS)) -> Record:
    """Measure parts, each in a process of its own, and print their results."""
    start = time.monotonic()
    results = environment(sizes)
    for name in parts:
        measured = apart(PARTS[name], sizes)
        print(*lines(measured), sep="\n", flush=True)
        for kind, records in measured.items():
            is_list = isinstance(records, list)
            results[kind] = results.get(kind, []) + records if is_list else records
    results["environment"]["minutes"] = round((time.monotonic() - start) / 60, 1)
    return results


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Measure ratios, growth and memory.")
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}; or all")
    parser.add_argument("--quick", action="store_true", help="small sizes, to try the programs")
    parser.add_argument(
        "--write", nargs="?", type=Path, const=RESULTS.parent, metavar="FOLDER", help="for the page"
    )
    return parser


if __name__ == "__main__":
    main()
