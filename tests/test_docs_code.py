"""Every Python code block of the site's own pages runs, and the API page is complete."""

import re
import textwrap
from pathlib import Path

import pytest

import antares_helpers
from antares_helpers.cli import main
from antares_helpers.lightcurves import summary
from antares_sandbox import TUTORIAL_ID

pytest.importorskip("confluent_kafka", reason="the page on the sandbox shows a stream")

DOCS = Path(__file__).parents[1] / "docs"
BLOCK = re.compile(r"^\.\. code-block:: python\n\n((?:    .*\n|\n)+)", re.MULTILINE)
CODE = {
    page.name: [textwrap.dedent(code) for code in BLOCK.findall(page.read_text(encoding="utf-8"))]
    for page in sorted(DOCS.glob("*.rst"))
}


@pytest.mark.parametrize("page", [page for page, blocks in CODE.items() if blocks])
def test_code_of_a_page_runs(page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    for code in CODE[page]:
        exec(compile(code, page, "exec"), names)


def test_there_is_code_to_run() -> None:
    assert sum(map(len, CODE.values())) >= 5


def test_the_page_of_the_command_line_shows_what_its_first_command_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    arguments = ["plot", TUTORIAL_ID, "-o", "light_curve.png"]
    assert main(arguments) == 0
    page = (DOCS / "command_line.rst").read_text(encoding="utf-8")
    said = textwrap.indent(capsys.readouterr().err, " " * 4)
    assert f"    $ antares-helpers {' '.join(arguments)}\n{said}" in page


def test_the_api_page_lists_every_public_name() -> None:
    page = (DOCS / "api" / "index.rst").read_text(encoding="utf-8")
    listed = set(re.findall(r"^(?:   |\.\. autoexception:: )(\w+)$", page, re.MULTILINE))
    assert set(antares_helpers.__all__) <= listed


def test_the_api_page_lists_every_reason_to_exclude_an_alert() -> None:
    page = (DOCS / "api" / "index.rst").read_text(encoding="utf-8")
    constants = {name: value for name, value in vars(summary).items() if name.isupper()}
    reasons = [value for value in constants.values() if isinstance(value, str)]
    assert len(reasons) > 10
    assert not [reason for reason in reasons if f"``{reason}``" not in page]
