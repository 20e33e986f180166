"""Write each page as Markdown too, beside its HTML, and llms.txt, which lists these twins.

A page's twin is made with the page, so that an unchanged page has nothing made anew. Beside it is
the same text as a script: it is how a page from ``file://`` can copy its own Markdown.
"""

import json
import posixpath
import re
from collections.abc import Iterator
from html import escape
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import urljoin, urlsplit

from site_address import site_url
from sphinx.application import Sphinx
from to_markdown import to_markdown

__all__ = ["setup"]

_SUMMARY = (
    "Python package, tutorials and snippets to use Rubin (LSST) alerts through the ANTARES broker: "
    "fetch a locus, extract its light curve, plot it."
)
_DETAILS = (
    "Fluxes are in nJy, times are MJD (TAI). Without antares-helpers, mind the sign of psfFlux: "
    "alerts of negative detections may give it without. The figures show simulated data."
)
_MAX_NOTE = 160


def _name_twin(
    _app: Sphinx, pagename: str, _template: str, context: dict[str, Any], doctree: Any
) -> None:
    """Let the page name its twin, before the theme drops the parts that are empty."""
    if doctree is None:
        return
    name = context["markdown_twin"] = f"{PurePosixPath(pagename).name}.md"
    tag = f'<link rel="alternate" type="text/markdown" href="{escape(name)}" />'
    context["metatags"] = "\n".join([context.get("metatags", ""), tag])


def _write_twin(
    app: Sphinx, pagename: str, _template: str, context: dict[str, Any], doctree: Any
) -> None:
    """Write the twin of a page once its article is finished."""
    if doctree is None:
        return
    twin = Path(app.outdir, f"{pagename}.md")
    known = app.env.all_docs

    def link(address: str) -> str:
        path, mark, place = address.partition("#")
        target = posixpath.normpath(posixpath.join(pagename, "..", path))
        is_page = not urlsplit(address).netloc and target.removesuffix(".html") in known
        return f"{path.removesuffix('.html')}.md{mark}{place}" if path and is_page else address

    text = to_markdown(context.get("body", ""), link=link)
    text += f"\n---\n\nThe same page as HTML: [{pagename}.html]({twin.stem}.html)\n"
    twin.parent.mkdir(parents=True, exist_ok=True)
    twin.write_text(text, encoding="utf-8")
    twin.with_suffix(".md.js").write_text(f"takeMarkdown({json.dumps(text)});\n", encoding="utf-8")


def _write_llms(app: Sphinx, error: Exception | None) -> None:
    """Write llms.txt in the layout of its convention: title, summary, and sections of links."""
    if error or app.builder.format != "html":
        return
    lines = [f"# {app.config.project}", "", f"> {_SUMMARY}", "", _DETAILS]
    for title, pages in _sections(app).items():
        entries = (_entry(app, page) for page in pages)
        lines += ["", f"## {title}", "", *entries]
    text = "\n".join(lines) + "\n"
    Path(app.outdir, "llms.txt").write_text(text, encoding="utf-8")


def _sections(app: Sphinx) -> dict[str, list[str]]:
    """Return the pages of each section: those of the site's menu, and what is below them."""
    included = app.env.toctree_includes
    root = str(app.config.root_doc)
    sections: dict[str, list[str]] = {"Start": [root]}
    for page in included.get(root, []):
        below = list(_below(page, included))
        title = app.env.titles[page].astext() if below else "Start"
        sections.setdefault(title, []).extend([page, *below])
    listed = {page for pages in sections.values() for page in pages}
    if others := sorted(app.env.all_docs.keys() - listed):
        sections["Optional"] = others
    return sections


def _below(page: str, included: dict[str, list[str]]) -> Iterator[str]:
    for each in included.get(page, []):
        yield each
        yield from _below(each, included)


def _entry(app: Sphinx, page: str) -> str:
    twin = f"{page}.md"
    text = Path(app.outdir, twin).read_text(encoding="utf-8")
    note = _note(text)
    line = f"- [{app.env.titles[page].astext()}]({urljoin(site_url(), twin)})"
    return f"{line}: {note}" if note else line


def _note(markdown: str) -> str:
    """Return the first sentence of a page: of its first paragraph that is plain text."""
    code_free = re.sub(r"^```.*?^```", "", markdown, flags=re.DOTALL | re.MULTILINE)
    paragraphs = code_free.partition("\n---\n")[0].split("\n\n")
    plain = (each.strip() for each in paragraphs if re.match(r"[A-Z*`]", each.strip()))
    first = re.sub(r"\[([^\]]*)\]\([^)]*\)|\*+", r"\1", next(plain, ""))
    sentence = re.split(r"(?<=[.?!]) ", first, maxsplit=1)[0]
    if len(sentence) <= _MAX_NOTE:
        return sentence
    return sentence[:_MAX_NOTE].rpartition(" ")[0] + " ..."


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the extension, to run after the last change of an article."""
    app.add_js_file("markdown.js", loading_method="defer")
    app.connect("html-page-context", _name_twin, priority=400)
    app.connect("html-page-context", _write_twin, priority=945)  # before dark figures
    app.connect("build-finished", _write_llms)
    return {"version": "1", "parallel_read_safe": True}
