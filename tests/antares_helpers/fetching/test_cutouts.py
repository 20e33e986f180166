import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import permutations

import astropy.units as u
import numpy as np
import pytest
from antares_client import search
from image_files import fits_file, picture_file

from antares_helpers import InvalidInputError, ServiceError
from antares_helpers.errors import (
    BadDataError,
    CutoutsNotFoundError,
    IncompleteLocusWarning,
    ServiceTimeoutError,
)
from antares_helpers.fetching.cutouts import check_alert_id, decode_cutout, fetch_cutouts
from antares_helpers.validation import CUTOUTS
from antares_sandbox import TUTORIAL_ID, Sandbox
from antares_sandbox.faults import Cut, Drop, Hang, Missing, Null, Status

SOURCE_ID = 170587117485817955


@pytest.fixture
def sandbox():
    with Sandbox(thumbnails="fits") as running:
        yield running


@pytest.fixture
def alert_id(sandbox):  # noqa: ARG001 (points the client)
    alerts = search.get_by_id(TUTORIAL_ID).alerts
    return next(alert.alert_id for alert in alerts if alert.alert_id.startswith("lsst"))


def files_asked_for(sandbox):
    return [each.path for each in sandbox.requests if each.path.endswith(".fits")]


# In good health


def test_the_images_come_in_their_order_as_they_are_in_the_files(alert_id):
    cutouts = fetch_cutouts(alert_id)

    files = {kind: each["blob"] for kind, each in search.get_thumbnails(alert_id).items()}
    assert list(cutouts) == ["template", "science", "difference"]
    for kind, image in cutouts.items():
        assert (image == decode_cutout(files[kind])).all()
        assert (image.shape, image.dtype, str(image.unit)) == ((30, 30), np.float64, "nJy")


def test_the_difference_is_science_minus_template(alert_id):
    cutouts = fetch_cutouts(alert_id)

    change = cutouts["science"] - cutouts["template"]
    np.testing.assert_allclose(change.value, cutouts["difference"].value, atol=0.01)


def test_the_header_tells_that_the_data_are_simulated(alert_id):
    for kind, image in fetch_cutouts(alert_id).items():
        assert (image.info.meta["SIMULATE"], image.info.meta["IMAGE"]) == (True, kind)


def test_an_alert_can_be_given_by_its_number(alert_id):
    by_number = fetch_cutouts(int(alert_id.removeprefix("lsst:")))

    assert (by_number["science"] == fetch_cutouts(alert_id)["science"]).all()


def test_each_file_is_asked_for_once(sandbox, alert_id):
    fetch_cutouts(alert_id)

    assert len(files_asked_for(sandbox)) == 3


# Pictures


@pytest.fixture
def picture_sandbox():
    with Sandbox() as running:
        yield running


def test_pictures_have_no_unit_and_are_named(picture_sandbox):  # noqa: ARG001 (points the client)
    alert_id = search.get_by_id(TUTORIAL_ID).alerts[0].alert_id
    cutouts = fetch_cutouts(alert_id)

    files = {kind: each["blob"] for kind, each in search.get_thumbnails(alert_id).items()}
    assert list(cutouts) == list(cutouts.pictures) == list(CUTOUTS)
    for kind, image in cutouts.items():
        assert (type(image), image.shape, image.dtype) == (np.ndarray, (30, 30), np.float64)
        assert (image == decode_cutout(files[kind])).all()
        assert "SIMULATE" in cutouts.pictures[kind]


def test_a_fetched_picture_is_the_right_way_up(picture_sandbox):  # noqa: ARG001
    alert_id = search.get_by_id(TUTORIAL_ID).alerts[0].alert_id
    shades = fetch_cutouts(alert_id)["difference"]
    with Sandbox(thumbnails="fits"):
        fluxes = fetch_cutouts(alert_id)["difference"].value

    assert (np.diff(shades.ravel()[np.argsort(fluxes.ravel())]) >= 0).all()


def test_fits_files_are_not_named_as_pictures(alert_id):
    assert fetch_cutouts(alert_id).pictures == {}


# A service that fails


@pytest.mark.parametrize("fault", [Status(503), Status(502, html=True), Drop(), Cut()], ids=str)
@pytest.mark.parametrize("path", ["alerts/*/thumbnails", "alerts/*/thumbnails/science.fits"])
def test_what_passes_is_asked_for_again(sandbox, alert_id, path, fault):
    sandbox.inject_fault(path, fault, times=1)

    assert list(fetch_cutouts(alert_id)) == list(CUTOUTS)


@pytest.mark.parametrize("path", ["alerts/*/thumbnails", "alerts/*/thumbnails/*.fits"])
def test_what_does_not_pass_is_told(sandbox, alert_id, path):
    sandbox.inject_fault(path, Status(500), times=3)

    with pytest.raises(ServiceError, match="500") as caught:
        fetch_cutouts(alert_id, retries=0)
    assert caught.value.url == sandbox.url


