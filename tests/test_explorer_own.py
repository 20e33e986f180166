"""One's own data in the explorer: a file, which stays in the browser, or a locus from ANTARES."""

import gzip
import json
from collections.abc import Iterator
from typing import Any

import pytest
from explorer_page import PAGE, as_text, expected
from site_pages import needs_site

from antares_helpers import fetch_loci, fetch_locus, load_locus, save_locus
from antares_sandbox import Sandbox
from antares_sandbox.bundled import BUNDLED

pytest_plugins = ["browsing"]
pytestmark = [needs_site, pytest.mark.slow]

LOCUS_ID = "ANT2026simmissing"
TEXT = (BUNDLED / f"{LOCUS_ID}.json").read_text(encoding="utf-8")


@pytest.fixture
def opened(open_page: Any) -> Any:
    page = open_page(PAGE)
    page.wait_for_selector("#explorer-svg")
    return page


def give(page: Any, content: bytes, name: str = "mine.json") -> None:
    file = {"name": name, "mimeType": "application/json", "buffer": content}
    page.locator("#explorer-file").set_input_files(files=[file])


def message(page: Any) -> str:
    page.wait_for_function("document.getElementById('explorer-message').textContent")
    return str(page.locator("#explorer-message").inner_text())


def sentence(page: Any) -> str:
    return str(page.locator("#explorer-sentence").inner_text())


def renamed(text: str) -> str:
    return text.replace(LOCUS_ID, "my_locus-1.2")


def test_a_file_is_shown_and_never_sent(opened: Any) -> None:
    requested: list[str] = []
    opened.on("request", lambda request: requested.append(request.url))
    give(opened, renamed(TEXT).encode())
    assert message(opened) == "Showing my_locus-1.2."
    wanted = expected(json.loads(TEXT)["locus"], {})
    assert sentence(opened) == wanted["sentence"]
    assert opened.locator("#explorer-svg [role=option]").count() == len(wanted["mjd"])
    assert 'load_locus("mine.json")' in opened.locator("#explorer-code").inner_text()
    assert not requested


@pytest.mark.filterwarnings("ignore::antares_helpers.errors.IncompleteLocusWarning")
def test_all_forms_of_locus_files_are_read(opened: Any, tmp_path: Any) -> None:
    locus = fetch_locus(LOCUS_ID)
    saved = save_locus(locus, tmp_path / "saved.json")
    fetch_loci([LOCUS_ID], folder=tmp_path, progress=False)
    nan = tmp_path / "nan.json"
    content = json.loads(TEXT)
    content["locus"]["alerts"][0]["properties"]["lsst_diaSource_psfFlux"] = float("nan")
    nan.write_text(json.dumps(content), encoding="utf-8")
    for path in (saved, tmp_path / f"{LOCUS_ID}.json", BUNDLED / f"{LOCUS_ID}.json", nan):
        wanted = expected(load_locus(path), {})["sentence"]
        for data in (
            path.read_bytes(),
            gzip.compress(path.read_bytes()),
            b"\xef\xbb\xbf" + path.read_bytes(),
        ):
            opened.reload()
            opened.wait_for_selector("#explorer-svg")
            give(opened, data)
            assert message(opened) == f"Showing {LOCUS_ID}."
            assert sentence(opened) == wanted


def test_a_file_can_be_dropped_anywhere(opened: Any) -> None:
    opened.evaluate(
        """(text) => {
            const data = new DataTransfer();
            data.items.add(new File([text], "dropped.json"));
            const how = {dataTransfer: data, bubbles: true, cancelable: true};
            const event = (name) => new DragEvent(name, how);
            document.querySelector("h1").dispatchEvent(event("dragover"));
            document.querySelector("h1").dispatchEvent(event("drop"));
        }""",
        renamed(TEXT),
    )
    assert message(opened) == "Showing my_locus-1.2."
    assert "dropped.json" in opened.locator("#explorer-code").inner_text()


def test_long_and_odd_strings_do_not_matter(opened: Any) -> None:
    content = json.loads(renamed(TEXT))
    odd = ["\\", '"', '\\"', "NaN 12345678901234567890", 'a\\\\"', "x" * 20_000_000]
    content["locus"]["old_properties"]["odd"] = odd
    give(opened, json.dumps(content).encode())
    assert message(opened) == "Showing my_locus-1.2."


