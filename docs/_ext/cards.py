"""Turn sphinx-gallery's thumbnails into cards: a list of links with their titles, and the filter.

Its own thumbnails hide the text of their links from screen readers and show the subject of a page
only to a mouse; its own filter works only with a mouse.
"""

import json
import re

from bs4 import BeautifulSoup, Tag
from tutorial_pages import slug

__all__ = ["add_filter", "make_cards"]

_THUMBNAIL = {"width": "400", "height": "280", "alt": "", "loading": "lazy"}


def make_cards(soup: BeautifulSoup) -> None:
    """Make each group of thumbnails a list of cards, each with the tags of its page."""
    for unused in soup.select(".sphx-glr-tag-list"):
        unused.decompose()
    for group in soup.select(".sphx-glr-thumbnails"):
        group.name = "ul"
        for card in group.select(".sphx-glr-thumbcontainer"):
            _make_card(soup, card)
        if not group.find("li"):
            group.decompose()


def _make_card(soup: BeautifulSoup, card: Tag) -> None:
    link, image = card.find("a"), card.find("img")
    title = card.find(class_="sphx-glr-thumbnail-title").get_text()
    text = str(card.attrs.pop("tooltip", ""))
    card.name = "li"
    card["data-tags"] = " ".join(map(slug, _tags(card)))
    image.attrs.update(_THUMBNAIL)
    link.clear()
    link.extend([image.extract(), _element(soup, "span", "card-title", title)])
    card.clear()
    card.extend([link, _element(soup, "p", "card-text", _last_sentence(text))])


def _tags(card: Tag) -> list[str]:
    tags: list[str] = json.loads(str(card.get("data-sgtags", "[]")))
    return tags


def _last_sentence(text: str) -> str:
    """Return the task of a page, with which introductions of tutorials end: not what it needs."""
    sentences = re.split(r"(?<=[.?!])\s+(?=[A-Z])", text)
    return next(each for each in reversed(sentences) if not each.startswith("This page needs"))


def add_filter(soup: BeautifulSoup) -> None:
    """Put a button for each tag above the cards; tag-filter.js makes them work."""
    box = _element(soup, "div", "tag-filter pst-js-only", "")
    box.attrs |= {"role": "group", "aria-label": "Filter the tutorials by tag"}
    # Each tag once, in reading order.
    for tag in dict.fromkeys(tag for card in soup.select("li[data-tags]") for tag in _tags(card)):
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
