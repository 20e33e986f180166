"""Tables as Parquet files, and catalogs for LSDB, written as the loci arrive."""

import base64
import os
import secrets
import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from importlib.metadata import version
from operator import length_hint
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal, NamedTuple, Unpack

import numpy as np
from astropy.table import Column, QTable, Table
from numpy.typing import NDArray

from antares_helpers.atomic import as_path, atomic_write, existing_file
from antares_helpers.convert.nested import LIGHTCURVE, LOCUS_COLUMNS, locus_numbers
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

__all__ = ["META_KEY", "parquet_meta", "read_parquet", "write_parquet"]

META_KEY = "antares_helpers"
"""The key of the file's metadata that holds ``meta``, as JSON."""

_INDEX, _INDEX_ORDER = "_healpix_29", 29
_FIRST_ORDER, _LAST_ORDER = 2, 10
_MAX_ROWS, _MAX_BYTES = 20_000, 2**26  # of a partition
_BUFFER_BYTES = 2**24
_BUILDER = "antares-helpers"


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

    The rows are written as the loci arrive, some 10,000 loci or 100,000 points at a time, so memory
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
        raise InvalidInputError(f"{what}: pass options with the light curves of loci only.")
    if partition is not None:
        return _write_catalog(path, loci, options, nested=lightcurves, progress=progress)
    content = _content(loci, options, lightcurves=lightcurves, progress=progress)
    return _write(path, *content)


def _content(
    loci: Loci | Table, options: Mapping[str, Any], *, lightcurves: bool, progress: bool
) -> _Content:
    if isinstance(loci, Table):
        json_of(loci.meta)
        plain = plain_table(loci)
        return _Content(plain, _slices(plain), lambda: loci.meta)
    is_one = isinstance(loci, str | os.PathLike | Mapping)  # whose length is not that of loci
    total = 0 if is_one else length_hint(loci)
    shown = _shown(iter_loci_from(loci), total if progress else None)
    if lightcurves:
        summary = TableSummary(checked_options(options))
        columns = plain_table(empty_table({}))
        return _Content(columns, read_chunks(shown, summary), summary.meta)
    listed = LociSummary()
    columns = plain_table(empty_locus_table())
    return _Content(columns, read_locus_chunks(shown, listed), listed.meta)


def _shown(loci: Iterator[Any], total: int | None) -> Iterator[Any]:
    """Show how many loci have been read, unless `total` is None; of how many, unless it is 0."""
    with progress_bar(total or 0, is_shown=total is not None) as bar:
        for number, locus in enumerate(loci, start=1):
            yield locus
            bar.show(number)


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


# Catalogs, partitioned by position


def _write_catalog(
    path: Path, loci: Any, options: Mapping[str, Any], *, nested: bool, progress: bool
) -> Path:
    spatial = import_optional("hats.pixel_math.spatial_index")
    _check_replaceable(path)
    columns, chunks, meta = _content(loci, options, lightcurves=nested, progress=progress)
    needed = ["ra", "dec", *(["locus_id"] if nested else [])]
    if missing := [name for name in needed if name not in columns.colnames]:
        raise InvalidInputError(f"The table lacks {missing}, which a catalog of loci needs.")
    schema = _schema(columns)
    if len(columns):  # a table: the points of a locus may be anywhere in it
        chunks = [columns]
    with _new_folder(path) as root:
        spool, excluded = _Spool(root / "spool"), 0
        for chunk in chunks:
            table = _arrow_table(chunk, schema)
            table = _nest(table) if nested else table
            ra, dec = (table[name].to_numpy() for name in ("ra", "dec"))
            is_placed = np.isfinite(ra) & np.isfinite(dec)
            excluded += int(np.sum(~is_placed))
            index = spatial.compute_spatial_index(ra[is_placed] % 360, dec[is_placed])
            spool.add(_with_index(table.filter(is_placed), index))
        known = dict(meta())
        known["report"] = {**known.get("report", {}), "loci_without_position": excluded}
        _write_leaves(root, spool, {META_KEY.encode(): json_of(known).encode()}, path.name)
    return path


def _with_index(table: Any, index: NDArray[np.int64]) -> Any:
    return table.add_column(0, _INDEX, [index])


def _nest(table: Any) -> Any:
    """Return one row per locus, with all other columns nested."""
    pa = import_optional("pyarrow")
    numbers = locus_numbers(table["locus_id"].to_numpy(zero_copy_only=False).astype(np.str_))
    order = np.argsort(numbers, kind="stable")
    table, numbers = table.take(order).combine_chunks(), numbers[order]
    starts = np.flatnonzero(np.diff(numbers, prepend=-1))
    offsets = pa.array(np.append(starts, len(numbers)), pa.int32())
    fields, lists = [], []
    for field in table.schema:
        if field.name not in LOCUS_COLUMNS:
            values = pa.concat_arrays(table[field.name].chunks)
            lists.append(pa.ListArray.from_arrays(offsets, values))
            fields.append(pa.field(field.name, lists[-1].type, metadata=field.metadata))
    points = pa.StructArray.from_arrays(lists, fields=fields)
    return table.select(LOCUS_COLUMNS).take(starts).append_column(LIGHTCURVE, points)


