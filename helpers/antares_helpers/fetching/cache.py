"""The folders in which `fetch_loci` saves loci, and `find_loci` the pages of a search."""

import gzip
import json
import os
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from socket import gethostname
from tempfile import NamedTemporaryFile
from typing import Any, NamedTuple
from urllib.parse import urlsplit, urlunsplit

from antares_helpers.atomic import as_path, atomic_write
from antares_helpers.errors import AntaresHelpersError, BadDataError, InvalidInputError, shown_url
from antares_helpers.fetching.client import LocusParts, SearchPage, as_json, read_search_page
from antares_helpers.fetching.http import base_url, one_line
from antares_helpers.locus_file import read_locus_file, write_locus_file
from antares_helpers.validation import short_repr

__all__ = ["LocusCache", "PageCache", "Refusal"]

DEVKIT_KEYS = {
    "id",
    "ra",
    "dec",
    "user_tags",
    "old_properties",
    "catalog_objects",
    "grav_wave_events_metadata",
    "alerts",
}
"""The contents of a locus, as the client's ``to_devkit`` returns it."""

_IN_DEVKIT_LOCUS = {"id", "ra", "dec", "tags", "internal_properties", "user_properties"}
_IN_DEVKIT_ALERT = {"id", "mjd", "properties", "grav_wave_events"}

_CLOSE_SECONDS = 1.0
_POLL_SECONDS = 0.05
_WRITE_SECONDS = 5

_Send = Callable[[], SearchPage]

_LOOPBACK = ("127.0.0.1", "localhost", "::1")

_LEFTOVERS = ".ANT*.json.*"
_LEFTOVER_SECONDS = 60
"""How old an unfinished file must be before no process can still be writing it."""


class LocusCache:
    """A folder of locus files.

    Parameters
    ----------
    folder : str or path-like
        Created if it is missing.
    read : bool
        Whether to read the files that are there, or only to write.
    include_catalogs : bool
        Whether a locus needs its catalog matches.

    Raises
    ------
    InvalidInputError
        If `folder` is not a folder.
    OSError
        If it can't be created, or nothing can be written to it.
    """

    def __init__(
        self, folder: str | os.PathLike[str], *, read: bool, include_catalogs: bool
    ) -> None:
        self._folder = _made(folder)
        self._read = read
        self._include_catalogs = include_catalogs
        self._saving = 0
        self._saved = threading.Condition()
        with NamedTemporaryFile(dir=self._folder, prefix=".writable."):
            self._remove_leftovers()

    def load(self, locus_id: str) -> dict[str, Any] | None:
        """Return a locus if its file is there, complete, and from the same service."""
        if not self._read:
            return None
        try:
            header, locus = read_locus_file(self._folder / f"{locus_id}.json")
        except (OSError, BadDataError, InvalidInputError):
            return None
        has_catalogs = header.get("catalogs") is not False or not self._include_catalogs
        is_complete = locus["id"] == locus_id and locus.keys() >= DEVKIT_KEYS and has_catalogs
        return locus if is_complete and _is_from_here(header.get("source")) else None

    def save(self, parts: LocusParts) -> AntaresHelpersError | None:
        """Write a locus, in one step; return what has gone wrong."""
        with self._saved:
            self._saving += 1
        try:
            return self._save(parts)
        finally:
            with self._saved:
                self._saving -= 1
                self._saved.notify_all()

    def describe_saved(self, locus_ids: list[str]) -> str:
        """Return a sentence that says how many of these loci are in the folder."""
        saved = sum((self._folder / f"{locus_id}.json").is_file() for locus_id in locus_ids)
        return (
            f"{saved} of the {len(locus_ids)} loci are in {str(self._folder)!r}: call again with "
            "the same IDs and folder to fetch the others."
        )

    def close(self) -> None:
        """Wait until what is being written is complete, so that no unfinished file stays."""
        with self._saved:
            self._saved.wait_for(lambda: self._saving == 0, _CLOSE_SECONDS)

    def _save(self, parts: LocusParts) -> AntaresHelpersError | None:
        locus_id = parts.locus["id"]
        try:
            write_locus_file(
                self._folder / f"{locus_id}.json",
                parts.locus,
                source=shown_url(base_url()),
                wire=_wire(parts.bodies),
                catalogs=self._include_catalogs,
            )
        except OSError as error:
            reason = f"Locus {locus_id} can't be written to {self._folder}: {error.strerror}."
            hint = "It was fetched; free some space in the folder, or choose another, to save it."
        except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
            # The client reads some values that JSON lacks, and some bodies that json does not.
            reason = getattr(error, "reason", f"{locus_id} can't be saved: {one_line(error)}.")
            hint = "It was fetched, but not saved."
        else:
            return None
        return AntaresHelpersError(reason, hint=hint, locus_id=locus_id)

    def _remove_leftovers(self) -> None:
        """Remove half-written files of a process that was killed."""
        for path in self._folder.glob(_LEFTOVERS):
            try:
                if time.time() - path.stat().st_mtime > _LEFTOVER_SECONDS:
                    path.unlink()
            except OSError:  # another process was faster
                continue


class Refusal(NamedTuple):
    """That the service refuses a page."""

    status: int
    reason: str


