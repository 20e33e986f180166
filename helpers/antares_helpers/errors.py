"""Errors and warnings of ``antares_helpers``.

.. code-block:: text

    AntaresHelpersError
     ├── InvalidInputError      (ValueError)       an argument is not valid
     ├── LocusNotFoundError     (LookupError)      ANTARES has no such locus
     ├── CutoutsNotFoundError   (LookupError)      ANTARES has no cutouts of an alert
     ├── AlertNotFoundError     (LookupError)      Rubin's Alerts API has no such alert
     ├── ServiceError           (ConnectionError)  ANTARES is not reachable, or failed
     │    └── ServiceTimeoutError (TimeoutError)   ... or took too long
     ├── BadDataError           (ValueError)       malformed response or file
     └── MissingPackageError    (ImportError)      a required package is not installed

    AntaresHelpersWarning       (UserWarning)
     ├── IncompleteLocusWarning      parts of a locus are missing
     └── SignConventionWarning       the signs of a locus contradict each other
"""

from typing import Any
from urllib.parse import urlsplit, urlunsplit

__all__ = [
    "AlertNotFoundError",
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

_MAX_SEGMENT = 24


class AntaresHelpersError(Exception):
    """Base of every error that ``antares_helpers`` raises on purpose.

    Parameters
    ----------
    message : str
        What was given, and what was expected.
    hint : str, optional
        What to do next; appended to the message, and an attribute.
    locus_id : str, optional
        The locus that was requested, as an attribute.
    url : str, optional
        The address of the request, as an attribute.

    Attributes
    ----------
    cause : Exception or None
        The error that led to this one. A traceback does not show it.
    """

    def __init__(
        self,
        message: str = "",
        *,
        hint: str = "",
        locus_id: str | None = None,
        url: str | None = None,
    ) -> None:
        super().__init__(f"{message} {hint}".strip())
        self.reason = message
        self.hint = hint
        self.locus_id = locus_id
        self.url = url
        self.cause: BaseException | None = None

    def __reduce__(self) -> tuple[Any, ...]:
        """Omit the cause: not every error of other libraries can be pickled."""
        return type(self), self.args, {**self.__dict__, "cause": None}


class InvalidInputError(AntaresHelpersError, ValueError):
    """An argument is not valid; nothing was sent and nothing was changed."""


class LocusNotFoundError(AntaresHelpersError, LookupError):
    """ANTARES has no locus with this ID."""


class CutoutsNotFoundError(AntaresHelpersError, LookupError):
    """ANTARES has no alert with this ID, or no cutouts of it."""


class AlertNotFoundError(AntaresHelpersError, LookupError):
    """Rubin's Alerts API has no packet of an alert."""


class ServiceError(AntaresHelpersError, ConnectionError):
    """ANTARES, or Rubin's Alerts API, could not be reached, or responded with an error."""


class ServiceTimeoutError(ServiceError, TimeoutError):
    """ANTARES did not respond completely before the deadline."""


class BadDataError(AntaresHelpersError, ValueError):
    """A response of ANTARES, or a file, is malformed."""


class MissingPackageError(AntaresHelpersError, ImportError):
    """A package that a function needs is not installed, or can't be imported."""


class AntaresHelpersWarning(UserWarning):
    """Base of every warning that ``antares_helpers`` issues on purpose."""


class IncompleteLocusWarning(AntaresHelpersWarning):
    """Some alerts of a locus, or its catalog matches, are missing."""


class SignConventionWarning(AntaresHelpersWarning):
    """The signs of ``psfFlux`` in a locus contradict each other, or those in Rubin's packet."""


def shown_url(url: object) -> str:
    """Return an address without its secret parts, for messages and files.

    Parameters
    ----------
    url : str
        An address.

    Returns
    -------
    str
        The address without user name, password, query and fragment, and without the long parts of
        its path, which may be tokens.

    Examples
    --------
    >>> shown_url("https://me:secret@example.org/v2/?token=secret")
    'https://example.org/v2/'
    """
    try:
        parts = urlsplit(str(url))
        _ = parts.port  # not a number: it may be part of a password
    except ValueError:
        return "an address that is not valid"
    segments = parts.path.rpartition("@")[2].split("/")
    shown = "/".join(each if len(each) <= _MAX_SEGMENT else "..." for each in segments)
    if "@" in parts.path:  # from a password with a slash, or without a scheme
        return shown
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], shown, "", ""))
