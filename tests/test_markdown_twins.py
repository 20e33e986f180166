"""Each page has a Markdown twin with all that a reader sees, and llms.txt lists it."""

import copy
import os
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from site_pages import ROOT, SITE, needs_site, pages, soup

FENCED = re.compile(
    r"^(?P<indent>[ >]*)(?P<fence>`{3,})\w*\n(?P<code>.*?)^(?P=indent)(?P=fence)$",
    re.DOTALL | re.MULTILINE,
)
LINK = re.compile(r"(?<!\\)\]\(([^)\s]+)\)")
NOT_PAGES = {"404.html", "genindex.html", "py-modindex.html", "search.html"}


def twin(page: str) -> str:
    return (SITE / page).with_suffix(".md").read_text(encoding="utf-8")


def with_twins() -> list[str]:
    return [page for page in pages() if (SITE / page).with_suffix(".md").exists()]


def plain(text: str) -> str:
    """Return a text without marks, and without what may be a space or not."""
    return re.sub(r"\s+|[\\*`]", "", text)


def headings(markdown: str) -> list[str]:
    return re.findall(r"^#{1,6} (.*)$", FENCED.sub("", markdown), re.MULTILINE)


def code(markdown: str) -> list[str]:
    blocks = ((found["indent"], found["code"]) for found in FENCED.finditer(markdown))
    return [trimmed(re.sub(f"^{indent}", "", text, flags=re.M)) for indent, text in blocks]


def trimmed(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.rstrip().splitlines())


def article(page: str) -> Any:
    own = copy.copy(soup(page).select_one("article.bd-article"))
    for each in own.select("a.headerlink, button, script, style, form, noscript, [hidden]"):
        each.decompose()
    return own


@needs_site
def test_every_page_but_the_indexes_has_a_twin() -> None:
    without = {page for page in pages() if page not in with_twins()}
    assert len(with_twins()) > 60
    assert without <= NOT_PAGES


@needs_site
@pytest.mark.parametrize("page", with_twins())
def test_twin_has_the_headings_of_its_page(page: str) -> None:
    tags = article(page).find_all(re.compile("^h[1-6]$"))
    assert list(map(plain, headings(twin(page)))) == [plain(tag.get_text()) for tag in tags]


@needs_site
@pytest.mark.parametrize("page", with_twins())
def test_twin_has_the_code_the_outputs_and_the_signatures_of_its_page(page: str) -> None:
    blocks = article(page).select("pre, dt.sig")
    texts = (block.get_text() for block in blocks)
    signatures = [block.name == "dt" for block in blocks]
    wanted = [
        " ".join(text.split()) if is_signature else trimmed(text)
        for text, is_signature in zip(texts, signatures, strict=True)
    ]
    assert code(twin(page)) == wanted


@needs_site
@pytest.mark.parametrize("page", with_twins())
def test_twin_has_the_figures_and_the_words_of_its_page(page: str) -> None:
    text, whole = twin(page), article(page)
    for image in whole.select("img[alt]:not([alt='']):not(.only-dark)"):
        assert f"]({image['src'].replace('.webp', '.png')})" in text
    assert "_dark." not in text
    for each in whole.select("pre, dt.sig, img"):
        each.decompose()
    words = plain(FENCED.sub("", text))
    for each in whole.select("p, td, li, figcaption, summary, label"):
        if not each.find(["p", "ul", "ol", "dl", "table", "a"]):
            assert plain(each.get_text()).replace("|", "") in words.replace("|", "")


@needs_site
@pytest.mark.parametrize("page", with_twins())
def test_links_of_a_twin_lead_to_files(page: str) -> None:
    folder = (SITE / page).parent
    for address in LINK.findall(FENCED.sub("", twin(page))):
        target = urlsplit(address)
        if not target.netloc and target.path:
            assert (folder / unquote(target.path)).exists(), address


@needs_site
@pytest.mark.parametrize("page", with_twins())
def test_page_names_its_twin(page: str) -> None:
    link = soup(page).select_one("head link[rel=alternate][type='text/markdown']")
    name = Path(page).with_suffix(".md").name
    assert link["href"] == name
    assert soup(page).select_one(f".markdown-twin a[href='{name}']")
    assert f"]({Path(page).name})" in twin(page).splitlines()[-1]


@needs_site
def test_code_of_a_tutorial_has_its_language() -> None:
    text = twin("tutorials/1_first_steps/01_plot_your_first_light_curve.html")
    assert "```python\nfrom antares_helpers import" in text
    assert "```text\n" in text


