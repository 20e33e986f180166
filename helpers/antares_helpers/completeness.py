"""Why alerts are left out of a light curve, and how many: nothing is dropped without a count."""

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "BELOW_RELIABILITY",
    "DIPOLE",
    "FLAGGED",
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
]

MALFORMED = "malformed alert"
"""The alert has no ID, or no properties."""

OTHER_SURVEY = "other survey"
"""The alert comes from a survey that was not asked for."""

NO_TIME = "no usable time"
"""The time is missing or not a number."""

NO_BAND = "no usable band"
"""The band is missing or not one of the survey's."""

NO_FLUX = "no usable flux"
"""The flux (or, for ZTF, the magnitude) is missing or not a finite number."""

NO_FLUX_ERR = "no usable flux error"
"""The error of the flux is missing, not a finite number, or not positive."""

NO_SIGN = "sign unknown"
"""Neither the flags nor the other fluxes of the alert tell the sign of the flux."""

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
