"""The command ``python -m antares_sandbox [FOLDER] [OPTIONS] [-- COMMAND ...]``."""

import os
import shlex
import signal
import subprocess
from collections.abc import Callable, Collection, Sequence
from heapq import nlargest
from types import FrameType
from typing import Any
from urllib.request import getproxies

import click

import antares_sandbox
from antares_sandbox.cutouts import FORMATS
from antares_sandbox.errors import SandboxError
from antares_sandbox.patch_client import INSTANCE_VARIABLE, TOKEN_VARIABLE, URL_VARIABLE

__all__ = ["main"]

_FAILED = 2
_NOT_EXECUTABLE = 126
_NOT_FOUND = 127
_KILLED = 128
_SEPARATOR = "--"
_SHOWN_IDS = 3

# Without \b click would wrap the line, which is meant to be copied.
_HELP = """Run a local ANTARES for antares-client.

It serves the locus files of FOLDER, by default simulated loci. With a COMMAND, it runs the command
and exits with its status:

\b
  python -m antares_sandbox -- jupyter lab

Without one, it serves until Ctrl-C.
"""


class _BeforeCommand(click.Command):
    """Parses the arguments before ``--`` only: the others are the command to run."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        at = args.index(_SEPARATOR) if _SEPARATOR in args else len(args)
        ctx.obj = args[at + 1 :] if at < len(args) else None
        return super().parse_args(ctx, args[:at])


@click.command(
    cls=_BeforeCommand,
    help=_HELP,
    context_settings={"help_option_names": ["-h", "--help"]},
    options_metavar="[OPTIONS]",
)
@click.argument("folder", required=False, metavar="[FOLDER] [-- COMMAND ...]")
@click.option("--night", type=int, metavar="N", help="Serve a simulated night of N loci instead.")
@click.option(
    "--largest-visit", type=int, metavar="N", help="How many of them are in its last visit."
)
@click.option("--port", type=int, metavar="N", help="Default: any free port.")
@click.option("--window", type=int, metavar="N", help="How many loci of a search can be read.")
@click.option(
    "--allow-origin",
    "allow_origins",
    multiple=True,
    metavar="ORIGIN",
    help="Origin of web pages that may read the responses; repeatable.",
)
@click.option(
    "--thumbnails",
    type=click.Choice(FORMATS),
    help="Of Rubin's alerts; ZTF's are always png. Default: png.",
)
@click.pass_context
def _command(context: click.Context, /, folder: str | None, **options: Any) -> None:
    if context.obj == []:
        raise click.UsageError("give a command after --")
    try:
        given = {name: value for name, value in options.items() if value is not None}
        with antares_sandbox.Sandbox(folder, **given) as sandbox:
            status = _serve(sandbox) if context.obj is None else _run(context.obj)
    except (SandboxError, ModuleNotFoundError) as error:
        status = _fail(str(error), _FAILED)
    context.exit(status)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command and exit.

    Parameters
    ----------
    arguments : sequence of str, optional
        The command-line arguments; by default those of the process.

    Raises
    ------
    SystemExit
        With the command's own status; 126 or 127 if it can't be run or found; 2 if the sandbox
        can't start.
    """
    _command(arguments, prog_name="python -m antares_sandbox")


def _fail(message: str, status: int) -> int:
    click.echo(f"antares_sandbox: {message}", err=True)
    return status


def _serve(sandbox: "antares_sandbox.Sandbox") -> int:
    try:
        _handle(_interrupt, signal.SIGINT, signal.SIGTERM)
        # Imported here, because it needs the extra. The property would make a list of all IDs.
        from antares_sandbox.night import DAY_OBS

        ids, source = sandbox._store.locus_ids, sandbox.folder or f"the simulated night {DAY_OBS}"
        click.echo(f"Serving {len(ids)} loci of {source} at {sandbox.url}")
        click.echo(f"They are {_listed(ids)}.")
        click.echo("In the terminal in which you use antares-client:")
        for name in (URL_VARIABLE, INSTANCE_VARIABLE, TOKEN_VARIABLE):
            click.echo(f"export {name}={os.environ[name]}")
        if getproxies():
            click.echo(f"export NO_PROXY={shlex.quote(os.environ['NO_PROXY'])}")
        click.echo("Press Ctrl-C to stop.")
        while True:
            _wait_for_signal()
    except KeyboardInterrupt:
        return 0


def _listed(locus_ids: Collection[str]) -> str:
    more = len(locus_ids) - _SHOWN_IDS
    shown = ", ".join(sorted(nlargest(_SHOWN_IDS, locus_ids))) or "none"
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
        # A terminal sends Ctrl-C to the command itself: forwarded, it would arrive twice.
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
