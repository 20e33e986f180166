import inspect
import os
import pickle
import signal
import socket
import subprocess
import sys
import textwrap
import threading
import time

import httpx
import pytest
from antares_client import search
from scripted_broker import (
    ANY_ID,
    after,
    drips,
    good_bodies,
    locus_body,
    says_nothing,
    sends,
    sends_html,
    waits,
)

from antares_helpers import (
    AntaresHelpersError,
    InvalidInputError,
    LocusNotFoundError,
    ServiceError,
    fetch_locus,
)
from antares_helpers.errors import BadDataError, IncompleteLocusWarning, ServiceTimeoutError
from antares_helpers.fetching import _connections
from antares_sandbox import TUTORIAL_ID, Sandbox
from antares_sandbox.faults import Status

BODIES = good_bodies()
OK = {part: sends(body) for part, body in BODIES.items()}
PARTS = ["locus", "alerts", "catalogs"]
NOT_FOUND = sends({"errors": [{"status": 404}]}, status=404)
DOWN = sends({"errors": [{"status": 500}]}, status=500)
BUSY = sends({"errors": []}, status=429)
CUT = sends(BODIES["alerts"], cut=30)


@pytest.fixture
def expected(broker):
    return search.get_by_id(broker.locus_id).to_devkit(include_catalogs=True)


@pytest.fixture
def unused_url():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{listener.getsockname()[1]}/v2/"


# In good health


def test_a_locus_is_fetched(broker, expected):
    assert fetch_locus(broker.locus_id) == expected
    assert len(expected["alerts"]) == len(expected["catalog_objects"]["gaia"]) == 1


def test_each_part_is_asked_for_once(broker):
    fetch_locus(broker.locus_id)

    assert sorted(part for part, _ in broker.requests) == ["alerts", "catalogs", "locus"]


def test_three_requests_are_under_way_at_the_same_time(broker):
    barrier = threading.Barrier(3, timeout=5)
    for part in PARTS:
        broker.answer(part, after(barrier, OK[part]))

    assert fetch_locus(broker.locus_id, retries=0)["id"] == broker.locus_id


def test_without_catalogs_they_are_not_asked_for(broker):
    locus = fetch_locus(broker.locus_id, include_catalogs=False)

    assert locus["catalog_objects"] == {}
    assert sorted(part for part, _ in broker.requests) == ["alerts", "locus"]


def test_the_broker_can_tell_who_asks(broker):
    fetch_locus(broker.locus_id)

    agents = {headers["User-Agent"] for _, headers in broker.requests}
    assert len(agents) == 1
    assert agents.pop().startswith("antares-helpers/0.")


def test_the_client_s_own_connections_stay_as_they_were(broker):
    fetch_locus(broker.locus_id)
    broker.answer("locus", NOT_FOUND)

    assert search.get_by_id(broker.locus_id) is None
    assert "antares-helpers" not in broker.requests[-1][1]["User-Agent"]


@pytest.mark.parametrize(
    "change",
    [
        {"internal_properties": None},
        {"user_properties": None},
        {"internal_properties": None, "user_properties": None},
        {"lightcurve": ""},
        {"lightcurve": None},
        {"a_new_key": 1},
    ],
    ids=str,
)
def test_what_a_light_curve_does_not_need_may_be_missing(change, broker):
    broker.answer("locus", sends(locus_body(**change)))

    locus = fetch_locus(broker.locus_id)

    assert len(locus["alerts"]) == 1
    assert set(locus["old_properties"]) <= {"num_alerts", "my_filter_score"}


# A broker that fails


def one_field_less(part, field):
    data = BODIES[part]["data"]
    items = data if isinstance(data, list) else [data]
    cut = [{name: item[name] for name in item if name != field} for item in items]
    return sends({"data": cut if isinstance(data, list) else cut[0]})


def assert_ours(caught, error, broker):
    assert type(caught.value) is error
    assert (caught.value.locus_id, caught.value.url) == (broker.locus_id, broker.url)
    assert isinstance(caught.value.cause, Exception)
    assert caught.value.__suppress_context__
    assert "\n" not in str(caught.value)


