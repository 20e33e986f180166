"""Fetch the cutouts of an alert, and read the image in a file of any common type."""

import gzip
import io
import re
import time
import warnings
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Any, TypeAlias, TypeVar

import astropy.units as u
import numpy as np
from astropy.io import fits
from numpy.typing import NDArray

from antares_helpers.errors import (
    AlertNotFoundError,
    AntaresHelpersError,
    BadDataError,
    CutoutsNotFoundError,
    InvalidInputError,
)
from antares_helpers.fetching.alert_packet import alerts_service, fetch_hdus, source_number
from antares_helpers.fetching.client import fetch_images
from antares_helpers.fetching.request import DEFAULT_RETRIES, DEFAULT_TIMEOUT, CallOptions
from antares_helpers.validation import CUTOUTS, short_repr

__all__ = ["MAX_PIXELS", "Cutouts", "Image", "check_alert_id", "decode_cutout", "fetch_cutouts"]

T = TypeVar("T")

Image: TypeAlias = NDArray[np.float64] | u.Quantity
"""Rows of pixels from the bottom up; with a unit if the file gives one."""


class Cutouts(dict[str, Image]):
    """The cutouts of an alert, by kind.

    Attributes
    ----------
    pictures : dict of str to dict
        The kinds of those that were read from a picture, each with the text in its file. Their
        values are shades of gray: each image is stretched on its own, and has no unit.
    """

    def __init__(self, images: Mapping[str, Image], pictures: Mapping[str, dict[str, str]]) -> None:
        super().__init__(images)
        self.pictures = dict(pictures)


_ALERT_ID = re.compile(r"[A-Za-z][0-9A-Za-z_]{1,30}:[0-9A-Za-z][0-9A-Za-z_.+-]{0,80}")
_SOURCE_ID = re.compile("[1-9][0-9]{0,18}")


def fetch_cutouts(
    alert_id: str | int,
    *,
    timeout: float = DEFAULT_TIMEOUT,
    retries: int = DEFAULT_RETRIES,
) -> Cutouts:
    """Fetch the cutouts of an alert: small images around its source.

    Parameters
    ----------
    alert_id : str or int
        ID of the alert, such as ``"lsst:170587117485817955"``: the column ``alert_id`` of a light
        curve, or the ``id`` of an alert of a locus. A whole number, alone or after
        ``LSST-AP-DS-``, is a Rubin diaSourceId.
    timeout : float, optional
        Seconds that the whole call may take, retries included.
    retries : int, optional
        Maximum number of retries of a failed request, after errors that may be transient.

    Returns
    -------
    dict of str to `~numpy.ndarray` or `~astropy.units.Quantity`
        Under ``"template"``, ``"science"`` and ``"difference"``, in this order, the available
        ones: two-dimensional float64 arrays, rows first, row 0 at the bottom. NaN stays NaN.
        The attribute ``pictures`` names those that have no unit because they come from a picture.

    Raises
    ------
    InvalidInputError
        If `alert_id` is not the ID of an alert, or an option is not valid; nothing is sent.
    CutoutsNotFoundError
        If ANTARES has no such alert, or no cutouts of it, and Rubin's Alerts API neither.
    ServiceError
        If ANTARES can't be reached or fails; `~antares_helpers.errors.ServiceTimeoutError` if it
        takes too long.
    BadDataError
        If a file can't be read as one image.

    Warns
    -----
    IncompleteLocusWarning
        If some of the images could not be fetched; the others are returned.

    Notes
    -----
    The type of a file is recognized by its content, not by its name. From a FITS file, the
    first image is used. If its header gives a unit (``BUNIT``; Rubin's is nJy), the cutout is a
    Quantity in that unit, with the header as a dictionary in ``cutout.info.meta``, from which
    `astropy.wcs.WCS` makes coordinates. Otherwise it is a plain array.

    FITS puts the first row at the bottom, pictures (PNG, JPEG, GIF) at the top. The rows of a
    picture are flipped, so that ``plt.imshow(cutout, origin="lower")`` is right for both.
    The numbers in a picture are shades of gray, stretched in each image on its own: no flux can
    be measured from them, and equal shades are not equal fluxes. Whether ANTARES has FITS files or
    pictures of an alert depends on the survey.

    If ANTARES has no cutouts of an LSST alert and there is an access token for Rubin's Alerts API
    in the environment, they come from there; see `fetch_alert_packet`.

    Examples
    --------
    >>> from antares_helpers import extract_lightcurve, fetch_cutouts, fetch_locus
    >>> lc = extract_lightcurve(fetch_locus("ANT2026z3bqyjga24oc"))
    >>> cutouts = fetch_cutouts(lc["alert_id"][0])
    >>> {kind: f"{image.shape} {image.unit}" for kind, image in cutouts.items()}
    {'template': '(30, 30) nJy', 'science': '(30, 30) nJy', 'difference': '(30, 30) nJy'}
    """
    checked = check_alert_id(alert_id)
    options, start = CallOptions(timeout, retries), time.monotonic()
    try:
        files = fetch_images(checked, options=options)
    except CutoutsNotFoundError as error:
        missing = error
    else:
        return _cutouts_of(files, checked)
    left = max(timeout - (time.monotonic() - start), 1e-3)
    return Cutouts(_images_of_rubin(checked, missing, replace(options, timeout=left)), {})


