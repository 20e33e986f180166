"""The commands that fetch, plot and tabulate; ``python -m antares_helpers`` runs them.

What they use is imported when one runs: without it, the help and ``check`` still work.
"""

import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

__all__ = ["fetch_command", "plot_command", "table_command"]

_FAILED = 1
_INTERRUPTED = 130
_TABLE_SUFFIXES = (".parquet", ".ecsv", ".vot", ".xml", ".fits")


def _example(command: str) -> str:
    # Without \b click would break the line, which is there to be copied.
    return f"\b\nExample:\n  python -m antares_helpers {command}"


_SURVEY = click.option(
    "--survey",
    type=click.Choice(["lsst", "ztf", "all"]),
    default="lsst",
    show_default=True,
    help="Whose alerts to take.",
)
_TOTAL = click.option(
    "--total", is_flag=True, help="Total flux of Rubin, instead of the difference."
)
_NO_DIPOLES = click.option("--no-dipoles", is_flag=True, help="Leave dipoles out.")
_NO_FLAGGED = click.option("--no-flagged", is_flag=True, help="Leave flagged points out.")
_RELIABILITY = click.option(
    "--min-reliability",
    type=click.FloatRange(0, 1),
    metavar="NUMBER",
    help="Leave out what is less reliable than this, from 0 to 1.",
)
_BANDS = click.option("--bands", metavar="BANDS", help="Bands to keep, such as gri.")
_TIMEOUT = click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    default=30.0,
    show_default=True,
    metavar="SECONDS",
    help="How long a locus may take, every retry included.",
)
_RETRIES = click.option(
    "--retries",
    type=click.IntRange(min=0),
    default=4,
    show_default=True,
    metavar="NUMBER",
    help="How often a request that failed is sent again.",
)


def _extracting(command: Any) -> Any:
    """Give a command the options of `extract_lightcurve`."""
    for option in (_BANDS, _RELIABILITY, _NO_FLAGGED, _NO_DIPOLES, _TOTAL, _SURVEY):
        command = option(command)
    return command


@click.command("plot", epilog=_example("plot ANT2026z3bqyjga24oc -o light_curve.png"))
@click.argument("locus", metavar="ID")
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="File to write, of any format that matplotlib knows.  [default: ID.png]",
)
@click.option("--magnitude", is_flag=True, help="AB magnitudes instead of fluxes.")
@_extracting
@_TIMEOUT
@_RETRIES
def plot_command(
    locus: str, output: Path | None, magnitude: bool, timeout: float, retries: int, **given: Any
) -> int:
    """Plot the light curve of a locus into a file.

    ID is an ANTARES ID, or the path of a locus file that `fetch` has written. How many alerts are
    drawn, and why others are not, is told on stderr.
    """
    import matplotlib as mpl
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    mpl.use("agg")
    if output is not None:
        _check_output(output, sorted(FigureCanvasAgg.get_supported_filetypes()))
    from antares_helpers import (
        completeness_sentence,
        extract_lightcurve,
        fetch_locus,
        load_locus,
        plot_lightcurve,
    )
    from antares_helpers.drawing.axes import root_figure

    extract_lightcurve({"alerts": []}, **_options(given))  # refuses them before anything is sent
    is_file = Path(locus).is_file()
    if not is_file and Path(locus).suffix == ".json":
        raise click.BadParameter(f"There is no file {locus!r}.")
    with _warnings_in_a_line():
        content = (
            load_locus(locus)
            if is_file
            else fetch_locus(locus, include_catalogs=False, timeout=timeout, retries=retries)
        )
        lc = extract_lightcurve(content, **_options(given))
    ax = plot_lightcurve(lc, y="magnitude" if magnitude else "flux")
    path = output or Path(f"{content['id']}.png")
    root_figure(ax).savefig(path, dpi=200)
    without = int((lc["flux"] <= 0).sum()) if magnitude else 0
    note = f" {without} of them have no magnitude (flux <= 0)." if without else ""
    _say(f"{path}: {completeness_sentence(lc)}{note}")
    return 0


@click.command("fetch", epilog=_example("fetch ANT2026z3bqyjga24oc --folder loci"))
@click.argument("ids", metavar="ID...", nargs=-1)
@click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    metavar="FOLDER",
    help="Where to keep the loci; made if it is missing.",
)
@click.option(
    "--from",
    "listed",
    type=click.File(encoding="utf-8"),
    metavar="FILE",
    help="Read more IDs from a file, one a line; - is stdin.",
)
@click.option("--refresh", is_flag=True, help="Fetch also what is in the folder already.")
@click.option("--no-catalogs", is_flag=True, help="Leave the catalog matches out.")
@click.option(
    "--connections",
    type=click.IntRange(1, 32),
    default=8,
    show_default=True,
    metavar="NUMBER",
    help="How many requests may be under way at the same time.",
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
    """Fetch loci into a folder, side by side.

    Each locus is written as it arrives, in a file of its own. After a crash or a Ctrl-C, run the
    same command again: only what is missing is fetched. What can't be had is listed on stderr,
    and the exit status is 1 then. `python -m antares_sandbox FOLDER` serves the folder.
    """
    from antares_helpers import iter_loci

    wanted = [each.strip() for each in (*ids, *_lines(listed or ())) if each.strip()]
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
        _say(f"Interrupted. {folder} keeps what has arrived: run the same command to go on.")
        return _INTERRUPTED
    for row in stream.failures:
        _say(f"{row['locus_id']}: {row['error']} {row['what_to_do']}")
    number = len(set(wanted))
    _say(f"{folder}: {number - len(stream.failures)} of {number} loci.")
    return _FAILED if len(stream.failures) else 0


@click.command("table", epilog=_example("table loci -o light_curves.parquet"))
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

    FOLDER is what `fetch` has written. The table has one row a point; how many alerts it holds,
    and why others are left out, is told on stderr, and kept in the file.
    """
    from antares_helpers import lightcurve_table, write_parquet, write_table
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
    left_out = ", ".join(f"{reason} {number}" for reason, number in report["left_out"].items())
    _say(
        f"{output}: {report['kept']} of {report['alerts']} alerts of {report['loci']} loci kept"
        f"{f'; left out: {left_out}' if left_out else ''}."
    )
    return 0


def _options(given: dict[str, Any]) -> dict[str, Any]:
    """Return the options of `extract_lightcurve` for those of the command line."""
    if given["total"] and given["survey"] != "lsst":
        raise click.UsageError("--total needs --survey lsst: ZTF alerts carry no total flux.")
    return {
        "survey": given["survey"],
        "flux": "science" if given["total"] else "psf",
        "dipoles": not given["no_dipoles"],
        "flagged": not given["no_flagged"],
        "min_reliability": given["min_reliability"],
        "bands": given["bands"],
    }


def _lines(listed: Iterable[str]) -> Iterator[str]:
    try:
        yield from listed
    except UnicodeDecodeError as error:
        raise click.BadParameter(f"--from must name a file with an ID a line: {error}.") from error


def _check_output(path: Path, known: list[str]) -> None:
    if path.suffix.removeprefix(".").lower() not in known:
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
