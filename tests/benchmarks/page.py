"""What the page on benchmarks includes: its tables, its numbers and its figures.

As a program, python page.py: makes these files anew from the results of the last run.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from results import RESULTS

__all__ = ["texts", "write_page"]

_TIMES = "\N{MULTIPLICATION SIGN}"
_AT_MOST, _AT_LEAST = "\N{LESS-THAN OR EQUAL TO}", "\N{GREATER-THAN OR EQUAL TO}"
_Row = tuple[str, ...]


def write_page(results: Mapping[str, Any], folder: Path) -> None:
    """Write the files that the page includes."""
    from drawing import FIGURES, draw

    for name, text in texts(results).items():
        (folder / name).write_text(text, encoding="utf-8")
    for name in FIGURES:
        draw(name, results, folder / f"{name}.svg")


def texts(results: Mapping[str, Any]) -> dict[str, str]:
    """Return the tables and the numbers as reStructuredText, by file name."""
    return {
        "ratios.inc": _table(
            ("What", "Ratio", "Compared with", "Rounds", "Limit"), _ratio_rows(results["ratios"])
        ),
        "growth.inc": _table(
            ("What", "From, to", "Times as many", "Times as long"), _growth_rows(results["growth"])
        ),
        "search.inc": _table(
            ("Loci of a night", "Requests", "Least possible", "Processor time"),
            _search_rows(results["search"]),
        ),
        "memory.inc": _table(
            ("What", "Of", "Peak memory", "Limit"), _memory_rows(results["memory"])
        ),
        "numbers.inc": "".join(_numbers(results)),
    }


def _table(headings: _Row, rows: Iterable[_Row]) -> str:
    lines = [".. list-table::", "   :header-rows: 1", ""]
    for first, *others in (headings, *rows):
        lines += [f"   * - {first}", *(f"     - {cell}".rstrip() for cell in others)]
    return "\n".join(lines) + "\n"


def _numbers(results: Mapping[str, Any]) -> Iterator[str]:
    """Yield a substitution for each number in the text, such as ``|cores|``."""
    numbers = results["environment"] | results["sizes"]
    numbers["start_megabytes"] = results["start_megabytes"]
    for name, value in numbers.items():
        if not isinstance(value, list | tuple):
            yield f".. |{name}| replace:: {_shown(value)}\n"


def _ratio_rows(ratios: Iterable[Mapping[str, Any]]) -> Iterator[_Row]:
    for each in ratios:
        values, form = [each["ratio"], each["least"], each["most"]], "takes {}{} as long"
        if each["ratio"] < 1:
            values, form = [1 / each[name] for name in ("ratio", "most", "least")], "{}{} faster"
        times, least, most = map(_shown_ratio, values)
        yield (
            each["what"],
            _unbroken(form.format(times, _TIMES)),
            each["against"],
            _unbroken(f"{least} to {most}"),
            _shown_limit(each.get("limit")),
        )


def _growth_rows(curves: Iterable[Mapping[str, Any]]) -> Iterator[_Row]:
    for each in curves:
        (few, before), (many, after) = each["points"][-2:]
        numbers = f"{few:,} to {many:,} {each['of']}"
        yield each["what"], numbers, _shown_ratio(many / few), _shown_ratio(after / before)


def _search_rows(searches: Iterable[Mapping[str, Any]]) -> Iterator[_Row]:
    for each in searches:
        times = _shown_ratio(each["requests"] / each["least"])
        yield (
            f"{each['loci']:,}",
            f"{each['requests']:,}",
            f"{each['least']:,}: {_unbroken(f'{times}{_TIMES}')} as many",
            _unbroken(f"{each['processor_ms_per_locus']} ms a locus"),
        )


def _memory_rows(curves: Iterable[Mapping[str, Any]]) -> Iterator[_Row]:
    for each in curves:
        for number, megabytes in each["points"]:
            limit = each.get("limit") if [number, megabytes] == each["points"][-1] else None
            shown = f"{number:,} {each['of']}"
            yield each["what"], shown, f"{megabytes:.0f} MB", _shown_limit(limit)


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {each}" for name, each in value.items())
    return f"{value:,}" if isinstance(value, int) else str(value)


def _shown_ratio(value: float) -> str:
    return f"{value:.2f}" if value < 10 else f"{value:,.0f}"


def _shown_limit(limit: Mapping[str, Any] | None) -> str:
    if limit is None:
        return ""
    text = f"{limit['times']}{_TIMES}" if "times" in limit else f"{limit['megabytes']} MB"
    sign = _AT_LEAST if limit.get("kind") == "fast" else _AT_MOST
    result = "met" if limit["is_met"] else "not met"
    return f"{_unbroken(f'{sign} {text}')}: {_unbroken(result)}"


def _unbroken(text: str) -> str:
    return text.replace(" ", "\N{NO-BREAK SPACE}")


if __name__ == "__main__":
    write_page(json.loads(RESULTS.read_text(encoding="utf-8")), RESULTS.parent)