def _cutouts_of(files: Mapping[str, bytes], alert_id: str) -> Cutouts:
    images, pictures = {}, {}
    for kind in (kind for kind in CUTOUTS if kind in files):
        name = f"The {kind} cutout of alert {alert_id}"
        images[kind], text = _decode(files[kind], name)
        if text is not None:
            pictures[kind] = text
    return Cutouts(images, pictures)


_EXTENSIONS = {"template": "TEMPLATE", "science": "SCIENCE", "difference": "DIFFIM"}


def _images_of_rubin(
    alert_id: str, missing: CutoutsNotFoundError, options: CallOptions
) -> dict[str, Image]:
    """Return the cutouts that Rubin's Alerts API has, if there is a token for it."""
    number = source_number(alert_id)
    service = None
    with suppress(InvalidInputError):  # of settings that nothing else needs
        service = alerts_service() if number else None
    hdus, reason = fits.HDUList(), ""
    if service is not None and number is not None:
        try:
            hdus = fetch_hdus(number, service, options, path="/cutouts")
        except AntaresHelpersError as error:
            reason = "" if isinstance(error, AlertNotFoundError) else f" {error.reason}"
    found = {kind: name for kind, name in _EXTENSIONS.items() if name in hdus}
    if not found:
        raise CutoutsNotFoundError(f"{missing.reason}{reason}", hint=missing.hint, url=missing.url)
    return {
        kind: _checked(partial(_image_of, hdus[name]), f"The {kind} cutout of alert {alert_id}")
        for kind, name in found.items()
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
        given = re.sub("^LSST-AP-DS-", "", alert_id.strip(), flags=re.IGNORECASE)
    else:
        raise InvalidInputError(
            f"alert_id={short_repr(alert_id)} is not an ID but {_described(alert_id)}.",
            hint=_EXPECTED,
        )
    if _SOURCE_ID.fullmatch(given):
        return f"lsst:{given}"
    if not _ALERT_ID.fullmatch(given):
        raise InvalidInputError(
            f"{short_repr(alert_id)} is not the ID of an alert.", hint=_hint(given)
        )
    return given


_EXPECTED = "Pass a string such as 'lsst:170587117485817955': lc['alert_id'] lists those of lc."


def _described(given: object) -> str:
    is_float = isinstance(given, (float, np.floating))
    return "a float, which loses the last digits" if is_float else f"a {type(given).__name__}"


def _hint(given: str) -> str:
    if re.fullmatch("ANT[0-9A-Za-z]{4,60}", given):
        return f"This is the ID of a locus, which has an alert for each detection. {_EXPECTED}"
    return _EXPECTED


MAX_PIXELS = 2**24
"""Maximum number of pixels of an image; a detector of LSSTCam has 4072 x 4000."""

_MAX_BYTES = 2**28
_GZIP = b"\x1f\x8b"
_FITS = b"SIMPLE  ="
_READING: dict[str, Any] = {
    "memmap": False,
    "ignore_missing_simple": True,  # the first card of some surveys deviates from the standard
    "disable_image_compression": True,  # damaged tiles can crash the process, not just the reader
}
_PICTURES = ("PNG", "JPEG", "GIF")


def decode_cutout(content: bytes, *, name: str = "This image") -> Image:
    """Return the image in a file, recognized by its content.

    Parameters
    ----------
    content : bytes
        A FITS file, which may be gzipped, or a picture (PNG, JPEG, GIF).
    name : str, optional
        Name of the file in messages.

    Returns
    -------
    `~numpy.ndarray` or `~astropy.units.Quantity`
        Two dimensions, float64, as described in `fetch_cutouts`.

    Raises
    ------
    BadDataError
        If no image can be read, or it has more than `MAX_PIXELS` pixels.

    Examples
    --------
    >>> import io
    >>> from astropy.io import fits
    >>> from antares_helpers.fetching.cutouts import decode_cutout
    >>> file = io.BytesIO()
    >>> fits.PrimaryHDU([[1, 2], [3, 4]], fits.Header({"BUNIT": "nJy"})).writeto(file)
    >>> decode_cutout(file.getvalue())
    <Quantity [[1., 2.],
               [3., 4.]] nJy>
    """
    return _decode(content, name)[0]


_Decoded: TypeAlias = tuple[Image, dict[str, str] | None]
"""An image, and the text in its file if that is a picture."""


def _decode(content: bytes, name: str) -> _Decoded:
    return _checked(partial(_decoded, content), name)


def _checked(read: Callable[[], T], name: str) -> T:
    """Read an image, with one error if that fails."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # deviations from the standard
            return read()
    except _UnreadableError as error:
        reason = str(error)
    except Exception as error:  # with bytes from anywhere, the readers raise errors of any kind
        reason = f"{type(error).__name__}: {error}".partition("\n")[0]
    raise BadDataError(
        f"{name} can't be read ({reason[:200]}).",
        hint="Try again; if it fails again, the file on the service is damaged.",
    )


class _UnreadableError(Exception):
    """Why a file can't be read."""


def _decoded(content: bytes) -> _Decoded:
    if content.startswith(_GZIP):
        with gzip.open(io.BytesIO(content)) as file:
            content = file.read(_MAX_BYTES + 1)
    if len(content) > _MAX_BYTES:
        raise _UnreadableError(f"it has more than {_MAX_BYTES} bytes")
    if not content:
        raise _UnreadableError("it is empty")
    if content.startswith(_FITS):
        return _read_fits(content), None
    return _read_picture(content)


def _read_fits(content: bytes) -> Image:
    with fits.open(io.BytesIO(content), **_READING) as hdus:
        for hdu in hdus:
            if isinstance(hdu, (fits.PrimaryHDU, fits.ImageHDU)) and len(hdu.shape) >= 2:
                return _image_of(hdu)
            if "ZIMAGE" in hdu.header:
                raise _UnreadableError("its image is tile-compressed, which is not supported")
    raise _UnreadableError("it is a FITS file without an image")


def _image_of(hdu: Any) -> Image:
    _check_size(hdu.shape)
    rows = np.array(hdu.data, dtype=np.float64)
    while rows.ndim > 2 and len(rows) == 1:
        rows = rows[0]
    if rows.ndim != 2:
        shape = " x ".join(map(str, hdu.shape))
        raise _UnreadableError(f"it has {shape} values, which are not one image")
    unit = _unit(hdu.header)
    if unit is None:
        return rows
    image = u.Quantity(rows, unit, copy=False)
    image.info.meta = _plain(hdu.header)
    return image


def _plain(header: fits.Header) -> dict[str, str | int | float | bool]:
    """Return the cards of a header that have a readable value."""
    values: dict[str, str | int | float | bool] = {}
    for card in header.cards:
        with suppress(fits.VerifyError, ValueError):
            if card.keyword and isinstance(card.value, (str, int, float)):
                values[card.keyword] = card.value
    return values


def _unit(header: Mapping[str, Any]) -> u.UnitBase | None:
    try:
        text = header.get("BUNIT")
        unit = u.Unit(text) if isinstance(text, str) and text.strip() else None
    except Exception:  # a damaged card, or text that is not a unit
        return None
    return unit if isinstance(unit, u.UnitBase) else None


def _read_picture(content: bytes) -> _Decoded:
    from PIL import Image as Picture
    from PIL import UnidentifiedImageError

    try:
        picture = Picture.open(io.BytesIO(content), formats=_PICTURES)
    except UnidentifiedImageError:
        start = short_repr(content[:20])
        raise _UnreadableError(
            f"it is neither FITS nor {' nor '.join(_PICTURES)}, and begins with {start}"
        ) from None
    with picture:
        _check_size(picture.size)
        shades = picture if picture.mode.startswith(("I", "F")) else picture.convert("L")
        text = {str(key): value for key, value in picture.info.items() if isinstance(value, str)}
        return np.array(shades, dtype=np.float64)[::-1], text


def _check_size(shape: tuple[int, ...]) -> None:
    pixels = 1
    for length in shape:
        pixels *= int(length)
    size = " x ".join(map(str, shape))
    if pixels > MAX_PIXELS:
        raise _UnreadableError(f"it has {size} pixels, more than {MAX_PIXELS} in all")
    if pixels < 1:
        raise _UnreadableError(f"it has {size} pixels")
