import pytest

from antares_helpers import bands

# RTN-045, as facts.md, section 6, gives it.
RTN_045 = {
    "u": ("#1600EA", "#3eb7ff", "o", "--"),
    "g": ("#31DE1F", "#30c39f", "^", (0, (3, 1, 1, 1))),
    "r": ("#B52626", "#ff7e00", "v", "-."),
    "i": ("#370201", "#2af5ff", "s", "-"),
    "z": ("#BA52FF", "#a7f9c1", "*", (0, (3, 1, 1, 1, 1, 1))),
    "y": ("#61A2B3", "#fdc900", "p", ":"),
}
TABLES = [bands.COLORS_ON_WHITE, bands.COLORS_ON_BLACK, bands.SYMBOLS, bands.LINES]


def test_the_bands_are_in_the_order_of_wavelength():
    assert bands.BANDS == ("u", "g", "r", "i", "z", "y")


@pytest.mark.parametrize("band", RTN_045)
def test_a_band_is_drawn_as_rtn_045_says(band):
    assert tuple(table[band] for table in TABLES) == RTN_045[band]


@pytest.mark.parametrize("table", TABLES)
def test_nobody_changes_a_table_by_accident(table):
    with pytest.raises(TypeError):
        table["u"] = "black"


def test_the_bands_of_ztf_are_named_like_those_of_rubin():
    assert dict(bands.ZTF_BAND_OF_FID) == {1: "g", 2: "r", 3: "i"}
    assert dict(bands.ZTF_BAND_OF_PASSBAND) == {"g": "g", "R": "r", "r": "r", "i": "i"}
    assert set(bands.ZTF_BANDS) < set(bands.BANDS)
