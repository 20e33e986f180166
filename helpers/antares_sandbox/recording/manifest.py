"""The manifest of a recording: where its files came from, and what they were."""

import hashlib
import json
from pathlib import Path
from typing import Literal

from pydantic import TypeAdapter, ValidationError
from typing_extensions import TypedDict

from antares_sandbox.errors import SandboxError
from antares_sandbox.format import MANIFEST
from antares_sandbox.recording.content import now
from antares_sandbox.recording.download import client_version

__all__ = ["Entry", "Manifest", "read_manifest", "sha256", "write_manifest"]


class Entry(TypedDict):
    """What the manifest says of a file."""

    sha256: str
    recorded: str


class Manifest(TypedDict):
    """The content of a manifest."""

    format: Literal["antares-recording"]
    version: Literal[1]
    source: str
    date: str
    client_version: str
    files: dict[str, Entry]


_ADAPTER: TypeAdapter[Manifest] = TypeAdapter(Manifest)


def read_manifest(folder: Path, source: str) -> Manifest:
    """Return the manifest of a folder; an empty one where there is none.

    Parameters
    ----------
    folder : pathlib.Path
        The folder.
    source : str
        The address of the service that is recorded.

    Returns
    -------
    Manifest
        Its content.

    Raises
    ------
    SandboxError
        Where it is damaged, or of a recording of another service.
    """
    path = folder / MANIFEST
    if not path.exists():
        return _empty(source)
    try:
        manifest = _ADAPTER.validate_json(path.read_bytes(), strict=True)
    except (OSError, ValidationError) as error:
        raise SandboxError(f"{path} is not the manifest of a recording: move it away") from error
    if manifest["source"] != source:
        raise SandboxError(
            f"{folder} holds a recording of {manifest['source']}: record {source} to another folder"
        )
    return manifest


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write the manifest, with the date and the client version of today: whole or not at all."""
    content = {**manifest, "date": now(), "client_version": client_version()}
    part = folder / f".{MANIFEST}.part"
    part.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    part.replace(folder / MANIFEST)


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _empty(source: str) -> Manifest:
    return {
        "format": "antares-recording",
        "version": 1,
        "source": source,
        "date": now(),
        "client_version": client_version(),
        "files": {},
    }
