"""The embedded Kafka cluster, read with the client's own StreamingClient."""

import os
import subprocess
import sys
import zlib

import pytest

from antares_sandbox import BUNDLED, TUTORIAL_ID, Sandbox, SandboxError
from antares_sandbox.store.format import read_checked_locus_file

bson = pytest.importorskip("bson", reason="streams need bson")
pytest.importorskip("confluent_kafka", reason="streams need confluent-kafka")

from antares_client import StreamingClient  # noqa: E402 - once it is known to be there

from antares_sandbox.stream import (  # noqa: E402
    FORMS,
    SandboxStream,
    SandboxStreamingClient,
    locus_message,
)

THREADS = "/proc/self/task"

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def stream():
    with SandboxStream() as running:
        yield running


def read(stream, *topics, number=1, group=None):
    """Return the next messages of some topics."""
    group = group or f"readers of {topics}"
    with SandboxStreamingClient(
        list(topics), "any", "any", bootstrap_server=stream.bootstrap_server, group=group
    ) as client:
        return [client.poll(timeout=30) for _ in range(number)]


def test_a_published_locus_is_what_the_folder_holds(stream):
    file = read_checked_locus_file(BUNDLED / f"{TUTORIAL_ID}.json")
    stream.publish("whole", [TUTORIAL_ID])

    ((topic, locus),) = read(stream, "whole")

    held = file["locus"]
    assert topic == "client.whole"
    assert (locus.locus_id, locus.ra, locus.dec) == (TUTORIAL_ID, held["ra"], held["dec"])
    assert (locus.properties, locus.tags) == (held["old_properties"], held["user_tags"])
    assert locus.catalogs == list(held["catalog_objects"])


def test_all_loci_come_in_the_order_they_were_published_in(stream):
    number = stream.publish("all", stream.locus_ids)

    got = read(stream, "all", number=number)

    assert number == len(list(BUNDLED.glob("*.json")))
    assert [locus.locus_id for _, locus in got] == stream.locus_ids


def test_the_prefix_of_a_topic_may_be_given(stream):
    stream.publish("client.prefixed", [TUTORIAL_ID])

    assert read(stream, "prefixed")[0][0] == "client.prefixed"


def test_the_next_client_of_a_group_continues_after_the_last_message_read(stream):
    stream.publish("resumed", ["ANT2026simagn", "ANT2026simrrlyrae"])

    got = [read(stream, "resumed", group="resuming")[0][1].locus_id for _ in range(2)]

    assert got == ["ANT2026simagn", "ANT2026simrrlyrae"]


def test_several_topics_are_read_at_once(stream):
    stream.publish("one", ["ANT2026simagn"])
    stream.publish("other", ["ANT2026simrrlyrae"])

    got = read(stream, "one", "other", number=2)

    assert {(topic, locus.locus_id) for topic, locus in got} == {
        ("client.one", "ANT2026simagn"),
        ("client.other", "ANT2026simrrlyrae"),
    }


def test_alerts_of_a_streamed_locus_come_from_the_sandbox():
    with Sandbox() as sandbox, SandboxStream(sandbox) as stream:
        stream.publish("alerts", ["ANT2026simagn"])
        ((_, locus),) = read(stream, "alerts")
        held = read_checked_locus_file(sandbox.folder / "ANT2026simagn.json")["locus"]["alerts"]

        assert [alert.alert_id for alert in locus.alerts] == [alert["id"] for alert in held]


def test_a_folder_can_be_published(small_file, write):
    with SandboxStream(write(small_file)) as stream:
        assert stream.locus_ids == ["ANT2026small"]
        stream.publish("small", ["ANT2026small"])

        assert read(stream, "small")[0][1].dec == -30.0


def test_the_message_is_compressed_bson_with_six_keys(small_file):
    message = locus_message(small_file)

    content = bson.loads(zlib.decompress(message))
    assert list(content) == ["id", "ra", "dec", "properties", "tags", "catalogs"]
    assert content["catalogs"] == ["gaia_dr3_gaia_source", "no_position"]


