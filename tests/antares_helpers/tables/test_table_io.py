import os

import numpy as np
import pytest
from astropy.io import fits
from astropy.io.votable import parse
from astropy.table import MaskedColumn, QTable, Table
from astropy.time import Time
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tables_alike import assert_alike, three_loci

from antares_helpers import InvalidInputError, extract_lightcurve
from antares_helpers.errors import BadDataError
from antares_helpers.tables.formats import escape, unescape
from antares_helpers.tables.io import read_table, write_table
from antares_helpers.tables.table import lightcurve_table
from antares_sandbox import BUNDLED

EXACT = ["parquet", "ecsv", "fits", "vot", "xml"]
exact_format = pytest.mark.parametrize("suffix", EXACT)
every_format = pytest.mark.parametrize("suffix", [*EXACT, "csv"])


@pytest.fixture(autouse=True)
def _needs_pyarrow():
    pytest.importorskip("pyarrow")


@pytest.fixture
def table():
    return lightcurve_table(three_loci(), survey="all")


# Round trips


@exact_format
def test_a_table_comes_back_exactly(suffix, table, tmp_path):
    path = write_table(table, tmp_path / f"points.{suffix}")

    assert path == tmp_path / f"points.{suffix}"
    assert_alike(read_table(str(path)), table)


@exact_format
def test_the_bundled_loci_come_back_exactly(suffix, tmp_path):
    table = lightcurve_table(BUNDLED, survey="all")

    assert_alike(read_table(write_table(table, tmp_path / f"points.{suffix}")), table)


@exact_format
def test_a_table_without_rows_comes_back(suffix, table, tmp_path):
    assert_alike(read_table(write_table(table[:0], tmp_path / f"p.{suffix}")), table[:0])


@exact_format
def test_columns_of_a_users_own_come_back(suffix, table, tmp_path):
    table["class"] = np.array(["SN Ia", "", "Übergröße ☄ 😀"] * 4 + ["a\\b"] * (len(table) - 12))
    table["number"] = np.arange(len(table)) - 2**60
    table["number"].info.description = "größer: 1 < 2 & it's \\ 'so'"
    table["distance"] = np.full(len(table), np.nan, dtype=np.float32)
    table["distance"].unit = "Mpc"
    table.meta["notes"] = {"ü & <b>": ["☄", None, True, 0.1], "long": "'&\"" * 100}
    expected = QTable(table)  # in which a column with a unit is a Quantity

    assert_alike(read_table(write_table(table, tmp_path / f"p.{suffix}")), expected)


