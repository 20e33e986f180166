"""The light curves of many loci as one long table."""

import platform
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from inspect import signature
from itertools import islice
from typing import Any, TypedDict, Unpack

import numpy as np
from antares_client.models import Locus
from astropy.table import QTable
from astropy.timeseries import TimeSeries
from numpy.typing import NDArray
from pydantic_core import to_json

from antares_helpers.coerce import as_floats, as_integers
from antares_helpers.errors import BadDataError, InvalidInputError
from antares_helpers.fetching.http import one_line
from antares_helpers.fetching.locus import Loci, as_locus_dict, iter_loci_from
from antares_helpers.lightcurves.alerts import Columns
from antares_helpers.lightcurves.extract import COLUMNS, extract_lightcurve, identity_of
from antares_helpers.lightcurves.forced import ForcedLike
from antares_helpers.tables import LOCI_COLUMNS, TABLE_COLUMNS, table_of
from antares_helpers.validation import check_bands, short_repr

__all__ = [
    "CHUNK_ROWS",
    "LightcurveOptions",
    "LociSummary",
    "TableSummary",
    "checked_options",
    "empty_locus_table",
    "empty_table",
    "lightcurve_table",
    "locus_table",
    "read_chunks",
    "read_locus_chunks",
]

CHUNK_ROWS = 100_000
CHUNK_LOCI = 2_000
BLOCK_LOCI = 500

_SUMS = ("alerts", "included", "without_is_dipole", "shared_exposures",
         "signs_from_range", "signs_against_range", "negatives_confirmed")  # fmt: skip
"""The numbers in the report of a light curve that add up."""

_FORCED_SUMS = ("forced_added", "forced_of_detections", "forced_of_excluded", "forced_unusable",
                "forced_not_requested", "packet_detections_added", "signs_from_packet")  # fmt: skip
"""Those that it has with packets only."""

LOCUS_NUMBERS = {
    f"{which}_{short}": f"{which}_alert_{name}"
    for short, name in {"mjd": "observation_time", "mag": "magnitude"}.items()
    for which in ("newest", "oldest", "brightest")
}
_IN_COLUMNS = {"num_alerts", "newest_alert_id", *LOCUS_NUMBERS.values()}

_POINTS = ("included", "forced_added", "packet_detections_added")
_PACKAGES = ("antares-helpers", "antares-client", "antares-devkit", "astropy", "numpy")


class LightcurveOptions(TypedDict, total=False):
    """The options of `extract_lightcurve` that apply to all loci of a table."""

    survey: str
    flux: str
    keep_dipoles: bool
    keep_flagged: bool
    min_reliability: float | None
    bands: str | Iterable[str] | None
    forced: Callable[[Mapping[str, Any]], ForcedLike | None] | None


_PARAMETERS = signature(extract_lightcurve).parameters
_DEFAULTS = {name: _PARAMETERS[name].default for name in LightcurveOptions.__annotations__}


@dataclass
class TableSummary:
    """The sum of the reports of light curves.

    Parameters
    ----------
    options : mapping
        The options that the light curves were extracted with.
    """

    options: Mapping[str, Any]
    loci: int = 0
    loci_without_points: int = 0
    repeated_loci: int = 0
    simulated: int = 0
    sums: Counter[str] = field(default_factory=Counter)
    excluded: Counter[str] = field(default_factory=Counter)
    conventions: Counter[str] = field(default_factory=Counter)
    signs: Counter[str] = field(default_factory=Counter)

    def add(self, meta: Mapping[str, Any]) -> None:
        """Add the ``meta`` of the light curve of one locus."""
        report = meta["report"]
        self.loci += 1
        points = sum(report.get(name, 0) for name in _POINTS)
        self.loci_without_points += points == 0
        self.simulated += meta["simulated"]
        self.sums.update({name: report.get(name, 0) for name in (*_SUMS, *_FORCED_SUMS)})
        self.signs.update(meta.get("sign_check", {}))
        self.excluded.update(report["excluded"])
        self.conventions[meta["sign_convention"]] += 1

    def meta(self) -> dict[str, Any]:
        """Return the ``meta`` of the table; it can be written as JSON."""
        options = dict(self.options)
        has_forced = options.pop("forced", None) is not None
        sums = (*_SUMS, *_FORCED_SUMS) if has_forced else _SUMS
        return {
            "report": {
                "loci": self.loci,
                "loci_without_points": self.loci_without_points,
                "repeated_loci": self.repeated_loci,
                **{name: self.sums[name] for name in sums},
                "excluded": dict(sorted(self.excluded.items())),
            },
            "sign_conventions": dict(sorted(self.conventions.items())),
            "simulated": self.simulated,
            "options": options,
            **({"sign_check": dict(self.signs)} if has_forced else {}),
            **_provenance(),
        }


