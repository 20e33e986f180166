import gzip
import json
import math
import re
import shutil

import pytest
from looping import for_each

from antares_helpers.locus_file import locus_file_text
from antares_sandbox import BUNDLED, TUTORIAL_ID
from simulated_sky import __main__ as command
from simulated_sky import simulate_large, simulate_loci, write_locus_files
from simulated_sky.loci import differing_files

FILES = {file["locus"]["id"]: file for file in simulate_loci()}
LOCI = for_each("file", FILES.values(), ids=FILES.keys())
MAX_BUNDLED_BYTES = 1_300_000


def test_the_bundled_files_are_what_the_generator_makes():
    assert differing_files(FILES.values(), BUNDLED) == []


def test_the_generator_makes_the_same_twice():
    assert simulate_loci() == list(FILES.values())


def test_the_large_locus_depends_on_its_seed_only():
    assert simulate_large(30, seed=1) == simulate_large(30, seed=1)
    assert simulate_large(30, seed=1) != simulate_large(30, seed=2)


@pytest.mark.parametrize("number", [1, 7, 500])
def test_the_large_locus_has_as_many_alerts_as_asked_for(number):
    alerts = simulate_large(number)["locus"]["alerts"]

    assert len(alerts) == number
    assert all(len(alert["properties"]) >= 95 for alert in alerts)
    assert len({alert["id"] for alert in alerts}) == number


@pytest.mark.parametrize("number", [0, -3])
def test_a_large_locus_of_nothing_is_an_error(number):
    with pytest.raises(ValueError, match="give a number from 1"):
        simulate_large(number)


def test_the_bundled_files_stay_small_in_a_wheel():
    packed = (len(gzip.compress(path.read_bytes())) for path in BUNDLED.iterdir())
    assert sum(packed) < MAX_BUNDLED_BYTES


def test_the_bundled_files_have_a_license():
    assert "CC0-1.0" in (BUNDLED / "LICENSE").read_text("utf-8")


def test_the_tutorial_has_its_locus():
    assert TUTORIAL_ID == "ANT2026z3bqyjga24oc"
    assert TUTORIAL_ID in FILES


@LOCI
def test_a_file_says_everywhere_that_it_is_simulated(file):
    assert file["header"]["source"] == "simulated"
    assert "simulated" in file["locus"]["user_tags"]
    assert file["locus"]["old_properties"]["simulated"] == "true"
    assert file["locus"]["old_properties"]["sim_class"]


@LOCI
def test_a_locus_has_a_valid_id(file):
    assert re.fullmatch("ANT[0-9A-Za-z]{4,60}", file["locus"]["id"])


@LOCI
def test_a_file_survives_writing_and_reading(file):
    assert json.loads(locus_file_text(file)) == file


@LOCI
def test_a_file_has_an_alert_a_line(file):
    lines = locus_file_text(file).splitlines()

    starts = [line for line in lines if re.match(r'\{"id":"(lsst|ztf_)', line)]
    assert len(starts) == len(file["locus"]["alerts"])


@LOCI
def test_every_number_is_rounded(file):
    numbers = [
        value
        for alert in file["locus"]["alerts"]
        for value in alert["properties"].values()
        if isinstance(value, float)
    ]

    assert all(math.isfinite(number) for number in numbers)
    assert all(number == round(number, 10) for number in numbers)


def test_what_differs_is_named(tmp_path):
    folder = tmp_path / "loci"
    shutil.copytree(BUNDLED, folder)
    (folder / "ANT2026simagn.json").unlink()
    (folder / "ANT2026extra.json").write_text("{}")
    changed = folder / f"{TUTORIAL_ID}.json"
    changed.write_text(changed.read_text("utf-8").replace("61254.0", "61255.0"))

    differing = differing_files(FILES.values(), folder)

    assert differing == ["ANT2026extra.json", "ANT2026simagn.json", f"{TUTORIAL_ID}.json"]


def test_the_command_checks_the_bundled_files(capsys):
    assert command.main(["--check"]) == 0
    assert capsys.readouterr() == ("", "")


def test_the_command_lists_what_differs(capsys, tmp_path):
    write_locus_files([FILES[TUTORIAL_ID]], tmp_path)

    assert command.main(["--check", str(tmp_path)]) == 1
    errors = capsys.readouterr().err
    assert "differs: ANT2026simagn.json" in errors
    assert f"--write {tmp_path}" in errors


def test_the_command_writes_the_files(tmp_path, capsys):
    folder = tmp_path / "new" / "folder"

    assert command.main(["--write", str(folder)]) == 0
    assert differing_files(FILES.values(), folder) == []
    assert len(capsys.readouterr().out.splitlines()) == len(FILES)