HEADER = {"format": "antares-locus", "version": 1}
HOSTILE = {
    "nothing": b"",
    "no JSON": b"<script>alert(1)</script>",
    "cut": TEXT.encode()[:5000],
    "not UTF-8": b'{"header": "\xff\xfe\xff"}',
    "a list": b"[]",
    "a number": b"1e999",
    "null": b"null",
    "no header": b'{"locus": {"id": "ANT2026x", "alerts": []}}',
    "another format": json.dumps({"header": {"format": "x"}, "locus": {}}).encode(),
    "another version": json.dumps({"header": HEADER | {"version": 2}, "locus": {}}).encode(),
    "true as version": json.dumps({"header": HEADER | {"version": True}, "locus": {}}).encode(),
    "no locus": json.dumps({"header": HEADER}).encode(),
    "no alerts": json.dumps({"header": HEADER, "locus": {"id": "ANT2026x"}}).encode(),
    "a bad ID": as_text({"id": "<img src=x onerror=alert(1)>", "alerts": []}).encode(),
    "nested deeply": b"[" * 200_000 + b"]" * 200_000,
    "gzip, cut": gzip.compress(TEXT.encode())[:3000],
    "gzip, of something else": gzip.compress(b"PK\x03\x04"),
    "a bomb": gzip.compress(b" " * 210_000_000, 1),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_any_other_file_gives_one_message_and_changes_nothing(opened: Any, name: str) -> None:
    errors: list[str] = []
    opened.on("pageerror", lambda error: errors.append(str(error)))
    opened.on("dialog", lambda dialog: errors.append(dialog.message))
    before = sentence(opened)
    give(opened, HOSTILE[name], "bad<b>.json")
    assert message(opened).startswith("bad<b>.json is not a locus file: ")
    assert sentence(opened) == before
    assert not errors


def test_a_file_without_alerts_or_with_hostile_ones_is_shown(opened: Any) -> None:
    errors: list[str] = []
    opened.on("pageerror", lambda error: errors.append(str(error)))
    for alerts in (
        [],
        [None, 1, "x", [], {}],
        [{"id": "lsst:<b>", "mjd": 61000, "properties": {}}],
    ):
        opened.reload()
        opened.wait_for_selector("#explorer-svg")
        locus = {"id": "ANT2026x", "alerts": alerts, "old_properties": 5, "user_tags": "x"}
        give(opened, as_text(locus).encode())
        assert message(opened) == "Showing ANT2026x."
        assert sentence(opened) == expected(locus, {})["sentence"]
        assert opened.get_by_text("No points to show").is_visible()
    assert not errors


@pytest.fixture
def allowing(site: str) -> Iterator[Sandbox]:
    """Return a sandbox that lets the pages of the site read its responses."""
    with Sandbox(allow_origins=[site.rstrip("/")]) as sandbox:
        yield sandbox


def ask(page: Any, text: str) -> None:
    page.get_by_label("Or ask ANTARES for a locus ID").fill(text)
    page.get_by_role("button", name="Fetch").click()
    page.wait_for_function(
        "!/Asking|^$/.test(document.getElementById('explorer-message').textContent)"
    )


def test_a_typed_id_is_fetched_from_the_service(open_page: Any, allowing: Sandbox) -> None:
    page = open_page(f"{PAGE}?api={allowing.url}")
    page.wait_for_selector("#explorer-svg")
    assert not allowing.requests
    for given in (
        LOCUS_ID,
        "  ANT2026simmixed ",
        "https://antares.noirlab.edu/loci/ANT2026simdipoles",
    ):
        ask(page, given)
        locus_id = given.strip().rpartition("/")[2]
        assert message(page) == f"Showing {locus_id}."
        wanted = expected(json.loads((BUNDLED / f"{locus_id}.json").read_bytes())["locus"], {})
        assert sentence(page) == wanted["sentence"]
        assert f'fetch_locus("{locus_id}")' in page.locator("#explorer-code").inner_text()


@pytest.mark.parametrize(
    ("given", "part"),
    [
        ("ANT2026madeup", "no locus with this ID"),
        ("ZTF18abcdefg", "not an ANTARES locus ID"),
        ("170666523846322710", "find_loci(name=...)"),
        ("", "not an ANTARES locus ID"),
        ("ANT2026/../x", "not an ANTARES locus ID"),
    ],
)
def test_a_typed_id_that_fails_says_why(
    open_page: Any, allowing: Sandbox, given: str, part: str
) -> None:
    page = open_page(f"{PAGE}?api={allowing.url}")
    page.wait_for_selector("#explorer-svg")
    ask(page, given)
    assert part in message(page)
    assert not page.locator("#explorer-command").is_visible()


def test_the_largest_numbers_there_are_break_no_axis(opened: Any) -> None:
    said: list[str] = []
    opened.on("console", lambda line: said.append(line.text))
    file = json.loads(renamed(TEXT))
    first, second, *_ = file["locus"]["alerts"]
    first["properties"]["lsst_diaSource_psfFlux"] = 1e308
    second["properties"] |= {"lsst_diaSource_psfFlux": -1e308, "lsst_diaSource_isNegative": True}
    give(opened, json.dumps(file).encode())
    assert message(opened).startswith("Showing")
    assert not said
    assert "NaN" not in opened.locator("#explorer-svg").inner_html()


def test_a_service_closed_to_browsers_gives_the_command_that_makes_the_file(open_page: Any) -> None:
    with Sandbox() as closed:
        page = open_page(f"{PAGE}?api={closed.url}")
        page.wait_for_selector("#explorer-svg")
        ask(page, LOCUS_ID)
        assert "can't be reached from this page" in message(page)
        command = page.locator("#explorer-command").inner_text()
    assert command == f"antares-helpers fetch {LOCUS_ID} --no-catalogs --folder loci"


def test_a_malformed_response_gives_the_command_too(open_page: Any, allowing: Sandbox) -> None:
    page = open_page(f"{PAGE}?api={allowing.url}")
    page.wait_for_selector("#explorer-svg")
    page.route(
        "**/v2/loci/**",
        lambda route: route.fulfill(body="{", headers={"Access-Control-Allow-Origin": "*"}),
    )
    ask(page, LOCUS_ID)
    assert "malformed" in message(page)
    assert page.locator("#explorer-command").is_visible()


@pytest.mark.parametrize(
    "api", ["https://example.org/v2/", "http://127.0.0.1.example.org", "javascript:1", "x"]
)
def test_no_address_but_one_of_this_machine_replaces_antares(open_page: Any, api: str) -> None:
    page = open_page(f"{PAGE}?api={api}")
    page.wait_for_selector("#explorer-svg")
    assert page.evaluate("explorer.apiAddress()") == "https://api.antares.noirlab.edu/v2/"
