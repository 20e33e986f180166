"""Telling what has drifted between a recorded folder and the service."""

import copy
import json

import pytest
from small_service import DATA, SmallService, serving

from antares_sandbox import Sandbox, SandboxError, compare_folder, record_loci

LOCUS, ALERTS, MATCHES = DATA


@pytest.fixture
def service():
    with serving(SmallService(copy.deepcopy(DATA))) as running:
        yield running


@pytest.fixture
def folder(service, tmp_path):
    record_loci(["ANT2026small"], source=service.url, folder=tmp_path)
    return tmp_path


def drifts(folder, service):
    """Return the drifts as lines, without the ID."""
    return [str(drift).partition(": ")[2] for drift in compare_folder(folder, service.url).drifts]


def test_nothing_drifts_at_once(folder, service):
    comparison = compare_folder(folder, service.url)

    assert (comparison.same, comparison.drifts, comparison.failed) == (["ANT2026small"], [], {})


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({"ra": 10.25}, "ra changed: 10.0 -> 10.25"),
        ({"tags": ["b", "a", "c"]}, "tags.c added"),
        ({"tags": ["a"]}, "tags.b removed"),
        ({"catalogs": ["gaia_dr3_gaia_source"]}, "catalogs.removed removed"),
        ({"grav_wave_events": []}, "grav_wave_events.S260608x removed"),
        ({"new_key": 1}, "new_key added"),
        ({"htm16": None}, "htm16 changed: 12345678901 -> None"),
    ],
)
def test_a_change_of_the_locus_is_listed(folder, service, changes, line):
    service.data[LOCUS] |= changes

    assert drifts(folder, service) == [line]


@pytest.mark.parametrize("whose", ["internal", "user"])
def test_a_change_of_a_property_is_listed(folder, service, whose):
    service.data[LOCUS][f"{whose}_properties"]["fresh"] = 2.5

    assert drifts(folder, service) == [f"{whose}_properties.fresh added"]


def test_a_property_that_moves_is_removed_and_added(folder, service):
    value = service.data[LOCUS]["user_properties"].pop("mine")
    service.data[LOCUS]["internal_properties"]["mine"] = value

    assert drifts(folder, service) == [
        "internal_properties.mine added",
        "user_properties.mine removed",
    ]


def test_a_new_alert_is_listed(folder, service):
    service.data[ALERTS].append({**service.data[ALERTS][0], "id": "lsst:2"})

    assert drifts(folder, service) == ["alerts.lsst:2 added"]


def test_an_alert_that_is_gone_is_listed(folder, service):
    service.data[ALERTS].clear()

    assert drifts(folder, service) == ["alerts.lsst:170112073793011889 removed"]


def test_the_order_of_the_alerts_does_not_matter(service, tmp_path):
    service.data[ALERTS].append({**service.data[ALERTS][0], "id": "lsst:2"})
    record_loci(["ANT2026small"], source=service.url, folder=tmp_path)
    service.data[ALERTS].reverse()

    assert drifts(tmp_path, service) == []


def test_a_change_in_an_alert_is_listed(folder, service):
    service.data[ALERTS][0]["properties"]["ant_survey"] = True

    assert drifts(folder, service) == [
        "alerts.lsst:170112073793011889.properties.ant_survey changed: 4 -> True"
    ]


def test_a_change_of_the_light_curve_is_listed(folder, service):
    service.data[LOCUS]["lightcurve"] += "2026-06-09 12:00:00,lsst:2\n"

    assert drifts(folder, service) == ["lightcurve.lsst:2 added"]


def test_a_change_in_a_catalog_match_is_listed(folder, service):
    service.data[MATCHES][0]["extra"]["separation"] = 0.5

    assert drifts(folder, service) == [
        "catalog_matches.gaia_dr3_gaia_source 7.extra.separation changed: 0.25 -> 0.5"
    ]


def test_a_long_value_is_cut(folder, service):
    service.data[LOCUS]["not_in_version_2"]["x"] = list(range(1000))

    (line,) = drifts(folder, service)
    assert line.startswith("not_in_version_2.x changed: [1] -> [0, 1, 2")
    assert len(line) < 120


def test_a_locus_without_wire_is_compared_as_far_as_it_goes(folder, service):
    path = folder / "ANT2026small.json"
    content = json.loads(path.read_text("utf-8"))
    del content["wire"]
    path.write_text(json.dumps(content))
    service.data[LOCUS]["htm16"] = 1
    service.data[LOCUS]["user_properties"]["fresh"] = 1

    assert drifts(folder, service) == ["old_properties.fresh added"]


def test_the_simulated_loci_are_compared_with_a_sandbox(sandbox):
    comparison = compare_folder(sandbox.folder, sandbox.url)

    assert comparison.same == sandbox.locus_ids
    assert comparison.failed == {}


def test_a_locus_that_is_gone_could_not_be_compared(folder, service):
    del service.data[LOCUS]

    failed = compare_folder(folder, service.url).failed

    assert "no such locus (404)" in failed["ANT2026small"]


def test_a_damaged_file_could_not_be_compared(folder, service):
    (folder / "broken.json").write_text("{")

    comparison = compare_folder(folder, service.url)

    assert "is not a locus file" in comparison.failed["broken.json"]
    assert comparison.same == ["ANT2026small"]


def test_an_answer_that_is_none_could_not_be_compared(folder, service):
    service.data[ALERTS] = [{"id": "lsst:1"}]

    assert compare_folder(folder, service.url).failed == {"ANT2026small": "KeyError('mjd')"}


def test_a_folder_with_nothing_to_compare_is_an_error(tmp_path):
    with Sandbox() as sandbox, pytest.raises(SandboxError, match="holds no locus files"):
        compare_folder(tmp_path, sandbox.url)
