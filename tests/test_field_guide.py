"""The field guide has a card for each class of the simulated sky, and states what is measured."""

import re
import sys
from collections import defaultdict
from functools import cache
from typing import Any
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
from matplotlib.figure import Figure
from PIL import Image
from site_pages import ROOT, SITE, needs_site, soup

sys.path.insert(0, str(ROOT / "docs" / "_ext"))
import field_guide_figures as figures
import sky_numbers as sky
from field_guide_cards import Card, read_cards

from antares_helpers import extract_lightcurve, fetch_locus
from antares_helpers.plotting.axes import marks_of
from antares_sandbox import BUNDLED
from simulated_sky import detections

pytest_plugins = ["browsing"]

PAGE = "field_guide.html"
CARDS = {card.name: card for card in read_cards()}
MAX_BYTES = 25_000
# Those of the explorer's address.
EXPLORER = {"locus", "survey", "flux", "keep_dipoles", "keep_flagged", "forced", "y", "period"}

every_card = pytest.mark.parametrize("name", CARDS)


@cache
def truths() -> dict[str, dict[str, Any]]:
    return {file["locus"]["id"]: file["locus"]["old_properties"] for file in sky.loci()}


@cache
def lc(name: str, **options: Any) -> Any:
    return extract_lightcurve(fetch_locus(CARDS[name].locus), **options)


def truth(name: str, key: str) -> Any:
    return truths()[CARDS[name].locus][key]


def brightest(sim_class: str) -> str:
    return f"{np.median([mag for _, mag in sky.absolute_magnitudes(sim_class).values()]):.1f}"


def second_maximum() -> str:
    days = np.arange(20.0, 45.0, 0.25)
    return f"{days[sky.decline('i', days).argmin()]:.0f}"


def span_d(name: str) -> str:
    return f"{np.ptp(lc(name).time.mjd):.0f}"


def reliabilities() -> str:
    found = [
        each.row["reliability"]
        for each in sky.detections()
        if each.truth["sim_class"] in CARDS["artifact"].classes
    ]
    return f"{min(found):.2f} to {max(found):.2f}"


def minutes() -> str:
    """Return the time between two alerts of an asteroid in a night, the same in all nights."""
    tracks = defaultdict(list)
    for each in sky.detections():
        if each.truth["sim_class"] == "asteroid":
            mjd = each.row["midpointMjdTai"]
            tracks[each.row["ssObjectId"], int(mjd - 0.7)].append(mjd)
    gaps = [1440 * np.ptp(mjds) for mjds in tracks.values() if len(mjds) == 2]
    (gap,) = {f"{gap:.0f}" for gap in gaps}
    return gap


def out_of(number: int, name: str) -> str:
    return f"{number} of {lc(name).meta['report']['alerts']} alerts"


def excluded(name: str, **options: Any) -> int:
    return sum(lc(name, **options).meta["report"]["excluded"].values())


FACTS: dict[str, Any] = {
    "second maximum, {} days after the first": second_maximum,
    "at its brightest alert in r, {} mag in the median of these, against {} mag": lambda: (
        brightest("SN Ibc-like"),
        brightest("SN Ia-like"),
    ),
    "{} alerts in {} days.": lambda: (len(lc("kilonova")), span_d("kilonova")),
    "{} alerts of a type Ia supernova at redshift {}.": lambda: (
        len(lc("supernova-near-the-limit")),
        truth("supernova-near-the-limit", "sim_redshift"),
    ),
    "what exceeds {} sigma": lambda: f"{detections.DETECTION_SNR:.0f}",
    "Of {} alerts, {} are negative": lambda: (
        len(lc("rr-lyrae-star")),
        int(lc("rr-lyrae-star")["is_negative"].sum()),
    ),
    "them by -{},": lambda: 1,
    "its period of {} d:": lambda: f"{truth('long-period-variable', 'sim_period_d'):.0f}",
    "here {} days later": lambda: f"{np.diff(truth('dwarf-nova', 'sim_outburst_mjd'))[0]:.0f}",
    "all {} alerts are negative": lambda: int(lc("active-galactic-nucleus")["is_negative"].sum()),
    "a second one, here {} minutes later": minutes,
    "reliability is above {},": lambda: detections.LEAST_RELIABILITY,
    "simulated ones have {}.": reliabilities,
    "star: {} are dipoles": lambda: out_of(int(lc("dipole")["is_dipole"].sum()), "dipole"),
    "{} have a flag": lambda: out_of(
        int(lc("artifacts-among-good-points")["flagged"].sum()), "artifacts-among-good-points"
    ),
    "All {} fluxes are given as positive, though {} alerts are flagged": lambda: (
        len(lc("fluxes-without-their-signs")),
        int(lc("fluxes-without-their-signs")["is_negative"].sum()),
    ),
    "Here {} have no band": lambda: out_of(excluded("missing-properties"), "missing-properties"),
    "you get {}.": lambda: out_of(
        len(lc("two-diaobjects-one-source", dia_object_id="170780888661263733")),
        "two-diaobjects-one-source",
    ),
}
"""What the cards state, with the values measured on the loci."""


def stated(sentence: str) -> str:
    measured = FACTS[sentence]()
    return sentence.format(*measured if isinstance(measured, tuple) else (measured,))


def texts() -> str:
    return " ".join(f"{card.looks} {card.fools} {card.remedy}" for card in CARDS.values())


@pytest.mark.parametrize("sentence", FACTS)
def test_what_a_card_states_is_measured(sentence: str) -> None:
    assert stated(sentence) in texts()


