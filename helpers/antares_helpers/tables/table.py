"""The light curves of many loci as one long table."""

from collections.abc import Iterable, Iterator, Mapping
from inspect import signature
from typing import Any, TypedDict, Unpack

import numpy as np
from astropy.table import Column, QTable
from astropy.timeseries import TimeSeries

from antares_helpers.coerce import as_floats
from antares_helpers.errors import BadDataError, InvalidInputError
from antares_helpers.fetching.locus import as_locus_dict
from antares_helpers.lightcurves.alerts import Columns
from antares_helpers.lightcurves.extract import COLUMNS, extract_lightcurve
from antares_helpers.tables.sources import Loci, iter_loci_from
from antares_helpers.tables.summary import TableSummary
from antares_helpers.validation import check_bands

__all__ = [
    "TABLE_COLUMNS",
    "LightcurveOptions",
    "checked_options",
    "empty_table",
    "lightcurve_table",
    "read_chunks",
    "table_of",
]

TABLE_COLUMNS: dict[str, tuple[str | None, str]] = {
    "locus_id": (None, "ID of the locus in ANTARES"),
    "ra": ("deg", "right ascension of the locus (ICRS)"),
    "dec": ("deg", "declination of the locus (ICRS)"),
    "dia_object_id": (None, COLUMNS["dia_object_id"]),
    "mjd": ("d", "middle of the exposure, MJD (TAI)"),
    "band": (None, COLUMNS["band"]),
    "flux": ("nJy", COLUMNS["flux"]),
    "flux_err": ("nJy", COLUMNS["flux_err"]),
    "snr": (None, COLUMNS["snr"]),
    "reliability": (None, COLUMNS["reliability"]),
    "is_negative": (None, COLUMNS["is_negative"]),
    "is_dipole": (None, COLUMNS["is_dipole"]),
    "flagged": (None, COLUMNS["flagged"]),
    "is_limit": (None, COLUMNS["is_limit"]),
    "survey": (None, COLUMNS["survey"]),
    "alert_id": (None, COLUMNS["alert_id"]),
}
"""The columns of a table of light curves: the unit of each, and what it holds."""

CHUNK_ROWS = 100_000
BLOCK_LOCI = 500


class LightcurveOptions(TypedDict, total=False):
    """The options of `extract_lightcurve` that hold for all loci of a table."""

    survey: str
    flux: str
    keep_dipoles: bool
    keep_flagged: bool
    min_reliability: float | None
    bands: str | Iterable[str] | None


_PARAMETERS = signature(extract_lightcurve).parameters
_DEFAULTS = {name: _PARAMETERS[name].default for name in LightcurveOptions.__annotations__}


def lightcurve_table(loci: Loci, **options: Unpack[LightcurveOptions]) -> QTable:
    """Put the light curves of many loci into one long table.

    Parameters
    ----------
    loci : str, path-like, locus or iterable of loci
        A folder of locus files, of which those named ``ANT*.json`` are read in the order of their
        names; or loci in any form that `extract_lightcurve` takes, for example a generator; or a
        single locus. One locus is held in memory at a time.
    **options
        ``survey``, ``flux``, ``keep_dipoles``, ``keep_flagged``, ``min_reliability`` and ``bands``, as for
        `extract_lightcurve`.

    Returns
    -------
    `~astropy.table.QTable`
        One row a point: the loci in the order in which they come, the points of each by time.
        ``locus_id``, ``dia_object_id``, ``band``, ``survey`` and ``alert_id``: str. ``ra`` and
        ``dec`` of the locus [deg], ``mjd`` (TAI) [d], ``flux`` and ``flux_err`` [nJy]:
        `~astropy.units.Quantity`. ``snr`` and ``reliability``: float64. ``is_negative``,
        ``is_dipole``, ``flagged`` and ``is_limit``: bool. ``meta`` tells under ``report`` how
        many loci and alerts there were, how many were kept and why each other alert was left
        out; under ``sign_conventions`` how many loci show which; under ``simulated`` how many
        loci are simulated; and the ``options``, the ``versions`` of the packages, and when the
        table was ``created`` (UTC).

    Raises
    ------
    InvalidInputError
        If an option can't be meant, a folder is missing or holds no locus files, or something is
        no locus.
    BadDataError
        If a file is damaged, or a locus has no ID or no list of alerts.

    See Also
    --------
    write_parquet : the same, to a file, for more loci than memory holds.
    to_timeseries : the light curve of one locus of the table.

    Notes
    -----
    A locus that comes twice, as a walk through search results can bring it, counts once: the
    first is taken, and ``meta["report"]["repeated_loci"]`` counts the others. A locus without
    points has no row, but counts in ``loci_without_points``.

    Examples
    --------
    >>> from antares_helpers import fetch_locus, lightcurve_table
    >>> ids = ["ANT2026z3bqyjga24oc", "ANT2026simmissing"]
    >>> table = lightcurve_table(map(fetch_locus, ids), bands="gri")
    >>> table["flux"].unit, table.meta["report"]["loci"]
    (Unit("nJy"), 2)
    """
    tally = TableSummary(checked_options(options))
    chunks = list(read_chunks(iter_loci_from(loci), tally))
    return table_of(_joined(chunks), tally.meta())


