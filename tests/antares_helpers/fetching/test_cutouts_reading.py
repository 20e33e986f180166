import gzip
import io
from zlib import crc32

import astropy.units as u
import numpy as np
import pytest
from astropy.io import fits
from astropy.nddata import CCDData, VarianceUncertainty
from astropy.wcs import WCS
from hypothesis import given, settings
from hypothesis import strategies as st
from image_files import fits_file, picture_file, written
from PIL import Image

from antares_helpers.errors import BadDataError
from antares_helpers.fetching.cutouts import MAX_PIXELS, decode_cutout

PIXELS = [[1, 2, 3], [4, 5, 6]]


def large_png(width, height):
    """Return a PNG file whose header promises a large image."""
    content = bytearray(picture_file([[0]]))
    content[16:24] = width.to_bytes(4, "big") + height.to_bytes(4, "big")
    content[29:33] = crc32(content[12:29]).to_bytes(4, "big")
    return bytes(content)


def large_fits(width, height):
    """Return a FITS file whose header promises a large image."""
    content = fits_file([[0]])
    for name, length in {"NAXIS1": width, "NAXIS2": height}.items():
        small = f"{name}  = {1:20}".encode()
        assert content.count(small) == 1
        content = content.replace(small, f"{name}  = {length:20}".encode())
    return content


# FITS


@pytest.mark.parametrize("kind", ["u1", "i2", "i4", "i8", "f4", "f8", "u2", "u4"])
def test_every_type_of_pixel_becomes_a_float(kind):
    image = decode_cutout(fits_file(np.array(PIXELS, dtype=kind)))

    assert image.tolist() == PIXELS
    assert image.dtype == np.float64
    assert image.dtype.isnative


def test_the_first_row_of_fits_is_at_the_bottom():
    content = fits_file(PIXELS)

    assert decode_cutout(content)[0].tolist() == fits.getdata(io.BytesIO(content))[0].tolist()


def test_a_pixel_without_a_value_stays_nan():
    image = decode_cutout(fits_file([[np.nan, 1.0], [-np.inf, np.inf]]))

    np.testing.assert_array_equal(image, [[np.nan, 1], [-np.inf, np.inf]])


def test_a_blank_integer_is_nan():
    blank = fits.PrimaryHDU(np.array([[-1, 7]], dtype="i2"))
    blank.header["BLANK"] = -1

    np.testing.assert_array_equal(decode_cutout(written(blank)), [[np.nan, 7]])


def test_scaled_integers_are_scaled_back():
    hdu = fits.PrimaryHDU(np.array([[10.0, 20.0]]))
    hdu.scale("int16", bscale=0.5, bzero=3)

    assert decode_cutout(written(hdu)).tolist() == [[10, 20]]


@pytest.mark.parametrize("unit", ["nJy", "Jy", "adu", "electron / s"])
def test_the_unit_of_the_file_is_kept(unit):
    image = decode_cutout(fits_file(PIXELS, BUNIT=unit))

    assert image.unit == u.Unit(unit)
    assert image.value.tolist() == PIXELS


@pytest.mark.parametrize("unit", ["", "  ", "shades of gray", "mag(AB)", "(((", 5, True])
def test_without_a_unit_that_can_be_read_the_image_is_a_plain_array(unit):
    image = decode_cutout(fits_file(PIXELS, BUNIT=unit))

    assert type(image) is np.ndarray
    assert image.tolist() == PIXELS


def test_the_header_makes_coordinates():
    wcs = WCS(naxis=2)
    wcs.wcs.crpix, wcs.wcs.crval = [2, 1], [10.0, -30.0]
    wcs.wcs.ctype, wcs.wcs.cdelt = ["RA---TAN", "DEC--TAN"], [-5e-5, 5e-5]

    image = decode_cutout(fits_file(PIXELS, BUNIT="nJy", **wcs.to_header()))

    position = WCS(image.info.meta).pixel_to_world(1, 0)
    assert (position.ra.deg, position.dec.deg) == pytest.approx((10, -30))


