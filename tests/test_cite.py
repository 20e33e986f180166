"""The pages on citing and on changes agree with CITATION.cff and CHANGELOG.md."""

import re
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

pytest.importorskip("sphinx", reason="the documentation's tools are not installed")

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "cite.rst").read_text(encoding="utf-8")
CITATION = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
ENTRIES = re.findall(r"^    @(\w+)\{(\w+),\n(.*?)^    \}", PAGE, re.MULTILINE | re.DOTALL)

sys.path.insert(0, str(ROOT / "docs" / "_ext"))
from changelog import to_rst  # noqa: E402 - once the path to the extensions is known


def test_every_entry_has_what_a_reference_needs() -> None:
    assert len(ENTRIES) == 4
    for kind, _, body in ENTRIES:
        fields = set(re.findall(r"^ +(\w+) = \{", body, re.MULTILINE))
        assert {"author", "title", "year"} <= fields
        assert kind == "software" or {"journal", "volume", "eid", "doi"} <= fields
        assert body.count("{") == body.count("}")


def test_the_version_is_that_of_the_package_and_of_the_citation_file() -> None:
    cited = re.search(r"^version: (.*)$", CITATION, re.MULTILINE)
    assert cited
    assert f"version = {{{cited.group(1)}}}" in PAGE
    assert f"antares-helpers {cited.group(1)};" in PAGE
    assert cited.group(1) == version("antares-helpers")


def test_the_paper_of_antares_is_the_same_in_both() -> None:
    doi = re.search(r"doi: (\S+)", CITATION)
    assert doi
    assert f"doi = {{{doi.group(1)}}}" in PAGE


def test_the_acknowledgments_that_are_asked_for_are_linked() -> None:
    text = PAGE.partition("Acknowledgments\n----")[2].partition("BibTeX\n----")[0]
    assert "https://nsf-noirlab.gitlab.io/csdc/antares/client/acknowledgements.html" in text
    assert "https://citations.lsst.io/acknowledgements/" in text
    assert not re.search(r"acknowledge(s|ment) (the|support|that)", text)  # no wording of ours


def test_markdown_of_the_changelog_becomes_restructured_text() -> None:
    given = "# Changelog\n\n## 1.0\n\n### Added\n\n- `f` of [that](https://example.org).\n"
    wanted = "\n1.0\n---\n\nAdded\n~~~~~\n\n- ``f`` of `that <https://example.org>`__."
    assert to_rst(given) == wanted


def test_the_changelog_has_nothing_that_the_page_would_not_show() -> None:
    text = to_rst((ROOT / "CHANGELOG.md").read_text(encoding="utf-8"))
    assert not re.search(r"^#|\]\(|(?<!`)`(?![`\w])|\*\*", text.replace("``", ""), re.MULTILINE)
