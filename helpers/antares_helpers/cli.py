"""The command line: ``antares-helpers``, or ``python -m antares_helpers``.

A command imports what it needs when it runs, so that the help and ``check`` work without it.
"""

import sys
import warnings
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from antares_helpers.errors import AntaresHelpersError, InvalidInputError

__all__ = ["main"]

_FAILED = 1
_USAGE = 2
_INTERRUPTED = 130
_TABLE_SUFFIXES = (".parquet", ".ecsv", ".vot", ".xml", ".fits", ".csv")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="antares-helpers")
def commands() -> None:
    """Rubin (LSST) alerts through the ANTARES broker, on the command line.

    Results are written to files, messages to stderr. The exit status is 0 if all went well, 1 if
    something failed, and 2 if the command is not valid.
    """


def _example(command: str) -> str:
    # Without \b click would wrap the line, which is meant to be copied.
    return f"\b\nExample:\n  antares-helpers {command}"


_SURVEY = click.option(
    "--survey",
    type=click.Choice(["lsst", "ztf", "all"]),
    default="lsst",
    show_default=True,
    help="Survey whose alerts to use.",
)
_FLUX = click.option(
    "--flux",
    type=click.Choice(["difference", "total"]),
    default="difference",
    show_default=True,
    help="Difference against the template, or total flux (LSST only).",
)
_NO_DIPOLES = click.option("--no-dipoles", is_flag=True, help="Exclude dipoles.")
_NO_FLAGGED = click.option("--no-flagged", is_flag=True, help="Exclude flagged points.")
_RELIABILITY = click.option(
    "--min-reliability",
    type=click.FloatRange(0, 1),
    metavar="NUMBER",
    help="Exclude points less reliable than this, from 0 to 1.",
)
_BANDS = click.option("--bands", metavar="BANDS", help="Bands to include, such as gri.")
_TIMEOUT = click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    default=30.0,
    show_default=True,
    metavar="SECONDS",
    help="How long a locus may take, retries included.",
)
_RETRIES = click.option(
    "--retries",
    type=click.IntRange(min=0),
    default=4,
    show_default=True,
    metavar="NUMBER",
    help="Maximum number of retries of a failed request.",
)


def _extracting(command: Any) -> Any:
    """Give a command the options of `extract_lightcurve`."""
    for option in (_BANDS, _RELIABILITY, _NO_FLAGGED, _NO_DIPOLES, _FLUX, _SURVEY):
        command = option(command)
    return command


@commands.command("plot", epilog=_example("plot ANT2026z3bqyjga24oc -o light_curve.png"))
@click.argument("locus", metavar="ID")
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="File to write, in any format that matplotlib supports.  [default: ID.png]",
)
@click.option("--magnitude", is_flag=True, help="AB magnitudes instead of fluxes.")
@click.option(
    "--forced",
    is_flag=True,
    help="Add forced photometry from Rubin's Alerts API (LSST only; needs an access token).",
)
@_extracting
@_TIMEOUT
@_RETRIES
def plot_command(
    locus: str,
    output: Path | None,
    magnitude: bool,
    forced: bool,
    timeout: float,
    retries: int,
    **given: Any,
) -> int:
    """Plot the light curve of a locus to a file.

    ID is an ANTARES ID, another name of the object, such as ZTF18abcdefg or
    LSST-AP-DO-170587117485817955, or the path of a locus file that `fetch` has written. How many
    alerts are drawn, and why others are excluded, is reported on stderr.

    The access token for --forced is that of the Rubin Science Platform, or the variable
    ACCESS_TOKEN with EXTERNAL_INSTANCE_URL, such as https://data.lsst.cloud.
    """
    import matplotlib as mpl
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    mpl.use("agg")
    if output is not None:
        _check_output(output, sorted(FigureCanvasAgg.get_supported_filetypes()))
    from antares_helpers import (
        alert_summary,
        extract_lightcurve,
        fetch_alert_packet,
        fetch_locus,
        load_locus,
        plot_lightcurve,
    )
    from antares_helpers.lightcurves.summary import OTHER_SURVEY
    from antares_helpers.plotting.axes import root_figure

    if forced and given["survey"] == "ztf":
        raise click.UsageError("--forced needs LSST alerts: omit --survey ztf.")
    extract_lightcurve({"alerts": []}, **_options(given))  # rejects them before anything is sent
    is_file = Path(locus).is_file()
    if not is_file and Path(locus).suffix == ".json":
        raise click.BadParameter(f"There is no file {locus!r}.")
    how: dict[str, Any] = {"timeout": timeout, "retries": retries}
    with _warnings_in_a_line():
        content = (
            load_locus(locus)
            if is_file
            else fetch_locus(_locus_id(locus, **how), include_catalogs=False, **how)
        )
        packet = fetch_alert_packet(content, **how) if forced else None
        lc = extract_lightcurve(content, forced=packet, **_options(given))
    ax = plot_lightcurve(lc, y="magnitude" if magnitude else "flux")
    path = output or Path(f"{content['id']}.png")
    root_figure(ax).savefig(path, dpi=200)
    without = int((lc["flux"] <= 0).sum()) if magnitude else 0
    note = f" {without} of them have no magnitude (flux <= 0)." if without else ""
    if OTHER_SURVEY in lc.meta["report"]["excluded"]:
        note += " --survey all plots those of other surveys too."
    _say(f"{path}: {alert_summary(lc).meta['sentence']}{note}")
    return 0


