"""Write simulated loci to files, and compare files with them."""

from collections.abc import Iterable
from pathlib import Path

from antares_helpers.locus_file import locus_file_text, write_locus_file
from antares_sandbox.store.format import LocusFile

__all__ = ["differing_files", "write_locus_files"]


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
