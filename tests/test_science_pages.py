"""The pages of science give the truth of the simulated sky."""

import json
import re
import runpy
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pytest
from astropy import units as u
from astropy.cosmology import Planck18
from astropy.table import QTable

from antares_sandbox import BUNDLED

PAGES = Path(__file__).parents[1] / "gallery/6_from_light_curve_to_science"

pytestmark = pytest.mark.slow


def run(number: int) -> dict[str, Any]:
    (script,) = PAGES.glob(f"{number}_*.py")
    try:
        return runpy.run_path(str(script))
    finally:
        plt.close("all")


def forced_of(locus_id: str) -> dict[str, Any]:
    """Return the forced photometry of all visits of a simulated locus."""
    file = json.loads((BUNDLED / f"{locus_id}.json").read_text(encoding="utf-8"))
    (forced,) = file["wire"]["forced_photometry"]
    return dict(forced)


# Page 21: forced photometry


@pytest.fixture(scope="module")
def forced_page() -> dict[str, Any]:
    return run(21)


def test_page_21_adds_the_forced_flux_of_each_visit_without_a_detection(
    forced_page: dict[str, Any],
) -> None:
    lc, truth = forced_page["lc"], forced_of(forced_page["locus"].locus_id)
    is_past = np.array(truth["midpointMjdTai"]) <= lc.time.mjd[~lc["is_forced"]].max()
    assert len(lc) == is_past.sum()
    forced = lc[lc["is_forced"]]
    for time, flux in zip(forced.time.mjd, forced["flux"].value, strict=True):
        at = np.argmin(np.abs(np.array(truth["midpointMjdTai"]) - time))
        assert flux == pytest.approx(truth["psfFlux"][at], rel=1e-6)


def test_page_21_compares_the_sign_of_every_alert(forced_page: dict[str, Any]) -> None:
    check, detected = forced_page["lc"].meta["sign_check"], forced_page["detected"]
    assert check == {"compared": len(detected), "agree": len(detected)}


def test_page_21_brackets_the_explosions(forced_page: dict[str, Any]) -> None:
    known = [row for row in forced_page["brackets"] if row[-1] != ""]
    assert len(known) >= 3
    for _, last, first, alert, truth in known:
        assert last <= truth <= first <= alert


def test_page_21_sees_a_source_before_its_first_alert(forced_page: dict[str, Any]) -> None:
    assert any(first < alert - 1 for _, _, first, alert, _ in forced_page["brackets"])


def test_page_21_finds_the_maximum_within_its_errors_with_smaller_errors(
    forced_page: dict[str, Any],
) -> None:
    truth = forced_page["locus"].properties["sim_peak_mjd"]
    (alone, alone_err, _), (best, best_err, _) = forced_page["fits"].values()
    assert abs(alone[1] - truth) < 2 * alone_err[1]
    assert abs(best[1] - truth) < 2 * best_err[1]
    assert best_err[1] < alone_err[1]
    assert best_err[2] < alone_err[2]


def test_page_21_follows_a_decline_below_the_limit(forced_page: dict[str, Any]) -> None:
    late = forced_page["best"][forced_page["best"]["is_forced"]]
    signal = (late["flux"] / late["flux_err"]).value
    assert sum(signal < 5) >= 5


def test_page_21_counts_a_visit_in_two_packets_once(forced_page: dict[str, Any]) -> None:
    assert len(forced_page["both"]) == len(forced_page["lc"])
    assert sum(forced_page["oldest"]["is_forced"]) < sum(forced_page["both"]["is_forced"])


# Page 22: luminosity


@pytest.fixture(scope="module")
def luminosity_page() -> dict[str, Any]:
    return run(22)


def test_page_22_takes_redshift_and_dust_of_the_locus(luminosity_page: dict[str, Any]) -> None:
    truth = luminosity_page["locus"].properties
    assert luminosity_page["redshift"] == truth["sim_redshift"]
    assert luminosity_page["ebv"] == truth["sim_mw_ebv"]
    assert luminosity_page["hosts"][0][1] == truth["sim_redshift"]


def test_page_22_finds_the_absolute_magnitude(luminosity_page: dict[str, Any]) -> None:
    truth = luminosity_page["locus"].properties
    maximum, absolute = luminosity_page["best"]
    assert absolute == pytest.approx(truth["sim_absolute_r_mag"], abs=0.06)
    assert maximum == pytest.approx(truth["sim_peak_mjd"], abs=2)


def test_page_22_gives_the_luminosity_of_that_magnitude(luminosity_page: dict[str, Any]) -> None:
    # M = 0 is 3631 Jy at 10 pc; nu L_nu is the same at each redshift, observed or at rest.
    z, absolute = luminosity_page["redshift"], luminosity_page["best"][1]
    at_10_pc = 4 * np.pi * (10 * u.pc) ** 2 * 3631 * u.Jy * 10 ** (-0.4 * absolute)
    wanted = (at_10_pc * (622 * u.nm).to(u.Hz, u.spectral())).to_value("erg / s")
    assert luminosity_page["luminosity"].value == pytest.approx(wanted, rel=1e-3)
    assert luminosity_page["modulus"] == pytest.approx(Planck18.distmod(z).value)


def test_page_22_prefers_the_likelier_of_several_hosts(luminosity_page: dict[str, Any]) -> None:
    rows = [("faint", "21.0g", 1.5, "G"), ("bright", "15.0", 4.0, "G"), ("star", "9.0", 1.0, "*")]
    matches = QTable(
        {
            "catalog": ["ned"] * 3,
            "name": [row[0] for row in rows],
            "separation": [row[2] for row in rows] * u.arcsec,
            "type": [row[3] for row in rows],
            "redshift": [0.3, 0.05, 0.0],
        }
    )
    given = [{"Object_Name": row[0], "Magnitude_and_Filter": row[1]} for row in rows]
    hosts = luminosity_page["candidates"](matches, given)
    assert [host[0] for host in hosts] == ["bright", "faint"]
    # Bloom et al. 2002, table 3 and equation 3: 20 mag within 3 arcsec.
    assert luminosity_page["chance"](3, 20) == pytest.approx(0.00645, rel=0.01)


def test_page_22_draws_a_published_decline(luminosity_page: dict[str, Any]) -> None:
    # Magnitudes of SN 2006ax in r below its maximum, Contreras et al. 2010.
    days, below = luminosity_page["DAYS"], luminosity_page["TYPE_IA"]
    for day, known in {0: 0.01, 20: 0.79, 40: 1.64, 60: 2.38}.items():
        assert below[days.index(day)] == pytest.approx(known, abs=0.1)


@pytest.mark.parametrize("number", [21, 22])
def test_a_page_says_what_is_not_known(number: int) -> None:
    (script,) = PAGES.glob(f"{number}_*.py")
    text = " ".join(script.read_text(encoding="utf-8").replace("\n#", " ").split())
    wanted = {
        21: [
            "tried neither the live Alerts API",
            "before 2026-02-17",
            "the template contains light",
        ],
        22: ["K-correction", "IRSA", "says nothing about nature"],
    }[number]
    assert not [each for each in wanted if not re.search(each, text)]