def test_a_locus_that_does_not_exist_is_not_found(broker):
    broker.answer("locus", NOT_FOUND)

    with pytest.raises(
        LocusNotFoundError, match=f"no locus {broker.locus_id}. Check the ID"
    ) as caught:
        fetch_locus(broker.locus_id)

    assert_ours(caught, LocusNotFoundError, broker)


def test_a_locus_whose_alerts_alone_are_not_found_is_a_fault_of_the_service(broker):
    broker.answer("alerts", NOT_FOUND)

    with pytest.raises(
        ServiceError, match="responded with 404 to the request for its alerts"
    ) as caught:
        fetch_locus(broker.locus_id)

    assert_ours(caught, ServiceError, broker)


@pytest.mark.parametrize("part", ["locus", "alerts"])
@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (DOWN, "responded with 500 Internal Server Error"),
        (BUSY, "responded with 429"),
        (sends({}, status=400), "responded with 400"),
        (sends_html(403), "responded with 403"),
        (sends_html(502), "responded with 502 Bad Gateway"),
        (CUT, "can't be reached"),
        (sends(b"{}", Content_Encoding="gzip"), "can't be reached"),
        (sends(b"", status=302, Location="ftp://x/"), "can't be reached"),
        (sends(b"", status=302, Location="/v2/loci/elsewhere"), "has no locus|responded with 404"),
    ],
)
def test_a_broker_that_fails_is_a_service_error(part, answer, message, broker):
    broker.answer(part, answer)

    with pytest.raises((ServiceError, LocusNotFoundError), match=message) as caught:
        fetch_locus(broker.locus_id, retries=0)

    assert_ours(caught, type(caught.value), broker)


@pytest.mark.parametrize(
    ("part", "answer"),
    [
        *[
            (part, answer)
            for part in ("locus", "alerts")
            for answer in (
                *(sends_html(200), sends(b""), sends(b"", status=204), sends(b"\xff\xfe{")),
                *(sends(body) for body in (None, [], {}, {"data": None}, {"data": "x"})),
                *(sends({"data": [item]}) for item in (None, 5, {}, [])),
                one_field_less(part, "id"),
            )
        ],
        *[("locus", one_field_less("locus", name)) for name in ("lightcurve", "tags", "ra")],
        *[("alerts", one_field_less("alerts", name)) for name in ("mjd", "properties")],
        *[
            ("locus", sends(locus_body(**change)))
            for change in (
                *({"ra": "x"}, {"ra": None}, {"tags": None}, {"tags": "x"}, {"id": 5}),
                *({"internal_properties": []}, {"lightcurve": 5}, {"lightcurve": ["x"]}),
            )
        ],
    ],
)
def test_nonsense_is_bad_data(part, answer, broker):
    broker.answer(part, answer)

    with pytest.raises(
        BadDataError, match=f"malformed response for locus {broker.locus_id}"
    ) as caught:
        fetch_locus(broker.locus_id, retries=0)

    assert_ours(caught, BadDataError, broker)
    assert broker.count(part) == 1


@pytest.mark.parametrize(("retries", "times"), [(0, 1), (1, 2), (4, 3)])
def test_nonsense_is_asked_for_again_twice_at_most(retries, times, broker):
    broker.answer("locus", sends(b"{"))

    with pytest.raises(BadDataError):
        fetch_locus(broker.locus_id, retries=retries)

    assert broker.count("locus") == times


def test_the_answer_for_another_locus_is_bad_data(broker):
    broker.answer("locus", sends(locus_body(id="ANT2026another")))

    with pytest.raises(BadDataError, match="the response is locus ANT2026another"):
        fetch_locus(broker.locus_id)


@pytest.mark.parametrize("part", ["locus", "alerts"])
@pytest.mark.parametrize("answer", [says_nothing, drips], ids=["silent", "drips"])
def test_an_answer_that_does_not_come_in_time_is_a_timeout(part, answer, broker):
    broker.answer(part, answer)

    with pytest.raises(ServiceTimeoutError, match=r"within 0.3 s .* timeout=0.6") as caught:
        fetch_locus(broker.locus_id, timeout=0.3, retries=0)

    assert_ours(caught, ServiceTimeoutError, broker)


