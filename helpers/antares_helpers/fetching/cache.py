"""The folder in which `fetch_loci` keeps what it has fetched."""

import os
import time
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any
from urllib.parse import urlsplit

from antares_helpers.errors import AntaresHelpersError, BadDataError, InvalidInputError
from antares_helpers.fetching.http import base_url
from antares_helpers.locus_file import read_locus_file, write_locus_file
from antares_helpers.validation import short_repr

__all__ = ["LocusCache"]

DEVKIT_KEYS = {
    "id",
    "ra",
    "dec",
    "user_tags",
    "old_properties",
    "catalog_objects",
    "grav_wave_events_metadata",
    "alerts",
}
"""What a locus holds, as the client's ``to_devkit`` returns it."""

_LOOPBACK = ("127.0.0.1", "localhost", "::1")

_LEFTOVERS = ".ANT*.json.*"
_LEFTOVER_SECONDS = 60
"""How old an unfinished file must be before it is surely nobody's any more."""


class LocusCache:
    """A folder of locus files.

    Parameters
    ----------
    folder : str or path-like
        Is made if it is missing.
    read : bool
        Whether to read what is there; else it is only written.
    include_catalogs : bool
        Whether a locus needs its catalog matches.

    Raises
    ------
    InvalidInputError
        If `folder` is no folder.
    OSError
        If it can't be made, or nothing can be written in it.
    """

    def __init__(
        self, folder: str | os.PathLike[str], *, read: bool, include_catalogs: bool
    ) -> None:
        if not isinstance(folder, str | os.PathLike) or not os.fspath(folder):
            raise InvalidInputError(f"folder={short_repr(folder)} must be the path of a folder.")
        self._folder = Path(folder)
        if self._folder.exists() and not self._folder.is_dir():
            raise InvalidInputError(
                f"folder={str(folder)!r} is a file. Name a folder, or one that can be made."
            )
        self._folder.mkdir(parents=True, exist_ok=True)
        self._is_used = read
        self._include_catalogs = include_catalogs
        with NamedTemporaryFile(dir=self._folder, prefix=".writable."):
            self._remove_leftovers()

    def load(self, locus_id: str) -> dict[str, Any] | None:
        """Return a locus whose file is there, whole, and from the service asked; else None."""
        if not self._is_used:
            return None
        try:
            header, locus = read_locus_file(self._folder / f"{locus_id}.json")
        except (OSError, BadDataError):
            return None
        has_catalogs = header.get("catalogs") is not False or not self._include_catalogs
        is_whole = locus["id"] == locus_id and locus.keys() >= DEVKIT_KEYS and has_catalogs
        return locus if is_whole and _is_from_here(header.get("source")) else None

    def save(self, locus: dict[str, Any]) -> AntaresHelpersError | None:
        """Write a locus, in one step; return what has gone wrong."""
        try:
            write_locus_file(
                self._folder / f"{locus['id']}.json",
                locus,
                source=base_url(),
                catalogs=self._include_catalogs,
            )
        except OSError as error:
            reason = f"Locus {locus['id']} can't be written into {self._folder}: {error.strerror}."
            advice = "It was fetched; make room in the folder, or choose another, to keep it."
        except InvalidInputError as error:  # NaN, which the client reads and JSON has not
            reason, advice = error.reason, "It was fetched, but not kept."
        else:
            return None
        return AntaresHelpersError(reason, advice=advice, locus_id=locus["id"])

    def _remove_leftovers(self) -> None:
        """Remove what a process that was killed has left half-written."""
        for path in self._folder.glob(_LEFTOVERS):
            try:
                if time.time() - path.stat().st_mtime > _LEFTOVER_SECONDS:
                    path.unlink()
            except OSError:  # another process was faster
                continue


def _is_from_here(source: object) -> bool:
    """Tell whether what came from `source` stands for what the service now asked would send.

    A sandbox serves what others have recorded; what it has served is not taken for theirs.
    """
    here, there = _host(base_url()), _host(source)
    return there == here or not there or (here in _LOOPBACK and there not in _LOOPBACK)


def _host(address: object) -> str:
    try:
        return urlsplit(address).hostname or "" if isinstance(address, str) else ""
    except ValueError:
        return ""