@commands.command("fetch", epilog=_example("fetch ANT2026z3bqyjga24oc --folder loci"))
@click.argument("ids", metavar="ID...", nargs=-1)
@click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    metavar="FOLDER",
    help="Folder for the loci; created if it is missing.",
)
@click.option(
    "--from",
    "listed",
    type=click.File(encoding="utf-8"),
    metavar="FILE",
    help="Read more IDs from a file, one per line; - is stdin.",
)
@click.option("--refresh", is_flag=True, help="Also fetch loci that are already in the folder.")
@click.option("--no-catalogs", is_flag=True, help="Do not fetch catalog matches.")
@click.option(
    "--connections",
    type=click.IntRange(1, 32),
    default=8,
    show_default=True,
    metavar="NUMBER",
    help="How many requests may be in flight at the same time.",
)
@_TIMEOUT
@_RETRIES
def fetch_command(
    ids: tuple[str, ...],
    folder: Path,
    listed: Iterable[str] | None,
    refresh: bool,
    no_catalogs: bool,
    connections: int,
    timeout: float,
    retries: int,
) -> int:
    """Fetch loci into a folder, concurrently.

    ID is an ANTARES ID, or the address of a locus in the portal. Each locus is written as it
    arrives, in its own file. After a crash or a Ctrl-C, run the
    same command again: only what is missing is fetched. Failures are listed on stderr,
    and the exit status is then 1. `python -m antares_sandbox FOLDER` serves the folder.
    """
    from antares_helpers import iter_loci
    from antares_helpers.validation import strip_address

    wanted = [strip_address(each) for each in (*ids, *_lines(listed or ())) if each.strip()]
    if not wanted:
        raise click.UsageError("Give at least one ID, or --from FILE.")
    stream = iter_loci(
        wanted,
        folder=folder,
        refresh=refresh,
        include_catalogs=not no_catalogs,
        max_connections=connections,
        timeout=timeout,
        retries=retries,
    )
    try:
        with _warnings_in_a_line(), stream:
            for _ in stream:
                pass
    except KeyboardInterrupt:
        _say(
            f"Interrupted. What has arrived is in {folder}: run the same command again to continue."
        )
        return _INTERRUPTED
    for row in stream.failures:
        _say(f"{row['locus_id']}: {row['error']} {row['hint']}")
    number = len(set(wanted))
    _say(f"{folder}: {number - len(stream.failures)} of {number} loci.")
    return _FAILED if len(stream.failures) else 0


@commands.command("table", epilog=_example("table loci -o light_curves.parquet"))
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path), metavar="FOLDER")
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    metavar="FILE",
    help=f"File to write; its suffix names the format: {', '.join(_TABLE_SUFFIXES)}.",
)
@_extracting
def table_command(folder: Path, output: Path, **given: Any) -> int:
    """Put the light curves of all loci in a folder into one table.

    FOLDER is one that `fetch` has filled. The table has one row per point; how many alerts it
    includes, and why others are excluded, is reported on stderr and in the file.
    """
    from antares_helpers import lightcurve_table, write_parquet, write_table
    from antares_helpers.lightcurves.summary import excluded_clause
    from antares_helpers.tables.parquet import parquet_meta

    _check_output(output, [suffix[1:] for suffix in _TABLE_SUFFIXES])
    with _warnings_in_a_line():
        if output.suffix.lower() == ".parquet":  # in little memory
            write_parquet(folder, output, **_options(given))
            report = parquet_meta(output)["report"]
        else:
            table = lightcurve_table(folder, **_options(given))
            write_table(table, output)
            report = table.meta["report"]
    _say(
        f"{output}: {report['included']} of {report['alerts']} alerts of {report['loci']} loci "
        f"included{excluded_clause(report['excluded'])}"
    )
    return 0


