import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import pydantic
import pytest
from antares_client import search
from antares_client.exceptions import AntaresException

from antares_sandbox import TUTORIAL_ID, Sandbox
from antares_sandbox.faults import Cut, Delay, Drop, Hang, Missing, Null, RepeatLocus, Status

LOCUS = f"loci/{TUTORIAL_ID}"


def get(sandbox, path=LOCUS, **options):
    return httpx.get(f"{sandbox.url}{path}", trust_env=False, **options)


def test_nothing_fails_unless_asked_for(sandbox):
    assert [get(sandbox).status_code for _ in range(20)] == [200] * 20


def test_a_fault_happens_so_many_times(sandbox):
    sandbox.inject_fault("loci/*", Status(500), times=2)

    assert [get(sandbox).status_code for _ in range(4)] == [500, 500, 200, 200]


def test_a_fault_can_happen_always_until_healed(sandbox):
    sandbox.inject_fault("**", Status(500), times=None)

    assert [get(sandbox).status_code for _ in range(5)] == [500] * 5
    sandbox.clear_faults()
    assert get(sandbox).status_code == 200


def test_faults_happen_in_the_order_they_were_asked_for(sandbox):
    sandbox.inject_fault("loci/*", Status(429))
    sandbox.inject_fault("loci/*", Status(502))

    assert [get(sandbox).status_code for _ in range(3)] == [429, 502, 200]


@pytest.mark.parametrize(
    ("pattern", "path", "fails"),
    [
        ("loci/*/alerts", f"{LOCUS}/alerts", True),
        ("loci/*/alerts", LOCUS, False),
        ("loci/*", f"{LOCUS}/alerts", False),
        ("loci/**", f"{LOCUS}/alerts", True),
        ("/loci/*/", LOCUS, True),
        (LOCUS, LOCUS, True),
        ("loci", LOCUS, False),
        ("loci", "loci?limit=1", True),
        ("loc.", "loci", False),
        ("**", "catalog_samples", True),
    ],
)
def test_a_fault_is_for_the_paths_of_its_pattern(sandbox, pattern, path, fails):
    sandbox.inject_fault(pattern, Status(500))

    assert (get(sandbox, path).status_code == 500) is fails


@pytest.mark.parametrize("times", [0, -1])
def test_times_below_one_are_refused(sandbox, times):
    with pytest.raises(ValueError, match="times"):
        sandbox.inject_fault("loci", Drop(), times=times)


@pytest.mark.parametrize("wrong", [lambda: Status(200), lambda: Status(799), lambda: Cut(1.5)])
def test_a_fault_that_can_not_be_is_refused(wrong):
    with pytest.raises(ValueError, match=r"200|799|1\.5"):
        wrong()


def test_counts_hold_with_many_threads(sandbox):
    sandbox.inject_fault("loci/*", Status(500), times=37)

    with ThreadPoolExecutor(16) as pool:
        responses = list(pool.map(lambda _: get(sandbox).status_code, range(100)))

    assert responses.count(500) == 37


def test_an_error_can_ask_to_wait(sandbox):
    sandbox.inject_fault("loci/*", Status(429, retry_after=7))

    response = get(sandbox)

    assert (response.status_code, response.headers["retry-after"]) == (429, "7")
    assert response.json()["errors"][0]["status"] == 429


def test_a_missing_locus_is_none_to_the_client(sandbox):
    sandbox.inject_fault("loci/*", Status(404))

    assert search.get_by_id(TUTORIAL_ID) is None


def test_an_error_of_the_service_is_an_exception_of_the_client(sandbox):
    sandbox.inject_fault("loci/*", Status(500))

    with pytest.raises(AntaresException):
        search.get_by_id(TUTORIAL_ID)


def test_an_error_can_be_html(sandbox):
    sandbox.inject_fault("loci/*", Status(502, html=True))

    with pytest.raises(json.JSONDecodeError):
        search.get_by_id(TUTORIAL_ID)


