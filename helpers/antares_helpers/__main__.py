"""The command ``python -m antares_helpers``."""

import sys
from collections.abc import Sequence

from antares_helpers.errors import AntaresHelpersError, InvalidInputError
from antares_helpers.preflight.checking import check

try:
    import click
except ModuleNotFoundError:
    # It comes with antares-client. Without, no command can run; this is the one that says why.
    print(check(network=False))
    sys.exit(1)

from antares_helpers.commands import fetch_command, plot_command, table_command

__all__ = ["main"]

_FAILED = 1
_USAGE = 2
_INTERRUPTED = 130


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="antares-helpers")
def commands() -> None:
    """Rubin (LSST) alerts through the ANTARES broker, on the command line.

    Results go into files, and all that is said to stderr. The exit status is 0 if all went well, 1
    if something could not be had, and 2 if the command is not understood.
    """


for command in (plot_command, fetch_command, table_command):
    commands.add_command(command)


@commands.command("check")
@click.option("--offline", is_flag=True, help="Send nothing: leave the service out.")
@click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    default=10.0,
    show_default=True,
    metavar="SECONDS",
    help="How long the service may take.",
)
def check_command(offline: bool, timeout: float) -> int:
    """Tell what is wrong with this environment, and what to do about it.

    Looks at the versions of Python and of the packages that matter, at packages in ~/.local that
    hide others (as happens on the Rubin Science Platform), at the environment variables
    ANTARES_API_BASE_URL, API_TIMEOUT, HTTPS_PROXY and NO_PROXY, and at whether ANTARES, or the
    sandbox, answers, and how fast.

    The exit status is 0 if all is well or there are only warnings, 1 if there is a problem, and
    2 if the command itself is not understood.
    """
    preflight = check(network=not offline, timeout=timeout)
    click.echo(str(preflight))
    return 0 if preflight.ok else _FAILED


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command.

    Parameters
    ----------
    arguments : sequence of str, optional
        The command line; by default that of the process. Without any, the help is shown.

    Returns
    -------
    int
        The exit status: 0 if all is well, 1 if there is a problem, 2 if the command is not
        understood, 130 if it is interrupted.
    """
    given = list(sys.argv[1:] if arguments is None else arguments) or ["--help"]
    try:
        status = commands.main(given, "python -m antares_helpers", standalone_mode=False)
    except click.Abort:
        return _INTERRUPTED
    except click.ClickException as error:
        return _complain(error.format_message(), error.exit_code)
    except InvalidInputError as error:
        return _complain(str(error), _USAGE)
    except (AntaresHelpersError, ImportError) as error:
        return _complain(str(error), _FAILED)
    except OSError as error:
        return _complain(f"{error.filename or 'The system'}: {error.strerror or error}", _FAILED)
    return int(status or 0)


def _complain(message: str, status: int) -> int:
    click.echo(f"antares_helpers: {' '.join(message.split())}", err=True)
    return status


if __name__ == "__main__":
    sys.exit(main())
