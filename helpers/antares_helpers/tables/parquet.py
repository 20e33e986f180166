"""Tables as Parquet files, and catalogs for LSDB, written as the loci arrive."""

import base64
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from operator import length_hint
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal, NamedTuple, Unpack

import numpy as np
from astropy.table import Column, QTable, Table
from numpy.typing import NDArray

from antares_helpers.atomic import as_path, atomic_write, existing_file
from antares_helpers.convert.nested import write_catalog
from antares_helpers.errors import BadDataError, InvalidInputError
from antares_helpers.fetching._parallel import progress_bar
from antares_helpers.fetching.locus import Loci, iter_loci_from
from antares_helpers.tables import json_of, meta_of, plain_table
from antares_helpers.tables.table import (
    CHUNK_ROWS,
    LightcurveOptions,
    LociSummary,
    TableSummary,
    checked_options,
    empty_locus_table,
    empty_table,
    read_chunks,
    read_locus_chunks,
)
from antares_helpers.validation import check_bool, import_optional, short_repr

__all__ = [
    "META_KEY",
    "parquet_meta",
    "read_parquet",
    "search_meta",
    "shown_loci",
    "write_parquet",
]

META_KEY = "antares_helpers"
"""The key of the file's metadata that holds ``meta``, as JSON."""


class _Content(NamedTuple):
    """What to write: columns without rows, chunks of rows, and at the end the meta."""

    columns: Table
    chunks: Iterable[Mapping[str, Any]]
    meta: Callable[[], Mapping[str, Any]]


def write_parquet(
    loci: Loci | Table,
    path: str | os.PathLike[str],
    *,
    lightcurves: bool = True,
    partition: Literal["sky"] | None = None,
    progress: bool = False,
    **options: Unpack[LightcurveOptions],
) -> Path:
    """Write many loci to a Parquet file, or to a folder that LSDB opens as a catalog.

    The rows are written as the loci arrive, about 2,000 loci or 100,000 points at a time, so memory
    does not grow with their number, apart from their IDs.

    Parameters
    ----------
    loci : str, path-like, locus, iterable of loci or `~astropy.table.Table`
        What `lightcurve_table` takes, or what it returns, or any table to write as it is.
    path : str or path-like
        File to write, or folder with `partition`. An existing file, or folder that this function
        wrote, is replaced once the new one is complete.
    lightcurves : bool, optional
        Whether to write light curves, one row per point. With False there is one row per locus,
        with its position, tags and properties: what `find_loci` returns has all of these, so that
        nothing is fetched.
    partition : {"sky"}, optional
        Write a HATS catalog, the format of hats and LSDB: a folder with a file for each part of
        the sky. It has one row per locus; the points of its light curve are nested in the column
        ``lightcurve``, as by `~antares_helpers.convert.to_nested`. Loci without a position, by
        which these programs sort, are excluded and counted.
    progress : bool, optional
        Whether to show a progress bar, in a terminal or a notebook. It shows the time left if the
        number of loci is known.
    **options
        As for `lightcurve_table`; for light curves only.

    Returns
    -------
    pathlib.Path
        The file or folder written.

    Raises
    ------
    InvalidInputError
        As for `lightcurve_table`; or if a table has columns that can't be written; or, with
        `partition`, if there are no loci, or if the path exists and is not such a folder.
    BadDataError
        If a file is damaged, or a locus has no ID or no list of alerts.
    MissingPackageError
        If pyarrow, or with `partition` hats, is not installed.
    OSError
        If the file can't be written.

    See Also
    --------
    read_table : read the file.
    antares_helpers.convert.to_lsdb : a catalog in memory.

    Notes
    -----
    Use `iter_loci` to fetch the loci of a search concurrently: ``write_parquet(iter_loci(found),
    path)``. The folder appears under its name in one step: a run that is killed leaves a hidden
    folder beside it, which is no catalog.

    Examples
    --------
    >>> from antares_helpers import fetch_locus, find_loci, read_table, write_parquet
    >>> loci = map(fetch_locus, ["ANT2026z3bqyjga24oc", "ANT2026simmissing"])
    >>> path = write_parquet(loci, tmp_path / "points.parquet")
    >>> read_table(path).meta["report"]["loci"]
    2
    >>> found = find_loci(tag="young_rubin_transients", limit=20)
    >>> path = write_parquet(found, tmp_path / "loci.parquet", lightcurves=False)
    >>> len(read_table(path))
    20
    """
    import_optional("pyarrow.parquet")
    for name, given in {"lightcurves": lightcurves, "progress": progress}.items():
        check_bool(name, given)
    if partition not in (None, "sky"):
        raise InvalidInputError(f"partition={short_repr(partition)} must be 'sky' or None.")
    path = as_path(path, "file" if partition is None else "folder")
    if options and (isinstance(loci, Table) or not lightcurves):
        what = "A table is written as it is" if isinstance(loci, Table) else "No points are written"
        raise InvalidInputError(f"{what}: pass options with loci only, and with light curves.")
    if partition is not None:
        return _write_catalog(path, loci, options, lightcurves=lightcurves, progress=progress)
    content = _content(loci, options, lightcurves=lightcurves, progress=progress)
    return _write(path, *content)


