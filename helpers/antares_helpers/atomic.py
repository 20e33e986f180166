"""Check the path of a file, and replace a file in one step."""

import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from antares_helpers.errors import InvalidInputError

__all__ = ["as_path", "atomic_write", "existing_file"]

_MAX_SHOWN = 200


def as_path(given: object, kind: str = "file") -> Path:
    """Return the path of a file or a folder, of which nothing is opened yet.

    Raises
    ------
    InvalidInputError
        If it can't be one.
    """
    try:
        text = os.fspath(given)  # type: ignore[call-overload]
        if isinstance(text, str) and b"\0" not in os.fsencode(text):
            return Path(text)
    except (TypeError, UnicodeEncodeError):
        pass
    shown = ascii(given)
    shown = shown if len(shown) <= _MAX_SHOWN else f"{shown[:_MAX_SHOWN]}..."
    raise InvalidInputError(f"{shown} is not the path of a {kind}.")


def existing_file(path: Path) -> Path:
    """Return the path of a regular file, which opens without blocking.

    Raises
    ------
    InvalidInputError
        If it is a folder, a pipe or a device.
    OSError
        If there is no such file, or it can't be found.
    """
    mode = path.stat().st_mode
    if not stat.S_ISREG(mode):
        kind = "a folder" if stat.S_ISDIR(mode) else "not a regular file"
        raise InvalidInputError(f"{str(path)!a} is {kind}. Give the path of a file.")
    return path


@contextmanager
def atomic_write(path: Path) -> Iterator[Path]:
    """Yield a temporary file to write, which replaces `path` once it is complete.

    If writing fails, the old file stays and the temporary one is deleted.
    """
    # Hidden, and without the suffix: nobody who lists the folder takes it for a complete file.
    temporary = path.parent / f".{path.name}.{secrets.token_hex(6)}"
    _create(temporary, path)
    try:
        yield temporary
        with open(temporary, "rb+") as file:
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except OSError as error:  # such as a full disk
        temporary.unlink(missing_ok=True)
        if error.errno and error.filename in (None, str(temporary)):
            raise _of(path, error) from error
        raise
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _create(temporary: Path, path: Path) -> None:
    """Create an empty file with the permissions of any new file."""
    try:
        os.close(os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))
    except OSError as error:
        raise _of(path, error) from None


def _of(path: Path, error: OSError) -> OSError:
    """Return the error as one of the file that the user knows."""
    return type(error)(error.errno, error.strerror, str(path))