def test_a_delayed_response_is_the_correct_one(sandbox):
    right = get(sandbox).content
    sandbox.inject_fault("loci/*", Delay(0.3))

    response = get(sandbox)

    assert response.content == right
    assert response.elapsed.total_seconds() >= 0.3


def test_others_get_a_response_while_one_waits(sandbox):
    sandbox.inject_fault("loci/*", Hang())

    with pytest.raises(httpx.ReadTimeout):
        get(sandbox, timeout=0.3)
    assert get(sandbox).status_code == 200


def test_stopping_does_not_wait_for_a_request_that_hangs(capfd):
    sandbox = Sandbox().start()
    sandbox.inject_fault("loci/*", Hang(), times=None)
    ended = []

    def ask(url):
        with pytest.raises(httpx.TransportError):
            httpx.get(f"{url}{LOCUS}", trust_env=False, timeout=60)
        ended.append(True)

    asking = threading.Thread(target=ask, args=(sandbox.url,))
    asking.start()
    while not sandbox.requests:
        time.sleep(0.01)
    sandbox.stop()
    asking.join()

    assert ended == [True]
    assert capfd.readouterr().err == ""


def test_a_dropped_connection(sandbox, capfd):
    sandbox.inject_fault("loci/*", Drop())

    with pytest.raises(httpx.TransportError):
        get(sandbox)
    assert get(sandbox).status_code == 200
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("fraction", [0, 0.5, 0.99])
def test_a_cut_body_ends_before_its_length(sandbox, capfd, fraction):
    sandbox.inject_fault("loci/*", Cut(fraction))

    with pytest.raises(httpx.RemoteProtocolError, match="without sending complete"):
        get(sandbox)
    assert get(sandbox).status_code == 200
    assert capfd.readouterr().err == ""


def test_a_field_can_be_null(sandbox):
    sandbox.inject_fault("loci/*", Null("data.internal_properties"))

    with pytest.raises(TypeError):
        search.get_by_id(TUTORIAL_ID)


def test_a_field_can_be_missing(sandbox):
    sandbox.inject_fault("loci/*", Missing("data.ra"))

    with pytest.raises(pydantic.ValidationError):
        search.get_by_id(TUTORIAL_ID)


def test_a_field_of_every_alert_can_be_missing(sandbox):
    sandbox.inject_fault("loci/*/alerts", Missing("data.*.properties.lsst_diaSource_band"))
    sandbox.inject_fault("loci/*/alerts", Null("data.0.mjd"))

    first = search.get_locus_alerts(TUTORIAL_ID)
    assert not any("lsst_diaSource_band" in alert.properties for alert in first)
    with pytest.raises(pydantic.ValidationError):
        search.get_locus_alerts(TUTORIAL_ID)


def test_a_field_that_is_not_there_is_told(sandbox):
    sandbox.inject_fault("loci/*", Null("data.color"))

    response = get(sandbox)

    assert response.status_code == 500
    assert "data.color" in response.text


def test_a_page_can_repeat_a_locus(sandbox):
    sandbox.inject_fault("loci", RepeatLocus())

    walked = [locus.locus_id for locus in search.search({}, limit=5)]

    assert len(walked) == len(sandbox.locus_ids) + 1
    assert walked[4] == walked[5]
    assert set(walked) == set(sandbox.locus_ids)


def test_requests_are_remembered(sandbox):
    get(sandbox)
    get(sandbox, "loci?limit=1")
    httpx.post(f"{sandbox.url}loci", trust_env=False)

    assert sandbox.requests == [
        ("GET", LOCUS, ""),
        ("GET", "loci", "limit=1"),
        ("POST", "loci", ""),
    ]


def test_the_requests_of_the_client_can_be_counted(sandbox, fetch):
    fetch(TUTORIAL_ID)

    assert [request.path for request in sandbox.requests] == [
        LOCUS,
        f"{LOCUS}/catalog-matches",
        f"{LOCUS}/alerts",
    ]
