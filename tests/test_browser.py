"""The site in a real browser: nothing fails, and it fits a phone."""

import os
import shutil
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

ROOT = Path(__file__).parents[1]
SITE = Path(os.environ.get("SITE_FOLDER", ROOT / "docs" / "_build" / "html"))
BROWSER = shutil.which("chromium") or shutil.which("google-chrome")
PAGES = ["index.html", "installation.html", "snippets.html", "api/index.html", "search.html"]
PAGES += [
    f"tutorials/{path.relative_to(ROOT / 'gallery').with_suffix('.html')}"
    for path in sorted(ROOT.glob("gallery/*/*.py"))
]
OPTIONS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]

pytestmark = pytest.mark.skipif(
    BROWSER is None and os.environ.get("REQUIRE_BROWSER") != "1",
    reason="no Chromium on this machine; REQUIRE_BROWSER=1 makes that an error",
)


class Quiet(SimpleHTTPRequestHandler):
    """Serves the site without a log."""

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    if not (SITE / "index.html").exists():
        pytest.skip("the site is not built: run make site")
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(SITE)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    assert BROWSER, "REQUIRE_BROWSER=1, but there is no Chromium"
    with playwright.sync_playwright() as manager:
        chromium = manager.chromium.launch(executable_path=BROWSER, args=OPTIONS)
        yield chromium
        chromium.close()


@pytest.fixture
def problems_of(browser: Any, site: str) -> Any:
    def visit(page_name: str, width: int) -> tuple[list[str], int]:
        page = browser.new_page(viewport={"width": width, "height": 850})
        problems: list[str] = []
        page.on(
            "console", lambda message: message.type == "error" and problems.append(message.text)
        )
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("requestfailed", lambda request: problems.append(request.url))
        page.on("request", lambda request: problems.extend(foreign(request.url, site)))
        page.goto(site + page_name, wait_until="networkidle")
        overflow = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        page.close()
        return problems, overflow

    return visit


def foreign(url: str, site: str) -> list[str]:
    return [] if url.startswith((site, "data:")) else [f"another host: {url}"]


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("page", PAGES)
def test_page_loads_without_problems_and_fits(problems_of: Any, page: str, width: int) -> None:
    problems, overflow = problems_of(page, width)
    assert not problems
    assert overflow <= 0


def test_copy_button_copies_what_runs(browser: Any, site: str) -> None:
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(site + "snippets.html", wait_until="networkidle")
    page.hover("div.highlight pre")
    page.click("button.copybtn")
    copied = page.evaluate("navigator.clipboard.readText()")
    context.close()
    assert copied.strip() == (ROOT / "docs/snippets/plot_light_curve.py").read_text().strip()
