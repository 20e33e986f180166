import httpx
import pytest
from antares_client import search
from antares_devkit.models import DevKitLocus
from looping import for_each

from antares_sandbox import BUNDLED, TUTORIAL_ID

BUNDLED_IDS = sorted(path.stem for path in BUNDLED.glob("*.json"))


def test_every_bundled_locus_comes_back_exactly(sandbox, fetch, bundled):
    fetched = {locus_id: fetch(locus_id) for locus_id in sandbox.locus_ids}

    assert fetched == {locus_id: file["locus"] for locus_id, file in bundled.items()}


@for_each("locus_id", BUNDLED_IDS)
def test_every_bundled_locus_is_a_devkit_locus(locus_id, bundled):
    locus = DevKitLocus.model_validate(bundled[locus_id]["locus"])

    assert len(locus.alerts) == locus.internal_properties["num_alerts"]
    assert locus.user_properties["simulated"] == "true"


@pytest.mark.usefixtures("sandbox")
def test_ids_beyond_the_integers_of_a_float_survive(fetch):
    alert = fetch(TUTORIAL_ID)["alerts"][0]

    source = alert["properties"]["lsst_diaSource_diaSourceId"]
    assert alert["id"] == f"lsst:{source}"
    assert source > 2**53


@pytest.mark.usefixtures("sandbox")
def test_the_client_gets_a_light_curve_with_a_row_for_each_alert():
    locus = search.get_by_id(TUTORIAL_ID)

    assert list(locus.lightcurve["alert_id"]) == [alert.alert_id for alert in locus.alerts]


@pytest.mark.usefixtures("sandbox")
def test_an_unknown_locus_is_none():
    assert search.get_by_id("ANT2026unknown") is None


def test_a_small_response_does_not_wait_for_a_delayed_acknowledgement(sandbox):
    with httpx.Client(base_url=sandbox.url, trust_env=False) as client:
        client.get(f"loci/{TUTORIAL_ID}")
        waits = [client.get(f"loci/{TUTORIAL_ID}").elapsed.total_seconds() for _ in range(5)]

    assert min(waits) < 0.03
