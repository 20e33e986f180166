"""The first light curve of each tutorial leads to the explorer, in the state that shows it."""

import re
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from site_pages import ROOT, TUTORIALS, needs_site, soup

from antares_sandbox import TUTORIAL_ID

pytestmark = needs_site

DRAWS = re.compile(r"^(?!#).*plot_lightcurve\(", re.MULTILINE)
"""A call in the code of a tutorial, not in its text."""


def link_of(page: str) -> Any:
    links = soup(page).select(".explorer-link a")
    assert len(links) <= 1, page
    return links[0] if links else None


def state_of(name: str) -> dict[str, str]:
    page = next(each for each in TUTORIALS if PurePosixPath(each).name.startswith(name))
    return {
        key: values[0] for key, values in parse_qs(urlsplit(link_of(page)["href"]).fragment).items()
    }


@pytest.mark.parametrize("page", TUTORIALS)
def test_each_tutorial_that_draws_a_light_curve_links_to_it(page: str) -> None:
    script = (ROOT / "gallery" / page.removeprefix("tutorials/")).with_suffix(".py")
    link = link_of(page)
    if DRAWS.search(script.read_text(encoding="utf-8")):
        assert link is not None
    if link is not None:
        assert re.match(r"\.\./\.\./explorer\.html#locus=ANT2026\w+", link["href"])
        before = link.find_parent("p").find_previous_sibling("p")
        assert "figure-caption" in before["class"]


def test_the_state_is_that_of_the_figure() -> None:
    assert state_of("01") == {"locus": TUTORIAL_ID}
    assert state_of("02") == {"locus": TUTORIAL_ID}
    assert state_of("04")["sign"] == "naive"
    assert state_of("09") == {"locus": "ANT2026simmixed", "survey": "all", "y": "magnitude"}
    assert state_of("21")["forced"] == "true"
    assert state_of("24")["keep_dipoles"] == "false"
