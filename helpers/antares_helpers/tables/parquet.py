"""Tables of light curves as Parquet files, written as they come."""

import base64
import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Unpack

import numpy as np
from astropy.table import Column, QTable, Table
from astropy.table.meta import get_yaml_from_table
from numpy.typing import NDArray

from antares_helpers.atomic import atomic_write
from antares_helpers.errors import BadDataError, InvalidInputError
from antares_helpers.lightcurves.alerts import Columns
from antares_helpers.optional import import_optional
from antares_helpers.tables.columns import PlainColumn, json_of, plain_columns, table_from
from antares_helpers.tables.sources import Loci, iter_loci_from
from antares_helpers.tables.summary import TableSummary
from antares_helpers.tables.table import (
    CHUNK_ROWS,
    LightcurveOptions,
    checked_options,
    empty_table,
    read_chunks,
)

__all__ = ["META_KEY", "parquet_meta", "read_parquet", "write_parquet"]

META_KEY = "antares_helpers"
"""The key of the file's metadata under which ``meta`` stands, as JSON."""

_LENGTH_KEY = "table::len::{}"  # of astropy: how many characters the longest string has


def write_parquet(
    loci: Loci | Table, path: str | os.PathLike[str], **options: Unpack[LightcurveOptions]
) -> Path:
    """Write the light curves of many loci to a Parquet file.

    The points are written as the loci come, some 100,000 at a time, so that memory does not grow
    with their number.

    Parameters
    ----------
    loci : str, path-like, locus, iterable of loci or `~astropy.table.Table`
        What `lightcurve_table` takes, or what it returns.
    path : str or path-like
        File to write. A file that is there is replaced in one step once the new one is complete.
    **options
        As for `lightcurve_table`; not for a table, which has been made already.

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
    read_parquet : read the file.

    Examples
    --------
    >>> from antares_helpers import fetch_locus, write_parquet
    >>> from antares_helpers.tables.parquet import read_parquet
    >>> loci = map(fetch_locus, ["ANT2026z3bqyjga24oc", "ANT2026simmissing"])
    >>> path = write_parquet(loci, tmp_path / "points.parquet")
    >>> read_parquet(path).meta["report"]["loci"]
    2
    """
    import_optional("pyarrow.parquet")
    path = Path(path)
    if isinstance(loci, Table):
        if options:
            raise InvalidInputError("A table is written as it is: give options with loci only.")
        json_of(loci.meta)
        columns = plain_columns(loci)
        return _write(path, columns, _slices(columns, len(loci)), lambda: loci.meta)
    tally = TableSummary(checked_options(options))
    chunks = read_chunks(iter_loci_from(loci), tally)
    return _write(path, plain_columns(empty_table({})), chunks, tally.meta)


def read_parquet(path: str | os.PathLike[str]) -> QTable:
    """Read a Parquet file that `write_parquet` wrote.

    Parameters
    ----------
    path : str or path-like
        The file.

    Returns
    -------
    `~astropy.table.QTable`
        The table, exactly as `lightcurve_table` makes it.

    Raises
    ------
    BadDataError
        If it is no such file.
    MissingPackageError
        If pyarrow is not installed.
    OSError
        If the file is not there or can't be read.

    See Also
    --------
    write_parquet : write the file.

    Examples
    --------
    >>> from antares_helpers import fetch_locus, write_parquet
    >>> from antares_helpers.tables.parquet import read_parquet
    >>> path = write_parquet(fetch_locus("ANT2026z3bqyjga24oc"), tmp_path / "points.parquet")
    >>> str(read_parquet(path)["flux"].unit)
    'nJy'
    """
    arrow = _opened(Path(path), lambda file: file.read())
    metadata = arrow.schema.metadata
    columns = [_read_column(field, arrow[field.name], metadata) for field in arrow.schema]
    return table_from(columns, json.loads(metadata[META_KEY.encode()]))


def parquet_meta(path: str | os.PathLike[str]) -> dict[str, Any]:
    """Return the ``meta`` of a Parquet file that `write_parquet` wrote, without its rows.

    Raises
    ------
    BadDataError, MissingPackageError, OSError
        As `read_parquet`.
    """
    schema = _opened(Path(path), lambda file: file.schema_arrow.empty_table()).schema
    meta: dict[str, Any] = json.loads(schema.metadata[META_KEY.encode()])
    return meta