def test_an_unreadable_card_is_left_out_of_the_header():
    content = fits_file(PIXELS, BUNIT="nJy", A_CARD=1.0, B_CARD=2)
    assert content.count(b"A_CARD  =                  1.0") == 1
    content = content.replace(b"A_CARD  =                  1.0", b"A_CARD  =                1..00")

    meta = decode_cutout(content).info.meta
    assert meta["B_CARD"] == 2
    assert "A_CARD" not in meta


def test_an_unreadable_unit_is_no_unit():
    content = fits_file(PIXELS, BUNIT="nJy")
    assert content.count(b"'nJy     '") == 1

    assert type(decode_cutout(content.replace(b"'nJy     '", b"'nJy      "))) is np.ndarray


def test_rubin_s_form_is_read():
    cutout = CCDData(
        np.array(PIXELS, dtype=np.float32),
        unit=u.nJy,
        uncertainty=VarianceUncertainty(np.ones((2, 3))),
        mask=np.zeros((2, 3), dtype=bool),
    )

    image = decode_cutout(written(*cutout.to_hdu()))

    assert (image.unit, image.value.tolist()) == (u.nJy, PIXELS)


def test_the_first_image_is_taken_where_the_primary_part_is_empty():
    table = fits.BinTableHDU.from_columns([fits.Column("a", "J", array=[1])])
    content = written(fits.PrimaryHDU(), table, fits.ImageHDU(np.array(PIXELS)), fits.ImageHDU())

    assert decode_cutout(content).tolist() == PIXELS


def test_tiles_are_refused():
    tiled = fits.CompImageHDU(np.zeros((20, 20)))

    with pytest.raises(BadDataError, match="tile-compressed"):
        decode_cutout(written(fits.PrimaryHDU(), tiled))


@pytest.mark.parametrize("shape", [(1, 2, 3), (1, 1, 2, 3)])
def test_axes_of_length_one_are_dropped(shape):
    assert decode_cutout(fits_file(np.reshape(PIXELS, shape))).tolist() == PIXELS


def test_an_image_of_one_row_stays_an_image():
    assert decode_cutout(fits_file([[1.0, 2.0]])).shape == (1, 2)


def test_a_first_card_that_is_not_to_the_letter_is_forgiven():
    content = fits_file(PIXELS)
    strict = b"SIMPLE  =                    T"
    assert content.startswith(strict)

    assert decode_cutout(content.replace(strict, b"SIMPLE  = T".ljust(30), 1)).tolist() == PIXELS


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (fits_file(np.zeros((2, 2, 3))), "2 x 2 x 3 values"),
        (fits_file(np.zeros(3)), "without an image"),
        (written(fits.PrimaryHDU()), "without an image"),
        (fits_file(np.zeros((30, 30)))[:-2880], "can't be read"),
        (fits_file(np.zeros((30, 30)))[:2880], "can't be read"),
        (fits_file(PIXELS)[:200], "can't be read"),
    ],
    ids=["cube", "spectrum", "nothing", "truncated", "header only", "half a header"],
)
def test_a_fits_file_without_a_whole_image_is_refused(content, reason):
    with pytest.raises(BadDataError, match=reason):
        decode_cutout(content)


# Gzip


def test_a_gzipped_file_is_unpacked():
    assert decode_cutout(gzip.compress(fits_file(PIXELS))).tolist() == PIXELS


def test_a_gzipped_picture_is_unpacked():
    assert decode_cutout(gzip.compress(picture_file(PIXELS)))[::-1].tolist() == PIXELS


@pytest.mark.parametrize("kept", [2, 15, -1])
def test_a_truncated_gzip_is_refused(kept):
    with pytest.raises(BadDataError, match="can't be read"):
        decode_cutout(gzip.compress(fits_file(PIXELS))[:kept])


# Pictures


@pytest.mark.parametrize("kind", ["PNG", "GIF"])
def test_the_rows_of_a_picture_come_from_the_bottom_up(kind):
    image = decode_cutout(picture_file(PIXELS, kind))

    assert image.tolist() == PIXELS[::-1]
    assert (type(image), image.dtype) == (np.ndarray, np.float64)


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "LA", "P"])
def test_coloured_pictures_become_shades(mode):
    assert decode_cutout(picture_file(PIXELS, "PNG", mode)).tolist() == PIXELS[::-1]