@dataclass
class LociSummary:
    """How many loci a table of loci has."""

    loci: int = 0
    repeated_loci: int = 0
    simulated: int = 0

    def meta(self) -> dict[str, Any]:
        """Return the ``meta`` of the table; it can be written as JSON."""
        report = {"loci": self.loci, "repeated_loci": self.repeated_loci}
        return {"report": report, "simulated": self.simulated, **_provenance()}


def _provenance() -> dict[str, Any]:
    return {
        "versions": {"python": platform.python_version()}
        | {name: version(name) for name in _PACKAGES},
        "created": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }


def lightcurve_table(loci: Loci, **options: Unpack[LightcurveOptions]) -> QTable:
    """Put the light curves of many loci into one long table.

    Parameters
    ----------
    loci : str, path-like, locus or iterable of loci
        A folder of locus files, of which those named ``ANT*.json`` are read in the order of their
        names; or loci in any form that `extract_lightcurve` takes, for example a generator; or a
        single locus. One locus is held in memory at a time.
    **options
        ``survey``, ``flux``, ``keep_dipoles``, ``keep_flagged``, ``min_reliability`` and
        ``bands``, as for `extract_lightcurve`; ``forced``, a function that returns the packets of
        a locus, such as `fetch_alert_packet`, or None if there are none.

    Returns
    -------
    `~astropy.table.QTable`
        One row per point: the loci in the order given, the points of each sorted by time.
        ``locus_id``, ``dia_object_id``, ``band``, ``survey`` and ``alert_id``: str. ``ra`` and
        ``dec`` of the locus [deg], ``mjd`` (TAI) [d], ``flux`` and ``flux_err`` [nJy]:
        `~astropy.units.Quantity`. ``snr`` and ``reliability``: float64. ``is_negative``,
        ``is_dipole``, ``flagged``, ``is_limit`` and ``is_forced``: bool. In ``meta``: ``report``,
        the numbers of loci and alerts, of alerts included, and of those excluded for each reason;
        ``sign_conventions``, how many loci show which; ``simulated``, how many loci are simulated;
        the ``options``; the ``versions`` of the packages; and when the table was ``created`` (UTC).

    Raises
    ------
    InvalidInputError
        If an option is not valid, if a folder is missing or holds no locus files, or if something
        is not a locus.
    BadDataError
        If a file is damaged, or a locus has no ID or no list of alerts.

    See Also
    --------
    write_parquet : the same, to a file, for more loci than fit in memory.
    antares_helpers.convert.to_timeseries : the light curve of one locus of the table.

    Notes
    -----
    A locus that occurs twice, as it can in search results that change while they are read, counts
    once: the first is taken, and ``meta["report"]["repeated_loci"]`` counts the others. A locus
    without points has no row, but counts in ``loci_without_points``.

    Examples
    --------
    >>> from antares_helpers import fetch_locus, lightcurve_table
    >>> ids = ["ANT2026z3bqyjga24oc", "ANT2026simmissing"]
    >>> table = lightcurve_table(map(fetch_locus, ids), bands="gri")
    >>> table["flux"].unit, table.meta["report"]["loci"]
    (Unit("nJy"), 2)
    """
    summary = TableSummary(checked_options(options))
    chunks = list(read_chunks(iter_loci_from(loci), summary))
    return table_of(_joined(chunks), summary.meta())


