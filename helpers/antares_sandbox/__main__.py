"""The command ``python -m antares_sandbox [FOLDER] [--port N] [-- COMMAND ...]``.

Its first word may be ``record`` or ``compare`` instead: see `antares_sandbox.recording.command`.
"""

import argparse
import os
import shlex
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from types import FrameType
from typing import Any
from urllib.request import getproxies

from antares_sandbox.errors import SandboxError
from antares_sandbox.recording import command as recording
from antares_sandbox.redirect import URL_VARIABLE
from antares_sandbox.server import Sandbox

__all__ = ["main"]

_FAILED = 2
_NOT_EXECUTABLE = 126
_NOT_FOUND = 127
_KILLED = 128
_SEPARATOR = "--"

_EPILOG = """
With a COMMAND, runs it against the sandbox and exits with its status, for example
  python -m antares_sandbox -- jupyter lab
Without one, serves until Ctrl-C.

  python -m antares_sandbox record ID... [--from URL] --to FOLDER
saves loci of a service for the sandbox to serve, and
  python -m antares_sandbox compare FOLDER [--from URL]
lists what has changed since. (A folder of such a name is reached as ./record.)
"""

_SHOWN_IDS = 3


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command.

    Parameters
    ----------
    arguments : sequence of str, optional
        The command line; by default that of the process.

    Returns
    -------
    int
        The exit status: the command's own; 127 where there is no such command; 2 where the
        sandbox can't start. For `record` and `compare` see `recording.command.main`.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    if given[:1] and given[0] in recording.COMMANDS:
        return recording.main(given)
    own, command = _split(given)
    options = _parser().parse_args(own)
    if command == []:
        _parser().error("give a command after --")
    try:
        with Sandbox(options.folder, port=options.port) as sandbox:
            return _serve(sandbox) if command is None else _run(command)
    except SandboxError as error:
        return _fail(str(error), _FAILED)


def _split(arguments: list[str]) -> tuple[list[str], list[str] | None]:
    if _SEPARATOR not in arguments:
        return arguments, None
    at = arguments.index(_SEPARATOR)
    return arguments[:at], arguments[at + 1 :]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m antares_sandbox",
        usage="%(prog)s [-h] [--port N] [FOLDER] [-- COMMAND ...]",
        description="An ANTARES on your own machine, for antares-client.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "folder", nargs="?", metavar="FOLDER", help="locus files (default: simulated loci)"
    )
    parser.add_argument("--port", type=int, default=0, metavar="N", help="default: any free port")
    return parser


def _fail(message: str, status: int) -> int:
    print(f"antares_sandbox: {message}", file=sys.stderr)
    return status


def _serve(sandbox: Sandbox) -> int:
    try:
        _handle(_interrupt, signal.SIGINT, signal.SIGTERM)
        print(f"Serving {len(sandbox.locus_ids)} loci of {sandbox.folder} at {sandbox.url}")
        print(f"They are {_listed(sandbox.locus_ids)}.")
        print("In the terminal where antares-client is to find them:")
        print(f"export {URL_VARIABLE}={sandbox.url}")
        if getproxies():
            print(f"export NO_PROXY={shlex.quote(os.environ['NO_PROXY'])}")
        print("Press Ctrl-C to stop.", flush=True)
        while True:
            _wait_for_signal()
    except KeyboardInterrupt:
        return 0


def _listed(locus_ids: list[str]) -> str:
    more = len(locus_ids) - _SHOWN_IDS
    shown = ", ".join(locus_ids[-_SHOWN_IDS:]) or "none"
    return f"{shown} and {more} more" if more > 0 else shown


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _wait_for_signal() -> None:
    if hasattr(signal, "pause"):
        signal.pause()
    else:
        input()


def _run(command: list[str]) -> int:
    child: list[subprocess.Popen[bytes]] = []

    def forward(number: int, _frame: FrameType | None) -> None:
        # A terminal sends Ctrl-C to the command itself: forwarded, it would come twice.
        if child and not (number == signal.SIGINT and _in_foreground()):
            child[0].send_signal(number)

    _handle(forward, signal.SIGINT, signal.SIGTERM)
    try:
        child.append(subprocess.Popen(command))
    except FileNotFoundError:
        return _fail(f"command not found: {command[0]}", _NOT_FOUND)
    except OSError as error:
        return _fail(f"{command[0]} can't be run: {error.strerror}", _NOT_EXECUTABLE)
    status = child[0].wait()
    return status if status >= 0 else _KILLED - status


def _in_foreground() -> bool:
    try:
        with open("/dev/tty", "rb") as terminal:
            return os.tcgetpgrp(terminal.fileno()) == os.getpgrp()
    except OSError:
        return False


def _handle(handler: Callable[[int, FrameType | None], Any], *numbers: int) -> None:
    for number in numbers:
        signal.signal(number, handler)


if __name__ == "__main__":
    sys.exit(main())
