"""Read the image in a file of any common type: FITS, gzipped FITS, PNG, JPEG, GIF."""

import gzip
import io
import warnings
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, TypeAlias

import astropy.units as u
import numpy as np
from astropy.io import fits
from numpy.typing import NDArray

from antares_helpers.errors import BadDataError
from antares_helpers.validation import short_repr

__all__ = ["MAX_PIXELS", "Image", "decode_cutout"]

Image: TypeAlias = NDArray[np.float64] | u.Quantity
"""Rows of pixels from the bottom up; with a unit if the file names one."""

MAX_PIXELS = 2**24
"""Pixels beyond which an image is refused; a detector of LSSTCam has 4072 x 4000."""

_MAX_BYTES = 2**28
_GZIP = b"\x1f\x8b"
_FITS = b"SIMPLE  ="
_READING: dict[str, Any] = {
    "memmap": False,
    "ignore_missing_simple": True,  # some surveys' first card is not to the letter of the standard
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
        What the file is, as messages name it.

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
    >>> from antares_helpers.fetching.image_reader import decode_cutout
    >>> file = io.BytesIO()
    >>> fits.PrimaryHDU([[1, 2], [3, 4]], fits.Header({"BUNIT": "nJy"})).writeto(file)
    >>> decode_cutout(file.getvalue())
    <Quantity [[1., 2.],
               [3., 4.]] nJy>
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what is not to the letter of the standard
            return _decoded(content)
    except _UnreadableError as error:
        reason = str(error)
    except Exception as error:  # with bytes from anywhere, the readers raise errors of any kind
        reason = f"{type(error).__name__}: {error}".partition("\n")[0]
    raise BadDataError(
        f"{name} can't be read ({reason[:200]}).",
        hint="Try again; if it fails again, the file of the service is damaged.",
    )


class _UnreadableError(Exception):
    """Why a file can't be read."""


def _decoded(content: bytes) -> Image:
    if content.startswith(_GZIP):
        with gzip.open(io.BytesIO(content)) as file:
            content = file.read(_MAX_BYTES + 1)
    if len(content) > _MAX_BYTES:
        raise _UnreadableError(f"it has more than {_MAX_BYTES} bytes")
    if not content:
        raise _UnreadableError("it is empty")
    return _read_fits(content) if content.startswith(_FITS) else _read_picture(content)


def _read_fits(content: bytes) -> Image:
    with fits.open(io.BytesIO(content), **_READING) as hdus:
        for hdu in hdus:
            if isinstance(hdu, (fits.PrimaryHDU, fits.ImageHDU)) and len(hdu.shape) >= 2:
                return _image_of(hdu)
            if "ZIMAGE" in hdu.header:
                raise _UnreadableError("its image is compressed by tiles, which is not supported")
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
    """Return the cards of a header that have a value which can be read."""
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
    except Exception:  # a damaged card, or words that are no unit
        return None
    return unit if isinstance(unit, u.UnitBase) else None


def _read_picture(content: bytes) -> Image:
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
        if not picture.mode.startswith(("I", "F")):
            return np.array(picture.convert("L"), dtype=np.float64)[::-1]
        return np.array(picture, dtype=np.float64)[::-1]


def _check_size(shape: tuple[int, ...]) -> None:
    pixels = 1
    for length in shape:
        pixels *= int(length)
    size = " x ".join(map(str, shape))
    if pixels > MAX_PIXELS:
        raise _UnreadableError(f"it has {size} pixels, more than {MAX_PIXELS} in all")
    if pixels < 1:
        raise _UnreadableError(f"it has {size} pixels")
