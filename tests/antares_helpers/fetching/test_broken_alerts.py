"""Alerts that the client can't read, and values that JSON lacks."""

import json

import pytest
from antares_client import search
from building import lsst_alert
from scripted_broker import good_bodies, locus_body, sends

from antares_helpers import (
    extract_lightcurve,
    fetch_loci,
    fetch_locus,
    load_locus,
)
from antares_helpers.errors import BadDataError

SIZE = 5
BROKEN = 2


def served(number):
    alert = lsst_alert(number, mjd=61200.0 + number)
    return {**alert, "created_at": "2026-11-22T00:00:00", "survey": "lsst"}


@pytest.fixture
def alerts():
    return [served(number) for number in range(SIZE)]


def answer(broker, alerts):
    broker.answer("locus", sends(locus_body(internal_properties={"num_alerts": len(alerts)})))
    broker.answer("alerts", sends({"data": alerts}))


def report_of(locus):
    return extract_lightcurve(locus).meta["report"]


def with_null(alert, name):
    return alert | {name: None}


def without(alert, name):
    return {each: value for each, value in alert.items() if each != name}


@pytest.mark.parametrize("change", [with_null, without])
@pytest.mark.parametrize(
    ("name", "reason"),
    [("mjd", "no usable time"), ("properties", "malformed alert"), ("id", "malformed alert")],
)
def test_an_incomplete_alert_costs_itself_alone(name, reason, change, alerts, broker):
    alerts[BROKEN] = change(alerts[BROKEN], name)
    answer(broker, alerts)

    locus = fetch_locus(broker.locus_id)

    report = report_of(locus)
    assert (report["alerts"], report["included"]) == (SIZE, SIZE - 1)
    assert report["excluded"] == {reason: 1}
    assert locus["alerts"][BROKEN][name] is None
    assert broker.count("alerts") == 1


@pytest.mark.parametrize("name", ["created_at", "survey", "grav_wave_events"])
@pytest.mark.parametrize("value", [None, 5, [None]])
def test_what_a_light_curve_does_not_need_costs_no_alert(name, value, alerts, broker):
    alerts[BROKEN] |= {name: value}
    answer(broker, alerts)

    assert report_of(fetch_locus(broker.locus_id))["included"] == SIZE


@pytest.mark.parametrize("broken", [None, 5, "x", [], {}, {"id": []}, {"mjd": {}, "id": "lsst:1"}])
def test_what_is_no_alert_is_counted(broken, alerts, broker):
    alerts[BROKEN] = broken
    answer(broker, alerts)

    report = report_of(fetch_locus(broker.locus_id))

    assert (report["included"], report["excluded"]) == (SIZE - 1, {"malformed alert": 1})


@pytest.mark.parametrize("mjd", ["x", [], {}, "nan", "1e999"])
def test_a_time_that_is_none_costs_its_alert(mjd, alerts, broker):
    alerts[BROKEN] |= {"mjd": mjd}
    answer(broker, alerts)

    assert report_of(fetch_locus(broker.locus_id))["excluded"] == {"no usable time": 1}


def test_the_other_alerts_are_as_the_client_reads_them(alerts, broker):
    alerts[BROKEN] |= {"mjd": None}
    answer(broker, alerts)
    others = fetch_locus(broker.locus_id)["alerts"]
    del others[BROKEN]
    answer(broker, [alert for alert in alerts if alert["mjd"] is not None])

    expected = search.get_by_id(broker.locus_id).to_devkit()["alerts"]

    assert others == expected
    assert list(map(type, others[0].values())) == list(map(type, expected[0].values()))


def test_a_locus_of_the_client_loses_one_alert_too(alerts, broker):
    alerts[BROKEN] |= {"properties": None}
    answer(broker, alerts)

    assert report_of(search.get_by_id(broker.locus_id))["included"] == SIZE - 1


