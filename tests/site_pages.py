"""The built site as a folder: its pages, and which of them are tutorials."""

import os
from functools import cache
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
SITE = Path(os.environ.get("SITE_FOLDER", ROOT / "docs" / "_build" / "html"))
SCRIPTS = sorted(path.relative_to(ROOT / "gallery") for path in ROOT.glob("gallery/*/*.py"))
TUTORIALS = [f"tutorials/{script.with_suffix('.html')}" for script in SCRIPTS]

needs_site = pytest.mark.skipif(
    not (SITE / "index.html").exists(), reason="the site is not built: run make site"
)


def pages() -> list[str]:
    """Return all pages of the site, as paths below its root."""
    paths = (path.relative_to(SITE) for path in SITE.rglob("*.html"))
    return sorted(str(path) for path in paths if path.parts[0] != "_static")


@cache
def soup(page: str) -> Any:
    """Return a page, parsed."""
    bs4 = pytest.importorskip("bs4", reason="beautifulsoup4 is not installed")
    return bs4.BeautifulSoup((SITE / page).read_text(encoding="utf-8"), "html.parser")
