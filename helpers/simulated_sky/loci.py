"""The list of the simulated loci, and their files."""

from collections.abc import Iterable
from pathlib import Path

from antares_helpers.locus_file import locus_file_text, write_locus_file
from antares_sandbox.store.format import LocusFile
from simulated_sky.passing import passing
from simulated_sky.transients import transients
from simulated_sky.variables import variables
from simulated_sky.wide_field import wide_field

__all__ = ["differing_files", "simulate_loci", "write_locus_files"]


def simulate_loci() -> list[LocusFile]:
    """Simulate the loci that come with the sandbox: always the same.

    Returns
    -------
    list of LocusFile
        The contents of their files.

    Examples
    --------
    >>> files = simulate_loci()
    >>> files[0]["locus"]["id"]
    'ANT2026z3bqyjga24oc'
    """
    return [*transients(), *variables(), *passing(), *wide_field()]


def write_locus_files(files: Iterable[LocusFile], folder: Path) -> list[Path]:
    """Write locus files into a folder, which is created if it is missing.

    Parameters
    ----------
    files : iterable of LocusFile
        Their contents.
    folder : pathlib.Path
        The folder.

    Returns
    -------
    list of pathlib.Path
        The files.
    """
    folder.mkdir(parents=True, exist_ok=True)
    return [_write(file, folder / f"{file['locus']['id']}.json") for file in files]


def differing_files(files: Iterable[LocusFile], folder: Path) -> list[str]:
    """Return the names of the files of a folder that are not, byte for byte, the given ones.

    Parameters
    ----------
    files : iterable of LocusFile
        The expected contents.
    folder : pathlib.Path
        The folder.

    Returns
    -------
    list of str
        The names of files that differ, are missing or are not expected, sorted.
    """
    expected = {f"{file['locus']['id']}.json": locus_file_text(file).encode() for file in files}
    found = {path.name: path.read_bytes() for path in folder.glob("*.json")}
    return sorted(
        name for name in expected.keys() | found.keys() if expected.get(name) != found.get(name)
    )


def _write(file: LocusFile, path: Path) -> Path:
    header = file["header"]
    write_locus_file(
        path,
        file["locus"],
        source=header["source"],
        created=header["created"],
        wire=file.get("wire"),
    )
    return path
