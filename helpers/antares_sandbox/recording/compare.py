"""Comparing a folder of locus files with a service."""

from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path

from antares_sandbox.errors import LocusFileError, SandboxError
from antares_sandbox.format import MANIFEST, read_locus_file
from antares_sandbox.recording.content import locus_file
from antares_sandbox.recording.differences import Drift, differences
from antares_sandbox.recording.download import Service
from antares_sandbox.recording.record import RETRIES, TIMEOUT_S

__all__ = ["Comparison", "compare_folder"]


@dataclass(frozen=True)
class Comparison:
    """What came of a comparison.

    Attributes
    ----------
    same : list of str
        The IDs of the loci that are as they were.
    drifts : list of Drift
        What is no longer as it was.
    failed : dict of str to str
        What could not be compared, by locus ID or file name, and why.
    """

    same: list[str] = field(default_factory=list)
    drifts: list[Drift] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)


def compare_folder(
    folder: str | PathLike[str],
    source: str,
    *,
    timeout: float = TIMEOUT_S,
    retries: int = RETRIES,
) -> Comparison:
    """Compare the locus files of a folder with what a service says of the same loci now.

    Parameters
    ----------
    folder : path-like
        The folder: a recording, or any locus files.
    source : str
        The address of the service.
    timeout : float, optional
        Seconds that an answer may take in all.
    retries : int, optional
        How often a request that failed is made again, after growing pauses.

    Returns
    -------
    Comparison
        What is the same, what has drifted, and what could not be compared.

    Raises
    ------
    SandboxError
        Where there is no such folder, nothing in it, or the address is invalid.

    Examples
    --------
    >>> from antares_sandbox import Sandbox, compare_folder, record_loci
    >>> with Sandbox() as sandbox:
    ...     done = record_loci(["ANT2026simagn"], source=sandbox.url, folder=tmp_path)
    ...     comparison = compare_folder(tmp_path, sandbox.url)
    >>> comparison.same, comparison.drifts
    (['ANT2026simagn'], [])
    """
    paths, comparison = _files(Path(folder)), Comparison()
    with Service(source, timeout=timeout, retries=retries) as service:
        for path in paths:
            _compare(path, service, comparison)
    return comparison


def _files(folder: Path) -> list[Path]:
    paths = [path for path in sorted(folder.glob("*.json")) if path.name != MANIFEST]
    if not paths:
        raise SandboxError(f"{folder} holds no locus files (<locus id>.json) to compare")
    return paths


def _compare(path: Path, service: Service, comparison: Comparison) -> None:
    try:
        recorded = read_locus_file(path)
    except LocusFileError as error:
        comparison.failed[path.name] = str(error)
        return
    locus_id = recorded["locus"]["id"]
    try:
        now = locus_file(service.ask(locus_id), service.url)
        drifts = differences(recorded, now)
    except (SandboxError, LookupError, TypeError, AttributeError, ValueError) as error:
        comparison.failed[locus_id] = str(error) if isinstance(error, SandboxError) else repr(error)
        return
    comparison.drifts.extend(drifts)
    if not drifts:
        comparison.same.append(locus_id)
