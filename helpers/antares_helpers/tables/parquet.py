"""Tables of light curves as Parquet files, written as the loci arrive."""

import base64
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Unpack

import numpy as np
from astropy.table import Column, QTable, Table
from numpy.typing import NDArray

from antares_helpers.atomic import as_path, atomic_write, existing_file
from antares_helpers.errors import BadDataError, InvalidInputError
from antares_helpers.fetching.locus import Loci, iter_loci_from
from antares_helpers.tables import json_of, meta_of, plain_table
from antares_helpers.tables.table import (
    CHUNK_ROWS,
    LightcurveOptions,
    TableSummary,
    checked_options,
    empty_table,
    read_chunks,
)
from antares_helpers.validation import import_optional

__all__ = ["META_KEY", "parquet_meta", "read_parquet", "write_parquet"]

META_KEY = "antares_helpers"
"""The key of the file's metadata that holds ``meta``, as JSON."""


def write_parquet(
    loci: Loci | Table, path: str | os.PathLike[str], **options: Unpack[LightcurveOptions]
) -> Path:
    """Write the light curves of many loci to a Parquet file.

    The points are written as the loci arrive, about 100,000 at a time, so memory does not grow
    with their number.

    Parameters
    ----------
    loci : str, path-like, locus, iterable of loci or `~astropy.table.Table`
        What `lightcurve_table` takes, or what it returns.
    path : str or path-like
        File to write. An existing file is replaced in one step once the new one is complete.
    **options
        As for `lightcurve_table`; not for a table, which is written as it is.

    Returns
    -------
    pathlib.Path
        The file written.

    Raises
    ------
    InvalidInputError
        As for `lightcurve_table`, or if a table has columns that can't be written.
    BadDataError
        If a file is damaged, or a locus has no ID or no list of alerts.
    MissingPackageError
        If pyarrow is not installed.
    OSError
        If the file can't be written.

    See Also
    --------
    read_table : read the file.

    Examples
    --------
    >>> from antares_helpers import fetch_locus, read_table, write_parquet
    >>> loci = map(fetch_locus, ["ANT2026z3bqyjga24oc", "ANT2026simmissing"])
    >>> path = write_parquet(loci, tmp_path / "points.parquet")
    >>> read_table(path).meta["report"]["loci"]
    2
    """
    import_optional("pyarrow.parquet")
    path = as_path(path)
    if isinstance(loci, Table):
        if options:
            raise InvalidInputError("A table is written as it is: pass options with loci only.")
        json_of(loci.meta)
        plain = plain_table(loci)
        return _write(path, plain, _slices(plain), lambda: loci.meta)
    summary = TableSummary(checked_options(options))
    chunks = read_chunks(iter_loci_from(loci), summary)
    return _write(path, plain_table(empty_table({})), chunks, summary.meta)


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


def _length(strings: NDArray[np.str_]) -> int:
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
