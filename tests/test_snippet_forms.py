"""A snippet with antares-helpers, or in a terminal, gives the answer of the client's snippet."""

import contextlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
import run_snippets
import snippet_folders
from astropy.table import Table
from snippet_running import FOLDER, NAMES

from antares_helpers import load_locus
from antares_sandbox import TUTORIAL_ID, Sandbox

HELPERS = sorted((FOLDER / "with_helpers").glob("*.py"))
TERMINAL = sorted((FOLDER / "terminal").glob("*.sh"))
SAME_TEXT = [
    "by_dia_object_id",
    "by_ztf_name",
    "check_signs",
    "forced_photometry",
    "many_loci",
    "missing_or_failing",
    "property_range",
]
"""The snippets that print the same with helpers, word for word."""

pytestmark = pytest.mark.slow


class Ran(NamedTuple):
    """What a snippet made in both forms, and where."""

    client: dict[str, Any]
    helpers: dict[str, Any]
    folder: Path

    @property
    def outputs(self) -> tuple[str, str]:
        return self.client["output"], self.helpers["output"]


@pytest.fixture(scope="module", params=["bundled", "signed", "other"])
def ran(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Ran]]:
    folder = tmp_path_factory.mktemp(request.param)
    loci = getattr(snippet_folders, request.param)()
    with Sandbox(snippet_folders.write(loci, folder / "loci"), thumbnails="fits"):
        yield {each.stem: run_both(each, folder) for each in HELPERS}


def run_both(snippet: Path, folder: Path) -> Ran:
    made = []
    for form in (FOLDER / snippet.name, snippet):
        place = folder / form.parent.name / form.stem
        place.mkdir(parents=True)
        with contextlib.chdir(place):
            made.append(run_snippets.run(str(form)))
    return Ran(*made, place)


def points(ran: dict[str, Any]) -> list[tuple[float, float]]:
    return sorted((x, y) for ax in ran["axes"] for line in ax["points"] for x, y in line)


def numbers(text: str) -> list[float]:
    return [float(each) for each in re.findall(r"(?<![\w.])-?\d+(?:\.\d+)?(?![\w.])", text)]


def is_empty(ran: Ran) -> bool:
    return ran.client["output"].startswith("No locus ")


@pytest.mark.parametrize("form", [*HELPERS, *TERMINAL], ids=lambda path: path.name)
def test_form_belongs_to_a_snippet_and_is_narrow(form: Path) -> None:
    lines = form.read_text(encoding="utf-8").splitlines()
    assert form.stem in NAMES
    assert len(lines) <= 20
    assert max(map(len, lines)) <= 79


def test_every_snippet_but_one_has_a_form_with_helpers() -> None:
    assert set(NAMES) - {path.stem for path in HELPERS} == {"list_tags"}


@pytest.mark.parametrize("name", SAME_TEXT)
def test_it_prints_the_same(ran: dict[str, Ran], name: str) -> None:
    client, helpers = ran[name].outputs
    usable = ran["reliable_points"].helpers["output"]
    if is_empty(ran[name]):
        assert not ran[name].helpers["output"]
    elif name == "forced_photometry" and "no usable" in usable:
        assert client.splitlines()[1:] == helpers.splitlines()[1:]
    else:
        assert client == helpers


def test_the_light_curve_has_the_same_points(ran: dict[str, Ran]) -> None:
    client, helpers = (points(each) for each in ran["plot_light_curve"][:2])
    locus = json.loads((ran["plot_light_curve"].folder.parents[1] / "loci").joinpath(
        f"{TUTORIAL_ID}.json").read_text(encoding="utf-8"))["locus"]  # fmt: skip
    is_dipole = {
        alert["mjd"]: alert["properties"].get("lsst_diaSource_isDipole") is True
        for alert in locus["alerts"]
    }
    assert [x for x, _ in client] == [x for x, _ in helpers]
    differing = {a[0] for a, b in zip(client, helpers, strict=True) if a != b}
    assert all(is_dipole[mjd] for mjd in differing)


def test_the_magnitudes_are_the_same(ran: dict[str, Ran]) -> None:
    client, helpers = (text.splitlines() for text in ran["magnitudes"].outputs)
    assert helpers == client[1:]


def test_the_dates_are_those_of_the_usable_points(ran: dict[str, Ran]) -> None:
    client, helpers = (text.splitlines() for text in ran["utc_dates"].outputs)
    left_out = [line for line in client if line not in helpers]
    assert helpers == [line for line in client if line not in left_out]
    assert len(left_out) == sum(
        numbers(" ".join(re.findall(r"(\d+) no usable", ran["reliable_points"].outputs[1])))
    )


def test_the_same_points_are_reliable(ran: dict[str, Ran]) -> None:
    client, helpers = ran["reliable_points"].outputs
    counts = json.loads(client[client.index("{") :].replace("'", '"'))
    unusable = "no usable" in helpers
    assert abs(numbers(helpers)[0] - counts["included"]) <= unusable


