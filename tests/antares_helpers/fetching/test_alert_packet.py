"""Packets from an Alerts API that sends, byte for byte, what a test says."""

import gzip
import io
import itertools
import json
import logging
import pickle
import sys
import time
import traceback
from contextlib import contextmanager, suppress
from types import ModuleType

import numpy as np
import pytest
from antares_client.models import Locus
from antares_devkit.models import DevKitLocus
from astropy.io import fits
from raw_server import RawServer, drips, sends

from antares_helpers import ServiceError, fetch_alert_packet, fetch_locus, find_loci
from antares_helpers.errors import (
    AlertNotFoundError,
    AntaresHelpersError,
    BadDataError,
    InvalidInputError,
    ServiceTimeoutError,
)
from antares_sandbox import TUTORIAL_ID, Sandbox

NUMBER = 170587117485817955
TOKEN = "gt-secret.of-a-user"
RSP = "https://data.lsst.cloud/api/alerts"


def packet(numbers=(NUMBER, 170587117485817001), *, id_format="K", **hdus):
    """Make a packet, without the HDUs that are None."""
    columns = [
        fits.Column("diaSourceId", id_format, array=np.array(numbers)),
        fits.Column("psfFlux", "E", array=np.ones(len(numbers))),
    ]
    forced = fits.Column("visit", "K", array=np.array([2**53 + 1]))
    parts = {
        "DIFFIM": fits.ImageHDU(np.ones((30, 30), np.float32)),
        "DIASOURCE": fits.BinTableHDU.from_columns(columns),
        "FORCEDPHOT": fits.BinTableHDU.from_columns([forced]),
        **hdus,
    }
    for name, hdu in parts.items():
        if hdu is not None:
            hdu.name = name
    return fits.HDUList([fits.PrimaryHDU(), *filter(None, parts.values())])


def content_of(hdus):
    file = io.BytesIO()
    hdus.writeto(file)
    return file.getvalue()


PACKET = content_of(packet())


@pytest.fixture(autouse=True)
def _no_token(monkeypatch):
    monkeypatch.delenv("EXTERNAL_INSTANCE_URL", raising=False)
    monkeypatch.delenv("ACCESS_TOKEN", raising=False)
    monkeypatch.setitem(sys.modules, "lsst.rsp", None)


