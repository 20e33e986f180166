"""Files with images of a known truth, made by hand."""

import io
from typing import Any

import numpy as np
from astropy.io import fits
from PIL import Image


def written(*hdus: Any) -> bytes:
    """Return a FITS file of these HDUs."""
    file = io.BytesIO()
    fits.HDUList(list(hdus)).writeto(file)
    return file.getvalue()


def fits_file(pixels: Any, **cards: Any) -> bytes:
    """Return a FITS file of one image."""
    return written(fits.PrimaryHDU(np.asarray(pixels), fits.Header(cards)))


def picture_file(pixels: Any, kind: str = "PNG", mode: str | None = None) -> bytes:
    """Return a picture in shades of gray, its rows from the top down."""
    picture = Image.fromarray(np.asarray(pixels, dtype=np.uint8))
    file = io.BytesIO()
    (picture.convert(mode) if mode else picture).save(file, kind)
    return file.getvalue()
