"""The memory of a sandbox that serves a night, in a process with nothing else.

As a program, python night.py LOCI: serves a night, searches it, and prints the peak memory.
"""

import subprocess
import sys

from apart import peak_megabytes

__all__ = ["night_megabytes"]

SORTS = ("ra", "dec", "properties.num_alerts", "locus_id")


def night_megabytes(loci: int) -> float:
    """Return the peak memory of a sandbox that serves so many loci of a night."""
    command = [sys.executable, __file__, str(loci)]
    return float(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)


def main() -> None:
    """Serve a night, and search it in several orders."""
    import httpx

    from antares_sandbox import Sandbox

    with Sandbox(night=int(sys.argv[1])) as sandbox, httpx.Client(trust_env=False) as client:
        for field in SORTS:
            found = client.get(f"{sandbox.url}loci", params={"sort": field, "limit": 1000})
            assert len(found.json()["data"]) == 1000
    print(peak_megabytes())


if __name__ == "__main__":
    main()
