"""The command ``python -m simulated_sky --check``, or ``--write [FOLDER]``."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from antares_sandbox.bundled import BUNDLED
from simulated_sky.loci import differing_files, simulate_loci, write_locus_files

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the simulated loci, or compare the files of a folder with them.

    Parameters
    ----------
    arguments : sequence of str, optional
        The command-line arguments; by default those of the process.

    Returns
    -------
    int
        The exit status: 1 if files differ.
    """
    options = _parser().parse_args(arguments)
    files = simulate_loci()
    if options.check:
        return _report(differing_files(files, options.check), options.check)
    for path in write_locus_files(files, options.write):
        print(path)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m simulated_sky",
        description="Make the simulated loci of the sandbox, always the same.",
        epilog="FOLDER is by default that of the loci that come with the sandbox.",
    )
    actions = parser.add_mutually_exclusive_group(required=True)
    helps = {"--write": "write them into FOLDER", "--check": "compare FOLDER with them"}
    for name, text in helps.items():
        actions.add_argument(name, nargs="?", type=Path, const=BUNDLED, metavar="FOLDER", help=text)
    return parser


def _report(differing: list[str], folder: Path) -> int:
    for name in differing:
        print(f"differs: {name}", file=sys.stderr)
    if differing:
        print(f"write them again: python -m simulated_sky --write {folder}", file=sys.stderr)
    return int(bool(differing))


if __name__ == "__main__":
    sys.exit(main())
