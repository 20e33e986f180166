"""Cut the theme's styles to what the site uses, and print what is dark on a screen light.

One file, light.css, is in the place of ten. Nine tenths of what the theme has are for classes that
no page and no script of the site names. It is made anew only if the pages or the styles change.
"""

import re
from collections.abc import Iterable, Iterator
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import Any

import tinycss2
from icon_font import embed_icons
from sphinx.application import Sphinx

__all__ = ["purge", "setup"]

_THEIRS = (
    "basic.css",
    "styles/pydata-sphinx-theme.css",
    "pygments.css",
    "copybutton.css",
    "sg_gallery.css",
    "sg_gallery-dataframe.css",
    "sg_gallery-rendered-html.css",
    "sphinx-design.min.css",
)
_CREDITS = "Bootstrap (MIT), Font Awesome Free (icons CC BY 4.0, font SIL OFL 1.1, code MIT)"
_MADE_BY = ("light_styles.py", "icon_font.py")
_WITH_RULES = {"media", "supports", "layer", "container"}
_ATTRIBUTE = re.compile(r'\b(?:class|id)="([^"]*)"')
_STRING = re.compile(r"""["'`]([^"'`\n]{1,80})["'`]""")
_THEME = re.compile(r'\[data-theme="?(light|dark)"?\]')
_LINK = re.compile(rb"light\.css(\?v=\w*)?\"")


def purge(css: str, words: set[str]) -> str:
    """Return the rules of a stylesheet that can apply if these are all classes and IDs there are.

    A rule for the dark theme is for screens only, and the one for the light theme for all paper.
    """
    nodes = tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True)
    return "".join(_used(nodes, words))


def _used(nodes: Iterable[Any], words: set[str]) -> Iterator[str]:
    for node in nodes:
        if node.type == "qualified-rule":
            parts = [part for part in _selectors(node.prelude) if _names(part) <= words]
            if parts:
                selector = ",".join(tinycss2.serialize(part).strip() for part in parts)
                yield _themed(selector, f"{{{tinycss2.serialize(node.content).strip()}}}")
        elif node.type == "at-rule" and node.lower_at_keyword in _WITH_RULES and node.content:
            inner = "".join(_used(tinycss2.parse_rule_list(node.content, True, True), words))
            if inner:
                yield f"@{node.at_keyword}{tinycss2.serialize(node.prelude)}{{{inner}}}"
        elif node.type == "at-rule":
            yield node.serialize()


def _selectors(prelude: list[Any]) -> list[list[Any]]:
    """Split a list of selectors at its commas: those in brackets belong to another token."""
    parts: list[list[Any]] = [[]]
    for token in prelude:
        if token == ",":
            parts.append([])
        else:
            parts[-1].append(token)
    return parts


def _names(selector: list[Any]) -> set[str]:
    """Return the classes and IDs that a selector needs: those in :is() and :not() may be absent."""
    pairs = pairwise(selector)
    classes = {after.value for dot, after in pairs if dot == "." and after.type == "ident"}
    return classes | {token.value for token in selector if token.type == "hash"}


def _themed(selector: str, body: str) -> str:
    themes = set(_THEME.findall(selector))
    if themes == {"dark"}:
        return f"@media screen{{{selector}{body}}}"
    if themes == {"light"}:
        paper = _THEME.sub("[data-theme]", selector)
        return f"{selector}{body}@media print{{{paper}{body}}}"
    return selector + body


def _words(static: Path, pages: Iterable[Path]) -> set[str]:
    """Return the classes and IDs of the pages, and every word that a script could set."""
    words: set[str] = set()
    for page in pages:
        for value in _ATTRIBUTE.findall(page.read_text(encoding="utf-8")):
            words.update(value.split())
    for script in static.rglob("*.js"):
        if script.name != "fontawesome.js":
            text = " ".join(_STRING.findall(script.read_text(encoding="utf-8")))
            words.update(re.findall(r"[\w-]+", text))
    return words


def _merged(app: Sphinx) -> list[str]:
    ours = (name if isinstance(name, str) else name[0] for name in app.config.html_css_files)
    return [*_THEIRS, *ours]


def _drop_links(
    app: Sphinx, _page: str, _template: str, context: dict[str, Any], _doctree: Any
) -> None:
    merged = {f"_static/{name}" for name in [*_merged(app), "styles/theme.css"]}
    is_merged = [str(file.filename) in merged for file in context["css_files"]]
    context["css_files"] = [
        file for file, drop in zip(context["css_files"], is_merged, strict=True) if not drop
    ]


def _write(app: Sphinx, error: Exception | None) -> None:
    if error or app.builder.format != "html":
        return
    static = Path(app.outdir, "_static")
    pages = [page for page in Path(app.outdir).rglob("*.html") if "_static" not in page.parts]
    words = _words(static, pages)
    paths = [static / name for name in _merged(app)]
    source = "\n".join(path.read_text(encoding="utf-8") for path in paths if path.exists())
    made_by = [Path(__file__).with_name(name).read_bytes() for name in _MADE_BY]
    version = sha256(repr((source, sorted(words), made_by)).encode()).hexdigest()[:8]
    target = static / "light.css"
    head = f"/* {version}. With parts of {_CREDITS}. */\n"
    if not target.exists() or not target.read_text(encoding="utf-8").startswith(head):
        css = embed_icons(purge(source, words), static, words)
        target.write_text(head + css, encoding="utf-8")
    _set_version(pages, version)


def _set_version(pages: list[Path], version: str) -> None:
    """Name the version in each page, so that no browser combines it with older styles."""
    link = f'light.css?v={version}"'.encode()
    for page in pages:
        content = page.read_bytes()
        found = _LINK.search(content)
        if found and found[0] != link:
            page.write_bytes(_LINK.sub(link, content, count=1))


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the extension, to run after all that write pages."""
    app.connect("html-page-context", _drop_links, priority=990)
    app.connect("build-finished", _write, priority=990)
    return {"version": "1", "parallel_read_safe": True}