@pytest.fixture
def no_proxy(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


@contextmanager
def serving(*answers):
    """Serve answers, at the address of an Alerts API."""
    server = RawServer(*(answers or [sends(PACKET)]))
    server.url = server.url.replace("/v2/", "/api/alerts")
    yield server
    server.close()


def fetch(server, alert=NUMBER, **options):
    return fetch_alert_packet(alert, url=server.url, token=TOKEN, **options)


def failure(*answers, alert=NUMBER, **options):
    with serving(*answers) as server, pytest.raises(AntaresHelpersError) as caught:
        fetch(server, alert, **({"retries": 0} | options))
    return caught.value


def everything_in(error):
    """Return what a traceback, a log or a file could show of an error, with its variables.

    Left out are the variables of this file, which has the token.
    """
    chain = [error]
    for each in chain:
        linked = (each.__cause__, each.__context__, getattr(each, "cause", None))
        chain += [other for other in linked if other is not None]
    frames = [
        frame
        for each in chain
        for frame in traceback.TracebackException.from_exception(each, capture_locals=True).stack
        if frame.filename != __file__
    ]
    shown = [f"{frame.line} {frame.locals}" for frame in frames]
    own = [f"{each!r} {vars(each)}" for each in chain]
    return "".join([*shown, *own, repr(pickle.dumps(error))])


def locus(*alerts, **properties):
    found = [{"id": name, "mjd": mjd, "properties": {}} for name, mjd in alerts]
    return {"id": "ANT2026test000000", "old_properties": properties, "alerts": found}


def requested_ids(server):
    return [request.partition("ID=")[2].partition("&")[0] for request in server.requests]


# The request and the packet


def test_the_packet_is_requested_as_fits_with_the_token():
    with serving() as server:
        fetch(server)

    head = server.requests[0].split("\r\n")
    assert head[0] == f"GET /api/alerts?ID={NUMBER}&RESPONSEFORMAT=fits HTTP/1.1"
    assert f"Authorization: Bearer {TOKEN}" in head
    assert not [line for line in head if line.startswith("Cookie")]


def test_a_packet_is_complete_and_in_memory():
    with serving() as server:
        found = fetch(server)
    found.close()

    assert [hdu.name for hdu in found] == ["PRIMARY", "DIFFIM", "DIASOURCE", "FORCEDPHOT"]
    assert found["DIASOURCE"].data["diaSourceId"].tolist() == [NUMBER, 170587117485817001]
    assert found["FORCEDPHOT"].data["visit"].tolist() == [2**53 + 1]
    assert found["DIFFIM"].data.shape == (30, 30)


def test_a_packet_can_be_written_and_read_again(tmp_path):
    with serving() as server:
        fetch(server).writeto(tmp_path / "packet.fits")

    assert TOKEN.encode() not in (tmp_path / "packet.fits").read_bytes()
    with fits.open(tmp_path / "packet.fits") as again:
        assert again["DIASOURCE"].data["diaSourceId"].tolist() == [NUMBER, 170587117485817001]


def test_only_diasource_is_required():
    with serving(sends(content_of(packet(DIFFIM=None, FORCEDPHOT=None)))) as server:
        assert [hdu.name for hdu in fetch(server)] == ["PRIMARY", "DIASOURCE"]


def test_forced_photometry_may_be_empty():
    empty = fits.BinTableHDU.from_columns([fits.Column("visit", "K", array=np.array([], int))])
    with serving(sends(content_of(packet(FORCEDPHOT=empty)))) as server:
        assert len(fetch(server)["FORCEDPHOT"].data) == 0


def test_a_compressed_response_is_read():
    answer = sends(gzip.compress(PACKET), Content_Encoding="gzip")
    with serving(answer) as server:
        assert len(fetch(server)) == 4


def test_a_column_of_ids_that_are_all_missing_may_be_nan():
    columns = [
        fits.Column("diaSourceId", "K", array=np.array([NUMBER])),
        fits.Column("diaObjectId", "D", array=np.array([np.nan])),
    ]
    body = content_of(packet(DIASOURCE=fits.BinTableHDU.from_columns(columns)))
    with serving(sends(body)) as server:
        assert len(fetch(server)["DIASOURCE"].data) == 1


# The alert


@pytest.mark.parametrize(
    "alert",
    [
        NUMBER,
        np.int64(NUMBER),
        str(NUMBER),
        f" lsst:{NUMBER}\n",
        f"LSST:{NUMBER}",
        f"LSST-AP-DS-{NUMBER}",
        f"lsst-ap-ds-{NUMBER}",
        locus(newest_alert_id=f"lsst:{NUMBER}"),
        locus((f"lsst:{NUMBER}", 61300.0), ("lsst:9", 61299.0), newest_alert_id="ztf_candidate:8"),
        locus(("lsst:9", 61299.0), (f"lsst:{NUMBER}", 61300.0), ("ztf_candidate:8", 61400.0)),
        locus(("lsst:9", float("nan")), (f"lsst:{NUMBER}", 61300.0), ("lsst:8", None)),
        locus((f"lsst:{NUMBER}", 61300.0), newest_alert_id=None),
        locus((f"lsst:{NUMBER}", 61300.0), (None, 61301.0), ("lsst:", 61302.0)),
        locus(("lsst:9", 61300.0), (f"lsst:{NUMBER}", 61299.0), newest_alert_id=f"lsst:{NUMBER}"),
        locus(("lsst:9", 61299.0), newest_alert_id=f"lsst:{NUMBER}"),
        locus((f"lsst:{NUMBER}", None), ("lsst:9", None), newest_alert_id=f"lsst:{NUMBER}"),
    ],
    ids=range(16),
)
def test_an_alert_is_found_in_any_form(alert):
    with serving() as server:
        fetch(server, alert)

        assert requested_ids(server) == [str(NUMBER)]


@pytest.mark.parametrize("name", ["psfFlux", "isNegative"])
def test_a_newer_alert_without_a_magnitude_comes_before_the_one_that_is_named(name):
    known = locus(("lsst:9", 61299.0), (f"lsst:{NUMBER}", 61300.0), newest_alert_id="lsst:9")
    value = {"psfFlux": -250.0, "isNegative": True}[name]
    known["alerts"][1]["properties"] = {f"lsst_diaSource_{name}": value}
    with serving() as server:
        fetch(server, known)

        assert requested_ids(server) == [str(NUMBER)]


def test_every_form_of_a_locus_is_accepted():
    known = locus(newest_alert_id=f"lsst:{NUMBER}")
    devkit = DevKitLocus(
        **known, ra=1.0, dec=2.0, user_tags=[], catalog_objects={}, grav_wave_events_metadata={}
    )
    of_client = Locus(
        locus_id=known["id"],
        ra=1.0,
        dec=2.0,
        properties=known["old_properties"],
        tags=[],
        catalogs=[],
    )
    with serving() as server:
        fetch(server, devkit)
        fetch(server, of_client)

        assert requested_ids(server) == [str(NUMBER)] * 2


def test_an_id_beyond_2_to_the_53_stays_exact():
    number = 2**63 - 1
    with serving(sends(content_of(packet([number])))) as server:
        found = fetch(server, number)

        assert requested_ids(server) == [str(number)]
    assert found["DIASOURCE"].data["diaSourceId"][0] == number


@pytest.mark.parametrize(
    ("alert", "reason"),
    [
        (1.7e17, "float loses"),
        (True, "not the ID"),
        (None, "not the ID"),
        (0, "not the ID"),
        (-5, "not the ID"),
        (2**63, "not the ID"),
        ("", "not the ID"),
        ("lsst:1?ID=2", "not the ID"),
        ("ztf_candidate:1234", "not the ID"),
        (f"LSST-AP-DO-{NUMBER}", "not the ID"),
        ("ANT2026z3bqyjga24oc", "fetch_locus"),
        (locus(("ztf_candidate:1", 61300.0)), "no LSST alert"),
        (locus(), "no LSST alert"),
        ([NUMBER], "not the ID"),
    ],
    ids=repr,
)
def test_what_is_not_an_lsst_alert_is_refused_and_nothing_is_sent(alert, reason):
    with serving() as server:
        with pytest.raises(InvalidInputError, match=reason):
            fetch(server, alert)
        assert server.requests == []


def test_an_option_is_checked_first():
    assert "timeout" in str(failure(timeout=0))
    assert "retries" in str(failure(retries=-1))


# Address and token


def test_address_and_token_of_the_environment(monkeypatch):
    with serving() as server:
        monkeypatch.setenv("EXTERNAL_INSTANCE_URL", server.url.replace("/api/alerts", "/"))
        monkeypatch.setenv("ACCESS_TOKEN", TOKEN)
        fetch_alert_packet(NUMBER)

    assert server.requests[0].startswith("GET /api/alerts?ID=")
    assert f"Bearer {TOKEN}" in server.requests[0]


def test_the_arguments_come_before_the_environment(monkeypatch):
    with serving() as server, serving() as other:
        monkeypatch.setenv("EXTERNAL_INSTANCE_URL", other.url.replace("/api/alerts", ""))
        monkeypatch.setenv("ACCESS_TOKEN", "other-token")
        fetch(server)

        assert f"Bearer {TOKEN}" in server.requests[0]
        assert other.requests == []


def fake_rsp(url, token, *, takes_dataset=True):
    """Make a stand-in of ``lsst.rsp``; as its newer versions, or as those before."""
    module = ModuleType("lsst.rsp")

    def newer(name, dataset):
        assert (name, dataset) == ("alerts", "prompt")
        return url

    def older(name):
        assert name == "alerts"
        return url

    module.get_service_url = newer if takes_dataset else older
    module.get_access_token = lambda: token
    return module


@pytest.mark.parametrize("takes_dataset", [True, False])
def test_address_and_token_of_the_platform(monkeypatch, takes_dataset):
    with serving() as server:
        rsp = fake_rsp(server.url, TOKEN, takes_dataset=takes_dataset)
        monkeypatch.setitem(sys.modules, "lsst", ModuleType("lsst"))
        monkeypatch.setitem(sys.modules, "lsst.rsp", rsp)
        fetch_alert_packet(NUMBER)

    assert f"Bearer {TOKEN}" in server.requests[0]


def test_the_environment_comes_before_the_platform(monkeypatch):
    with serving() as server, serving() as other:
        monkeypatch.setitem(sys.modules, "lsst", ModuleType("lsst"))
        monkeypatch.setitem(sys.modules, "lsst.rsp", fake_rsp(other.url, "other-token"))
        monkeypatch.setenv("EXTERNAL_INSTANCE_URL", server.url.replace("/api/alerts", ""))
        monkeypatch.setenv("ACCESS_TOKEN", TOKEN)
        fetch_alert_packet(NUMBER)

        assert f"Bearer {TOKEN}" in server.requests[0]
        assert other.requests == []


@pytest.mark.parametrize(("url", "token"), [("", TOKEN), ("api/alerts", TOKEN), (RSP, "")])
def test_a_platform_that_knows_only_one_of_them_is_none(monkeypatch, url, token):
    monkeypatch.setitem(sys.modules, "lsst", ModuleType("lsst"))
    monkeypatch.setitem(sys.modules, "lsst.rsp", fake_rsp(url, token))

    with pytest.raises(InvalidInputError, match="no access token"):
        fetch_alert_packet(NUMBER)


@pytest.mark.parametrize(
    "known",
    [{}, {"ACCESS_TOKEN": TOKEN}, {"EXTERNAL_INSTANCE_URL": "https://data.lsst.cloud"},
     {"ACCESS_TOKEN": "", "EXTERNAL_INSTANCE_URL": "https://data.lsst.cloud"}],
)  # fmt: skip
def test_without_a_token_the_error_says_how_to_get_one(monkeypatch, known):
    for name, value in known.items():
        monkeypatch.setenv(name, value)

    with pytest.raises(InvalidInputError, match="data rights") as caught:
        fetch_alert_packet(NUMBER)

    for text in ("ACCESS_TOKEN", "EXTERNAL_INSTANCE_URL", "auth/tokens", "read:alertdb"):
        assert text in str(caught.value)
    assert TOKEN not in everything_in(caught.value)


@pytest.mark.parametrize("options", [{"url": RSP}, {"token": TOKEN}])
def test_an_address_without_a_token_and_the_reverse_are_refused(monkeypatch, options):
    with serving() as other:
        monkeypatch.setenv("EXTERNAL_INSTANCE_URL", other.url.replace("/api/alerts", ""))
        monkeypatch.setenv("ACCESS_TOKEN", "other-token")
        with pytest.raises(InvalidInputError, match="belong together") as caught:
            fetch_alert_packet(NUMBER, **options)
        assert other.requests == []

    assert TOKEN not in everything_in(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        "http://data.lsst.cloud/api/alerts",
        "http://127.0.0.1@data.lsst.cloud/api/alerts",
        "http://127.0.0.1.example.org/api/alerts",
        "http://localhost.example.org/api/alerts",
        "http://0.0.0.0/api/alerts",
        "http://10.0.0.1/api/alerts",
        "https://me:hunter2@data.lsst.cloud/api/alerts",
        "https://data.lsst.cloud/api/alerts?token=hunter2",
        "https://data.lsst.cloud:port/api/alerts",
        "http://127.0.0.1:99999/api/alerts",
        "https://",
        "https:///api/alerts",
        "ftp://data.lsst.cloud",
        "file:///etc/passwd",
        "data.lsst.cloud/api/alerts",
        "https://data.lsst.cloud/\x00",
        "",
        7,
        b"https://data.lsst.cloud",
    ],
)
def test_an_address_to_which_no_token_may_go_is_refused(monkeypatch, url):
    with pytest.raises(InvalidInputError, match="not an address to which") as caught:
        fetch_alert_packet(NUMBER, url=url, token=TOKEN)
    assert "hunter2" not in str(caught.value)

    if isinstance(url, str) and url.isprintable():
        monkeypatch.setenv("EXTERNAL_INSTANCE_URL", url or "http://")
        monkeypatch.setenv("ACCESS_TOKEN", TOKEN)
        with pytest.raises(InvalidInputError, match="EXTERNAL_INSTANCE_URL"):
            fetch_alert_packet(NUMBER)


