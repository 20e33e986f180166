"""Many locus files, made from the simulated ones under other IDs."""

import json
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from antares_sandbox import BUNDLED

__all__ = ["many_ids", "write_many"]


def many_ids(number: int) -> list[str]:
    """Return the IDs of so many loci."""
    return [f"ANT2026many{place:05d}" for place in range(number)]


def write_many(folder: Path, number: int) -> list[str]:
    """Write so many locus files, and return their IDs."""
    contents = [json.loads(path.read_bytes()) for path in sorted(BUNDLED.glob("ANT*.json"))]
    small = [each for each in contents if len(each["locus"]["alerts"]) <= 20]
    folder.mkdir(parents=True, exist_ok=True)
    for locus_id, content in zip(many_ids(number), islice(cycle(small), number), strict=True):
        (folder / f"{locus_id}.json").write_text(json.dumps(_renamed(content, locus_id)))
    return many_ids(number)


def _renamed(content: dict[str, Any], locus_id: str) -> dict[str, Any]:
    alerts = [each | {"id": each["id"] + locus_id[-5:]} for each in content["locus"]["alerts"]]
    locus = content["locus"] | {"id": locus_id, "alerts": alerts}
    return {"header": content["header"], "locus": locus}
