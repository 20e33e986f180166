import csv

import astropy.units as u
import numpy as np
import pytest
from astropy.table import QTable, Table
from building import OBJECT_ID
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tables_alike import assert_alike, numbered, three_loci

from antares_helpers import lightcurve_table, read_table, write_table
from antares_helpers.convert import to_timeseries
from antares_helpers.errors import BadDataError
from antares_helpers.tables import TABLE_COLUMNS
from antares_sandbox import BUNDLED

HEADER = [
    *("locus_id", "ra [deg]", "dec [deg]", "dia_object_id", "mjd [d, TAI]", "band"),
    *("flux [nJy]", "flux_err [nJy]", "snr", "reliability"),
    *("is_negative", "is_dipole", "flagged", "is_limit", "is_forced", "survey", "alert_id"),
]
LONG = OBJECT_ID * 10
text = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8)
risky = st.sampled_from(
    ["", "=1+1", "+1", "-1", "@a", "'", "''", "'=", "1e5", "nan", "true", "007"]
)
by_hypothesis = settings(max_examples=40, suppress_health_check=list(HealthCheck))


@pytest.fixture
def table():
    return lightcurve_table(three_loci(), survey="all")


@pytest.fixture
def round_trip(tmp_path):
    return lambda table: read_table(write_table(table, tmp_path / "p.csv"))


@pytest.fixture
def cells(tmp_path):
    """Write a table, and read its cells as any other program does."""

    def write(table):
        with write_table(table, tmp_path / "p.csv").open(newline="", encoding="utf-8") as file:
            return list(csv.reader(file))

    return write


# For spreadsheets


def test_the_first_row_names_the_columns_with_their_units(table, cells):
    rows = cells(table)

    assert rows[0] == HEADER
    assert len(rows) == 1 + len(table)


def test_no_id_is_a_number(table, cells):
    column = [row[HEADER.index("dia_object_id")] for row in cells(table)[1:]]

    assert set(column) == {"", f"LSST-AP-DO-{OBJECT_ID}"}
    assert all(
        row[HEADER.index("alert_id")].startswith(("lsst:", "ztf_")) for row in cells(table)[1:]
    )


def test_long_whole_numbers_are_text(cells, round_trip):
    table = QTable({"source": np.array([OBJECT_ID, -1]), "short": np.array([10**14, 0])})

    assert cells(table) == [
        ["source [int64]", "short"],
        [f"'{OBJECT_ID}", f"{10**14}"],
        ["-1", "0"],
    ]
    assert_alike(round_trip(table), table)


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "'"])
def test_text_that_a_spreadsheet_would_run_is_escaped(start, cells, round_trip):
    table = QTable({f"{start}name": [f"{start}HYPERLINK(1)", "a=1"]})

    assert cells(table) == [[f"'{start}name"], [f"'{start}HYPERLINK(1)"], ["a=1"]]
    assert_alike(round_trip(table), table)


@pytest.mark.parametrize("given", ["007", "1e5", "12", str(LONG), "nan", "inf", "True", "FALSE"])
def test_text_that_looks_like_something_else_stays_text(given, cells, round_trip):
    table = QTable({"name": [given]})

    assert cells(table) == [["name"], [f"'{given}"]]
    assert_alike(round_trip(table), table)


def test_a_missing_number_is_an_empty_cell(table, cells):
    table["snr"][0] = np.nan

    assert cells(table)[1][HEADER.index("snr")] == ""


def test_pandas_reads_numbers_flags_and_ids(table, tmp_path):
    pandas = pytest.importorskip("pandas")

    frame = pandas.read_csv(write_table(table, tmp_path / "p.csv"))

    # pandas 2.3 misses the last digit of some; 3.1 does not.
    np.testing.assert_allclose(frame["mjd [d, TAI]"], table["mjd"].value, rtol=1e-15)
    assert frame["is_dipole"].dtype == np.bool_
    assert frame["alert_id"].tolist() == table["alert_id"].tolist()


# Round trips


@pytest.mark.parametrize("rows", [slice(None), slice(3, 4), slice(0)])
def test_a_table_comes_back_but_for_its_meta(rows, table, round_trip):
    assert_alike(round_trip(table[rows]), table[rows], meta=False)


def test_the_bundled_loci_come_back(round_trip):
    table = lightcurve_table(BUNDLED, survey="all")

    assert_alike(round_trip(table), table, meta=False)


def test_some_columns_come_back(table, round_trip):
    part = table["mjd", "alert_id"]

    assert_alike(round_trip(part), part, meta=False)