@pytest.mark.parametrize(
    "token",
    ["gt-se\ncret", "gt-secret\n", "gt-secret\r\nX: 1", "gt sécret", "gt-secrét", "gt-secret ",
     "", "Bearer gt-secret", 7, b"gt-secret", "gt-secret" * 1000],
    ids=range(11),
)  # fmt: skip
def test_a_token_that_no_header_can_hold_is_refused_and_not_shown(monkeypatch, token):
    with serving() as server:
        with pytest.raises(InvalidInputError, match="not an access token") as caught:
            fetch_alert_packet(NUMBER, url=server.url, token=token)
        if isinstance(token, str) and token:
            monkeypatch.setenv("ACCESS_TOKEN", token)
            monkeypatch.setenv("EXTERNAL_INSTANCE_URL", server.url.replace("/api/alerts", ""))
            with pytest.raises(InvalidInputError, match="ACCESS_TOKEN"):
                fetch_alert_packet(NUMBER)
        assert server.requests == []

    assert "secr" not in str(caught.value)


def test_the_token_does_not_go_through_a_proxy_that_could_read_it(monkeypatch):
    with serving() as server, serving(sends(b"", "502 Bad Gateway")) as proxy:
        monkeypatch.setenv("NO_PROXY", "")
        monkeypatch.setenv("no_proxy", "")
        monkeypatch.setenv("http_proxy", proxy.url.replace("/api/alerts", ""))
        fetch(server)

        assert len(server.requests) == 1
        assert proxy.requests == []


