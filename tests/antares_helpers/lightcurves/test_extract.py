import copy
import json
import time

import astropy.units as u
import numpy as np
import pytest
from astropy.table import Table
from astropy.timeseries import TimeSeries
from building import (
    ABSENT,
    LOCUS_ID,
    MJD,
    OBJECT_ID,
    locus_of,
    lsst_alert,
    one_of_each_survey,
    other_alert,
    ztf_alert,
    ztf_limit,
)

from antares_helpers import InvalidInputError, extract_lightcurve
from antares_helpers.errors import BadDataError, IncompleteLocusWarning
from antares_helpers.lightcurves import summary
from antares_helpers.lightcurves.extract import COLUMNS


def excluded(lc):
    return lc.meta["report"]["excluded"]


# The table


def test_the_columns_are_those_documented():
    lc = extract_lightcurve(locus_of(lsst_alert()))

    assert isinstance(lc, TimeSeries)
    assert lc.colnames == ["time", *COLUMNS]
    assert all(lc[name].info.description == COLUMNS[name] for name in COLUMNS)


@pytest.mark.parametrize("alerts", [[], [lsst_alert()]], ids=["empty", "one alert"])
def test_each_column_has_its_type(alerts):
    lc = extract_lightcurve(locus_of(*alerts))

    kinds = {name: lc[name].dtype.kind for name in COLUMNS}
    assert kinds == {
        **dict.fromkeys(["flux", "flux_err", "snr", "reliability"], "f"),
        **dict.fromkeys(["is_negative", "is_dipole", "flagged", "is_limit", "is_forced"], "b"),
        **dict.fromkeys(["band", "survey", "dia_object_id", "alert_id"], "U"),
    }
    assert lc["flux"].unit == lc["flux_err"].unit == u.nJy


def test_the_time_of_lsst_is_its_mjd_in_tai():
    lc = extract_lightcurve(locus_of(lsst_alert(mjd=61217.42118006405)))

    assert lc.time.scale == "tai"
    assert lc.time.mjd.tolist() == [61217.42118006405]


def test_rows_are_sorted_by_time():
    alerts = [lsst_alert(number, mjd=MJD + day) for number, day in enumerate([2.0, 0.0, 1.0])]

    lc = extract_lightcurve(locus_of(*alerts))

    assert lc.time.mjd.tolist() == [MJD, MJD + 1, MJD + 2]
    assert [each[-3:] for each in lc["alert_id"]] == ["956", "957", "955"]


def test_rows_of_one_time_keep_their_order():
    alerts = [lsst_alert(number) for number in (5, 3, 4)]

    lc = extract_lightcurve(locus_of(*alerts))

    assert lc["alert_id"].tolist() == [each["id"] for each in alerts]


def test_ids_keep_their_eighteen_digits():
    lc = extract_lightcurve(locus_of(lsst_alert(), lsst_alert(2, diaObjectId=ABSENT)))

    assert lc["dia_object_id"].tolist() == ["170587117485817955", ""]
    assert lc["alert_id"][0] == "lsst:170587117485817956"


@pytest.mark.parametrize("value", [float(OBJECT_ID), 0, None, "x", []])
def test_an_inexact_id_is_not_an_id(value):
    lc = extract_lightcurve(locus_of(lsst_alert(diaObjectId=value)))

    assert lc["dia_object_id"].tolist() == [""]


def test_the_meta_gives_the_origin_of_the_light_curve():
    locus = locus_of(lsst_alert(psfFlux=-5.0, isNegative=True), other_alert())

    assert extract_lightcurve(locus, flux="total").meta == {
        "locus_id": LOCUS_ID,
        "simulated": False,
        "sign_convention": "signed",
        "survey": "lsst",
        "flux": "total",
        "report": {
            "alerts": 2,
            "included": 1,
            "excluded": {"other survey": 1},
            "without_is_dipole": 0,
            "dia_objects": [str(OBJECT_ID)],
            "shared_exposures": 0,
            "signs_from_range": 0,
            "signs_against_range": 0,
            "negatives_confirmed": 0,
        },
    }


def test_the_meta_holds_nothing_but_plain_values():
    meta = extract_lightcurve(one_of_each_survey(), survey="all").meta

    assert json.loads(json.dumps(meta)) == meta


@pytest.mark.parametrize(
    "change",
    [
        {"user_tags": ["simulated"]},
        {"user_tags": {"x", "simulated"}},
        {"old_properties": {"simulated": "true"}},
        {"old_properties": {"simulated": True}},
    ],
)
def test_a_simulated_locus_is_marked(change):
    assert extract_lightcurve(locus_of(lsst_alert()) | change).meta["simulated"] is True