def _content(
    loci: Loci | Table, options: Mapping[str, Any], *, lightcurves: bool, progress: bool
) -> _Content:
    if isinstance(loci, Table):
        json_of(loci.meta)
        plain = plain_table(loci)
        return _Content(plain, _slices(plain), lambda: loci.meta)
    shown = shown_loci(loci, progress=progress)
    summary: TableSummary | LociSummary
    if lightcurves:
        summary = TableSummary(checked_options(options))
        columns, chunks = empty_table({}), read_chunks(shown, summary)
    else:
        summary = LociSummary()
        columns, chunks = empty_locus_table(), read_locus_chunks(shown, summary)
    return _Content(plain_table(columns), chunks, lambda: {**summary.meta(), **search_meta(loci)})


def search_meta(loci: object) -> dict[str, Any]:
    """Return what the result of a search says of itself."""
    meta = getattr(loci, "meta", None)
    return {"search": meta} if meta and isinstance(meta, dict) else {}


def shown_loci(loci: Loci, *, progress: bool) -> Iterator[Any]:
    """Iterate over loci, and show how many have been read; of how many, as far as that is known."""
    is_one = isinstance(loci, str | os.PathLike | Mapping)  # whose length is not that of loci
    total = 0 if is_one else length_hint(loci)
    with progress_bar(total, is_shown=progress) as bar:
        for number, locus in enumerate(iter_loci_from(loci), start=1):
            yield locus
            bar.show(number, None if total else getattr(loci, "fraction", None))


def read_parquet(path: Path) -> QTable:
    """Read a Parquet file that `write_parquet` wrote."""
    meta = parquet_meta(path)
    table = QTable.read(path, format="parquet")
    table.meta = meta
    return table


def parquet_meta(path: Path) -> dict[str, Any]:
    """Return the ``meta`` of a Parquet file that `write_parquet` wrote, without reading its rows.

    Raises
    ------
    BadDataError
        If it is not such a file.
    """
    parquet = import_optional("pyarrow.parquet")
    with existing_file(as_path(path)).open("rb") as opened:
        try:
            metadata = parquet.read_schema(opened).metadata or {}
        except (ValueError, OSError) as error:
            raise BadDataError(f"{path} is not a complete Parquet file: {error}.") from error
    if META_KEY.encode() not in metadata:
        raise BadDataError(
            f"{path} was not written by write_parquet: its metadata lack the key {META_KEY!r}. "
            "astropy.table.Table.read reads Parquet files of any origin."
        )
    return meta_of(path, metadata[META_KEY.encode()])


