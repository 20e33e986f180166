import numpy as np
import pytest
from building import locus_of, lsst_alert
from packets import forced_row, packet_of, source_of
from tables_alike import assert_alike, numbered

from antares_helpers import (
    InvalidInputError,
    extract_lightcurve,
    lightcurve_table,
    plot_lightcurve,
    read_table,
    write_parquet,
    write_table,
)
from antares_helpers.convert import (
    from_nested,
    from_sncosmo,
    to_light_curve,
    to_lightkurve,
    to_nested,
    to_sncosmo,
    to_timeseries,
)

FIRST, SECOND = (numbered(n, lsst_alert(n, visit=1, detector=1)) for n in (1, 2))
FORCED = [forced_row(7, psfFlux=-80.0), forced_row(8, psfFluxErr=np.nan)]
SUFFIXES = ["parquet", "ecsv", "fits", "vot", "csv"]


def packet(locus=FIRST):
    return packet_of([source_of(each) for each in locus["alerts"]], FORCED)


def packet_or_none(locus):
    return packet(locus) if locus["id"] == FIRST["id"] else None


@pytest.fixture
def table():
    return lightcurve_table([FIRST, SECOND], forced=packet_or_none)


@pytest.fixture
def lc():
    return extract_lightcurve(FIRST, forced=packet())


def test_a_table_has_the_forced_photometry_of_the_loci_with_packets(table):
    assert table["is_forced"].tolist() == [True, False, False]
    assert table["flux"].value.tolist() == [-80.0, 1000.0, 1000.0]
    assert {name: table.meta["report"][name] for name in ("alerts", "included", "forced_added",
            "forced_unusable")} == {"alerts": 2, "included": 2, "forced_added": 1,
                                    "forced_unusable": 1}  # fmt: skip
    assert table.meta["sign_check"] == {"compared": 1, "agree": 1}
    assert "forced" not in table.meta["options"]


def test_a_table_without_packets_has_no_forced_photometry_and_no_counts_of_it():
    table = lightcurve_table([FIRST, SECOND])

    assert not table["is_forced"].any()
    assert not [name for name in table.meta["report"] if "forced" in name or "packet" in name]
    assert "sign_check" not in table.meta


def test_a_packet_in_place_of_a_function_is_refused():
    with pytest.raises(InvalidInputError, match="must be a function"):
        lightcurve_table([FIRST], forced=packet())


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_every_format_carries_it(suffix, table, tmp_path):
    pytest.importorskip("pyarrow")

    again = read_table(write_table(table, tmp_path / f"points.{suffix}"))

    assert_alike(again, table, meta=suffix != "csv")


def test_parquet_carries_it_as_the_loci_arrive(table, tmp_path):
    pytest.importorskip("pyarrow")

    path = write_parquet([FIRST, SECOND], tmp_path / "points.parquet", forced=packet_or_none)

    assert_alike(read_table(path), table, meta=False)
    assert read_table(path).meta["report"] == table.meta["report"]


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_file_without_the_column_is_read_as_without_forced_photometry(suffix, tmp_path):
    pytest.importorskip("pyarrow")
    old = lightcurve_table([FIRST])
    del old["is_forced"]

    again = read_table(write_table(old, tmp_path / f"old.{suffix}"))

    assert again.colnames == old.colnames
    assert to_timeseries(again, FIRST["id"])["is_forced"].tolist() == [False]


def test_a_light_curve_comes_back_from_a_table(table, lc):
    assert_alike(to_timeseries(table, FIRST["id"]), lc, meta=False)


def test_sncosmo_carries_it(lc):
    data = to_sncosmo(lc)

    assert data["is_forced"].tolist() == [True, False]
    assert_alike(from_sncosmo(data), lc)
    del data["is_forced"]
    assert from_sncosmo(data)["is_forced"].tolist() == [False, False]


def test_lightkurve_carries_it(lc):
    pytest.importorskip("lightkurve")

    assert to_lightkurve(lc, "r")["is_forced"].tolist() == [True, False]


def test_light_curve_takes_forced_points_with_their_signs(lc):
    assert to_light_curve(lc, "r")[1].tolist() == [-80.0, 1000.0]


def test_a_light_curve_without_the_column_can_still_be_converted(lc):
    old = lc.copy()
    del old["is_forced"]

    assert to_sncosmo(old)["is_forced"].tolist() == [False, False]
    assert "is_forced" not in old.colnames
    assert plot_lightcurve(old).has_data()


def test_nested_pandas_carries_it(table):
    pytest.importorskip("nested_pandas")

    nested = to_nested(table)

    assert nested["lightcurve.is_forced"].tolist() == [True, False, False]
    assert_alike(from_nested(nested), table)


def test_a_locus_with_forced_points_only_has_points():
    dipole = locus_of(lsst_alert(1, isDipole=True, visit=1, detector=1))

    table = lightcurve_table(dipole, keep_dipoles=False, forced=packet)

    assert table.meta["report"]["loci_without_points"] == 0
    assert len(table) == 1
