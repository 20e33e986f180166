"""Pages in a browser: sizes of headings, code that fits, nothing that moves, and phones."""

from typing import Any

import pytest
from site_pages import SITE, TUTORIALS, need, needs_site, pages

expect = need("playwright.sync_api", "playwright").expect

pytest_plugins = ["browsing"]
pytestmark = [needs_site, pytest.mark.slow]

MAX_SHIFT = 0.05
SCROLLING = """all => all.filter(it => it.clientWidth && it.scrollWidth > it.clientWidth + 1)
    .map(it => it.textContent.trim().slice(0, 60))"""
SIZES = """() => ["h1", "h2", "h3", "h4"].map(name => document.querySelector(`article ${name}`))
    .filter(Boolean).map(it => parseFloat(getComputedStyle(it).fontSize))"""
SHIFT = """() => new Promise(resolve => {
    let sum = 0;
    new PerformanceObserver(list => list.getEntries().forEach(each => {
        if (!each.hadRecentInput) sum += each.value;
    })).observe({type: "layout-shift", buffered: true});
    setTimeout(() => resolve(sum), 700);
})"""
BEYOND = """all => all.filter(it => it.getClientRects().length
    && it.getBoundingClientRect().right > innerWidth + 1).map(it => it.textContent.slice(0, 60))"""
LOOK = """() => [...document.querySelectorAll("body, body *")].map(it => {
    const style = getComputedStyle(it);
    return [it.tagName, style.color, style.backgroundColor, style.display, style.fontSize,
        style.margin, style.padding, style.borderWidth, style.position].join();
})"""
WHOLE = """names => {
    const small = document.querySelector("link[href*='light.css']");
    const loaded = names.map(name => new Promise(resolve => {
        const link = document.createElement("link");
        Object.assign(link, {rel: "stylesheet", href: `_static/${name}`, onload: resolve});
        small.before(link);
    }));
    return Promise.all(loaded).then(() => small.remove());
}"""
STYLES = ["basic.css", "styles/pydata-sphinx-theme.css", "pygments.css", "copybutton.css",
          "sg_gallery.css", "sg_gallery-dataframe.css", "sg_gallery-rendered-html.css",
          "sphinx-design.min.css", "site.css", "figure-themes.css", "markdown.css",
          "tasks.css"]  # fmt: skip


@pytest.fixture(scope="module")
def wide(browser: Any, site: str) -> Any:
    """Return a function that shows a page in one browser tab: quicker than one each."""
    context = browser.new_context(viewport={"width": 1280, "height": 850})
    page = context.new_page()

    def show(name: str, width: int) -> Any:
        page.set_viewport_size({"width": width, "height": 850})
        page.goto(site + name)
        return page

    yield show
    context.close()


@pytest.mark.parametrize("page", pages())
def test_code_and_outputs_fit_beside_both_side_bars_of_a_laptop(wide: Any, page: str) -> None:
    for width in (1280, 1024, 1440):
        shown = wide(page, width)
        blocks = shown.locator("article div.highlight pre")
        assert blocks.evaluate_all(SCROLLING) == [], width


@pytest.mark.parametrize("page", pages())
def test_headings_become_smaller_with_each_level(wide: Any, page: str) -> None:
    sizes = wide(page, 1280).evaluate(SIZES)
    assert sizes == sorted(set(sizes), reverse=True)


@pytest.mark.parametrize("page", pages())
def test_header_is_one_row_on_a_small_laptop(wide: Any, page: str) -> None:
    shown = wide(page, 1024)
    tops = shown.locator(".navbar-header-items__center a, .search-button-field").evaluate_all(
        "all => all.filter(it => it.getClientRects().length).map(it => {"
        "const box = it.getBoundingClientRect(); return (box.top + box.bottom) / 2 })"
    )
    assert max(tops) - min(tops) < 15


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize(
    "page", ["index.html", "tutorials/index.html", "benchmarks.html", *TUTORIALS]
)
def test_nothing_moves_as_the_page_loads(open_page: Any, page: str, width: int) -> None:
    assert open_page(page, width).evaluate(SHIFT) < MAX_SHIFT


@pytest.mark.parametrize("page", pages())
def test_nothing_is_beyond_the_edge_of_a_phone(wide: Any, page: str) -> None:
    shown = wide(page, 390)
    parts = (
        "dt.sig, ul.bd-breadcrumbs li, table.autosummary td, table.properties td, .indextable td"
    )
    assert shown.locator(parts).evaluate_all(BEYOND) == []