@pytest.mark.parametrize(
    "change",
    [
        {"user_tags": None, "old_properties": None},
        {"user_tags": "simulated"},
        {"old_properties": {"simulated": "false"}},
    ],
)
def test_another_locus_is_not_marked_as_simulated(change):
    assert extract_lightcurve(locus_of(lsst_alert()) | change).meta["simulated"] is False


@pytest.mark.parametrize("locus", [one_of_each_survey(), locus_of()], ids=["full", "empty"])
def test_a_light_curve_survives_ecsv(locus, tmp_path):
    lc = extract_lightcurve(locus, survey="all")

    lc.write(tmp_path / "lc.ecsv", format="ascii.ecsv")
    back = TimeSeries.read(tmp_path / "lc.ecsv", format="ascii.ecsv")

    assert dict(back.meta) == lc.meta
    assert back.colnames == lc.colnames
    assert (back.time.scale, back["flux"].unit) == ("tai", u.nJy)
    assert (back.time == lc.time).all()
    for name in COLUMNS:
        # astropy masks what is an empty string in ECSV.
        values = np.ma.filled(back[name], "") if lc[name].dtype.kind == "U" else back[name]
        np.testing.assert_array_equal(np.asarray(values), np.asarray(lc[name]))


def test_the_locus_is_left_as_it_was():
    locus = one_of_each_survey()
    before = copy.deepcopy(locus)

    extract_lightcurve(locus, survey="all")

    assert locus == before


# What is excluded


@pytest.mark.parametrize(
    ("alert", "reason"),
    [
        (None, summary.MALFORMED),
        ({"id": "lsst:1", "properties": "x"}, summary.MALFORMED),
        (lsst_alert() | {"properties": None}, summary.MALFORMED),
        (lsst_alert() | {"id": f"lsst:{'1' * 96}"}, summary.MALFORMED),
        (other_alert(), summary.OTHER_SURVEY),
        (ztf_alert(), summary.OTHER_SURVEY),
        (ztf_limit(), summary.OTHER_SURVEY),
        *[
            (lsst_alert(mjd=value), summary.NO_TIME)
            for value in (ABSENT, None, "x", np.nan, np.inf, True)
        ],
        *[
            (lsst_alert(band=value), summary.NO_BAND)
            for value in (ABSENT, None, "", "x", "R", 5, ["r"], {}, "r" * 10**6)
        ],
        *[
            (lsst_alert(psfFlux=value), summary.NO_FLUX)
            for value in (ABSENT, None, "1.0", np.nan, -np.inf, True, 10**400)
        ],
        *[
            (lsst_alert(psfFluxErr=value), summary.NO_FLUX_ERR)
            for value in (ABSENT, None, "1.0", np.nan, np.inf, 0, -5.0)
        ],
        (lsst_alert(isNegative=None, scienceFlux=None), summary.NO_SIGN),
    ],
)
def test_an_alert_that_can_not_be_used_is_counted(alert, reason):
    lc = extract_lightcurve(locus_of(alert, lsst_alert(7)))

    assert excluded(lc) == {reason: 1}
    assert lc["alert_id"].tolist() == [lsst_alert(7)["id"]]


@pytest.mark.parametrize(
    ("flux", "missing"), [("total", "scienceFlux"), ("total", "scienceFluxErr")]
)
def test_missing_total_fluxes_are_counted(flux, missing):
    lc = extract_lightcurve(locus_of(lsst_alert(**{missing: None})), flux=flux)

    reasons = {
        "scienceFlux": summary.NO_FLUX,
        "scienceFluxErr": summary.NO_FLUX_ERR,
    }
    assert excluded(lc) == {reasons[missing]: 1}


def test_the_total_flux_needs_no_difference_flux():
    lc = extract_lightcurve(locus_of(lsst_alert(psfFlux=None, psfFluxErr=None)), flux="total")

    assert lc["flux"].value.tolist() == [3000.0]


