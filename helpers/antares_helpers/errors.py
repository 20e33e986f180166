"""Errors and warnings of ``antares_helpers``.

.. code-block:: text

    AntaresHelpersError
     ├── InvalidInputError      (ValueError)       what you passed can't be right
     ├── LocusNotFoundError     (LookupError)      ANTARES has no such locus
     ├── CutoutsNotFoundError   (LookupError)      ANTARES has no cutouts of an alert
     ├── ServiceError           (ConnectionError)  ANTARES can't be reached, or failed
     │    └── ServiceTimeoutError (TimeoutError)   ... or took too long
     ├── BadDataError           (ValueError)       what came isn't what ANTARES sends
     └── MissingPackageError    (ImportError)      a package that is needed isn't installed

    AntaresHelpersWarning       (UserWarning)
     ├── IncompleteLocusWarning      parts of a locus are missing
     └── SignConventionWarning       the signs of a locus contradict each other
"""

__all__ = [
    "AntaresHelpersError",
    "AntaresHelpersWarning",
    "BadDataError",
    "CutoutsNotFoundError",
    "IncompleteLocusWarning",
    "InvalidInputError",
    "LocusNotFoundError",
    "MissingPackageError",
    "ServiceError",
    "ServiceTimeoutError",
    "SignConventionWarning",
]


class AntaresHelpersError(Exception):
    """Base of every error that ``antares_helpers`` raises on purpose.

    Parameters
    ----------
    message : str
        What was given, what was expected and what to do next.
    advice : str, optional
        What to do next, where it stands apart: it ends the message, and is kept as an attribute.
    locus_id : str, optional
        The locus that was asked for, kept as an attribute.
    url : str, optional
        The address that was asked, kept as an attribute.
    """

    def __init__(
        self,
        message: str = "",
        *,
        advice: str = "",
        locus_id: str | None = None,
        url: str | None = None,
    ) -> None:
        super().__init__(f"{message} {advice}".strip())
        self.reason = message
        self.advice = advice
        self.locus_id = locus_id
        self.url = url


class InvalidInputError(AntaresHelpersError, ValueError):
    """An argument can't be right; nothing was sent and nothing was changed."""


class LocusNotFoundError(AntaresHelpersError, LookupError):
    """ANTARES has no locus of this ID."""


class CutoutsNotFoundError(AntaresHelpersError, LookupError):
    """ANTARES has no such alert, or no cutouts of it."""


class ServiceError(AntaresHelpersError, ConnectionError):
    """ANTARES could not be reached, or answered with an error."""


class ServiceTimeoutError(ServiceError, TimeoutError):
    """ANTARES did not answer completely within the time allowed."""


class BadDataError(AntaresHelpersError, ValueError):
    """Data came, but not in the form that ANTARES sends."""


class MissingPackageError(AntaresHelpersError, ImportError):
    """A package that this function needs is not installed, or can't be imported."""


class AntaresHelpersWarning(UserWarning):
    """Base of every warning that ``antares_helpers`` gives on purpose."""


class IncompleteLocusWarning(AntaresHelpersWarning):
    """A locus came without some of its alerts, or without its catalog matches."""


class SignConventionWarning(AntaresHelpersWarning):
    """Negative detections of one locus have positive and negative ``psfFlux``."""
