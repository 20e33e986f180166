"""Tables of light curves for nested-pandas and LSDB: one row per locus, its points nested."""

import os
import secrets
import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any

import astropy.units as u
import numpy as np
from astropy.table import QTable, Table
from astropy_healpix import HEALPix
from numpy.typing import NDArray

from antares_helpers.errors import InvalidInputError
from antares_helpers.tables import TABLE_COLUMNS, plain_table, table_of
from antares_helpers.validation import import_optional, short_repr

__all__ = [
    "LIGHTCURVE",
    "from_nested",
    "to_lsdb",
    "to_nested",
    "write_catalog",
]

LIGHTCURVE = "lightcurve"
"""The column in which the light curves are nested."""

LOCUS_COLUMNS = ("locus_id", "ra", "dec")

_INDEX, _INDEX_ORDER = "_healpix_29", 29
_FIRST_ORDER, _LAST_ORDER = 2, 10
_MAX_ROWS, _MAX_BYTES = 10_000, 2**25  # of a part of a catalog
_BUFFER_BYTES = 2**24
_BUILDER = "antares-helpers"

_MAX_PARTITION_LOCI = 10_000
_PARTITIONS = 8
_FINEST_ORDER = 7  # of HEALPix: pixels of half a degree


def to_nested(table: Table) -> Any:
    """Turn a table of light curves into a frame with one row per locus.

    Parameters
    ----------
    table : `~astropy.table.Table`
        A table from `lightcurve_table` or `read_table`, or some of its rows.

    Returns
    -------
    nested_pandas.NestedFrame
        ``locus_id``, ``ra`` and ``dec`` [deg] of each locus, in the order of their first rows in
        the table, and in ``lightcurve`` all other columns, one nested row per point, in the order
        of the table. ``attrs`` contains the table's ``meta``. All columns have Arrow types.

    Raises
    ------
    InvalidInputError
        If `table` lacks one of the first three columns, or contains something that can't be nested.
    MissingPackageError
        If nested-pandas is not installed.

    See Also
    --------
    from_nested : the inverse.
    to_lsdb : the frame as a catalog, for any number of machines.

    Examples
    --------
    >>> from antares_helpers import fetch_locus, lightcurve_table
    >>> from antares_helpers.convert import to_nested
    >>> nested = to_nested(lightcurve_table(fetch_locus("ANT2026z3bqyjga24oc")))
    >>> list(nested.columns)
    ['locus_id', 'ra', 'dec', 'lightcurve']
    """
    nested_pandas = import_optional("nested_pandas")
    columns = plain_table(table)
    if missing := [name for name in LOCUS_COLUMNS if name not in columns.colnames]:
        raise InvalidInputError(f"The table lacks {missing}; pass a table from lightcurve_table.")
    numbers = _locus_numbers(np.asarray(columns["locus_id"]))
    order = np.argsort(numbers, kind="stable")
    flat = nested_pandas.NestedFrame(
        {name: _arrow_series(np.asarray(columns[name])[order]) for name in columns.colnames}
    )
    flat.index = numbers[order]
    nested = nested_pandas.NestedFrame.from_flat(
        flat,
        base_columns=list(LOCUS_COLUMNS),
        nested_columns=[name for name in columns.colnames if name not in LOCUS_COLUMNS],
        name=LIGHTCURVE,
    )
    nested.attrs["meta"] = dict(table.meta)
    return nested


def from_nested(nested: Any) -> QTable:
    """Turn a frame with one row per locus into a table of light curves; undoes `to_nested`.

    Parameters
    ----------
    nested : nested_pandas.NestedFrame
        The result of `to_nested`, or of a computation by LSDB on its catalog.

    Returns
    -------
    `~astropy.table.QTable`
        One row per point, locus after locus. Its ``meta`` is that of ``nested.attrs``, which a
        computation by LSDB loses. Columns that are not from `lightcurve_table` have no unit.

    Raises
    ------
    InvalidInputError
        If `nested` lacks one of the columns.

    Examples
    --------
    >>> from antares_helpers import fetch_locus, lightcurve_table
    >>> from antares_helpers.convert import from_nested, to_nested
    >>> table = lightcurve_table(fetch_locus("ANT2026z3bqyjga24oc"))
    >>> bool((from_nested(to_nested(table))["flux"] == table["flux"]).all())
    True
    """
    expected = [*LOCUS_COLUMNS, LIGHTCURVE]
    if not all(name in getattr(nested, "columns", ()) for name in expected):
        raise InvalidInputError(f"This takes a frame with the columns {', '.join(expected)}.")
    light_curves = nested[LIGHTCURVE].nest
    lengths = np.asarray(light_curves.len(), dtype=np.intp)
    values = {name: np.repeat(_array_of(nested[name]), lengths) for name in LOCUS_COLUMNS}
    flat = light_curves.to_flat()
    values |= {name: _array_of(flat[name]) for name in flat.columns}
    known = [name for name in TABLE_COLUMNS if name in values]
    others = [name for name in values if name not in TABLE_COLUMNS]
    return table_of({name: values[name] for name in known + others}, nested.attrs.get("meta", {}))