def test_if_all_times_are_null_the_locus_has_no_points(alerts, broker):
    answer(broker, [alert | {"mjd": None} for alert in alerts])

    assert report_of(fetch_locus(broker.locus_id))["excluded"] == {"no usable time": SIZE}


def test_another_form_of_alerts_is_bad_data(broker):
    answer(broker, [{"alert_id": "lsst:1", "time": 61200.0}] * SIZE)

    with pytest.raises(BadDataError, match=r"data\.0\.id: Field required"):
        fetch_locus(broker.locus_id, retries=0)


def test_an_incomplete_alert_can_be_saved(alerts, broker, tmp_path):
    alerts[BROKEN] = None
    alerts[BROKEN + 1] |= {"mjd": None}
    answer(broker, alerts)

    loci, failures = fetch_loci([broker.locus_id], folder=tmp_path, progress=False)

    assert len(failures) == 0
    assert load_locus(tmp_path / f"{broker.locus_id}.json") == loci[0]
    assert fetch_loci([broker.locus_id], folder=tmp_path, progress=False).loci == loci


# Values that JSON lacks


@pytest.mark.parametrize("value", ["NaN", "Infinity", "-Infinity", "1e999", "-1e400"])
@pytest.mark.parametrize("part", ["locus", "alerts", "catalogs"])
def test_a_number_that_is_none_becomes_null(value, part, broker, tmp_path):
    body = good_bodies()[part]
    target = body["data"] if part == "locus" else body["data"][0]
    target["internal_properties" if part == "locus" else "properties"]["x"] = {"y": [1.5, "HERE"]}
    broker.answer(part, sends(json.dumps(body).replace('"HERE"', value).encode()))

    locus = fetch_locus(broker.locus_id)

    places = {
        "locus": locus["old_properties"],
        "alerts": locus["alerts"][0]["properties"],
        "catalogs": locus["catalog_objects"]["gaia"][0],
    }
    assert places[part]["x"] == {"y": [1.5, None]}
    assert json.loads(json.dumps(locus, allow_nan=False)) == locus
    assert len(fetch_loci([broker.locus_id], folder=tmp_path, progress=False).failures) == 0
    assert load_locus(tmp_path / f"{broker.locus_id}.json") == locus


def test_a_time_beyond_floats_costs_its_alert(alerts, broker):
    body = json.dumps({"data": alerts}).replace(str(alerts[BROKEN]["mjd"]), "1e999")
    broker.answer("alerts", sends(body.encode()))

    locus = fetch_locus(broker.locus_id)

    assert extract_lightcurve(locus).meta["report"]["excluded"] == {"no usable time": 1}


def test_a_lone_surrogate_costs_no_alert(alerts, broker):
    alerts[BROKEN]["properties"]["note"] = "\ud800"
    answer(broker, alerts)

    locus = fetch_locus(broker.locus_id)

    assert report_of(locus)["included"] == SIZE
    assert locus["alerts"][BROKEN]["properties"]["note"] == "?"


@pytest.mark.parametrize("text", [b"\xff", b"\xed\xa0\x80"])
def test_bytes_that_are_no_text_are_replaced(text, broker, tmp_path):
    body = json.dumps(locus_body(tags=["HERE"])).encode().replace(b"HERE", text)
    broker.answer("locus", sends(body))

    loci, failures = fetch_loci([broker.locus_id], folder=tmp_path, progress=False)

    assert set(loci[0]["user_tags"][0]) == {"\N{REPLACEMENT CHARACTER}"}
    assert len(failures) == 0


def test_a_number_that_python_does_not_print_is_listed(broker, tmp_path):
    body = json.dumps(locus_body(internal_properties={"x": "HERE"}))
    broker.answer("locus", sends(body.replace('"HERE"', "9" * 5000).encode()))

    _, failures = fetch_loci([broker.locus_id], folder=tmp_path, progress=False)

    assert list(failures["locus_id"]) == [broker.locus_id]
