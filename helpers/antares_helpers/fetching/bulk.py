"""Fetch many loci side by side, keep them in a folder, and go on where a run was broken off."""

import os
from collections.abc import Generator, Iterable, Iterator
from contextlib import closing
from numbers import Integral
from typing import Any, NamedTuple, cast

import numpy as np
from antares_client.models import Locus
from astropy.table import Table

from antares_helpers.errors import AntaresHelpersError, InvalidInputError
from antares_helpers.fetching._parallel import side_by_side
from antares_helpers.fetching.cache import LocusCache
from antares_helpers.fetching.http import MAX_CONNECTIONS
from antares_helpers.fetching.locus_source import LocusSource
from antares_helpers.fetching.progress import progress_bar
from antares_helpers.fetching.request import DEFAULT_RETRIES, DEFAULT_TIMEOUT
from antares_helpers.validation import check_bool, short_repr

__all__ = ["FetchedLoci", "LocusStream", "fetch_loci", "iter_loci"]

_PREFETCH = 4  # loci that wait for the reader, for each connection
_FAILURE_COLUMNS = ("locus_id", "error", "hint")
_TRY_AGAIN = "Call again with this ID."


class FetchedLoci(NamedTuple):
    """What `fetch_loci` returns.

    Attributes
    ----------
    loci : list of dict
        The loci, each as `fetch_locus` returns it, in the order of their IDs.
    failures : `~astropy.table.Table`
        What could not be had, one row each: ``locus_id``, ``error`` and ``hint`` (all str).
    """

    loci: list[dict[str, Any]]
    failures: Table


def fetch_loci(
    ids: Iterable[str | Locus],
    *,
    folder: str | os.PathLike[str] | None = None,
    refresh: bool = False,
    include_catalogs: bool = True,
    max_connections: int = 8,
    progress: bool = True,
    timeout: float = DEFAULT_TIMEOUT,
    retries: int = DEFAULT_RETRIES,
) -> FetchedLoci:
    """Fetch many loci side by side.

    A locus that can't be had never stops the others: it is listed. Call again with the
    ``locus_id`` of the failures to try them once more; with a `folder`, with all IDs: what is
    there is not fetched again.

    Parameters
    ----------
    ids : iterable of str or Locus
        ANTARES IDs, such as a column of a table, or what `find_loci` found; all are read at the
        beginning. One that comes twice is fetched, and returned, once.
    folder : str or path-like, optional
        Folder to keep the loci in; made if it is missing. Each locus is written as it arrives, in
        a file of its own that `load_locus` reads and the sandbox serves. A locus whose file is
        there, whole and from the same service, is read instead of fetched.
    refresh : bool, optional
        Whether to fetch all loci, and replace their files: loci gain alerts with time.
    include_catalogs : bool, optional
        Whether to fetch the catalog matches too.
    max_connections : int, optional
        How many requests are under way at the same time, at most 32. Be kind to the service.
    progress : bool, optional
        Whether to show a progress bar, in a terminal or a notebook.
    timeout : float, optional
        Seconds that each locus may take, every retry included; waiting for a free connection
        does not count.
    retries : int, optional
        How often a request that failed is sent again, where that may help.

    Returns
    -------
    FetchedLoci
        ``(loci, failures)``: the loci in the order of their IDs, and a table of what could not be
        had. A locus without the catalog matches that were asked for is among both, and is not
        written into the folder.

    Raises
    ------
    InvalidInputError
        If an option can't be meant, or `ids` is no list of IDs. A string in it that is no
        ANTARES ID is listed with the failures.
    OSError
        If the folder can't be made.

    See Also
    --------
    iter_loci : one locus after the other, in little memory.
    fetch_locus : a single locus.

    Notes
    -----
    Where the service fails for 20 loci in a row, or for more with many connections, it is taken
    as down: the loci that are left are not asked for, and listed.

    Examples
    --------
    >>> from antares_helpers import fetch_loci, find_loci
    >>> loci, failures = fetch_loci(find_loci(limit=5), progress=False)
    >>> len(loci), len(failures)
    (5, 0)
    """
    stream = _stream(
        ids,
        ahead=None,
        folder=folder,
        refresh=refresh,
        include_catalogs=include_catalogs,
        max_connections=max_connections,
        progress=progress,
        timeout=timeout,
        retries=retries,
    )
    return FetchedLoci(list(stream), stream.failures)


