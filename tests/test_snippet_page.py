"""The page of snippets: forms with their answers, a filter, and buttons that copy Markdown."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from site_pages import ROOT, SITE, TUTORIALS, need, needs_site, soup
from snippet_running import FOLDER, NAMES

expect = need("playwright.sync_api", "playwright").expect

pytest_plugins = ["browsing"]
pytestmark = needs_site

PAGE = "snippets.html"
FORMS = {"client": "client only", "helpers": "antares-helpers", "terminal": "terminal"}
FILES = {"client": "{}.py", "helpers": "with_helpers/{}.py", "terminal": "terminal/{}.sh"}
CLIPBOARD = ["clipboard-read", "clipboard-write"]
SHOWN = ".snippet-forms:visible"
ANSWERS = ROOT / "docs" / "snippet_answers"


def paths(name: str) -> dict[str, Path]:
    known = {form: FOLDER / file.format(name) for form, file in FILES.items()}
    return {form: path for form, path in known.items() if path.exists()}


def forms(name: str) -> Any:
    """Return the tabs of a snippet: those that show its code."""
    code = (FOLDER / f"{name}.py").read_text(encoding="utf-8").strip()
    tabs = soup(PAGE).select(".snippet-forms")
    return next(
        tab for tab in tabs if code in [pre.get_text().strip() for pre in tab.select("pre")]
    )


@pytest.mark.parametrize("name", NAMES)
def test_snippet_is_shown_in_each_of_its_forms_and_can_be_downloaded(name: str) -> None:
    tabs = forms(name)
    contents = tabs.select(":scope > .sd-tab-content")
    labels = [label.get_text(strip=True) for label in tabs.select(":scope > label")]
    assert labels == [FORMS[form] for form in paths(name)]
    for content, path in zip(contents, paths(name).values(), strict=True):
        text = path.read_text(encoding="utf-8")
        assert content.select_one("pre").get_text().strip() == text.strip()
        files = [SITE / link["href"] for link in content.select("a.download")]
        assert [file.read_text(encoding="utf-8") for file in files] == [text][: len(files)]
        assert bool(files) == (path.suffix == ".py")


@pytest.mark.parametrize("name", NAMES)
def test_each_form_is_followed_by_its_answer(name: str) -> None:
    for form, content in zip(paths(name), forms(name).select(".sd-tab-content"), strict=True):
        answer = json.loads((ANSWERS / form / f"{name}_{form}.json").read_text(encoding="utf-8"))
        shown = [pre.get_text().rstrip() for pre in content.select(".snippet-output pre")]
        figures = content.select("img")
        assert answer["output"] or answer["has_figure"]
        assert len(figures) == answer["has_figure"]
        assert all(figure["alt"].endswith(" Simulated data.") for figure in figures)
        lines = [line.rstrip() for line in answer["output"].rstrip().splitlines()]
        if lines:
            beginning, _, rest = shown[0].partition("\n... and ")
            assert lines[: beginning.count("\n") + 1] == beginning.splitlines()
            left = int(rest.split()[0]) if rest else 0
            assert beginning.count("\n") + 1 + left == len(lines)
        assert bool(shown) == bool(lines)


def test_there_is_no_box_of_contents_and_no_heading_is_a_link() -> None:
    article = soup(PAGE).select_one("article.bd-article")
    assert not article.select("nav.contents")
    assert not article.select(":is(h1, h2, h3) a:not(.headerlink)")


def test_the_answers_are_not_made_anew_unless_a_snippet_or_the_helpers_change(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.syspath_prepend(ROOT / "docs" / "_ext")
    import snippet_answers

    assert not snippet_answers._outdated()
    changed = snippet_answers.FORMS["helpers"]._replace(folder=tmp_path)
    snippet = tmp_path / "table.py"
    snippet.write_text("print(1)\n", encoding="utf-8")
    monkeypatch.setitem(snippet_answers.FORMS, "helpers", changed)
    assert [source for source, _ in snippet_answers._outdated().values()] == [snippet]


@pytest.mark.slow
def test_the_filter_works_by_keyboard_and_says_how_many_are_shown(open_page: Any) -> None:
    page = open_page(PAGE)
    status = page.locator("#snippet-count")
    expect(status).to_have_text(f"{len(NAMES)} snippets")
    page.get_by_label("Filter the snippets").focus()
    page.keyboard.type("Cutouts")
    assert 0 < page.locator(SHOWN).count() < len(NAMES)
    expect(status).to_have_text(f"{page.locator(SHOWN).count()} of {len(NAMES)} snippets")
    assert status.get_attribute("role") == "status"
    headings = page.locator("article h3:visible").all_inner_texts()
    assert any("cutouts of an alert" in heading for heading in headings)
    beside = page.locator(".page-toc li:visible > a").all_inner_texts()
    assert set(beside) & {"Many loci, and files"} == set()
    page.keyboard.press("Enter")
    assert page.url.endswith(PAGE)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("words", "title"),
    [
        ("period", "How do I fold the light curve of a variable star?"),
        ("SkyCoord position", "What lies within 10 arcseconds of a position?"),
        ("threads", "How do I fetch many loci at once?"),
    ],
)
def test_the_filter_finds(open_page: Any, words: str, title: str) -> None:
    page = open_page(PAGE)
    page.get_by_label("Filter the snippets").fill(words)
    expect(page.get_by_role("heading", name=title)).to_be_visible()
    assert page.locator(SHOWN).count() < len(NAMES) / 2


@pytest.mark.slow
def test_what_no_snippet_has_leaves_none_and_an_empty_field_all(open_page: Any) -> None:
    page = open_page(PAGE)
    field = page.get_by_label("Filter the snippets")
    field.fill("nosuchword")
    expect(page.locator("#snippet-count")).to_have_text(f"0 of {len(NAMES)} snippets")
    assert page.locator("article h2:visible").all_inner_texts() == ["Before you run one"]
    field.fill("")
    assert page.locator(SHOWN).count() == len(NAMES)


@pytest.mark.slow
def test_without_javascript_all_snippets_are_shown_and_tabs_change(open_page: Any) -> None:
    page = open_page(PAGE, java_script_enabled=False)
    assert page.locator(SHOWN).count() == len(NAMES)
    expect(page.locator(".snippet-filter")).to_be_hidden()
    assert not page.locator(".copy-markdown:visible").count()
    tabs = page.locator(".snippet-forms").first
    tabs.get_by_text("terminal", exact=True).click()
    expect(tabs.get_by_text("antares-helpers plot").first).to_be_visible()


@pytest.mark.slow
def test_all_snippets_follow_the_tab_that_the_arrow_keys_choose(open_page: Any) -> None:
    page = open_page(PAGE)
    page.locator(".snippet-forms > input").first.focus()
    page.keyboard.press("ArrowRight")
    imports = page.get_by_text("antares_helpers", exact=True).locator("visible=true")
    chosen = page.locator(".snippet-forms > input:checked + label").all_inner_texts()
    assert chosen.count("antares-helpers") == len(list((FOLDER / "with_helpers").glob("*.py")))
    expect(imports.first).to_be_visible()
    outline = "it => getComputedStyle(it.nextElementSibling).outlineStyle"
    assert page.locator(".snippet-forms > input:checked").first.evaluate(outline) == "solid"


def copied(page: Any, button: Any) -> str:
    button.click()
    expect(page.locator(".markdown-status")).to_have_text("Copied")
    return str(page.evaluate("navigator.clipboard.readText()"))


@pytest.mark.slow
@pytest.mark.parametrize("name", ["catalog_matches", "fold", "table"])
def test_a_button_copies_a_snippet_as_markdown(open_page: Any, name: str) -> None:
    page = open_page(PAGE, permissions=CLIPBOARD)
    text = copied(page, page.get_by_role("button", name=f"Copy as Markdown: {name}", exact=True))
    assert len(re.findall("^#+ [^#]*$", re.sub("(?ms)^```.*?^```", "", text), re.M)) == 1
    assert text.startswith("### ")
    for path in paths(name).values():
        assert f"\n{path.read_text(encoding='utf-8')}```\n" in text
    assert "](http://127.0.0.1:" in text


@pytest.mark.slow
@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("name", [TUTORIALS[0], "index.html"])
def test_a_button_copies_a_page_as_markdown(open_page: Any, name: str, width: int) -> None:
    page = open_page(name, width, permissions=CLIPBOARD)
    text = copied(page, page.locator(".markdown-twin button:visible").first)
    twin = (SITE / name).with_suffix(".md").read_text(encoding="utf-8")
    relative = re.compile(r"(`+)[\s\S]*?\1(?!`)|\]\(([^)\s]+)\)")
    assert relative.sub("", text) == relative.sub("", twin)
    addresses = [each[1] for each in relative.findall(text) if each[1]]
    assert addresses
    assert all(address.startswith(("http://", "https://")) for address in addresses)


@pytest.mark.slow
def test_a_page_from_a_file_copies_its_markdown_too(browser: Any) -> None:
    context = browser.new_context(permissions=CLIPBOARD)
    page = context.new_page()
    page.goto((SITE / PAGE).resolve().as_uri())
    button = page.get_by_role("button", name="Copy as Markdown: fold", exact=True)
    assert "LombScargle" in copied(page, button)
    context.close()