class _Spool:
    """Rows by pixel of one order: in memory, and in files once there are many."""

    def __init__(self, folder: Path, order: int | None = None) -> None:
        self._folder = folder
        self._order = order
        self._buffer: list[Any] = []
        self._parts: dict[int, list[Any]] = {}
        self._sizes: Counter[int] = Counter()
        self._rows: Counter[int] = Counter()
        self._bytes = 0

    def add(self, table: Any) -> None:
        """Add rows, if there are any."""
        self._buffer += [table] if len(table) else []
        self._bytes += table.nbytes
        if self._bytes > _BUFFER_BYTES:
            self._order = _FIRST_ORDER if self._order is None else self._order
            self._distribute(self._order, self._save)

    def leaves(self) -> Iterator[tuple[int, int, Any]]:
        """Yield order, pixel and rows of each part, none of them too large; forget the rows."""
        order = self._order or 0
        self._distribute(order, self._save if self._parts else lambda _pixel, part: part)
        for pixel, parts in sorted(self._parts.items()):
            is_large = self._rows[pixel] > _MAX_ROWS or self._sizes[pixel] > _MAX_BYTES
            if not (is_large and order < _LAST_ORDER):
                yield order, pixel, _concatenated([_loaded(part) for part in parts])
                continue
            inner = _Spool(self._folder, order + 1)
            for part in parts:
                inner.add(_loaded(part))
            yield from inner.leaves()

    def _distribute(self, order: int, keep: Callable[[int, Any], Any]) -> None:
        if not self._buffer:
            return
        table = _concatenated(self._buffer)
        pixels = table[_INDEX].to_numpy() >> 2 * (_INDEX_ORDER - order)
        rows = np.argsort(pixels, kind="stable")
        table, pixels = table.take(rows), pixels[rows]
        starts = np.flatnonzero(np.diff(pixels, prepend=-1))
        for start, end in zip(starts, [*starts[1:], len(pixels)], strict=True):
            pixel, part = int(pixels[start]), table.slice(start, end - start)
            self._rows[pixel] += len(part)
            self._sizes[pixel] += part.nbytes
            self._parts.setdefault(pixel, []).append(keep(pixel, part))
        self._buffer, self._bytes = [], 0

    def _save(self, pixel: int, part: Any) -> Path:
        self._folder.mkdir(exist_ok=True)
        path = self._folder / f"{self._order}-{pixel}-{len(self._parts.get(pixel, ()))}"
        import_optional("pyarrow.parquet").write_table(part, path)
        return path


def _loaded(part: Any) -> Any:
    """Return the rows of a part, and delete its file."""
    if not isinstance(part, Path):
        return part
    table = import_optional("pyarrow.parquet").read_table(part)
    part.unlink()
    return table


def _concatenated(tables: list[Any]) -> Any:
    return import_optional("pyarrow").concat_tables(tables)


def _write_leaves(root: Path, spool: _Spool, metadata: dict[bytes, bytes], name: str) -> None:
    """Write a file for each pixel, and then hats' own metadata, without which it is no catalog."""
    parquet, paths = import_optional("pyarrow.parquet"), import_optional("hats.io.paths")
    healpix = import_optional("hats.pixel_math.healpix_pixel")
    pixels, most = [], 0
    for order, number, table in spool.leaves():
        pixels.append(healpix.HealpixPixel(order, number))
        file = Path(str(paths.pixel_catalog_file(root, pixels[-1])))
        file.parent.mkdir(parents=True, exist_ok=True)
        table = table.sort_by(_INDEX).replace_schema_metadata(metadata)
        parquet.write_table(table, file, compression="zstd")
        most = max(most, len(table))
    if not pixels:
        raise InvalidInputError("No locus has a position, so there is no catalog to make.")
    shutil.rmtree(root / "spool", ignore_errors=True)
    total = import_optional("hats.io.parquet_metadata").write_parquet_metadata(root)
    catalog = import_optional("hats.catalog")
    catalog.PartitionInfo.from_healpix(sorted(pixels)).write_to_file(catalog_path=root)
    catalog.TableProperties(
        catalog_name=name,
        catalog_type="object",
        total_rows=total,
        ra_column="ra",
        dec_column="dec",
        hats_col_healpix=_INDEX,
        hats_col_healpix_order=_INDEX_ORDER,
        npix_suffix=".parquet",
        hats_max_rows=most,
        hats_builder=f"{_BUILDER} {version(_BUILDER)}",
    ).to_properties_file(root)


def _check_replaceable(path: Path) -> None:
    """Refuse to replace anything but an empty folder or a catalog that we wrote."""
    properties = path / "hats.properties"
    mark = f"hats_builder={_BUILDER}".encode()
    is_ours = properties.is_file() and mark in properties.read_bytes()
    is_empty = path.is_dir() and not any(path.iterdir())
    if os.path.lexists(path) and not (is_ours or is_empty):
        raise InvalidInputError(
            f"{str(path)!r} exists, and is not a catalog that write_parquet wrote. Give another "
            "name, or delete it first."
        )


@contextmanager
def _new_folder(path: Path) -> Iterator[Path]:
    """Yield a temporary folder, which takes the place of `path` once it is complete."""
    temporary = path.parent / f".{path.name}.{secrets.token_hex(6)}"
    temporary.mkdir()
    try:
        yield temporary
        old = temporary.with_name(f"{temporary.name}.old")
        if path.exists():
            path.rename(old)
        temporary.rename(path)
        shutil.rmtree(old, ignore_errors=True)
    except BaseException:
        shutil.rmtree(temporary, ignore_errors=True)
        raise