@every_format
@settings(max_examples=15, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_any_time_flux_and_flag_comes_back(suffix, table, tmp_path, data):
    numbers = st.lists(st.floats(), min_size=len(table), max_size=len(table))
    for name in ("mjd", "flux"):
        table[name] = np.array(data.draw(numbers)) * table[name].unit
    flags = st.lists(st.booleans(), min_size=len(table), max_size=len(table))
    table["is_negative"] = np.array(data.draw(flags))

    again = read_table(write_table(table, tmp_path / f"p.{suffix}"))

    for name in ("mjd", "flux", "is_negative"):
        values, expected = np.asarray(again[name]), np.asarray(table[name])
        assert np.array_equal(values, expected, equal_nan=name != "is_negative")
        assert (np.signbit(values) == np.signbit(expected))[values == 0].all()


@pytest.mark.parametrize("suffix", ["parquet", "fits", "vot"])
def test_spaces_around_strings_come_back(suffix, table, tmp_path):
    table["alert_id"] = np.array([" a ", "b\n", "\tc", "d  "] * 3 + [""] * (len(table) - 12))

    assert_alike(read_table(write_table(table, tmp_path / f"p.{suffix}")), table)


def test_what_ecsv_would_lose_is_refused(table, tmp_path):
    table.meta["note"] = "two\nlines"
    with pytest.raises(InvalidInputError, match="line breaks"):
        write_table(table, tmp_path / "p.ecsv")
    table["alert_id"] = np.full(len(table), " a")
    with pytest.raises(InvalidInputError, match="'alert_id' has strings with spaces"):
        write_table(table, tmp_path / "p.ecsv")


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_escaped_text_is_printable_ascii_and_comes_back(text):
    escaped = escape(text)

    assert escaped.isascii()
    assert escaped.isprintable()
    assert not escaped.endswith(" ")
    assert unescape(escaped) == text


# What other programs find


def test_fits_declares_tai_at_the_telescope(table, tmp_path):
    header = fits.getheader(write_table(table, tmp_path / "p.fits"), 1)

    assert [header[name] for name in ("TIMESYS", "MJDREF", "TIMEUNIT", "RADESYS")] == [
        *("TAI", 0.0, "d", "ICRS")
    ]
    assert header["TUNIT5"] == "d"
    assert header["TCOMM5"].endswith("MJD (TAI)")


def test_votable_declares_tai_at_the_telescope(table, tmp_path):
    votable = parse(str(write_table(table, tmp_path / "p.vot")))

    (system,) = votable.resources[0].time_systems
    field = votable.get_first_table().get_field_by_id_or_name("mjd")
    assert (system.timescale, system.timeorigin) == ("TAI", 2400000.5)
    assert field.ref == system.ID
    assert str(field.unit) == "d"


@pytest.mark.parametrize("suffix", ["parquet", "ecsv", "fits", "vot"])
def test_astropy_reads_numbers_and_units_by_itself(suffix, table, tmp_path):
    again = Table.read(write_table(table, tmp_path / f"p.{suffix}"))

    assert again["flux"].unit == "nJy"
    assert np.asarray(again["flux"]).tolist() == table["flux"].value.tolist()


# Files


@every_format
def test_a_file_is_replaced_and_nothing_is_left_beside_it(suffix, table, tmp_path):
    path = write_table(table[:1], tmp_path / f"p.{suffix}")

    write_table(table, path)

    assert len(read_table(path)) == len(table)
    assert list(tmp_path.iterdir()) == [path]


@every_format
def test_a_failure_to_write_leaves_the_old_file_alone(suffix, table, tmp_path, monkeypatch):
    path = write_table(table, tmp_path / f"p.{suffix}")
    monkeypatch.setattr(os, "fsync", lambda _: (_ for _ in ()).throw(OSError("disk full")))

    with pytest.raises(OSError, match="disk full"):
        write_table(table[:1], path)

    assert_alike(read_table(path), table, meta=suffix != "csv")
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("name", ["points", "points.tsv", "points.fits.gz", ".fits"])
@pytest.mark.parametrize("function", [lambda path, table: write_table(table, path),
                                      lambda path, _: read_table(path)])  # fmt: skip
def test_another_suffix_is_refused_with_the_choices(name, function, table, tmp_path):
    with pytest.raises(InvalidInputError, match=r"\.parquet, \.ecsv, \.fits, \.vot, \.xml, \.csv"):
        function(tmp_path / name, table)


def test_the_suffix_may_be_in_capitals(table, tmp_path):
    assert_alike(read_table(write_table(table, tmp_path / "P.FITS")), table)


@every_format
@pytest.mark.parametrize("content", [b"", b"nonsense", b"\0\xff" * 3000])
def test_a_file_of_another_kind_is_refused(suffix, content, tmp_path):
    path = tmp_path / f"p.{suffix}"
    path.write_bytes(content)

    with pytest.raises(BadDataError, match=f"p.{suffix}"):
        read_table(path)


@pytest.mark.parametrize("suffix", ["parquet", "fits", "vot"])
def test_a_file_cut_short_is_refused(suffix, table, tmp_path):
    path = write_table(table, tmp_path / f"p.{suffix}")
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 3])

    with pytest.raises(BadDataError, match=f"p.{suffix}"):
        read_table(path)


@pytest.mark.parametrize(("suffix", "form"), [("fits", "fits"), ("vot", "votable")])
def test_a_table_of_another_origin_is_refused(suffix, form, tmp_path):
    path = tmp_path / f"p.{suffix}"
    Table({"a": [1]}).write(path, format=form)

    with pytest.raises(BadDataError, match="was not written by write_table"):
        read_table(path)


@every_format
def test_a_missing_file_is_not_found(suffix, tmp_path):
    with pytest.raises(FileNotFoundError):
        read_table(tmp_path / f"p.{suffix}")


# Tables that can't be written


@every_format
@pytest.mark.parametrize(
    ("column", "message"),
    [
        (Time([6e4], format="mjd"), "is a Time"),
        (MaskedColumn([1.0], mask=[True]), "masked"),
        (np.zeros((1, 2)), "something else"),
        (np.array([None]), "something else"),
    ],
)
def test_what_not_every_format_holds_is_refused(suffix, column, message, table, tmp_path):
    table = table[:1]
    table["mine"] = column

    with pytest.raises(InvalidInputError, match=f"'mine'.*{message}"):
        write_table(table, tmp_path / f"p.{suffix}")
    assert list(tmp_path.iterdir()) == []


@every_format
@pytest.mark.parametrize("value", [object(), float("nan")])
def test_meta_that_is_not_json_is_refused(suffix, value, table, tmp_path):
    table.meta["mine"] = value

    with pytest.raises(InvalidInputError, match="can't be written as JSON"):
        write_table(table, tmp_path / f"p.{suffix}")


@pytest.mark.parametrize("given", [None, [], {}])
def test_what_is_not_a_table_is_refused(given, tmp_path):
    with pytest.raises(InvalidInputError, match="the table that lightcurve_table returns"):
        write_table(given, tmp_path / "p.ecsv")


def test_a_single_light_curve_is_refused(tmp_path):
    with pytest.raises(InvalidInputError, match="lightcurve_table"):
        write_table(extract_lightcurve(three_loci()[0]), tmp_path / "p.ecsv")