def test_an_error_from_the_service_survives_pickling(broker):
    broker.answer("locus", NOT_FOUND)

    with pytest.raises(LocusNotFoundError) as caught:
        fetch_locus(broker.locus_id)

    copy = pickle.loads(pickle.dumps(caught.value))
    assert (str(copy), copy.locus_id, copy.url) == (str(caught.value), broker.locus_id, broker.url)


def test_the_cause_of_an_http_error_is_kept(broker):
    broker.answer("locus", DOWN)

    with pytest.raises(ServiceError) as caught:
        fetch_locus(broker.locus_id, retries=0)

    assert isinstance(caught.value.cause, httpx.HTTPStatusError)
    assert caught.value.cause.response.status_code == 500


def test_a_connection_refused_says_where_and_what_to_check(pointed_at, unused_url):
    with pointed_at(unused_url), pytest.raises(ServiceError, match="HTTPS_PROXY") as caught:
        fetch_locus(ANY_ID, retries=0)

    assert type(caught.value) is ServiceError
    assert caught.value.url == unused_url
    assert unused_url in str(caught.value)


@pytest.mark.parametrize("url", ["ftp://127.0.0.1/v2/", "nonsense/v2/"])
def test_an_address_that_can_not_be_one_is_a_service_error(url, pointed_at):
    with pointed_at(url), pytest.raises(ServiceError, match="ANTARES_API_BASE_URL") as caught:
        fetch_locus(ANY_ID)

    assert caught.value.url == url


# Retries


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize(
    "first", [DOWN, BUSY, sends_html(502), CUT], ids=["500", "429", "502", "cut"]
)
def test_what_may_pass_is_asked_for_again(first, part, broker, expected):
    broker.requests.clear()
    broker.answer(part, first, OK[part])

    assert fetch_locus(broker.locus_id, retries=1) == expected
    assert [broker.count(each) for each in PARTS] == [1 + (each == part) for each in PARTS]


@pytest.mark.parametrize("retries", [0, 1, 2])
def test_a_broker_that_stays_down_is_asked_as_often_as_allowed(retries, broker):
    broker.answer("locus", DOWN)

    with pytest.raises(ServiceError):
        fetch_locus(broker.locus_id, retries=retries)

    assert broker.count("locus") == retries + 1


@pytest.mark.parametrize("answer", [NOT_FOUND, sends({}, status=400)])
def test_what_will_not_pass_is_not_asked_for_again(answer, broker):
    broker.answer("locus", answer)

    with pytest.raises(AntaresHelpersError):
        fetch_locus(broker.locus_id, retries=3)

    assert broker.count("locus") == 1


def test_an_error_of_the_locus_ends_the_retries_of_its_parts(broker):
    broker.answer("locus", waits(0.15, NOT_FOUND))
    broker.answer("alerts", DOWN)

    with pytest.raises(LocusNotFoundError):
        fetch_locus(broker.locus_id)

    time.sleep(1)
    assert broker.count("alerts") == 1


def test_a_pause_that_the_broker_asks_for_is_kept(broker):
    broker.answer("locus", sends({}, status=429, Retry_After="1"), OK["locus"])
    start = time.monotonic()

    fetch_locus(broker.locus_id, retries=1)

    assert time.monotonic() - start >= 1


def test_a_pause_beyond_the_deadline_is_not_waited_for(broker):
    broker.answer("locus", sends({}, status=429, Retry_After="3600"))

    with pytest.raises(ServiceError, match="429"):
        fetch_locus(broker.locus_id, timeout=5)

    assert broker.count("locus") == 1


def test_a_retry_is_told_to_the_logger(broker, caplog):
    broker.answer("alerts", DOWN, OK["alerts"])

    fetch_locus(broker.locus_id)

    (record,) = caplog.records
    assert (record.name, record.levelname) == ("antares_helpers", "WARNING")
    assert "500" in record.getMessage()
    assert "retrying in" in record.getMessage()


# Deadlines


