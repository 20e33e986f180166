"""Prepare a page for Pagefind: only its article, headings as targets, weights and hidden words."""

import tomllib
from pathlib import Path
from typing import Any

from bs4 import BeautifulSoup, Tag

__all__ = ["SETTINGS", "prepare"]

SETTINGS = Path(__file__).resolve().parents[1] / "search_words.toml"
# Around the hidden words, so that the page of results leaves them out of its excerpts.
OPEN, CLOSE = "⟦", "⟧"

_TITLE, _HEADING, _WORDS, _CODE = 10.0, 7.0, 10.0, 0.5
_LEFT_OUT = "a.headerlink, nav, script, style, svg, #where-to-go-next, #tutorials-that-use-it"
_KINDS = {"tutorials": "Tutorial", "api": "API reference"}


def _name_of(page: str) -> str:
    """Return the name of a page in the settings: its path, without the numbers of tutorials."""
    parts = Path(page).with_suffix("").parts
    return "/".join(part.lstrip("0123456789_") for part in parts)


def prepare(page: str, html: str) -> str:
    """Return what Pagefind reads of a page, given its article; nothing if that has no title."""
    article = BeautifulSoup(html, "html.parser").article
    if article is None or article.h1 is None:
        return ""
    settings = _settings()
    for each in article.select(_LEFT_OUT):
        each.decompose()
    weight = _weight(_name_of(page), settings["weights"])
    _mark_headings(article, weight)
    for block in article.select("div.highlight"):
        block["data-pagefind-weight"] = str(_CODE * weight)
    _hide_words(article, article.h1, settings["words"].get(_name_of(page), {}))
    kind = _KINDS.get(Path(page).parts[0], "Page")
    return (
        '<html lang="en"><body>'
        f'<i data-pagefind-meta="kind:{kind}"></i><i data-pagefind-meta="weight:{weight}"></i>'
        f'<main data-pagefind-body data-pagefind-weight="{weight}">{article}</main></body></html>'
    )


def _settings() -> dict[str, Any]:
    return tomllib.loads(SETTINGS.read_text(encoding="utf-8"))


def _weight(name: str, weights: dict[str, float]) -> float:
    """Return the weight of a page: of the longest beginning of its name in the settings."""
    found = [start for start in weights if name.startswith(start)]
    return weights[max(found, key=len)] if found else 1.0


def _mark_headings(article: Tag, weight: float) -> None:
    """Give each heading the ID of its section, for results lead to headings with one."""
    for heading in article.select("h1, h2, h3, h4"):
        section = heading.parent
        if section is not None and section.name == "section" and section.get("id"):
            heading["id"] = section["id"]
            del section["id"]
        is_title = heading.name == "h1"
        heading["data-pagefind-weight"] = str(
            _TITLE * weight**0.5 if is_title else _HEADING * weight
        )


def _hide_words(article: Tag, title: Tag, words: dict[str, str]) -> None:
    """Put words behind the headings of their sections; those without a section behind the title."""
    for section, text in words.items():
        heading = (section and article.find(id=section)) or title
        hidden = Tag(name="p", attrs={"data-pagefind-weight": str(_WORDS)})
        hidden.string = f"{OPEN}{text}{CLOSE}"
        heading.insert_after(hidden)
