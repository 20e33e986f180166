"""Readers find pages by search and by tag, switch the colors, and need no JavaScript to read."""

import re
from typing import Any

import pytest
from site_pages import TUTORIALS, need, needs_site

expect = need("playwright.sync_api", "playwright").expect

pytest_plugins = ["browsing"]
pytestmark = [needs_site, pytest.mark.slow]

FIRST = "tutorials/1_first_steps/01_plot_your_first_light_curve.html"
BACKGROUND = "getComputedStyle(document.body).backgroundColor"


def test_search_finds_negative_flux(open_page: Any) -> None:
    page = open_page("index.html")
    page.keyboard.press("Control+k")
    page.keyboard.type("negative flux")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search.html?q=negative+flux")
    results = page.locator("#search-results a[href*='04_handle_negative_fluxes.html']")
    results.first.click()
    expect(page.locator("h1")).to_contain_text("Handle negative fluxes")


def test_tags_filter_the_tutorials(open_page: Any) -> None:
    page = open_page("tutorials/index.html")
    cards, shown = page.locator("li[data-tags]"), page.locator("li[data-tags]:visible")
    assert cards.count() == shown.count() == len(TUTORIALS)
    button = page.get_by_role("button", name="no helpers")
    button.focus()
    page.keyboard.press("Space")
    expect(button).to_have_attribute("aria-pressed", "true")
    few = page.locator("li[data-tags~='no-helpers']").count()
    assert 0 < few < len(TUTORIALS)
    assert shown.count() == few
    expect(page.locator(".tag-status")).to_have_text(f"{few} of {len(TUTORIALS)} tutorials shown.")
    page.keyboard.press("Enter")
    expect(button).to_have_attribute("aria-pressed", "false")
    assert shown.count() == len(TUTORIALS)


def test_two_tags_show_the_pages_which_have_both(open_page: Any) -> None:
    page = open_page("tutorials/index.html#tag=photometry")
    page.get_by_role("button", name="first steps").click()
    shown = page.locator("li[data-tags]:visible")
    both = page.locator("li[data-tags~='photometry'][data-tags~='first-steps']")
    assert shown.count() == both.count() > 0
    page.wait_for_url("**#tag=photometry,first-steps")
    headings = page.locator("article section section > h2:visible")
    assert headings.all_text_contents() == ["First steps#"]


def test_a_tag_of_a_page_leads_to_the_filtered_index(open_page: Any) -> None:
    page = open_page(FIRST)
    page.get_by_role("navigation", name="Tags").get_by_text("photometry").click()
    page.wait_for_url("**/tutorials/index.html#tag=photometry")
    expect(page.get_by_role("button", name="photometry")).to_have_attribute("aria-pressed", "true")
    shown = page.locator("li[data-tags]:visible").evaluate_all("all => all.map(li => li.dataset)")
    assert all("photometry" in each["tags"].split() for each in shown)


def test_the_color_mode_can_be_switched_and_stays(open_page: Any) -> None:
    page = open_page(FIRST, color_scheme="light")
    light = page.evaluate(BACKGROUND)
    page.get_by_role("button", name="Color mode").click()
    page.get_by_role("button", name="Dark").click()
    assert page.evaluate(BACKGROUND) != light
    page.reload()
    assert page.locator("html").get_attribute("data-theme") == "dark"


@pytest.mark.parametrize("tutorial", TUTORIALS)
def test_the_first_figure_is_on_the_first_screen(open_page: Any, tutorial: str) -> None:
    page = open_page(tutorial)
    figure = page.locator("article img").first.bounding_box()
    shown = page.viewport_size["height"] - figure["y"]
    assert shown > 0.7 * min(figure["height"], 450)


@pytest.mark.parametrize("width", [1280, 390])
def test_a_tutorial_reads_without_javascript(open_page: Any, width: int) -> None:
    page = open_page(FIRST, width, java_script_enabled=False)
    assert page.locator("article p:visible").count() > 5
    figure = page.locator("article img").first
    expect(figure).to_be_visible()
    assert figure.bounding_box()["height"] > 100
    for name in ("Tutorials", "Reference"):
        assert page.get_by_role("link", name=name, exact=True).locator("visible=true").count()
    expect(page.get_by_title("next page")).to_be_visible()
    buttons = page.locator("button:visible").all_inner_texts()
    assert buttons == []


def test_the_map_works_without_javascript(open_page: Any) -> None:
    page = open_page("index.html", java_script_enabled=False)
    page.locator("header").get_by_role("link", name="Help", exact=True).click()
    side_bar = page.get_by_role("navigation", name="Section Navigation")
    side_bar.get_by_role("link", name="Sandbox", exact=True).click()
    expect(page.locator("h1")).to_contain_text("Sandbox")


def test_without_javascript_all_tutorials_are_shown_and_no_filter(open_page: Any) -> None:
    page = open_page("tutorials/index.html#tag=photometry", java_script_enabled=False)
    assert page.locator("li[data-tags]:visible").count() == len(TUTORIALS)
    assert not page.locator(".tag-filter:visible").count()


def test_the_first_screen_of_a_laptop_shows_the_lines_and_their_figure(open_page: Any) -> None:
    page = open_page("index.html")
    page.wait_for_load_state("networkidle")
    for each in (page.locator("article pre").first, page.locator("article img").first):
        box = each.bounding_box()
        assert box["y"] + box["height"] < 720
    assert re.search(r"fetch_locus\(.*\n.*\n.*plot_lightcurve\(", page.inner_text("article pre"))