# Where the token goes


def test_a_redirect_to_another_server_is_an_error_and_nothing_is_sent_there():
    with serving() as other:
        location = other.url.replace("127.0.0.1", "localhost")
        for target in (other.url, location):
            error = failure(sends(b"", "302 Found", Location=target))
            assert isinstance(error, BadDataError)
            assert "another server" in str(error)
        assert other.connections == 0


def test_a_redirect_on_the_same_server_is_followed():
    answers = [sends(b"", "307 Temporary Redirect", Location="/elsewhere"), sends(PACKET)]
    with serving(*answers) as server:
        fetch(server)

    assert server.requests[1].startswith("GET /elsewhere ")
    assert f"Bearer {TOKEN}" in server.requests[1]


def test_an_endless_redirect_ends():
    assert isinstance(failure(sends(b"", "302 Found", Location="/again")), ServiceError)


ECHO = json.dumps({"detail": f"the token {TOKEN} is wrong"}).encode()


@pytest.mark.parametrize(
    "answer",
    [
        sends(ECHO, "401 Unauthorized"),
        sends(b"", f"403 not with {TOKEN}"),
        sends(b"", "302 Found", Location=f"https://{TOKEN}.example.org/{TOKEN}"),
        sends(b"", f"503 {TOKEN}", Retry_After=TOKEN),
        sends(TOKEN.encode()),
        sends(b"", "200 OK", Content_Encoding=TOKEN),
        lambda connection, *_: connection.sendall(f"HTTP/1.1 {TOKEN}\r\n\r\n".encode()),
        lambda connection, *_: connection.sendall(f"{TOKEN}\r\n\r\n".encode()),
        lambda connection, *_: connection.close(),
        sends(ECHO, "404 Not Found", WWW_Authenticate=f"Bearer {TOKEN}"),
        sends(b"SIMPLE  = " + TOKEN.encode(), Set_Cookie=f"session={TOKEN}"),
    ],
    ids=range(11),
)
def test_the_token_is_shown_nowhere(answer, caplog, capsys):
    caplog.set_level(logging.DEBUG)

    error = failure(answer, retries=1)

    assert TOKEN not in everything_in(error)
    assert TOKEN not in caplog.text
    assert TOKEN not in "".join(capsys.readouterr())


