"""Loci are found by name, place, tag, property and query; each once, lazily, newest first."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import astropy.units as u
import httpx
import numpy as np
import pytest
from antares_client import search
from astropy.coordinates import SkyCoord
from raw_server import sends, serving

from antares_helpers import (
    InvalidInputError,
    ServiceError,
    extract_lightcurve,
    find_loci,
    load_locus,
)
from antares_helpers.errors import AntaresHelpersWarning, BadDataError
from antares_sandbox import BUNDLED, TUTORIAL_ID, Sandbox
from antares_sandbox.faults import Delay, Null, RepeatLocus, Sometimes, Status

pytestmark = pytest.mark.usefixtures("sandbox")


@pytest.fixture(scope="module")
def _running() -> Iterator[Sandbox]:
    with Sandbox() as running:
        yield running


@pytest.fixture(scope="module")
def stored() -> dict[str, dict[str, Any]]:
    files = [json.loads(path.read_text(encoding="utf-8")) for path in BUNDLED.glob("ANT*.json")]
    return {file["locus"]["id"]: file["locus"] for file in files}


def ids_of(found: Any) -> list[str]:
    return [locus.locus_id for locus in found]


def searches(sandbox: Sandbox) -> list[dict[str, list[str]]]:
    return [parse_qs(each.query) for each in sandbox.requests if each.path == "loci"]


def with_survey_id(stored: dict[str, Any], name: str) -> tuple[str, str]:
    for locus_id, locus in stored.items():
        survey = locus["old_properties"].get("survey", {}).get("lsst", {})
        if survey.get(name):
            return locus_id, survey[name][0]
    raise AssertionError(f"no simulated locus has a {name}")


# By name


def test_a_locus_is_found_by_its_id() -> None:
    assert ids_of(find_loci(locus_id=f" {TUTORIAL_ID} ")) == [TUTORIAL_ID]


@pytest.mark.parametrize("form", [str, int, np.int64, lambda each: f" {each} "])
@pytest.mark.parametrize("name", ["dia_object_id", "ss_object_id"])
def test_a_locus_is_found_by_an_id_of_rubin(stored: dict[str, Any], name: str, form: Any) -> None:
    locus_id, rubin_id = with_survey_id(stored, name)
    assert locus_id in ids_of(find_loci(**{name: form(rubin_id)}))


def test_the_last_digit_of_an_id_counts(stored: dict[str, Any]) -> None:
    locus_id, dia_object_id = with_survey_id(stored, "dia_object_id")
    assert locus_id not in ids_of(find_loci(dia_object_id=int(dia_object_id) + 1))


def test_a_locus_is_found_by_the_name_of_ztf(stored: dict[str, Any]) -> None:
    named = {each["old_properties"].get("ztf_object_id"): name for name, each in stored.items()}
    ztf_name, locus_id = next((name, each) for name, each in named.items() if name)
    assert ids_of(find_loci(ztf_object_id=ztf_name)) == [locus_id]


SECOND = "ZTF26aasecnd"


@pytest.fixture
def two_names(tmp_path: Path, sandbox: Sandbox) -> Iterator[str]:  # noqa: ARG001 (is set aside)
    """A locus of two ZTF names, of which one is its `ztf_object_id`."""
    content = json.loads((BUNDLED / f"{MIXED}.json").read_bytes())
    content["locus"]["old_properties"]["survey"]["ztf"]["id"].append(SECOND)
    (tmp_path / f"{MIXED}.json").write_text(
        json.dumps({key: content[key] for key in ("header", "locus")})
    )
    with Sandbox(tmp_path):
        yield MIXED


@pytest.mark.parametrize("form", [str, str.lower, str.upper, np.str_, lambda each: f" {each}\n"])
@pytest.mark.parametrize("name", ["ZTF26aasimul", SECOND])
@pytest.mark.parametrize("criterion", ["name", "ztf_object_id"])
def test_a_locus_is_found_by_each_of_its_ztf_names(
    two_names: str, name: str, form: Any, criterion: str
) -> None:
    assert ids_of(find_loci(**{criterion: form(name)})) == [two_names]
    assert ids_of(find_loci(**{criterion: form(name[:-2] + "zz")})) == []


MIXED = "ANT2026simmixed"


def ids_in(locus_id: str) -> tuple[str, str, str]:
    """Return the diaObjectId of a bundled locus, and the newest and brightest diaSourceId."""
    properties = load_locus(BUNDLED / f"{locus_id}.json")["old_properties"]
    (dia_object_id,) = properties["survey"]["lsst"]["dia_object_id"]
    newest, brightest = (properties[f"{end}_alert_id"] for end in ("newest", "brightest"))
    return dia_object_id, newest.removeprefix("lsst:"), brightest.removeprefix("lsst:")


OBJECT, NEWEST, BRIGHTEST = ids_in(TUTORIAL_ID)
NAMES: dict[str, tuple[str, Any]] = {
    "ID": (MIXED, MIXED),
    "address": (MIXED, f" https://antares.noirlab.edu/loci/{MIXED}?x=1 "),
    "ZTF name": (MIXED, "ZTF26aasimul"),
    "ZTF name, lower case": (MIXED, "ztf26aasimul"),
    "diaObjectId": (TUTORIAL_ID, OBJECT),
    "int": (TUTORIAL_ID, int(OBJECT)),
    "int64": (TUTORIAL_ID, np.int64(OBJECT)),
    "uint64": (TUTORIAL_ID, np.uint64(OBJECT)),
    "numpy str": (TUTORIAL_ID, np.str_(f" {OBJECT}\n")),
    "DO": (TUTORIAL_ID, f"LSST-AP-DO-{OBJECT}"),
    "DO, lower case": (TUTORIAL_ID, f"lsst-ap-do-{OBJECT}"),
    "DS of the first": (TUTORIAL_ID, f"LSST-AP-DS-{OBJECT}"),
    "DS of the newest": (TUTORIAL_ID, f"LSST-AP-DS-{NEWEST}"),
    "alert ID": (TUTORIAL_ID, f"lsst:{BRIGHTEST}"),
    "alert ID, upper case": (TUTORIAL_ID, f"LSST:{NEWEST}"),
    "int of the newest": (TUTORIAL_ID, int(NEWEST)),
    "brightest": (TUTORIAL_ID, BRIGHTEST),
}


@pytest.mark.parametrize(("locus_id", "name"), NAMES.values(), ids=NAMES)
def test_a_locus_is_found_by_any_name(locus_id: str, name: Any) -> None:
    assert ids_of(find_loci(name=name)) == [locus_id]


def test_a_number_can_be_that_of_a_solar_system_object(stored: dict[str, Any]) -> None:
    locus_id, ss_object_id = with_survey_id(stored, "ss_object_id")
    assert locus_id in ids_of(find_loci(name=int(ss_object_id)))


@pytest.mark.parametrize("form", ["LSST-AP-DO-{}", " lsst-ap-do-{} "])
def test_a_dia_object_id_may_have_its_prefix(form: str) -> None:
    assert ids_of(find_loci(dia_object_id=form.format(OBJECT))) == [TUTORIAL_ID]


def test_a_name_holds_together_with_other_criteria() -> None:
    assert find_loci(name=OBJECT, tag="simulated")
    assert not find_loci(name=f"LSST-AP-DO-{OBJECT}", tag="high_snr", limit=5)


@pytest.mark.parametrize("call", [{"limit": 5}, {"limit": None}], ids=str)
@pytest.mark.parametrize("form", ["lsst:{}", "LSST-AP-DS-{}", "{}"])
def test_if_a_dia_source_finds_nothing_it_is_said_why_that_may_be(
    call: dict[str, Any], form: str
) -> None:
    name = form.format(int(NEWEST) + 1)
    with pytest.warns(AntaresHelpersWarning, match=f"{name}.*newest, oldest or bright") as caught:
        assert list(find_loci(name=name, **call)) == []
    assert [each.filename for each in caught] == [__file__]


@pytest.mark.parametrize("name", ["AT 2026abc", "SN2026abc", "2026abc", "tde_2026ABC"])
def test_a_tns_name_is_sent_to_its_position(sandbox: Sandbox, name: str) -> None:
    before = len(sandbox.requests)
    with pytest.raises(InvalidInputError, match=r"TNS name.*object/2026abc.*near=\(ra, dec\)"):
        find_loci(name=name)
    assert len(sandbox.requests) == before


# Around a position


@pytest.mark.parametrize("frame", ["icrs", "galactic", "pair", "quantities"])
def test_a_cone_has_the_loci_within_its_radius(stored: dict[str, Any], frame: str) -> None:
    center = SkyCoord(62.0, -48.0, unit=u.deg)
    forms = {
        "icrs": center,
        "galactic": center.galactic,
        "pair": (62, -48.0),
        "quantities": (62 * u.deg, -48 * 60 * u.arcmin),
    }
    inside = {
        name
        for name, locus in stored.items()
        if SkyCoord(locus["ra"], locus["dec"], unit=u.deg).separation(center) <= 0.5 * u.deg
    }
    table = find_loci(near=forms[frame], radius=30 * u.arcmin).table
    assert inside
    assert set(table["locus_id"]) == inside
    assert (table["separation"] <= 1800).all()
    assert table["separation"].unit == u.arcsec


def test_a_plain_radius_is_in_degrees() -> None:
    place = (62.0, -48.0)
    plain, quantity = (find_loci(near=place, radius=each) for each in (0.25, 900 * u.arcsec))
    assert plain.query == quantity.query


def test_a_tiny_radius_is_sent_without_an_exponent() -> None:
    query = find_loci(near=(62, -48), radius=1e-3 * u.arcsec).query
    assert query["query"]["bool"]["filter"]["sky_distance"]["radius"].startswith("0.00000027777")


# By tag, property and query


def test_a_locus_must_have_every_tag(stored: dict[str, Any]) -> None:
    tags = ["lsst_scimma_quality_transient", "simulated"]
    wanted = {name for name, locus in stored.items() if set(tags) <= set(locus["user_tags"])}
    assert wanted
    assert set(ids_of(find_loci(tag=tags, limit=None))) == wanted
    assert set(ids_of(find_loci(tag=tags[0], limit=None))) >= wanted


@pytest.mark.parametrize("bounds", [(20, None), (None, 19), (5, 20), [20, 20], 20])
def test_a_range_of_a_property_includes_both_ends(stored: dict[str, Any], bounds: Any) -> None:
    low, high = bounds if isinstance(bounds, tuple | list) else (bounds, bounds)
    wanted = {
        name
        for name, locus in stored.items()
        if (low or 0) <= locus["old_properties"]["num_alerts"] <= (high or 10**9)
    }
    assert wanted
    assert set(ids_of(find_loci(properties={"num_alerts": bounds}, limit=None))) == wanted
    assert (
        set(ids_of(find_loci(properties={"properties.num_alerts": bounds}, limit=None))) == wanted
    )


@pytest.mark.parametrize("value", ["20", " 20 "])
def test_a_number_may_be_text(stored: dict[str, Any], value: str) -> None:
    found = find_loci(properties={"num_alerts": value.strip()}, limit=None)
    assert {len(stored[each]["alerts"]) for each in ids_of(found)} == {20}


@pytest.mark.parametrize("limit", [5, None])
@pytest.mark.parametrize(
    ("name", "cure"),
    [
        ("num_alert", "did you mean 'num_alerts'?"),
        ("properties.num_alert", "did you mean 'num_alerts'?"),
        ("dia_object_id", "did you mean 'survey.lsst.dia_object_id'?"),
        ("newest_alert_mag", "did you mean 'newest_alert_magnitude'?"),
        ("ra", "near="),
        ("tags", "tag="),
        ("lsst_diaSource_snr", "a property of alerts"),
        ("sim_redshfit", "spelling"),
    ],
)
def test_a_property_that_no_locus_has_is_named(name: str, cure: str, limit: int | None) -> None:
    with pytest.warns(AntaresHelpersWarning) as caught:
        assert list(find_loci(properties={name: (0, None)}, limit=limit)) == []
    (warning,) = caught
    bare = name.removeprefix("properties.")
    assert str(warning.message).startswith(f"No locus has a property {bare!r}: ")
    assert cure in str(warning.message)
    assert warning.filename == __file__


def test_a_property_that_a_locus_has_is_not_blamed(sandbox: Sandbox) -> None:
    before = len(searches(sandbox))
    assert not find_loci(properties={"num_alerts": (10**6, None)})
    assert len(searches(sandbox)) == before + 1
    assert not find_loci(properties={"sim_redshift": (10**6, None)})


def test_if_the_service_does_not_say_a_property_is_not_blamed(sandbox: Sandbox) -> None:
    found = find_loci(properties={"num_alert": 3}, limit=None, retries=0)
    sandbox.inject_fault("loci", Delay(0.001))
    sandbox.inject_fault("loci", Status(503), times=None)
    assert list(found) == []


def test_criteria_hold_together() -> None:
    raw = {"query": {"term": {"tags": "simulated"}}}
    near = {"near": (62.0, -48.0), "radius": 1.0}
    many = {"num_alerts": (10, None)}
    found = find_loci(**near, properties=many, query=raw, limit=None)
    separate = [
        set(ids_of(each))
        for each in (
            find_loci(**near, limit=None),
            find_loci(properties=many, limit=None),
            find_loci(query=raw, limit=None),
        )
    ]
    together = set(ids_of(found))
    assert together == set.intersection(*separate)
    assert together


def test_a_query_of_ones_own_is_sent_as_it_is() -> None:
    query = {"query": {"bool": {"must_not": {"term": {"tags": "simulated"}}}}}
    assert find_loci(query=query).query == query
    assert ids_of(find_loci(query=query)) == []


def test_loci_found_are_true_if_there_are_any() -> None:
    assert find_loci(locus_id=TUTORIAL_ID)
    assert not find_loci(locus_id="ANT2026nowhere")


# Order, limit, pages


def test_the_newest_come_first_as_the_client_gives_them() -> None:
    table = find_loci(limit=1000).table
    assert list(table["locus_id"]) == [locus.locus_id for locus in search.search({})]
    assert (np.diff(table["newest_mjd"]) <= 0).all()


@pytest.mark.parametrize("limit", [1, 2, 7])
def test_a_limit_is_a_limit_and_costs_one_request(sandbox: Sandbox, limit: int) -> None:
    before = len(searches(sandbox))
    table = find_loci(limit=limit).table
    assert len(table) == limit
    assert table.meta["truncated"] is True
    assert len(searches(sandbox)) == before + 1


def test_a_result_that_has_all_loci_is_not_truncated(stored: dict[str, Any]) -> None:
    found = find_loci(limit=len(stored))
    assert (len(found), found.truncated, found.table.meta["truncated"]) == (
        len(stored),
        False,
        False,
    )
    assert find_loci(limit=len(stored) - 1).truncated is True


def test_a_result_is_a_sequence() -> None:
    found = find_loci(limit=5)
    assert [found[0], *found[1:4], found[-1]] == list(found)
    assert found[2] in found
    assert repr(found) == "<SearchResult: 5 loci, and there are more>"
    with pytest.raises(IndexError):
        found[5]


def test_a_result_sends_nothing_after_it_is_returned(sandbox: Sandbox) -> None:
    found = find_loci(limit=5)
    before = len(searches(sandbox))
    assert (bool(found), len(found), len(list(found)), len(found.table)) == (True, 5, 5, 5)
    assert (repr(found), found.truncated, found.query) == (repr(found), True, {})
    assert len(searches(sandbox)) == before


def test_errors_come_from_the_call_itself(sandbox: Sandbox) -> None:
    sandbox.inject_fault("loci", Status(503), times=None)
    with pytest.raises(ServiceError, match="503"):
        find_loci(limit=5, retries=0)


def test_an_iterator_sends_nothing_before_it_is_read(sandbox: Sandbox) -> None:
    before = len(searches(sandbox))
    loci = find_loci(limit=None)
    assert (bool(loci), loci.truncated, len(loci.table)) == (True, None, 0)
    assert not hasattr(loci, "__len__")
    assert len(searches(sandbox)) == before
    next(loci)
    assert len(searches(sandbox)) == before + 1


def test_an_iterator_knows_what_was_read_and_when_it_is_at_the_end(stored: dict[str, Any]) -> None:
    loci = find_loci(limit=None)
    read = [next(loci).locus_id for _ in range(3)]
    assert (loci.truncated, list(loci.table["locus_id"])) == (None, read)
    read += ids_of(loci)
    assert (loci.truncated, list(loci.table["locus_id"])) == (False, read)
    assert loci.table.meta["truncated"] is False
    assert (len(read), list(loci)) == (len(stored), [])


def test_pages_are_asked_for_as_they_are_needed(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("antares_helpers.fetching.search.MAX_PAGE_SIZE", 10)
    before = len(searches(sandbox))
    loci = find_loci(limit=None)
    for _ in range(11):
        next(loci)
    assert len(searches(sandbox)) == before + 2


def test_a_locus_that_moves_to_the_next_page_is_given_once(
    sandbox: Sandbox, stored: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("antares_helpers.fetching.search.MAX_PAGE_SIZE", 10)
    sandbox.inject_fault("loci", RepeatLocus(), times=None)
    found = ids_of(find_loci(limit=None))
    assert len(found) == len(set(found)) == len(stored)


def test_a_service_that_repeats_itself_for_ever_is_given_up(sandbox: Sandbox) -> None:
    body = httpx.get(f"{sandbox.url}loci", params={"limit": 5}, trust_env=False).json()
    with serving(lambda *given: sends(json.dumps(body).encode())(*given)) as server:
        body["links"]["next"] = f"{server.url}loci?offset=5"
        with pytest.raises(BadDataError, match="keeps sending the same loci"):
            list(find_loci(limit=None))
        assert len(server.requests) < 10


# Failures


def test_a_page_that_fails_is_asked_for_again(
    sandbox: Sandbox, stored: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("antares_helpers.fetching.search.MAX_PAGE_SIZE", 10)
    sandbox.inject_fault("loci", Sometimes(Status(503), 0.3), times=None)
    assert set(ids_of(find_loci(limit=None))) == set(stored)


def test_after_an_error_reading_goes_on(
    sandbox: Sandbox, stored: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("antares_helpers.fetching.search.MAX_PAGE_SIZE", 10)
    loci = find_loci(limit=None, retries=0)
    first = [next(loci).locus_id for _ in range(10)]
    sandbox.inject_fault("loci", Status(503), times=1)
    with pytest.raises(ServiceError, match="503"):
        next(loci)
    rest = ids_of(loci)
    assert not set(first) & set(rest)
    assert len(first) + len(rest) == len(stored)


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Status(404), ServiceError),
        (Status(400), ServiceError),
        (Null("data"), BadDataError),
        (Null("links"), BadDataError),
    ],
    ids=str,
)
def test_a_search_that_fails_is_a_typed_error(sandbox: Sandbox, fault: Any, error: Any) -> None:
    sandbox.inject_fault("loci", fault, times=None)
    with pytest.raises(error):
        list(find_loci(limit=None, retries=0))


# Tables


def test_a_table_has_what_the_loci_have(stored: dict[str, Any]) -> None:
    for row in find_loci(limit=1000).table:
        locus = stored[row["locus_id"]]
        assert (row["ra"], row["dec"]) == (locus["ra"], locus["dec"])
        assert row["num_alerts"] == len(locus["alerts"])
        assert row["newest_mjd"] == locus["old_properties"]["newest_alert_observation_time"]
        assert row["tags"].split(", ") == sorted(locus["user_tags"])


def test_a_table_of_nothing_has_the_same_columns() -> None:
    full, empty = (find_loci(near=(62, -48), radius=each).table for each in (1, 1e-9))
    assert len(empty) == 0
    assert empty.colnames == full.colnames
    assert [empty[name].dtype.kind for name in empty.colnames] == [
        full[name].dtype.kind for name in full.colnames
    ]


@pytest.mark.parametrize("cone", [{}, {"near": (62, -48), "radius": 1}], ids=str)
def test_a_table_is_readable_in_80_columns(
    monkeypatch: pytest.MonkeyPatch, cone: dict[str, Any]
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("LINES", "25")
    table = find_loci(**cone, limit=5).table
    lines = str(table).splitlines()
    assert max(map(len, lines)) <= 80
    shown = {"locus_id", "num_alerts", "newest_mjd", "ra", "dec", *(["separation"] if cone else [])}
    assert shown <= set(lines[0].split())
    assert all(each["locus_id"] in str(table) for each in table)


def test_what_the_service_does_not_tell_is_masked(sandbox: Sandbox) -> None:
    sandbox.inject_fault("loci", Null("data.*.locus.properties.num_alerts"), times=None)
    table = find_loci(limit=3).table
    assert table["num_alerts"].mask.all()
    assert not table["newest_mjd"].mask.any()


def test_a_locus_found_has_a_light_curve() -> None:
    (found,) = find_loci(locus_id=TUTORIAL_ID)
    assert len(extract_lightcurve(found)) > 0


# What can't be meant


@pytest.mark.parametrize(
    ("criteria", "message"),
    [
        ({"near": (-48.0, 262.0), "radius": 1}, "swapped"),
        ({"near": (262.0, -98.0), "radius": 1}, "from -90 to 90"),
        ({"near": (float("nan"), 0.0), "radius": 1}, "from -90 to 90"),
        ({"near": "M31", "radius": 1}, "SkyCoord"),
        ({"near": (1, 2, 3), "radius": 1}, "SkyCoord"),
        ({"near": SkyCoord([1, 2], [3, 4], unit=u.deg), "radius": 1}, "one position"),
        ({"near": (62, -48)}, "both near and radius"),
        ({"radius": 1}, "both near and radius"),
        ({"near": (62, -48), "radius": 1.001}, "at most one degree"),
        ({"near": (62, -48), "radius": 61 * u.arcmin}, "at most one degree"),
        ({"near": (62, -48), "radius": 0}, "above 0"),
        ({"near": (62, -48), "radius": -1}, "above 0"),
        ({"near": (62, -48), "radius": 1 * u.s}, "above 0"),
        ({"query": {"query": {"term": {"a": np.int64(3)}}}}, "sent as JSON"),
        ({"near": (62, -48), "radius": "1 deg"}, "above 0"),
        ({"limit": -1}, "1 or more"),
        ({"limit": 0}, "1 or more"),
        ({"limit": 2.0}, "1 or more"),
        ({"limit": True}, "1 or more"),
        ({"locus_id": "M31"}, "not an ANTARES locus ID"),
        ({"name": 1.7e17}, "loses the last digits"),
        ({"name": np.float64(1.7e17)}, "loses the last digits"),
        ({"name": True}, "whole number"),
        ({"name": -1}, "whole number"),
        ({"name": 0}, "whole number"),
        ({"name": [170587117485817955]}, "whole number"),
        ({"name": b"ZTF18abcdefg"}, "must be a string"),
        ({"name": "170587117485817955.0"}, "not a name by which"),
        ({"name": "M31"}, "near="),
        ({"name": ""}, "not a name by which"),
        ({"name": "x" * 10**6}, "not a name by which"),
        ({"dia_object_id": "ZTF18abcdefg"}, "find_loci\\(name="),
        ({"dia_object_id": "LSST-AP-DS-170587117485817955"}, "find_loci\\(name="),
        ({"ss_object_id": "LSST-AP-DO-170587117485817955"}, "find_loci\\(name="),
        ({"dia_object_id": 1.7e17}, "loses the last digits"),
        ({"dia_object_id": "170-1"}, "whole number"),
        ({"dia_object_id": -1}, "whole number"),
        ({"ss_object_id": "2013 RC42"}, "whole number"),
        ({"ztf_object_id": "ZTF18/../x"}, "a name such as"),
        ({"ztf_object_id": 18}, "a name such as"),
        ({"tag": ""}, "name of a tag"),
        ({"tag": []}, "name of a tag"),
        ({"tag": 3}, "name of a tag"),
        ({"properties": {}}, "mapping"),
        ({"properties": "num_alerts"}, "mapping"),
        ({"properties": {"num_alerts": (3, 1)}}, "lowest"),
        ({"properties": {"num_alerts": (None, None)}}, "pair"),
        ({"properties": {"num_alerts": (1, 2, 3)}}, "pair"),
        ({"properties": {"num_alerts": float("inf")}}, "pair"),
        ({"properties": {"": 1}}, "name of a property"),
        ({"properties": {"num_alerts": ">10"}}, "Write .*'num_alerts': \\(10, None\\)"),
        ({"properties": {"num_alerts": " >= 10 "}}, "Write .*\\(10, None\\)"),
        ({"properties": {"a_filter": "<1.5e-3"}}, "Write .*'a_filter': \\(None, 1.5e-3\\)"),
        ({"properties": {"a_filter": "==-3"}}, "Write .*'a_filter': -3}"),
        ({"properties": {"properties.num_alerts": "10-20"}}, "'num_alerts': \\(10, 20\\)"),
        ({"properties": {"num_alerts": "10 .. 20"}}, "\\(10, 20\\)"),
        ({"properties": {"num_alerts": "more than 10"}}, "pair"),
        ({"properties": {"num_alerts": "> 10 and < 20"}}, "pair"),
        ({"properties": {"num_alerts": "!=3"}}, "For anything else, use query="),
        ({"properties": {"num_alerts": "nan"}}, "pair"),
        ({"properties": {"num_alerts": {"gt": 10}}}, "pair"),
        ({"properties": {"newest_alert_observation_time": "2026-07-01"}}, "pair"),
        ({"query": {}}, "one key"),
        ({"query": {"query": {}, "size": 3}}, "one key"),
        ({"query": {"query": []}}, "one key"),
        ({"query": {"query": ["a"]}}, "mapping"),
        ({"timeout": 0}, "positive"),
        ({"retries": -1}, "0 or more"),
    ],
    ids=str,
)
def test_what_can_not_be_meant_is_told_before_anything_is_sent(
    sandbox: Sandbox, criteria: dict[str, Any], message: str
) -> None:
    before = len(sandbox.requests)
    with pytest.raises(InvalidInputError, match=message):
        find_loci(**criteria)
    assert len(sandbox.requests) == before


@pytest.mark.parametrize(
    "number", [10**400, 10**5000, -(10**5000)], ids=["400", "5000", "negative"]
)
def test_endless_numbers_are_refused(number: int) -> None:
    with pytest.raises(InvalidInputError, match="whole number"):
        find_loci(dia_object_id=number)
    with pytest.raises(InvalidInputError, match="pair"):
        find_loci(properties={"num_alerts": (None, number)})
