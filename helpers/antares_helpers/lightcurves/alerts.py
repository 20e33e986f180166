"""The alerts of a locus, grouped by survey, and by the exposure that they measure."""

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from antares_helpers.coerce import as_floats, as_integers

__all__ = [
    "DETECTOR",
    "AlertList",
    "Columns",
    "Properties",
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

Properties: TypeAlias = Mapping[str, Any]
"""The properties of an alert."""


# Read only for visits that occur more than once, which are rare.
DETECTOR = "lsst_diaSource_detector"
_RECEIVED = "ant_time_received"


MAX_ID = 100
"""Characters that the ID of an alert may have: a column has room for the longest in every row."""


@dataclass
class AlertList:
    """Alerts of one survey, unchanged: three lists of one length."""

    ids: list[str] = field(default_factory=list)
    mjds: list[Any] = field(default_factory=list)
    properties: list[Properties] = field(default_factory=list)


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
        How many alerts have no ID, one that is not printable or longer than `MAX_ID`, or no
        properties.
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
        is_read = type(properties) is dict or isinstance(properties, Mapping)
        if not (is_read and len(alert_id) <= MAX_ID and alert_id.isprintable()):
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
    no = np.zeros(len(alerts.ids), dtype=np.bool_)
    return {
        "alert_id": np.array(alerts.ids, dtype=object),
        "survey": np.full(len(alerts.ids), survey),
        "is_limit": no,
        "is_forced": no,
    }


def numbers(properties: Sequence[Properties], *names: str) -> NDArray[np.float64]:
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


def older_issues(
    columns: Columns, included: NDArray[np.bool_], properties: Sequence[Properties], name: str
) -> list[int]:
    """Return the rows with the same ID as a newer row.

    Parameters
    ----------
    columns : dict of str to ndarray
        From `read_lsst` and `read_ztf`.
    included : ndarray of bool
        The rows to consider.
    properties : sequence of mapping
        The properties of each row.
    name : {"alert_id", "source"}
        The column of the IDs.
    """
    ids = columns[name]
    rows = np.flatnonzero(included) if name == "alert_id" else _sharing(ids, included & (ids > 0))
    groups = _groups(rows.tolist(), ids[rows].tolist())
    return [row for group in groups for row in group if row != _newest(group, properties)]


def repeats_of_exposures(
    columns: Columns, included: NDArray[np.bool_], properties: Sequence[Properties]
) -> Repeats:
    """Return the rows that measure an exposure of which another row is preferred.

    Rows are of one exposure if survey, visit, detector, band and diaObject are known and the same.
    A detection is preferred to upper limits; of several rows the newest is, but of detections by
    ZTF, which come from one image, the one of the highest S/N.
    """
    repeats = Repeats()
    for group in _exposures(columns, included, properties):
        limits = [row for row in group if columns["is_limit"][row]]
        if len(limits) == len(group):
            newest = _newest(limits, properties)
            repeats.limits += [row for row in limits if row != newest]
            continue
        detections = [row for row in group if not columns["is_limit"][row]]
        best = _best(detections, columns, properties)
        repeats.detections += [row for row in detections if row != best]
        repeats.contradicted_limits += limits
    return repeats


def shared_exposures(columns: Columns, included: NDArray[np.bool_]) -> int:
    """Return the number of visits in which these rows belong to several diaObjects."""
    rows = _sharing(columns["visit"], included & (columns["visit"] > 0))
    rows = rows[columns["dia_object_id"][rows] != ""]
    visits, objects = columns["visit"][rows].tolist(), columns["dia_object_id"][rows].tolist()
    objects_of = Counter(visit for visit, _ in set(zip(visits, objects, strict=True)))
    return sum(number > 1 for number in objects_of.values())


def _exposures(
    columns: Columns, included: NDArray[np.bool_], properties: Sequence[Properties]
) -> list[list[int]]:
    """Return the rows of each exposure that has several."""
    rows = _sharing(columns["visit"], included & (columns["visit"] > 0))
    detector = as_integers([properties[row].get(DETECTOR) for row in rows])
    is_known = (detector >= 0) & (columns["dia_object_id"][rows] != "")
    is_known |= columns["survey"][rows] == "ztf"
    rows = rows[is_known]
    parts = [columns[name][rows].tolist() for name in ("survey", "visit", "band", "dia_object_id")]
    return _groups(rows.tolist(), zip(*parts, detector[is_known].tolist(), strict=True))


def _sharing(values: NDArray[np.int64], among: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Return the rows that have a value in common with another row."""
    rows = np.flatnonzero(among)
    order = np.argsort(values[rows], kind="stable")
    ordered = values[rows][order]
    same = np.flatnonzero(ordered[1:] == ordered[:-1])
    return np.sort(rows[order[np.union1d(same, same + 1)]])


def _groups(rows: Sequence[int], keys: Iterable[Hashable]) -> list[list[int]]:
    """Return the rows of each key that has several."""
    keys = list(keys)
    if len(set(keys)) == len(keys):  # nearly always, and faster
        return []
    groups: dict[Hashable, list[int]] = {}
    for row, key in zip(rows, keys, strict=True):
        groups.setdefault(key, []).append(row)
    return [group for group in groups.values() if len(group) > 1]


def _best(detections: list[int], columns: Columns, properties: Sequence[Properties]) -> int:
    if columns["survey"][detections[0]] == "ztf":
        snr = columns["snr"][detections]
        detections = [detections[index] for index in np.flatnonzero(snr == snr.max())]
    return _newest(detections, properties)


def _newest(rows: list[int], properties: Sequence[Properties]) -> int:
    """Return the row received last; the last of the list if the times are not all known."""
    received = as_floats([properties[row].get(_RECEIVED) for row in rows])
    if not np.isfinite(received).all():
        return rows[-1]
    return rows[int(np.flatnonzero(received == received.max())[-1])]