def checked_options(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return all options, with defaults, as they can be written as JSON.

    Raises
    ------
    InvalidInputError
        If there is no such option, or it can't be meant.
    """
    if unknown := options.keys() - _DEFAULTS.keys():
        raise InvalidInputError(
            f"There is no option {min(unknown)!r} here; there are {', '.join(_DEFAULTS)}."
        )
    checked = _DEFAULTS | dict(options) | {"bands": check_bands(options.get("bands"))}
    extract_lightcurve({"alerts": []}, **checked)
    switches = {name: bool(checked[name]) for name in ("keep_dipoles", "keep_flagged")}
    limit = checked["min_reliability"]
    return checked | switches | {"min_reliability": None if limit is None else float(limit)}


def read_chunks(
    loci: Iterator[Any], tally: TableSummary, *, rows: int = CHUNK_ROWS
) -> Iterator[Columns]:
    """Yield the points of loci as columns of some `rows` rows, and count them in `tally`."""
    blocks: list[Columns] = []
    parts: list[Columns] = []
    number = 0
    seen: set[str] = set()
    for each in loci:
        locus = as_locus_dict(each)
        locus_id = _id_of(locus)
        if locus_id in seen:
            tally.repeated_loci += 1
            continue
        seen.add(locus_id)
        lc = extract_lightcurve(locus, **tally.options)
        tally.add(lc.meta)
        parts.append(_columns_of(lc, locus_id, locus))
        number += len(lc)
        if len(parts) == BLOCK_LOCI:  # many small arrays take more memory than what they hold
            blocks.append(_joined(parts))
            parts = []
        if number >= rows:
            yield _joined(blocks + parts)
            blocks, parts, number = [], [], 0
    if number:
        yield _joined(blocks + parts)


def table_of(columns: Mapping[str, Any], meta: Mapping[str, Any]) -> QTable:
    """Make the table of columns without units."""
    data = {
        name: Column(columns[name], unit=unit, description=description)
        for name, (unit, description) in TABLE_COLUMNS.items()
    }
    return QTable(data, meta=dict(meta), copy=False)


def empty_table(meta: Mapping[str, Any]) -> QTable:
    """Make a table without rows."""
    return table_of(_joined([]), meta)


def _id_of(locus: Mapping[str, Any]) -> str:
    locus_id = locus.get("id")
    if not isinstance(locus_id, str) or not locus_id:
        raise BadDataError(
            "A locus has no ID, so that its points can't be told from those of others. Fetch it "
            "with fetch_locus."
        )
    return locus_id


def _columns_of(lc: TimeSeries, locus_id: str, locus: Mapping[str, Any]) -> Columns:
    place = as_floats([locus.get("ra"), locus.get("dec")])
    columns = {name: np.asarray(lc[name]) for name in COLUMNS}
    return columns | {
        "locus_id": np.full(len(lc), locus_id),
        "ra": np.full(len(lc), place[0]),
        "dec": np.full(len(lc), place[1]),
        "mjd": np.asarray(lc.time.mjd, dtype=np.float64),
    }


def _joined(parts: list[Columns]) -> Columns:
    """Join columns, and let go of the parts on the way."""
    parts = parts or [_columns_of(extract_lightcurve({"alerts": []}), "", {})]
    return {name: np.concatenate([part.pop(name) for part in parts]) for name in TABLE_COLUMNS}
