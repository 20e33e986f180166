"""The loci that a sandbox serves, and their responses."""

from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from typing import Any, Protocol

from antares_sandbox.queries import CompiledQuery
from antares_sandbox.store.format import LocusFile
from antares_sandbox.store.index import CatalogObject
from antares_sandbox.store.wire import Payloads

__all__ = ["LocusStore"]


class LocusStore(Protocol):
    """The loci that a sandbox serves: those of a folder, or a night that is made on demand."""

    @property
    def path(self) -> Path | None:
        """The folder, if there is one."""

    @property
    def skipped(self) -> dict[Path, str]:
        """The files that are not served, and why."""

    @property
    def locus_ids(self) -> Collection[str]:
        """The IDs of the loci."""

    def locus_of(self, alert_id: str) -> str | None:
        """Return the locus ID of an alert; None if there is no such alert."""

    def read(self, locus_id: str) -> LocusFile:
        """Return a locus as the content of a locus file.

        Raises
        ------
        BadDataError
            If its file was damaged since it was indexed.
        """

    def payloads(self, locus_id: str) -> Payloads:
        """Return the encoded responses of a locus; raises as `read` does."""

    def search(self, query: CompiledQuery, sort: str) -> Sequence[str]:
        """Return the IDs of the loci that match, in order.

        Raises
        ------
        QueryError
            If `sort` is not valid, or the search takes too long.
        """

    def result(self, locus_id: str) -> bytes:
        """Return the part of a locus in the response to a search."""

    def catalog_objects(self) -> Iterable[CatalogObject]:
        """Return the catalog objects that the loci match."""

    def statistics(self) -> dict[str, Any]:
        """Return the numbers of loci by catalog and tag, and the range of those of measurements."""
