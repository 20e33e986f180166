import math
from collections import Counter

import numpy as np
import pytest
from looping import for_each

from antares_sandbox import TUTORIAL_ID
from simulated_sky import simulate_large, simulate_loci

FILES = {file["locus"]["id"]: file for file in simulate_loci()}
UNSIGNED = "ANT2026simunsigned"
SIGNED = [locus_id for locus_id in FILES if locus_id != UNSIGNED]
ALL = for_each("locus_id", FILES)
FIRST_MJD, LAST_MJD = 61100.0, 61356.0  # March to November 2026
PREFIX = "lsst_diaSource_"


def alerts_of(locus_id):
    return FILES[locus_id]["locus"]["alerts"]


def rubin(locus_id):
    """Return the properties of the LSST alerts, without prefix where they are of the diaSource."""
    return [
        {name.removeprefix(PREFIX): value for name, value in alert["properties"].items()}
        for alert in alerts_of(locus_id)
        if alert["id"].startswith("lsst:")
    ]


def property_of(locus_id, name):
    return FILES[locus_id]["locus"]["old_properties"][name]


def total_flux_by_phase(locus_id, band):
    """Return phases and total fluxes, sorted by phase."""
    period = property_of(locus_id, "sim_period_d")
    rows = [row for row in rubin(locus_id) if row["band"] == band]
    phases = np.array([row["midpointMjdTai"] for row in rows]) / period % 1
    order = np.argsort(phases)
    return phases[order], np.array([row["scienceFlux"] for row in rows])[order]


@ALL
def test_alerts_are_in_the_order_of_time(locus_id):
    times = [alert["mjd"] for alert in alerts_of(locus_id)]

    assert times == sorted(times)
    assert times[0] >= FIRST_MJD
    assert times[-1] <= LAST_MJD


def test_alert_ids_are_unique_over_all_loci():
    ids = Counter(alert["id"] for locus_id in FILES for alert in alerts_of(locus_id))

    assert max(ids.values()) == 1


@ALL
def test_source_ids_are_integers_that_no_float_holds(locus_id):
    ids = [row["diaSourceId"] for row in rubin(locus_id)]

    assert all(len(str(number)) == 18 for number in ids)
    assert all(number > 2**53 for number in ids)
    assert len(ids) < 4 or any(int(float(number)) != number for number in ids)


@ALL
def test_all_times_of_an_lsst_alert_agree(locus_id):
    for alert in alerts_of(locus_id):
        if alert["id"].startswith("lsst:"):
            row = alert["properties"]
            assert alert["mjd"] == row["ant_mjd"] == row[f"{PREFIX}midpointMjdTai"]
            assert row["ant_time_received"] > (alert["mjd"] - 40587) * 86400 - 37


@ALL
def test_only_detections_make_alerts(locus_id):
    assert all(row["snr"] >= 5 for row in rubin(locus_id) if "snr" in row)


@for_each("locus_id", SIGNED)
def test_a_negative_source_has_a_negative_flux(locus_id):
    for row in rubin(locus_id):
        if "psfFlux" in row and row.get("isDipole") is False and "isNegative" in row:
            assert row["isNegative"] == (row["psfFlux"] < 0)


@ALL
def test_a_dipole_is_never_negative(locus_id):
    assert not any(row["isNegative"] for row in rubin(locus_id) if row.get("isDipole"))


@ALL
def test_science_less_template_has_the_sign_of_the_true_flux(locus_id):
    for row in rubin(locus_id):
        if not {"psfFlux", "isNegative", "isDipole"} <= row.keys():
            continue
        change = row["scienceFlux"] - row["templateFlux"]
        if row["isNegative"]:
            assert change < 0
        elif locus_id != UNSIGNED:
            assert (change > 0) == (row["psfFlux"] > 0)


@ALL
def test_magnitudes_follow_from_fluxes(locus_id):
    for row in rubin(locus_id):
        if row.get("psfFlux", 0) > 0:
            expected = 31.4 - 2.5 * math.log10(row["psfFlux"])
            assert row["ant_mag"] == pytest.approx(expected, abs=1e-9)
            assert row["ant_maglim"] == row["ant_mag"]
            relative = row["psfFluxErr"] / row["psfFlux"]
            assert row["ant_magerr"] == pytest.approx(2.5 / math.log(10) * relative, abs=1e-9)
        else:
            assert not {"ant_mag", "ant_magerr", "ant_maglim"} & row.keys()


