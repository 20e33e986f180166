"""Turn the HTML of an article into Markdown: nothing that a reader sees gets lost.

Headings, code with its language, outputs, tables, figures with their captions, admonitions, tabs
and the signatures of the API. What only a browser can use is left out: buttons, fields, scripts.
"""

import re
from collections.abc import Callable, Iterator

from bs4 import BeautifulSoup, Tag
from bs4.element import NavigableString, PageElement

__all__ = ["to_markdown"]

_SKIPPED = "script, style, noscript, button, input, svg, canvas, form, a.headerlink, [hidden]"
_INLINE = {"a", "abbr", "b", "br", "code", "em", "i", "img", "kbd", "samp", "small", "span",
           "strong", "sub", "sup", "time", "u"}  # fmt: skip
_LANGUAGES = {"default": "python", "ipython3": "python", "none": "text", "pycon": "python"}
_TITLES = {"admonition-title", "rubric", "sd-tab-label", "sd-card-title", "sd-summary-title"}
_SPECIAL = re.compile(r"([\\`*\[\]<])|(?<![^\W_])(_)|(_)(?![^\W_])")
_LIKE_BLOCK = re.compile(r"(\d*)(#+ |[-+] |> ?|[.)] )")


def to_markdown(html: str, *, link: Callable[[str], str] = str) -> str:
    """Return an article as Markdown.

    Parameters
    ----------
    html : str
        The article.
    link : callable, optional
        Returns the address that the Markdown has in the place of one of the HTML.
    """
    soup = BeautifulSoup(html, "html.parser")
    for each in soup.select(_SKIPPED):
        each.decompose()
    return "\n\n".join(_Converter(link).blocks(soup)) + "\n"


class _Converter:
    """The two ways to convert an element: to blocks of lines, or to text within a line."""

    def __init__(self, link: Callable[[str], str]) -> None:
        self._link = link

    def blocks(self, element: Tag) -> Iterator[str]:
        """Return the blocks of an element; text and inline elements between them are paragraphs."""
        run: list[PageElement] = []
        for child in element.children:
            if isinstance(child, Tag) and not _is_inline(child):
                yield from self._paragraph(run)
                run = []
                yield from self._block(child)
            else:
                run.append(child)
        yield from self._paragraph(run)

    def _paragraph(self, run: list[PageElement]) -> Iterator[str]:
        text = " ".join("".join(map(self._inline, run)).split())
        if text:
            begins_like_block = _LIKE_BLOCK.match(text)
            yield _LIKE_BLOCK.sub(r"\1\\\2", text, count=1) if begins_like_block else text

    def _block(self, tag: Tag) -> Iterator[str]:
        classes = set(tag.get("class") or ())
        if found := re.fullmatch(r"h([1-6])", tag.name):
            yield f"{'#' * int(found[1])} {self._text(tag)}"
        elif tag.name == "pre" or any(name.startswith("highlight-") for name in classes):
            yield _fenced(tag, classes)
        elif classes & _TITLES or tag.name == "summary":
            yield f"**{self._text(tag)}**"
        elif tag.name == "blockquote" or "admonition" in classes:
            yield _prefixed("\n\n".join(self.blocks(tag)), "> ", "> ")
        elif tag.name in ("ul", "ol"):
            yield self._list(tag)
        elif tag.name == "dl":
            yield from self._definitions(tag)
        elif tag.name == "table":
            yield self._table(tag)
        elif tag.name == "hr":
            yield "---"
        else:
            yield from self.blocks(tag)

    def _list(self, tag: Tag) -> str:
        items = [list(self.blocks(item)) for item in tag.find_all("li", recursive=False)]
        marks = (f"{number}. " if tag.name == "ol" else "- " for number in range(1, 1 + len(items)))
        return _joined([_item(mark, item) for mark, item in zip(marks, items, strict=True) if item])

    def _definitions(self, tag: Tag) -> Iterator[str]:
        """Return signatures as code, with their text below; other terms as a list or in bold."""
        terms: list[str] = []
        items: list[str] = []
        for child in tag.find_all(["dt", "dd"], recursive=False):
            if "sig" in (child.get("class") or ()):
                yield f"```python\n{' '.join(child.get_text().split())}\n```"
            elif child.name == "dt":
                terms.append(f"**{self._text(child).replace('**', '')}**")
            elif not terms:
                yield from self.blocks(child)
            elif "field-list" in (tag.get("class") or ()):
                yield from (*terms, *self.blocks(child))
                terms = []
            else:
                items.append(_item("- ", [", ".join(terms), *self.blocks(child)]))
                terms = []
        if items:
            yield _joined(items)

    def _table(self, tag: Tag) -> str:
        rows = [
            [self._cell(cell) for cell in row.find_all(["th", "td"], recursive=False)]
            for row in tag.select("tr")
        ]
        width = max(map(len, rows), default=0)
        if not tag.select("thead tr"):
            rows.insert(0, [""] * width)
        lines = [f"| {' | '.join(row + [''] * (width - len(row)))} |" for row in rows]
        lines.insert(1, f"|{' --- |' * width}")
        caption = tag.find("caption")
        return "\n".join([*([f"{self._text(caption)}\n"] if caption else []), *lines])

    def _cell(self, cell: Tag) -> str:
        text = " ".join(" ".join(self.blocks(cell)).split())
        return text.replace("|", r"\|")

    def _text(self, tag: Tag) -> str:
        """Return all of an element within one line."""
        return " ".join("".join(map(self._inline, tag.children)).split())

    def _inline(self, node: PageElement) -> str:
        if isinstance(node, NavigableString):
            is_text = type(node) is NavigableString  # and no comment
            return _escaped(str(node)) if is_text else ""
        assert isinstance(node, Tag)
        inner = "".join(map(self._inline, node.children))
        if node.name in ("code", "kbd", "samp"):
            return _code(node.get_text())
        if node.name in ("strong", "b"):
            return _marked(inner, "**")
        if node.name in ("em", "i"):
            return _marked(inner, "*")
        if node.name == "img":
            return self._image(node)
        if node.name == "a" and node.get("href") and not _is_enlarging(node):
            return _linked(inner, self._link(str(node["href"])))
        return " " if node.name == "br" else inner

    def _image(self, image: Tag) -> str:
        """Return a figure with its alt text; one without is an ornament."""
        alt = " ".join(str(image.get("alt", "")).split())
        return f"![{_escaped(alt)}]({image['src']})" if alt else ""


