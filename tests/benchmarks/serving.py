"""The sandbox in a process of its own, so that it does not share the interpreter lock.

As a program, python serving.py LOCI MILLISECONDS LARGEST: serves until its standard input is
closed.
"""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from antares_sandbox import Sandbox, patch_client
from antares_sandbox.faults import Delay

__all__ = ["serving"]


@contextmanager
def serving(
    loci: Path | int, delay_ms: int = 0, *, largest_visit: int | None = None
) -> Iterator[str]:
    """Serve loci to antares-client, with a delay before each response.

    Parameters
    ----------
    loci : path or int
        A folder of loci, or how many loci of a simulated night.
    delay_ms : int
        The delay.
    largest_visit : int, optional
        How many loci of a night are in one visit.

    Yields
    ------
    str
        The base URL.
    """
    command = [sys.executable, __file__, str(loci), str(delay_ms), str(largest_visit or "")]
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
    loci, delay_ms, largest = sys.argv[1:]
    night = int(loci) if loci.isdigit() else None
    source: dict[str, Any] = {"night": night, "largest_visit": int(largest) if largest else None}
    with Sandbox(**source) if night else Sandbox(loci) as sandbox:
        if int(delay_ms):
            sandbox.inject_fault("**", Delay(int(delay_ms) / 1000), times=None)
        print(sandbox.url, flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
