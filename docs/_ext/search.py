"""Search the site with Pagefind, in the place of Sphinx's own search.

At the end of a build the pages are indexed, unless all are as they were at the last one. Only those
that have changed are prepared again; the others are in a file beside the doctrees.
"""

import gzip
import json
import re
import shutil
import subprocess
import sys
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import search_pages
from sphinx.application import Sphinx
from sphinx.config import Config

__all__ = ["setup"]

# Of Sphinx's own search.
_THEIRS = ("searchtools.js", "language_data.js", "sphinx_highlight.js")
_STEMMERS = ("base-stemmer.js", "english-stemmer.js")
_NOT_SEARCHED = ("genindex", "py-modindex", "search", "404")
_ARTICLE = re.compile(rb"<article.*</article>", re.DOTALL)
# Pagefind's own interfaces, and what it needs for languages other than English.
_UNUSED = ("*ui*", "*highlight*", "wasm.unknown*")
_SECTIONS = "sections.js"
_WORD = re.compile(r"[^\W\d_]{2,}")


def _replace_page(_app: Sphinx, config: Config) -> None:
    config.html_additional_pages = {**config.html_additional_pages, "search": "search.html"}


def _drop_index(app: Sphinx) -> None:
    if app.builder.format == "html":
        app.builder.search = False  # type: ignore[attr-defined]


def _replace_scripts(
    app: Sphinx, pagename: str, _template: str, context: dict[str, Any], _doctree: Any
) -> None:
    if pagename == "search":
        # Before the page's own script, which page_files adds.
        app.add_js_file("search-query.js", loading_method="defer", priority=400)
    # In place: another extension may still add to it.
    scripts = context["script_files"]
    scripts[:] = [each for each in scripts if not str(each.filename).endswith(_THEIRS)]


def _index(app: Sphinx, error: Exception | None) -> None:
    """Index the pages if one has changed, and leave nothing of Sphinx's search behind."""
    if error or app.builder.name != "html":
        return
    site, file = Path(app.outdir), Path(app.doctreedir) / "search.json"
    for name in (*_THEIRS, *_STEMMERS):
        (site / "_static" / name).unlink(missing_ok=True)
    old = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    new = _prepared(site, old)
    if new != old or not (site / "pagefind" / _SECTIONS).exists():
        _run_pagefind({page: html for page, (_, html) in new.items()}, site / "pagefind")
        file.write_text(json.dumps(new), encoding="utf-8")


def _prepared(site: Path, old: dict[str, list[str]]) -> dict[str, list[str]]:
    """Return what Pagefind reads of each page, with the fingerprint of what that is made from."""
    sources = (search_pages.SETTINGS, Path(search_pages.__file__), Path(__file__))
    common = b"".join(path.read_bytes() for path in sources) + version("pagefind").encode()
    new = {}
    for path in sorted(site.rglob("*.html")):
        page = path.relative_to(site).as_posix()
        article = _ARTICLE.search(path.read_bytes())
        if article is None or page[0] in "._" or path.stem in _NOT_SEARCHED:
            continue
        fingerprint = sha256(common + article[0]).hexdigest()
        if old.get(page, [""])[0] == fingerprint:
            new[page] = old[page]
        else:
            new[page] = [fingerprint, search_pages.prepare(page, article[0].decode())]
    return new


def _run_pagefind(pages: dict[str, str], output: Path) -> None:
    shutil.rmtree(output, ignore_errors=True)
    with TemporaryDirectory() as folder:
        for page, html in pages.items():
            path = Path(folder, page)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(html, encoding="utf-8")
        command = [sys.executable, "-m", "pagefind", "--silent", "--keep-index-url"]
        command += ["--site", folder, "--output-path", str(output)]
        subprocess.run(command, check=True)
    for pattern in _UNUSED:
        for path in output.glob(pattern):
            path.unlink()
    _write_sections(output)


def _write_sections(output: Path) -> None:
    """Write what Pagefind has read, and its words, as a script: from file:// nothing else loads."""
    pages = []
    for path in sorted(output.glob("fragment/*")):
        page = json.loads(gzip.decompress(path.read_bytes()).removeprefix(b"pagefind_dcd"))
        pages.append({name: page[name] for name in ("url", "content", "meta", "anchors")})
    found = (_WORD.findall(page["content"].lower()) for page in pages)
    words = json.dumps(sorted(set().union(*found)), ensure_ascii=False, separators=(",", ":"))
    text = json.dumps(pages, ensure_ascii=False, separators=(",", ":"))
    (output / "words.json").write_text(words, encoding="utf-8")
    script = f"window.searchPages = {text};\nwindow.searchWords = {words};\n"
    (output / _SECTIONS).write_text(script, encoding="utf-8")


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the extension, to index after other extensions have finished the pages."""
    app.connect("config-inited", _replace_page)
    app.connect("builder-inited", _drop_index)
    app.connect("html-page-context", _replace_scripts)
    app.connect("build-finished", _index, priority=900)
    return {"version": "1", "parallel_read_safe": True}
