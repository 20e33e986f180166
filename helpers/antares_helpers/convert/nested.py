"""Tables of light curves for nested-pandas and LSDB: one row per locus, its points nested."""

import warnings
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
    "LOCUS_COLUMNS",
    "from_nested",
    "locus_numbers",
    "to_lsdb",
    "to_nested",
]

LIGHTCURVE = "lightcurve"
"""The column in which the light curves are nested."""

LOCUS_COLUMNS = ("locus_id", "ra", "dec")
"""The columns that are not nested."""

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
    numbers = locus_numbers(np.asarray(columns["locus_id"]))
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
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "The inplace keyword")  # of lsdb 0.11 with pandas 3.1
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
        return min(-(-loci // _PARTITIONS), _MAX_PARTITION_LOCI)
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


def locus_numbers(locus_ids: NDArray[np.str_]) -> NDArray[np.intp]:
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
