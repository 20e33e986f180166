"""Show what was measured: every number of the page on benchmarks comes from its results.

``benchmark-figure`` draws growth or memory, ``benchmark-table`` lists ratios, growth or memory,
and the role ``measured`` gives a single value, such as ``environment.date``.
"""

import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import reduce
from pathlib import Path
from typing import Any

from benchmark_drawing import FIGURES, draw
from docutils import nodes
from docutils.statemachine import StringList
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util.docutils import SphinxDirective, SphinxRole

__all__ = ["setup"]

_RESULTS = Path("benchmarks", "results.json")
_TIMES = "\N{MULTIPLICATION SIGN}"
_AT_MOST, _AT_LEAST = "\N{LESS-THAN OR EQUAL TO}", "\N{GREATER-THAN OR EQUAL TO}"


def _read(env: BuildEnvironment) -> dict[str, Any]:
    path = Path(env.srcdir) / _RESULTS
    env.note_dependency(str(path))
    results: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return results


class Measured(SphinxRole):
    """A single value."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Look the value up: each step of its path is a key."""
        try:
            value = reduce(lambda holder, key: holder[key], self.text.split("."), _read(self.env))
        except (KeyError, TypeError):
            message = self.inliner.reporter.error(f"nothing measured is called {self.text}")
            return [self.inliner.problematic(self.rawtext, self.rawtext, message)], [message]
        return [nodes.Text(_shown(value))], []


class BenchmarkFigure(SphinxDirective):
    """A figure; the paragraph after it is its caption."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Draw it."""
        name = self.arguments[0]
        if name not in FIGURES:
            raise self.error(f"there is no figure {name!r}")
        path = Path(self.env.doctreedir) / "benchmarks" / f"{name}.svg"
        draw(name, _read(self.env), path)
        place = Path(os.path.relpath(path, self.env.srcdir)).as_posix()
        return [nodes.image(uri=f"/{place}", alt="", classes=["benchmark-figure"])]


class BenchmarkTable(SphinxDirective):
    """A table."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Make it."""
        name = self.arguments[0]
        if name not in _TABLES:
            raise self.error(f"there is no table {name!r}")
        headings, make_rows = _TABLES[name]
        group = nodes.tgroup(cols=len(headings))
        group += [nodes.colspec(colwidth=1) for _ in headings]
        group += nodes.thead("", self._row(headings))
        group += nodes.tbody("", *map(self._row, make_rows(_read(self.env)[name])))
        return [nodes.table("", group)]

    def _row(self, cells: Iterable[str]) -> nodes.row:
        return nodes.row("", *map(self._entry, cells))

    def _entry(self, text: str) -> nodes.entry:
        entry = nodes.entry()
        self.state.nested_parse(StringList([text], source=str(_RESULTS)), 0, entry)
        return entry


def _ratio_rows(ratios: list[Mapping[str, Any]]) -> Iterator[tuple[str, ...]]:
    for each in ratios:
        values, how = [each["ratio"], each["least"], each["most"]], "long"
        if each["ratio"] < 1:
            values, how = [1 / each[name] for name in ("ratio", "most", "least")], "fast"
        times, least, most = map(_shown_ratio, values)
        shown = (
            _unbroken(f"{times}{_TIMES} as {how}"),
            each["against"],
            _unbroken(f"{least} to {most}"),
        )
        yield each["what"], *shown, _shown_limit(each.get("limit"))


def _growth_rows(curves: list[Mapping[str, Any]]) -> Iterator[tuple[str, ...]]:
    for each in curves:
        (few, before), (many, after) = each["points"][-2:]
        numbers = f"{few:,} to {many:,} {each['of']}"
        yield each["what"], numbers, _shown_ratio(many / few), _shown_ratio(after / before)


def _memory_rows(curves: list[Mapping[str, Any]]) -> Iterator[tuple[str, ...]]:
    for each in curves:
        for number, megabytes in each["points"]:
            limit = each.get("limit") if [number, megabytes] == each["points"][-1] else None
            shown = f"{number:,} {each['of']}"
            yield each["what"], shown, f"{megabytes:.0f} MB", _shown_limit(limit)


_Rows = Callable[[list[Mapping[str, Any]]], Iterator[tuple[str, ...]]]
_TABLES: dict[str, tuple[tuple[str, ...], _Rows]] = {
    "ratios": (("What", "Ratio", "Compared with", "Rounds", "Limit"), _ratio_rows),
    "growth": (("What", "From, to", "Times as many", "Times as long"), _growth_rows),
    "memory": (("What", "Of", "Peak memory", "Limit"), _memory_rows),
}


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
    judged = "met" if limit["is_met"] else "not met"
    return f"{_unbroken(f'{sign} {text}')}: {_unbroken(judged)}"


def _unbroken(text: str) -> str:
    return text.replace(" ", "\N{NO-BREAK SPACE}")


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the directives and the role."""
    app.add_directive("benchmark-figure", BenchmarkFigure)
    app.add_directive("benchmark-table", BenchmarkTable)
    app.add_role("measured", Measured())
    return {"version": "1", "parallel_read_safe": True}