def test_the_nested_message_has_the_same_content(small_file):
    flat = bson.loads(zlib.decompress(locus_message(small_file)))
    nested = bson.loads(zlib.decompress(locus_message(small_file, "nested")))

    identity = flat.pop("id")
    assert nested == {"data": {"id": identity, "attributes": flat}}


def test_the_client_returns_the_same_locus_for_both_forms():
    got = []
    for form in FORMS:
        with SandboxStream(form=form) as stream:
            stream.publish("form", [TUTORIAL_ID])
            ((topic, locus),) = read(stream, "form")
            got.append((topic, locus.locus_id, locus.ra, locus.dec, locus.properties))
            got[-1] += (locus.tags, locus.catalogs)

    assert got[0] == got[1]
    assert got[0][1] == TUTORIAL_ID


@pytest.mark.parametrize("form", ["other", "", None, 1, ["flat"]])
def test_an_unknown_form_is_an_error(form):
    with pytest.raises(SandboxError, match="form"):
        SandboxStream(form=form)


def test_recorded_catalogs_are_published(small_file):
    small_file["wire"] = {"locus": {"catalogs": ["other"]}}

    assert bson.loads(zlib.decompress(locus_message(small_file)))["catalogs"] == ["other"]


def test_the_client_differs_by_its_options_only():
    assert SandboxStreamingClient.__bases__ == (StreamingClient,)
    own = {name for name in vars(SandboxStreamingClient) if not name.startswith("__")}
    assert own - {"_abc_impl"} == {"_DEFAULT_OPTIONS"}


def test_the_cluster_is_on_loopback(stream):
    assert stream.bootstrap_server.startswith("127.0.0.1:")


@pytest.mark.parametrize(
    ("topic", "ids", "message"),
    [
        ("t", ["ANT2026none"], "no locus 'ANT2026none' among the"),
        ("t", TUTORIAL_ID, "is one ID"),
        ("", [TUTORIAL_ID], "is not a valid topic"),
        ("a b", [TUTORIAL_ID], "is not a valid topic"),
    ],
)
def test_a_mistake_is_reported_before_anything_is_published(stream, topic, ids, message):
    with pytest.raises(SandboxError, match=message):
        stream.publish(topic, ids)


def test_a_stream_that_does_not_run_says_so():
    stream = SandboxStream()

    with pytest.raises(SandboxError, match="not running"):
        stream.publish("t", [TUTORIAL_ID])
    with pytest.raises(SandboxError, match="not running"):
        _ = stream.bootstrap_server


def test_a_stream_is_started_once(stream):
    with pytest.raises(SandboxError, match="already running"):
        stream.start()


def test_a_stream_can_be_started_again():
    stream = SandboxStream()
    for _ in range(2):
        stream.start()
        assert stream.publish("again", [TUTORIAL_ID]) == 1
        stream.stop()
    stream.stop()


@pytest.mark.skipif(not os.path.isdir(THREADS), reason="counts threads where Linux lists them")
def test_no_thread_is_left():
    SandboxStream().start().stop()
    before = len(os.listdir(THREADS))
    with SandboxStream() as stream:
        stream.publish("threads", [TUTORIAL_ID])
        assert len(os.listdir(THREADS)) > before

    assert len(os.listdir(THREADS)) == before


def test_the_sandbox_does_not_import_kafka():
    code = "import sys, antares_sandbox; print('confluent_kafka' in sys.modules)"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)

    assert done.stdout == "False\n"


def test_without_kafka_the_extra_is_named():
    code = "import sys; sys.modules['confluent_kafka'] = None; import antares_sandbox.stream"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)

    assert done.stderr.splitlines()[-1].endswith("pip install 'antares-helpers[stream]'")
