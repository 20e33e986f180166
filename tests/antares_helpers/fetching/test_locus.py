import json
import re

import numpy as np
import pytest
from antares_client import search
from antares_client.models import Locus
from antares_devkit.models import DevKitLocus
from building import ABSENT, LOCUS_ID, locus_of, lsst_alert, one_of_each_survey
from looping import for_each
from scripted_broker import sends

from antares_helpers import (
    InvalidInputError,
    ServiceError,
    extract_lightcurve,
    fetch_locus,
    locus_url,
    save_locus,
)
from antares_helpers.fetching.locus import as_locus_dict
from antares_sandbox import BUNDLED, TUTORIAL_ID

BUNDLED_IDS = sorted(path.stem for path in BUNDLED.glob("*.json"))
REAL_ID = "ANT2026rq61krn5dipt"

NO_IDS = [
    "",
    "   ",
    "ANT2026 z3bqyjga24oc",
    "ANT2026\nz3bqyjga24oc",
    "ant2026z3bqyjga24oc",
    "ANT123",
    "ANT" + "a" * 61,
    "ANT2026z3bqyjga24oc/alerts",
    "../ANT2026z3bqyjga24oc",
    "https://example.org/loci/ANT2026z3bqyjga24oc",
    "https://antares.noirlab.edu.example.org/loci/ANT2026z3bqyjga24oc",
    "https://antares.noirlab.edu/loci/../ANT2026z3bqyjga24oc",
    "https://antares.noirlab.edu/tags/ANT2026z3bqyjga24oc",
    "https://antares.noirlab.edu/loci/",
    "ANT2026z3bqyjga24oc?x=1",
    "ANT2026z3bqyjga24oc#",
    "ANT%32026",
    "ANT\u0662\u0660\u0662\u0666abcd",
    "ANT2026é",
    "ANT2026abcd\x00",
    "170587117485817955",
    "lsst:170587117485817955",
    "ZTF18abcdefg",
    None,
    5,
    170587117485817955,
    1.5,
    True,
    b"ANT2026z3bqyjga24oc",
    ["ANT2026z3bqyjga24oc"],
    {"id": "ANT2026z3bqyjga24oc"},
    np.array(["ANT2026z3bqyjga24oc"]),
]


@pytest.fixture(scope="module")
def bundled_sandbox(serving):
    with serving(BUNDLED) as sandbox:
        yield sandbox


# IDs


@pytest.mark.parametrize("given", NO_IDS, ids=repr)
def test_for_what_is_no_id_nothing_is_sent(given, unexpected_requests):
    with pytest.raises(InvalidInputError):
        fetch_locus(given)

    assert unexpected_requests == []


@pytest.mark.parametrize("given", NO_IDS, ids=repr)
def test_what_is_no_id_has_no_page(given):
    with pytest.raises(InvalidInputError):
        locus_url(given)


@pytest.mark.parametrize(
    ("given", "hint"),
    [
        ("https://example.org/loci/ANT2026abcd", "Did you mean 'ANT2026abcd'?"),
        ("ant2026abcd", "Did you mean 'ANT2026abcd'?"),
        ("170587117485817955", 'find_loci(name="170587117485817955")'),
        (170587117485817955, 'find_loci(name="170587117485817955")'),
        (np.int64(170587117485817955), 'find_loci(name="170587117485817955")'),
        (" lsst:170587117485817955", 'find_loci(name="lsst:170587117485817955")'),
        ("LSST-AP-DS-170587117485817955", 'find_loci(name="lsst:170587117485817955")'),
        ("LSST-AP-DO-170587117485817955", 'find_loci(dia_object_id="170587117485817955")'),
        ("ZTF18abcdefg", 'find_loci(ztf_object_id="ZTF18abcdefg")'),
        ("ztf18ABCDEFG", 'find_loci(ztf_object_id="ZTF18abcdefg")'),
        ("SN2026abc", "https://www.wis-tns.org/object/2026abc"),
        ("at 2026ABC", "https://www.wis-tns.org/object/2026abc"),
        ("1987a", "https://www.wis-tns.org/object/1987A"),
        ("NGC 1365", "Copy it from the address"),
        (170587117485817955, "not 170587117485817955 (int)"),
    ],
)
def test_the_message_says_what_to_do_next(given, hint):
    with pytest.raises(InvalidInputError, match=re.escape(hint)):
        locus_url(given)


def test_a_message_does_not_repeat_an_endless_id():
    with pytest.raises(InvalidInputError) as caught:
        locus_url("x" * 10**6)

    assert len(str(caught.value)) < 400


@pytest.mark.parametrize("given", [" ANT2026abcd", "ANT2026abcd\n", "\t ANT2026abcd  "])
def test_stray_spaces_are_forgiven(given):
    assert locus_url(given) == "https://antares.noirlab.edu/loci/ANT2026abcd"


def test_a_locus_is_fetched_in_spite_of_stray_spaces(broker):
    assert fetch_locus(f" {broker.locus_id}\n")["id"] == broker.locus_id


ADDRESSES = [
    "https://antares.noirlab.edu/loci/{}",
    " https://antares.noirlab.edu/loci/{}/\n",
    "http://antares.noirlab.edu/loci/{}?tab=alerts#top",
    "HTTPS://ANTARES.noirlab.edu/loci/{}",
    "antares.noirlab.edu/loci/{}",
    "https://api.antares.noirlab.edu/v1/loci/{}/alerts",
]


@pytest.mark.parametrize("address", ADDRESSES)
def test_the_address_of_a_locus_is_as_good_as_its_id(address):
    assert locus_url(address.format("ANT2026abcd")) == ADDRESSES[0].format("ANT2026abcd")


