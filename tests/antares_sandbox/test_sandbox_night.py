"""A night of many loci: what the arrays say, what the documents say and what is served agree."""

import json
import os
import re
import subprocess
import sys
from itertools import islice
from pathlib import Path

import httpx
import numpy as np
import pytest
from antares_client import search
from astropy.coordinates import SkyCoord
from astropy.time import Time

from antares_helpers import extract_lightcurve, fetch_cutouts, fetch_loci, find_loci
from antares_sandbox import Sandbox, SandboxError
from antares_sandbox.night import DAY_OBS, FIELD_RADIUS_DEG, NightTable
from antares_sandbox.queries import compile_query, make_document, order_of
from antares_sandbox.store.night import Night
from antares_sandbox.store.wire import search_data

NEWEST = "properties.newest_alert_observation_time"
SIZE, LARGEST = 3000, 700


@pytest.fixture(scope="module")
def table():
    return NightTable(SIZE, LARGEST)


@pytest.fixture(scope="module")
def documents(table):
    return {
        name: make_document(search_data(table.file(row, with_alerts=False)))
        for row, name in enumerate(Night(table).locus_ids)
    }


@pytest.fixture(scope="module")
def running():
    with Sandbox(night=SIZE, largest_visit=LARGEST, window=1000) as sandbox:
        yield sandbox


def get(sandbox, path, **parameters):
    return httpx.get(f"{sandbox.url}{path}", params=parameters, trust_env=False)


