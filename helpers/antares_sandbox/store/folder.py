"""A folder of locus files, indexed by locus ID."""

import logging
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from antares_helpers.errors import BadDataError
from antares_sandbox.errors import SandboxError
from antares_sandbox.store.format import read_checked_locus_file
from antares_sandbox.store.index import IndexEntry, make_entry
from antares_sandbox.store.wire import Payloads, make_payloads

__all__ = ["MEMORY_BYTES", "LocusFolder", "index_folder"]

MEMORY_BYTES: Final = 256 * 2**20
"""Maximum size of the encoded loci in memory; the others are read from file at each request."""

_log = logging.getLogger("antares_sandbox")


@dataclass
class LocusFolder:
    """The locus files of a folder.

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
    _in_memory: dict[str, Payloads] = field(default_factory=dict)
    _bytes_in_memory: int = 0

    def payloads(self, locus_id: str) -> Payloads:
        """Return the encoded responses of a locus that is served.

        Parameters
        ----------
        locus_id : str
            One of `files`: nothing else is ever read.

        Returns
        -------
        Payloads
            The responses.

        Raises
        ------
        BadDataError
            If the file was damaged since it was indexed.
        """
        if locus_id in self._in_memory:
            return self._in_memory[locus_id]
        file = self.files[locus_id]
        return make_payloads(file, read_checked_locus_file(file))

    def add(self, file: Path) -> None:
        """Index a file, or log why it can't be served."""
        try:
            content = read_checked_locus_file(file)
            locus_id = content["locus"]["id"]
            if locus_id in self.files:
                raise BadDataError(f"{file}: {locus_id} is in {self.files[locus_id].name} too.")
            payloads, entry = make_payloads(file, content), make_entry(content)
        except (ArithmeticError, LookupError, TypeError, ValueError) as error:
            is_named = isinstance(error, BadDataError)
            self.skipped[file] = str(error) if is_named else f"{file} can't be served: {error!r}."
            _log.warning("not served: %s", self.skipped[file])
            return
        self.files[locus_id] = file
        self.index[locus_id] = entry
        for alert in content["locus"]["alerts"]:
            self.locus_of_alert.setdefault(alert["id"], locus_id)
        self._hold(locus_id, payloads)

    def _hold(self, locus_id: str, payloads: Payloads) -> None:
        if self._bytes_in_memory + payloads.size <= MEMORY_BYTES:
            self._in_memory[locus_id] = payloads
            self._bytes_in_memory += payloads.size


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
    for file in sorted(path.glob("*.json")):
        folder.add(file)
    if not folder.files:
        _log.warning("%s contains no locus files (<locus id>.json): nothing to serve", path)
    return folder
