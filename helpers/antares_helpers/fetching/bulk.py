"""Fetch many loci: concurrently, with a progress bar, and into a folder that can be resumed."""

import os
import threading
from collections.abc import Generator, Iterable, Iterator
from contextlib import closing
from numbers import Integral
from typing import Any, NamedTuple, cast

import numpy as np
from antares_client.models import Locus
from astropy.table import Table

from antares_helpers.errors import AntaresHelpersError, InvalidInputError, ServiceError
from antares_helpers.fetching._connections import MAX_CONNECTIONS, httpx
from antares_helpers.fetching._parallel import in_parallel, progress_bar
from antares_helpers.fetching.cache import LocusCache
from antares_helpers.fetching.client import fetch_parts
from antares_helpers.fetching.http import ConnectionLimiter
from antares_helpers.fetching.request import DEFAULT_RETRIES, DEFAULT_TIMEOUT, CallOptions
from antares_helpers.fetching.search import SearchIterator
from antares_helpers.validation import check_bool, check_locus_id, short_repr, strip_address

__all__ = ["FetchedLoci", "LocusStream", "fetch_loci", "iter_loci"]

MAX_CONSECUTIVE_FAILURES = 20
"""After how many failures in a row the service is considered down; more with many connections."""

_ANY_NUMBER = 2**31
_PREFETCH = 4  # loci that wait for the reader, for each connection
_REQUESTS_PER_LOCUS = 3
_FAILURE_COLUMNS = ("locus_id", "error", "hint")
_TRY_AGAIN = "Call again with this ID."