def queries(table):
    first, last = float(table.times[2]), float(table.times[6])
    near = {"radius": "0.7 degree", "location": f"{table.ra[9]} {table.dec[9]}"}
    source = re.sub("lsst:", "", table.file(5)["locus"]["alerts"][-1]["id"])
    time = {"range": {NEWEST: {"gte": first, "lt": last}}}
    return [
        {"match_all": {}},
        time,
        {"range": {NEWEST: {"gt": first, "lte": str(last)}}},
        {"term": {NEWEST: last}},
        {"range": {"ra": {"gte": 359.0}}},
        {"range": {"dec": {"lt": -30.0, "gte": -31.0}}},
        {"range": {"dec": {"lt": "x"}}},
        {"range": {"properties.oldest_alert_observation_time": {"lt": first - 20}}},
        {"range": {"properties.brightest_alert_observation_time": {"gte": first}}},
        {"range": {"properties.newest_alert_magnitude": {"lt": 20}}},
        {"range": {"properties.oldest_alert_magnitude": {"gt": 23}}},
        {"terms": {"properties.num_alerts": [3, "7"]}},
        {"term": {"tags": "young_rubin_transients"}},
        {"term": {"tags.keyword": {"value": "SIMULATED", "case_insensitive": True}}},
        {"match": {"tags": "lc_feature_extractor nothing"}},
        {"wildcard": {"tags": "in_*"}},
        {"prefix": {"locus_id": "ANT2026simn00000"}},
        {"ids": {"values": ["ANT2026simn0000007", "ANT2026simn9999999", "x"]}},
        {"term": {"locus_id": "ANT2026simn0000007"}},
        {"term": {"locus_id": {"value": "ant2026SIMN0000007", "case_insensitive": True}}},
        {"term": {"locus_id": "ant2026SIMN0000007"}},
        {"term": {"properties.newest_alert_id": f"lsst:{source}"}},
        {"term": {"properties.oldest_alert_id": f"lsst:{source}"}},
        {"terms": {"properties.survey.lsst.dia_object_id": [source, int(source) // 32 * 32]}},
        {"term": {"properties.simulated": "true"}},
        {"term": {"properties.brightest_alert_magnitude": float(table.bright[4])}},
        {"prefix": {"properties.brightest_alert_magnitude": "2"}},
        {"exists": {"field": "properties.survey.lsst"}},
        {"exists": {"field": "properties.survey.lsst.ss_object_id"}},
        {"exists": {"field": "catalogs"}},
        {"term": {"properties.unknown": 1}},
        {"sky_distance": near},
        {"sky_distance": {"radius": "1 degree", "location": "0.0 -30.0"}},
        {"bool": {"filter": [time, {"sky_distance": near}], "must_not": {"term": {"tags": "x"}}}},
        {"bool": {"must": time, "must_not": [{"range": {"ra": {"lt": 180}}}]}},
        {"bool": {"should": [time, {"range": {"ra": {"lt": 9}}}], "minimum_should_match": 2}},
        {"bool": {"should": [time, {"range": {"ra": {"lt": 9}}}]}},
        {"bool": {"must": {"bool": {"filter": time}}, "minimum_should_match": "50%"}},
        {"function_score": {"query": time, "random_score": {"seed": 3}}},
    ]


@pytest.mark.parametrize("number", range(39))
def test_arrays_and_documents_give_the_same_loci(table, documents, number):
    query = queries(table)[number]
    compiled = compile_query(json.dumps({"query": query}))

    found = Night(table).search(compiled, f"-{NEWEST}")

    order = order_of(documents, f"-{NEWEST}")
    assert list(found) == [name for name in order if compiled(documents[name])]


def test_the_queries_above_are_all_tried_and_most_find_some_loci_but_not_all(table, documents):
    numbers = [
        sum(map(compile_query(json.dumps({"query": query})), documents.values()))
        for query in queries(table)
    ]

    assert len(numbers) == 39
    assert sum(0 < number < SIZE for number in numbers) >= 25


@pytest.mark.parametrize("sign", ["", "-", "+"])
@pytest.mark.parametrize(
    "field",
    [
        "ra",
        "tags",
        "locus_id",
        "properties.num_alerts",
        "properties.oldest_alert_observation_time",
        "properties.brightest_alert_id",
        "properties.sim_class",
        "properties.unknown",
        NEWEST,
    ],
)
def test_arrays_and_documents_give_the_same_order(table, documents, field, sign):
    found = Night(table).search(compile_query("{}"), f"{sign}{field}")

    assert list(found) == order_of(documents, f"{sign}{field}")


def test_the_same_number_gives_the_same_night(table):
    again = NightTable(SIZE, LARGEST)

    assert all(table.file(row) == again.file(row) for row in range(0, SIZE, 50))
    assert NightTable(SIZE).file(0) != table.file(0)


def test_each_alert_is_found_by_its_id_and_no_other(table):
    night = Night(table)
    for row in (0, 1, SIZE - 1):
        file = table.file(row)
        assert {night.locus_of(alert["id"]) for alert in file["locus"]["alerts"]} == {
            file["locus"]["id"]
        }
        number = int(file["locus"]["alerts"][-1]["id"][5:])
        assert night.locus_of(f"lsst:{number + 1}") is None
        assert night.locus_of(str(number)) is None
    assert night.locus_of(f"lsst:{180_000_000_000_000_000 + SIZE * 32}") is None


def test_all_newest_alerts_are_of_one_night_of_nine_hours(table):
    times = Time(table.times, format="mjd", scale="tai").utc

    noon = Time(f"{DAY_OBS} 12:00", scale="utc").mjd
    assert noon < times.mjd.min() < times.mjd.max() < noon + 1
    assert 8 < np.ptp(times.mjd) * 24 < 9


def test_visits_are_fields_of_very_different_numbers_of_loci(table):
    numbers = np.bincount(table.visit)

    assert numbers.sum() == SIZE
    assert numbers[:-1].max() > 2 * numbers[:-1].min() > 0
    for visit in range(len(numbers)):
        members = SkyCoord(table.ra, table.dec, unit="deg")[table.visit == visit]
        assert members[0].separation(members).deg.max() <= 2 * FIELD_RADIUS_DEG


def test_the_largest_visit_is_as_large_as_asked_and_on_both_sides_of_ra_zero(table):
    ra = table.ra[table.visit == table.visit.max()]

    assert len(ra) == LARGEST
    assert (ra < 3).any()
    assert (ra > 357).any()


def test_a_large_night_has_visits_of_some_hundred_to_some_thousand_loci():
    numbers = np.bincount(NightTable(500_000).visit)

    assert len(numbers) == 950
    assert 50 < numbers.min() < 526 < numbers.max() < 5000


# As the client sees it


@pytest.mark.usefixtures("running")
def test_a_locus_and_its_alerts_agree_with_the_search():
    listed = list(islice(search.search({"query": {"match_all": {}}}, limit=50), 50))
    loci, failures = fetch_loci(listed, progress=False)

    assert not len(failures)
    for summary, locus in zip(listed, loci, strict=True):
        alerts, known = locus["alerts"], summary.properties
        assert locus["old_properties"] == known
        assert (locus["ra"], locus["dec"]) == (summary.ra, summary.dec)
        assert set(locus["user_tags"]) == set(summary.tags) >= {"simulated"}
        assert len(alerts) == known["num_alerts"]
        by_id = {alert["id"]: alert for alert in alerts}
        times, magnitudes = zip(
            *((each["mjd"], each["properties"]["ant_mag"]) for each in alerts), strict=True
        )
        assert known["newest_alert_observation_time"] == max(times)
        assert known["oldest_alert_observation_time"] == min(times)
        assert known["brightest_alert_magnitude"] == min(magnitudes)
        for name in ("newest", "oldest", "brightest"):
            alert = by_id[known[f"{name}_alert_id"]]
            assert known[f"{name}_alert_observation_time"] == alert["mjd"]
            assert known[f"{name}_alert_magnitude"] == alert["properties"]["ant_mag"]
        lc = extract_lightcurve(locus)
        assert lc.meta["simulated"]
        assert len(lc) == len(alerts)


def test_the_window_is_that_of_other_searches(running):
    assert get(running, "loci", limit=1000).json()["meta"]["count"] == 1000
    assert get(running, "loci", limit=1000, offset=1).status_code == 400


def test_pages_neither_repeat_nor_miss_a_locus(running):
    table = running._store._table
    visit = {"range": {NEWEST: {"gte": float(table.times[-1])}}}
    walked = [locus.locus_id for locus in search.search({"query": visit}, limit=64)]

    assert len(set(walked)) == len(walked) == LARGEST


@pytest.mark.usefixtures("running")
def test_a_locus_is_found_by_its_dia_object_id():
    newest = find_loci(limit=1)[0]
    (name,) = newest.properties["survey"]["lsst"]["dia_object_id"]

    assert [locus.locus_id for locus in find_loci(name=name)] == [newest.locus_id]


def test_statistics_count_all_loci(running):
    statistics = get(running, "loci/statistics").json()["data"]
    table = running._store._table

    assert statistics["tags"]["simulated"] == SIZE
    young = find_loci(tag="young_rubin_transients", limit=900)
    assert statistics["tags"]["young_rubin_transients"] == len(young)
    assert statistics["max_num_measurements"] == table.alerts.max()


@pytest.mark.parametrize(
    "path",
    ["loci/ANT2026simn0003000", "loci/ant2026simn0000001", "loci/ANT2026simn1", "loci/x/alerts"],
)
def test_any_other_locus_is_not_there(running, path):
    assert get(running, path).status_code == 404


def test_its_alerts_have_packets_and_cutouts(running):
    alert_id = find_loci(limit=1)[0].properties["newest_alert_id"]
    address = running.url.removesuffix("v2/") + "api/alerts"
    header = {"Authorization": f"Bearer {running.token}"}
    parameters = {"ID": alert_id[5:], "RESPONSEFORMAT": "json"}

    packet = httpx.get(address, params=parameters, headers=header, trust_env=False).json()

    assert packet["diaSource"]["diaSourceId"] == int(alert_id[5:])
    assert set(fetch_cutouts(alert_id)) == {"template", "science", "difference"}


def test_a_stream_publishes_loci_of_a_night(running):
    pytest.importorskip("confluent_kafka")
    from antares_sandbox.stream import SandboxStream

    published = SandboxStream(running)

    assert len(published.locus_ids) == SIZE
    assert len(published._message("ANT2026simn0000001")) > 100


# Its options


@pytest.mark.parametrize("night", [0, -1, True, 1.5, "5", 2_000_001])
def test_a_number_that_is_not_valid_is_an_error(night):
    with pytest.raises(SandboxError, match="night"):
        Sandbox(night=night)


@pytest.mark.parametrize("largest", [0, 11, True, "5"])
def test_a_largest_visit_that_is_not_valid_is_an_error(largest):
    with pytest.raises(SandboxError, match="largest_visit"):
        Sandbox(night=10, largest_visit=largest)


def test_a_largest_visit_needs_a_night():
    with pytest.raises(SandboxError, match="option of a night"):
        Sandbox(largest_visit=5)


def test_a_folder_and_a_night_are_an_error(tmp_path):
    with pytest.raises(SandboxError, match="give one of them"):
        Sandbox(tmp_path, night=10)


@pytest.mark.parametrize("number", [1, 2, 299, 601])
def test_a_small_night_is_served_too(number):
    with Sandbox(night=number, largest_visit=number) as sandbox:
        assert sandbox.folder is None
        assert len(sandbox.locus_ids) == number
        assert get(sandbox, "loci").json()["meta"]["count"] == number


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs Linux's /proc")
def test_half_a_million_loci_take_less_than_150_megabytes():
    program = (
        "import httpx, re\n"
        "from antares_sandbox import Sandbox\n"
        "with Sandbox(night=500_000, largest_visit=12_000) as sandbox:\n"
        "    for field in ('ra', 'dec', 'properties.num_alerts'):\n"
        "        found = httpx.get(sandbox.url + 'loci', params={'sort': field}, trust_env=False)\n"
        "        assert found.json()['meta']['count'] == 10_000\n"
        "print(re.search(r'VmHWM:\\s*(\\d+)', open('/proc/self/status').read())[1])"
    )
    path = os.pathsep.join([str(Path(__file__).parents[2] / "helpers"), *sys.path])
    run = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        check=True,
        env=os.environ | {"PYTHONPATH": path},
    )

    assert int(run.stdout) * 1024 < 150e6


def test_the_command_serves_a_night():
    code = (
        "import os, httpx; url = os.environ['ANTARES_API_BASE_URL'] + 'loci/statistics'; "
        "print(httpx.get(url, trust_env=False).json()['data']['tags']['simulated'])"
    )
    command = [sys.executable, "-m", "antares_sandbox", "--night", "400", "--largest-visit", "9"]
    run = subprocess.run(
        [*command, "--", sys.executable, "-c", code], capture_output=True, check=True
    )

    assert run.stdout.strip() == b"400"