def test_columns_of_a_users_own_come_back(table, round_trip):
    table["class [a]"] = np.array(["SN Ia", "", "Übergröße ☄ 😀", " a,b\n", '"'] * 3)[: len(table)]
    table["number"] = np.arange(len(table)) - 2**60
    table["small"] = np.arange(len(table), dtype=np.uint8)
    table["large"] = np.arange(len(table), dtype=np.uint64) + 2**63
    table["distance"] = np.full(len(table), np.nan, dtype=np.float32) * u.Mpc
    table["phase"] = np.linspace(0, 1, len(table), dtype=np.float32) * u.dimensionless_unscaled
    table["rate"] = np.ones(len(table)) * u.Unit("1 / s")
    table["is_good"] = np.arange(len(table)) > 2

    assert_alike(round_trip(table), table, meta=False)


def test_a_column_that_was_replaced_comes_back(table, round_trip):
    table["snr"] = np.arange(len(table))
    table["band"] = np.arange(len(table)) * 0.5
    table["dia_object_id"] = np.full(len(table), OBJECT_ID)
    for name in ("snr", "band", "dia_object_id"):
        table[name].info.description = TABLE_COLUMNS[name][1]

    assert_alike(round_trip(table), table, meta=False)


@by_hypothesis
@given(names=st.lists(text | risky, min_size=3, max_size=3))
def test_any_text_comes_back(names, table, round_trip):
    table = table[:3]
    for column in ("locus_id", "dia_object_id", "alert_id"):
        table[column] = np.array(names, dtype=np.str_)
    table["mine"] = np.array(names, dtype=np.str_)

    again = round_trip(table)

    for column in ("locus_id", "dia_object_id", "alert_id", "mine"):
        assert again[column].tolist() == table[column].tolist()


@by_hypothesis
@given(name=text.filter(lambda name: name.strip("\0")))
def test_any_name_of_a_column_comes_back(name, round_trip):
    assert round_trip(QTable({name: [0.5], "flux": [1.0] * u.nJy})).colnames[0] == name


# What the header keeps of meta


def test_the_header_says_that_loci_are_simulated(cells, round_trip):
    table = lightcurve_table([numbered(1, *three_loci()[0]["alerts"], simulated=True)])

    assert "survey [simulated]" in cells(table)[0]
    assert to_timeseries(round_trip(table), "ANT2026test0001").meta["simulated"] is True
    assert round_trip(lightcurve_table(three_loci())).meta == {}


def test_the_header_says_that_the_flux_is_total(cells, round_trip):
    table = lightcurve_table(three_loci(), flux="total")

    assert "flux [nJy, total]" in cells(table)[0]
    assert to_timeseries(round_trip(table), "ANT2026test0001").meta["flux"] == "total"
    assert round_trip(table)["flux"].unit == u.nJy


# Files that a spreadsheet saved


def test_a_file_that_a_spreadsheet_saved_is_read(table, tmp_path):
    path = write_table(table, tmp_path / "p.csv")
    content = path.read_text("utf-8").replace("True", "TRUE").replace("False", "FALSE")
    path.write_text(f"\ufeff{content}".replace(".0,", ","), "utf-8", newline="")

    assert_alike(read_table(path), table, meta=False)


def test_columns_of_a_spreadsheet_get_the_type_that_their_cells_show(tmp_path):
    path = tmp_path / "p.csv"
    path.write_text(
        "locus_id,n,x [mag],id,is_good,note\n"
        f"ANT2026a,1,,{OBJECT_ID},true,\n"
        "ANT2026b,2,1.5,,false,\n"
    )

    table = read_table(path)

    kinds = {name: table[name].dtype.kind for name in table.colnames}
    assert kinds == {"locus_id": "U", "n": "i", "x": "f", "id": "U", "is_good": "b", "note": "U"}
    assert table["id"][0] == str(OBJECT_ID)
    assert table["x"].unit == u.mag


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("name;value\n", "separated by semicolons"),
        ("locus_id;flux [nJy]\nANT2026abcd;1,5\n", "separated by semicolons|shorter"),
        ("locus_id;n\nANT2026abcd;1\n", "separated by semicolons"),
        ("name\n", "none of the columns of lightcurve_table"),
        ("locus_id,mjd\na\n", "shorter"),
        ("mjd\nyesterday\n", "column 'mjd'"),
        ("is_dipole\nmaybe\n", "'maybe' is neither TRUE nor FALSE"),
        ("mjd,\n1,2\n", "does not name a column"),
    ],
)
def test_a_file_that_is_not_a_table_is_refused(content, message, tmp_path):
    (tmp_path / "p.csv").write_text(content)

    with pytest.raises(BadDataError, match=message):
        read_table(tmp_path / "p.csv")


def test_a_plain_table_is_written_too(tmp_path):
    table = Table({"a": [1, 2], "b": ["x", "y"]})

    assert_alike(read_table(write_table(table, tmp_path / "p.csv")), QTable(table))
