"""The store of a simulated night: searches over arrays, loci made when they are requested."""

from collections.abc import Callable, Iterable, Sequence
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from antares_sandbox.night import BLOCK_ROWS, Coded, Column, NightTable, Numbers, locus_id_of
from antares_sandbox.queries import CompiledQuery, Document, Value, make_document
from antares_sandbox.queries.comparing import Membership, Within
from antares_sandbox.queries.documents import KEYWORD, Mask, Rows, Test, check_time
from antares_sandbox.queries.sorting import parse_sort, sort_key
from antares_sandbox.responses import encode
from antares_sandbox.store.format import LocusFile
from antares_sandbox.store.wire import Payloads, make_payloads, search_data, statistics_data

__all__ = ["Night"]

_CACHED_ORDERS, _CACHED_PAYLOADS = 3, 64
_STEPS = 256


class Night:
    """The loci of a night; see `LocusStore`."""

    path = None

    def __init__(self, table: NightTable) -> None:
        self.skipped: dict[Path, str] = {}
        self._table = table
        self._columns = _NightColumns(table)
        self._order = lru_cache(_CACHED_ORDERS)(self._columns.order)
        self.payloads = lru_cache(_CACHED_PAYLOADS)(self._make_payloads)

    @property
    def locus_ids(self) -> "_Ids":
        """The IDs of the loci, sorted."""
        return _Ids(range(len(self._table)), self._table)

    def locus_of(self, alert_id: str) -> str | None:
        """Return the locus ID of an alert."""
        row = self._table.row_of(alert_id) if alert_id.startswith("lsst:") else None
        return None if row is None else locus_id_of(row)

    def read(self, locus_id: str) -> LocusFile:
        """Return a locus as the content of a locus file."""
        return self._table.file(self._row(locus_id))

    def search(self, query: CompiledQuery, sort: str) -> "_Ids":
        """Return the IDs of the loci that match, in order."""
        order, found = self._order(sort), []
        for start in range(0, len(order), BLOCK_ROWS):
            rows = order[start : start + BLOCK_ROWS]
            found.append(rows[query.matches.of_rows(self._columns, rows)])
        return _Ids(np.concatenate(found), self._table)

    def result(self, locus_id: str) -> bytes:
        """Return the part of a locus in the response to a search."""
        return encode(
            {"locus": search_data(self._table.file(self._row(locus_id), with_alerts=False))}
        )

    def catalog_objects(self) -> tuple[()]:
        """Return nothing: no locus matches a catalog."""
        return ()

    def statistics(self) -> dict[str, Any]:
        """Return the numbers of loci by tag, and the range of those of measurements."""
        alerts = self._table.alerts
        return statistics_data({}, self._table.count_tags(), [int(alerts.min()), int(alerts.max())])

    def _row(self, locus_id: str) -> int:
        row = self._table.row_of(locus_id)
        if row is None:
            raise KeyError(locus_id)
        return row

    def _make_payloads(self, locus_id: str) -> Payloads:
        return make_payloads(Path(locus_id), self.read(locus_id))


class _NightColumns:
    """The documents of a night as `Columns`."""

    def __init__(self, table: NightTable) -> None:
        self._table = table

    def holds(self, field: str, test: Test, rows: Rows) -> Mask:
        """Return for each row whether any value of a field passes a test."""
        column = self._column(field, rows)
        if column is None:
            return np.zeros(len(rows), dtype=np.bool_)
        if isinstance(column, Coded):
            passed = np.array([any(map(test, values)) for values in column.values], np.bool_)
            return np.asarray(passed[column.codes])
        if isinstance(column, np.ndarray):
            if isinstance(test, Within):
                return test.of_numbers(column)
            return _each(test, column.tolist())
        if isinstance(test, Membership):
            return self._holds_id(column, test, rows)
        return _each(test, map(column, rows.tolist()))

    def has(self, field: str, rows: Rows) -> Mask:
        """Return for each row whether the field, or any field within it, has a value."""
        known = any(name == field or name.startswith(f"{field}.") for name in self._first)
        return np.full(len(rows), known)

    def positions(self, rows: Rows) -> tuple[Numbers, Numbers]:
        """Return the right ascensions and declinations, in degrees."""
        return self._table.ra[rows], self._table.dec[rows]

    def order(self, sort: str) -> Rows:
        """Return all rows in order; ties by ID."""
        field, falling = parse_sort(sort)
        rows = np.arange(len(self._table), dtype=np.int32)
        column = self._column(field, rows)
        keys: NDArray[Any] = rows
        if isinstance(column, Coded):
            found = [sort_key(values, falling) or () for values in column.values]
            ranks = {key: rank for rank, key in enumerate(sorted(set(found)))}
            keys = np.array([ranks[key] for key in found])[column.codes]
        elif isinstance(column, np.ndarray):
            keys = column
        falling = falling and column is not None
        return np.argsort(-keys if falling else keys, kind="stable").astype(np.int32)

    @cached_property
    def _first(self) -> Document:
        """The first document: all have the same fields."""
        return make_document(search_data(self._table.file(0)))

    def _column(self, field: str, rows: Rows) -> Column | None:
        name = field.removesuffix(KEYWORD)
        if name not in self._first:
            return None
        column = self._table.column(name.removeprefix("properties."), rows)
        constant = Coded(np.zeros(len(rows), np.uint8), [self._first[name]])
        return constant if column is None else column

    def _holds_id(self, column: Callable[[int], str], test: Membership, rows: Rows) -> Mask:
        likely = [row for text in test.texts if (row := self._table.row_of(text)) is not None]
        found = np.isin(rows, likely)
        found[found] = _each(test, map(column, rows[found].tolist()))
        return found


def _each(test: Test, values: Iterable[Value]) -> Mask:
    """Test the values one by one, as long as the time allows."""
    passed = []
    for place, value in enumerate(values):
        if place % _STEPS == 0:
            check_time()
        passed.append(test(value))
    return np.array(passed, dtype=np.bool_)


class _Ids(Sequence[str]):
    """The IDs of rows, made when they are needed."""

    def __init__(self, rows: Sequence[int] | Rows, table: NightTable) -> None:
        self._rows, self._table = rows, table

    def __len__(self) -> int:
        return len(self._rows)

    def __contains__(self, locus_id: object) -> bool:
        row = self._table.row_of(locus_id) if isinstance(locus_id, str) else None
        return row is not None and row in self._rows and locus_id == locus_id_of(row)

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> list[str]: ...
    def __getitem__(self, index: int | slice) -> str | list[str]:
        if isinstance(index, slice):
            return list(map(locus_id_of, self._rows[index]))
        return locus_id_of(self._rows[index])