@pytest.mark.parametrize(
    ("options", "alert", "reason"),
    [
        ({"keep_dipoles": False}, lsst_alert(isDipole=True), summary.DIPOLE),
        ({"keep_flagged": False}, lsst_alert(pixelFlags_cr=True), summary.FLAGGED),
        ({"min_reliability": 0.6}, lsst_alert(reliability=0.5), summary.BELOW_RELIABILITY),
        ({"min_reliability": 0}, lsst_alert(reliability=None), summary.BELOW_RELIABILITY),
        ({"bands": "ri"}, lsst_alert(band="g"), summary.OTHER_BAND),
        ({"dia_object_id": OBJECT_ID}, lsst_alert(diaObjectId=5), summary.OTHER_OBJECT),
        ({"dia_object_id": [OBJECT_ID]}, lsst_alert(diaObjectId=None), summary.OTHER_OBJECT),
    ],
)
def test_an_option_leaves_out_and_counts(options, alert, reason):
    locus = locus_of(alert, lsst_alert(7))

    assert len(extract_lightcurve(locus)) == 2
    lc = extract_lightcurve(locus, **options)
    assert excluded(lc) == {reason: 1}
    assert lc["alert_id"].tolist() == [lsst_alert(7)["id"]]


def test_a_reliability_at_the_minimum_is_included():
    assert len(extract_lightcurve(locus_of(lsst_alert(reliability=0.6)), min_reliability=0.6)) == 1


def test_dipoles_and_flagged_points_are_included_and_marked():
    lc = extract_lightcurve(locus_of(lsst_alert(isDipole=True, pixelFlags_bad=True)))

    assert lc["is_dipole"].tolist() == lc["flagged"].tolist() == [True]


def test_several_objects_can_be_chosen():
    alerts = [lsst_alert(n, mjd=MJD + n, diaObjectId=OBJECT_ID + n) for n in range(3)]

    lc = extract_lightcurve(locus_of(*alerts), dia_object_id=[OBJECT_ID, str(OBJECT_ID + 2)])

    assert lc["dia_object_id"].tolist() == [str(OBJECT_ID), str(OBJECT_ID + 2)]


def test_upper_limits_have_no_reliability_and_are_included():
    lc = extract_lightcurve(locus_of(ztf_limit()), survey="ztf", min_reliability=0.9)

    assert lc["is_limit"].tolist() == [True]


def test_a_missing_is_dipole_is_false_and_counted_apart():
    alerts = [lsst_alert(n, isDipole=value) for n, value in enumerate([ABSENT, None, True, False])]

    lc = extract_lightcurve(locus_of(*alerts))

    assert lc["is_dipole"].tolist() == [False, False, True, False]
    assert lc.meta["report"]["without_is_dipole"] == 2
    assert excluded(lc) == {}


# Surveys


@pytest.mark.parametrize(
    ("survey", "kept"),
    [("lsst", ["lsst"]), ("ztf", ["ztf", "ztf"]), ("all", ["ztf", "ztf", "lsst"])],
)
def test_a_survey_is_chosen(survey, kept):
    lc = extract_lightcurve(one_of_each_survey(), survey=survey)

    assert lc["survey"].tolist() == kept
    assert lc.meta["survey"] == survey
    assert excluded(lc) == {summary.OTHER_SURVEY: 4 - len(kept)}


def test_all_surveys_share_one_table():
    lc = extract_lightcurve(one_of_each_survey(), survey="all")

    assert lc["is_limit"].tolist() == [True, False, False]
    assert lc["band"].tolist() == ["r", "g", "r"]
    assert lc["dia_object_id"].tolist() == ["", "", str(OBJECT_ID)]
    assert np.isfinite(lc["flux"].value).all()


# Completeness of the locus


@pytest.mark.parametrize("survey", ["lsst", "ztf", "all"])
@pytest.mark.parametrize("alerts", [[], [other_alert()], [lsst_alert(psfFlux=None)] * 2])
def test_a_light_curve_may_be_empty(alerts, survey):
    lc = extract_lightcurve(locus_of(*alerts), survey=survey)

    assert len(lc) == 0
    assert lc.colnames == ["time", *COLUMNS]
    assert lc.time.scale == "tai"
    assert sum(excluded(lc).values()) == len(alerts)


def test_fewer_alerts_than_num_alerts_warn():
    with pytest.warns(
        IncompleteLocusWarning, match="should have 3 alerts, but has only 1"
    ) as caught:
        extract_lightcurve(locus_of(lsst_alert(), num_alerts=3))

    assert caught[0].filename == __file__


@pytest.mark.parametrize("num_alerts", [10**5000, np.inf], ids=["integer", "infinity"])
def test_num_alerts_beyond_all_measure_warns_too(num_alerts):
    with pytest.warns(IncompleteLocusWarning):
        extract_lightcurve(locus_of(lsst_alert(), num_alerts=num_alerts))


