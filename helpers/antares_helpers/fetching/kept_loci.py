"""The folder in which `fetch_loci` keeps what it has fetched."""

import os
import time
from pathlib import Path
from typing import Any

from antares_helpers.errors import AntaresHelpersError, BadDataError, InvalidInputError
from antares_helpers.fetching.files import load_locus, save_locus
from antares_helpers.options import shortened

__all__ = ["KeptLoci"]

_LEFTOVERS = ".ANT*.json.*"
_LEFTOVER_SECONDS = 60
"""How old an unfinished file must be before it is surely nobody's any more."""


class KeptLoci:
    """A folder of locus files.

    Parameters
    ----------
    folder : str or path-like
        Is made if it is missing.
    is_used : bool
        Whether to read what is there; else it is only written.

    Raises
    ------
    InvalidInputError
        If `folder` is no folder.
    OSError
        If it can't be made.
    """

    def __init__(self, folder: str | os.PathLike[str], *, is_used: bool) -> None:
        if not isinstance(folder, str | os.PathLike) or not os.fspath(folder):
            raise InvalidInputError(f"folder={shortened(folder)} must be the path of a folder.")
        self._folder = Path(folder)
        if self._folder.exists() and not self._folder.is_dir():
            raise InvalidInputError(
                f"folder={str(folder)!r} is a file. Name a folder, or one that can be made."
            )
        self._folder.mkdir(parents=True, exist_ok=True)
        self._is_used = is_used
        self._remove_leftovers()

    def load(self, locus_id: str) -> dict[str, Any] | None:
        """Return a locus whose file is there, and whole; else None."""
        if not self._is_used:
            return None
        try:
            locus = load_locus(self._folder / f"{locus_id}.json")
        except (OSError, BadDataError):
            return None
        return locus if locus["id"] == locus_id else None

    def save(self, locus: dict[str, Any]) -> AntaresHelpersError | None:
        """Write a locus, in one step; return what has gone wrong."""
        try:
            save_locus(locus, self._folder)
        except OSError as error:
            return AntaresHelpersError(
                f"Locus {locus['id']} can't be written into {self._folder}: {error.strerror}.",
                advice="It was fetched; make room in the folder, or choose another, to keep it.",
                locus_id=locus["id"],
            )
        return None

    def _remove_leftovers(self) -> None:
        """Remove what a process that was killed has left half-written."""
        for path in self._folder.glob(_LEFTOVERS):
            try:
                if time.time() - path.stat().st_mtime > _LEFTOVER_SECONDS:
                    path.unlink()
            except OSError:  # another process was faster
                continue
