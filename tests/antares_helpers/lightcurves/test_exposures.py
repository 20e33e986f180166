"""One exposure is one measurement."""

import pytest
from building import ABSENT, MJD, OBJECT_ID, locus_of, lsst_alert, ztf_alert, ztf_limit

from antares_helpers import extract_lightcurve, lightcurve_table
from antares_helpers.convert import to_sncosmo, to_timeseries
from antares_helpers.lightcurves.summary import (
    CONTRADICTED_LIMIT,
    DIPOLE,
    DUPLICATE,
    NO_FLUX,
    REPEATED_DETECTION,
    REPEATED_LIMIT,
)

PID = 1372493490015
VISIT = 2026070100364
EXPOSURE = {"visit": VISIT, "detector": 0}


def extract(*alerts, **options):
    return extract_lightcurve(locus_of(*alerts), **{"survey": "all"} | options)


def excluded(lc):
    return lc.meta["report"]["excluded"]


def numbers(lc):
    """Return the numbers that the IDs of the alerts end with."""
    return [each.replace("-", ":").split(":")[-1] for each in lc["alert_id"]]


def limit(number, pid, **properties):
    """Make an upper limit in g of an object's name, which only its ID gives the exposure of."""
    alert = ztf_limit(**{"ant_passband": "g"} | properties)
    return alert | {"id": f"ztf_upper_limit:ZTF26aatest{number}-{pid}"}


# ZTF


def test_two_candidates_of_one_exposure_are_one_measurement():
    lc = extract(
        ztf_alert(1, ztf_pid=PID), ztf_alert(2, ztf_pid=PID), ztf_alert(3, ztf_pid=PID + 1)
    )

    assert len(lc) == 2
    assert excluded(lc) == {REPEATED_DETECTION: 1}


@pytest.mark.parametrize("errors", [(0.1, 0.2), (0.2, 0.1)])
def test_of_two_candidates_the_one_of_the_higher_snr_stays(errors):
    alerts = [
        ztf_alert(n, ztf_pid=PID, ant_magerr=error, ant_time_received=1.7e9 + n)
        for n, error in enumerate(errors)
    ]

    assert numbers(extract(*alerts)) == [str(errors.index(0.1))]


def test_one_limit_under_several_names_is_one_limit():
    lc = extract(limit("a", PID), limit("b", PID), limit("c", PID), limit("c", PID + 1))

    assert len(lc) == 2
    assert excluded(lc) == {REPEATED_LIMIT: 2}


def test_a_limit_of_an_exposure_with_a_detection_is_excluded():
    lc = extract(limit("a", PID), limit("b", PID), ztf_alert(ztf_pid=PID), limit("a", PID + 1))

    assert lc["is_limit"].tolist() == [False, True]
    assert excluded(lc) == {CONTRADICTED_LIMIT: 2}


def test_the_exposure_of_a_limit_is_in_its_properties_or_in_its_id():
    named = limit("a", PID + 7, ztf_pid=PID)

    assert excluded(extract(named, ztf_alert(ztf_pid=str(PID)))) == {CONTRADICTED_LIMIT: 1}
    assert excluded(extract(named, limit("b", f"0{PID}"))) == {REPEATED_LIMIT: 1}
    assert excluded(extract(named, limit("b", PID, ztf_pid=0))) == {REPEATED_LIMIT: 1}


@pytest.mark.parametrize("pid", [ABSENT, None, 0, -1, "", "x", [PID], PID + 0.5, True])
def test_detections_of_unknown_exposures_are_never_merged(pid):
    lc = extract(ztf_alert(1, ztf_pid=pid), ztf_alert(2, ztf_pid=pid), limit("a", PID))

    assert len(lc) == 3
    assert excluded(lc) == {}


@pytest.mark.parametrize("end", ["", "x", "0", "1.5"])
def test_limits_of_unknown_exposures_are_never_merged(end):
    lc = extract(limit("a", end), limit("b", end), ztf_alert(ztf_pid=0))

    assert len(lc) == 3


def test_another_band_is_another_measurement():
    lc = extract(ztf_alert(ztf_pid=PID), limit("a", PID, ant_passband="R"))

    assert excluded(lc) == {}


# LSST


def test_a_repeated_detection_of_rubin_is_excluded():
    lc = extract(lsst_alert(1, **EXPOSURE), lsst_alert(2, **EXPOSURE))

    assert len(lc) == 1
    assert excluded(lc) == {REPEATED_DETECTION: 1}


@pytest.mark.parametrize(
    "change",
    [
        {"visit": VISIT + 1},
        {"detector": 1},
        {"band": "i"},
        {"diaObjectId": OBJECT_ID + 1},
        *[{name: ABSENT} for name in ("visit", "detector", "diaObjectId")],
    ],
    ids=str,
)
def test_a_detection_that_differs_in_its_exposure_stays(change):
    lc = extract(lsst_alert(1, **EXPOSURE), lsst_alert(2, **EXPOSURE | change))

    assert len(lc) == 2
    assert excluded(lc) == {}


@pytest.mark.parametrize("name", ["visit", "detector", "diaObjectId"])
@pytest.mark.parametrize("value", [ABSENT, None, "x", -1, [], {}])
def test_a_missing_value_is_never_merged_upon(name, value):
    lc = extract(*[lsst_alert(n, **EXPOSURE | {name: value}) for n in range(3)])

    assert len(lc) == 3


