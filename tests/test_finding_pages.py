"""The tutorials on finding things give the answers that the simulated loci were made with."""

import runpy
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pytest

PAGES = Path(__file__).parents[1] / "gallery/3_finding_things"

pytestmark = pytest.mark.slow


def run(number: int) -> dict[str, Any]:
    (script,) = PAGES.glob(f"{number}_*.py")
    try:
        return runpy.run_path(str(script))
    finally:
        plt.close("all")


def test_page_11_shows_an_asteroid_with_one_alert_in_each_of_many_loci() -> None:
    track = run(11)["track"]
    assert len(track) > 20
    assert set(track["num_alerts"]) == {1}


def test_page_11_names_what_a_column_of_floats_makes_of_each_id() -> None:
    page = run(11)
    moved = [int(page["column"][i]) - page["ids"][i] for i in range(len(page["ids"]))]
    assert any(moved)
    assert max(map(abs, moved)) <= 16


def test_page_12_measures_the_offset_from_the_host() -> None:
    page = run(12)
    truths = [found.properties for found in page["near_by"]]
    (i,) = [i for i, truth in enumerate(truths) if "sim_host_east_arcsec" in truth]
    truth, matches, (mean, err) = truths[i], page["tables"][i], page["means"][i]
    (host,) = matches[matches["catalog"] == "ned"]
    east, north = mean.spherical_offsets_to(page["SkyCoord"](host["ra"], host["dec"]))
    assert east.arcsec == pytest.approx(truth["sim_host_east_arcsec"], abs=0.03)
    assert north.arcsec == pytest.approx(truth["sim_host_north_arcsec"], abs=0.03)
    assert 0 < err.to_value("arcsec") < 0.02


def test_page_12_gives_the_chance_of_a_galaxy_by_the_published_counts() -> None:
    page = run(12)
    # Bloom et al. 2002, table 3 and equation 3: 20 mag within 3 arcsec.
    assert page["density"][1] * np.pi * 9 == pytest.approx(0.00647, rel=0.01)


def test_page_14_sums_the_pixels_to_the_flux_of_the_alert() -> None:
    page = run(14)
    error = np.hypot(page["err_7"].value, page["psf_err"])
    assert page["sum_7"].value == pytest.approx(page["psf_flux"], abs=3 * error)


def test_page_14_marks_the_center_of_the_host() -> None:
    page = run(14)
    truth, (x, y) = page["locus"].properties, (page["x"], page["y"])
    right, up = -truth["sim_host_east_arcsec"] / 0.2, truth["sim_host_north_arcsec"] / 0.2
    assert (x - 14.5, y - 14.5) == pytest.approx((right, up), abs=0.5)


def test_page_14_shows_a_dipole_of_two_lobes() -> None:
    image = run(14)["examples"]["dipole"]["difference"].value
    noise = np.std(image[:8])
    assert image.max() > 5 * noise
    assert image.min() < -5 * noise


def test_page_15_finds_the_kilonova_at_the_distance_of_the_event() -> None:
    page = run(15)
    assert page["best"].properties["sim_class"] == "kilonova-like"
    far = page["candidates"]["host [Mpc]"][list(page["candidates"]["locus"]).index(page["name"])]
    assert abs(far - page["distance"]) < page["distance_err"]


def test_page_15_encloses_the_probability_that_its_contours_say() -> None:
    page = run(15)
    levels = [page["contour"](locus.coordinates)[0] for locus in page["loci"]]
    densities = page["notice"].get_probability_density(page["places"])
    inside = {name: densities > level for level, name in page["contours"].items()}
    assert np.array_equal(inside["50%"], np.array(levels) < 50)
    assert np.array_equal(inside["90%"], np.array(levels) < 90)