@ALL
def test_the_general_pixel_flag_is_never_set(locus_id):
    assert not any(row["pixelFlags"] for row in rubin(locus_id))


@ALL
def test_locus_properties_describe_the_alerts(locus_id):
    described = FILES[locus_id]["locus"]["old_properties"]
    alerts = alerts_of(locus_id)
    magnitudes = {
        alert["id"]: alert["properties"]["ant_mag"]
        for alert in alerts
        if "ant_mag" in alert["properties"]
    }

    assert described["num_alerts"] == len(alerts)
    assert described["num_mag_values"] == len(magnitudes)
    if magnitudes:  # one active galaxy is always fainter than its template
        assert described["brightest_alert_magnitude"] == min(magnitudes.values())
        assert magnitudes[described["newest_alert_id"]] == described["newest_alert_magnitude"]
    assert described["oldest_alert_observation_time"] <= described["newest_alert_observation_time"]


@ALL
def test_the_locus_lies_where_its_alerts_do(locus_id):
    locus = FILES[locus_id]["locus"]
    for alert in locus["alerts"]:
        if "ant_dec" in alert["properties"]:
            assert abs(alert["properties"]["ant_dec"] - locus["dec"]) * 3600 < 1


def test_the_tutorials_supernova_shows_all_six_bands():
    bands = Counter(row["band"] for row in rubin(TUTORIAL_ID))

    assert set(bands) == set("ugrizy")
    assert min(bands.values()) >= 4
    assert 90 <= sum(bands.values()) <= 130


def test_the_tutorials_supernova_rises_and_declines():
    peak = property_of(TUTORIAL_ID, "sim_peak_mjd")
    rows = [row for row in rubin(TUTORIAL_ID) if row["band"] == "r"]
    brightest = max(rows, key=lambda row: row["psfFlux"])

    assert abs(brightest["midpointMjdTai"] - peak) < 6
    assert rows[0]["psfFlux"] < brightest["psfFlux"] / 3
    assert rows[-1]["psfFlux"] < brightest["psfFlux"] / 4
    assert rows[0]["midpointMjdTai"] < peak - 8


@pytest.mark.parametrize("locus_id", ["ANT2026simrrlyrae", "ANT2026simeclipse"])
def test_a_variable_star_has_many_negative_fluxes(locus_id):
    negative = sum(row["isNegative"] for row in rubin(locus_id))

    assert 0.25 < negative / len(rubin(locus_id)) < 0.75


@pytest.mark.parametrize("locus_id", ["ANT2026simrrlyrae", "ANT2026simeclipse"])
def test_the_total_flux_folds_to_a_smooth_curve(locus_id):
    folded = shuffled = 0.0
    for band in "grizy":
        _, fluxes = total_flux_by_phase(locus_id, band)
        fluxes /= np.median(fluxes)
        folded += np.abs(np.diff(fluxes)).sum()
        shuffled += np.abs(np.diff(np.random.default_rng(0).permutation(fluxes))).sum()

    assert folded < 0.7 * shuffled


def test_the_unsigned_locus_is_the_signed_one_without_its_signs():
    signed, unsigned = rubin("ANT2026simeclipse"), rubin(UNSIGNED)

    assert [row["psfFlux"] for row in unsigned] == [abs(row["psfFlux"]) for row in signed]
    for name in ("isNegative", "isDipole", "scienceFlux", "templateFlux", "midpointMjdTai"):
        assert [row[name] for row in unsigned] == [row[name] for row in signed]


def test_the_unsigned_locus_has_dipoles_of_both_signs():
    dipoles = [row for row in rubin("ANT2026simeclipse") if row["isDipole"]]

    assert {row["psfFlux"] > 0 for row in dipoles} == {True, False}


