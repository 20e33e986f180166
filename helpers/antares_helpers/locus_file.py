"""Save a locus to a file that the sandbox can serve, and load it; see the docs, "Locus files"."""

import json
import os
import re
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, NoReturn

from antares_helpers.atomic import as_path, atomic_write, existing_file
from antares_helpers.errors import BadDataError, InvalidInputError, shown_url
from antares_helpers.validation import short_repr

__all__ = [
    "FILE_LOCUS_ID",
    "FORMAT",
    "VERSION",
    "LocusDict",
    "checked_content",
    "load_locus",
    "locus_file_text",
    "parse_content",
    "read_encoded",
    "read_locus_file",
    "read_locus_file_content",
    "save_locus",
    "write_locus_file",
]

FORMAT: Final = "antares-locus"
VERSION: Final = 1

FILE_LOCUS_ID: Final = re.compile(r"[0-9A-Za-z][0-9A-Za-z_.-]{0,99}")
"""What the ID of a locus looks like in a file, which need not come from ANTARES."""


class LocusDict(dict[str, Any]):
    """A locus as the client's ``to_devkit`` returns it, and what that drops of its matches.

    Parameters
    ----------
    locus : mapping
        What ``to_devkit`` returns.
    catalog_matches : list of dict
        The catalog matches as ANTARES sends them, in order, without their properties: these are
        in ``locus["catalog_objects"]``.
    """

    def __init__(
        self, locus: Mapping[str, Any] = MappingProxyType({}), catalog_matches: Any = ()
    ) -> None:
        super().__init__(locus)
        self.catalog_matches = list(catalog_matches)


def save_locus(
    locus: Mapping[str, Any], path: str | os.PathLike[str], *, source: str | None = None
) -> Path:
    """Write a locus to a file.

    Parameters
    ----------
    locus : dict
        What `fetch_locus` returns.
    path : str or path-like
        File to write, or an existing folder, in which the file is named after the locus. An
        existing file is replaced, in one step.
    source : str, optional
        Where the locus comes from; by default the service that the client is set to.

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
    locus_id = _checked_id(locus)
    path = as_path(path)
    if path.is_dir():
        path /= f"{locus_id}.json"
    if source is None:
        # Here, because it imports the client, which a given source makes needless.
        from antares_helpers.fetching.http import base_url

        source = shown_url(base_url())
    matches = getattr(locus, "catalog_matches", None)
    wire = {"catalog_matches": matches} if matches and _fit(matches, locus) else None
    write_locus_file(path, locus, source=source, wire=wire)
    return path


def write_locus_file(
    path: Path,
    locus: Mapping[str, Any],
    *,
    source: str,
    wire: Mapping[str, Any] | None = None,
    **header: Any,
) -> None:
    """Write a locus to a file, in one step; see `save_locus`.

    Parameters
    ----------
    path : pathlib.Path
        File to write.
    locus : dict
        What `fetch_locus` returns.
    source : str
        Where the locus comes from.
    wire : dict, optional
        What `locus` lacks of the service's responses, so that they can be replayed exactly.
    **header
        Further items of the header, or another `created`.

    Raises
    ------
    InvalidInputError
        If something can't be written as JSON.
    OSError
        If the file can't be written.
    """
    created = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    full_header = {"format": FORMAT, "version": VERSION, "source": source, "created": created}
    content: dict[str, Any] = {"header": full_header | header, "locus": locus}
    if wire is not None:
        content["wire"] = wire
    try:
        encoded = locus_file_text(content).encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidInputError(
            f"Locus {locus.get('id')} can't be written as JSON: {error}."
        ) from error
    with atomic_write(path) as temporary:
        temporary.write_bytes(encoded)


def load_locus(path: str | os.PathLike[str]) -> dict[str, Any]:
    """Read a locus from a file.

    Parameters
    ----------
    path : str or path-like
        A locus file: written by `save_locus` or `fetch_loci`, or one that the sandbox serves.

    Returns
    -------
    dict
        The locus, as `fetch_locus` returned it.

    Raises
    ------
    InvalidInputError
        If `path` is not the path of a file.
    OSError
        If there is no such file, or it can't be read.
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
    return read_locus_file(as_path(path))[1]


