"""The page of concepts says what is known of the signs, and defines each thing once."""

import re
from pathlib import Path

from antares_helpers import extract_lightcurve, load_locus
from antares_sandbox import BUNDLED, TUTORIAL_ID

DOCS = Path(__file__).parents[1] / "docs"
PAGE = " ".join((DOCS / "concepts.rst").read_text(encoding="utf-8").replace("*", "").split())


def test_the_page_says_plainly_what_is_not_known() -> None:
    assert "No ANTARES record with ``isNegative`` set was available to this project." in PAGE
    assert "Which convention the live service uses is not known." in PAGE


def test_the_page_names_each_number_of_the_report_on_signs() -> None:
    report = extract_lightcurve(load_locus(BUNDLED / f"{TUTORIAL_ID}.json")).meta["report"]
    names = {"signs_from_range", "signs_against_range", "negatives_confirmed"}
    assert names <= report.keys()
    assert all(f"``{name}``" in PAGE for name in names)


def test_an_undetected_source_leaves_no_alert_but_forced_photometry_exists() -> None:
    assert "leaves no alert" in PAGE
    assert "``prvDiaForcedSources``" in PAGE


def test_the_size_of_a_locus_is_a_radius_everywhere() -> None:
    for path in (*DOCS.glob("*.rst"), DOCS / "_static" / "concepts.svg"):
        text = " ".join(path.read_text(encoding="utf-8").split())
        for found in re.finditer(r"about (one|1) arcsec", text):
            assert "radius" in text[found.start() - 20 : found.start()], path
