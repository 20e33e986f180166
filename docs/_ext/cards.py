"""Turn sphinx-gallery's thumbnails into cards: a list of links with their titles, and the filter.

Its own thumbnails hide the text of their links from screen readers, and show what a page is about
only to a mouse.
"""

import re
from pathlib import PurePosixPath
from typing import Any

from bs4 import BeautifulSoup, Tag
from tutorial_pages import slug, tags_of

__all__ = ["add_filter", "make_cards"]

_THUMBNAIL = {"width": "400", "height": "280", "alt": "", "loading": "lazy"}


def make_cards(soup: BeautifulSoup, table: dict[str, Any]) -> None:
    """Make each group of thumbnails a list of cards, each with the tags of its page."""
    for unused in soup.select(".sphx-glr-tag-list"):
        unused.decompose()
    for group in soup.select(".sphx-glr-thumbnails"):
        group.name = "ul"
        for card in group.select(".sphx-glr-thumbcontainer"):
            _make_card(soup, card, table)
        if not group.find("li"):
            group.decompose()


def _make_card(soup: BeautifulSoup, card: Tag, table: dict[str, Any]) -> None:
    link, image = card.find("a"), card.find("img")
    title = card.find(class_="sphx-glr-thumbnail-title").get_text()
    text = str(card.attrs.pop("tooltip", ""))
    card.name = "li"
    card["data-tags"] = " ".join(map(slug, tags_of(table, PurePosixPath(link["href"]).stem)))
    image.attrs.update(_THUMBNAIL)
    link.clear()
    link.extend([image.extract(), _element(soup, "span", "card-title", title)])
    card.clear()
    card.extend([link, _element(soup, "p", "card-text", _last_sentence(text))])


def _last_sentence(text: str) -> str:
    """Return what a reader of the page does: introductions of tutorials end with it."""
    return re.split(r"(?<=[.?!])\s+(?=[A-Z])", text)[-1]


def add_filter(soup: BeautifulSoup, table: dict[str, Any]) -> None:
    """Put a button for each tag in use above the cards; tag-filter.js brings them to life."""
    used = {each for card in soup.select("li[data-tags]") for each in card["data-tags"].split()}
    box = _element(soup, "div", "tag-filter", "")
    box.attrs |= {"role": "group", "aria-label": "Filter the tutorials by tag", "hidden": ""}
    for tag in table["tags"]:
        if slug(tag) in used:
            button = _element(soup, "button", "tag", tag)
            button.attrs |= {"type": "button", "data-tag": slug(tag), "aria-pressed": "false"}
            box.append(button)
    status = _element(soup, "p", "tag-status", "")
    status["role"] = "status"
    soup.find("section").find("section").insert_before(box, status)


def _element(soup: BeautifulSoup, name: str, class_: str, text: str) -> Tag:
    element = soup.new_tag(name, attrs={"class": class_})
    element.string = text
    return element