@pytest.mark.parametrize("answer", [says_nothing, drips, DOWN], ids=["silent", "drips", "down"])
@pytest.mark.parametrize("part", ["locus", "alerts"])
def test_a_call_ends_at_its_deadline_whatever_its_retries(part, answer, broker):
    broker.answer(part, answer)
    start = time.monotonic()

    with pytest.raises(ServiceError):
        fetch_locus(broker.locus_id, timeout=0.7, retries=100)

    assert time.monotonic() - start < 3


def test_a_body_that_drips_is_given_up_at_the_deadline(broker):
    broker.answer("alerts", drips)

    with pytest.raises(ServiceTimeoutError):
        fetch_locus(broker.locus_id, timeout=0.3)

    assert broker.given_up.wait(5)


@pytest.mark.slow
def test_a_lost_answer_leaves_time_to_ask_again(broker, expected):
    broker.answer("alerts", says_nothing, OK["alerts"])

    assert fetch_locus(broker.locus_id, timeout=5) == expected


def test_a_slow_answer_within_the_deadline_is_waited_for(broker, expected):
    broker.answer("alerts", waits(0.7, OK["alerts"]))

    assert fetch_locus(broker.locus_id, timeout=10) == expected


@pytest.mark.parametrize("timeout", [0, -1, float("nan"), float("inf"), "30", None, True])
def test_a_timeout_that_can_not_be_meant_is_refused(timeout, broker):
    with pytest.raises(InvalidInputError, match="must be a positive number of seconds"):
        fetch_locus(broker.locus_id, timeout=timeout)

    assert broker.requests == []


@pytest.mark.parametrize("retries", [-1, 1.5, "4", None, True])
def test_retries_that_can_not_be_meant_are_refused(retries, broker):
    with pytest.raises(InvalidInputError, match="must be a whole number, 0 or more"):
        fetch_locus(broker.locus_id, retries=retries)

    assert broker.requests == []


def test_the_limits_are_30_seconds_and_4_retries_unless_told():
    parameters = inspect.signature(fetch_locus).parameters

    assert (parameters["timeout"].default, parameters["retries"].default) == (30, 4)


# Catalog matches alone


@pytest.mark.parametrize(
    "answer",
    [
        *(NOT_FOUND, DOWN, BUSY, sends_html(502), sends_html(200), CUT, says_nothing, drips),
        *(sends({"data": None}), sends({"data": [{"id": "1"}]})),
    ],
)
def test_broken_catalog_matches_cost_no_alerts(answer, broker, expected):
    broker.answer("catalogs", answer)

    with pytest.warns(
        IncompleteLocusWarning, match="catalog matches of locus .* are missing"
    ) as caught:
        locus = fetch_locus(broker.locus_id, timeout=1.5, retries=0)

    assert locus == expected | {"catalog_objects": {}}
    assert [warning.filename for warning in caught] == [__file__]


def test_a_missing_locus_does_not_warn_of_its_catalog_matches(broker):
    for part in PARTS:
        broker.answer(part, NOT_FOUND)

    with pytest.raises(LocusNotFoundError):
        fetch_locus(broker.locus_id)


# The process

PROGRAM = """
    import signal, sys, threading
    from antares_helpers import fetch_locus
    signal.signal(signal.SIGINT, signal.default_int_handler)
    {call}
"""