def _opened(path: Path, read: Callable[[Any], Any]) -> Any:
    """Return what `read` makes of a Parquet file, once it is surely one of ours."""
    parquet = import_optional("pyarrow.parquet")
    with path.open("rb") as opened:
        try:
            arrow = read(parquet.ParquetFile(opened))
        except (ValueError, OSError) as error:
            raise BadDataError(f"{path} is no whole Parquet file: {error}.") from error
    if META_KEY.encode() not in (arrow.schema.metadata or {}):
        raise BadDataError(
            f"{path} was not written by write_parquet: its metadata lack the key {META_KEY!r}. "
            "astropy.table.Table.read reads Parquet files of any origin."
        )
    return arrow


def _write(
    path: Path,
    columns: list[PlainColumn],
    chunks: Iterable[Mapping[str, NDArray[Any]]],
    meta: Callable[[], Mapping[str, Any]],
) -> Path:
    """Write chunks; `meta` is asked at the end, because only then the report is complete."""
    schema = _schema(columns)
    lengths = {each.name: _length(each.values) for each in columns if each.values.dtype.kind == "U"}
    with atomic_write(path) as temporary, _writer(temporary, schema) as writer:
        for chunk in chunks:
            lengths |= {name: max(lengths[name], _length(chunk[name])) for name in lengths}
            writer.write_table(_arrow_table(chunk, schema), row_group_size=CHUNK_ROWS)
        metadata = _metadata(columns, lengths, meta())
        # pyarrow takes the metadata of a schema from this key alone, and by itself writes it at
        # the beginning.
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


def _schema(columns: list[PlainColumn]) -> Any:
    pa = import_optional("pyarrow")
    fields = []
    for column in columns:
        is_text = column.values.dtype.kind == "U"
        type_ = pa.string() if is_text else pa.from_numpy_dtype(column.values.dtype)
        notes = {"unit": column.unit, "description": column.description}
        kept = {name: note for name, note in notes.items() if note is not None}
        fields.append(pa.field(column.name, type_, metadata=kept))
    return pa.schema(fields)


def _arrow_table(chunk: Mapping[str, NDArray[Any]], schema: Any) -> Any:
    pa = import_optional("pyarrow")
    return pa.table([pa.array(chunk[field.name], field.type) for field in schema], schema=schema)


def _slices(columns: list[PlainColumn], rows: int) -> Iterator[Columns]:
    for start in range(0, rows, CHUNK_ROWS):
        yield {each.name: each.values[start : start + CHUNK_ROWS] for each in columns}


def _length(strings: NDArray[np.str_]) -> int:
    return max(1, strings.dtype.itemsize // 4)


def _metadata(
    columns: list[PlainColumn], lengths: Mapping[str, int], meta: Mapping[str, Any]
) -> dict[str, str]:
    """Return the metadata of the file: ours, and those that astropy writes and reads."""
    empty = {
        each.name: Column(each.values[:0], unit=each.unit, description=each.description)
        for each in columns
    }
    yaml = get_yaml_from_table(Table(empty, meta=dict(meta)))
    return {META_KEY: json_of(meta), "table_meta_yaml": "\n".join(yaml)} | {
        _LENGTH_KEY.format(name): str(length) for name, length in lengths.items()
    }


def _read_column(field: Any, values: Any, metadata: Mapping[bytes, bytes]) -> PlainColumn:
    notes = {key.decode(): note.decode() for key, note in (field.metadata or {}).items()}
    length = metadata.get(_LENGTH_KEY.format(field.name).encode())
    if length is None:
        array = values.to_numpy()
    else:
        # One part at a time: Python strings take more room than those of numpy.
        parts = [part.to_numpy(zero_copy_only=False) for part in values.chunks]
        dtype = f"U{length.decode()}"
        array = np.concatenate([np.empty(0, dtype), *(part.astype(dtype) for part in parts)])
    return PlainColumn(field.name, array, notes.get("unit"), notes.get("description"))
