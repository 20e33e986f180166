"""The landing page: its tabs do the same, and each of its numbers is counted again."""

import json
import re
import shlex
import textwrap
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from antares_client import search
from site_pages import ROOT, need, needs_site

from antares_helpers.cli import main
from antares_sandbox import BUNDLED, TUTORIAL_ID

pytest_plugins = ["browsing"]

PAGE = (ROOT / "docs" / "index.rst").read_text(encoding="utf-8")
WORDS = " ".join(PAGE.split())
P = "lsst_diaSource_"
PERIOD_OF_ES_CETI_S = 620
SHIFTS = """() => new Promise(resolve => {
    let sum = 0;
    new PerformanceObserver(list => list.getEntries().forEach(each => { sum += each.value; }))
        .observe({type: "layout-shift", buffered: true});
    setTimeout(() => resolve(sum), 500);
})"""
SCROLLING = """() => [...document.querySelectorAll("article pre")]
    .filter(it => it.scrollWidth > it.clientWidth).map(it => it.textContent)"""


@cache
def alerts() -> list[dict[str, Any]]:
    """Return the properties of all Rubin alerts of the simulated sky."""
    loci = [json.loads(path.read_text(encoding="utf-8")) for path in BUNDLED.glob("*.json")]
    every = [alert for file in loci for alert in file["locus"]["alerts"]]
    return [alert["properties"] for alert in every if alert["id"].startswith("lsst:")]


def block(tab: str) -> str:
    """Return the first code of a tab, without indentation."""
    text = PAGE.partition(f".. tab-item:: {tab}\n")[2].partition(".. code-block:: ")[2]
    lines = text.splitlines()[2:]
    end = next(at for at, line in enumerate(lines) if line.lstrip().startswith(".. "))
    return textwrap.dedent("\n".join(lines[:end])).strip()


def card(title: str) -> str:
    return " ".join(PAGE.partition(f".. grid-item-card:: {title}\n")[2].split(".. ")[0].split())


def test_number_of_alerts() -> None:
    assert f"Counted in the {len(alerts()):,} Rubin alerts" in WORDS


def test_numbers_of_the_sign() -> None:
    negative = [each for each in alerts() if each.get(P + "isNegative") in (True, "true")]
    change = [each[P + "scienceFlux"] - each[P + "templateFlux"] for each in negative]
    outbursts = [-each[P + "psfFlux"] > 0 for each in negative]
    assert f"{sum(outbursts)} of {len(negative)} negative detections" in card("Sign")
    assert all(value < 0 for value in change)
    assert all(-abs(each[P + "psfFlux"]) < 0 for each in negative)


def test_numbers_of_the_clock() -> None:
    time = search.get_by_id(TUTORIAL_ID).timeseries.time
    right = type(time)(time.mjd, format="mjd", scale="tai")
    late = (time - right).sec
    share = 100 * late.mean() / PERIOD_OF_ES_CETI_S
    assert time.scale == "utc"
    assert late == pytest.approx(37, abs=1e-3)
    assert f"are {late.mean():.0f} s late: {share:.0f}% of the {PERIOD_OF_ES_CETI_S} s" in card(
        "Clock"
    )


def test_numbers_of_the_dipoles() -> None:
    dipoles = [each for each in alerts() if each.get(P + "isDipole") is True]
    passing = [each for each in dipoles if each[P + "reliability"] >= 0.6]
    assert f"Of {len(dipoles)} dipoles" in card("Artifacts")
    assert f"{len(passing)} pass the first" in card("Artifacts")
    assert ":wrong:`reliability >= 0.6`" in card("Artifacts")


def test_the_id_is_that_of_the_first_light_curve_and_a_float_changes_it() -> None:
    wrong, right = re.findall(r":(?:wrong|right):`(\d{18})`", card("Identity"))
    locus = search.get_by_id(TUTORIAL_ID)
    assert [right] == locus.properties["survey"]["lsst"]["dia_object_id"]
    assert int(float(right)) == int(wrong) != int(right)


def test_python_and_terminal_draw_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    exec(block("Python"), names)
    command, said = block("Terminal").splitlines()
    _, program, *arguments = shlex.split(command)
    assert program == "antares-helpers"
    assert main(arguments) == 0
    assert capsys.readouterr().err == f"{said}\n"
    assert said.startswith(f"{arguments[-1]}: {len(names['lc'])} of {len(names['lc'])} alerts")
    assert len(block("Python").splitlines()) == 5
    assert names["ax"].figure.axes


def test_without_helpers_is_the_snippet_and_what_its_test_installs() -> None:
    tab = PAGE.partition(".. tab-item:: Without helpers\n")[2].partition(".. tab-item::")[0]
    installation = (ROOT / "docs" / "installation.rst").read_text(encoding="utf-8")
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    line = block("Without helpers")
    assert ".. literalinclude:: snippets/plot_light_curve.py" in tab
    assert line in installation
    assert line.partition("install ")[2] in makefile.replace(
        "'antares-client<2.1'", "antares-client"
    )


@needs_site
@pytest.mark.slow
@pytest.mark.parametrize("scripts", [True, False])
def test_arrow_keys_show_each_tab(open_page: Any, scripts: bool) -> None:
    page = open_page("index.html", java_script_enabled=scripts)
    page.locator(".first-screen input[type=radio]").first.focus()
    for text in ("fetch_locus(", "import search", "antares-helpers plot"):
        shown = page.locator(".first-screen .sd-tab-content:visible")
        assert shown.count() == 1
        assert text in shown.inner_text()
        page.keyboard.press("ArrowRight")


@needs_site
@pytest.mark.slow
@pytest.mark.parametrize("width", [1440, 1280, 1024, 390])
def test_no_code_scrolls_sideways(open_page: Any, width: int) -> None:
    page = open_page("index.html", width)
    page.wait_for_load_state("networkidle")
    assert page.locator("article pre:visible").count() > 1
    assert page.evaluate(SCROLLING) == []


@needs_site
@pytest.mark.slow
@pytest.mark.parametrize("width", [1280, 390])
def test_nothing_moves_while_the_page_loads(open_page: Any, width: int) -> None:
    page = open_page("index.html", width)
    page.wait_for_load_state("networkidle")
    assert page.evaluate(SHIFTS) < 0.05


@needs_site
@pytest.mark.slow
def test_each_line_of_the_table_can_be_copied(open_page: Any, copied: Any) -> None:
    page = open_page("index.html", permissions=["clipboard-read", "clipboard-write"])
    lines = page.locator(".task-table p", has=page.locator("code.code, code.command")).all()
    assert len(lines) > 10
    for line in lines:
        assert copied(page, line) == line.locator("code").inner_text()


@needs_site
@pytest.mark.slow
def test_cards_lead_to_their_tutorials(open_page: Any) -> None:
    expect = need("playwright.sync_api", "playwright").expect
    page = open_page("index.html")
    links = page.locator(".pitfalls a")
    titles = links.all_inner_texts()
    assert len(titles) == 4
    links.nth(0).click()
    expect(page.locator("h1")).to_contain_text(titles[0])