@commands.command("night", epilog=_example("night 2026-07-09 --tag simulated -o night.parquet"))
@click.argument("night", metavar="DAY")
@click.option("--tag", "tags", multiple=True, metavar="TAG", help="Tag that the loci must have.")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    required=True,
    metavar="FILE",
    help=f"File to write; its suffix names the format: {', '.join(_TABLE_SUFFIXES)}. Without a "
    "suffix it is a folder, which LSDB opens as a catalog.",
)
@click.option(
    "--every-alert",
    is_flag=True,
    help="All loci with an alert in the night, not only those whose newest it is.",
)
@click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="FOLDER",
    help="Folder for what was read, to keep it.  [default: FILE.pages, until the end]",
)
@_TIMEOUT
@_RETRIES
def night_command(
    night: str,
    tags: tuple[str, ...],
    output: Path,
    every_alert: bool,
    folder: Path | None,
    timeout: float,
    retries: int,
) -> int:
    """Put all loci of a night into one table.

    DAY is Rubin's day_obs, such as 2026-07-09: from 12:00 UTC on that day to 12:00 UTC on the next.
    The table has one row per locus whose newest alert is in the night, with its position, tags and
    properties; its light curve is not fetched. After a crash or a Ctrl-C, run the same command
    again: what has arrived is not requested again.

    With --every-alert, loci with a newer alert too: of those that also have an older one, all
    alerts are requested, one request per locus. How many are needed is reported first.
    """
    from antares_helpers.fetching.query import night_range

    _check_output(output, [suffix[1:] for suffix in _TABLE_SUFFIXES], folders=True)
    begin, end = night_range(night)
    limits = float(begin.tai.mjd), float(end.tai.mjd)
    _say(
        f"Night {night}: {begin.iso[:19]} to {end.iso[:19]} UTC, which is MJD {limits[0]:.6f} to "
        f"{limits[1]:.6f} (TAI); the end is excluded."
    )
    pages = folder or output.with_name(f"{output.name}.pages")
    try:
        with _warnings_in_a_line():
            return _write_night(
                output,
                pages,
                limits,
                {"tag": tags or None, "timeout": timeout, "retries": retries},
                every_alert=every_alert,
                keep_pages=folder is not None,
            )
    except KeyboardInterrupt:
        _say(
            f"Interrupted. What has arrived is in {pages}: run the same command again to continue."
        )
        return _INTERRUPTED


def _write_night(
    output: Path,
    pages: Path,
    limits: tuple[float, float],
    how: dict[str, Any],
    *,
    every_alert: bool,
    keep_pages: bool,
) -> int:
    from antares_helpers import find_loci
    from antares_helpers.fetching.night import NightLoci, overlapping_query
    from antares_helpers.fetching.query import newest_in
    from antares_helpers.tables.io import write_loci

    query = overlapping_query(limits) if every_alert else newest_in(limits)
    notes = {
        "begin_mjd_tai": limits[0],
        "end_mjd_tai": limits[1],
        "set": "an alert in the night" if every_alert else "their newest alert in the night",
    }
    noted, without, errors = pages / f"alerts-{limits[0]:.0f}.txt", set[str](), 0
    found = find_loci(query=query, limit=None, folder=pages, **how)
    if every_alert:
        without, errors = _without_alerts(found, limits, noted, how)
        found = find_loci(query=query, limit=None, folder=pages, **how)  # reads the pages again
    loci = NightLoci(found, notes, without)
    try:
        write_loci(loci, output, progress=True)
    except InvalidInputError:
        if found.truncated is None or loci.number:
            raise
        _say(f"{output} is not written: a catalog needs at least one locus. {found.sentence}")
        return _FAILED
    number = "1 locus" if loci.number == 1 else f"{loci.number} loci"
    _say(f"{output}: {number} with {notes['set']}. {found.sentence}")
    if found.truncated or errors:
        return _FAILED
    if not keep_pages:
        noted.unlink(missing_ok=True)
        found.discard()
    return 0


def _without_alerts(
    found: Any, limits: tuple[float, float], noted: Path, how: dict[str, Any]
) -> tuple[set[str], int]:
    """Return the loci without an alert in a night, and for how many that is not known."""
    from antares_helpers.fetching.night import CONNECTIONS, AlertTimes

    times = AlertTimes(limits, noted, timeout=how["timeout"], retries=how["retries"])
    ids = [each.locus_id for each in found if times.need_alerts(each)]
    left = times.unknown(ids)
    if ids:
        _say(
            f"{len(ids)} loci have older and newer alerts: {len(left)} requests for their alerts "
            f"follow, {CONNECTIONS} at a time; that is about {len(left) / CONNECTIONS / 60:.1f} "
            "min if each takes a second."
        )
        for locus_id, error in times.find_out(left):
            _say(f"{locus_id}: {error}")
    return times.without(ids), len(times.unknown(ids))


