import json
import os
from pathlib import Path

import httpx
import pytest
from antares_client import search
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from antares_sandbox import Sandbox
from antares_sandbox.store.defaults import INTERNAL_PROPERTIES
from antares_sandbox.store.folder import index_folder

MATCH = {"catalog_name": "gaia_dr3_gaia_source", "ra": 10.0, "dec": -30.0, "radius": 0.001}
WIRE = {
    "locus": {
        "htm16": 12345678901,
        "grav_wave_events": ["S260101a"],
        "user_properties": ["num_alerts"],
        "lightcurve": "time,alert_id\n2026-06-08 12:00:00,lsst:1\n",
        "catalogs": ["gaia_dr3_gaia_source", "no_position", "removed"],
    },
    "alerts": [
        {"created_at": f"2026-06-08T12:00:0{n}.250000", "survey": survey}
        for n, survey in enumerate(["ztf", "ztf", "decat", "LSST"])
    ],
    "catalog_matches": [
        {**MATCH, "id": "b", "object_id": "2", "object_name": "b", "extra": {"separation": 0.5}},
        {
            **MATCH,
            "catalog_name": "no_position",
            "id": "c",
            "object_id": "3",
            "object_name": "c",
            "extra": {"separation": 0.25, "angle": 12},
        },
        {**MATCH, "id": "a", "object_id": "1", "object_name": "a", "extra": {"separation": 1.0}},
    ],
}

RESPONSES = (
    {
        "id": "ANT2026small",
        "htm16": 12345678901,
        "ra": 10,
        "dec": -30.5,
        "grav_wave_events": ["S260608x"],
        "internal_properties": {"num_alerts": 1, "survey": {}},
        "user_properties": {"mine": 2**60, "num_alerts_of_mine": 1.5},
        "lightcurve": "time,alert_id\n2026-06-08 12:00:00,lsst:1\n",
        "tags": ["a", "b"],
        "catalogs": ["gaia_dr3_gaia_source", "removed"],
        "not_in_version_2": {"x": [1]},
    },
    [
        {
            "id": "lsst:170112073793011889",
            "mjd": 61200.5,
            "created_at": "2026-06-09T12:00:00.250000",
            "survey": "lsst",
            "properties": {"ant_survey": 4, "lsst_diaSource_diaSourceId": 170112073793011889},
            "grav_wave_events": [{"gracedb_id": "S260608x"}],
            "not_in_version_2": None,
        }
    ],
    [
        {
            **MATCH,
            "id": "7",
            "object_id": "8",
            "properties": {"source_id": 2**62},
            "object_name": "8",
            "extra": {"separation": 0.25, "angle": 12},
        }
    ],
)
"""The data of the three responses about a locus, with fields that no version of today has."""


def responses(folder, locus_id):
    """Return the data of the three responses about a locus."""
    with Sandbox(folder) as sandbox:
        paths = (locus_id, f"{locus_id}/alerts", f"{locus_id}/catalog-matches")
        got = [httpx.get(f"{sandbox.url}loci/{path}", trust_env=False) for path in paths]
    return [response.json()["data"] for response in got]


def test_wire_is_replayed(small_file, write):
    locus, alerts, matches = responses(write({**small_file, "wire": WIRE}), "ANT2026small")

    objects = small_file["locus"]["catalog_objects"]
    gaia = objects["gaia_dr3_gaia_source"]
    assert {name: locus[name] for name in ("htm16", "grav_wave_events", "lightcurve", "catalogs")}
    assert locus["htm16"] == WIRE["locus"]["htm16"]
    assert locus["grav_wave_events"] == ["S260101a"]
    assert locus["lightcurve"] == WIRE["locus"]["lightcurve"]
    assert locus["catalogs"] == WIRE["locus"]["catalogs"]
    assert locus["user_properties"] == {"num_alerts": 4}
    assert locus["internal_properties"] == {"my_property": 1.5, "survey": {}}
    assert alerts == [
        {**alert, **wire}
        for alert, wire in zip(small_file["locus"]["alerts"], WIRE["alerts"], strict=True)
    ]
    assert matches == [
        {**match, "properties": properties}
        for match, properties in zip(
            WIRE["catalog_matches"], [gaia[0], objects["no_position"][0], gaia[1]], strict=True
        )
    ]


def test_a_locus_with_wire_comes_back_exactly(small_file, write, fetch):
    with Sandbox(write({**small_file, "wire": WIRE})):
        assert fetch("ANT2026small") == small_file["locus"]


def test_parts_of_wire_may_be_absent(small_file, write):
    file = {**small_file, "wire": {"locus": {"htm16": 7}, "alerts": [{}] * 4}}

    locus, alerts, matches = responses(write(file), "ANT2026small")

    assert locus["htm16"] == 7
    assert locus["catalogs"] == ["gaia_dr3_gaia_source", "no_position"]
    assert alerts[0]["survey"] == "ztf"
    assert len(matches) == 3


def test_without_wire_properties_are_split_as_the_devkit_does(small_file, write):
    locus, _, _ = responses(write(small_file), "ANT2026small")

    assert locus["internal_properties"] == {"num_alerts": 4, "survey": {}}
    assert locus["user_properties"] == {"my_property": 1.5}


