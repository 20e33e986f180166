"""Which alerts a light curve includes, and why each of the others is excluded."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from astropy.table import Table
from astropy.timeseries import TimeSeries
from numpy.typing import NDArray

from antares_helpers.errors import InvalidInputError

__all__ = [
    "BEFORE_SURVEY",
    "BELOW_RELIABILITY",
    "DIPOLE",
    "DUPLICATE",
    "FLAGGED",
    "IN_FUTURE",
    "MALFORMED",
    "NO_BAND",
    "NO_FLUX",
    "NO_FLUX_ERR",
    "NO_SIGN",
    "NO_TIME",
    "OTHER_BAND",
    "OTHER_OBJECT",
    "OTHER_SURVEY",
    "RowMask",
    "alert_summary",
    "excluded_clause",
]

MALFORMED = "malformed alert"
"""The alert has no ID, or no properties."""

OTHER_SURVEY = "other survey"
"""The alert comes from a survey that was not asked for."""

NO_TIME = "no usable time"
"""The time is missing or not a number."""

BEFORE_SURVEY = "time before the survey"
"""The time lies before the survey began (2025-01-01 for LSST, 2017-10-01 for ZTF)."""

IN_FUTURE = "time in the future"
"""The time lies more than a day ahead of this computer's clock."""

NO_BAND = "no usable band"
"""The band is missing or not one of the survey's."""

NO_FLUX = "no usable flux"
"""The flux (or, for ZTF, the magnitude) is missing or not a finite number."""

NO_FLUX_ERR = "no usable flux error"
"""The error of the flux is missing, not a finite number, or not positive."""

NO_SIGN = "sign unknown"
"""Neither the flags nor the other fluxes of the alert tell the sign of the flux."""

DUPLICATE = "duplicate"
"""An alert of the same ID stands before it in the locus."""

OTHER_OBJECT = "other object"
"""The alert belongs to another diaObject than was asked for."""

OTHER_BAND = "other band"
"""The alert is in a band that was not asked for."""

DIPOLE = "dipole"
"""The alert is a dipole, and ``keep_dipoles=False`` was asked for."""

FLAGGED = "flagged"
"""A flag of the photometry or of its pixels is set, and ``keep_flagged=False`` was asked for."""

BELOW_RELIABILITY = "below min_reliability"
"""The reliability is below what was asked for, or missing."""


class RowMask:
    """A mask of the rows that are included, which counts each excluded row under one reason.

    Parameters
    ----------
    size : int
        Number of rows.
    """

    def __init__(self, size: int) -> None:
        self.included: NDArray[np.bool_] = np.ones(size, dtype=np.bool_)
        self.excluded: dict[str, int] = {}

    def reject(self, rows: NDArray[np.bool_], reason: str) -> None:
        """Exclude rows; a row that is excluded already keeps its first reason."""
        hit = self.included & rows
        self.count(reason, int(hit.sum()))
        self.included &= ~hit

    def count(self, reason: str, number: int) -> None:
        """Count rows under a reason."""
        if number:
            self.excluded[reason] = self.excluded.get(reason, 0) + number


def alert_summary(lc: TimeSeries) -> Table:
    """Summarize which alerts a light curve includes, and why each of the others is excluded.

    Parameters
    ----------
    lc : `~astropy.timeseries.TimeSeries`
        What ``extract_lightcurve`` returned.

    Returns
    -------
    `~astropy.table.Table`
        One row for the alerts that are included and one for each reason to exclude some, with
        the columns ``alerts`` (str) and ``number`` (int64). The numbers add up to the alerts of
        the locus. ``meta["sentence"]`` says the same in one sentence.

    Raises
    ------
    InvalidInputError
        If `lc` has no report in its ``meta``.

    Examples
    --------
    >>> from antares_helpers import alert_summary, extract_lightcurve, fetch_locus
    >>> summary = alert_summary(extract_lightcurve(fetch_locus("ANT2026simmissing")))
    >>> summary.pprint()
        alerts     number
    -------------- ------
          included     24
    no usable band      3
    no usable flux      2
    >>> summary.meta["sentence"]
    '24 of 29 alerts included; excluded: 3 no usable band, 2 no usable flux. 3 of those included do
    not say whether they are dipoles.'
    """
    report = _report_of(lc)
    numbers = {"included": report["included"], **report["excluded"]}
    return Table(
        {"alerts": list(numbers), "number": np.array(list(numbers.values()), np.int64)},
        meta={"sentence": _sentence(report)},
    )


def _sentence(report: Mapping[str, Any]) -> str:
    sentence = f"{report['included']} of {report['alerts']} alerts included"
    sentence += excluded_clause(report["excluded"])
    if len(report["dia_objects"]) > 1:
        sentence += f" They belong to {len(report['dia_objects'])} diaObjects."
    if report["without_is_dipole"]:
        number = report["without_is_dipole"]
        verb = "does" if number == 1 else "do"
        sentence += f" {number} of those included {verb} not say whether they are dipoles."
    return sentence


def excluded_clause(excluded: Mapping[str, int]) -> str:
    """Return the end of a sentence that says how many alerts are excluded for each reason."""
    counts = ", ".join(f"{number} {reason}" for reason, number in excluded.items())
    return f"; excluded: {counts}." if counts else "."


def _report_of(lc: TimeSeries) -> Mapping[str, Any]:
    report = getattr(lc, "meta", {}).get("report")
    if not isinstance(report, Mapping):
        raise InvalidInputError(
            "This light curve has no report in its meta. Take what extract_lightcurve returns."
        )
    return report
