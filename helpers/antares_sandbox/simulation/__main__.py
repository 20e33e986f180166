"""The command ``python -m antares_sandbox.simulation [--write FOLDER | --check]``."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from antares_sandbox.folder import BUNDLED
from antares_sandbox.simulation.loci import simulate_loci
from antares_sandbox.simulation.writing import differing_files, write_locus_files

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the simulated loci, or compare those that are bundled with what is made now.

    Parameters
    ----------
    arguments : sequence of str, optional
        The command line; by default that of the process.

    Returns
    -------
    int
        The exit status: 1 where files differ.
    """
    options = _parser().parse_args(arguments)
    files = simulate_loci()
    if options.check:
        return _report(differing_files(files, BUNDLED))
    for path in write_locus_files(files, options.write):
        print(path)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m antares_sandbox.simulation",
        description="Make the simulated loci of the sandbox: the same ones every time.",
    )
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--write", type=Path, metavar="FOLDER", help="write them into FOLDER")
    what.add_argument("--check", action="store_true", help="compare them with the bundled ones")
    return parser


def _report(differing: list[str]) -> int:
    for name in differing:
        print(f"differs: {name}", file=sys.stderr)
    if differing:
        print(
            f"write them anew: python -m antares_sandbox.simulation --write {BUNDLED}",
            file=sys.stderr,
        )
    return int(bool(differing))


if __name__ == "__main__":
    sys.exit(main())