def test_the_star_is_folded_with_the_same_period(ran: dict[str, Ran]) -> None:
    if is_empty(ran["fold"]):
        pytest.skip("no star in this folder")
    client, helpers = (ran["fold"].client, ran["fold"].helpers)
    periods = [each["made"]["period"] for each in (client, helpers)]
    assert float(str(periods[1]).split()[0]) == pytest.approx(periods[0])
    assert sorted(y for _, y in points(client)) == sorted(y for _, y in points(helpers))
    assert all(each["axes"][0]["is_inside"] for each in (client, helpers))


def test_the_cutouts_are_the_same(ran: dict[str, Ran]) -> None:
    client, helpers = ([ax["images"][0] for ax in each["axes"][:3]] for each in ran["cutouts"][:2])
    assert len(client) == 3
    assert np.allclose(np.array(client, float), np.array(helpers, float), equal_nan=True)


@pytest.mark.parametrize("name", ["newest_of_a_tag", "within_10_arcsec"])
def test_the_same_loci_are_found(ran: dict[str, Ran], name: str) -> None:
    client, helpers = (re.findall(r"ANT2026\w+", text) for text in ran[name].outputs)
    assert client == helpers


def test_the_matches_and_their_distances_are_the_same(ran: dict[str, Ran]) -> None:
    rows = ran["catalog_matches"].client["made"]["rows"]
    text = ran["catalog_matches"].helpers["output"]
    for catalog, offset, _ in rows:
        distances = re.findall(rf"^ *{catalog} .* (\S+)$", text, re.MULTILINE)
        assert distances
        # The helpers know the columns of ANTARES' catalogs only, and of these also by name.
        if offset is not None and catalog != "two_of_them":
            close = pytest.approx(offset, rel=1e-6, abs=1e-3)
            assert any(float(each) == close for each in distances)


def test_the_devkit_gets_the_same_first_time(ran: dict[str, Ran]) -> None:
    first = ran["utc_dates"].helpers["output"].splitlines()[0].split(" = ")[1]
    assert f"The first is at {first.split(',')[0]}." in ran["devkit_locus"].helpers["output"]


def test_the_saved_locus_is_the_same(ran: dict[str, Ran]) -> None:
    client, helpers = ran["save_and_load"].outputs
    assert client.partition(": ")[2] == helpers


def test_the_table_has_the_same_rows(ran: dict[str, Ran]) -> None:
    place = ran["table"].folder
    client = Table.read(place.parents[1] / "snippets" / "table" / "light_curve.ecsv")
    helpers = Table.read(place / "light_curve.ecsv")
    known = [f"lsst:{row['diaSourceId']}" for row in client if np.isfinite(row["psfFluxErr"])]
    assert sorted(helpers["alert_id"]) == sorted(known)
    fluxes = {f"lsst:{row['diaSourceId']}": row["psfFlux"] for row in client}
    assert all(row["flux"] == fluxes[row["alert_id"]] for row in helpers)


@pytest.fixture(scope="module")
def typed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Path, str]]:
    """Run each snippet for the terminal; return its folder and what it printed."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = {}
    with Sandbox():
        for script in TERMINAL:
            folder = tmp_path_factory.mktemp(script.stem)
            command = subprocess.run(
                ["bash", "-e", str(script)],
                cwd=folder,
                env=os.environ | {"PATH": path},
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                check=False,
            )
            assert command.returncode == (script.stem == "missing_or_failing"), command.stdout
            done[script.stem] = folder, command.stdout
    return done


def test_each_command_says_what_it_has_written(typed: dict[str, tuple[Path, str]]) -> None:
    for folder, text in typed.values():
        written = [line.partition(": ")[0] for line in text.splitlines()]
        assert all((folder / name).exists() for name in written if not name.startswith("ANT"))


def test_the_commands_count_what_the_snippets_count(typed: dict[str, tuple[Path, str]]) -> None:
    number = len(snippet_folders.bundled()[TUTORIAL_ID]["alerts"])
    for name in ("plot_light_curve", "magnitudes", "forced_photometry", "save_and_load"):
        assert f"{number} of {number} alerts included" in typed[name][1]
    assert f"{number - 1} of {number} alerts included" in typed["reliable_points"][1]
    assert "32 forced points" in typed["forced_photometry"][1]
    assert "no locus ANT1999nowhere" in typed["missing_or_failing"][1]
    assert "loci: 1 of 2 loci." in typed["missing_or_failing"][1]


def test_the_commands_write_the_locus_and_its_table(typed: dict[str, tuple[Path, str]]) -> None:
    known = snippet_folders.bundled()[TUTORIAL_ID]
    for name in ("many_loci", "save_and_load", "table"):
        locus = load_locus(typed[name][0] / "loci" / f"{TUTORIAL_ID}.json")
        assert locus["alerts"] == known["alerts"]
    table = Table.read(typed["table"][0] / "light_curve.ecsv")
    assert sorted(table["alert_id"]) == sorted(alert["id"] for alert in known["alerts"])
