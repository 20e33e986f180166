import numpy as np
import pytest
from building import ABSENT, OBJECT_ID, lsst_alert

from antares_helpers.lightcurves.alerts import split_by_survey
from antares_helpers.lightcurves.lsst import FLAGS, read_lsst


def read(*alerts, flux="difference"):
    return read_lsst(split_by_survey(alerts)[0]["lsst"], flux)


def test_each_column_comes_from_its_property():
    columns, convention = read(
        lsst_alert(
            isNegative=True,
            isDipole=True,
            psfFlux=-70.0,
            diaSourceId=OBJECT_ID + 1,
            visit=2026070100001,
        )
    )

    assert {name: column.tolist() for name, column in columns.items()} == {
        "alert_id": ["lsst:170587117485817956"],
        "survey": ["lsst"],
        "mjd": [61200.25],
        "band": ["r"],
        "flux": [-70.0],
        "flux_err": [50.0],
        "snr": [20.0],
        "reliability": [0.9],
        "is_negative": [True],
        "is_dipole": [True],
        "flagged": [False],
        "is_limit": [False],
        "is_forced": [False],
        "dia_object_id": ["170587117485817955"],
        "lacks_is_dipole": [False],
        "lacks_sign": [False],
        "began": [60676.0],
        "source": [OBJECT_ID + 1],
        "visit": [2026070100001],
        "no_magnitude": [False],
        "sign_from_range": [False],
        "negative_confirmed": [False],
        "sign_against_range": [False],
    }
    assert convention == "signed"


def test_the_total_flux_is_the_science_flux_as_it_is():
    columns, _ = read(lsst_alert(isNegative=True, scienceFlux=-3.0), flux="total")

    assert columns["flux"].tolist() == [-3.0]
    assert columns["flux_err"].tolist() == [40.0]


def test_the_total_flux_needs_no_sign():
    columns, _ = read(lsst_alert(isNegative=ABSENT, templateFlux=ABSENT), flux="total")

    assert columns["flux"].tolist() == [3000.0]
    assert columns["lacks_sign"].tolist() == [False]


@pytest.mark.parametrize("value", [True, "true"])
@pytest.mark.parametrize("flag", FLAGS)
def test_each_flag_marks_the_alert(flag, value):
    columns, _ = read(lsst_alert(**{flag.removeprefix("lsst_diaSource_"): value}), lsst_alert())

    assert columns["flagged"].tolist() == [True, False]


@pytest.mark.parametrize("value", [False, "false", None, "no", [1]])
def test_a_flag_that_is_not_set_marks_nothing(value):
    columns, _ = read(lsst_alert(pixelFlags_bad=value))

    assert columns["flagged"].tolist() == [False]


def test_a_flag_is_seen_if_all_flags_are_present():
    every_flag = {name.removeprefix("lsst_diaSource_"): False for name in FLAGS}

    columns, _ = read(
        lsst_alert(**every_flag), lsst_alert(**every_flag | {"pixelFlags_streak": True})
    )

    assert columns["flagged"].tolist() == [False, True]


@pytest.mark.parametrize(("flux", "flagged"), [("difference", False), ("total", True)])
def test_the_flag_of_the_forced_flux_marks_the_total_flux_only(flux, flagged):
    columns, _ = read(lsst_alert(forced_PsfFlux_flag=True), flux=flux)

    assert columns["flagged"].tolist() == [flagged]


def test_flags_of_shape_and_trail_do_not_mark_the_flux():
    columns, _ = read(lsst_alert(shape_flag=True, trail_flag_edge=True))

    assert columns["flagged"].tolist() == [False]


def test_no_alerts_give_empty_columns():
    columns, convention = read()

    assert {column.shape for column in columns.values()} == {(0,)}
    assert convention == "none"


@pytest.mark.parametrize("value", [None, ABSENT, "x", [], {}, np.nan])
def test_an_optional_property_that_is_missing_is_nan(value):
    columns, _ = read(lsst_alert(snr=value, reliability=value), lsst_alert())

    np.testing.assert_array_equal(columns["snr"], [np.nan, 20.0])
    np.testing.assert_array_equal(columns["reliability"], [np.nan, 0.9])
