"""Fetch the cutouts of an alert."""

import re

import numpy as np

from antares_helpers.errors import InvalidInputError
from antares_helpers.fetching.client import fetch_images
from antares_helpers.fetching.image_reader import Image, decode_cutout
from antares_helpers.fetching.request import DEFAULT_RETRIES, DEFAULT_TIMEOUT, CallOptions
from antares_helpers.validation import CUTOUTS, short_repr

__all__ = ["check_alert_id", "fetch_cutouts"]

_ALERT_ID = re.compile(r"[A-Za-z][0-9A-Za-z_]{1,30}:[0-9A-Za-z][0-9A-Za-z_.+-]{0,80}")
_SOURCE_ID = re.compile("[1-9][0-9]{0,18}")


def fetch_cutouts(
    alert_id: str | int,
    *,
    timeout: float = DEFAULT_TIMEOUT,
    retries: int = DEFAULT_RETRIES,
) -> dict[str, Image]:
    """Fetch the cutouts of an alert: small images around its source.

    Parameters
    ----------
    alert_id : str or int
        ID of the alert, such as ``"lsst:170587117485817955"``: the column ``alert_id`` of a light
        curve, or the ``id`` of an alert of a locus. A whole number is a diaSourceId of Rubin.
    timeout : float, optional
        Seconds that the whole call may take, retries included.
    retries : int, optional
        How often a failed request is sent again, if that may help.

    Returns
    -------
    dict of str to `~numpy.ndarray` or `~astropy.units.Quantity`
        Under ``"template"``, ``"science"`` and ``"difference"``, in this order, those that there
        are: float64 of two dimensions, rows first, row 0 at the bottom. NaN stays NaN.

    Raises
    ------
    InvalidInputError
        If `alert_id` is not the ID of an alert, or an option is not valid; nothing is sent.
    CutoutsNotFoundError
        If ANTARES has no such alert, or no cutouts of it.
    ServiceError
        If ANTARES can't be reached or fails; ``ServiceTimeoutError`` if it takes too long.
    BadDataError
        If a file can't be read as one image.

    Warns
    -----
    IncompleteLocusWarning
        If some of the images could not be fetched; the others are returned.

    Notes
    -----
    The type of a file is recognized by its content, not by its name. Of a FITS file the first
    image is used. If its header names a unit (``BUNIT``; Rubin's is nJy), the cutout is a Quantity
    in that unit, with the header as a dictionary in ``cutout.info.meta``, from which
    `astropy.wcs.WCS` makes coordinates. Otherwise it is a plain array.

    FITS puts the first row at the bottom, pictures (PNG, JPEG, GIF) at the top. The rows of a
    picture are turned round, so that ``plt.imshow(cutout, origin="lower")`` is right for both.
    The numbers in a picture are shades of gray: no flux can be measured from them.

    Examples
    --------
    >>> from antares_helpers import extract_lightcurve, fetch_cutouts, fetch_locus
    >>> lc = extract_lightcurve(fetch_locus("ANT2026z3bqyjga24oc"))
    >>> cutouts = fetch_cutouts(lc["alert_id"][0])
    >>> {kind: f"{image.shape} {image.unit}" for kind, image in cutouts.items()}
    {'template': '(30, 30) nJy', 'science': '(30, 30) nJy', 'difference': '(30, 30) nJy'}
    """
    checked = check_alert_id(alert_id)
    files = fetch_images(checked, options=CallOptions(timeout, retries))
    return {
        kind: decode_cutout(files[kind], name=f"The {kind} cutout of alert {checked}")
        for kind in CUTOUTS
        if kind in files
    }


def check_alert_id(alert_id: str | int) -> str:
    """Return the ID of an alert as ANTARES writes it.

    Raises
    ------
    InvalidInputError
        If it is not one.
    """
    if isinstance(alert_id, (int, np.integer)) and not isinstance(alert_id, bool):
        given = str(alert_id) if 0 < alert_id < 2**63 else ""
    elif isinstance(alert_id, str):
        given = alert_id.strip()
    else:
        raise InvalidInputError(
            f"alert_id={short_repr(alert_id)} is no ID but {_described(alert_id)}.",
            hint=_EXPECTED,
        )
    if _SOURCE_ID.fullmatch(given):
        return f"lsst:{given}"
    if not _ALERT_ID.fullmatch(given):
        raise InvalidInputError(
            f"{short_repr(alert_id)} is not the ID of an alert.", hint=_hint(given)
        )
    return given


_EXPECTED = "Pass a string such as 'lsst:170587117485817955': lc['alert_id'] has those of lc."


def _described(given: object) -> str:
    is_float = isinstance(given, (float, np.floating))
    return "a float, which loses the last digits" if is_float else f"a {type(given).__name__}"


def _hint(given: str) -> str:
    if re.fullmatch("ANT[0-9A-Za-z]{4,60}", given):
        return f"This is the ID of a locus, which has an alert for each detection. {_EXPECTED}"
    return _EXPECTED
