"""A folder of locus files, indexed by locus ID."""

import logging
from dataclasses import dataclass, field
from pathlib import Path

from antares_sandbox.bodies import Bodies, make_bodies, read_bodies
from antares_sandbox.errors import LocusFileError, SandboxError
from antares_sandbox.format import MANIFEST, read_locus_file
from antares_sandbox.summaries import Summary, summarize

__all__ = ["BUNDLED", "HELD_BYTES", "LocusFolder", "index_folder"]

BUNDLED = Path(__file__).parent / "loci"
"""The folder of the simulated loci that come with the sandbox."""

HELD_BYTES = 256 * 2**20
"""How much is kept in memory, encoded; what is beyond is read again when it is asked for."""

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
        The files that are left out, and why.
    summaries : dict of str to Summary
        What searches see of each locus.
    locus_of_alert : dict of str to str
        The locus ID of each alert.
    """

    path: Path
    files: dict[str, Path] = field(default_factory=dict)
    skipped: dict[Path, str] = field(default_factory=dict)
    summaries: dict[str, Summary] = field(default_factory=dict)
    locus_of_alert: dict[str, str] = field(default_factory=dict)
    _held: dict[str, Bodies] = field(default_factory=dict)
    _held_bytes: int = 0

    def bodies(self, locus_id: str) -> Bodies:
        """Return the encoded answers of a locus that is served.

        Parameters
        ----------
        locus_id : str
            One of `files`: nothing else is ever read.

        Returns
        -------
        Bodies
            The answers.

        Raises
        ------
        LocusFileError
            Where the file was damaged meanwhile.
        """
        return self._held.get(locus_id) or read_bodies(self.files[locus_id])[1]

    def add(self, file: Path) -> None:
        """Index a file, or log why it can't be served."""
        try:
            content = read_locus_file(file)
            locus_id = content["locus"]["id"]
            if locus_id in self.files:
                raise LocusFileError(f"{file}: {locus_id} is in {self.files[locus_id].name}, too")
            bodies, summary = make_bodies(file, content), summarize(content)
        except LocusFileError as error:
            self.skipped[file] = str(error)
            _log.warning("not served: %s", error)
            return
        self.files[locus_id] = file
        self.summaries[locus_id] = summary
        for alert in content["locus"]["alerts"]:
            self.locus_of_alert.setdefault(alert["id"], locus_id)
        self._hold(locus_id, bodies)

    def _hold(self, locus_id: str, bodies: Bodies) -> None:
        if self._held_bytes + bodies.size <= HELD_BYTES:
            self._held[locus_id] = bodies
            self._held_bytes += bodies.size


def index_folder(path: Path) -> LocusFolder:
    """Index the locus files (``*.json``) of a folder; log those that can't be served.

    Parameters
    ----------
    path : pathlib.Path
        The folder; its own files only, not those of folders in it.

    Returns
    -------
    LocusFolder
        The index.

    Raises
    ------
    SandboxError
        Where there is no such folder.
    """
    if not path.is_dir():
        what = "is a file, not a folder" if path.exists() else "does not exist"
        raise SandboxError(
            f"{path} {what}. Give a folder of locus files (<locus id>.json), or none for the "
            "simulated loci that come with the sandbox."
        )
    folder = LocusFolder(path)
    for file in sorted(path.glob("*.json")):
        if file.name != MANIFEST:
            folder.add(file)
    if not folder.files:
        _log.warning("%s holds no locus files (<locus id>.json): nothing to serve", path)
    return folder