@pytest.mark.parametrize("other", ["ANT2026other", ["ANT2026other", "ANT2026third"]])
def test_a_locus_that_has_been_replaced_warns_and_names_the_other(other):
    with pytest.warns(IncompleteLocusWarning, match=r"replaced .*ANT2026other.* Fetch") as caught:
        lc = extract_lightcurve(locus_of(lsst_alert(), replaced_by=other))

    assert len(lc) == 1
    assert caught[0].filename == __file__


@pytest.mark.parametrize("other", [None, "", [], 0, False, np.nan, LOCUS_ID])
def test_a_locus_that_has_not_been_replaced_does_not_warn(other):
    extract_lightcurve(locus_of(lsst_alert(), replaced_by=other))


@pytest.mark.parametrize("locus_id", [10**5000, {"a": 1}, None], ids=["integer", "dict", "none"])
def test_the_id_of_a_locus_can_be_anything(locus_id):
    assert isinstance(extract_lightcurve(locus_of() | {"id": locus_id}).meta["locus_id"], str)


@pytest.mark.parametrize("num_alerts", [1, 0, None, "3", np.nan, [3]])
def test_num_alerts_that_says_nothing_does_not_warn(num_alerts):
    extract_lightcurve(locus_of(lsst_alert(), num_alerts=num_alerts))


# What is not valid


@pytest.mark.parametrize(
    "options",
    [
        {"survey": "LSST"},
        {"survey": None},
        {"flux": "psfFlux"},
        {"flux": "total", "survey": "ztf"},
        {"flux": "total", "survey": "all"},
        {"bands": "x"},
        {"bands": []},
        {"dia_object_id": 1.7e17},
        {"min_reliability": 60},
    ],
)
def test_an_option_that_is_not_valid_is_refused(options):
    with pytest.raises(InvalidInputError):
        extract_lightcurve(locus_of(lsst_alert()), **options)


@pytest.mark.parametrize("locus", [None, "ANT2026z3bqyjga24oc", 5, Table()])
def test_anything_but_a_locus_is_refused(locus):
    with pytest.raises(InvalidInputError, match="what fetch_locus returns"):
        extract_lightcurve(locus)


@pytest.mark.parametrize("loci", [[], [lsst_alert()], [locus_of(lsst_alert())], (locus_of(),)])
def test_a_list_of_loci_is_refused_with_the_calls_that_work(loci):
    with pytest.raises(InvalidInputError, match=r"takes one locus, .* lightcurve_table\(loci\)"):
        extract_lightcurve(loci)


@pytest.mark.parametrize(
    ("flux", "meant"),
    [
        *[("psf", "difference"), ("psfFlux", "difference")],
        *[("science", "total"), ("scienceFlux", "total")],
    ],
)
def test_the_names_of_rubins_fluxes_are_refused_with_ours(flux, meant):
    with pytest.raises(InvalidInputError, match=f"pass flux='{meant}'"):
        extract_lightcurve(locus_of(lsst_alert()), flux=flux)


@pytest.mark.parametrize("locus", [{}, {"alerts": None}, {"alerts": "x"}, {"alerts": {}}])
def test_a_locus_without_a_list_of_alerts_is_bad_data(locus):
    with pytest.raises(BadDataError, match="no list of alerts"):
        extract_lightcurve(locus)


# Impossible times


@pytest.mark.parametrize(
    ("alert", "reason"),
    [
        (lsst_alert(mjd=60675.9), "time before the survey"),
        (lsst_alert(mjd=0.0), "time before the survey"),
        (lsst_alert(mjd=-61200.0), "time before the survey"),
        (ztf_alert(mjd=58026.0), "time before the survey"),
        (lsst_alert(mjd=2461200.75), "time in the future"),
        (ztf_limit(mjd=99999.0), "time in the future"),
    ],
)
def test_an_impossible_time_is_excluded(alert, reason):
    lc = extract_lightcurve(locus_of(alert), survey="all")

    assert excluded(lc) == {reason: 1}


@pytest.mark.parametrize(("days", "included"), [(0, 1), (0.9, 1), (1.1, 0)])
def test_the_clock_of_a_computer_may_be_a_day_late(days, included):
    now = time.time() / 86400 + 40587

    assert len(extract_lightcurve(locus_of(lsst_alert(mjd=now + days)))) == included


def test_the_report_names_the_objects_of_the_included_alerts():
    alerts = [lsst_alert(n, diaObjectId=OBJECT_ID + n) for n in range(3)]
    alerts.append(lsst_alert(9, diaObjectId=5, psfFlux=None))

    report = extract_lightcurve(locus_of(*alerts)).meta["report"]

    assert report["dia_objects"] == [str(OBJECT_ID + n) for n in range(3)]
