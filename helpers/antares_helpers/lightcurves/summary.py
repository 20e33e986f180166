"""Which alerts a light curve includes, and why each of the others is excluded."""

import time
import warnings
from collections.abc import Mapping, Sequence
from numbers import Real
from typing import Any, NamedTuple, cast

import numpy as np
from astropy.table import Table
from astropy.timeseries import TimeSeries
from numpy.typing import NDArray

from antares_helpers.bands import BANDS
from antares_helpers.errors import (
    IncompleteLocusWarning,
    InvalidInputError,
    SignConventionWarning,
)
from antares_helpers.lightcurves.alerts import (
    Columns,
    Properties,
    older_issues,
    repeats_of_exposures,
    shared_exposures,
)
from antares_helpers.validation import short_repr

__all__ = [
    "BEFORE_SURVEY",
    "BELOW_RELIABILITY",
    "CONTRADICTED_LIMIT",
    "DIPOLE",
    "DUPLICATE",
    "FLAGGED",
    "IN_FUTURE",
    "MALFORMED",
    "NO_BAND",
    "NO_FLUX",
    "NO_FLUX_ERR",
    "NO_MAGNITUDE",
    "NO_SIGN",
    "NO_TIME",
    "OTHER_BAND",
    "OTHER_OBJECT",
    "OTHER_SURVEY",
    "REPEATED_DETECTION",
    "REPEATED_LIMIT",
    "RowMask",
    "Selection",
    "alert_summary",
    "excluded_clause",
    "reject_other",
    "reject_unusable",
    "report",
    "select",
    "warn",
]

MALFORMED = "malformed alert"
"""The alert has no ID, or one of more than 100 characters, or no properties."""

OTHER_SURVEY = "other survey"
"""The alert is from a survey that was not requested."""

NO_TIME = "no usable time"
"""The time is missing or not a number."""

BEFORE_SURVEY = "time before the survey"
"""The time is before the survey began (2025-01-01 for LSST, 2017-10-01 for ZTF)."""

IN_FUTURE = "time in the future"
"""The time is more than a day ahead of this computer's clock."""

NO_BAND = "no usable band"
"""The band is missing or not one of the survey's."""

NO_MAGNITUDE = "not a magnitude"
"""The magnitude of a ZTF alert is outside 5 to 35, as 0, -99, 99 and 999 are."""

NO_FLUX = "no usable flux"
"""The flux (or, for ZTF, the magnitude) is missing or not a finite number."""

NO_FLUX_ERR = "no usable flux error"
"""The error of the flux is missing, not finite, not positive, or (for ZTF) above 5 mag."""

NO_SIGN = "sign unknown"
"""Neither the flags, nor the other fluxes of the alert, nor their range give its sign."""

DUPLICATE = "duplicate"
"""A newer alert of the locus has the same ID, or is of the same diaSource."""

REPEATED_DETECTION = "repeated detection"
"""Another detection of the same exposure is included instead."""

REPEATED_LIMIT = "repeated limit"
"""Another upper limit of the same exposure is included instead."""

CONTRADICTED_LIMIT = "limit contradicted by a detection"
"""There is a detection in the exposure of the upper limit."""

OTHER_OBJECT = "other object"
"""The alert belongs to a diaObject that was not requested."""

OTHER_BAND = "other band"
"""The alert is in a band that was not requested."""

DIPOLE = "dipole"
"""The alert is a dipole, and ``keep_dipoles=False`` was passed."""

FLAGGED = "flagged"
"""A flag of the photometry or of its pixels is set, and ``keep_flagged=False`` was passed."""

BELOW_RELIABILITY = "below min_reliability"
"""The reliability is below ``min_reliability``, or missing."""

_MJD_OF_UNIX_EPOCH = 40587.0


