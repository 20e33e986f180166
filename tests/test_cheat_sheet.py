"""Everything that the cheat sheet states is compared with the package; it prints on one page."""

import math
import re
import shlex
import sys
from functools import cache
from inspect import signature
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from astropy.time import Time
from matplotlib.colors import to_hex
from site_pages import ROOT, needs_site, soup

sys.path.insert(0, str(ROOT / "docs" / "_ext"))
import sky_numbers

import antares_helpers
from antares_helpers import cli, errors, extract_lightcurve, find_loci, to_magnitude
from antares_helpers.bands import (
    AB_ZEROPOINT,
    BANDS,
    COLORS_ON_BLACK,
    COLORS_ON_WHITE,
    SYMBOLS,
    TAI_MINUS_UTC_S,
)
from antares_helpers.fetching import query, request
from antares_helpers.lightcurves.extract import FLUXES, SURVEYS
from antares_sandbox import TUTORIAL_ID
from simulated_sky import detections

pytest_plugins = ["browsing"]
pytestmark = needs_site

PAGE = "cheat_sheet.html"
NIGHT = "2026-04-14"
LONG_ID = 170947807475631229
PAPERS = {"A4": (210, 297), "Letter": (216, 279)}
PLAIN = {
    ord("\N{MINUS SIGN}"): "-",
    ord("\N{RIGHT SINGLE QUOTATION MARK}"): "'",
    ord("\N{GREEK SMALL LETTER SIGMA}"): "sigma",
}
MARGIN_MM, LEAST_PT = 8, 7.0

FACTS: dict[str, Any] = {
    "antares-helpers {}.": antares_helpers.__version__,
    "radius is at most {} deg": f"{query.MAX_RADIUS_DEG:.0f}",
    "limit is {}, and None": signature(find_loci).parameters["limit"].default,
    "Never multiply by -{},": 1,
    "UTC TAI - {} s, since 2017": f"{TAI_MINUS_UTC_S:.0f}",
    "as UTC: {} s off": f"{TAI_MINUS_UTC_S:.0f}",
    "a night {} (day_obs)": " to ".join(f"{e.iso[11:16]} UTC" for e in query.night_range(NIGHT)),
    "MJD = JD - {}.": Time(0, format="mjd").jd,
    "m = {} - 2.5 log₁₀(f / nJy)": AB_ZEROPOINT,
    "sigma(m) = {} sigma(f) / f": f"{2.5 / math.log(10):.4f}",
    "No magnitude if f ≤ {}.": 0,
    "(RTN-{})": "045",
    "A detection has {} sigma": f"{detections.DETECTION_SNR:.0f}",
    "a reliability below {}.": detections.LEAST_RELIABILITY,
    "A cut at 0.6 excludes good points, too: {}%": sky_numbers.REAL_RELIABILITY_BELOW[0.6],
    "of {} real ones": sky_numbers.REAL_DETECTIONS,
    "{} locus: a place, radius about 1″": TUTORIAL_ID,
    "{} digits diaObjectId": len(str(LONG_ID)),
    "ZTF{} ZTF's object": "18abcdefg",
    "have {} bits": np.dtype(np.int64).itemsize * 8,
    "makes {}.": f"{LONG_ID} end in {str(int(float(LONG_ID)))[-3:]}",
    "Exit status: 0 success, {} failure": cli._FAILED,
    "{} not valid,": cli._USAGE,
    "{} Ctrl-C": cli._INTERRUPTED,
    "after {} retries": request.DEFAULT_RETRIES,
    "{} s are over: timeout=60": f"{request.DEFAULT_TIMEOUT:.0f}",
}
"""What the page states, with the value that the code gives for it."""


@cache
def article() -> Any:
    return soup(PAGE).find("article")


@cache
def text() -> str:
    """Return the words of the page without those of its code, which other tests run."""
    parts = (each for each in article().find_all(string=True) if not each.find_parent("pre"))
    words = re.sub(r"\s+", " ", " ".join(parts).replace("#", " "))
    words = words.translate(PLAIN)
    return re.sub(r" (?=[.,:)])|(?<=\() ", "", words)


def box(title: str) -> Any:
    (found,) = [each for each in article().select("section section") if title in each.h2.get_text()]
    return found


def rows(title: str) -> list[list[str]]:
    cells = (row.select("td, th") for row in box(title).select("tr"))
    return [[cell.get_text(" ", strip=True) for cell in row] for row in cells]


@pytest.mark.parametrize("sentence", FACTS)
def test_what_the_page_states_is_what_the_package_does(sentence: str) -> None:
    assert sentence.format(FACTS[sentence]) in text()


def test_no_number_of_the_page_is_untested() -> None:
    rest = text()
    for sentence, value in FACTS.items():
        rest = rest.replace(sentence.format(value), "")
    for title in ("Bands", "Fluxes and magnitudes"):  # which have tests of their own
        table = box(title).table.get_text(" ", strip=True).replace("#", " ")
        rest = rest.replace(" ".join(table.split()), "")
    for link in article().select("a.reference"):
        rest = rest.replace(link.get_text(" ", strip=True), "")
    assert not re.findall(r"\S*\d\S*", rest.replace("A4", ""))


