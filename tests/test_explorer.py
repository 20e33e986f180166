"""The explorer in a real browser: its controls, its keyboard, its address, and its weight."""

import gzip
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from explorer_page import PAGE, expected
from site_pages import SITE, need, needs_site

from antares_helpers.bands import COLORS_ON_BLACK, COLORS_ON_WHITE
from antares_sandbox import TUTORIAL_ID
from antares_sandbox.bundled import BUNDLED

pytest_plugins = ["browsing"]
pytestmark = [needs_site, pytest.mark.slow]

DATA = SITE / "_static" / "explorer"
HARD = "ANT2026simmixed"
NEGATIVE = "ANT2026simeclipse"


@pytest.fixture
def explorer(open_page: Any) -> Iterator[Any]:
    """Return a function that opens the explorer, and fails on any message of the browser."""
    messages: list[str] = []

    def open_(address: str = "", **options: Any) -> Any:
        page = open_page(f"{PAGE}{address}", **options)
        page.on("console", lambda message: messages.append(message.text))
        page.on("pageerror", lambda error: messages.append(str(error)))
        page.wait_for_selector("#explorer-svg")
        return page

    yield open_
    assert not [each for each in messages if not each.startswith("[PST]")]


def locus_of(locus_id: str) -> Any:
    return json.loads((BUNDLED / f"{locus_id}.json").read_bytes())["locus"]


def sentence(page: Any) -> str:
    text: str = page.locator("#explorer-sentence").inner_text()
    return text


def wait_for_hash(page: Any, wanted: str) -> None:
    """Wait for the state in the address, which follows the controls after a moment."""
    page.wait_for_function("wanted => location.hash.slice(1) === wanted", arg=wanted)


def test_opens_with_the_locus_of_the_first_tutorial(explorer: Any) -> None:
    page = explorer()
    assert page.locator("#explorer-title").inner_text().startswith(TUTORIAL_ID)
    assert sentence(page) == expected(locus_of(TUTORIAL_ID), {})["sentence"]
    assert page.locator("#explorer-svg [role=option]").count() == 105


def test_lists_all_simulated_loci_by_kind(explorer: Any) -> None:
    page = explorer()
    options = page.locator("#explorer-loci option")
    ids = options.evaluate_all("all => all.map((each) => each.value)")
    assert sorted(ids) == sorted(path.stem for path in BUNDLED.glob("*.json"))
    groups = page.locator("#explorer-loci optgroup").evaluate_all("all => all.map((e) => e.label)")
    assert "RR Lyrae stars (13)" in groups


def test_search_finds_kinds_and_ids_and_a_locus_can_be_chosen_by_keyboard(explorer: Any) -> None:
    page = explorer()
    page.get_by_label("Search the simulated loci").fill("KILO nova")
    assert page.locator("#explorer-found").inner_text() == "1 of 150 loci"
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    page.wait_for_function("document.getElementById('explorer-title').textContent.includes('kilo')")
    wait_for_hash(page, "locus=ANT2026simkilonova")
    page.get_by_label("Search the simulated loci").fill("no such thing")
    assert page.locator("#explorer-loci option").count() == 0


def figure_and_code(page: Any) -> tuple[str, str]:
    code = page.locator("#explorer-code").inner_text()
    return page.locator("#explorer-figure").inner_html(), code


CONTROLS = [
    (lambda page: page.get_by_label("total").check(), "flux=total", {"flux": "total"}),
    (lambda page: page.get_by_label("both").check(), "survey=all", {"survey": "all"}),
    (lambda page: page.get_by_label("ZTF", exact=True).check(), "survey=ztf", {"survey": "ztf"}),
    (
        lambda page: page.get_by_label("dipoles").uncheck(),
        "keep_dipoles=false",
        {"keepDipoles": False},
    ),
    (
        lambda page: page.get_by_label("flagged points").uncheck(),
        "keep_flagged=false",
        {"keepFlagged": False},
    ),
    (lambda page: page.get_by_label("g", exact=True).uncheck(), "bands=urizy", {"bands": "urizy"}),
    (
        lambda page: page.get_by_label("Reliability of at least").fill("0.6"),
        "min_reliability=0.6",
        {"minReliability": 0.6},
    ),
    (lambda page: page.get_by_label("magnitude").check(), "y=magnitude", None),
    (lambda page: page.get_by_label("abs()").check(), "sign=abs", None),
    (lambda page: page.get_by_label("if negative").check(), "sign=naive", None),
    (lambda page: page.get_by_label("forced photometry").check(), "forced=true", None),
    (lambda page: page.get_by_label("Fold by a period").fill("0.5"), "period=0.5", None),
]