@pytest.mark.parametrize("fault", [Status(500), Status(404), Hang()], ids=str)
@pytest.mark.slow
def test_one_image_that_can_not_be_had_does_not_cost_the_others(sandbox, alert_id, fault):
    sandbox.inject_fault("alerts/*/thumbnails/difference.fits", fault)

    with pytest.warns(IncompleteLocusWarning, match="The difference image of alert .* is missing"):
        cutouts = fetch_cutouts(alert_id, timeout=3, retries=0)
    assert list(cutouts) == ["template", "science"]


@pytest.mark.parametrize("path", ["alerts/*/thumbnails", "alerts/*/thumbnails/*.fits"])
def test_what_never_comes_is_given_up(sandbox, alert_id, path):
    sandbox.inject_fault(path, Hang(), times=3)

    with pytest.raises(ServiceTimeoutError, match="cutouts of alert lsst:"):
        fetch_cutouts(alert_id, timeout=0.3, retries=0)


@pytest.mark.parametrize(
    "fault", [Missing("data.*.src"), Null("data.0.thumbnail_type"), Missing("data")], ids=str
)
def test_a_list_that_can_not_be_read_is_told(sandbox, alert_id, fault):
    sandbox.inject_fault("alerts/*/thumbnails", fault)

    with pytest.raises(BadDataError, match="cutouts of alert lsst:"):
        fetch_cutouts(alert_id)


def test_an_unknown_alert_has_no_cutouts(sandbox):
    with pytest.raises(CutoutsNotFoundError, match=f"no cutouts of alert lsst:{SOURCE_ID}"):
        fetch_cutouts(SOURCE_ID)
    assert [request.path for request in sandbox.requests] == [
        f"alerts/lsst:{SOURCE_ID}/thumbnails",
        "api/alerts/cutouts",
    ]


# From Rubin's Alerts API


@pytest.fixture
def without_cutouts(sandbox):
    """ANTARES has no cutouts of any alert."""
    sandbox.inject_fault("alerts/*/thumbnails", Status(404), times=None)
    return sandbox


def test_cutouts_that_antares_lacks_come_from_the_alerts_api(sandbox, alert_id):
    expected = fetch_cutouts(alert_id)
    sandbox.inject_fault("alerts/*/thumbnails", Status(404), times=None)
    found = fetch_cutouts(alert_id)

    assert list(found) == list(expected) == list(CUTOUTS)
    assert found.pictures == {}
    for kind, image in found.items():
        assert image.unit == u.nJy
        assert image.info.meta["BUNIT"] == "nJy"
        np.testing.assert_allclose(image, expected[kind], rtol=1e-5)


@pytest.mark.parametrize("variable", ["ACCESS_TOKEN", "EXTERNAL_INSTANCE_URL"])
def test_without_a_token_only_antares_is_asked(monkeypatch, without_cutouts, alert_id, variable):
    before = len(without_cutouts.requests)

    with monkeypatch.context() as patch:
        patch.delenv(variable)
        with pytest.raises(CutoutsNotFoundError, match="ANTARES at"):
            fetch_cutouts(alert_id)
    assert len(without_cutouts.requests) == before + 1


def test_only_cutouts_of_rubin_come_from_the_alerts_api(without_cutouts):
    with pytest.raises(CutoutsNotFoundError):
        fetch_cutouts("ztf_candidate:1234567890123456789")
    assert [request.path.partition("/")[0] for request in without_cutouts.requests] == ["alerts"]


@pytest.mark.parametrize("status", [401, 403, 503])
def test_an_alerts_api_that_fails_is_named_with_what_antares_lacks(
    without_cutouts, alert_id, status
):
    without_cutouts.inject_fault("api/alerts/cutouts", Status(status), times=None)

    with pytest.raises(CutoutsNotFoundError, match=f"(?s)ANTARES at.*responded with {status}"):
        fetch_cutouts(alert_id, retries=0)


def test_unsafe_settings_of_the_alerts_api_do_not_matter(monkeypatch, without_cutouts, alert_id):
    with monkeypatch.context() as patch:
        patch.setenv("EXTERNAL_INSTANCE_URL", "http://rsp.example.org")
        with pytest.raises(CutoutsNotFoundError):
            fetch_cutouts(alert_id)
    assert without_cutouts.requests[-1].path.startswith("alerts/")


# Files of other types


class _Files(BaseHTTPRequestHandler):
    files: dict[str, bytes] = {}  # noqa: RUF012 (of the server, not of a request)

    def do_GET(self):
        kind = self.path.rpartition("/")[2]
        body = self.files[kind] if kind in self.files else self._listed().encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _listed(self):
        host = f"http://{self.headers['Host']}/files/"
        items = (
            f'{{"id": "1", "filemime": "image/png", "src": "{host}{kind}", '
            f'"thumbnail_type": "{kind}"}}'
            for kind in self.files
        )
        return f'{{"data": [{", ".join(items)}]}}'

    def log_message(self, *_):
        pass


