"""Where the loci of `fetch_loci` come from: the folder, or else the service, gently."""

import threading
from typing import Any, TypeAlias

import httpx

from antares_helpers.errors import AntaresHelpersError, ServiceError
from antares_helpers.fetching.cache import LocusCache
from antares_helpers.fetching.client import fetch_parts
from antares_helpers.fetching.http import Gate
from antares_helpers.fetching.locus import check_locus_id
from antares_helpers.fetching.request import CallOptions

__all__ = ["LocusSource", "Outcome"]

MAX_CONSECUTIVE_FAILURES = 20
"""After how many failures in a row the service is taken as down; more with many connections."""

Outcome: TypeAlias = tuple[dict[str, Any] | None, AntaresHelpersError | None]
"""A locus, or None; and what has gone wrong, even where the locus itself could be had."""


class LocusSource:
    """Gets one locus after the other, from several threads at a time.

    Parameters
    ----------
    connections : int
        How many requests may be under way at the same time.
    include_catalogs : bool
        Whether to fetch the catalog matches too.
    kept : LocusCache or None
        Where loci are kept.
    timeout, retries
        As for `fetch_locus`.
    """

    def __init__(
        self,
        *,
        connections: int,
        include_catalogs: bool,
        kept: LocusCache | None,
        timeout: float,
        retries: int,
    ) -> None:
        self._gate = Gate(connections)
        self._options = CallOptions(timeout, retries, self._gate)
        self._include_catalogs = include_catalogs
        self._kept = kept
        self._most_failures = max(MAX_CONSECUTIVE_FAILURES, 3 * connections)
        self._failures_in_a_row = 0
        self._lock = threading.Lock()

    def outcome(self, locus_id: str) -> Outcome:
        """Return a locus, and what has gone wrong."""
        try:
            check_locus_id(locus_id)
            locus = self._kept.load(locus_id) if self._kept else None
            return (locus, None) if locus else self._fetch(locus_id)
        except AntaresHelpersError as error:
            return None, error

    def close(self) -> None:
        """Send nothing more."""
        self._gate.close()

    def _fetch(self, locus_id: str) -> Outcome:
        if self._failures_in_a_row >= self._most_failures:
            raise ServiceError(
                f"Not asked for: ANTARES has failed for {self._failures_in_a_row} loci in a row.",
                advice="Call again with this ID in a few minutes.",
                locus_id=locus_id,
            )
        try:
            locus, missing = fetch_parts(
                locus_id, include_catalogs=self._include_catalogs, options=self._options
            )
        except AntaresHelpersError as error:
            self._record(is_down=_looks_down(error))
            raise
        self._record(is_down=False)
        if self._kept and missing is None:
            missing = self._kept.save(locus)
        return locus, missing

    def _record(self, *, is_down: bool) -> None:
        with self._lock:
            self._failures_in_a_row = self._failures_in_a_row + 1 if is_down else 0


def _looks_down(error: AntaresHelpersError) -> bool:
    """Tell whether an error shows that the service as a whole fails, and not for one locus."""
    cause = error.__cause__
    if isinstance(cause, httpx.HTTPStatusError):
        return cause.response.status_code == 429 or cause.response.status_code >= 500
    return isinstance(error, ServiceError)