def test_two_objects_of_one_visit_are_two_rows_and_counted():
    alerts = [lsst_alert(n, **EXPOSURE, diaObjectId=OBJECT_ID + n) for n in range(2)]
    alone = [lsst_alert(n, visit=VISIT + n, detector=1) for n in range(2, 5)]

    lc = extract(*alerts, *alone)

    assert len(lc) == 5
    assert lc.meta["report"]["shared_exposures"] == 1
    assert extract(*alerts, dia_object_id=OBJECT_ID).meta["report"]["shared_exposures"] == 0
    alerts[1]["properties"]["lsst_diaSource_diaObjectId"] = None  # a solar-system object
    assert extract(*alerts).meta["report"]["shared_exposures"] == 0
    alerts[1]["properties"]["lsst_diaSource_diaObjectId"] = OBJECT_ID + 1
    table = lightcurve_table([locus_of(*alerts), locus_of(*alerts) | {"id": "ANT2026other"}])
    assert table.meta["report"]["shared_exposures"] == 2


def test_a_visit_of_rubin_and_an_exposure_of_ztf_of_one_number_are_two():
    lc = extract(lsst_alert(visit=PID, detector=0, band="g"), ztf_alert(ztf_pid=PID))

    assert len(lc) == 2


# Which one stays


@pytest.mark.parametrize("make", [lsst_alert, ztf_alert])
@pytest.mark.parametrize(
    ("times", "newest"),
    [
        ((5.0, 3.0), 0),
        ((3, 5.0), 1),
        ((5.0, 5.0), 1),
        ((5.0, None), 1),
        ((None, None), 1),
        (("x", 10**400), 1),
    ],
    ids=["first", "second", "equal", "one missing", "missing", "not numbers"],
)
def test_of_a_reissued_alert_the_newer_stands(make, times, newest):
    alerts = [make(mjd=MJD + n) for n in range(2)]
    for alert, received in zip(alerts, times, strict=True):
        alert["properties"]["ant_time_received"] = received

    lc = extract(*alerts)

    assert lc.time.mjd.astype(int).tolist() == [int(MJD) + newest]
    assert excluded(lc) == {DUPLICATE: 1}


def test_of_two_detections_by_rubin_the_one_received_last_stays():
    alerts = [lsst_alert(n, **EXPOSURE, snr=9 - n) for n in range(3)]
    for alert, received in zip(alerts, (5, 7, 6), strict=True):
        alert["properties"]["ant_time_received"] = received

    assert extract(*alerts)["snr"].tolist() == [8]
    assert extract(*alerts[::-1])["snr"].tolist() == [8]


def test_one_source_under_two_ids_is_one():
    alerts = [lsst_alert(n, diaSourceId=OBJECT_ID + 1) for n in range(2)]

    lc = extract(*alerts, lsst_alert(2, diaSourceId=0), lsst_alert(3, diaSourceId=0))

    assert len(lc) == 3
    assert excluded(lc) == {DUPLICATE: 1}


# Usable alerts only, and before the options


@pytest.mark.parametrize(
    "alerts",
    [
        (lsst_alert(psfFlux=20.0), lsst_alert(psfFlux=None)),
        (lsst_alert(1, **EXPOSURE, psfFlux=20.0), lsst_alert(2, **EXPOSURE, psfFlux=None)),
        (limit("a", PID), ztf_alert(ztf_pid=PID, ant_mag=None)),
        (limit("a", PID), limit("b", PID, ant_maglim=None)),
    ],
    ids=["ID", "detection", "limit", "repeated limit"],
)
def test_an_unusable_alert_takes_the_place_of_no_other(alerts):
    for each in (alerts, alerts[::-1]):
        lc = extract(*each)

        assert lc["alert_id"].tolist() == [alerts[0]["id"]]
        assert excluded(lc) == {NO_FLUX: 1}


def test_an_option_brings_no_repeated_detection_back():
    alerts = lsst_alert(1, **EXPOSURE), lsst_alert(2, **EXPOSURE, isDipole=True)

    lc = extract(*alerts, keep_dipoles=False)

    assert len(lc) == 0
    assert excluded(lc) == {DIPOLE: 1, REPEATED_DETECTION: 1}


def test_a_detection_below_the_reliability_still_contradicts_its_limit():
    lc = extract(limit("a", PID), ztf_alert(ztf_pid=PID, ztf_drb=0.1), min_reliability=0.5)

    assert excluded(lc) == {"below min_reliability": 1, CONTRADICTED_LIMIT: 1}


# Everywhere


def test_tables_and_converters_have_one_row_for_an_exposure():
    alerts = [lsst_alert(n, MJD + n // 2, visit=VISIT + n // 2, detector=1) for n in range(6)]
    locus = locus_of(*alerts)

    table = lightcurve_table([locus])

    assert len(table) == 3
    assert table.meta["report"]["excluded"] == {REPEATED_DETECTION: 3}
    assert len(to_timeseries(table, locus["id"])) == 3
    assert len(to_sncosmo(extract_lightcurve(locus))) == 3


def test_real_loci_have_no_repeated_exposures(real_loci):
    for locus in real_loci.values():
        lc = extract_lightcurve(locus)

        assert len(lc) == len(locus["alerts"])
        assert lc.meta["report"]["shared_exposures"] == 0