def iter_loci(
    ids: Iterable[str | Locus],
    *,
    folder: str | os.PathLike[str] | None = None,
    refresh: bool = False,
    include_catalogs: bool = True,
    max_connections: int = 8,
    progress: bool = True,
    timeout: float = DEFAULT_TIMEOUT,
    retries: int = DEFAULT_RETRIES,
) -> "LocusStream":
    """Fetch many loci side by side, and give them one after the other.

    Only some loci are held at a time, so the memory needed does not grow with their number.

    Parameters
    ----------
    ids, folder, refresh, include_catalogs, max_connections, progress, timeout, retries
        As for `fetch_loci`.

    Returns
    -------
    LocusStream
        An iterator over the loci, in the order of their IDs. Its ``failures`` lists what could
        not be had so far, as the table of `fetch_loci` does.

    Raises
    ------
    InvalidInputError
        If an option can't be meant, or `ids` is no list of IDs.
    OSError
        If the folder can't be made.

    Examples
    --------
    >>> from antares_helpers import extract_lightcurve, find_loci, iter_loci
    >>> stream = iter_loci(find_loci(limit=5), progress=False)
    >>> sum(len(extract_lightcurve(locus)) > 0 for locus in stream), len(stream.failures)
    (5, 0)
    """
    return _stream(
        ids,
        ahead=_PREFETCH,
        folder=folder,
        refresh=refresh,
        include_catalogs=include_catalogs,
        max_connections=max_connections,
        progress=progress,
        timeout=timeout,
        retries=retries,
    )


def _stream(
    ids: Any,
    *,
    ahead: int | None,
    folder: Any,
    refresh: bool,
    include_catalogs: bool,
    max_connections: int,
    progress: bool,
    timeout: float,
    retries: int,
) -> "LocusStream":
    for name, given in {"refresh": refresh, "include_catalogs": include_catalogs}.items():
        check_bool(name, given)
    check_bool("progress", progress)
    _check_connections(max_connections)
    distinct = _distinct_ids(ids)
    source = LocusSource(
        connections=max_connections,
        include_catalogs=include_catalogs,
        kept=None
        if folder is None
        else LocusCache(folder, read=not refresh, include_catalogs=include_catalogs),
        timeout=timeout,
        retries=retries,
    )
    # Where all are kept anyway, a slow one need not hold up the others.
    room = len(distinct) if ahead is None else ahead * max_connections
    return LocusStream(
        distinct,
        source,
        threads=max_connections + max_connections // 2,
        ahead=room,
        progress=progress,
    )


def _check_connections(given: object) -> None:
    is_whole = isinstance(given, Integral) and not isinstance(given, bool)
    if not is_whole or not 1 <= cast(int, given) <= MAX_CONNECTIONS:
        raise InvalidInputError(
            f"max_connections={short_repr(given)} must be a whole number from 1 to "
            f"{MAX_CONNECTIONS}."
        )


def _distinct_ids(ids: Any) -> list[str]:
    """Return the IDs, each once; what is no ID stays, to be listed with the failures."""
    try:
        given = [ids] if isinstance(ids, str | Locus) else list(ids)
    except TypeError as error:
        raise InvalidInputError(
            f"ids={short_repr(ids)} must be ANTARES IDs, such as a list of strings, a column of a "
            "table, or what find_loci returns."
        ) from error
    names = [each.locus_id if isinstance(each, Locus) else each for each in given]
    if not all(isinstance(name, str) for name in names):
        wrong = next(name for name in names if not isinstance(name, str))
        raise InvalidInputError(
            f"ids must hold ANTARES IDs, which are strings; {short_repr(wrong)} is none. Pass a "
            "column of IDs, or the locus['id'] of each locus."
        )
    return list(dict.fromkeys(str(name).strip() for name in names))


class LocusStream(Iterator[dict[str, Any]]):
    """Loci that are fetched while one iterates; `iter_loci` makes it.

    No locus is asked for before the first is wanted. Close it to stop the requests before the end;
    as a context manager it closes itself. One thread at a time may iterate over it.
    """

    def __init__(
        self, ids: list[str], source: LocusSource, *, threads: int, ahead: int, progress: bool
    ) -> None:
        self._failed: list[tuple[str, AntaresHelpersError]] = []
        self._source = source
        self._loci = self._run(ids, threads, ahead, progress)

    def __next__(self) -> dict[str, Any]:
        """Return the next locus that could be had."""
        return next(self._loci)

    def __enter__(self) -> "LocusStream":
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.close()

    def close(self) -> None:
        """Send nothing more."""
        self._loci.close()
        self._source.close()

    @property
    def failures(self) -> Table:
        """What could not be had so far, with the columns of the table that `fetch_loci` returns."""
        rows = [
            (locus_id, f"{type(error).__name__}: {error.reason}", error.advice or _TRY_AGAIN)
            for locus_id, error in self._failed
        ]
        return Table(rows=rows or None, names=_FAILURE_COLUMNS, dtype=[np.str_] * 3)

    def _run(
        self, ids: list[str], threads: int, ahead: int, progress: bool
    ) -> Generator[dict[str, Any], None, None]:
        with progress_bar(len(ids), is_shown=progress) as bar, closing(self._source) as source:
            outcomes = side_by_side(
                source.outcome, ids, threads=threads, ahead=ahead, on_progress=bar.show
            )
            with closing(outcomes):
                for locus_id, (locus, error) in zip(ids, outcomes, strict=True):
                    if error is not None:
                        self._failed.append((locus_id, error))
                    if locus is not None:
                        yield locus