def _escaped(text: str) -> str:
    return _SPECIAL.sub(r"\\\g<0>", text)


def _is_enlarging(link: Tag) -> bool:
    """Return whether a link leads from a figure to the figure itself."""
    return bool({"image-reference", "full-size"} & set(link.get("class") or ()))


def _is_inline(tag: Tag) -> bool:
    """Return whether an element is part of a line; a link may also contain blocks."""
    return tag.name in _INLINE and not tag.find(lambda each: each.name not in _INLINE)


def _fenced(tag: Tag, classes: set[str]) -> str:
    names = [name.removeprefix("highlight-") for name in classes if name.startswith("highlight-")]
    language = names[0].lower() if names else ""
    block = tag if tag.name == "pre" else tag.find("pre")
    code = (block or tag).get_text().rstrip()
    fence = "`" * max([2, *map(len, re.findall(r"`{3,}", code))]) + "`"
    return f"{fence}{_LANGUAGES.get(language, language)}\n{code}\n{fence}"


def _code(text: str) -> str:
    text = " ".join(text.split())
    marks = "`" * (1 + max(map(len, re.findall("`+", text)), default=0))
    space = " " if "`" in text else ""
    return f"{marks}{space}{text}{space}{marks}" if text else ""


def _marked(inner: str, mark: str) -> str:
    """Return text between marks, which no space may follow or precede."""
    text = inner.strip()
    if not text:
        return inner
    before, _, after = inner.partition(text)
    return f"{before}{mark}{text}{mark}{after}"


def _linked(inner: str, address: str) -> str:
    text = " ".join(inner.split())
    return f"[{text}]({address})" if text else ""


def _item(mark: str, blocks: list[str]) -> str:
    return _prefixed("\n\n".join(blocks), mark, " " * len(mark))


def _joined(items: list[str]) -> str:
    """Return a list, with blank lines only if an item has several blocks."""
    return ("\n\n" if any("\n\n" in item for item in items) else "\n").join(items)


def _prefixed(text: str, first: str, others: str) -> str:
    lines = text.split("\n")
    rest = [f"{others}{line}".rstrip() for line in lines[1:]]
    return "\n".join([f"{first}{lines[0]}", *rest])
