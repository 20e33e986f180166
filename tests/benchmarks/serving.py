"""The sandbox in a process of its own, so that it does not share the interpreter lock.

As a program, python serving.py FOLDER MILLISECONDS: serves until its standard input is closed.
"""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from antares_sandbox import Sandbox, patch_client
from antares_sandbox.faults import Delay

__all__ = ["serving"]


@contextmanager
def serving(folder: Path, delay_ms: int = 0) -> Iterator[str]:
    """Serve a folder of loci to antares-client, with a delay before each response.

    Yields
    ------
    str
        The base URL.
    """
    command = [sys.executable, __file__, str(folder), str(delay_ms)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        url = server.stdout.readline().strip()
        patch_client.enter(url, token="")
        try:
            yield url
        finally:
            patch_client.leave(url)
            server.stdin.close()


def main() -> None:
    """Serve until standard input is closed."""
    folder, delay_ms = sys.argv[1:]
    with Sandbox(folder) as sandbox:
        if int(delay_ms):
            sandbox.inject_fault("**", Delay(int(delay_ms) / 1000), times=None)
        print(sandbox.url, flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