@commands.command("check")
@click.option("--offline", is_flag=True, help="Send no request to the service.")
@click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    default=10.0,
    show_default=True,
    metavar="SECONDS",
    help="How long the service may take.",
)
def check_command(offline: bool, timeout: float) -> int:
    """Check this environment, and say how to fix what is wrong with it.

    Checks the versions of Python and of the packages that matter, packages in ~/.local that
    hide others (as happens on the Rubin Science Platform), the environment variables
    ANTARES_API_BASE_URL, API_TIMEOUT, HTTPS_PROXY and NO_PROXY, and whether ANTARES, or the
    sandbox, responds, and how fast.

    The exit status is 0 if all is well or there are only warnings, 1 if there is a problem, and
    2 if the command itself is not valid.
    """
    from antares_helpers import check_environment

    report = check_environment(network=not offline, timeout=timeout)
    click.echo(str(report))
    return 0 if report.ok else _FAILED


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command.

    Parameters
    ----------
    arguments : sequence of str, optional
        The command-line arguments; by default those of the process. If there are none, the help is
        shown.

    Returns
    -------
    int
        The exit status: 0 if all is well, 1 if there is a problem, 2 if the command is not
        valid, 130 if it is interrupted.
    """
    given = list(sys.argv[1:] if arguments is None else arguments) or ["--help"]
    try:
        status = commands.main(given, "antares-helpers", standalone_mode=False)
    except click.Abort:
        return _INTERRUPTED
    except click.ClickException as error:
        return _print_error(error.format_message(), error.exit_code)
    except InvalidInputError as error:
        return _print_error(str(error), _USAGE)
    except (AntaresHelpersError, ImportError) as error:
        return _print_error(str(error), _FAILED)
    except OSError as error:
        return _print_error(f"{error.filename or 'The system'}: {error.strerror or error}", _FAILED)
    return int(status or 0)


def _print_error(message: str, status: int) -> int:
    click.echo(f"antares-helpers: {' '.join(message.split())}", err=True)
    return status


def _options(given: dict[str, Any]) -> dict[str, Any]:
    """Return the options of `extract_lightcurve` that match those of the command line."""
    if given["flux"] == "total" and given["survey"] != "lsst":
        raise click.UsageError("--flux total needs --survey lsst: ZTF alerts carry no total flux.")
    return {
        "survey": given["survey"],
        "flux": given["flux"],
        "keep_dipoles": not given["no_dipoles"],
        "keep_flagged": not given["no_flagged"],
        "min_reliability": given["min_reliability"],
        "bands": given["bands"],
    }


def _locus_id(name: str, **how: Any) -> str:
    """Return the ANTARES ID of the locus with a name."""
    from antares_helpers import find_loci
    from antares_helpers.validation import parse_name

    kind, known = parse_name(name)
    if kind in ("locus_id", ""):  # fetch_locus has a hint for anything that is not a name
        return known
    ids = [str(locus.locus_id) for locus in find_loci(name=name, limit=10, **how)]
    if len(ids) != 1:
        several = f"{len(ids)} loci ({', '.join(ids)}): plot one of them by its ANTARES ID"
        raise click.ClickException(f"{name!r} is the name of {several if ids else 'no locus'}.")
    return ids[0]


def _lines(listed: Iterable[str]) -> Iterator[str]:
    try:
        yield from listed
    except UnicodeDecodeError as error:
        raise click.BadParameter(
            f"--from must name a file with one ID per line: {error}."
        ) from error


def _check_output(path: Path, known: list[str], *, folders: bool = False) -> None:
    if not path.name or path.name == "..":
        raise click.BadParameter(f"{str(path)!r} must be the name of a new file.")
    is_known = folders and not path.suffix
    if not is_known and path.suffix.removeprefix(".").lower() not in known:
        expected = ", ".join(f".{suffix}" for suffix in known)
        raise click.BadParameter(f"{str(path)!r} must end with one of {expected}.")
    if not path.parent.is_dir():
        raise click.BadParameter(f"{str(path)!r} can't be written: there is no such folder.")


@contextmanager
def _warnings_in_a_line() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.showwarning = lambda message, *_, **__: _say(str(message))
        yield


def _say(message: str) -> None:
    click.echo(" ".join(message.split()), err=True)