def test_the_magnitudes_are_those_of_the_fluxes() -> None:
    (_, *fluxes), (_, *magnitudes) = rows("Fluxes and magnitudes")
    values = [float(flux.replace(",", "")) for flux in fluxes]
    assert magnitudes == [f"{to_magnitude(flux):.2f}" for flux in values]


def test_the_colors_and_symbols_are_those_of_the_package() -> None:
    head, *bands = rows("Bands")
    assert head == ["band", "on white", "on black", "marker"]
    assert bands == [[b, COLORS_ON_WHITE[b], COLORS_ON_BLACK[b], SYMBOLS[b]] for b in BANDS]


def test_each_symbol_is_drawn_in_the_color_beside_it_on_its_paper() -> None:
    cells = box("Bands").select("td:has(svg)")
    assert len(cells) == 2 * len(BANDS)
    for number, cell in enumerate(cells):
        assert cell.polygon["fill"] == cell.code.get_text()
        assert to_hex(cell.rect["fill"]) == ("#000000" if number % 2 else "#ffffff")


def test_the_options_for_points_are_those_of_the_package() -> None:
    code = box("Which points").pre.get_text()
    named = set(re.findall(r"^    (\w+)=", code, re.MULTILINE))
    assert named | {"dia_object_id", "forced", "timeout", "retries"} | {"locus"} == set(
        signature(extract_lightcurve).parameters
    )
    assert set(re.findall(r'"(\w+)"', code)) == {*SURVEYS, *FLUXES, "gri"}


def test_the_sign_rule_is_right_in_both_conventions() -> None:
    names: dict[str, Any] = {}
    exec(box("The sign rule").pre.get_text(), names)
    for flux, is_negative in ((250.0, True), (-250.0, True), (250.0, False), (-250.0, False)):
        expected = antares_helpers.signed_flux(flux, is_negative)
        assert names["signed"](flux, is_negative) == expected


def test_every_error_and_warning_is_listed() -> None:
    bases = {"AntaresHelpersError", "AntaresHelpersWarning"}
    assert {name for name, _ in rows("When it fails")} == set(errors.__all__) - bases


def test_every_format_of_a_table_is_listed() -> None:
    listed = {code.get_text() for code in box("Many loci").select("code")}
    assert listed == set(cli._TABLE_SUFFIXES) - {".xml"}  # the same format as .vot


def commands() -> list[list[str]]:
    lines = box("Terminal").pre.get_text().strip().splitlines()
    return [shlex.split(line.removeprefix("$ ")) for line in lines]


def test_every_command_is_listed() -> None:
    ours = [words[1] for words in commands() if words[0] == "antares-helpers"]
    assert sorted(ours) == sorted(cli.commands.commands)


@pytest.mark.slow
def test_the_commands_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("ids.txt").write_text(f"{TUTORIAL_ID}\n", encoding="utf-8")
    for program, *arguments in commands():
        if program == "antares-helpers" and arguments != ["check"]:
            assert cli.main(arguments) == 0, arguments
    made = {path.name for path in tmp_path.iterdir()}
    assert {f"{TUTORIAL_ID}.png", "loci", "points.fits", "night.ecsv"} <= made


def test_the_client_gives_none_for_a_locus_that_does_not_exist() -> None:
    from antares_client import search

    locus = search.get_by_id("ANT1999nowhere")
    with pytest.raises(AttributeError, match="'NoneType' object"):
        locus.to_devkit()


@pytest.mark.slow
@pytest.mark.parametrize("landscape", [False, True], ids=["portrait", "landscape"])
@pytest.mark.parametrize("paper", PAPERS)
def test_the_sheet_is_one_page_of_paper(open_page: Any, paper: str, *, landscape: bool) -> None:
    page = open_page(PAGE, color_scheme="dark")
    pdf = page.pdf(format=paper, landscape=landscape, print_background=True)
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == 1


PRINTED = """() => {
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const found = [];
    while (texts.nextNode()) {
        const range = document.createRange();
        range.selectNodeContents(texts.currentNode);
        const place = range.getBoundingClientRect();
        const style = getComputedStyle(texts.currentNode.parentElement);
        if (place.width && texts.currentNode.data.trim())
            found.push({text: texts.currentNode.data, right: place.right,
                        size: parseFloat(style.fontSize), color: style.color});
    }
    return {texts: found, paper: getComputedStyle(document.body).backgroundColor};
}"""


@pytest.mark.slow
@pytest.mark.parametrize("width_mm", sorted(sum(PAPERS.values(), ())))
def test_all_of_it_is_legible_on_paper(open_page: Any, width_mm: int) -> None:
    width = int((width_mm - 2 * MARGIN_MM) / 25.4 * 96)
    page = open_page(PAGE, width=width, color_scheme="dark")
    page.emulate_media(media="print", color_scheme="dark")
    printed = page.evaluate(PRINTED)
    assert printed["paper"] == "rgb(255, 255, 255)"
    assert printed["texts"][0]["text"].startswith("Cheat sheet")  # no header of the site
    for each in printed["texts"]:
        assert each["size"] * 72 / 96 >= LEAST_PT, each
        assert each["right"] <= width, each
        assert max(map(int, re.findall(r"\d+", each["color"])[:3])) < 120, each
