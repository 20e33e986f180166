"""The simulated sky as a whole."""

from collections import Counter
from itertools import combinations

import pytest
from antares_client import search

from antares_sandbox.grav_wave import GW_CENTER_DEG, GW_EVENT_ID, GW_EVENT_MJD, GW_SKY_MAP
from antares_sandbox.sky import separation_arcsec
from simulated_sky import simulate_loci

LOCI = {file["locus"]["id"]: file["locus"] for file in simulate_loci()}
WIRES = {file["locus"]["id"]: file.get("wire", {}) for file in simulate_loci()}
FIRST_IDS = {
    "ANT2026z3bqyjga24oc",
    "ANT2026simsnfaint",
    "ANT2026simsndeep",
    "ANT2026simmixed",
    "ANT2026simmissing",
    "ANT2026simrrlyrae",
    "ANT2026simeclipse",
    "ANT2026simunsigned",
    "ANT2026simagn",
    "ANT2026simdwarfnova",
    "ANT2026simasteroid",
    "ANT2026simdipoles",
}


def distance_deg(locus, ra, dec):
    return separation_arcsec(locus["ra"], locus["dec"], ra, dec) / 3600


def in_event(locus):
    return any(alert["grav_wave_events"] for alert in locus["alerts"])


def test_there_are_more_than_a_hundred_loci():
    assert len(LOCI) == 150
    assert sum(len(locus["alerts"]) >= 4 for locus in LOCI.values()) >= 100
    assert LOCI.keys() >= FIRST_IDS


def test_the_field_spans_several_square_degrees():
    near = [locus for locus in LOCI.values() if distance_deg(locus, *GW_CENTER_DEG) < 2.5]

    assert len(near) >= 30
    assert max(locus["dec"] for locus in near) - min(locus["dec"] for locus in near) > 2


@pytest.mark.parametrize(("radius", "least"), [(0.3, 3), (0.7, 10), (1.0, 15)])
def test_a_cone_around_the_center_finds_some_loci(radius, least):
    found = [locus for locus in LOCI.values() if distance_deg(locus, *GW_CENTER_DEG) < radius]

    assert least <= len(found) < len(LOCI)


def test_there_are_close_pairs_and_one_lies_across_ra_0():
    pairs = [
        (one, other)
        for one, other in combinations(LOCI.values(), 2)
        if 0.1 < separation_arcsec(one["ra"], one["dec"], other["ra"], other["dec"]) < 10
    ]

    assert len(pairs) >= 2
    assert any(abs(one["ra"] - other["ra"]) > 359 for one, other in pairs)


def test_one_locus_lies_near_a_pole():
    assert min(90 - abs(locus["dec"]) for locus in LOCI.values()) < 0.1


@pytest.mark.parametrize(
    ("sim_class", "least"),
    [
        ("SN Ia-like", 10),
        ("SN IIP-like", 4),
        ("RR Lyrae", 4),
        ("eclipsing binary", 4),
        ("AGN", 4),
        ("asteroid", 4),
        ("dipole artifacts", 2),
        ("kilonova-like", 1),
    ],
)
def test_there_are_several_of_a_class(sim_class, least):
    classes = Counter(locus["old_properties"]["sim_class"] for locus in LOCI.values())

    assert classes[sim_class] >= least


def test_some_loci_have_many_alerts_and_some_have_one():
    numbers = [len(locus["alerts"]) for locus in LOCI.values()]

    assert min(numbers) == 1
    assert max(numbers) > 60


def test_loci_match_several_catalogs():
    catalogs = Counter(name for locus in LOCI.values() for name in locus["catalog_objects"])

    assert len(catalogs) >= 14
    assert max(catalogs.values()) < len(LOCI)


def test_features_describe_the_magnitudes():
    locus = LOCI["ANT2026simrrlyrae"]
    magnitudes = [
        alert["properties"]["ant_mag"]
        for alert in locus["alerts"]
        if alert["properties"].get("ant_passband") == "r" and "ant_mag" in alert["properties"]
    ]

    properties = locus["old_properties"]
    assert min(magnitudes) < properties["feature_mean_magn_r"] < max(magnitudes)
    expected = (max(magnitudes) - min(magnitudes)) / 2
    assert properties["feature_amplitude_magn_r"] == pytest.approx(expected)


def test_whatever_has_features_has_their_tag():
    for locus in LOCI.values():
        named = any(name.startswith("feature_") for name in locus["old_properties"])
        assert named == ("lc_feature_extractor" in locus["user_tags"])


def test_some_loci_lie_in_the_gravitational_wave_event():
    inside = [locus_id for locus_id, locus in LOCI.items() if in_event(locus)]

    assert "ANT2026simkilonova" in inside
    assert 5 <= len(inside) < len(LOCI) / 2


def test_alerts_in_the_event_follow_it_and_lie_inside_its_contour():
    for locus in LOCI.values():
        level = GW_SKY_MAP.credible_level(locus["ra"], locus["dec"])
        for alert in locus["alerts"]:
            for event in alert["grav_wave_events"]:
                assert event.keys() == {"gracedb_id", "contour_level", "contour_area"}
                assert event["gracedb_id"] == GW_EVENT_ID
                assert level <= 90
                assert event["contour_level"] == pytest.approx(level)
                assert alert["mjd"] > GW_EVENT_MJD


def test_contours_are_those_of_the_sky_map(sandbox):
    notice = search.get_latest_grav_wave_notice(GW_EVENT_ID)
    for locus_id in filter(lambda name: in_event(LOCI[name]), sandbox.locus_ids):
        locus = search.get_by_id(locus_id)
        level, area = notice.get_probability_contour_level_and_area(locus.coordinates)
        for alert in locus.alerts:
            for event in alert.grav_wave_events:
                # The pixels of the map are coarse.
                assert event["contour_level"] == pytest.approx(level, abs=2)
                assert event["contour_area"] == pytest.approx(area.value, abs=0.2)


def test_a_locus_names_the_event_of_its_alerts():
    for locus_id, locus in LOCI.items():
        named = WIRES[locus_id].get("locus", {}).get("grav_wave_events", [])
        assert named == ([GW_EVENT_ID] if in_event(locus) else [])