def test_internal_properties_are_those_of_the_devkit():
    from antares_devkit.models import DevKitLocus

    names = [*INTERNAL_PROPERTIES, "feature_amplitude_magn_r"]
    old = dict.fromkeys(names, "x")
    locus = DevKitLocus(id="ANT2026small", ra=0.0, dec=0.0, alerts=[], old_properties=old)

    assert set(locus.internal_properties) == INTERNAL_PROPERTIES


def test_without_wire_surveys_come_from_the_ids(small_file, write):
    _, alerts, _ = responses(write(small_file), "ANT2026small")

    assert [alert["survey"] for alert in alerts] == ["ztf", "ztf", "decat", "lsst"]


def test_without_wire_created_at_is_the_time_of_observation_in_utc(small_file, write):
    _, alerts, _ = responses(write(small_file), "ANT2026small")

    assert alerts[1]["created_at"] == "2026-06-08T12:00:00"
    assert alerts[3]["created_at"] == "2026-06-09T11:59:23"


def test_without_wire_the_light_curve_has_total_magnitudes(small_file, write):
    with Sandbox(write(small_file)):
        curve = search.get_by_id("ANT2026small").lightcurve

    assert list(curve["time"])[3] == "2026-06-09 12:00:00.000000"
    assert curve["ant_mag_corrected"][3] == pytest.approx(23.9)
    assert curve["ant_magerr_corrected"][3] == pytest.approx(0.0108574, rel=1e-5)
    assert curve["ant_mag_corrected"][:3].isna().all()


def test_without_wire_separations_are_computed(small_file, write):
    _, _, matches = responses(write(small_file), "ANT2026small")

    separations = [match["extra"]["separation"] for match in matches]
    assert separations == pytest.approx([3.6, 0.0, 0.0])


def test_without_wire_gravitational_wave_events_come_from_the_alerts(small_file, write):
    event = {"gracedb_id": "S260608x", "contour_level": 50.0, "contour_area": 12.0}
    small_file["locus"]["alerts"][3]["grav_wave_events"] = [event]

    locus, alerts, _ = responses(write(small_file), "ANT2026small")

    assert locus["grav_wave_events"] == ["S260608x"]
    assert alerts[3]["grav_wave_events"] == [event]


@pytest.mark.parametrize(
    ("wire", "reason"),
    [
        ({"alerts": [{}]}, "wire.alerts has 1 entries for 4 alerts"),
        ({"catalog_matches": []}, "wire.catalog_matches lists"),
        ({"locus": {"lightcurve": 1}}, "wire.locus.lightcurve"),
    ],
)
def test_a_wire_that_contradicts_the_locus_is_refused(small_file, write, wire, reason):
    (message,) = index_folder(write({**small_file, "wire": wire})).skipped.values()

    assert reason in message


JSON_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda children: st.lists(children, max_size=3) | st.dictionaries(st.text(), children),
    max_leaves=8,
)


@settings(max_examples=60, suppress_health_check=list(HealthCheck))
@given(properties=st.dictionaries(st.text(), JSON_VALUES, max_size=6))
def test_any_json_is_served_as_it_is(small_file, write, properties):
    small_file["locus"]["alerts"][2]["properties"] = properties
    index = index_folder(write(small_file))

    served = json.loads(index.payloads("ANT2026small").alerts)["data"][2]["properties"]

    assert served == properties


def real_loci():
    """Return the real loci, if there are any."""
    path = os.environ.get("ANTARES_REAL_LOCI")
    return json.loads(Path(path).read_text("utf-8"))["loci"] if path else []


def without(data, *names):
    return {name: value for name, value in data.items() if name not in names}


def file_of(locus, alerts, matches):
    """Return the locus file with all that the service responded, known fields and others."""
    parts = ("internal_properties", "user_properties")
    objects = {}
    for match in matches:
        objects.setdefault(match["catalog_name"], []).append(match["properties"])
    devkit_alert = ("id", "mjd", "properties", "grav_wave_events")
    return {
        "header": {"format": "antares-locus", "version": 1},
        "locus": {
            "id": locus["id"],
            "ra": locus["ra"],
            "dec": locus["dec"],
            "user_tags": locus["tags"],
            "old_properties": locus["internal_properties"] | locus["user_properties"],
            "catalog_objects": objects,
            "grav_wave_events_metadata": {},
            "alerts": [{name: alert[name] for name in devkit_alert} for alert in alerts],
        },
        "wire": {
            "locus": without(locus, "id", "ra", "dec", "tags", *parts)
            | {"user_properties": list(locus["user_properties"])},
            "alerts": [without(alert, *devkit_alert) for alert in alerts],
            "catalog_matches": [without(match, "properties") for match in matches],
        },
    }


def test_fields_that_the_service_may_add_are_replayed(write):
    assert responses(write(file_of(*RESPONSES)), "ANT2026small") == list(RESPONSES)


@pytest.mark.skipif(
    not os.environ.get("ANTARES_REAL_LOCI"),
    reason="needs real loci: set ANTARES_REAL_LOCI to their file",
)
def test_real_loci_are_replayed_exactly(write):
    replayed = {}
    for real in real_loci():
        data = [response["data"] for response in real["responses"].values()]
        replayed[real["locus_id"]] = (data, responses(write(file_of(*data)), real["locus_id"]))

    assert replayed
    assert all(got == expected for expected, got in replayed.values())