def test_the_token_is_not_logged_with_all_messages_on(caplog):
    caplog.set_level(logging.DEBUG)
    with serving() as server:
        fetch(server)

    assert caplog.text
    assert TOKEN not in caplog.text


def test_a_packet_that_repeats_the_token_is_written_without_it():
    hdus = packet()
    hdus[0].header["HISTORY"] = f"requested with {TOKEN}"
    with serving(sends(content_of(hdus))) as server:
        found = fetch(server)

    assert "requested with ......" in str(found[0].header["HISTORY"])
    assert TOKEN.encode() not in content_of(found)
    np.testing.assert_array_equal(found["DIASOURCE"].data, packet()["DIASOURCE"].data)


def test_a_token_that_occurs_by_chance_leaves_the_packet_as_it_is():
    with serving() as server:
        found = fetch_alert_packet(NUMBER, url=server.url, token="E")

    assert content_of(found) == PACKET


# Errors


@pytest.mark.parametrize("name", ["a" * 64, "data..lsst"])
def test_a_name_that_no_server_can_have_is_one_error(name):
    with pytest.raises(ServiceError, match="not the name of a server"):
        fetch_alert_packet(NUMBER, url=f"https://{name}.cloud/api/alerts", token=TOKEN)


@pytest.mark.parametrize(
    ("status", "kind", "text"),
    [
        ("401 Unauthorized", ServiceError, "wrong or has expired"),
        ("403 Forbidden", ServiceError, "read:alertdb, or read:image"),
        ("404 Not Found", AlertNotFoundError, "archive"),
        ("400 Bad Request", ServiceError, "ID of the alert"),
        ("500 Internal Server Error", ServiceError, "500"),
        ("503 Service Unavailable", ServiceError, "503"),
    ],
)
def test_a_status_is_one_typed_error(status, kind, text):
    error = failure(sends(b"", status))

    assert type(error) is kind
    assert text in str(error)
    assert f"lsst:{NUMBER}" in str(error)
    assert error.url in str(error)


