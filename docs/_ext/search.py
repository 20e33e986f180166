"""Search the site with Pagefind, in the place of Sphinx's own search.

At the end of a build the pages are indexed, unless they are as they were at the last one. Each page
is prepared again only if it has changed. The prepared pages stay beside the doctrees.
"""

import gzip
import json
import shutil
import subprocess
import sys
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any

import search_pages
from sphinx.application import Sphinx
from sphinx.config import Config

__all__ = ["setup"]

_THEIRS = ("searchtools.js", "language_data.js", "sphinx_highlight.js")  # Sphinx's own search
_NOT_SEARCHED = ("genindex", "py-modindex", "search", "404")
# Pagefind's own interfaces, and what it needs for languages other than English.
_UNUSED = ("*ui*", "*highlight*", "wasm.unknown*")
_SECTIONS = "sections.js"


def _replace_page(_app: Sphinx, config: Config) -> None:
    config.html_additional_pages = {**config.html_additional_pages, "search": "search.html"}


def _drop_index(app: Sphinx) -> None:
    if app.builder.format == "html":
        app.builder.search = False  # type: ignore[attr-defined]


def _drop_scripts(
    app: Sphinx, pagename: str, _template: str, context: dict[str, Any], _doctree: Any
) -> None:
    if pagename == "search":
        app.add_css_file("search.css")
        app.add_js_file("search.js", loading_method="defer")
    # In place: another extension may still add to it.
    scripts = context["script_files"]
    scripts[:] = [each for each in scripts if not str(each.filename).endswith(_THEIRS)]


def _index(app: Sphinx, error: Exception | None) -> None:
    """Index the pages if one has changed, and leave nothing of Sphinx's search behind."""
    if error or app.builder.name != "html":
        return
    site, folder = Path(app.outdir), Path(app.doctreedir) / "search"
    for each in (*_THEIRS, "base-stemmer.js", "english-stemmer.js"):
        (site / "_static" / each).unlink(missing_ok=True)
    stamp = folder / "stamp.json"
    old = json.loads(stamp.read_text(encoding="utf-8")) if stamp.exists() else {}
    new = _fingerprints(site)
    if new != old or not (site / "pagefind" / _SECTIONS).exists():
        _prepare(site, folder / "pages", new, old)
        _run_pagefind(folder / "pages", site / "pagefind")
        stamp.write_text(json.dumps(new), encoding="utf-8")


def _fingerprints(site: Path) -> dict[str, str]:
    """Return what each page is made from, by its path: its HTML, the settings and these modules."""
    sources = (search_pages.SETTINGS, Path(search_pages.__file__), Path(__file__))
    common = b"".join(path.read_bytes() for path in sources) + version("pagefind").encode()
    pages = (path for path in sorted(site.rglob("*.html")) if path.stem not in _NOT_SEARCHED)
    return {
        path.relative_to(site).as_posix(): sha256(common + path.read_bytes()).hexdigest()
        for path in pages
        if not path.relative_to(site).parts[0].startswith(("_", "."))
    }


def _prepare(site: Path, folder: Path, new: dict[str, str], old: dict[str, str]) -> None:
    for page in old.keys() - new.keys():
        (folder / page).unlink(missing_ok=True)
    for page, fingerprint in new.items():
        prepared = folder / page
        if old.get(page) != fingerprint or not prepared.exists():
            prepared.parent.mkdir(parents=True, exist_ok=True)
            html = (site / page).read_text(encoding="utf-8")
            prepared.write_text(search_pages.prepare(page, html), encoding="utf-8")


def _run_pagefind(pages: Path, output: Path) -> None:
    shutil.rmtree(output, ignore_errors=True)
    command = [sys.executable, "-m", "pagefind", "--silent", "--keep-index-url"]
    command += ["--site", str(pages), "--output-path", str(output)]
    subprocess.run(command, check=True)
    for pattern in _UNUSED:
        for path in output.glob(pattern):
            path.unlink()
    _write_sections(output)


def _write_sections(output: Path) -> None:
    """Write what Pagefind has read as a script too: from file:// a browser loads nothing else."""
    pages = []
    for path in sorted(output.glob("fragment/*")):
        page = json.loads(gzip.decompress(path.read_bytes()).removeprefix(b"pagefind_dcd"))
        pages.append({name: page[name] for name in ("url", "content", "meta", "anchors")})
    text = json.dumps(pages, ensure_ascii=False, separators=(",", ":"))
    (output / _SECTIONS).write_text(f"window.searchPages = {text};\n", encoding="utf-8")


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the extension, to index after every other extension has finished the pages."""
    app.connect("config-inited", _replace_page)
    app.connect("builder-inited", _drop_index)
    app.connect("html-page-context", _drop_scripts)
    app.connect("build-finished", _index, priority=900)
    return {"version": "1", "parallel_read_safe": True}
