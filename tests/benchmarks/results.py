"""The results, with the environment they come from, as a file and as text."""

import json
import os
import platform
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from ratios import Record
from sizes import Sizes

__all__ = ["RESULTS", "environment", "lines", "plain", "write"]

RESULTS = Path(__file__).parents[2] / "docs" / "benchmarks" / "results.json"
"""The results that the page on benchmarks shows."""

_PACKAGES = (
    "antares-helpers",
    "antares-client",
    "antares-devkit",
    "astropy",
    "httpx",
    "matplotlib",
    "numpy",
    "pyarrow",
)


def environment(sizes: Sizes) -> Record:
    """Describe the environment and the sizes, with nothing that names the machine."""
    return {
        "environment": {
            "date": datetime.now(UTC).strftime("%Y-%m-%d"),
            "python": platform.python_version(),
            "system": f"{platform.system()} {platform.machine()}",
            "cores": os.cpu_count(),
            "load": round(os.getloadavg()[0], 1),
            "versions": {name: version(name) for name in _PACKAGES},
        },
        "sizes": asdict(sizes),
    }


def write(results: Record, path: Path = RESULTS) -> None:
    """Write the file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


def lines(results: Record) -> Iterator[str]:
    """Yield a line for each result."""
    for each in results.get("ratios", ()):
        span = f"{each['least']:.3g} to {each['most']:.3g} in {each['rounds']} rounds"
        names = plain(f"{each['what']} / {each['against']}")
        yield f"{names}: {each['ratio']:.3g} ({span}){_verdict(each)}"
    for each in results.get("search", ()):
        numbers = (
            f"{each['loci']:,} loci: {each['requests']:,} requests, {each['least']:,} possible"
        )
        time = f"{each['seconds']:.3g} s, {each['processor_ms_per_locus']} ms of processor a locus"
        yield f"{plain(each['what'])}, {numbers}; {time}"
    for each in results.get("growth", ()):
        yield f"{plain(each['what'])}, seconds: {_points(each)}"
    for each in results.get("memory", ()):
        yield f"{plain(each['what'])}, peak MB: {_points(each)}{_verdict(each)}"


def plain(text: str) -> str:
    """Return a text without its markup."""
    return text.replace("``", "")


def _points(record: Record) -> str:
    points = ", ".join(f"{number:,}: {value:.3g}" for number, value in record["points"])
    return f"{points} ({record['of']})"


def _verdict(record: Record) -> str:
    limit = record.get("limit")
    if limit is None:
        return ""
    kinds = {"long": "{times}", "fast": "1/{times}"}
    text = kinds[limit["kind"]].format(**limit) if "kind" in limit else f"{limit['megabytes']} MB"
    return f"; limit {text}: {'met' if limit['is_met'] else 'not met'}"
