"""Read many loci: from a folder of locus files, from an iterable, or a single one."""

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeAlias

from antares_client.models import Locus
from antares_devkit.models import DevKitLocus

from antares_helpers.errors import BadDataError, InvalidInputError
from antares_helpers.fetching.locus import LocusLike, check_locus_id
from antares_helpers.locus_file import load_locus
from antares_helpers.validation import short_repr

__all__ = ["Loci", "iter_loci_from"]

Loci: TypeAlias = str | os.PathLike[str] | LocusLike | Iterable[LocusLike]
"""A folder of locus files, a locus, or an iterable of loci in any form."""

_FILES = "ANT*.json"


def iter_loci_from(loci: Loci) -> Iterator[LocusLike]:
    """Return an iterator over loci, which holds one of them in memory at a time.

    Parameters
    ----------
    loci : str, path-like, locus or iterable of loci
        The files of a folder that are named ``ANT*.json`` are read in the order of their names.

    Raises
    ------
    InvalidInputError
        If there is no such folder, if it holds no locus files, or if `loci` is none of these.
    BadDataError
        While iterating, if a file is not a complete locus file.
    """
    if isinstance(loci, str | os.PathLike):
        return map(_load, _locus_files(Path(loci)))
    if isinstance(loci, Mapping | DevKitLocus | Locus):
        return iter([loci])
    try:
        return iter(loci)
    except TypeError:
        raise InvalidInputError(
            f"{short_repr(loci)} is not a locus, an iterable of loci or a folder of locus files."
        ) from None


def _locus_files(folder: Path) -> list[Path]:
    if not folder.is_dir():
        raise InvalidInputError(
            f"{str(folder)!r} is not a folder. Pass a folder of locus files, or loci themselves: "
            "fetch_locus(locus_id) or load_locus(file)."
        )
    files = sorted(path for path in folder.glob(_FILES) if path.is_file() and _has_locus_name(path))
    if not files:
        raise InvalidInputError(
            f"The folder {str(folder)!r} holds no locus files (named {_FILES}). Write some with "
            "save_locus."
        )
    return files


def _has_locus_name(file: Path) -> bool:
    """Whether a file is named after a locus; the folder may hold other files."""
    try:
        return bool(check_locus_id(file.stem))
    except InvalidInputError:
        return False


def _load(file: Path) -> dict[str, Any]:
    locus = load_locus(file)
    try:
        check_locus_id(locus["id"])
    except InvalidInputError as error:
        raise BadDataError(f"{file} is damaged: {error}") from error
    return locus
