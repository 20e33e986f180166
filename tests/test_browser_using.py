"""Copied code and downloads work; the keyboard alone reaches everything."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient
from site_pages import ROOT, need, needs_site, pages, soup

expect = need("playwright.sync_api", "playwright").expect

pytest_plugins = ["browsing"]
pytestmark = [needs_site, pytest.mark.slow]

FIRST = "tutorials/1_first_steps/01_plot_your_first_light_curve.html"
CLIPBOARD = ["clipboard-read", "clipboard-write"]
# Of the tabs of a group one is reached by Tab, and from it the others by the arrow keys.
INPUT = "input:not([type='radio']:not(:checked))"
FOCUSABLE = f"a[href], button, {INPUT}, summary, [tabindex='0']"
CAN_BE_SEEN = """all => all.filter(it => it.checkVisibility({visibilityProperty: true})
    && it.getClientRects().length && !it.closest("dialog:not([open])")).length"""
FOCUSED = """() => {
    const it = document.activeElement;
    if (it === document.body) return null;
    const marked = style => style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0
        || style.boxShadow !== "none";
    const seen = [it, it.firstElementChild, it.closest("li"), it.parentElement].filter(Boolean)
        .some(each => marked(getComputedStyle(each)));
    it.dataset.reached = "yes";
    return {html: it.outerHTML.slice(0, 120), seen};
}"""


def first_page_with(selector: str) -> str:
    return next(page for page in pages() if soup(page).select_one(selector))


def test_copy_button_copies_the_snippet(open_page: Any, copied: Any) -> None:
    page = open_page("snippets.html", permissions=CLIPBOARD)
    snippet = (ROOT / "docs/snippets/plot_light_curve.py").read_text(encoding="utf-8").strip()
    blocks = page.locator("div.highlight:visible", has=page.locator("button.copybtn")).all()
    assert snippet in [copied(page, block).strip() for block in blocks]


@pytest.mark.parametrize("selector", ["div.highlight-console", "div.doctest"])
def test_copy_button_leaves_prompts_and_outputs_out(
    open_page: Any, copied: Any, selector: str
) -> None:
    page = open_page(first_page_with(selector), permissions=CLIPBOARD)
    for block in page.locator(selector).locator("div.highlight").all():
        text = copied(page, block).rstrip()
        prompts = block.locator(".gp").all_inner_texts()
        assert prompts
        assert text.count("\n") + 1 == len(prompts)
        assert not text.startswith((">>>", "$"))
        for output in block.locator(".go").all_inner_texts():
            assert output not in text.splitlines()


def test_downloaded_script_runs(open_page: Any, tmp_path: Path) -> None:
    page = open_page(FIRST)
    with page.expect_download() as download:
        page.locator(".run-it:visible").get_by_text("Download the script").first.click()
    script = tmp_path / download.value.suggested_filename
    download.value.save_as(script)
    environment = os.environ | {"MPLBACKEND": "agg"}
    subprocess.run([sys.executable, script.name], cwd=tmp_path, env=environment, check=True)
    assert (tmp_path / "light_curve.png").exists()


def test_downloaded_notebook_executes(open_page: Any, tmp_path: Path) -> None:
    page = open_page(FIRST)
    with page.expect_download() as download:
        page.locator(".run-it:visible").get_by_text("Download the notebook").first.click()
    path = tmp_path / download.value.suggested_filename
    download.value.save_as(path)
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    resources = {"metadata": {"path": str(tmp_path)}}
    NotebookClient(notebook, timeout=120, resources=resources).execute()
    outputs = [each for cell in notebook.cells for each in cell.get("outputs", [])]
    assert any("image/png" in each.get("data", {}) for each in outputs)


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("name", ["index.html", "tutorials/index.html", FIRST, "snippets.html"])
def test_tab_reaches_everything_and_shows_where_it_is(
    open_page: Any, name: str, width: int
) -> None:
    page = open_page(name, width, reduced_motion="reduce")
    page.wait_for_load_state("networkidle")
    stops = []
    while len(stops) < 500:
        page.keyboard.press("Tab")
        stop = page.evaluate(FOCUSED)
        if stop is None:
            break
        stops.append(stop)
    assert "Skip to main content" in stops[0]["html"]
    assert not [stop["html"] for stop in stops if not stop["seen"]]
    can_be_seen = page.locator(FOCUSABLE)
    missed = can_be_seen.and_(page.locator(":not([data-reached])"))
    assert missed.evaluate_all(CAN_BE_SEEN) == 0, missed.evaluate_all(
        "all => all.map(it => it.outerHTML.slice(0, 120))"
    )


def test_skip_link_leads_to_the_article(open_page: Any) -> None:
    page = open_page(FIRST)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_function("location.hash")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")


def test_the_menu_of_a_phone_works_by_keyboard(open_page: Any) -> None:
    page = open_page(FIRST, 390, reduced_motion="reduce")
    toggle = page.get_by_role("button", name="Site navigation")
    toggle.focus()
    page.keyboard.press("Enter")
    link = page.locator("dialog[open]").get_by_role("link", name="Reference", exact=True)
    expect(link).to_be_visible()
    page.keyboard.press("Escape")
    expect(link).not_to_be_visible()
    page.keyboard.press("Enter")
    link.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/reference.html")


def test_the_theme_can_be_switched_by_keyboard(open_page: Any) -> None:
    page = open_page("index.html", color_scheme="light")
    page.get_by_role("button", name="Color mode").focus()
    page.keyboard.press("Enter")
    for _ in range(4):
        page.keyboard.press("ArrowDown")
        if page.evaluate("document.activeElement.dataset.mode") == "dark":
            page.keyboard.press("Enter")
            break
    assert page.locator("html").get_attribute("data-theme") == "dark"