def start(call, url, locus_id):
    environment = os.environ | {"ANTARES_API_BASE_URL": url, "NO_PROXY": "127.0.0.1"}
    program = textwrap.dedent(PROGRAM).format(call=call.format(locus_id))
    return subprocess.Popen(
        [sys.executable, "-c", program],
        env=environment,
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.skipif(os.name != "posix", reason="sends a signal")
def test_ctrl_c_ends_a_call_at_once(broker):
    for part in PARTS:
        broker.answer(part, says_nothing)
    process = start("fetch_locus({!r}, timeout=600)", broker.url, broker.locus_id)
    assert broker.asked.wait(60)

    process.send_signal(signal.SIGINT)

    _, errors = process.communicate(timeout=10)
    assert "KeyboardInterrupt" in errors


def test_a_request_under_way_does_not_hold_the_end_of_the_process(broker):
    for part in PARTS:
        broker.answer(part, says_nothing)
    call = "threading.Thread(target=fetch_locus, args=[{!r}], daemon=True).start(); input()"
    process = start(call, broker.url, broker.locus_id)
    assert broker.asked.wait(60)

    _, errors = process.communicate("\n", timeout=10)

    assert process.returncode == 0, errors


# A broker that answers 500 where it has no such locus


@pytest.fixture
def sandbox():
    with Sandbox() as running:
        yield running


def asked(sandbox):
    return [request.path for request in sandbox.requests]


def test_a_locus_that_a_search_does_not_find_is_told_as_such(sandbox):
    sandbox.inject_fault("loci/ANT2026nowhere", Status(500), times=None)

    with pytest.raises(LocusNotFoundError, match="has no locus ANT2026nowhere") as raised:
        fetch_locus("ANT2026nowhere", retries=1, include_catalogs=False)

    assert isinstance(raised.value.cause, ServiceError)
    assert asked(sandbox).count("loci/ANT2026nowhere") == 2
    assert asked(sandbox).count("loci") == 1


def test_a_locus_that_a_search_finds_is_a_fault_of_the_service(sandbox):
    sandbox.inject_fault(f"loci/{TUTORIAL_ID}", Status(500), times=None)

    with pytest.raises(ServiceError, match="responded with 500"):
        fetch_locus(TUTORIAL_ID, retries=0)


def test_where_the_search_fails_too_nothing_is_said_of_the_locus(sandbox):
    sandbox.inject_fault("loci/ANT2026nowhere", Status(500), times=None)
    sandbox.inject_fault("loci", Status(500), times=None)

    with pytest.raises(ServiceError, match="responded with 500"):
        fetch_locus("ANT2026nowhere", retries=0)


def test_a_locus_that_comes_after_a_failure_needs_no_search(sandbox):
    sandbox.inject_fault(f"loci/{TUTORIAL_ID}", Status(500), times=1)

    assert fetch_locus(TUTORIAL_ID)["id"] == TUTORIAL_ID
    assert asked(sandbox).count("loci") == 0


@pytest.mark.parametrize("status", [400, 401, 403, 418])
def test_a_refusal_points_to_the_address_and_the_client(sandbox, status):
    sandbox.inject_fault(f"loci/{TUTORIAL_ID}", Status(status), times=None)

    with pytest.raises(ServiceError, match="antares-client is up to date"):
        fetch_locus(TUTORIAL_ID)
    assert asked(sandbox).count(f"loci/{TUTORIAL_ID}") == 1


@pytest.mark.usefixtures("sandbox")
def test_an_answer_without_end_is_given_up(monkeypatch):
    monkeypatch.setattr(_connections, "MAX_RESPONSE_BYTES", 10_000)

    with pytest.raises(BadDataError, match="more than 10000 bytes"):
        fetch_locus(TUTORIAL_ID, retries=0)


# What the service says


@pytest.mark.parametrize(
    "body",
    [
        {"errors": [{"detail": "no such\nfield", "status": 400, "title": "400 BAD REQUEST"}]},
        {"errors": ["no such"]},
        {"detail": "no such"},
        {"message": "no such"},
    ],
    ids=str,
)
def test_the_reason_of_the_service_is_shown(body, broker):
    broker.answer("locus", sends(body, status=400))

    with pytest.raises(ServiceError, match=r"responded with 400 Bad Request \(no such\) .* query"):
        fetch_locus(broker.locus_id)


def test_a_reason_is_short_and_printable(broker):
    detail = "\x1b[31mred\x1b[0m \u202e" + "long " * 1000
    broker.answer("locus", sends({"errors": [{"detail": detail}]}, status=403))

    with pytest.raises(ServiceError) as caught:
        fetch_locus(broker.locus_id)

    message = str(caught.value)
    assert message.isprintable()
    assert len(message) < 800
    assert "HTTPS_PROXY" in message


@pytest.mark.parametrize("body", [b"[[", b'"x"', b'{"errors": [[]]}', b"[" * 10_000, b"\xff"])
def test_a_body_without_a_reason_is_passed_over(body, broker):
    broker.answer("locus", sends(body, status=400))

    with pytest.raises(ServiceError, match="responded with 400 Bad Request to the request"):
        fetch_locus(broker.locus_id)
