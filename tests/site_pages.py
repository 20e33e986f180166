"""The built site as a folder: its pages, and which of them are tutorials.

With REQUIRE_BROWSER=1 what the tests of the site need must be there: nothing is skipped.
"""

import os
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
SITE = Path(os.environ.get("SITE_FOLDER", ROOT / "docs" / "_build" / "html"))
SCRIPTS = sorted(path.relative_to(ROOT / "gallery") for path in ROOT.glob("gallery/*/*.py"))
TUTORIALS = [f"tutorials/{script.with_suffix('.html')}" for script in SCRIPTS]

IS_BUILT = (SITE / "index.html").exists()
IS_REQUIRED = os.environ.get("REQUIRE_BROWSER") == "1"

needs_site = pytest.mark.skipif(
    not IS_BUILT and not IS_REQUIRED, reason="the site is not built: run make site"
)


def need(module: str, package: str) -> Any:
    """Return a module; skip what needs it if its package is not installed."""
    if IS_REQUIRED:
        return import_module(module)
    return pytest.importorskip(module, reason=f"{package} is not installed")


def pages() -> list[str]:
    """Return all pages of the site, as paths below its root."""
    paths = (path.relative_to(SITE) for path in SITE.rglob("*.html"))
    return sorted(str(path) for path in paths if path.parts[0] != "_static")


@cache
def soup(page: str) -> Any:
    """Return a page, parsed."""
    bs4 = need("bs4", "beautifulsoup4")
    return bs4.BeautifulSoup((SITE / page).read_text(encoding="utf-8"), "html.parser")
