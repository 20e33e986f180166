"""Writing locus files: readable, small, the same every time."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from antares_sandbox.format import LocusFile

__all__ = ["differing_files", "locus_text", "write_locus_files"]


def locus_text(file: LocusFile) -> str:
    """Return a locus file as JSON, one alert a line.

    Parameters
    ----------
    file : LocusFile
        The content.

    Returns
    -------
    str
        The text, with a final line feed.
    """
    locus = file["locus"]
    members = [f"{_line(k)}:{_line(v)}" for k, v in locus.items() if k != "alerts"]
    alerts = ",\n".join(_line(alert) for alert in locus["alerts"])
    members.append(f'"alerts":[\n{alerts}\n]')
    parts = [f'"header":{_line(file["header"])}', '"locus":{\n' + ",\n".join(members) + "\n}"]
    if "wire" in file:
        parts.append(f'"wire":{_line(file["wire"])}')
    return "{\n" + ",\n".join(parts) + "\n}\n"


def write_locus_files(files: Iterable[LocusFile], folder: Path) -> list[Path]:
    """Write locus files into a folder, which is made where it is missing.

    Parameters
    ----------
    files : iterable of LocusFile
        What to write.
    folder : pathlib.Path
        Where to.

    Returns
    -------
    list of pathlib.Path
        The files.
    """
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for file in files:
        path = folder / f"{file['locus']['id']}.json"
        path.write_text(locus_text(file), encoding="utf-8", newline="\n")
        paths.append(path)
    return paths


def differing_files(files: Iterable[LocusFile], folder: Path) -> list[str]:
    """Return the names of the files of a folder that are not what is given.

    Parameters
    ----------
    files : iterable of LocusFile
        What the folder should hold.
    folder : pathlib.Path
        The folder.

    Returns
    -------
    list of str
        The names of files that differ, are missing or are too many, sorted.
    """
    wanted = {f"{file['locus']['id']}.json": file for file in files}
    found = {path.name: json.loads(path.read_text("utf-8")) for path in folder.glob("*.json")}
    return sorted(
        name for name in wanted.keys() | found.keys() if wanted.get(name) != found.get(name)
    )


def _line(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
