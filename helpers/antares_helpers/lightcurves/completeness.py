"""Why alerts are left out of a light curve, and how many: nothing is dropped without a count."""

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
    "Sieve",
    "completeness_sentence",
    "completeness_table",
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
"""The alert is a dipole, and ``dipoles=False`` was asked for."""

FLAGGED = "flagged"
"""A flag of the photometry or of its pixels is set, and ``flagged=False`` was asked for."""

BELOW_RELIABILITY = "below min_reliability"
"""The reliability is below what was asked for, or missing."""


class Sieve:
    """Keeps a mask of the rows that are left, and counts each other row under one reason.

    Parameters
    ----------
    size : int
        Number of rows at the beginning.
    """

    def __init__(self, size: int) -> None:
        self.kept: NDArray[np.bool_] = np.ones(size, dtype=np.bool_)
        self.left_out: dict[str, int] = {}

    def leave_out(self, rows: NDArray[np.bool_], reason: str) -> None:
        """Leave rows out; those that are out already keep their first reason."""
        hit = self.kept & rows
        self.count(reason, int(hit.sum()))
        self.kept &= ~hit

    def count(self, reason: str, number: int) -> None:
        """Count rows under a reason."""
        if number:
            self.left_out[reason] = self.left_out.get(reason, 0) + number


def completeness_sentence(lc: TimeSeries) -> str:
    """Tell in a sentence how complete a light curve is.

    Parameters
    ----------
    lc : `~astropy.timeseries.TimeSeries`
        What ``extract_lightcurve`` returned.

    Returns
    -------
    str
        How many alerts there were, how many were kept, and why each other one was left out.

    Examples
    --------
    >>> from antares_helpers import completeness_sentence, extract_lightcurve, fetch_locus
    >>> completeness_sentence(extract_lightcurve(fetch_locus("ANT2026simmissing")))
    '24 of 29 alerts kept; left out: no usable band 3, no usable flux 2. Of 3 it is not known
    whether they are dipoles.'
    """
    report = _report_of(lc)
    counts = ", ".join(f"{reason} {number}" for reason, number in report["left_out"].items())
    sentence = f"{report['kept']} of {report['alerts']} alerts kept"
    sentence += f"; left out: {counts}." if counts else "."
    if len(report["dia_objects"]) > 1:
        sentence += f" They belong to {len(report['dia_objects'])} diaObjects."
    if report["without_is_dipole"]:
        sentence += f" Of {report['without_is_dipole']} it is not known whether they are dipoles."
    return sentence


def completeness_table(lc: TimeSeries) -> Table:
    """Return how complete a light curve is as a table.

    Parameters
    ----------
    lc : `~astropy.timeseries.TimeSeries`
        What ``extract_lightcurve`` returned.

    Returns
    -------
    `~astropy.table.Table`
        One row for the alerts that were kept and one for each reason to leave some out, with the
        columns ``alerts`` (what became of them, str) and ``number`` (int64); the numbers add up
        to the alerts of the locus.

    Examples
    --------
    >>> from antares_helpers import completeness_table, extract_lightcurve, fetch_locus
    >>> completeness_table(extract_lightcurve(fetch_locus("ANT2026simmissing"))).pprint()
        alerts     number
    -------------- ------
              kept     24
    no usable band      3
    no usable flux      2
    """
    report = _report_of(lc)
    numbers = {"kept": report["kept"], **report["left_out"]}
    return Table({"alerts": list(numbers), "number": np.array(list(numbers.values()), np.int64)})


def _report_of(lc: TimeSeries) -> Mapping[str, Any]:
    report = getattr(lc, "meta", {}).get("report")
    if not isinstance(report, Mapping):
        raise InvalidInputError(
            "This light curve has no report in its meta. Take what extract_lightcurve returns."
        )
    return report