@needs_site
def test_llms_txt_has_the_layout_of_its_convention_and_lists_every_twin() -> None:
    lines = (SITE / "llms.txt").read_text(encoding="utf-8").splitlines()
    assert lines[0] == "# antares-helpers"
    assert lines[2].startswith("> ")
    rest = [line for line in lines[3:] if line and not line.startswith("## ")]
    entries = [line for line in rest if line.startswith("- [")]
    assert all(re.fullmatch(r"- \[[^\]]+\]\(\S+\.md\)(: .+)?", line) for line in entries)
    assert rest[-len(entries) :] == entries
    listed = [re.search(r"\]\((\S+)\)", line)[1] for line in entries]  # type: ignore[index]
    paths = {os.path.relpath(SITE / urlsplit(each).path.lstrip("/"), SITE) for each in listed}
    assert len(listed) == len(set(listed))
    assert paths == {str(Path(page).with_suffix(".md")) for page in with_twins()}


@pytest.fixture(scope="module")
def to_markdown() -> Iterator[Callable[..., str]]:
    pytest.importorskip("bs4", reason="beautifulsoup4 is not installed")
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(ROOT / "docs" / "_ext")
        from to_markdown import to_markdown

        yield to_markdown
    sys.modules.pop("to_markdown", None)


@pytest.mark.parametrize(
    ("html", "wanted"),
    [
        ("<h2>A <em>b</em><a class='headerlink' href='#a'>#</a></h2>", "## A *b*"),
        ("<p>one\n  two<br>three</p>", "one two three"),
        ("<p>5 * 3 and <b> bold </b>x</p>", r"5 \* 3 and  **bold** x".replace("  ", " ")),
        ("<p>a_b and _c</p>", r"a_b and \_c"),
        ("<p># no heading</p>", r"\# no heading"),
        ("<p>1. no list</p>", r"1\. no list"),
        ("<p><code>a_b *c*</code> <code>d`e</code></p>", "`a_b *c*` `` d`e ``"),
        ("<p><a href='x.html'>a [b]</a></p>", r"[a \[b\]](x.html)"),
        ("<img src='a.png' alt='A figure.'>", "![A figure.](a.png)"),
        ("<p><img src='a.png' alt=''>text</p>", "text"),
        ("<a class='full-size' href='b.png'><img src='a.png' alt='A'></a>", "![A](a.png)"),
        ("<ul><li>a<ul><li>b</li></ul></li><li>c</li></ul>", "- a\n\n  - b\n\n- c"),
        ("<ol><li>a</li><li>b</li></ol>", "1. a\n2. b"),
        (
            "<div class='highlight-python notranslate'><pre>x = 1\n</pre></div>",
            "```python\nx = 1\n```",
        ),
        ("<div class='highlight-none'><pre> out\n\nb\n</pre></div>", "```text\n out\n\nb\n```"),
        ("<pre>```</pre>", "````\n```\n````"),
        ("<blockquote><p>a</p><p>b</p></blockquote>", "> a\n>\n> b"),
        (
            "<div class='admonition note'><p class='admonition-title'>Note</p><p>Mind.</p></div>",
            "> **Note**\n>\n> Mind.",
        ),
        (
            "<details><summary>Solution</summary><p>Do it.</p></details>",
            "**Solution**\n\nDo it.",
        ),
        (
            "<table><thead><tr><th>a</th><th>b</th></tr></thead>"
            "<tbody><tr><td><p>1|2</p></td><td><code>x</code></td></tr></tbody></table>",
            "| a | b |\n| --- | --- |\n| 1\\|2 | `x` |",
        ),
        ("<table><tr><td>1</td></tr></table>", "|  |\n| --- |\n| 1 |"),
        (
            "<dl class='py function'><dt class='sig'>f(<em>a</em>, *, <em>b=1</em>)</dt>"
            "<dd><p>Text.</p></dd></dl>",
            "```python\nf(a, *, b=1)\n```\n\nText.",
        ),
        ("<dl><dt>term</dt><dd><p>text</p></dd></dl>", "- **term**\n\n  text"),
        ("<p>a</p><script>x</script><button>Copy</button><!-- no --><p>b</p>", "a\n\nb"),
    ],
)
def test_html_becomes_markdown(to_markdown: Callable[..., str], html: str, wanted: str) -> None:
    assert to_markdown(html).rstrip("\n") == wanted


def test_links_can_be_replaced(to_markdown: Callable[..., str]) -> None:
    text = to_markdown("<a href='a.html'>a</a>", link=lambda address: address.replace("html", "md"))
    assert text == "[a](a.md)\n"