def test_a_locus_is_fetched_by_its_address(broker):
    assert fetch_locus(ADDRESSES[0].format(broker.locus_id))["id"] == broker.locus_id


@pytest.mark.parametrize("length", [4, 60])
def test_an_id_may_be_short_or_long(length):
    assert locus_url("ANT" + "7" * length).endswith("/ANT" + "7" * length)


# What is fetched


@for_each("locus_id", BUNDLED_IDS)
@pytest.mark.usefixtures("bundled_sandbox")
def test_a_locus_is_exactly_what_the_client_gives(locus_id):
    expected = search.get_by_id(locus_id).to_devkit(include_catalogs=True)

    locus = fetch_locus(locus_id)

    assert locus == expected
    assert list(locus) == list(expected)


@pytest.mark.usefixtures("bundled_sandbox")
def test_without_catalogs_a_locus_is_what_the_client_gives_without():
    expected = search.get_by_id(TUTORIAL_ID).to_devkit(include_catalogs=False)

    assert fetch_locus(TUTORIAL_ID, include_catalogs=False) == expected
    assert expected["catalog_objects"] == {}


@pytest.mark.usefixtures("bundled_sandbox")
def test_a_locus_can_be_written_as_json():
    locus = fetch_locus(TUTORIAL_ID)

    assert json.loads(json.dumps(locus)) == locus


@pytest.mark.usefixtures("bundled_sandbox")
def test_a_locus_is_a_devkit_locus():
    locus = fetch_locus(TUTORIAL_ID)

    model = DevKitLocus.model_validate(locus)

    assert model.id == TUTORIAL_ID
    assert len(model.alerts) == len(locus["alerts"])


def test_a_real_locus_is_fetched_under_its_own_id(real_loci, serving, tmp_path):
    save_locus(real_loci[REAL_ID], tmp_path)

    with serving(tmp_path):
        locus = fetch_locus(REAL_ID)
        expected = search.get_by_id(REAL_ID).to_devkit(include_catalogs=True)

    assert locus == expected == real_loci[REAL_ID]
    assert len(extract_lightcurve(locus)) == 16


def test_every_real_locus_comes_back_exactly(real_loci, serving, tmp_path):
    for locus in real_loci.values():
        save_locus(locus, tmp_path)

    with serving(tmp_path):
        assert {name: fetch_locus(name) for name in real_loci} == real_loci


# The forms of a locus


def assert_same(lc, expected):
    assert lc.meta == expected.meta
    assert lc.colnames == expected.colnames
    for name in lc.colnames:
        np.testing.assert_array_equal(np.asarray(lc[name]), np.asarray(expected[name]))


def test_the_form_of_the_devkit_gives_the_same_light_curve():
    locus = one_of_each_survey()

    lc = extract_lightcurve(DevKitLocus.model_validate(locus), survey="all")

    assert_same(lc, extract_lightcurve(locus, survey="all"))


def test_num_alerts_and_tags_are_found_in_the_form_of_the_devkit():
    locus = locus_of(lsst_alert(), num_alerts=2) | {"user_tags": ["simulated"]}

    with pytest.warns(UserWarning, match="should have 2 alerts"):
        lc = extract_lightcurve(DevKitLocus.model_validate(locus))

    assert lc.meta["simulated"] is True


@pytest.mark.usefixtures("bundled_sandbox")
@pytest.mark.parametrize("are_loaded", [True, False])
def test_the_form_of_the_client_gives_the_same_light_curve(are_loaded):
    locus = search.get_by_id(TUTORIAL_ID)
    if are_loaded:
        assert locus.alerts

    assert_same(extract_lightcurve(locus), extract_lightcurve(fetch_locus(TUTORIAL_ID)))


def test_of_the_client_s_locus_only_missing_alerts_are_fetched(broker):
    locus = search.get_by_id(broker.locus_id)
    broker.requests.clear()

    for _ in range(2):
        extract_lightcurve(locus)

    assert [part for part, _ in broker.requests] == ["alerts"]


def test_alerts_that_are_loaded_are_not_fetched_even_if_there_are_none(broker):
    locus = Locus(broker.locus_id, 10.0, -30.0, properties={}, tags=[], alerts=[])

    assert len(extract_lightcurve(locus)) == 0
    assert broker.requests == []


def test_a_failure_to_complete_the_client_s_locus_is_ours(broker):
    locus = search.get_by_id(broker.locus_id)
    broker.answer("alerts", sends({"errors": []}, status=500))

    with pytest.raises(ServiceError, match="500") as caught:
        extract_lightcurve(locus, retries=1)

    assert caught.value.locus_id == broker.locus_id
    assert broker.count("alerts") == 2


@pytest.mark.parametrize("options", [{"timeout": 0}, {"retries": -1}])
def test_limits_are_checked_before_the_client_s_locus_is_completed(options, broker):
    locus = Locus(broker.locus_id, 10.0, -30.0, properties={}, tags=[])

    with pytest.raises(InvalidInputError):
        extract_lightcurve(locus, **options)

    assert broker.requests == []


def test_a_dict_is_taken_as_it_is():
    locus = locus_of(lsst_alert())

    assert as_locus_dict(locus) is locus


def test_a_locus_needs_nothing_but_its_alerts():
    lc = extract_lightcurve({"alerts": [lsst_alert(snr=ABSENT)]})

    assert len(lc) == 1
    assert lc.meta["locus_id"] == ""


def test_the_id_of_a_locus_is_in_the_meta():
    assert extract_lightcurve(locus_of()).meta["locus_id"] == LOCUS_ID