def test_no_number_of_a_card_is_unmeasured() -> None:
    rest = re.sub(r":doc:`[^`]*`", "", texts())
    for sentence in FACTS:
        rest = rest.replace(stated(sentence), "")
    assert not re.findall(r"\S*\d\S*", rest)


def test_every_class_of_the_simulated_sky_has_one_card() -> None:
    listed = [each for card in CARDS.values() for each in card.classes]
    assert sorted(listed) == sorted({each["sim_class"] for each in truths().values()})


@every_card
def test_the_locus_of_a_card_is_one_of_its_classes(name: str) -> None:
    card = CARDS[name]
    assert (BUNDLED / f"{card.locus}.json").exists()
    assert not card.classes or truth(name, "sim_class") in card.classes


@every_card
def test_the_period_of_a_card_is_the_true_one(name: str) -> None:
    card = CARDS[name]
    if "period" in card.helps:
        assert card.helps["period"] == truth(name, "sim_period_d")
        assert f"period of {card.helps['period']} d" in card.caption


def test_an_asteroid_is_all_of_its_loci() -> None:
    card = CARDS["asteroid"]
    ids = [e.row["ssObjectId"] for e in sky.detections() if "lsst_ssSource_ssObjectId" in e.row]
    drawn = figures.light_curve(card.locus, card.helps)
    assert len(drawn) == ids.count(int(card.helps["ss_object_id"])) > 20


def test_the_cut_excludes_every_artifact() -> None:
    ids = [i for i, each in truths().items() if each["sim_class"] in CARDS["artifact"].classes]
    assert len(ids) == 4
    for locus_id in ids:
        assert len(extract_lightcurve(fetch_locus(locus_id))) == 1
        assert not len(extract_lightcurve(fetch_locus(locus_id), keep_flagged=False))


def test_fluxes_without_signs_are_drawn_as_the_alerts_give_them() -> None:
    card = CARDS["fluxes-without-their-signs"]
    given = {
        alert["id"]: alert["properties"]["lsst_diaSource_psfFlux"]
        for alert in fetch_locus(card.locus)["alerts"]
    }
    drawn = figures.light_curve(card.locus, card.first)
    assert dict(zip(drawn["alert_id"], drawn["flux"].value, strict=True)) == given


def test_forced_photometry_is_flat_before_the_source() -> None:
    for card in CARDS.values():
        if card.caption.startswith("With forced photometry: nothing before"):
            drawn = figures.light_curve(card.locus, card.helps)
            is_early = drawn.time < drawn.time[~drawn["is_forced"]][0]
            assert is_early.any(), card.name
            assert np.median(np.abs(drawn["flux"] / drawn["flux_err"])[is_early]) < 2, card.name


@pytest.mark.slow
@every_card
def test_each_figure_says_once_that_its_data_are_simulated(name: str) -> None:
    card = CARDS[name]
    for options in (card.first, card.helps):
        figure = Figure(figsize=figures.SIZES["first"], layout="constrained")
        figures.curve(figures.light_curve(card.locus, options), options)(figure)
        figures.mark(figure)
        assert len(marks_of(figure)) == 1


def section(card: Card) -> Any:
    return soup(PAGE).find("section", id=card.name)


@needs_site
@every_card
def test_the_code_of_a_card_runs_and_draws_its_points(name: str) -> None:
    card, names = CARDS[name], {}  # type: Card, dict[str, Any]
    code = section(card).pre.get_text()
    assert max(map(len, code.splitlines())) <= 79
    exec(code, names)
    assert len(names["lc"]) == len(figures.light_curve(card.locus, card.helps)) > 0
    assert names["ax"].has_data()


@needs_site
@every_card
def test_a_card_has_its_figures_small_and_in_both_themes(name: str) -> None:
    images = section(CARDS[name]).select("figure img")
    assert len(images) == len(figures.SIZES) * len(figures.PAPERS)
    for image in images:
        assert image["loading"] == "lazy"
        assert image["alt"].endswith("Simulated data.")
        path = SITE / image["src"]
        assert path.stat().st_size < MAX_BYTES
        with Image.open(path.with_suffix(".png")) as opened:
            assert opened.mode == "P"


@needs_site
@every_card
def test_a_card_opens_its_light_curve_in_the_explorer(name: str) -> None:
    card = CARDS[name]
    (link,) = section(card).select("a[href^='explorer.html']")
    state = parse_qs(urlsplit(link["href"]).fragment)
    assert state.pop("locus") == [card.locus]
    assert state.keys() <= EXPLORER
    options = {k: str(v).lower() for k, v in card.helps.items() if k != "ss_object_id"}
    assert {key: value[0].lower() for key, value in state.items()} == options


@needs_site
@every_card
def test_a_card_links_a_page_that_helps(name: str) -> None:
    assert section(CARDS[name]).select(".field-text a.internal[href*='.html']")


@needs_site
@pytest.mark.slow
@pytest.mark.parametrize(
    ("media", "scheme", "shown"),
    [("screen", "light", "white"), ("screen", "dark", "black"), ("print", "dark", "white")],
)
def test_figures_follow_the_theme(open_page: Any, media: str, scheme: str, shown: str) -> None:
    page = open_page(PAGE, color_scheme=scheme)
    page.emulate_media(media=media, color_scheme=scheme)
    for paper in figures.PAPERS:
        images = page.locator(f".field-figure img.on-{paper}")
        assert images.count() == len(CARDS) * len(figures.SIZES)
        assert images.first.is_visible() is (paper == shown)
