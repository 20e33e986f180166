"""Every search of the unmodified client, checked against the files."""

import copy
import json
from itertools import islice

import astropy.units as u
import httpx
import pytest
from antares_client import search
from antares_client.exceptions import AntaresException
from astropy.coordinates import Angle, SkyCoord

from antares_sandbox import Sandbox, SandboxError

NEWEST = "newest_alert_observation_time"


def make_file(small_file, name, **changes):
    file = copy.deepcopy(small_file)
    file["locus"] |= {"id": f"ANT2026{name}", **changes}
    for number, alert in enumerate(file["locus"]["alerts"]):
        alert["id"] += f"{name}{number}"
    return file


@pytest.fixture(scope="module")
def sandbox():
    """A sandbox for the tests of this module: none of them changes it."""
    with Sandbox() as running:
        yield running


@pytest.fixture
def many(small_file, write):
    """A sandbox of 25 loci along the equator, across RA 0; the times of three pairs are equal."""
    for number in range(25):
        properties = {NEWEST: 61000.0 + number // 2, "number": number, "survey": {}}
        if number == 7:
            del properties[NEWEST]
        where = {"ra": (359.0 + number / 10) % 360, "dec": 0.0}
        file = make_file(small_file, f"n{number:02}", old_properties=properties, **where)
        folder = write(file)
    with Sandbox(folder) as running:
        yield running


def found(query, **options):
    return [locus.locus_id for locus in search.search({"query": query}, **options)]


def get(sandbox, path, **parameters):
    return httpx.get(f"{sandbox.url}{path}", params=parameters, trust_env=False)


@pytest.mark.usefixtures("many")
def test_results_are_sorted_newest_first_and_those_without_a_time_last():
    loci = list(search.search({}))
    times = [locus.properties.get(NEWEST, 0.0) for locus in loci]

    assert times == sorted(times, reverse=True)
    assert loci[-1].locus_id == "ANT2026n07"


@pytest.mark.usefixtures("many")
@pytest.mark.parametrize("limit", [1, 7, 25, 26, 10_000])
def test_pages_neither_repeat_nor_miss_a_locus(limit):
    walked = found({"match_all": {}}, limit=limit)

    assert walked == found({"match_all": {}})
    assert sorted(walked) == [f"ANT2026n{number:02}" for number in range(25)]


@pytest.mark.usefixtures("many")
def test_a_filter_holds_on_every_page():
    query = {"range": {"properties.number": {"gte": 3, "lt": 20}}}

    assert len(found(query, limit=4)) == 17


def test_the_next_page_is_absolute_and_on_the_own_address(many):
    response = httpx.get(
        f"{many.url}loci?limit=20", headers={"Host": "localhost:1"}, trust_env=False
    ).json()

    assert response["links"]["next"].startswith(f"{many.url}loci?")
    assert response["links"]["self"] == f"{many.url}loci?limit=20"
    last = httpx.get(response["links"]["next"], trust_env=False).json()
    assert len(last["data"]) == 5
    assert last["links"]["next"] is None


def test_an_order_can_be_chosen(many):
    response = get(many, "loci", sort="properties.number", limit=3).json()

    assert [item["locus"]["properties"]["number"] for item in response["data"]] == [0, 1, 2]


def test_ten_loci_are_a_page_by_default(many):
    assert len(get(many, "loci").json()["data"]) == 10


def test_a_page_beyond_the_last_is_empty(many):
    response = get(many, "loci", offset=1000).json()

    assert response["data"] == []
    assert response["links"]["next"] is None


@pytest.mark.parametrize(
    "parameters",
    [
        {"limit": 0},
        {"limit": -1},
        {"limit": 10_001},
        {"limit": "ten"},
        {"limit": ""},
        {"limit": "1.5"},
        {"limit": "9" * 5000},
        {"limit": "\u0663"},
        {"offset": -1},
        {"offset": "9" * 30},
        {"sort": ""},
        {"sort": "--x"},
        {"elasticsearch_query": ""},
        {"elasticsearch_query": "{"},
        {"elasticsearch_query": '{"query": {"regexp": {"tags": ".*"}}}'},
        {"elasticsearch_query": '{"query": ' + "[" * 10_000},
        {"elasticsearch_query": "x" * 60_000},
        {"elasticsearch_query": b"\xff\xfe"},
    ],
    ids=lambda parameters: str(parameters)[:50],
)
def test_a_bad_search_is_a_json_400(many, parameters):
    response = get(many, "loci", **parameters)

    assert response.status_code == 400
    (error,) = response.json()["errors"]
    assert error["detail"]


@pytest.mark.usefixtures("many")
def test_the_client_tells_which_clause_is_refused():
    with pytest.raises(AntaresException, match="regexp"):
        found({"regexp": {"tags": ".*"}})


@pytest.mark.usefixtures("many")
def test_a_cone_crosses_right_ascension_zero():
    loci = search.cone_search(SkyCoord(0.02, 0.0, unit="deg"), Angle(0.35, "deg"))

    assert sorted(locus.ra for locus in loci) == pytest.approx(
        [0.0, 0.1, 0.2, 0.3, 359.7, 359.8, 359.9]
    )


@pytest.mark.usefixtures("sandbox")
def test_a_cone_holds_what_astropy_finds(bundled):
    loci = [file["locus"] for file in bundled.values()]
    sky = SkyCoord([locus["ra"] for locus in loci], [locus["dec"] for locus in loci], unit="deg")
    center = SkyCoord(62.0, -48.0, unit="deg")
    inside = center.separation(sky) <= 1 * u.deg

    cone = {locus.locus_id for locus in search.cone_search(center, Angle(1, "deg"))}

    assert cone == {locus["id"] for locus, is_inside in zip(loci, inside, strict=True) if is_inside}
    assert cone


@pytest.mark.usefixtures("sandbox")
def test_results_are_those_of_the_files(bundled):
    for locus in search.search({}):
        file = bundled[locus.locus_id]["locus"]
        assert locus.properties == file["old_properties"]
        assert locus.tags == file["user_tags"]
        assert locus.catalogs == list(file["catalog_objects"])
        assert (locus.ra, locus.dec) == (file["ra"], file["dec"])


@pytest.mark.usefixtures("sandbox")
def test_a_result_loads_its_alerts_objects_and_light_curve_when_they_are_asked_for(bundled):
    locus = next(search.search({"query": {"exists": {"field": "catalogs"}}}))
    file = bundled[locus.locus_id]["locus"]

    assert [alert.alert_id for alert in locus.alerts] == [alert["id"] for alert in file["alerts"]]
    assert dict(locus.catalog_objects) == file["catalog_objects"]
    assert len(locus.lightcurve) == len(file["alerts"])


@pytest.mark.usefixtures("sandbox")
@pytest.mark.parametrize("survey", ["dia", "ss"])
def test_a_locus_is_found_by_its_lsst_ids(bundled, survey):
    get_by = getattr(search, f"get_by_lsst_{survey}_object_id")
    ids = {
        identity: locus_id
        for locus_id, file in bundled.items()
        for identity in file["locus"]["old_properties"]["survey"]["lsst"][f"{survey}_object_id"]
    }

    assert {identity: get_by(identity).locus_id for identity in ids} == ids
    assert ids
    assert get_by("1") is None


@pytest.mark.usefixtures("sandbox")
def test_a_locus_is_found_by_its_ztf_id(bundled):
    (mixed,) = [
        file["locus"]
        for file in bundled.values()
        if "ztf_object_id" in file["locus"]["old_properties"]
    ]

    locus = search.get_by_ztf_object_id(mixed["old_properties"]["ztf_object_id"])

    assert locus.locus_id == mixed["id"]
    assert search.get_by_ztf_object_id("ZTF18unknown") is None


@pytest.mark.usefixtures("sandbox")
def test_random_loci_are_the_newest():
    newest = [locus.locus_id for locus in islice(search.search({}), 12)]

    assert search.get_random_locus_ids(12) == newest
    assert [locus.locus_id for locus in search.get_random_loci(3)] == newest[:3]
    assert search.get_random_locus().locus_id == newest[0]
    assert search.get_random_locus_id() == newest[0]


@pytest.mark.usefixtures("sandbox")
def test_loci_are_found_by_tag(bundled):
    tagged = {k for k, file in bundled.items() if "SN_candies" in file["locus"]["user_tags"]}

    assert set(found({"term": {"tags": "SN_candies"}})) == tagged


def test_an_empty_folder_has_no_results(tmp_path):
    with Sandbox(tmp_path) as running:
        assert list(search.search({})) == []
        assert json.loads(get(running, "loci").text)["meta"]["count"] == 0


@pytest.fixture
def narrow(many):
    """A sandbox of the same 25 loci, of which a search can read 20."""
    with Sandbox(many.folder, window=20) as running:
        yield running


def test_a_count_stops_at_the_window(narrow):
    inside = json.dumps({"query": {"range": {"properties.number": {"lt": 19}}}})

    assert get(narrow, "loci").json()["meta"] == {"count": 20}
    assert get(narrow, "loci", elasticsearch_query=inside).json()["meta"] == {"count": 19}


@pytest.mark.parametrize("limit", [1, 3, 7, 10, 19, 20])
def test_the_client_reads_all_of_the_window_and_then_ends(many, narrow, limit):
    newest = [item["locus"]["locus_id"] for item in get(many, "loci", limit=25).json()["data"]]

    assert found({"match_all": {}}, limit=limit) == newest[:20]
    assert len(narrow.requests) == -(-20 // limit)


def test_all_that_fits_in_the_window_is_read_in_pages_that_do_not(narrow):
    query = json.dumps({"query": {"range": {"properties.number": {"lt": 17}}}})
    first = get(narrow, "loci", elasticsearch_query=query, limit=16).json()
    last = httpx.get(first["links"]["next"], trust_env=False).json()

    assert (len(first["data"]), len(last["data"])) == (16, 1)
    assert last["links"]["next"] is None


def test_the_last_page_of_the_window_is_shorter_and_names_no_next(narrow):
    page = get(narrow, "loci", limit=8, offset=8).json()
    last = httpx.get(page["links"]["next"], trust_env=False).json()

    assert len(last["data"]) == 4
    assert last["links"]["next"] is None


@pytest.mark.parametrize(
    "page", [{"limit": 21}, {"offset": 11}, {"offset": 20, "limit": 1}, {"offset": 10**9}]
)
def test_a_page_beyond_the_window_is_refused(narrow, page):
    response = get(narrow, "loci", **page)
    (error,) = response.json()["errors"]

    assert response.status_code == error["status"] == 400
    assert "window is too large" in error["detail"]
    assert "at most 20 loci" in error["detail"]


def test_the_last_page_within_the_window_is_served(narrow):
    assert len(get(narrow, "loci", offset=10, limit=10).json()["data"]) == 10


def test_the_window_is_10000_by_default(many):
    assert get(many, "loci", offset=9_990, limit=10).status_code == 200
    assert "is 10001, and at most 10000" in get(many, "loci", offset=9_991, limit=10).text


@pytest.mark.parametrize("window", [0, -1, True, 1.5, "20", None])
def test_a_window_that_is_not_valid_is_an_error(tmp_path, window):
    with pytest.raises(SandboxError, match="window"):
        Sandbox(tmp_path, window=window)


def at_random(query=None, **score):
    inner = {} if query is None else {"query": query}
    return {"function_score": {**inner, "random_score": score}}


def unsorted(sandbox, query, **parameters):
    """Return the IDs of a search without an order, which antares-client always gives."""
    text = json.dumps({"query": query})
    response = get(sandbox, "loci", elasticsearch_query=text, limit=25, **parameters).json()
    return [item["locus"]["locus_id"] for item in response["data"]]


@pytest.mark.parametrize("seed", [7, "seven", -1, 10**20, "\u00e9"])
def test_a_seed_gives_one_random_order(many, seed):
    first = unsorted(many, at_random(seed=seed))

    assert first == unsorted(many, at_random(seed=seed))
    assert first != unsorted(many, {"match_all": {}})
    assert sorted(first) == [f"ANT2026n{number:02}" for number in range(25)]


def test_seeds_differ_and_pages_of_one_fit_together(many):
    query = at_random(seed=1)
    text = json.dumps({"query": query})
    page = get(many, "loci", elasticsearch_query=text, limit=10).json()
    walked = page["data"]
    while page["links"]["next"]:
        page = httpx.get(page["links"]["next"], trust_env=False).json()
        walked += page["data"]

    assert unsorted(many, query) != unsorted(many, at_random(seed=2))
    assert [item["locus"]["locus_id"] for item in walked] == unsorted(many, query)


def test_without_a_seed_each_search_has_another_order(many):
    orders = {tuple(unsorted(many, at_random())) for _ in range(3)}

    assert len(orders) == 3
    assert len({frozenset(order) for order in orders}) == 1


def test_only_what_the_inner_query_matches_is_found_at_random(many):
    query = at_random({"range": {"properties.number": {"lt": 9}}}, seed=3)

    assert sorted(unsorted(many, query)) == [f"ANT2026n{number:02}" for number in range(9)]


def test_a_random_score_within_must_sets_the_order_within_filter_it_does_not(many):
    score = at_random(seed=4)
    newest = unsorted(many, {"match_all": {}})

    assert unsorted(many, {"bool": {"must": [score]}}) == unsorted(many, score)
    assert unsorted(many, {"bool": {"filter": [score]}}) == newest


def test_an_order_that_is_given_wins_over_scores(many):
    newest = "-properties.newest_alert_observation_time"

    assert unsorted(many, at_random(seed=5), sort=newest) == unsorted(many, {"match_all": {}})
    assert found(at_random(seed=5), limit=25) == unsorted(many, {"match_all": {}})
