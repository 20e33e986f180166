"""The alerts of a locus, grouped by the survey that sent them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from antares_helpers.coerce import as_floats

__all__ = ["AlertList", "Columns", "common_columns", "numbers", "split_by_survey"]

Columns = dict[str, NDArray[Any]]
"""One array per column, with one value per alert."""


MAX_ID = 200
"""Characters that the ID of an alert may have: a column has room for the longest in every row."""


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