def locus_table(loci: Iterator[Any], more: Callable[[], Mapping[str, Any]]) -> QTable:
    """Put loci into a table, one row each, without the properties that have no column."""
    summary = LociSummary()
    chunks = [*read_locus_chunks(loci, summary)] or [_locus_columns([], [])]
    joined = {
        name: _plain(np.concatenate([each.pop(name) for each in chunks]))
        for name in LOCI_COLUMNS
        if name != "properties"
    }
    return table_of(joined, {**summary.meta(), **more()})


def empty_table(meta: Mapping[str, Any]) -> QTable:
    """Make a table without rows."""
    return table_of(_joined([]), meta)


def checked_options(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return all options, with defaults, in a form that can be written as JSON.

    Raises
    ------
    InvalidInputError
        If there is no such option, or it is not valid.
    """
    if unknown := options.keys() - _DEFAULTS.keys():
        raise InvalidInputError(
            f"There is no option {min(unknown)!r}; the options are {', '.join(_DEFAULTS)}."
        )
    checked = _DEFAULTS | dict(options) | {"bands": check_bands(options.get("bands"))}
    if not (checked["forced"] is None or callable(checked["forced"])):
        raise InvalidInputError(
            f"forced={short_repr(checked['forced'])} must be a function that returns the packets "
            "of a locus, such as fetch_alert_packet."
        )
    extract_lightcurve({"alerts": []}, **checked | {"forced": None})
    switches = {name: bool(checked[name]) for name in ("keep_dipoles", "keep_flagged")}
    limit = checked["min_reliability"]
    return checked | switches | {"min_reliability": None if limit is None else float(limit)}


def read_chunks(
    loci: Iterator[Any], summary: TableSummary, *, rows: int = CHUNK_ROWS
) -> Iterator[Columns]:
    """Yield the points of loci as columns of about `rows` rows, and count them in `summary`."""
    blocks: list[Columns] = []
    parts: list[Columns] = []
    number = 0
    forced = summary.options["forced"]
    for locus_id, locus in _distinct(loci, summary, as_locus_dict):
        packets = None if forced is None else forced(locus)
        lc = extract_lightcurve(locus, **{**summary.options, "forced": packets})
        summary.add(lc.meta)
        parts.append(_columns_of(lc, locus_id, locus))
        number += len(lc)
        if len(parts) == BLOCK_LOCI:  # many small arrays need more memory than their content
            blocks.append(_joined(parts))
            parts = []
        if number >= rows:
            yield _joined(blocks + parts)
            blocks, parts, number = [], [], 0
    if number:
        yield _joined(blocks + parts)


def read_locus_chunks(loci: Iterator[Any], summary: LociSummary) -> Iterator[Columns]:
    """Yield loci, without their alerts, as columns of at most `CHUNK_LOCI` rows; count them."""
    each_once = _distinct(loci, summary, locus_outline)
    while part := list(islice(each_once, CHUNK_LOCI)):
        summary.loci += len(part)
        summary.simulated += sum(identity_of(locus)["simulated"] for _, locus in part)
        yield _locus_columns([locus_id for locus_id, _ in part], [locus for _, locus in part])


def empty_locus_table() -> QTable:
    """Make a table of loci without rows."""
    columns = _locus_columns([], [])
    return table_of({name: _plain(columns[name]) for name in LOCI_COLUMNS}, {})


def _plain(values: NDArray[Any]) -> NDArray[Any]:
    return values.astype(np.str_) if values.dtype == object else values


def locus_outline(locus: Any) -> Mapping[str, Any]:
    """Return any form of a locus as a mapping; its alerts are not needed, and not fetched."""
    if isinstance(locus, Locus):
        return {
            "id": locus.locus_id,
            "ra": locus.ra,
            "dec": locus.dec,
            "user_tags": locus.tags,
            "old_properties": locus.properties,
        }
    return locus if isinstance(locus, Mapping) else as_locus_dict(locus)


def _locus_columns(locus_ids: list[str], loci: list[Mapping[str, Any]]) -> Columns:
    """Return the `LOCI_COLUMNS`; texts as objects, because one long text widens every other."""
    properties = [_mapping(locus.get("old_properties")) for locus in loci]
    positions = np.array([_position(locus) for locus in loci], dtype=np.float64).reshape(-1, 2)
    texts = {
        "locus_id": locus_ids,
        "newest_alert_id": [str(each.get("newest_alert_id") or "") for each in properties],
        "dia_object_ids": [_dia_object_ids(each) for each in properties],
        "tags": [",".join(sorted(map(str, locus.get("user_tags") or ()))) for locus in loci],
        "properties": [_json_of_others(each) for each in properties],
    }
    alerts = as_integers([each.get("num_alerts") for each in properties])
    return {
        "ra": positions[:, 0],
        "dec": positions[:, 1],
        "num_alerts": np.maximum(alerts, 0),
        **{
            column: as_floats([each.get(name) for each in properties])
            for column, name in LOCUS_NUMBERS.items()
        },
        **{name: np.array(values, dtype=object) for name, values in texts.items()},
    }


def _dia_object_ids(properties: Mapping[str, Any]) -> str:
    lsst = _mapping(_mapping(properties.get("survey")).get("lsst"))
    given = lsst.get("dia_object_id") or ()
    return ",".join(map(str, given if isinstance(given, list | tuple) else [given]))


def _json_of_others(properties: Mapping[str, Any]) -> str:
    others = {name: value for name, value in properties.items() if name not in _IN_COLUMNS}
    return to_json(others, inf_nan_mode="null", fallback=str).decode()


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _position(locus: Mapping[str, Any]) -> tuple[float, float]:
    ra, dec = as_floats([locus.get("ra"), locus.get("dec")])
    return (ra, dec) if 0 <= ra <= 360 and -90 <= dec <= 90 else (np.nan, np.nan)


def _distinct(
    loci: Iterator[Any],
    summary: TableSummary | LociSummary,
    as_dict: Callable[[Any], Mapping[str, Any]],
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield each locus once, with its ID."""
    seen: set[str] = set()
    for each in loci:
        locus = as_dict(each)
        locus_id = _id_of(locus)
        if locus_id in seen:
            summary.repeated_loci += 1
            continue
        seen.add(locus_id)
        yield locus_id, locus


def _id_of(locus: Mapping[str, Any]) -> str:
    locus_id = locus.get("id")
    locus_id = one_line(locus_id) if isinstance(locus_id, str) else ""
    if not locus_id:
        raise BadDataError(
            "A locus has no ID, so its points can't be distinguished from those of others. Fetch "
            "it with fetch_locus."
        )
    return locus_id


def _columns_of(lc: TimeSeries, locus_id: str, locus: Mapping[str, Any]) -> Columns:
    ra, dec = _position(locus)
    columns = {name: np.asarray(lc[name]) for name in COLUMNS}
    return columns | {
        "locus_id": np.full(len(lc), locus_id),
        "ra": np.full(len(lc), ra),
        "dec": np.full(len(lc), dec),
        "mjd": np.asarray(lc.time.mjd, dtype=np.float64),
    }


def _joined(parts: list[Columns]) -> Columns:
    """Join columns, and free the parts on the way."""
    parts = parts or [_columns_of(extract_lightcurve({"alerts": []}), "", {})]
    return {name: np.concatenate([part.pop(name) for part in parts]) for name in TABLE_COLUMNS}
