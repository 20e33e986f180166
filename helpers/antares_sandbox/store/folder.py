"""A folder of locus files, indexed by locus ID."""

import gc
import logging
from collections import Counter
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import Any, Final

from antares_helpers.errors import BadDataError
from antares_sandbox.errors import SandboxError
from antares_sandbox.queries import CompiledQuery, Document, order_of
from antares_sandbox.store.format import (
    LocusFile,
    checked_locus_file,
    read_bytes,
    read_checked_locus_file,
    read_outline,
)
from antares_sandbox.store.index import CatalogObject, IndexEntry, make_entry
from antares_sandbox.store.wire import Payloads, make_payloads, statistics_data

__all__ = ["MEMORY_BYTES", "LocusFolder", "index_folder"]

MEMORY_BYTES: Final = 256 * 2**20
"""Maximum size of the files in memory; the others are read at each request."""

_CACHED_PAYLOADS, _CACHED_ORDERS = 64, 16
_MEASUREMENTS = ("properties.num_mag_values", "properties.num_alerts")
_log = logging.getLogger("antares_sandbox")


@dataclass
class LocusFolder:
    """The locus files of a folder; see `LocusStore`.

    Attributes
    ----------
    path : pathlib.Path
        The folder.
    files : dict of str to pathlib.Path
        The file of each locus ID that is served.
    skipped : dict of pathlib.Path to str
        The files that are not served, and why.
    index : dict of str to IndexEntry
        Each locus without its alerts, for searches.
    locus_of_alert : dict of str to str
        The locus ID of each alert.
    """

    path: Path
    files: dict[str, Path] = field(default_factory=dict)
    skipped: dict[Path, str] = field(default_factory=dict)
    index: dict[str, IndexEntry] = field(default_factory=dict)
    locus_of_alert: dict[str, str] = field(default_factory=dict)
    _in_memory: dict[str, bytes] = field(default_factory=dict)
    _bytes_in_memory: int = 0

    def __post_init__(self) -> None:
        self.payloads = lru_cache(_CACHED_PAYLOADS)(self._make_payloads)
        self._order = lru_cache(_CACHED_ORDERS)(self._make_order)

    @property
    def locus_ids(self) -> Collection[str]:
        """The IDs of the loci."""
        return self.files.keys()

    def locus_of(self, alert_id: str) -> str | None:
        """Return the locus ID of an alert."""
        return self.locus_of_alert.get(alert_id)

    def read(self, locus_id: str) -> LocusFile:
        """Return the content of a file that is served: nothing else is ever read."""
        return read_checked_locus_file(self.files[locus_id])

    def search(self, query: CompiledQuery, sort: str) -> list[str]:
        """Return the IDs of the loci that match, in order."""
        return [name for name in self._order(sort) if query(self.index[name].document)]

    def result(self, locus_id: str) -> bytes:
        """Return the part of a locus in the response to a search."""
        return self.index[locus_id].result

    def catalog_objects(self) -> Iterator[CatalogObject]:
        """Return the catalog objects that the loci match."""
        return chain.from_iterable(entry.catalog_objects for entry in self.index.values())

    def statistics(self) -> dict[str, Any]:
        """Count the loci by catalog and tag; measurements are alerts with a magnitude."""
        documents = [entry.document for entry in self.index.values()]
        return statistics_data(
            Counter(str(value) for each in documents for value in each.get("catalogs", ())),
            Counter(str(value) for each in documents for value in each.get("tags", ())),
            [_measurements(document) for document in documents],
        )

    def add(self, file: Path) -> None:
        """Index a file, or log why it can't be served."""
        try:
            encoded = read_bytes(file)
            content = read_outline(file, encoded)
            if content is None:  # the slow way, which finds the reason, or that there is none
                content = checked_locus_file(file, encoded)
                make_payloads(file, content)
            locus_id = content["locus"]["id"]
            if locus_id in self.files:
                raise BadDataError(f"{file}: {locus_id} is in {self.files[locus_id].name} too.")
            entry = make_entry(content)
        except (ArithmeticError, LookupError, TypeError, ValueError) as error:
            is_named = isinstance(error, BadDataError)
            self.skipped[file] = str(error) if is_named else f"{file} can't be served: {error!r}."
            _log.warning("not served: %s", self.skipped[file])
            return
        self.files[locus_id] = file
        self.index[locus_id] = entry
        for alert in content["locus"]["alerts"]:
            self.locus_of_alert.setdefault(alert["id"], locus_id)
        self._hold(locus_id, encoded)

    def _hold(self, locus_id: str, encoded: bytes) -> None:
        if self._bytes_in_memory + len(encoded) <= MEMORY_BYTES:
            self._in_memory[locus_id] = encoded
            self._bytes_in_memory += len(encoded)

    def _make_payloads(self, locus_id: str) -> Payloads:
        file, encoded = self.files[locus_id], self._in_memory.get(locus_id)
        content = self.read(locus_id) if encoded is None else checked_locus_file(file, encoded)
        return make_payloads(file, content)

    def _make_order(self, sort: str) -> list[str]:
        return order_of({name: entry.document for name, entry in self.index.items()}, sort)


@contextmanager
def _no_collection() -> Iterator[None]:
    """Pause the garbage collector, which would look at all loci again and again."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _measurements(document: Document) -> int:
    for name in _MEASUREMENTS:
        for value in document.get(name, ()):
            if isinstance(value, int):
                return value
    return 0


def index_folder(path: Path) -> LocusFolder:
    """Index the locus files (``*.json``) of a folder; log those that can't be served.

    Parameters
    ----------
    path : pathlib.Path
        The folder; its own files only, not those of subfolders.

    Returns
    -------
    LocusFolder
        The index.

    Raises
    ------
    SandboxError
        If there is no such folder.
    """
    if not path.is_dir():
        reason = "is a file, not a folder" if path.exists() else "does not exist"
        raise SandboxError(
            f"{path} {reason}. Give a folder of locus files (<locus id>.json), or none for the "
            "simulated loci that come with the sandbox."
        )
    folder = LocusFolder(path)
    with _no_collection():
        for name in sorted(map(str, path.glob("*.json"))):
            folder.add(Path(name))
    if not folder.files:
        _log.warning("%s contains no locus files (<locus id>.json): nothing to serve", path)
    return folder