def test_properties_on_a_phone_are_cards_that_name_their_columns(open_page: Any) -> None:
    page = open_page("properties.html", 390)
    row = page.locator("table.properties tbody tr").first
    assert row.evaluate("it => getComputedStyle(it).display") == "block"
    labels = row.locator("td:visible").evaluate_all(
        "all => all.map(it => getComputedStyle(it, '::before').content)"
    )
    assert labels[0] == "none"
    assert '"Note"' in labels
    assert '"Type"' in labels
    rows = page.get_by_role("table").first.get_by_role("row")
    assert rows.count() > 3


def test_names_of_properties_break_behind_underscores_only(open_page: Any) -> None:
    page = open_page("properties.html", 320)
    names = page.locator("table.properties td:first-child .pre")
    starts = names.evaluate_all(
        """all => all.flatMap(it => [...it.childNodes].filter(node => node.nodeType === 3)
            .filter(node => {
                const range = document.createRange();
                range.selectNodeContents(node);
                return range.getClientRects().length > 1;
            }).map(node => node.data))"""
    )
    assert starts == []
    assert "_" in names.first.inner_text()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_announcement_is_no_louder_than_the_page(open_page: Any, scheme: str) -> None:
    page = open_page("installation.html", color_scheme=scheme)
    banner = page.locator(".bd-header-announcement")
    colors = banner.evaluate(
        """it => [getComputedStyle(it).backgroundColor,
            getComputedStyle(it, "::after").content,
            getComputedStyle(document.querySelector("article pre")).backgroundColor]"""
    )
    assert colors[0] == colors[2]
    assert colors[1] == "none"
    assert banner.bounding_box()["height"] < 40


def test_a_card_is_not_alone_in_its_row_and_its_title_is_not_underlined(open_page: Any) -> None:
    page = open_page("tutorials/index.html", 1440)
    for group in page.locator("ul.sphx-glr-thumbnails").all():
        tops = group.locator("li").evaluate_all("all => all.map(it => it.offsetTop)")
        assert len(tops) == 1 or tops.count(tops[-1]) > 1
    lines = page.locator("li.sphx-glr-thumbcontainer a").evaluate_all(
        "all => all.map(it => getComputedStyle(it).textDecorationLine)"
    )
    assert {*lines} == {"none"}


def test_a_tap_on_a_figure_opens_it_at_full_size(open_page: Any) -> None:
    page = open_page(TUTORIALS[1], 390, has_touch=True)
    page.locator("a.full-size").first.tap()
    page.wait_for_url("**/_images/*.png")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_the_small_stylesheet_looks_as_the_whole_ones(
    open_page: Any, width: int, scheme: str
) -> None:
    for name in ("index.html", "reference.html", "properties.html", "snippets.html"):
        page = open_page(name, width, color_scheme=scheme, reduced_motion="reduce")
        page.wait_for_load_state("networkidle")
        page.add_style_tag(content="*, ::before { transition: none !important }")
        small = page.evaluate(LOOK)
        page.evaluate(WHOLE, STYLES)
        whole = page.evaluate(LOOK)
        assert [pair for pair in zip(small, whole, strict=True) if pair[0] != pair[1]] == []


@pytest.mark.parametrize("address", ["nothing.html", "a/b/negative_fluxes.html"])
@pytest.mark.parametrize("below", ["", "docs/en/"])
def test_a_wrong_address_leads_to_search_at_any_depth(
    host: Any, browser: Any, below: str, address: str
) -> None:
    page = browser.new_page()
    page.goto(f"{host(below)}{address}")
    page.wait_for_url("**/404.html?from=*")
    expect(page.locator("article")).to_contain_text(address)
    field = page.locator("article input[type=search]")
    field.fill("sign")
    field.press("Enter")
    page.wait_for_url(f"**/{below}search.html?q=sign")
    expect(page.locator("h1")).to_contain_text("Search")
    page.close()


@pytest.fixture
def host() -> Any:
    """Return a function that serves the site below a folder, as static hosts do."""
    from browsing import serve_as_host

    servers = []

    def serve(below: str) -> str:
        servers.append(serve_as_host(SITE, below))
        return f"http://127.0.0.1:{servers[-1].server_port}/{below}"

    yield serve
    for server in servers:
        server.shutdown()
        server.server_close()