def to_lsdb(nested: Any, *, partition_rows: int | None = None, name: str = "loci") -> Any:
    """Turn a frame with one row per locus into an LSDB catalog, for Dask.

    Parameters
    ----------
    nested : nested_pandas.NestedFrame
        The result of `to_nested`.
    partition_rows : int, optional
        Maximum number of loci in one partition, unless more lie within half a degree of each
        other. By default an eighth of all, but at most 10,000, so that several workers have
        something to do.
    name : str, optional
        Name of the catalog.

    Returns
    -------
    lsdb.Catalog
        The same columns, partitioned by position; without a margin, because everything about a
        locus is in its row.

    Raises
    ------
    InvalidInputError
        If there are no loci, or if some have no position.
    MissingPackageError
        If lsdb is not installed.

    Notes
    -----
    ``catalog.map_rows`` and ``nested.map_rows`` take the same function. LSDB sorts the loci by
    position: let the function return ``locus_id`` too.

    Examples
    --------
    >>> from antares_helpers import fetch_locus, lightcurve_table
    >>> from antares_helpers.convert import to_lsdb, to_nested
    >>> nested = to_nested(lightcurve_table(fetch_locus("ANT2026z3bqyjga24oc")))
    >>> to_lsdb(nested).npartitions
    1
    """
    lsdb = import_optional("lsdb")
    if not all(column in getattr(nested, "columns", ()) for column in LOCUS_COLUMNS):
        raise InvalidInputError("This takes the frame that to_nested returns.")
    if not len(nested):
        raise InvalidInputError("There are no loci in this frame, so there is no catalog to make.")
    if not np.isfinite(nested[["ra", "dec"]].to_numpy(np.float64, na_value=np.nan)).all():
        raise InvalidInputError(
            "Some loci have no position, by which LSDB sorts them. Exclude them: "
            "nested[np.isfinite(nested['ra'])]."
        )
    rows = _partition_rows(partition_rows, len(nested))
    return lsdb.from_dataframe(
        nested.reset_index(drop=True),
        ra_column="ra",
        dec_column="dec",
        partition_rows=max(rows, _max_in_a_pixel(nested)),
        highest_order=_FINEST_ORDER,
        margin_threshold=None,
        catalog_name=name,
    )


def _partition_rows(given: int | None, loci: int) -> int:
    if given is None:
        return min(loci // _PARTITIONS, _MAX_PARTITION_LOCI)
    if isinstance(given, bool) or not (isinstance(given, int) and given > 0):
        raise InvalidInputError(
            f"partition_rows={short_repr(given)} must be a positive whole number."
        )
    return given


def _max_in_a_pixel(nested: Any) -> int:
    """Return the number of loci in the fullest pixel, which LSDB can't split."""
    ra, dec = (nested[name].to_numpy(np.float64) * u.deg for name in ("ra", "dec"))
    pixels = HEALPix(2**_FINEST_ORDER, order="nested").lonlat_to_healpix(ra, dec)
    return int(np.max(np.unique(pixels, return_counts=True)[1]))


def _locus_numbers(locus_ids: NDArray[np.str_]) -> NDArray[np.intp]:
    """Return the number of the locus of each row, in the order of their first rows."""
    _, first, inverse = np.unique(locus_ids, return_index=True, return_inverse=True)
    rank = np.empty(len(first), dtype=np.intp)
    rank[np.argsort(first)] = np.arange(len(first))
    numbers: NDArray[np.intp] = rank[inverse]
    return numbers


def _arrow_series(values: NDArray[Any]) -> Any:
    pandas, pyarrow = import_optional("pandas"), import_optional("pyarrow")
    array = pyarrow.array(values)
    return pandas.Series(array, dtype=pandas.ArrowDtype(array.type))


def _array_of(series: Any) -> NDArray[Any]:
    values = series.to_numpy()
    return np.asarray(values.tolist(), np.str_) if values.dtype.kind == "O" else values


# Catalogs in folders


def write_catalog(
    path: Path,
    tables: Iterable[Any],
    metadata: Callable[[int], dict[bytes, bytes]],
    *,
    nested: bool,
) -> Path:
    """Write a catalog, as the rows arrive; see `antares_helpers.write_parquet`.

    Parameters
    ----------
    path : pathlib.Path
        Folder to write.
    tables : iterable of pyarrow.Table
        Rows with the columns ``ra`` and ``dec``.
    metadata : callable
        Returns the metadata of each file, given the number of loci without a position. It is called
        at the end.
    nested : bool
        Whether the rows are points, to be nested into one row per locus. All points of a locus must
        be in the same table.

    Raises
    ------
    InvalidInputError
        If no locus has a position, or the path can't be replaced.
    """
    spatial = import_optional("hats.pixel_math.spatial_index")
    _check_replaceable(path)
    with _new_folder(path) as root:
        spool, excluded = _Spool(root / "spool"), 0
        for table in map(_nest, tables) if nested else tables:
            ra, dec = (table[name].to_numpy() for name in ("ra", "dec"))
            is_placed = np.isfinite(ra) & np.isfinite(dec)
            excluded += int(np.sum(~is_placed))
            index = spatial.compute_spatial_index(ra[is_placed] % 360, dec[is_placed])
            spool.add(table.filter(is_placed).add_column(0, _INDEX, [index]))
        _write_leaves(root, spool, metadata(excluded), path.name)
    return path


def _nest(table: Any) -> Any:
    """Return one row per locus, with all other columns nested."""
    pa = import_optional("pyarrow")
    numbers = _locus_numbers(table["locus_id"].to_numpy(zero_copy_only=False).astype(np.str_))
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
        _return_memory()

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
    _return_memory()
    return table


def _return_memory() -> None:
    """Return what Arrow has freed to the system: it would hold on to a third of the peak."""
    import_optional("pyarrow").default_memory_pool().release_unused()


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
    old = temporary.with_name(f"{temporary.name}.old")
    try:
        temporary.mkdir()
    except OSError as error:
        raise type(error)(error.errno, error.strerror, str(path)) from None
    try:
        yield temporary
        if path.exists():
            path.rename(old)
        temporary.rename(path)
    except BaseException:
        shutil.rmtree(temporary, ignore_errors=True)
        if old.exists() and not path.exists():
            old.rename(path)
        raise
    shutil.rmtree(old, ignore_errors=True)
