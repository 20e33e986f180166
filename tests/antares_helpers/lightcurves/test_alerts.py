from collections import UserDict

import numpy as np
import pytest
from building import lsst_alert, other_alert, ztf_alert, ztf_limit

from antares_helpers.lightcurves.alerts import AlertList, common_columns, numbers, split_by_survey


def test_alerts_are_sorted_by_survey():
    alerts = [ztf_limit(), ztf_alert(), lsst_alert(), other_alert()]

    surveys, malformed = split_by_survey(alerts)

    found = {name: [each.split(":")[0] for each in some.ids] for name, some in surveys.items()}
    assert found == {
        "lsst": ["lsst"],
        "ztf": ["ztf_candidate"],
        "ztf limit": ["ztf_upper_limit"],
        "other": ["decat_nsf"],
    }
    assert malformed == 0


@pytest.mark.parametrize(
    "alert",
    [
        *(None, 5, "lsst:1", [], {}, ["id"]),
        {"id": "lsst:1"},
        {"properties": {}},
        {"id": None, "properties": {}},
        {"id": 5, "properties": {}},
        {"id": b"lsst:1", "properties": {}},
        {"id": "lsst:1", "properties": None},
        {"id": "lsst:1", "properties": []},
    ],
)
def test_a_malformed_alert_is_counted(alert):
    surveys, malformed = split_by_survey([alert, lsst_alert()])

    assert malformed == 1
    assert [len(some.ids) for some in surveys.values()] == [1, 0, 0, 0]


@pytest.mark.parametrize(("length", "malformed"), [(100, 0), (101, 1)])
def test_an_id_has_at_most_100_characters(length, malformed):
    alert = {"id": "lsst:".ljust(length, "1"), "properties": {}}

    assert split_by_survey([alert])[1] == malformed


def test_an_alert_without_a_time_is_not_malformed():
    surveys, malformed = split_by_survey([{"id": "lsst:1", "properties": {}}])

    assert malformed == 0
    assert surveys["lsst"].mjds == [None]


def test_properties_may_be_any_mapping():
    surveys, _ = split_by_survey([{"id": "lsst:1", "properties": UserDict(a=1)}])

    assert surveys["lsst"].properties[0]["a"] == 1


def test_columns_have_a_value_for_each_alert():
    columns = common_columns(AlertList(["lsst:1", "lsst:22"], [1.0, 2.0], [{}, {}]), "lsst")

    assert columns["alert_id"].tolist() == ["lsst:1", "lsst:22"]
    assert columns["survey"].tolist() == ["lsst", "lsst"]
    assert columns["is_limit"].tolist() == [False, False]


def test_the_first_property_that_is_a_number_counts():
    alerts = [{"a": 1.0, "b": 2.0}, {"a": None, "b": 2.0}, {"b": "x"}]

    np.testing.assert_array_equal(numbers(alerts, "a", "b"), [1.0, 2.0, np.nan])