def read_locus_file(path: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """Read the header and the locus of a file; see `load_locus`."""
    content = read_locus_file_content(path)
    wire = content.get("wire")
    matches = wire.get("catalog_matches") if isinstance(wire, dict) else None
    known = matches if isinstance(matches, list) else []
    return content["header"], LocusDict(content["locus"], known)


def read_locus_file_content(path: Path, *, allow_nan: bool = True) -> dict[str, Any]:
    """Read a whole locus file; only its header, the locus ID and the list of alerts are checked.

    Parameters
    ----------
    path : pathlib.Path
        File to read.
    allow_nan : bool, optional
        Whether to accept NaN and infinities, which are not JSON but which Python writes.

    Returns
    -------
    dict
        ``header``, ``locus`` and perhaps ``wire``.

    Raises
    ------
    InvalidInputError
        If it is a folder, a pipe or a device.
    BadDataError
        If it is not a locus file.
    OSError
        If it can't be read.
    """
    return parse_content(path, read_encoded(path), allow_nan=allow_nan)


def read_encoded(path: Path) -> bytes:
    """Read the bytes of a locus file; see `read_locus_file_content`."""
    return existing_file(path).read_bytes()


def parse_content(path: Path, encoded: bytes, *, allow_nan: bool = True) -> dict[str, Any]:
    """Parse the bytes of a locus file; see `read_locus_file_content`."""
    try:
        content = json.loads(encoded, parse_constant=float if allow_nan else _refuse)
    except (ValueError, RecursionError) as error:
        raise BadDataError(f"{path} is not a locus file: it is not JSON ({error}).") from error
    return checked_content(path, content)


def checked_content(path: Path, content: Any) -> dict[str, Any]:
    """Return the parsed content of a locus file; see `read_locus_file_content`."""
    header = content.get("header") if isinstance(content, dict) else None
    if not isinstance(header, dict) or header.get("format") != FORMAT:
        raise BadDataError(
            f"{path} is not a locus file: its header does not say 'format': '{FORMAT}'. "
            "Write locus files with save_locus."
        )
    if type(header.get("version")) is not int or header["version"] != VERSION:
        raise BadDataError(
            f"{path} has version {short_repr(header.get('version'))} of the locus format; this "
            f"release of antares-helpers reads version {VERSION}. Update antares-helpers."
        )
    _check_locus(path, content.get("locus"))
    return dict(content)


def locus_file_text(content: Mapping[str, Any]) -> str:
    """Return the text of a locus file, with each alert on a line of its own.

    Parameters
    ----------
    content : dict
        ``header``, ``locus`` and perhaps ``wire``.

    Returns
    -------
    str
        The text, JSON.
    """
    locus = content["locus"]
    members = [_member(name, value) for name, value in locus.items() if name != "alerts"]
    members.append('"alerts":[\n' + ",\n".join(map(_json, locus["alerts"])) + "\n]")
    parts = [_member("header", content["header"]), '"locus":{\n' + ",\n".join(members) + "\n}"]
    if "wire" in content:
        parts.append(_member("wire", content["wire"]))
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _fit(matches: list[dict[str, Any]], locus: Mapping[str, Any]) -> bool:
    """Say whether there is a row for each match: the sandbox refuses a file without."""
    listed = Counter(match.get("catalog_name") for match in matches)
    objects = locus.get("catalog_objects")
    return isinstance(objects, Mapping) and listed == {
        name: len(rows) for name, rows in objects.items()
    }


def _check_locus(path: Path, locus: object) -> None:
    expected = {"id": str, "alerts": list}
    if not isinstance(locus, dict) or not all(
        isinstance(locus.get(name), kind) for name, kind in expected.items()
    ):
        raise BadDataError(f"{path} is damaged: it holds no locus with an ID and a list of alerts.")
    if not FILE_LOCUS_ID.fullmatch(locus["id"]):
        raise BadDataError(f"{path} is damaged: locus.id: {_no_id(locus['id'])}")


def _checked_id(locus: Mapping[str, Any]) -> str:
    locus_id = locus.get("id")
    if not isinstance(locus_id, str) or not FILE_LOCUS_ID.fullmatch(locus_id):
        raise InvalidInputError(f"This locus can't be saved: {_no_id(locus_id)}")
    return locus_id


def _no_id(given: object) -> str:
    return (
        f"{short_repr(given)} is not a locus ID: expected 1 to 100 letters, digits, '_', '-' and "
        "'.', beginning with a letter or digit."
    )


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"JSON has no {constant}")


def _member(name: str, value: Any) -> str:
    return _json({name: value})[1:-1]


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