@pytest.mark.parametrize(
    ("change", "part", "options"), CONTROLS, ids=[each[1] for each in CONTROLS]
)
def test_each_control_changes_figure_numbers_code_and_address(
    explorer: Any, change: Any, part: str, options: Any
) -> None:
    locus_id = NEGATIVE if "sign" in part else HARD
    page = explorer(f"#locus={locus_id}")
    before = figure_and_code(page)
    change(page)
    wait_for_hash(page, f"locus={locus_id}&{part}")
    after = figure_and_code(page)
    assert after[1] != before[1]
    assert after[0] != before[0] or options is not None
    if options is not None:
        wanted = expected(locus_of(HARD), options)
        assert sentence(page) == wanted["sentence"]
        rows = page.locator("#explorer-summary tbody tr").all_inner_texts()
        assert dict(row.split("\t") for row in rows) == {
            name: str(number) for name, number in wanted["numbers"].items()
        }


def test_a_wrong_rule_is_called_wrong_only_where_it_is(explorer: Any) -> None:
    page = explorer("#locus=ANT2026simeclipse&sign=naive")
    assert "Wrong" in page.locator("#explorer-warning").inner_text()
    page.goto(page.url.replace("simeclipse", "simunsigned"))
    page.wait_for_function(
        "document.querySelector('#explorer-title').textContent.includes('unsig')"
    )
    assert "Wrong" not in page.locator("#explorer-warning").inner_text()


def test_the_last_band_stays_and_a_period_must_be_a_number(explorer: Any) -> None:
    page = explorer("#bands=r")
    page.get_by_label("r", exact=True).click()
    assert page.get_by_label("r", exact=True).is_checked()
    period = page.get_by_label("Fold by a period")
    for text in ("-1", "x", "0", "1e400"):
        period.fill(text)
        assert period.get_attribute("aria-invalid") == "true"
        assert "above 0" in page.locator("#explorer-period-note").inner_text()
    page.get_by_label("magnitude").check()
    wait_for_hash(page, "bands=r&y=magnitude")


def test_an_address_that_is_not_valid_is_ignored(explorer: Any) -> None:
    page = explorer(
        "#flux=big&bands=gx&min_reliability=2&period=-1&y=<b>&__proto__=1&sign=no&survey="
    )
    assert sentence(page) == "105 of 105 alerts included."
    wait_for_hash(page, "")


def test_an_address_opens_its_state_also_on_the_page_itself(explorer: Any) -> None:
    page = explorer("#locus=ANT2026simdipoles&keep_dipoles=false&point=nothing")
    assert (
        sentence(page)
        == expected(locus_of("ANT2026simdipoles"), {"keepDipoles": False})["sentence"]
    )
    page.evaluate("location.hash = 'locus=ANT2026simrrlyrae&period=0.54187&y=magnitude'")
    page.wait_for_function("document.querySelector('#explorer-code').textContent.includes('phase')")
    assert page.get_by_label("magnitude").is_checked()
    assert page.get_by_label("Fold by a period").input_value() == "0.54187"


def test_a_locus_that_is_not_simulated_is_asked_for_only_on_a_click(explorer: Any) -> None:
    page = explorer("#locus=ANT2020real")
    assert page.get_by_label("Or ask ANTARES for a locus ID").input_value() == "ANT2020real"
    assert "press Fetch" in page.locator("#explorer-message").inner_text()


def test_arrow_keys_choose_points_in_order_of_time(explorer: Any) -> None:
    page = explorer()
    page.locator("#explorer-points").focus()
    listed = expected(locus_of(TUTORIAL_ID), {})["id"]
    for key, place in [("", 0), ("ArrowRight", 1), ("End", 104), ("ArrowRight", 104), ("Home", 0)]:
        page.keyboard.press(key) if key else None
        assert listed[place] in page.locator("#explorer-details").inner_text()
        active = page.locator("#explorer-points").get_attribute("aria-activedescendant")
        option = page.locator(f"#{active}")
        assert option.get_attribute("aria-selected") == "true"
        assert re.search(r"band, 2026-.* UTC, .* ± .* nJy", option.get_attribute("aria-label"))
    page.keyboard.press("Escape")
    assert page.locator("#explorer-details").inner_text() == ""


def test_details_give_both_times_the_flux_and_three_cutouts(explorer: Any) -> None:
    page = explorer()
    with page.expect_request(f"**/{TUTORIAL_ID}.webp*"):
        page.locator("#explorer-points").focus()
    details = page.locator("#explorer-details").inner_text()
    assert "MJD 61235.36895" in details
    assert "2026-07-14 08:50:41" in details  # 37 seconds before TAI
    assert "1,522 ± 271 nJy" in details
    assert page.locator("#explorer-cutouts [role=img]").count() == 3


def test_the_pointer_chooses_the_nearest_point(explorer: Any) -> None:
    page = explorer()
    point = page.locator("#explorer-point-50").bounding_box()
    page.mouse.move(point["x"] + point["width"] / 2, point["y"] + point["height"] / 2)
    page.wait_for_function("document.getElementById('explorer-details').textContent")
    listed = expected(locus_of(TUTORIAL_ID), {})["id"]
    text = page.locator("#explorer-details").inner_text()
    assert any(each in text for each in listed[48:53])