def test_the_asteroid_has_an_ss_object_and_no_dia_object():
    for row in rubin("ANT2026simasteroid"):
        assert row["ssObjectId"] > 2**53
        assert "diaObjectId" not in row
        assert not any(name.startswith("lsst_diaObject_") for name in row)
    survey = property_of("ANT2026simasteroid", "survey")["lsst"]
    assert survey == {"dia_object_id": [], "ss_object_id": [str(row["ssObjectId"])]}


def test_dipole_artifacts_are_dipoles_mostly():
    rows = rubin("ANT2026simdipoles")

    assert sum(row["isDipole"] for row in rows) > 0.7 * len(rows)
    assert any(row["psfFlux"] < 0 and not row["isNegative"] for row in rows)


def test_some_points_of_the_deep_supernova_are_flagged_but_reliable_enough_to_be_sent():
    flagged = [
        row
        for row in rubin("ANT2026simsndeep")
        if any(value for name, value in row.items() if name.startswith("pixelFlags_"))
    ]

    assert len(flagged) >= 5
    assert min(row["reliability"] for row in flagged) >= 0.5


@pytest.mark.parametrize(
    "name", ["isDipole", "reliability", "snr", "diaObjectId", "isNegative", "band", "psfFlux"]
)
def test_each_nullable_property_is_missing_somewhere(name):
    rows = rubin("ANT2026simmissing")

    assert 0 < sum(name not in row for row in rows) < len(rows) / 2


def test_the_mixed_locus_holds_both_surveys_and_limits():
    alerts = alerts_of("ANT2026simmixed")
    surveys = Counter(alert["properties"]["ant_survey"] for alert in alerts)

    assert set(surveys) == {1, 2, 4}
    assert min(surveys.values()) >= 10
    for alert in alerts:
        prefix = {1: "ztf_candidate:", 2: "ztf_upper_limit:ZTF26aasimu", 4: "lsst:"}
        assert alert["id"].startswith(prefix[alert["properties"]["ant_survey"]])


def test_the_mixed_locus_has_two_ztf_names_and_exposures_that_come_twice():
    rows = [alert["properties"] for alert in alerts_of("ANT2026simmixed")]
    exposures = Counter((row["ztf_pid"], row["ant_survey"]) for row in rows if "ztf_pid" in row)
    limits = {pid for pid, survey in exposures if survey == 2}

    assert property_of("ANT2026simmixed", "survey")["ztf"]["id"] == ["ZTF26aasimul", "ZTF26aasimum"]
    assert sorted(exposures.values())[-2:] == [1, 2]
    assert len([1 for pid, survey in exposures if survey == 1 and pid in limits]) == 1


def test_one_locus_has_two_dia_objects_with_alerts_and_forced_photometry_each():
    rows = rubin("ANT2026simtwoobjects")
    counts = Counter(row["diaObjectId"] for row in rows)
    forced = FILES["ANT2026simtwoobjects"]["wire"]["forced_photometry"]

    assert len(counts) == 2
    assert min(counts.values()) >= 5
    assert {each["diaObjectId"] for each in forced} == counts.keys()
    for dia_object_id in counts:
        members = [row["diaSourceId"] for row in rows if row["diaObjectId"] == dia_object_id]
        assert min(members) == dia_object_id


def test_upper_limits_have_no_magnitude_and_no_position():
    for alert in alerts_of("ANT2026simmixed"):
        row = alert["properties"]
        if row["ant_survey"] == 2:
            assert not {"ant_mag", "ant_magerr", "ant_ra", "ant_dec"} & row.keys()
            assert row["ant_maglim"] == row["ztf_diffmaglim"]


def test_ztf_detections_are_above_their_limit():
    for alert in alerts_of("ANT2026simmixed"):
        row = alert["properties"]
        if row["ant_survey"] == 1:
            assert row["ant_mag"] == row["ztf_magpsf"] < row["ztf_diffmaglim"]
            assert row["ant_passband"] == {1: "g", 2: "R"}[row["ztf_fid"]]
            assert row["ztf_isdiffpos"] == "t"


def test_the_large_locus_is_as_true_as_the_others():
    for alert in simulate_large(300)["locus"]["alerts"]:
        row = alert["properties"]
        assert row[f"{PREFIX}isNegative"] == (row[f"{PREFIX}psfFlux"] < 0)
        assert row[f"{PREFIX}snr"] >= 5