def test_the_reason_of_the_service_is_in_the_error():
    assert "(no such scope)" in str(failure(sends(b'{"detail": "no such scope"}', "403 Forbidden")))


def test_transient_errors_are_retried_and_others_are_not():
    busy = sends(b"", "503 Service Unavailable")
    with serving(busy, busy, sends(PACKET)) as server:
        fetch(server, retries=2)
        assert len(server.requests) == 3
    with serving(sends(b"", "401 Unauthorized")) as server:
        with pytest.raises(ServiceError):
            fetch(server)
        assert len(server.requests) == 1


def test_a_service_that_is_not_there_is_one_error():
    with pytest.raises(ServiceError, match="EXTERNAL_INSTANCE_URL"):
        fetch_alert_packet(NUMBER, url="http://127.0.0.1:1/api/alerts", token=TOKEN, retries=0)


@pytest.mark.parametrize(
    "answer",
    [
        drips(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n", b"S"),
        drips(b"HTTP/1.1 200 OK\r\n", b"X-Drip: 1\r\n"),
        drips(b"", b""),
    ],
    ids=["body", "headers", "nothing"],
)
def test_a_slow_service_ends_at_the_deadline(answer):
    start = time.monotonic()

    assert isinstance(failure(answer, timeout=0.5), ServiceTimeoutError)
    assert time.monotonic() - start < 3


def test_a_response_that_is_cut_off_is_retried():
    cut = b"HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n" + PACKET[:5000]

    def answer(connection, _over, _request):
        connection.sendall(cut)
        connection.close()

    with serving(answer, sends(PACKET)) as server:
        assert len(fetch(server, retries=1)) == 4


# Packets that can't be read


def header(*cards):
    text = b"".join(f"{card:<80}".encode() for card in (*cards, "END"))
    return text + b" " * (-len(text) % 2880)


PRIMARY = header(
    "SIMPLE  =                    T", "BITPIX  =                    8",
    "NAXIS   =                    0", "EXTEND  =                    T",
)  # fmt: skip


def extension(*cards, kind="IMAGE", axes=0, **others):
    values = {"BITPIX": 8, "NAXIS": axes, **others}
    values = {"PCOUNT": 0, "GCOUNT": 1} | values
    order = ["BITPIX", "NAXIS", *(name for name in values if name.startswith("NAXIS") and
                                  name != "NAXIS"), "PCOUNT", "GCOUNT"]  # fmt: skip
    rest = [name for name in values if name not in order]
    lines = [f"{name:<8}= {values[name]:>20}" for name in (*order, *rest)]
    return header(f"XTENSION= '{kind:<8}'", *lines, *cards)


TABLE = fits.BinTableHDU.from_columns([fits.Column("a", "K", array=np.array([1]))])

UNREADABLE = {
    "nothing": b"",
    "html": b"<html>log in</html>",
    "json": b'{"diaSource": {}}',
    "avro": b"Obj\x01" + bytes(100),
    "noise": np.random.default_rng(1).bytes(10_000),
    "primary alone": PRIMARY,
    "a picture": content_of(fits.HDUList([fits.PrimaryHDU(np.ones((3, 3)))])),
    "no DIASOURCE": content_of(packet(DIASOURCE=None)),
    "an image as DIASOURCE": content_of(packet(DIASOURCE=fits.ImageHDU(np.ones((3, 3))))),
    "an image as FORCEDPHOT": content_of(packet(FORCEDPHOT=fits.ImageHDU(np.ones((3, 3))))),
    "no IDs": content_of(packet(DIASOURCE=TABLE.copy())),
    "floats as IDs": content_of(packet(id_format="D")),
    "text as IDs": content_of(packet(id_format="20A")),
    "an array of IDs": content_of(packet(np.array([[NUMBER, 1]]), id_format="2K")),
    "another alert": content_of(packet([NUMBER + 1])),
    "no rows": content_of(packet([])),
    "many axes": PRIMARY + extension(axes=100_000_000),
    "many columns": PRIMARY
    + extension(kind="BINTABLE", axes=2, NAXIS1=8, NAXIS2=0, TFIELDS=100_000_000),
    "many rows": PRIMARY
    + extension("TFORM1  = '1K'", kind="BINTABLE", axes=2, NAXIS1=8, NAXIS2=10**15, TFIELDS=1),
    "a large image": PRIMARY + extension(axes=2, NAXIS1=10**9, NAXIS2=10**9),
    "a negative axis": PRIMARY + extension(axes=1, NAXIS1=-2880),
    "an axis of text": PRIMARY + extension(axes=1, NAXIS1="'text'"),
    "two numbers of axes": PRIMARY + extension("NAXIS   =            100000000"),
    "a long header": PRIMARY + extension(*(f"K{n:07} = 1" for n in range(10_000))),
    "no end of a header": PRIMARY + b"".join(f"K{n:07} = 1".encode().ljust(80)
                                             for n in range(400_000)),
    "many parts": PRIMARY + extension() * 5000,
    "damaged columns": PACKET.replace(b"TFORM1  = 'K       '", b"TFORM1  = '9Z      '"),
    "scaled by text": PACKET.replace(b"TFORM1  = 'K       '", b"TSCAL1  = 'x       '"),
}  # fmt: skip


@pytest.mark.parametrize("name", UNREADABLE)
def test_a_packet_that_cannot_be_read_is_one_error_in_time(name):
    start = time.monotonic()

    error = failure(sends(UNREADABLE[name]))

    assert type(error) is BadDataError
    assert f"lsst:{NUMBER}" in str(error)
    assert time.monotonic() - start < 3


@pytest.mark.parametrize("size", [1, 79, 2879, 2880, 3000, 8000, len(PACKET) - 2880])
def test_a_truncated_packet_is_one_error(size):
    error = failure(sends(PACKET[:-size]))

    assert isinstance(error, BadDataError)
    assert "truncated" in str(error) or "DIASOURCE" in str(error)


def test_damaged_bytes_are_an_error_or_a_packet():
    random = np.random.default_rng(7)
    start = time.monotonic()
    for _ in range(60):
        body = bytearray(PACKET)
        for place in random.integers(0, len(body), 40):
            body[place] = random.integers(0, 256)
        with serving(sends(bytes(body))) as server, suppress(BadDataError):
            assert NUMBER in fetch(server)["DIASOURCE"].data["diaSourceId"]
    assert time.monotonic() - start < 30


def test_a_response_that_is_too_long_is_refused():
    large = gzip.compress(bytes(2**26), 1)

    error = failure(sends(large, Content_Encoding="gzip"))

    assert isinstance(error, BadDataError)


def test_calls_in_a_row_leave_no_threads_and_share_connections():
    with serving(*itertools.repeat(sends(PACKET), 5)) as server:
        for _ in range(5):
            fetch(server)
        assert server.connections == 1


# The Alerts API of the sandbox


@pytest.mark.parametrize(
    "locus_id", [TUTORIAL_ID, "ANT2026simmixed", "ANT2026simtwoobjects", "ANT2026simlpv04"]
)
def test_the_newest_packet_of_a_simulated_locus(locus_id):
    with Sandbox() as sandbox:
        known = fetch_locus(locus_id)
        found = fetch_alert_packet(known)

        assert sandbox.requests[-1].path == "api/alerts"
    newest = max(
        (alert for alert in known["alerts"] if alert["id"].startswith("lsst:")),
        key=lambda alert: alert["mjd"],
    )
    sources = found["DIASOURCE"].data
    assert f"lsst:{sources['diaSourceId'][0]}" == newest["id"]
    assert sources["midpointMjdTai"][0] == newest["mjd"]
    assert len(found["FORCEDPHOT"].data) > len(sources)
    assert found["FORCEDPHOT"].data["visit"].dtype.kind == "i"


def test_a_client_s_locus_costs_no_more_than_its_packet():
    with Sandbox() as sandbox:
        (known,) = find_loci(name=TUTORIAL_ID, limit=1)
        before = len(sandbox.requests)
        fetch_alert_packet(known)

        assert [each.path for each in sandbox.requests[before:]] == ["api/alerts"]


def test_the_alerts_of_a_client_s_locus_are_fetched_if_it_names_none():
    with Sandbox() as sandbox:
        (known,) = find_loci(name=TUTORIAL_ID, limit=1)
        named = known.properties.pop("newest_alert_id")
        fetch_alert_packet(known)

        assert sandbox.requests[-1].query.startswith(f"ID={named.removeprefix('lsst:')}&")


def test_a_wrong_token_of_the_sandbox_is_rejected(monkeypatch):
    with Sandbox(), monkeypatch.context() as patch:
        patch.setenv("ACCESS_TOKEN", "another-token")
        with pytest.raises(ServiceError, match="401"):
            fetch_alert_packet(fetch_locus(TUTORIAL_ID))


def test_an_alert_that_rubin_never_sent_is_not_in_the_archive():
    with Sandbox(), pytest.raises(AlertNotFoundError):
        fetch_alert_packet("lsst:2561234567890123456")
