"""The commands ``record`` and ``compare`` of ``python -m antares_sandbox``."""

import argparse
import logging
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from antares_sandbox.errors import SandboxError
from antares_sandbox.recording.compare import compare_folder
from antares_sandbox.recording.record import record_loci
from antares_sandbox.redirect import LIVE_URL, URL_VARIABLE

__all__ = ["COMMANDS", "main"]

COMMANDS = ("record", "compare")
"""The first words that are commands, not folders."""

_DIFFERENT, _FAILED, _INTERRUPTED = 1, 2, 130

_FROM_HELP = f"its address (default: {URL_VARIABLE}, or {LIVE_URL})"


def main(arguments: Sequence[str]) -> int:
    """Record loci, or compare a recording with the service.

    Parameters
    ----------
    arguments : sequence of str
        The command line, from the name of the command on.

    Returns
    -------
    int
        The exit status. Of ``record``: 0, or 1 where a locus is missing. Of ``compare``: 0,
        1 where something drifted, or 2 where something could not be compared. Of both: 2 for
        what can't be done at all, 130 after Ctrl-C.
    """
    options = _parser().parse_args(list(arguments))
    logging.basicConfig(format="%(message)s")
    try:
        return _record(options) if options.command == "record" else _compare(options)
    except SandboxError as error:
        return _say(str(error), _FAILED)
    except KeyboardInterrupt:
        return _say("interrupted; the same command goes on from here", _INTERRUPTED)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m antares_sandbox")
    commands = parser.add_subparsers(dest="command", required=True)
    record = commands.add_parser("record", help="save loci of a service as locus files")
    record.add_argument("ids", nargs="+", metavar="ID", help="the IDs of the loci")
    record.add_argument("--to", type=Path, required=True, metavar="FOLDER", help="where to")
    compare = commands.add_parser("compare", help="list what has changed since")
    compare.add_argument("folder", type=Path, metavar="FOLDER", help="a folder of locus files")
    url = os.environ.get(URL_VARIABLE, LIVE_URL)
    for command in (record, compare):
        command.add_argument("--from", dest="source", default=url, metavar="URL", help=_FROM_HELP)
    return parser


def _record(options: argparse.Namespace) -> int:
    done = record_loci(
        options.ids,
        source=options.source,
        folder=options.to,
        progress=lambda locus_id, said: print(f"{locus_id}: {said}", flush=True),
    )
    print(f"{len(done.recorded)} recorded, {len(done.kept)} kept, {len(done.failed)} failed")
    for locus_id, reason in done.failed.items():
        _say(f"{locus_id}: {reason}", 0)
    return _DIFFERENT if done.failed else 0


def _compare(options: argparse.Namespace) -> int:
    comparison = compare_folder(options.folder, options.source)
    for drift in comparison.drifts:
        print(drift)
    for name, reason in comparison.failed.items():
        _say(f"{name}: {reason}", 0)
    drifted = len({drift.locus_id for drift in comparison.drifts})
    print(f"{len(comparison.same)} the same, {drifted} drifted, {len(comparison.failed)} failed")
    if comparison.drifts:
        return _DIFFERENT
    return _FAILED if comparison.failed else 0


def _say(message: str, status: int) -> int:
    print(f"antares_sandbox: {message}", file=sys.stderr)
    return status