class PageCache:
    """A folder of the pages of searches, from which a search that was interrupted goes on.

    Each page is a file, written in one step: the response, compressed. Before a page is requested,
    a small file says by whom: another process with the same folder then waits for it.

    Parameters
    ----------
    folder : str or path-like
        Created if it is missing.
    query : dict
        The query of the search: pages of others are not used.
    timeout : float
        After how many seconds another process is considered dead.

    Raises
    ------
    InvalidInputError
        If `folder` is not a folder.
    OSError
        If it can't be created.
    """

    def __init__(
        self, folder: str | os.PathLike[str], query: dict[str, Any], timeout: float
    ) -> None:
        self._folder = _made(folder)
        self._timeout = timeout
        self._prefix = f"search-{_digest(_host(base_url()), query)[:12]}"

    def page(
        self, key: tuple[object, ...], query: dict[str, Any], size: int, send: _Send
    ) -> tuple[SearchPage | Refusal, float]:
        """Return a page, and when it was read: from its file, or else from the service."""
        path = self._path(key)
        asked = path.with_suffix(".asked")
        while (page := _read_refusal(path) or _read_page(path, query, size)) is None:
            if not _create(asked) and not self._is_dead(asked):
                time.sleep(_POLL_SECONDS)
                continue
            try:
                with atomic_write(path) as temporary:
                    temporary.write_bytes(gzip.compress(send().body, 1))
            finally:
                asked.unlink(missing_ok=True)
        return page, path.stat().st_mtime if isinstance(page, SearchPage) else 0.0

    def save_refusal(self, key: tuple[object, ...], status: int, reason: str) -> None:
        """Save that the service does not show a page, so that the next run goes the same way."""
        with atomic_write(self._path(key).with_suffix(".json")) as temporary:
            temporary.write_text(json.dumps([status, reason]), encoding="ascii")

    def _path(self, key: tuple[object, ...]) -> Path:
        return self._folder / f"{self._prefix}-{_digest(key)[:20]}.gz"

    def remove(self) -> None:
        """Remove the pages of this search, and the folder if nothing else is in it."""
        for pattern in (f"{self._prefix}*", f".{self._prefix}*"):
            for path in self._folder.glob(pattern):
                path.unlink(missing_ok=True)
        with suppress(OSError):
            self._folder.rmdir()

    def _is_dead(self, asked: Path) -> bool:
        """Say whether the process that requests a page has ended."""
        try:
            host, process = asked.read_text(encoding="utf-8").split()
            is_old = time.time() - asked.stat().st_mtime > self._timeout
        except FileNotFoundError:
            return False
        except ValueError:  # not written yet, or never
            host, process = "", "0"
            is_old = time.time() - asked.stat().st_mtime > _WRITE_SECONDS
        return is_old or (host == gethostname() and not _is_running(int(process)))


def _read_refusal(path: Path) -> Refusal | None:
    try:
        status, reason = json.loads(path.with_suffix(".json").read_bytes())
        return Refusal(int(status), str(reason))
    except (OSError, ValueError, TypeError):
        return None


def _read_page(path: Path, query: dict[str, Any], size: int) -> SearchPage | None:
    try:
        page = read_search_page(gzip.decompress(path.read_bytes()), query, size)
    except FileNotFoundError:
        return None
    except Exception:  # damaged, or of another version of the client
        path.unlink(missing_ok=True)
        return None
    return replace(page, link=page.link and _at_service(page.link))


def _at_service(link: str) -> str:
    """Return a link as one to the current address of the service, which may have changed."""
    here, there = urlsplit(base_url()), urlsplit(link)
    return urlunsplit((here.scheme, here.netloc.rpartition("@")[2], *there[2:]))


def _create(asked: Path) -> bool:
    """Say that this process requests a page; return False if another does already."""
    try:
        with asked.open("x", encoding="utf-8") as file:
            file.write(f"{gethostname()} {os.getpid()}")
    except FileExistsError:
        return False
    return True


def _is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return process != os.getpid()


def _digest(*parts: object) -> str:
    return sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()


def _made(folder: Any) -> Path:
    if not isinstance(folder, str | os.PathLike) or not os.fspath(folder):
        raise InvalidInputError(f"folder={short_repr(folder)} must be the path of a folder.")
    path = as_path(folder)
    if path.exists() and not path.is_dir():
        raise InvalidInputError(
            f"folder={str(folder)!r} is a file. Name a folder, which may not exist yet."
        )
    path.mkdir(parents=True, exist_ok=True)
    return path


def _wire(bodies: dict[str, bytes]) -> dict[str, Any]:
    """Return what the devkit dict drops of the responses, as "Locus files" in the docs has it."""
    data = {name: _data(body) for name, body in bodies.items()}
    locus, alerts = data["locus"], data["alerts"]
    wire: dict[str, Any] = {
        "locus": _without(locus, _IN_DEVKIT_LOCUS)
        | {"user_properties": list(locus["user_properties"] or {})},
        "alerts": [_without(alert, _IN_DEVKIT_ALERT) for alert in alerts],
    }
    if "catalog_matches" in data:
        matches = data["catalog_matches"]
        wire["catalog_matches"] = [_without(match, {"properties"}) for match in matches]
    return wire


def _data(body: bytes) -> Any:
    return as_json(json.loads(body.decode("utf-8", "replace"))["data"])


def _without(content: Any, names: set[str]) -> dict[str, Any]:
    items = content.items() if isinstance(content, dict) else ()  # an alert may be null
    return {name: value for name, value in items if name not in names}


def _is_from_here(source: object) -> bool:
    """Say whether what came from `source` stands for what the current service would send.

    A sandbox serves what others have recorded; what it has served does not count as theirs.
    """
    here, there = _host(base_url()), _host(source)
    return there == here or not there or (here in _LOOPBACK and there not in _LOOPBACK)


def _host(address: object) -> str:
    try:
        return urlsplit(address).hostname or "" if isinstance(address, str) else ""
    except ValueError:
        return ""