class RowMask:
    """A mask of the included rows, which counts each excluded row under one reason.

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

    def reject_rows(self, rows: list[int], reason: str) -> None:
        """Exclude rows, given by their numbers."""
        chosen = np.zeros(len(self.included), dtype=np.bool_)
        chosen[rows] = True
        self.reject(chosen, reason)

    def count(self, reason: str, number: int) -> None:
        """Count rows under a reason."""
        if number:
            self.excluded[reason] = self.excluded.get(reason, 0) + number


class Selection(NamedTuple):
    """The options of `extract_lightcurve` that exclude alerts."""

    bands: list[str] | None
    objects: list[str] | None
    keep_dipoles: bool
    keep_flagged: bool
    min_reliability: float | None


def select(
    mask: RowMask, columns: Columns, properties: Sequence[Properties], wanted: Selection
) -> None:
    """Exclude all alerts but those that are usable, of one exposure each, and wanted."""
    reject_unusable(mask, columns)
    # Before the options, so that none of them brings a repeated detection back.
    _reject_repeated(mask, columns, properties)
    reject_other(mask, columns, wanted)
    if not wanted.keep_dipoles:
        mask.reject(columns["is_dipole"], DIPOLE)
    if not wanted.keep_flagged:
        mask.reject(columns["flagged"], FLAGGED)
    if wanted.min_reliability is not None:
        unreliable = ~(columns["reliability"] >= wanted.min_reliability) & ~columns["is_limit"]
        mask.reject(unreliable, BELOW_RELIABILITY)


def reject_other(mask: RowMask, columns: Columns, wanted: Selection) -> None:
    """Exclude what is of another diaObject or band than those requested."""
    if wanted.objects is not None:
        mask.reject(~np.isin(columns["dia_object_id"], wanted.objects), OTHER_OBJECT)
    if wanted.bands is not None:
        mask.reject(~np.isin(columns["band"], wanted.bands), OTHER_BAND)


def reject_unusable(mask: RowMask, columns: Columns) -> None:
    """Exclude alerts without a usable time, band or flux."""
    mjd = columns["mjd"]
    mask.reject(~np.isfinite(mjd), NO_TIME)
    mask.reject(mjd < columns["began"], BEFORE_SURVEY)
    mask.reject(mjd > time.time() / 86400 + _MJD_OF_UNIX_EPOCH + 1, IN_FUTURE)
    mask.reject(~np.isin(columns["band"], BANDS), NO_BAND)
    mask.reject(columns["no_magnitude"], NO_MAGNITUDE)
    mask.reject(columns["lacks_sign"], NO_SIGN)
    mask.reject(~np.isfinite(columns["flux"]), NO_FLUX)
    usable_error = np.isfinite(columns["flux_err"]) & (columns["flux_err"] > 0)
    mask.reject(~usable_error, NO_FLUX_ERR)


def _reject_repeated(mask: RowMask, columns: Columns, properties: Sequence[Properties]) -> None:
    """Exclude all but one of the included alerts of each ID and of each exposure."""
    for name in ("alert_id", "source"):
        older = older_issues(columns, mask.included, properties, name)
        mask.reject_rows(older, DUPLICATE)
    repeats = repeats_of_exposures(columns, mask.included, properties)
    mask.reject_rows(repeats.detections, REPEATED_DETECTION)
    mask.reject_rows(repeats.limits, REPEATED_LIMIT)
    mask.reject_rows(repeats.contradicted_limits, CONTRADICTED_LIMIT)


def report(alerts: int, columns: Columns, mask: RowMask) -> dict[str, Any]:
    """Return the report of a light curve, from the number of alerts of its locus."""
    return {
        "alerts": alerts,
        "included": int(mask.included.sum()),
        "excluded": dict(sorted(mask.excluded.items())),
        "without_is_dipole": int((columns["lacks_is_dipole"] & mask.included).sum()),
        "dia_objects": _distinct(columns["dia_object_id"][mask.included]),
        "shared_exposures": shared_exposures(columns, mask.included),
        "signs_from_range": int((columns["sign_from_range"] & mask.included).sum()),
        "signs_against_range": int((columns["sign_against_range"] & mask.included).sum()),
        "negatives_confirmed": int((columns["negative_confirmed"] & mask.included).sum()),
    }


def _distinct(ids: NDArray[np.str_]) -> list[str]:
    if len(ids) and (ids == ids[0]).all():  # nearly always, and faster than a set
        ids = ids[:1]
    return sorted(set(ids.tolist()) - {""})


def warn(meta: Mapping[str, Any], expected: object, replaced_by: object) -> None:
    """Warn the caller of `extract_lightcurve` of missing alerts and contradicting signs."""
    found = meta["report"]["alerts"]
    if isinstance(expected, Real) and found < cast(float, expected):
        warnings.warn(
            f"Locus {meta['locus_id']} should have {short_repr(expected)} alerts, but has only "
            f"{found}: the light curve has gaps. Fetch the locus again.",
            IncompleteLocusWarning,
            stacklevel=3,
        )
    is_given = isinstance(replaced_by, str | int | list | tuple | dict) and bool(replaced_by)
    if is_given and replaced_by != meta["locus_id"]:
        warnings.warn(
            f"ANTARES has replaced locus {meta['locus_id']} by {short_repr(replaced_by)}: this "
            "light curve may lack alerts. Fetch the other locus instead.",
            IncompleteLocusWarning,
            stacklevel=3,
        )
    if meta["sign_convention"] == "mixed":
        warnings.warn(
            f"Locus {meta['locus_id']} has alerts flagged negative with negative and with positive "
            "psfFlux. All of them are taken as negative; check its dipoles before you rely on "
            "their signs.",
            SignConventionWarning,
            stacklevel=3,
        )


def alert_summary(lc: TimeSeries) -> Table:
    """Summarize which alerts a light curve includes, and why each of the others is excluded.

    Parameters
    ----------
    lc : `~astropy.timeseries.TimeSeries`
        What `extract_lightcurve` returns.

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
          included     49
    no usable band      5
    no usable flux      5
    >>> summary.meta["sentence"]
    '49 of 59 alerts included; excluded: 5 no usable band, 5 no usable flux. 6 of those included do
    not say whether they are dipoles.'
    """
    found = _report_of(lc)
    numbers = {"included": found["included"], **found["excluded"]}
    return Table(
        {"alerts": list(numbers), "number": np.array(list(numbers.values()), np.int64)},
        meta={"sentence": _sentence(found)},
    )


def _sentence(found: Mapping[str, Any]) -> str:
    sentence = f"{found['included']} of {found['alerts']} alerts included"
    sentence += excluded_clause(found["excluded"])
    objects = found.get("dia_objects", ())  # a table of many loci does not list them
    if len(objects) > 1:
        sentence += f" They belong to {len(objects)} diaObjects."
    if shared := found.get("shared_exposures", 0):
        visits = "1 visit" if shared == 1 else f"{shared} visits"
        sentence += f" {visits} measured several diaObjects, which are rows of their own."
    if found["without_is_dipole"]:
        number = found["without_is_dipole"]
        verb = "does" if number == 1 else "do"
        sentence += f" {number} of those included {verb} not say whether they are dipoles."
    if number := found.get("signs_from_range", 0):  # tables of earlier versions have none
        noun = "sign comes" if number == 1 else "signs come"
        sentence += f" {number} {noun} from the range of the object's fluxes."
    if number := found.get("signs_against_range", 0):
        noun = "sign contradicts" if number == 1 else "signs contradict"
        sentence += f" {number} {noun} that range."
    return sentence + _forced_clause(found)


def _forced_clause(found: Mapping[str, Any]) -> str:
    """Return what `extract_lightcurve` added with ``forced=``."""
    if "forced_added" not in found:
        return ""
    points = _plural(found["forced_added"], "forced point")
    detections = _plural(found["packet_detections_added"], "detection")
    clause = f" {points} and {detections} added from Rubin's packets"
    number = found["forced_unusable"]
    clause += f"; {_plural(number, 'other')} without a usable value." if number else "."
    if number := found["signs_from_packet"]:
        clause += f" {_plural(number, 'sign')} taken from them."
    return clause


def _plural(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def excluded_clause(excluded: Mapping[str, int]) -> str:
    """Return the end of a sentence that says how many alerts are excluded for each reason."""
    counts = ", ".join(f"{number} {reason}" for reason, number in excluded.items())
    return f"; excluded: {counts}." if counts else "."


def _report_of(lc: TimeSeries) -> Mapping[str, Any]:
    found = getattr(lc, "meta", {}).get("report")
    if not isinstance(found, Mapping):
        raise InvalidInputError(
            "This light curve has no report in its meta. Pass what extract_lightcurve returns."
        )
    return found
