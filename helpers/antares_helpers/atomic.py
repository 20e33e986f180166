"""Replace a file in one step."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["atomic_write"]


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
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _create(temporary: Path, path: Path) -> None:
    """Create an empty file with the permissions of any new file."""
    try:
        os.close(os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))
    except OSError as error:
        raise type(error)(error.errno, error.strerror, str(path)) from None
