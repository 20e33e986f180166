"""Keep a locus in a file, in the format that the sandbox serves; see the docs, "Locus files"."""

import json
import os
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from antares_helpers.atomic import atomic_write
from antares_helpers.errors import BadDataError, InvalidInputError
from antares_helpers.fetching.http import base_url
from antares_helpers.fetching.locus import check_locus_id

__all__ = ["load_locus", "read_locus_file", "save_locus", "write_locus_file"]

FORMAT = "antares-locus"
VERSION = 1


def save_locus(
    locus: Mapping[str, Any], path: str | os.PathLike[str], *, source: str | None = None
) -> Path:
    """Write a locus to a file.

    Parameters
    ----------
    locus : dict
        What `fetch_locus` returns.
    path : str or path-like
        File to write, or an existing folder, in which the file is named after the locus. A file
        that is there is replaced, in one step.
    source : str, optional
        Where the locus comes from; by default the service that the client talks to.

    Returns
    -------
    pathlib.Path
        The file written.

    Raises
    ------
    InvalidInputError
        If `locus` is not such a dict, or can't be written as JSON.
    OSError
        If the file can't be written.

    See Also
    --------
    load_locus : read the file.

    Examples
    --------
    >>> from antares_helpers import fetch_locus, save_locus
    >>> save_locus(fetch_locus("ANT2026z3bqyjga24oc"), tmp_path).name
    'ANT2026z3bqyjga24oc.json'
    """
    if not isinstance(locus, Mapping) or not isinstance(locus.get("alerts"), list):
        raise InvalidInputError(
            "save_locus takes the dict that fetch_locus returns, with its list of alerts; "
            f"this is {type(locus).__name__!r}."
        )
    locus_id = check_locus_id(locus.get("id", ""))
    path = Path(path)
    if path.is_dir():
        path /= f"{locus_id}.json"
    write_locus_file(path, locus, source=base_url() if source is None else source)
    return path


def write_locus_file(
    path: Path,
    locus: Mapping[str, Any],
    *,
    source: str,
    wire: Mapping[str, Any] | None = None,
    **more_header: Any,
) -> None:
    """Write a locus to a file, with more in its header if wanted; see `save_locus`."""
    header = {
        "format": FORMAT,
        "version": VERSION,
        "source": source,
        "created": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        **more_header,
    }
    try:
        content = _text(header, locus, wire).encode()
    except (TypeError, ValueError) as error:
        raise InvalidInputError(
            f"Locus {locus.get('id')} can't be written as JSON: {error}."
        ) from error
    with atomic_write(path) as temporary:
        temporary.write_bytes(content)


def load_locus(path: str | os.PathLike[str]) -> dict[str, Any]:
    """Read a locus from a file.

    Parameters
    ----------
    path : str or path-like
        File that `save_locus` or the sandbox wrote.

    Returns
    -------
    dict
        The locus, as `fetch_locus` returned it.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    BadDataError
        If it is not a locus file.

    See Also
    --------
    save_locus : write the file.

    Examples
    --------
    >>> from antares_helpers import fetch_locus, load_locus, save_locus
    >>> locus = fetch_locus("ANT2026z3bqyjga24oc")
    >>> load_locus(save_locus(locus, tmp_path)) == locus
    True
    """
    return read_locus_file(Path(path))[1]


def read_locus_file(path: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """Read the header and the locus of a file; see `load_locus`."""
    try:
        content = json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        raise BadDataError(f"{path} is not a locus file: it is not JSON ({error}).") from error
    header = content.get("header") if isinstance(content, dict) else None
    if not isinstance(header, dict) or header.get("format") != FORMAT:
        raise BadDataError(
            f"{path} is not a locus file: its header does not say 'format': '{FORMAT}'. "
            "Write locus files with save_locus."
        )
    if type(header.get("version")) is not int or header["version"] != VERSION:
        raise BadDataError(
            f"{path} has version {header.get('version')!r} of the locus format; this release of "
            f"antares-helpers reads version {VERSION}. Update antares-helpers."
        )
    locus = content.get("locus")
    parts = {"id": str, "alerts": list}
    if not isinstance(locus, dict) or not all(isinstance(locus.get(k), parts[k]) for k in parts):
        raise BadDataError(f"{path} is damaged: it holds no locus with an ID and a list of alerts.")
    return header, locus


def _text(
    header: Mapping[str, Any], locus: Mapping[str, Any], wire: Mapping[str, Any] | None
) -> str:
    """Return the content of a locus file, with each alert on a line of its own."""
    rest = {name: value for name, value in locus.items() if name != "alerts"}
    alerts = ",\n".join(map(_json, locus["alerts"]))
    more = "" if wire is None else f',\n"wire": {_json(wire)}'
    return f'{{"header": {_json(header)},\n"locus": {_json(rest)[:-1]}, "alerts": [\n{alerts}\n]}}{more}}}\n'


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)
