"""The reference of properties agrees with Rubin's schema, in words of its own."""

import csv
import importlib.util
import json
import re
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest

DOCS = Path(__file__).parents[1] / "docs"
PAGE = (DOCS / "properties.rst").read_text(encoding="utf-8")
with (DOCS / "properties.csv").open(encoding="utf-8", newline="") as file:
    ROWS = list(csv.DictReader(file))
RECORDS = {
    "lsst_diaSource_": "diaSource",
    "lsst_diaObject_": "diaObject",
    "lsst_ssSource_": "ssSource",
    "lsst_": "alert",
}
UNIT = re.compile(r"\[([^\[\]]+)\]\.?$")
LONGEST_SHARED = 5


@cache
def newest_schema() -> tuple[str, Path]:
    """Return version and folder of the newest schema, without importing what reads it."""
    try:
        spec = importlib.util.find_spec("lsst.alert")
    except ModuleNotFoundError:
        spec = None
    if spec is None or not spec.submodule_search_locations:
        pytest.skip("needs Rubin's schemas: install lsst-alert-packet")
    folder = Path(spec.submodule_search_locations[0]) / "packet" / "schema"
    major, minor = (folder / "latest.txt").read_text().strip().split(".")
    return f"{major}.{minor}", folder / major / minor


@cache
def units(record: str) -> dict[str, str]:
    """Return the units of a table in the schema of Rubin's alert database."""
    yaml = pytest.importorskip("yaml")
    try:
        spec = importlib.util.find_spec("lsst.sdm.schemas")
    except ModuleNotFoundError:
        spec = None
    if spec is None or not spec.submodule_search_locations:
        pytest.skip("needs Rubin's database schemas: install lsst-sdm-schemas")
    path = Path(spec.submodule_search_locations[0]) / "apdb.yaml"
    tables = {each["name"].lower(): each for each in yaml.safe_load(path.read_text())["tables"]}
    columns = tables[record.lower()]["columns"]
    return {each["name"]: each.get("ivoa:unit") or each.get("fits:tunit") or "" for each in columns}


@cache
def fields(record: str) -> dict[str, dict[str, Any]]:
    version, folder = newest_schema()
    path = folder / f"lsst.v{version.replace('.', '_')}.{record}.avsc"
    return {field["name"]: field for field in json.loads(path.read_text("utf-8"))["fields"]}


def split(name: str) -> tuple[str, str]:
    """Return the record of the schema and the field; "" where the property is not Rubin's."""
    for prefix, record in RECORDS.items():
        if name.startswith(prefix):
            return record, name.removeprefix(prefix)
    return "", name


def expanded(name: str) -> list[str]:
    return [name.replace("{band}", band) for band in "ugrizy"] if "{band}" in name else [name]


def words(text: str) -> list[str]:
    return re.findall(r"[a-z0-9]+", text.lower())


def runs(text: str, length: int) -> set[tuple[str, ...]]:
    found = words(text)
    return {tuple(found[at : at + length]) for at in range(len(found) - length + 1)}


@cache
def runs_of_the_schema() -> set[tuple[str, ...]]:
    records = ("alert", "diaSource", "diaObject", "diaForcedSource", "ssSource", "ssObject")
    docs = [field.get("doc", "") for record in records for field in fields(record).values()]
    return set().union(*(runs(doc, LONGEST_SHARED + 1) for doc in docs))


RUBIN = [row for row in ROWS if split(row["name"])[0]]


def test_the_page_names_the_newest_schema() -> None:
    assert f"alert schema {newest_schema()[0]};" in PAGE


@pytest.mark.parametrize("row", RUBIN, ids=lambda row: row["name"])
def test_a_property_of_rubin_is_as_in_the_schema(row: dict[str, str]) -> None:
    record, _ = split(row["name"])
    for name in expanded(row["name"]):
        field = fields(record)[split(name)[1]]
        nullable = isinstance(field["type"], list)
        assert row["type"] == (field["type"][-1] if nullable else field["type"])
        assert row["nullable"] == ("yes" if nullable else "no")
        unit = UNIT.search(field["doc"])
        if record != "ssSource":  # that copy of the schema has no units for it
            assert row["unit"] == (unit.group(1) if unit else "")


@pytest.mark.parametrize("record", ["diaSource", "diaObject", "ssSource"])
def test_each_unit_is_that_of_the_alert_database(record: str) -> None:
    listed = {
        split(name)[1]: row["unit"]
        for row in RUBIN
        for name in expanded(row["name"])
        if split(name)[0] == record
    }
    assert listed == {name: units(record)[name] for name in listed}


def test_the_notes_on_disputed_properties_are_right() -> None:
    notes = {row["name"].removeprefix("lsst_diaSource_"): row["note"] for row in ROWS}
    assert "radius of 12 pixels" in notes["apFlux"]
    assert "could not all be set" in notes["pixelFlags"]
    assert "cos(Dec)" in notes["raErr"]
    assert "states no units" not in PAGE


@pytest.mark.parametrize("record", ["diaSource", "diaObject", "ssSource"])
def test_every_field_is_listed_once(record: str) -> None:
    listed = Counter(split(name) for row in RUBIN for name in expanded(row["name"]))
    assert {name: listed[record, name] for name in fields(record)} == dict.fromkeys(
        fields(record), 1
    )


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["name"])
def test_a_note_is_in_words_of_its_own(row: dict[str, str]) -> None:
    assert not runs(row["note"], LONGEST_SHARED + 1) & runs_of_the_schema()


def test_no_note_is_a_sentence_of_the_schema() -> None:
    for row in RUBIN:
        record, name = split(expanded(row["name"])[0])
        assert words(row["note"]) != words(fields(record)[name]["doc"])


def test_every_property_has_a_note_and_a_table() -> None:
    shown = set(re.findall(r"^\.\. property-table:: (\w+)$", PAGE, re.MULTILINE))
    assert {row["section"] for row in ROWS} == shown
    assert all(row["note"].rstrip("*").endswith(".") for row in ROWS)
    assert len({row["name"] for row in ROWS}) == len(ROWS)


def test_what_is_seen_has_been_recorded(real_responses: dict[str, dict[str, Any]]) -> None:
    locus_id = next(name for name in real_responses if "DERIVED" not in name)
    bodies = real_responses[locus_id]
    recorded = set(bodies[f"loci/{locus_id}"]["data"]["internal_properties"])
    for alert in bodies[f"loci/{locus_id}/alerts"]["data"]:
        recorded |= set(alert["properties"])
    assert {row["name"] for row in ROWS if row["recorded"]} == recorded


def test_the_sandbox_serves_no_other_property() -> None:
    from simulated_sky import simulate_loci

    listed = {name for row in ROWS for name in expanded(row["name"])}
    served = {
        name
        for file in simulate_loci()
        for alert in file["locus"]["alerts"]
        for name in alert["properties"]
    }
    assert not {name for name in served if not name.startswith("ztf_")} - listed
