"""Every page in a real browser: nothing fails, all fits a phone, and anyone can use it."""

import gzip
from functools import cache
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from site_pages import SITE, TUTORIALS, need, needs_site, pages

axe = need("axe_playwright_python.base", "axe-playwright-python")

pytest_plugins = ["browsing"]
pytestmark = [needs_site, pytest.mark.slow]

AXE_VERSION = "4.12.1"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"]
RUN_AXE = """rules => axe.run(document, {
    runOnly: {type: "tag", values: rules}, resultTypes: ["violations"]
}).then(found => found.violations.flatMap(each => each.nodes.map(
    node => `${each.id}: ${node.html.slice(0, 150)} ${node.failureSummary}`
)))"""
IN_SCHEME = "scheme => document.documentElement.dataset.theme === scheme"
OVERFLOW = "document.documentElement.scrollWidth - window.innerWidth"
MAX_BYTES = 200_000
WIDTHS, SCHEMES = (1280, 390), ("light", "dark")


class Visit:
    """A page, loaded in each width and looked at in each color scheme."""

    def __init__(self, context: Any, site: str, name: str) -> None:
        self.problems: list[str] = []
        self.foreign: set[str] = set()
        self.bytes: dict[int, int] = {}
        self.overflow: dict[int, int] = {}
        self.violations: dict[tuple[int, str], list[str]] = {}
        for width in WIDTHS:
            page = context.new_page()  # whose memory has no figures of the other theme
            page.set_viewport_size({"width": width, "height": 850})
            requests = self._load(page, site + name)
            self.foreign |= {url for url in requests if not url.startswith((site, "data:"))}
            self.bytes[width] = sum(gzipped(url) for url in requests if url.startswith(site))
            self.overflow[width] = page.evaluate(OVERFLOW)
            page.evaluate(axe.AXE_SCRIPT)
            for scheme in SCHEMES:
                page.emulate_media(color_scheme=scheme)
                page.wait_for_function(IN_SCHEME, arg=scheme)
                self.violations[width, scheme] = page.evaluate(RUN_AXE, RULES)
            page.close()

    def _load(self, page: Any, address: str) -> set[str]:
        """Load the page and return the addresses it requests, before axe runs."""
        requests: set[str] = set()
        listeners = {
            "console": lambda line: line.type == "error" and self.problems.append(line.text),
            "pageerror": lambda error: self.problems.append(str(error)),
            "requestfailed": lambda request: self.problems.append(request.url),
            "request": lambda request: requests.add(request.url),
        }
        for event, listener in listeners.items():
            page.on(event, listener)
        page.goto(address, wait_until="networkidle")
        for event, listener in listeners.items():
            page.remove_listener(event, listener)
        return requests


@cache
def gzipped(url: str) -> int:
    path = unquote(urlsplit(url).path).lstrip("/") or "index.html"
    return len(gzip.compress((SITE / path).read_bytes()))


@pytest.fixture(scope="module")
def visit(browser: Any, site: str) -> Any:
    context = browser.new_context(device_scale_factor=2, reduced_motion="reduce")

    @cache
    def visit(name: str) -> Visit:
        return Visit(context, site, name)

    yield visit
    context.close()


@pytest.mark.parametrize("page", pages())
def test_page_loads_without_problems_and_from_here_only(visit: Any, page: str) -> None:
    assert not visit(page).problems
    assert not visit(page).foreign


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("page", pages())
def test_page_needs_no_sideways_scrolling(visit: Any, page: str, width: int) -> None:
    assert visit(page).overflow[width] <= 0


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("page", pages())
def test_axe_finds_nothing(visit: Any, page: str, width: int, scheme: str) -> None:
    assert not visit(page).violations[width, scheme]


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("page", TUTORIALS)
def test_tutorial_transfers_little(visit: Any, page: str, width: int) -> None:
    assert visit(page).bytes[width] <= MAX_BYTES


def test_axe_is_the_pinned_one_and_finds_what_is_wrong(browser: Any) -> None:
    page = browser.new_page()
    page.set_content("<html><body><button></button><img src='data:,'></body></html>")
    page.evaluate(axe.AXE_SCRIPT)
    found = {line.partition(":")[0] for line in page.evaluate(RUN_AXE, RULES)}
    assert page.evaluate("axe.version") == AXE_VERSION
    assert found >= {"button-name", "document-title", "html-has-lang", "image-alt"}
    page.close()