class FetchedLoci(NamedTuple):
    """What `fetch_loci` returns.

    Attributes
    ----------
    loci : list of dict
        The loci, each as `fetch_locus` returns it, in the order of their IDs.
    failures : `~astropy.table.Table`
        The loci that could not be fetched, one row each: ``locus_id``, ``error`` and ``hint`` (all
        str).
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
    """Fetch many loci concurrently.

    A locus that fails never stops the others: it is listed. Call again with the ``locus_id`` of
    the failures to try them once more; with a `folder`, call again with all IDs: what is there
    is not fetched again.

    Parameters
    ----------
    ids : iterable of str or Locus
        ANTARES IDs, such as a column of a table, or what `find_loci` found; all are read at the
        beginning, but those of a search with ``limit=None`` as they are needed. One that comes
        twice is fetched, and returned, once.
    folder : str or path-like, optional
        Folder to save the loci in; created if it is missing. Each locus is written as it arrives,
        to a file of its own that `load_locus` reads and the sandbox serves, with all that the
        service sent. A locus whose file is there, complete and from the same service, is read
        instead of fetched.
    refresh : bool, optional
        Whether to fetch all loci, and replace their files: loci gain alerts with time.
    include_catalogs : bool, optional
        Whether to fetch the catalog matches too.
    max_connections : int, optional
        How many requests are in flight at the same time, at most 32. Be gentle with the service.
    progress : bool, optional
        Whether to show a progress bar, in a terminal or a notebook.
    timeout : float, optional
        Seconds that each locus may take, retries included; waiting for a free connection does
        not count.
    retries : int, optional
        Maximum number of retries of a failed request, after transient errors.

    Returns
    -------
    FetchedLoci
        ``(loci, failures)``: the loci in the order of their IDs, and a table of what could not be
        fetched. A locus whose catalog matches are missing is in both, and is not written to the
        folder.

    Raises
    ------
    InvalidInputError
        If an option is not valid, or `ids` is not a list of IDs. A string in it that is not an
        ANTARES ID is listed with the failures.
    OSError
        If the folder can't be created.

    See Also
    --------
    iter_loci : one locus after the other, in little memory.
    fetch_locus : a single locus.

    Notes
    -----
    If the service fails for 20 loci in a row, or for more with many connections, it is considered
    down: the loci that are left are not requested, but listed.

    Examples
    --------
    >>> from antares_helpers import fetch_loci, find_loci
    >>> loci, failures = fetch_loci(find_loci(limit=5), progress=False)
    >>> len(loci), len(failures)
    (5, 0)
    """
    stream = iter_loci(
        ids,
        folder=folder,
        refresh=refresh,
        include_catalogs=include_catalogs,
        max_connections=max_connections,
        progress=progress,
        timeout=timeout,
        retries=retries,
    )
    stream.prefetch_all()
    loci: list[dict[str, Any]] = []
    try:
        loci.extend(stream)
    except KeyboardInterrupt as error:
        error.add_note(stream.describe_saved())
        raise error.with_traceback(None) from None
    return FetchedLoci(loci, stream.failures)


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
    """Fetch many loci concurrently, and iterate over them.

    Only a few loci are in memory at a time, however many there are. With
    ``find_loci(..., limit=None)`` the search goes on while the first loci are fetched.

    Parameters
    ----------
    ids, folder, refresh, include_catalogs, max_connections, progress, timeout, retries
        As for `fetch_loci`.

    Returns
    -------
    LocusStream
        An iterator over the loci, in the order of their IDs. Its ``failures`` lists what could
        not be fetched so far, as the table of `fetch_loci` does.

    Raises
    ------
    InvalidInputError
        If an option is not valid, or `ids` is not a list of IDs.
    OSError
        If the folder can't be created.

    Examples
    --------
    >>> from antares_helpers import extract_lightcurve, find_loci, iter_loci
    >>> stream = iter_loci(find_loci(limit=5), progress=False)
    >>> sum(len(extract_lightcurve(locus)) > 0 for locus in stream), len(stream.failures)
    (5, 0)
    """
    for name, given in {"refresh": refresh, "include_catalogs": include_catalogs}.items():
        check_bool(name, given)
    check_bool("progress", progress)
    _check_connections(max_connections)
    wanted = ids if isinstance(ids, SearchIterator) else _distinct_ids(ids)
    limiter = ConnectionLimiter(max_connections)
    # With few loci the parts of each are requested at the same time, as by `fetch_locus`; with
    # many, the connections are all in use anyway, and a thread a locus is enough.
    number = len(wanted) if isinstance(wanted, list) else max_connections
    is_few = number * _REQUESTS_PER_LOCUS <= max_connections
    options = CallOptions(timeout, retries, limiter, concurrent=is_few)
    cache = None
    if folder is not None:
        cache = LocusCache(folder, read=not refresh, include_catalogs=include_catalogs)
    fetcher = _Fetcher(options, limiter, cache, include_catalogs, max_connections)
    return LocusStream(wanted, fetcher, max_connections, progress=progress)


def _check_connections(given: object) -> None:
    is_whole = isinstance(given, Integral) and not isinstance(given, bool)
    if not is_whole or not 1 <= cast(int, given) <= MAX_CONNECTIONS:
        raise InvalidInputError(
            f"max_connections={short_repr(given)} must be a whole number from 1 to "
            f"{MAX_CONNECTIONS}."
        )


def _distinct_ids(ids: Any) -> list[str]:
    """Return the IDs, each once; a string that is not an ID stays, to be listed as a failure."""
    try:
        given = [ids] if isinstance(ids, str | Locus) else ids
        names = [each.locus_id if isinstance(each, Locus) else each for each in given]
    except TypeError as error:
        raise InvalidInputError(
            f"ids={short_repr(ids)} must be ANTARES IDs, such as a list of strings, a column of a "
            "table, or what find_loci returns."
        ) from error
    if not all(isinstance(name, str) for name in names):
        wrong = next(name for name in names if not isinstance(name, str))
        raise InvalidInputError(
            f"ids must hold ANTARES IDs, which are strings, not {short_repr(wrong)}. Pass a "
            "column of IDs, or the locus['id'] of each locus."
        )
    return list(dict.fromkeys(strip_address(str(name)) for name in names))


class LocusStream(Iterator[dict[str, Any]]):
    """Loci that are fetched as one iterates; `iter_loci` returns it.

    Nothing is requested before the first locus is needed. Close it to stop early; as a context
    manager it closes itself. Only one thread at a time may iterate over it.
    """

    def __init__(
        self,
        wanted: list[str] | SearchIterator,
        fetcher: "_Fetcher",
        connections: int,
        *,
        progress: bool,
    ) -> None:
        self._failed: list[tuple[str, AntaresHelpersError]] = []
        self._wanted = wanted
        self._fetcher = fetcher
        # Some more threads than connections: they save files, and wait before retries.
        self._threads = connections + connections // 2
        self._prefetch = _PREFETCH * connections
        self._loci = self._run(progress)

    def __next__(self) -> dict[str, Any]:
        return next(self._loci)

    def __enter__(self) -> "LocusStream":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def prefetch_all(self) -> None:
        """Let all loci wait for the reader: if they are held anyway, a slow one delays no other."""
        self._prefetch = _ANY_NUMBER

    def close(self) -> None:
        """Send nothing more."""
        self._loci.close()
        self._fetcher.close()

    def describe_saved(self) -> str:
        """Return a sentence that says how many of the loci are in the folder."""
        wanted = self._wanted
        return self._fetcher.describe_saved(wanted if isinstance(wanted, list) else wanted.ids)

    @property
    def meta(self) -> dict[str, Any]:
        """What the search says of itself, if the loci are those of a ``find_loci(limit=None)``."""
        return {} if isinstance(self._wanted, list) else self._wanted.meta

    @property
    def failures(self) -> Table:
        """The loci that could not be fetched so far, as in the table that `fetch_loci` returns."""
        rows = [
            (locus_id, f"{type(error).__name__}: {error.reason}", error.hint or _TRY_AGAIN)
            for locus_id, error in self._failed
        ]
        return Table(rows=rows or None, names=_FAILURE_COLUMNS, dtype=[np.str_] * 3)

    def _run(self, progress: bool) -> Generator[dict[str, Any], None, None]:
        wanted = self._wanted
        ids = wanted if isinstance(wanted, list) else (each.locus_id for each in wanted)
        total = len(wanted) if isinstance(wanted, list) else 0

        def fetch(locus_id: str) -> tuple[str, dict[str, Any] | None, AntaresHelpersError | None]:
            return locus_id, *self._fetcher.fetch(locus_id)

        with progress_bar(total, is_shown=progress) as bar, closing(self._fetcher):
            results = in_parallel(
                fetch,
                ids,
                threads=self._threads,
                prefetch=self._prefetch,
                on_progress=lambda done: bar.show(done, getattr(wanted, "fraction", None)),
            )
            with closing(results):
                for locus_id, locus, error in results:
                    if error is not None:
                        self._failed.append((locus_id, error))
                    if locus is not None:
                        yield locus


class _Fetcher:
    """Gets one locus after the other, from its folder or the service, for several threads."""

    def __init__(
        self,
        options: CallOptions,
        limiter: ConnectionLimiter,
        cache: LocusCache | None,
        include_catalogs: bool,
        connections: int,
    ) -> None:
        self._options = options
        self._limiter = limiter
        self._cache = cache
        self._include_catalogs = include_catalogs
        self._max_failures = max(MAX_CONSECUTIVE_FAILURES, 3 * connections)
        self._failures_in_a_row = 0
        self._lock = threading.Lock()

    def fetch(self, locus_id: str) -> tuple[dict[str, Any] | None, AntaresHelpersError | None]:
        """Return a locus, and what has gone wrong even if there is one."""
        try:
            check_locus_id(locus_id)
            locus = self._cache.load(locus_id) if self._cache else None
            return (locus, None) if locus else self._from_service(locus_id)
        except AntaresHelpersError as error:
            return None, error

    def close(self) -> None:
        """Send nothing more."""
        self._limiter.close()
        if self._cache:
            self._cache.close()

    def describe_saved(self, locus_ids: list[str]) -> str:
        """Return a sentence that says how many of these loci are in the folder."""
        if self._cache is None:
            return "No locus is saved: pass folder=... to continue after an interruption."
        return self._cache.describe_saved(locus_ids)

    def _from_service(self, locus_id: str) -> tuple[dict[str, Any], AntaresHelpersError | None]:
        if self._failures_in_a_row >= self._max_failures:
            raise ServiceError(
                f"Not requested: ANTARES has failed for {self._failures_in_a_row} loci in a row.",
                hint="Call again with this ID in a few minutes.",
                locus_id=locus_id,
            )
        try:
            parts = fetch_parts(
                locus_id, include_catalogs=self._include_catalogs, options=self._options
            )
        except AntaresHelpersError as error:
            self._record(is_down=_looks_down(error))
            raise
        self._record(is_down=False)
        failure = parts.missing
        if self._cache and failure is None:
            failure = self._cache.save(parts)
        return parts.locus, failure

    def _record(self, *, is_down: bool) -> None:
        with self._lock:
            self._failures_in_a_row = self._failures_in_a_row + 1 if is_down else 0


def _looks_down(error: AntaresHelpersError) -> bool:
    """Say whether an error shows that the service as a whole fails, and not for one locus."""
    cause = error.cause
    if isinstance(cause, httpx.HTTPStatusError):
        return cause.response.status_code == 429 or cause.response.status_code >= 500
    return isinstance(error, ServiceError)
