"""A real browser, and the site on a server of this machine."""

import shutil
import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from site_pages import IS_BUILT, IS_REQUIRED, SITE, need

BROWSER = shutil.which("chromium") or shutil.which("google-chrome")
OPTIONS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]


class Quiet(SimpleHTTPRequestHandler):
    """Serves the site without a log."""

    def log_message(self, *_: Any) -> None:
        """Log nothing."""


class Host(Quiet):
    """Serves a site below a folder, and its 404.html for what is not there, as hosts do."""

    def __init__(self, *arguments: Any, below: str, **options: Any) -> None:
        self.below = f"/{below}"
        super().__init__(*arguments, **options)

    def translate_path(self, path: str) -> str:
        """Return the file for an address; one that can't be if it is not below the folder."""
        inside = path.removeprefix(self.below) if path.startswith(self.below) else "no/such/file"
        return super().translate_path(f"/{inside}")

    def send_error(self, code: int, *_: Any) -> None:
        """Send the page of the site in the place of an error."""
        page = Path(self.directory, "404.html").read_bytes()
        self.send_response(code)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(page)


def serve_as_host(folder: Path, below: str) -> ThreadingHTTPServer:
    """Return a running server of a folder, as a static host serves a site."""
    handler = partial(Host, directory=str(folder), below=below)
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


@pytest.fixture(scope="session")
def site() -> Iterator[str]:
    """Return the address of the site, ending with a slash."""
    if not IS_BUILT:
        _skip("the site is not built: run make site")
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(SITE)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Return Chromium, one for all tests."""
    playwright = need("playwright.sync_api", "playwright")
    if BROWSER is None:
        _skip("no Chromium on this machine")
    with playwright.sync_playwright() as manager:
        chromium = manager.chromium.launch(executable_path=BROWSER, args=OPTIONS)
        yield chromium
        chromium.close()


def _skip(reason: str) -> None:
    if IS_REQUIRED:
        pytest.fail(f"REQUIRE_BROWSER=1, but {reason}")
    pytest.skip(f"{reason}; REQUIRE_BROWSER=1 makes that a failure")


@pytest.fixture
def copied() -> Callable[[Any, Any], str]:
    """Return a function that copies a block of a page by its button, and waits until it has."""

    def copy(page: Any, block: Any) -> str:
        block.scroll_into_view_if_needed()
        block.hover()
        block.locator("button.copybtn").click()
        block.locator("button.copybtn.success").wait_for()
        return str(page.evaluate("navigator.clipboard.readText()"))

    return copy


@pytest.fixture
def open_page(browser: Any, site: str) -> Iterator[Any]:
    """Return a function that opens a page of the site in a fresh context."""
    contexts = []

    def open_(page: str, width: int = 1280, **options: Any) -> Any:
        context = browser.new_context(viewport={"width": width, "height": 850}, **options)
        contexts.append(context)
        opened = context.new_page()
        opened.goto(site + page)
        return opened

    yield open_
    for context in contexts:
        context.close()