def test_the_table_has_every_point_exactly(explorer: Any) -> None:
    page = explorer("#flux=total")
    page.get_by_text("All points as a table").click()
    cells = page.locator("#explorer-numbers tbody td:nth-child(4)").all_inner_texts()
    assert [float(each) for each in cells] == expected(locus_of(TUTORIAL_ID), {"flux": "total"})[
        "flux"
    ]


def test_the_code_can_be_copied(explorer: Any) -> None:
    page = explorer("", permissions=["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy", exact=True).click()
    page.locator("#explorer-copied", has_text="Copied.").wait_for()
    text = page.evaluate("navigator.clipboard.readText()")
    assert text == page.locator("#explorer-code").text_content()


@pytest.mark.parametrize(
    ("theme", "colors"), [("light", COLORS_ON_WHITE), ("dark", COLORS_ON_BLACK)]
)
def test_bands_have_rubins_colors_in_both_themes(explorer: Any, theme: str, colors: Any) -> None:
    page = explorer("", color_scheme=theme)
    for band, color in colors.items():
        symbol = page.locator(f".explorer-symbol[data-band={band}] .shape")
        wanted = ", ".join(str(int(color[start : start + 2], 16)) for start in (1, 3, 5))
        assert symbol.evaluate("(it) => getComputedStyle(it).fill") == f"rgb({wanted})"


@pytest.mark.parametrize("width", [1440, 1024, 390])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing(explorer: Any, theme: str, width: int) -> None:
    axe = need("axe_playwright_python.base", "axe-playwright-python")
    address = f"#locus={HARD}&survey=all&forced=true"
    page = explorer(address, width=width, color_scheme=theme, reduced_motion="reduce")
    page.get_by_text("All points as a table").click()
    page.locator("#explorer-points").focus()
    page.wait_for_load_state("networkidle")
    page.evaluate(axe.AXE_SCRIPT)
    found = page.evaluate("axe.run(document, {preload: false})")["violations"]
    assert not [(each["id"], [node["html"] for node in each["nodes"]][:3]) for each in found]
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_nothing_moves_while_it_opens(open_page: Any) -> None:
    page = open_page("index.html")
    page.context.add_init_script(
        "window.moved = 0; const add = (each) => { window.moved += each.value; };"
        "new PerformanceObserver((list) => list.getEntries().forEach(add))"
        ".observe({type: 'layout-shift', buffered: true})"
    )
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 850})
        page.goto(page.url.replace("index.html", PAGE).partition("#")[0])
        page.wait_for_selector("#explorer-svg")
        page.wait_for_timeout(500)
        assert page.evaluate("window.moved") < 0.05


def test_works_from_a_file(browser: Any) -> None:
    page = browser.new_context().new_page()
    page.goto((SITE / PAGE).resolve().as_uri() + "#locus=ANT2026simrr01&flux=total")
    page.wait_for_selector("#explorer-svg")
    assert sentence(page) == expected(locus_of("ANT2026simrr01"), {"flux": "total"})["sentence"]
    page.locator("#explorer-points").focus()
    assert page.locator("#explorer-cutouts [role=img]").count() == 3
    page.context.close()


def test_without_javascript_it_names_what_does_the_same(browser: Any, site: str) -> None:
    page = browser.new_context(java_script_enabled=False).new_page()
    page.goto(site + PAGE)
    assert not page.locator("#explorer").is_visible()
    assert "antares-helpers plot" in page.locator("article").inner_text()
    page.context.close()


def test_as_opened_it_asks_only_this_site_and_weighs_little(open_page: Any, site: str) -> None:
    page = open_page("index.html")
    requested: list[str] = []
    page.on("request", lambda request: requested.append(request.url))
    page.goto(site + PAGE, wait_until="networkidle")
    page.wait_for_selector("#explorer-svg")
    assert all(url.startswith(site) for url in requested)
    ours = {url.partition("?")[0].removeprefix(site) for url in requested if "explorer" in url}
    sizes = {name: len(gzip.compress((SITE / name).read_bytes())) for name in ours}
    assert f"_static/explorer/{TUTORIAL_ID}.js" in sizes
    assert not [name for name in sizes if name.endswith("webp")]
    assert sum(sizes.values()) <= 100_000


def test_files_of_loci_are_small() -> None:
    scripts, pictures = sorted(DATA.glob("ANT*.js")), sorted(DATA.glob("ANT*.webp"))
    assert len(scripts) == len(pictures) == 150
    assert max(len(gzip.compress(path.read_bytes())) for path in scripts) <= 10_000
    assert max(path.stat().st_size for path in pictures) <= 250_000
