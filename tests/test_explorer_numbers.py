"""The explorer computes what extract_lightcurve does: over all simulated loci, and damaged ones."""

import json
import random
from collections.abc import Iterator
from functools import cache
from itertools import product
from typing import Any

import pytest
from explorer_page import OF_FILE, OF_SITE, PAGE, Options, as_text, differences, expected
from site_pages import needs_site

from antares_helpers import fetch_alert_packet
from antares_sandbox.bundled import BUNDLED

pytest_plugins = ["browsing"]
pytestmark = [needs_site, pytest.mark.slow]

IDS = sorted(path.stem for path in BUNDLED.glob("*.json"))
CHOICES: dict[str, tuple[Any, ...]] = {
    "flux": ("difference", "total"),
    "forced": (False, True),
    "keepDipoles": (True, False),
    "keepFlagged": (True, False),
    "minReliability": (None, 0.6),
    "bands": (None, "gri"),
}
ALL: list[Options] = [
    dict(zip(CHOICES, values, strict=True)) for values in product(*CHOICES.values())
]
SIGNS: list[Options] = [
    {"sign": sign, "forced": forced} for sign in ("naive", "abs") for forced in (False, True)
]
SURVEYS: list[Options] = [
    {"survey": survey, "forced": forced, "bands": bands}
    for survey in ("ztf", "all")
    for forced in (False, True)
    for bands in (None, "r")
]
SOME = [*ALL[::5], *SIGNS, *SURVEYS[::3], {"minReliability": 0}, {"bands": "y"}]
"""Each choice with each other one."""
HARD = (
    *("ANT2026simmixed", "ANT2026simunsigned", "ANT2026simmissing", "ANT2026simtwoobjects"),
    *("ANT2026simdipoles", "ANT2026z3bqyjga24oc"),
)


@pytest.fixture(scope="module")
def page(browser: Any, site: str) -> Iterator[Any]:
    context = browser.new_context()
    opened = context.new_page()
    opened.goto(site + PAGE)
    yield opened
    context.close()


@cache
def locus_of(locus_id: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((BUNDLED / f"{locus_id}.json").read_bytes())
    return content["locus"]


def wrong(page: Any, script: str, given: str, locus: Any, all_: list[Options], packet: Any) -> Any:
    """Return the options under which the page differs from the helpers, and in what."""
    found = page.evaluate(script, [given, all_])
    pairs = zip(all_, found, strict=True)
    named = [(each, differences(one, expected(locus, each, packet))) for each, one in pairs]
    return [(each, names) for each, names in named if names]


@pytest.mark.parametrize("locus_id", IDS)
def test_simulated_loci_are_as_extracted(page: Any, locus_id: str) -> None:
    locus, options = locus_of(locus_id), [*ALL, *SIGNS, *SURVEYS] if locus_id in HARD else SOME
    packet = fetch_alert_packet(locus)
    assert not wrong(page, OF_SITE, locus_id, locus, options, packet)


def test_files_are_as_extracted(page: Any) -> None:
    options = [each for each in (*SOME, *SURVEYS) if not each.get("forced")]
    for locus_id in IDS[::7] + list(HARD):
        locus = locus_of(locus_id)
        assert not wrong(page, OF_FILE, as_text(locus), locus, options, None), locus_id


VALUES = (
    *(None, True, False, "true", "f", "t", 0, 1, -1, 2**53 + 1, 170587117485817955, 1e400, 10**40),
    *(0.12345678901234567, -98765.432109876543, 1e-7, 1.2345678901234567e17),
    *(float("nan"), float("-inf"), -5.5, "r", "g", "x" * 40, "170587117485817955", "0", "", [], {}),
)
CRITICAL = tuple(
    f"lsst_diaSource_{name}"
    for name in ("isNegative", "isDipole", "psfFlux", "scienceFlux", "visit", "detector", "band")
)


def damaged(locus: dict[str, Any], seed: int) -> dict[str, Any]:
    """Return a locus in which alerts lack values, are repeated, or are no alerts at all."""
    chance = random.Random(seed)
    copy: dict[str, Any] = json.loads(json.dumps(locus))
    alerts = copy["alerts"]
    for alert in chance.sample(alerts, k=(len(alerts) + 1) // 2):
        names = chance.sample(sorted(alert["properties"]), k=min(12, len(alert["properties"])))
        for name in [*names, *CRITICAL[: chance.randrange(len(CRITICAL))]]:
            if chance.random() < 0.4:
                alert["properties"][name] = chance.choice(VALUES)
            elif chance.random() < 0.3:
                alert["properties"].pop(name, None)
    for alert in chance.sample(alerts, k=min(3, len(alerts))):
        alerts.append(json.loads(json.dumps(alert)))
        alert["properties"]["ant_time_received"] = chance.choice([1, 2e9, None])
    alerts.append(
        chance.choice([None, [], "lsst:1", {"id": 5, "properties": {}}, {"id": "lsst:2"}])
    )
    alerts.append({"id": "lsst:3\u200b", "mjd": 61000.0, "properties": {}})
    chance.choice(alerts[:-2])["mjd"] = chance.choice([None, 100.0, 99999.0, "61000", float("inf")])
    return copy


@pytest.mark.parametrize("seed", range(8))
def test_damaged_loci_are_as_extracted(page: Any, seed: int) -> None:
    options: list[Options] = [
        each for each in SOME if not each.get("forced") and "sign" not in each
    ]
    for locus_id in (*HARD, IDS[seed], IDS[-seed]):
        locus = damaged(locus_of(locus_id), seed)
        assert not wrong(page, OF_FILE, as_text(locus), locus, options, None), locus_id
