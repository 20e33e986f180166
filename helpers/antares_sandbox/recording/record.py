"""Recording loci into a folder."""

import logging
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path

from antares_sandbox.errors import LocusFileError, SandboxError
from antares_sandbox.format import LOCUS_ID, read_locus_file
from antares_sandbox.recording.content import Answers, locus_file
from antares_sandbox.recording.download import Service
from antares_sandbox.recording.manifest import (
    Manifest,
    read_manifest,
    sha256,
    write_manifest,
)
from antares_sandbox.simulation.writing import locus_text
from antares_sandbox.wire import alerts_data, catalog_matches_data, locus_data

__all__ = ["Recording", "record_loci"]

RETRIES = 4
TIMEOUT_S = 120.0

_log = logging.getLogger("antares_sandbox")


@dataclass(frozen=True)
class Recording:
    """What came of a recording.

    Attributes
    ----------
    folder : pathlib.Path
        Where the files are.
    recorded : list of str
        The IDs of the loci that were fetched now.
    kept : list of str
        The IDs of those that were there already, whole.
    failed : dict of str to str
        The IDs of those that are missing, and why.
    """

    folder: Path
    recorded: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)


def record_loci(
    ids: Iterable[str],
    *,
    source: str,
    folder: str | PathLike[str],
    timeout: float = TIMEOUT_S,
    retries: int = RETRIES,
    progress: Callable[[str, str], None] | None = None,
) -> Recording:
    """Save loci of a service as locus files that replay its answers in full.

    A locus that is in the folder already, unchanged, is not fetched again: a recording that was
    broken off goes on where it stopped.

    Parameters
    ----------
    ids : iterable of str
        The locus IDs; all are checked before anything is asked.
    source : str
        The address of the service, for example that of a `Sandbox`.
    folder : path-like
        Where to; it is made where it is missing. Its ``manifest.json`` tells source, date,
        client version and the SHA-256 of each file.
    timeout : float, optional
        Seconds that an answer may take in all.
    retries : int, optional
        How often a request that failed is made again, after growing pauses.
    progress : callable, optional
        Called with each ID and what came of it.

    Returns
    -------
    Recording
        What was recorded, what was kept, and what failed, with the reason.

    Raises
    ------
    SandboxError
        Where an ID or the address is invalid, or the folder holds another recording.

    Examples
    --------
    >>> from antares_sandbox import Sandbox, record_loci
    >>> with Sandbox() as sandbox:
    ...     done = record_loci(["ANT2026simagn"], source=sandbox.url, folder=tmp_path)
    >>> done.recorded, done.failed
    (['ANT2026simagn'], {})
    >>> Sandbox(tmp_path).locus_ids
    ['ANT2026simagn']
    """
    wanted, path = _checked(ids), Path(folder)
    with Service(source, timeout=timeout, retries=retries) as service:
        recording, manifest = Recording(path), _opened(path, service.url)
        for locus_id in wanted:
            said = _one(service, locus_id, recording, manifest)
            if progress is not None:
                progress(locus_id, said)
    return recording


def _checked(ids: Iterable[str]) -> list[str]:
    if isinstance(ids, str):
        raise SandboxError(f"{ids!r} is one ID: give a list of them")
    wanted = list(dict.fromkeys(ids))
    wrong = [one for one in wanted if not re.fullmatch(LOCUS_ID, str(one))]
    if wrong:
        raise SandboxError(
            f"not a locus ID: {', '.join(map(repr, wrong))}; one looks like ANT2026z3bqyjga24oc"
        )
    if not wanted:
        raise SandboxError("give the ID of a locus at least")
    return wanted


def _opened(folder: Path, source: str) -> Manifest:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SandboxError(f"{folder} can't be made: {error.strerror}") from error
    return read_manifest(folder, source)


def _one(service: Service, locus_id: str, recording: Recording, manifest: Manifest) -> str:
    path = recording.folder / f"{locus_id}.json"
    try:
        if _is_whole(path, manifest):
            recording.kept.append(locus_id)
            return "already there"
        alerts = _fetch(service, locus_id, path)
    except (SandboxError, OSError) as error:
        recording.failed[locus_id] = str(error)
        return "failed"
    _list(path, manifest)
    recording.recorded.append(locus_id)
    return f"{alerts} alerts"


def _is_whole(path: Path, manifest: Manifest) -> bool:
    if not path.exists():
        return False
    entry = manifest["files"].get(path.name)
    if entry is not None:
        return entry["sha256"] == sha256(path)
    # A recording may have been broken off before the file was listed; others' files stay.
    if _source(path) != manifest["source"]:
        raise SandboxError(f"{path} is there already, and not of this recording: move it away")
    _list(path, manifest)
    return True


def _source(path: Path) -> str | None:
    try:
        content = read_locus_file(path)
    except LocusFileError:
        return None
    return content["header"].get("source") if "wire" in content else None


def _fetch(service: Service, locus_id: str, path: Path) -> int:
    part = path.with_name(f".{path.name}.part")
    try:
        answers = service.ask(locus_id)
        part.write_bytes(locus_text(locus_file(answers, service.url)).encode())
        _check_replay(part, answers)
        part.replace(path)
    except LocusFileError as error:
        reason = str(error).partition(": ")[2]
        raise SandboxError(f"the answers are not as API v2 has them: {reason}") from error
    except (LookupError, TypeError, AttributeError, ValueError) as error:
        raise SandboxError(f"the answers are not as API v2 has them: {error!r}") from error
    finally:
        part.unlink(missing_ok=True)
    return len(answers.alerts)


def _check_replay(path: Path, answers: Answers) -> None:
    file = read_locus_file(path)
    replayed = Answers(locus_data(file), alerts_data(file), catalog_matches_data(file))
    for name, given, got in zip(Answers._fields, answers, replayed, strict=True):
        if given != got:
            _log.warning("%s: its %s can't be replayed in full", answers.locus["id"], name)


def _list(path: Path, manifest: Manifest) -> None:
    created = read_locus_file(path)["header"].get("created", "")
    manifest["files"][path.name] = {"sha256": sha256(path), "recorded": created}
    write_manifest(path.parent, manifest)
