"""The devkit's own LSST filters, run over the simulated loci."""

import pytest
from antares_devkit.models import DevKitLocus
from antares_devkit.utils import get_filters
from looping import for_each

from simulated_sky import simulate_loci

pytest.importorskip("slack_sdk", reason="two of the filters import slack_sdk (slack-sdk)")

# A filter takes magnitudes that an alert lacks as they come.
pytestmark = pytest.mark.filterwarnings("ignore:Warning. converting a masked element to nan")

# What one alert is enough for, and what looks at the whole light curve.
ALERT_FILTERS = {
    "LsstTransientQualityFilterScimma": "lsst_scimma_quality_transient",
    "In_LSSTDDF": "in_LSSTDDF",
}
CURVE_FILTERS = {
    "young_rubin_transients_soraisam": "young_rubin_transients",
    "rubin_NovTest_soraisam": "SN_candies",
}
FILTERS = ALERT_FILTERS | CURVE_FILTERS
LOCI = {file["locus"]["id"]: file["locus"] for file in simulate_loci()}
# Longer light curves than this are refused whatever they show.
LONGEST_D = 30.0


@pytest.fixture(autouse=True)
def _no_slack(monkeypatch):
    for name in ("RUBIN_SORAISAM_SLACK_TOKEN", "RUBIN_NOVTEST_SLACK_TOKEN"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="module")
def filters():
    """One of each filter, by name."""
    return {name: get_filters([name])[0]() for name in FILTERS}


def run(chosen, locus, alerts):
    """Run a filter over a locus that has these alerts and no tags; return status and tags."""
    context = DevKitLocus.model_validate({**locus, "alerts": alerts, "user_tags": set()})
    outcome = chosen.run(context)
    assert outcome.status != "Errored", outcome.traceback
    return outcome.status, context.tags


def early(alerts):
    return [alert for alert in alerts if alert["mjd"] - alerts[0]["mjd"] < LONGEST_D]


@pytest.mark.parametrize("name", FILTERS)
def test_a_filter_tags_some_loci_and_refuses_others(filters, name):
    outcomes = [run(filters[name], locus, early(locus["alerts"])) for locus in LOCI.values()]

    succeeded = [tags for status, tags in outcomes if status == "Succeeded"]
    assert {FILTERS[name]} in succeeded
    assert set() in succeeded


@for_each("locus_id", LOCI)
def test_the_tags_of_a_locus_are_those_it_earned(filters, locus_id):
    locus = LOCI[locus_id]
    earned = set()
    for number, alert in enumerate(locus["alerts"], start=1):
        so_far = locus["alerts"][:number]
        for name in ALERT_FILTERS:
            earned |= run(filters[name], locus, [alert])[1]
        if alert["mjd"] - so_far[0]["mjd"] < LONGEST_D:
            for name in CURVE_FILTERS:
                earned |= run(filters[name], locus, so_far)[1]

    assert set(locus["user_tags"]) & set(FILTERS.values()) == earned