def test_a_jpeg_is_read():
    image = decode_cutout(picture_file(np.full((16, 16), 100), "JPEG"))

    assert image == pytest.approx(np.full((16, 16), 100), abs=1)


def test_sixteen_bits_are_kept():
    file = io.BytesIO()
    Image.fromarray(np.array([[0, 65535]], dtype=np.uint16)).save(file, "PNG")

    assert decode_cutout(file.getvalue()).tolist() == [[0, 65535]]


def test_black_and_white_is_read():
    assert decode_cutout(picture_file([[0, 255]], "PNG", "1")).tolist() == [[0, 255]]


def test_a_truncated_picture_is_refused():
    content = picture_file(np.random.default_rng(1).integers(0, 255, (50, 50)))

    with pytest.raises(BadDataError, match="can't be read"):
        decode_cutout(content[: len(content) // 2])


# What is too large, and what is no image


@pytest.mark.parametrize(
    "content",
    [
        large_png(30_000, 30_000),
        large_png(2**31 - 1, 2**31 - 1),
        large_fits(100_000, 100_000),
        large_fits(4096, 4097),
        large_fits(1, 10**15),
        gzip.compress(large_fits(100_000, 100_000)),
    ],
    ids=["png", "larger png", "fits", "a little", "line", "gzip"],
)
def test_an_image_beyond_measure_is_refused_before_it_is_unpacked(content):
    with pytest.raises(BadDataError, match=r"more than|exceeds limit") as caught:
        decode_cutout(content, name="The science cutout")
    assert str(caught.value).startswith("The science cutout can't be read")


def test_an_image_of_a_whole_detector_is_read():
    assert decode_cutout(fits_file(np.zeros((4000, 4072), dtype="u1"))).shape == (4000, 4072)


def test_a_gzip_beyond_measure_is_refused():
    block = gzip.compress(bytes(2**24), 1)

    with pytest.raises(BadDataError, match="bytes"):
        decode_cutout(block * 17)


@pytest.mark.parametrize(
    "content",
    [b"", b"<html><body>log in</body></html>", b'{"errors": []}', b"\x00" * 100, b"BM" + bytes(99)],
    ids=["empty", "html", "json", "zeros", "bmp"],
)
def test_what_is_no_image_is_told(content):
    with pytest.raises(BadDataError, match="can't be read"):
        decode_cutout(content)


SEEDS = [
    fits_file(np.zeros((4, 4)), BUNIT="nJy"),
    fits_file(np.zeros((2, 4, 4), dtype="i2"), BSCALE=2.0),
    written(fits.PrimaryHDU(), fits.CompImageHDU(np.zeros((20, 20), dtype="f4"))),
    gzip.compress(fits_file(np.zeros((4, 4)))),
    picture_file(np.zeros((4, 4))),
    picture_file(np.zeros((4, 4)), "GIF"),
    picture_file(np.zeros((8, 8)), "JPEG"),
]
edits = st.lists(st.tuples(st.integers(0, 10**6), st.binary(min_size=1, max_size=8)), max_size=6)


@st.composite
def damaged_files(draw):
    """Draw a file of each kind with some of its bytes changed, and perhaps its end missing."""
    content = bytearray(draw(st.sampled_from(SEEDS)))
    for place, replacement in draw(edits):
        start = place % len(content)
        content[start : start + len(replacement)] = replacement
    return bytes(content[: draw(st.integers(0, len(content)))] if draw(st.booleans()) else content)


@settings(max_examples=300)
@given(st.binary(max_size=200) | damaged_files())
def test_whatever_comes_is_an_image_or_our_error(content):
    try:
        image = decode_cutout(content)
    except BadDataError as error:
        message = str(error)
        is_as_it_should_be = "can't be read" in message and len(message) < 400
    else:
        shape_and_type = (image.ndim, image.dtype)
        is_as_it_should_be = shape_and_type == (2, np.float64) and image.size <= MAX_PIXELS
    assert is_as_it_should_be
