"""The alerts of a locus, grouped by survey, and by the exposure that they measure."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from antares_helpers.coerce import as_floats

__all__ = [
    "AlertList",
    "Columns",
    "Repeats",
    "common_columns",
    "numbers",
    "older_issues",
    "repeats_of_exposures",
    "shared_exposures",
    "split_by_survey",
]

Columns = dict[str, NDArray[Any]]
"""One array per column, with one value per alert."""


@dataclass
class AlertList:
    """Alerts of one survey, unchanged: three lists of one length."""

    ids: list[str] = field(default_factory=list)
    mjds: list[Any] = field(default_factory=list)
    properties: list[Mapping[str, Any]] = field(default_factory=list)


def split_by_survey(alerts: Iterable[Any]) -> tuple[dict[str, AlertList], int]:
    """Group alerts by the beginning of their ID.

    Parameters
    ----------
    alerts : iterable
        The ``alerts`` of a devkit dict.

    Returns
    -------
    surveys : dict of str to AlertList
        Under ``"lsst"``, ``"ztf"`` (detections), ``"ztf limit"`` and ``"other"``.
    malformed : int
        How many alerts have no ID or no properties.
    """
    surveys = {name: AlertList() for name in ("lsst", "ztf", "ztf limit", "other")}
    lsst = surveys["lsst"]
    malformed = 0
    for alert in alerts:
        try:
            alert_id, mjd, properties = alert["id"], alert.get("mjd"), alert["properties"]
            survey = lsst if alert_id.startswith("lsst") else surveys[_other_survey_of(alert_id)]
        except (KeyError, IndexError, TypeError, AttributeError):
            malformed += 1
            continue
        if type(properties) is not dict and not isinstance(properties, Mapping):
            malformed += 1
            continue
        survey.ids.append(alert_id)
        survey.mjds.append(mjd)
        survey.properties.append(properties)
    return surveys, malformed


def _other_survey_of(alert_id: str) -> str:
    if alert_id.startswith("ztf_upper_limit"):
        return "ztf limit"
    return "ztf" if alert_id.startswith("ztf") else "other"


def common_columns(alerts: AlertList, survey: str) -> Columns:
    """Return the columns that follow from the IDs alone."""
    return {
        "alert_id": np.array(alerts.ids, dtype=object),
        "survey": np.full(len(alerts.ids), survey),
        "is_limit": np.zeros(len(alerts.ids), dtype=np.bool_),
    }


def numbers(properties: Sequence[Mapping[str, Any]], *names: str) -> NDArray[np.float64]:
    """Return for each alert the first of these properties that is a number, or NaN."""
    found = np.full(len(properties), np.nan)
    for name in names:
        values = as_floats([each.get(name) for each in properties])
        found = np.where(np.isnan(found), values, found)
    return found


@dataclass
class Repeats:
    """Rows that measure an exposure again."""

    detections: list[int] = field(default_factory=list)
    limits: list[int] = field(default_factory=list)
    contradicted_limits: list[int] = field(default_factory=list)


def older_issues(columns: Columns, included: NDArray[np.bool_], name: str) -> list[int]:
    """Return the rows with the same ID in column `name` as a newer one.

    Parameters
    ----------
    columns : dict of str to ndarray
        From `read_lsst` or `read_ztf`.
    included : ndarray of bool
        The rows to consider.
    name : str
        ``"alert_id"`` or ``"source"``.
    """
    rows = np.flatnonzero(included & (columns["source"] > 0 if name == "source" else True))
    ids = columns[name][rows].tolist()
    if len(set(ids)) == len(ids):  # nearly always
        return []
    received = columns["received"]
    groups = _groups(rows.tolist(), ids)
    return [row for group in groups for row in group if row != _newest(group, received)]


def repeats_of_exposures(columns: Columns, included: NDArray[np.bool_]) -> Repeats:
    """Return the rows that measure an exposure of which another row is the better measurement.

    Rows are of one exposure if survey, visit, detector, band and diaObject are known and the same.
    A detection goes before upper limits. Of several detections by ZTF, which are different sources
    in one image, the one of the highest S/N goes first; else the newest row does.
    """
    known = included & (columns["visit"] > 0) & (columns["detector"] >= 0)
    rows = _sharing(columns["visit"], known).tolist()
    names = ("survey", "visit", "detector", "band", "dia_object_id")
    keys = zip(*(columns[name][rows].tolist() for name in names), strict=True)
    repeats = Repeats()
    for group in _groups(rows, keys):
        if columns["survey"][group[0]] == "lsst" and not columns["dia_object_id"][group[0]]:
            continue
        limits = [row for row in group if columns["is_limit"][row]]
        detections = [row for row in group if not columns["is_limit"][row]]
        if detections:
            best = _best(detections, columns)
            repeats.detections += [row for row in detections if row != best]
            repeats.contradicted_limits += limits
        else:
            newest = _newest(limits, columns["received"])
            repeats.limits += [row for row in limits if row != newest]
    return repeats


def shared_exposures(columns: Columns, included: NDArray[np.bool_]) -> int:
    """Return the number of visits in which these rows belong to several diaObjects."""
    known = included & (columns["visit"] > 0) & (columns["dia_object_id"] != "")
    rows = _sharing(columns["visit"], known)
    pairs = zip(columns["visit"][rows].tolist(), columns["dia_object_id"][rows].tolist())
    visits = [visit for visit, _ in set(pairs)]
    return len(visits) - len(set(visits))


def _sharing(values: NDArray[np.int64], among: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Return the rows that have a value in common with another row."""
    rows = np.flatnonzero(among)
    ordered = np.sort(values[rows])
    shared = ordered[1:][ordered[1:] == ordered[:-1]]
    return rows[np.isin(values[rows], shared)]


def _groups(rows: Iterable[int], keys: Iterable[Hashable]) -> list[list[int]]:
    """Return the rows of each key that has several."""
    groups: dict[Hashable, list[int]] = {}
    for row, key in zip(rows, keys, strict=True):
        groups.setdefault(key, []).append(row)
    return [group for group in groups.values() if len(group) > 1]


def _best(detections: list[int], columns: Columns) -> int:
    if columns["survey"][detections[0]] == "ztf":
        snr = columns["snr"][detections]
        detections = [detections[index] for index in np.flatnonzero(snr == snr.max())]
    return _newest(detections, columns["received"])


def _newest(rows: list[int], received: NDArray[np.float64]) -> int:
    """Return the row received last, or the last in the list if not all times are known."""
    times = received[rows]
    if not np.isfinite(times).all():
        return rows[-1]
    return rows[np.flatnonzero(times == times.max())[-1]]