def _write(
    path: Path,
    columns: Table,
    chunks: Iterable[Mapping[str, Any]],
    meta: Callable[[], Mapping[str, Any]],
) -> Path:
    """Write chunks, and at the end `meta`, because its report is complete only then."""
    schema = _schema(columns)
    texts = [each.name for each in columns.itercols() if each.dtype.kind == "U"]
    lengths = dict.fromkeys(texts, 1)
    with atomic_write(path) as temporary, _writer(temporary, schema) as writer:
        for chunk in chunks:
            lengths |= {name: max(lengths[name], _length(chunk[name])) for name in texts}
            writer.write_table(_arrow_table(chunk, schema), row_group_size=CHUNK_ROWS)
        metadata = _metadata(columns, lengths, meta())
        # pyarrow reads the metadata of a schema from this key alone, and would write it at the
        # beginning.
        serialized = schema.with_metadata(metadata).serialize().to_pybytes()
        writer.add_key_value_metadata(metadata | {"ARROW:schema": base64.b64encode(serialized)})
    return path


@contextmanager
def _writer(path: Path, schema: Any) -> Iterator[Any]:
    parquet = import_optional("pyarrow.parquet")
    with (
        path.open("wb") as file,
        parquet.ParquetWriter(file, schema, compression="zstd", store_schema=False) as writer,
    ):
        yield writer


def _schema(columns: Table) -> Any:
    pa = import_optional("pyarrow")
    fields = []
    for column in columns.itercols():
        is_text = column.dtype.kind == "U"
        type_ = pa.string() if is_text else pa.from_numpy_dtype(column.dtype)
        unit = None if column.unit is None else str(column.unit)
        notes = {"unit": unit, "description": column.description}
        present = {name: note for name, note in notes.items() if note is not None}
        fields.append(pa.field(column.name, type_, metadata=present))
    return pa.schema(fields)


def _arrow_table(chunk: Mapping[str, Any], schema: Any) -> Any:
    pa = import_optional("pyarrow")
    arrays = [pa.array(np.asarray(chunk[field.name]), field.type) for field in schema]
    return pa.table(arrays, schema=schema)


def _slices(table: Table) -> Iterator[Table]:
    for start in range(0, len(table), CHUNK_ROWS):
        yield table[start : start + CHUNK_ROWS]


def _length(strings: NDArray[Any]) -> int:
    if strings.dtype == object:
        return max(map(len, strings), default=1) or 1
    return max(1, strings.dtype.itemsize // 4)


def _metadata(
    columns: Table, lengths: Mapping[str, int], meta: Mapping[str, Any]
) -> dict[bytes, bytes]:
    """Return the metadata of the file: ours, and what astropy writes for such a table."""
    parquet = import_optional("pyarrow.parquet")
    empty = Table(meta=dict(meta))
    for each in columns.itercols():
        dtype = f"U{lengths[each.name]}" if each.name in lengths else each.dtype
        empty[each.name] = Column(dtype=dtype, unit=each.unit, description=each.description)
    with TemporaryDirectory() as folder:
        file = Path(folder) / "empty.parquet"
        empty.write(file, format="parquet")
        metadata: dict[bytes, bytes] = parquet.read_schema(file).metadata
    return metadata | {META_KEY.encode(): json_of(meta).encode()}


def _write_catalog(
    path: Path, loci: Any, options: Mapping[str, Any], *, lightcurves: bool, progress: bool
) -> Path:
    columns, chunks, meta = _content(loci, options, lightcurves=lightcurves, progress=progress)
    needed = ["ra", "dec", *(["locus_id"] if lightcurves else [])]
    if missing := [name for name in needed if name not in columns.colnames]:
        raise InvalidInputError(f"The table lacks {missing}, which a catalog of loci needs.")
    schema = _schema(columns)
    if len(columns):  # a table: the points of a locus may be anywhere in it
        chunks = [columns]

    def metadata(excluded: int) -> dict[bytes, bytes]:
        report = {**meta().get("report", {}), "loci_without_position": excluded}
        return {META_KEY.encode(): json_of({**meta(), "report": report}).encode()}

    tables = (_arrow_table(chunk, schema) for chunk in chunks)
    return write_catalog(path, tables, metadata, nested=lightcurves)
