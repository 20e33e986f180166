"""Is the service still what the helpers assume?

Once a week this runs against the live service (ANTARES_LIVE=1), and in every test run against the
sandbox, which shows that it can pass.
"""

from itertools import islice
from typing import Any

import numpy as np
import pytest
from antares_client import search
from antares_devkit.models import DevKitLocus

from antares_helpers import extract_lightcurve, fetch_locus, to_magnitude

TUTORIAL_ID = "ANT2026z3bqyjga24oc"
FEWEST_LOCI = 5
KEYS = {
    "id": str,
    "ra": float,
    "dec": float,
    "user_tags": list,
    "old_properties": dict,
    "catalog_objects": dict,
    "grav_wave_events_metadata": dict,
    "alerts": list,
}
PROPERTIES = {
    "lsst_diaSource_band": str,
    "lsst_diaSource_psfFlux": float,
    "lsst_diaSource_psfFluxErr": float,
    "lsst_diaSource_isNegative": bool,
    "lsst_diaSource_isDipole": bool,
    "lsst_diaSource_diaSourceId": int,
    "lsst_diaSource_midpointMjdTai": float,
    "lsst_diaSource_snr": float,
    "lsst_diaSource_reliability": float,
}


@pytest.fixture(scope="module")
def locus() -> dict[str, Any]:
    return fetch_locus(TUTORIAL_ID)


@pytest.fixture(scope="module")
def loci() -> list[dict[str, Any]]:
    query = {"query": {"term": {"tags": "lsst_scimma_quality_transient"}}}
    newest = [fetch_locus(each.locus_id) for each in islice(search.search(query), 20)]
    # The sandbox holds one locus twice, the second time in the other sign convention.
    found = [each for each in newest if "sim_same_source_as" not in each["old_properties"]]
    assert len(found) >= FEWEST_LOCI
    return found


def lsst_alerts(loci: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [a for locus in loci for a in locus["alerts"] if a["id"].startswith("lsst")]


def test_locus_has_the_keys_and_types_that_we_read(locus: dict[str, Any]) -> None:
    assert {key: type(value) for key, value in locus.items()} == KEYS


def test_devkit_accepts_the_locus(locus: dict[str, Any]) -> None:
    assert DevKitLocus.model_validate(locus).locus_id == TUTORIAL_ID


def test_client_gives_the_same_locus(locus: dict[str, Any]) -> None:
    direct = search.get_by_id(TUTORIAL_ID).to_devkit(include_catalogs=True)
    assert {a["id"] for a in direct["alerts"]} >= {a["id"] for a in locus["alerts"]}
    assert direct.keys() == locus.keys()


@pytest.mark.parametrize("name", PROPERTIES)
def test_property_has_the_type_that_we_read(loci: list[dict[str, Any]], name: str) -> None:
    values = [alert["properties"].get(name) for alert in lsst_alerts(loci)]
    there = [value for value in values if value is not None]
    assert len(there) > 0.9 * len(values)
    assert all(isinstance(value, PROPERTIES[name]) for value in there)


def test_time_of_an_alert_is_the_midpoint_in_tai(loci: list[dict[str, Any]]) -> None:
    for alert in lsst_alerts(loci):
        midpoint = alert["properties"]["lsst_diaSource_midpointMjdTai"]
        assert alert["mjd"] == pytest.approx(midpoint, rel=0, abs=1e-9)


def test_id_of_an_alert_is_that_of_its_dia_source(loci: list[dict[str, Any]]) -> None:
    for alert in lsst_alerts(loci):
        assert alert["id"] == f"lsst:{alert['properties']['lsst_diaSource_diaSourceId']}"


def test_magnitudes_follow_from_the_fluxes(loci: list[dict[str, Any]]) -> None:
    properties = [alert["properties"] for alert in lsst_alerts(loci)]
    with_magnitude = [each for each in properties if "ant_mag" in each]
    assert with_magnitude
    flux = [abs(each["lsst_diaSource_psfFlux"]) for each in with_magnitude]
    magnitude = [each["ant_mag"] for each in with_magnitude]
    np.testing.assert_allclose(to_magnitude(flux), magnitude, rtol=0, atol=1e-9)


def test_negative_detections_are_written_with_their_sign(loci: list[dict[str, Any]]) -> None:
    seen = {extract_lightcurve(locus).meta["sign_convention"] for locus in loci}
    assert seen <= {"signed", "none"}


def test_every_alert_is_accounted_for(loci: list[dict[str, Any]]) -> None:
    for locus in loci:
        report = extract_lightcurve(locus).meta["report"]
        assert report["alerts"] == report["included"] + sum(report["excluded"].values())