@pytest.fixture
def offering(monkeypatch, pointed_at):
    """Offer files as the cutouts of every alert."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Files)
    threading.Thread(target=server.serve_forever, args=[0.01], daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}/v2/"
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with pointed_at(url):
        yield lambda **files: monkeypatch.setattr(_Files, "files", files)
    server.shutdown()
    server.server_close()


def test_the_content_tells_the_type_and_not_the_declaration(offering):
    offering(template=picture_file([[1, 2]]), science=fits_file([[3.0, np.nan]], BUNIT="nJy"))

    cutouts = fetch_cutouts("lsst:1")

    assert cutouts["template"].tolist() == [[1, 2]]
    np.testing.assert_array_equal(cutouts["science"].value, [[3, np.nan]])


@pytest.mark.parametrize("kinds", list(permutations(CUTOUTS)), ids=" ".join)
def test_the_order_is_not_that_of_the_answer(offering, kinds):
    offering(**dict.fromkeys(kinds, fits_file([[1.0]])))

    assert list(fetch_cutouts("lsst:1")) == list(CUTOUTS)


@pytest.mark.parametrize("kind", CUTOUTS)
def test_an_alert_may_have_one_image_only(offering, kind):
    offering(**{kind: fits_file([[1.0]])})

    assert list(fetch_cutouts("lsst:1")) == [kind]


@pytest.mark.parametrize("kind", CUTOUTS)
def test_the_error_names_the_file_that_can_not_be_read(offering, kind):
    offering(**dict.fromkeys(CUTOUTS, fits_file([[1.0]])) | {kind: b"<html>"})

    with pytest.raises(BadDataError, match=f"The {kind} cutout of alert lsst:1 can't be read"):
        fetch_cutouts("lsst:1")


def test_an_alert_without_images_has_no_cutouts(offering):
    offering()

    with pytest.raises(CutoutsNotFoundError, match="no cutouts of alert lsst:1"):
        fetch_cutouts("lsst:1")


# IDs of alerts


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (f"lsst:{SOURCE_ID}", f"lsst:{SOURCE_ID}"),
        (f"  lsst:{SOURCE_ID}\n", f"lsst:{SOURCE_ID}"),
        (f" LSST-AP-DS-{SOURCE_ID}", f"lsst:{SOURCE_ID}"),
        (SOURCE_ID, f"lsst:{SOURCE_ID}"),
        (str(SOURCE_ID), f"lsst:{SOURCE_ID}"),
        (np.int64(SOURCE_ID), f"lsst:{SOURCE_ID}"),
        (np.str_(f"lsst:{SOURCE_ID}"), f"lsst:{SOURCE_ID}"),
        ("ztf_candidate:3012345678915015002", "ztf_candidate:3012345678915015002"),
        ("ztf_upper_limit:ZTF26aasimul-1", "ztf_upper_limit:ZTF26aasimul-1"),
        ("decat_nsf:3", "decat_nsf:3"),
    ],
)
def test_an_id_is_taken_in_each_of_its_forms(given, expected):
    assert check_alert_id(given) == expected


@pytest.mark.parametrize(
    "given",
    [
        "",
        ":",
        "lsst",
        "lsst:",
        "../loci",
        "lsst:../../loci",
        "a/b?c",
        "lsst:1/2",
        "LSST-AP-DS-",
        f"LSST-AP-DO-{SOURCE_ID}",
        "lsst:1?x=1",
        "lsst:1#x",
        "lsst:1%2f",
        "lsst:1 2",
        "lsst:1\n2",
        "lsst:..",
        "lsst:\N{ARABIC-INDIC DIGIT ONE}",
        "http://127.0.0.1/",
        "lsst:" + "1" * 1000,
        "1" * 1000,
        "0",
        0,
        -1,
        2**63,
        10**5000,
        True,
        1.5e17,
        np.float64(1.5e17),
        None,
        b"lsst:1",
        ["lsst:1"],
        {"id": "lsst:1"},
    ],
    ids=lambda given: type(given).__name__,
)
def test_what_can_not_be_an_id_is_refused(given):
    with pytest.raises(InvalidInputError, match="lsst:170587117485817955") as caught:
        check_alert_id(given)
    assert len(str(caught.value)) < 300


def test_a_float_is_told_what_is_wrong_with_it():
    with pytest.raises(InvalidInputError, match="loses the last digits"):
        check_alert_id(float(SOURCE_ID))


def test_a_locus_is_told_from_an_alert():
    with pytest.raises(InvalidInputError, match="the ID of a locus"):
        check_alert_id(TUTORIAL_ID)


@pytest.mark.parametrize(
    ("given", "options"),
    [("../loci", {}), ("lsst:1", {"timeout": 0}), ("lsst:1", {"retries": -1})],
    ids=str,
)
def test_what_can_not_be_meant_is_refused_before_anything_is_sent(sandbox, given, options):
    with pytest.raises(InvalidInputError):
        fetch_cutouts(given, **options)
    assert sandbox.requests == []
