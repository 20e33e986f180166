"""The pages of science give the truth of the simulated sky."""

import json
import runpy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pytest
from astropy import units as u
from astropy.coordinates import FK5
from astropy.utils import iers

from simulated_sky.light_curves import IA, IBC, IIP, KILONOVA
from simulated_sky.supernovae import Supernova

PAGES = Path(__file__).parents[1] / "gallery/6_from_light_curve_to_science"

pytestmark = pytest.mark.slow


def run(number: int) -> dict[str, Any]:
    (script,) = PAGES.glob(f"{number}_*.py")
    try:
        return runpy.run_path(str(script))
    finally:
        plt.close("all")


# Page 23: colors and rises


@pytest.fixture(scope="module")
def page_23() -> dict[str, Any]:
    page = run(23)
    loci = {each["id"]: each for each, *_ in page["rows"]}
    return page | {"seen": {name: (each, *page["nights_of"](each)) for name, each in loci.items()}}


def true_source(locus: dict[str, Any]) -> Supernova | None:
    """Return the supernova or kilonova that a locus was made with."""
    truth = locus["old_properties"]
    kinds = {kind.sim_class: kind for kind in (IA, IBC, IIP, KILONOVA)}
    kind = kinds.get(truth["sim_class"])
    if kind is None:
        return None
    magnitude = truth.get("sim_absolute_r_mag", kind.absolute_mag[0])
    ebv, redshift = truth.get("sim_mw_ebv", 0.0), truth["sim_redshift"]
    return Supernova(kind, truth[kind.date], magnitude, redshift, {}, ebv_mw=ebv)


def measured_and_true(page: dict[str, Any]) -> Iterator[tuple[tuple[float, ...], float]]:
    """Yield each color of the page with the color that the source really had."""
    for locus, nights, _ in page["seen"].values():
        source = true_source(locus)
        for now in nights.values():
            for blue, red in ("gr", "ri"):
                if source and {blue, red} <= {*now}:
                    true = [source.difference(now[band][0], band) for band in (blue, red)]
                    color = page["fainter_by"](now[blue], now[red])
                    if min(true) > 0 and np.isfinite(color[0]):
                        yield color, -2.5 * np.log10(true[0] / true[1])


def test_page_23_measures_the_true_colors_within_their_errors(page_23: dict[str, Any]) -> None:
    pairs = [(color, true) for color, true in measured_and_true(page_23) if color[2] == 0]
    pulls = np.array([(color[0] - true) / color[1] for color, true in pairs])
    assert len(pulls) > 100
    assert 0.8 < np.std(pulls) < 1.25
    assert abs(np.mean(pulls)) < 0.25


def test_page_23_gives_limits_on_the_right_side_of_the_true_color(page_23: dict[str, Any]) -> None:
    limits = [(color, true) for color, true in measured_and_true(page_23) if color[2]]
    assert limits
    assert all(limit * (true - value) > 0 for (value, _, limit), true in limits)


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ((10.0, 1.0), (100.0, 1.0), (2.5, 0.1091, 0)),
        ((-5.0, 1.0), (30.0, 1.0), (2.5, np.nan, 1)),
        ((1.0, 1.0), (40.0, 1.0), (2.5, np.nan, 1)),
        ((40.0, 1.0), (1.0, 1.0), (-2.5, np.nan, -1)),
        ((1.0, 1.0), (-1.0, 1.0), (np.nan, np.nan, 0)),
    ],
)
def test_page_23_compares_fluxes_that_are_negative_or_not_significant(
    page_23: dict[str, Any],
    first: tuple[float, float],
    second: tuple[float, float],
    expected: tuple[float, float, int],
) -> None:
    result = page_23["fainter_by"]((0.0, *first), (0.0, *second))
    assert result == pytest.approx(expected, abs=1e-3, nan_ok=True)


def test_page_23_sets_young_transients_apart(page_23: dict[str, Any]) -> None:
    rise: dict[bool, list[float]] = {True: [], False: []}
    for _, _, age, _, (value, _, _) in page_23["rows"]:
        rise[age < 3].append(value)
    assert len(rise[True]) >= 10
    assert np.median(rise[True]) > np.percentile(rise[False], 95)


def rises_and_truth(page: dict[str, Any]) -> Iterator[tuple[tuple[float, ...], float]]:
    """Yield each rise of the page with that of the source, in mag/d."""
    for locus, name, age, _, rise in page["rows"]:
        if (source := true_source(locus)) is None:
            continue
        _, nights, first = page["seen"][locus["id"]]
        night = first + age
        days = [day for day in nights if night - 10 <= day < night]
        day, band = max((day, band) for day in days for band in nights[day] if band in name)
        times = nights[day][band][0], nights[night][band][0]
        before, now = (source.difference(time, band) for time in times)
        if now > 0:
            true = 2.5 * np.log10(now / before) if before > 0 else np.inf
            yield rise, true / (times[1] - times[0])


def test_page_23_measures_the_true_rises_and_their_limits(page_23: dict[str, Any]) -> None:
    rises = list(rises_and_truth(page_23))
    pulls = [(rise - true) / error for (rise, error, limit), true in rises if limit == 0]
    above = [true > value for (value, _, limit), true in rises if limit == 1]
    assert len(pulls) > 100
    assert 0.8 < np.std(pulls) < 1.25
    assert len(above) >= 8
    assert all(above)


# Page 24: one candidate


@pytest.fixture(scope="module")
def page_24() -> Iterator[dict[str, Any]]:
    names = ("auto_download", "auto_max_age", "iers_degraded_accuracy")
    before = {name: getattr(iers.conf, name) for name in names}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(iers.iers, "download_file", no_download)
        yield run(24)
    for name, value in before.items():
        setattr(iers.conf, name, value)


def no_download(*_: object, **__: object) -> None:
    pytest.fail("astropy downloads")


def test_page_24_measures_the_offset_from_the_host(page_24: dict[str, Any]) -> None:
    truth = page_24["locus"].properties
    true = np.hypot(truth["sim_host_east_arcsec"], truth["sim_host_north_arcsec"])
    offset, error = page_24["offset"].to_value("arcsec"), page_24["offset_err"].to_value("arcsec")
    assert offset == pytest.approx(true, abs=0.03)
    assert 0.1 < error < 0.12
    assert page_24["place"] == ("nuclear" if true < 3 * error else "not nuclear")


def test_page_24_averages_positions_with_the_error_that_they_scatter_by(
    page_24: dict[str, Any],
) -> None:
    pulls = [(page_24["east"] - page_24["mean"][0]) / page_24["ra_err"]]
    pulls += [(page_24["north"] - page_24["mean"][1]) / page_24["dec_err"]]
    scatter = np.std([pull.to_value("") for pull in pulls])
    assert len(page_24["rows"]) == len(page_24["alerts"]) > 10
    assert 0.7 < scatter < 1.3
    assert (page_24["errors"] < 0.02 * u.arcsec).all()


def test_page_24_begins_after_the_explosion_and_the_visit_before_sees_nothing(
    page_24: dict[str, Any],
) -> None:
    explosion = page_24["locus"].properties["sim_explosion_mjd"]
    last = page_24["earlier"][-1]
    assert page_24["alerts"].time[0].mjd > explosion
    assert abs(last["flux"]) < 3 * last["flux_err"]


def test_page_24_computes_the_altitude(page_24: dict[str, Any]) -> None:
    """By spherical trigonometry, with the mean sidereal time and no refraction."""
    times, target = page_24["times"], page_24["target"]
    place = page_24["position"].transform_to(FK5(equinox=times[0]))
    days = times.mjd - 51544.5
    sidereal = (280.46061837 + 360.98564736629 * days - 70.7494) * u.deg
    latitude, angle = -30.2446 * u.deg, sidereal - place.ra
    level, swing = np.sin(latitude) * np.sin(place.dec), np.cos(latitude) * np.cos(place.dec)
    sine = level + swing * np.cos(angle)
    assert np.degrees(np.arcsin(sine)).value == pytest.approx(target.alt.deg, abs=0.03)


def test_page_24_finds_the_night_dark_around_local_midnight(page_24: dict[str, Any]) -> None:
    middle = page_24["times"][page_24["is_dark"]].mjd.mean() % 1
    assert middle == pytest.approx(70.7494 / 360, abs=0.02)
    assert page_24["is_up"].any()
    assert (page_24["target"].secz[page_24["is_up"]] < 2).all()


def test_page_24_requests_the_position_in_the_night(page_24: dict[str, Any]) -> None:
    request = json.loads(json.dumps(page_24["request"]))
    (observation,) = request["requests"]
    (configuration,) = observation["configurations"]
    target, position = configuration["target"], page_24["position"]
    assert (target["ra"], target["dec"]) == pytest.approx(
        (position.ra.deg, position.dec.deg), abs=1e-6
    )
    (window,) = observation["windows"]
    start, end = page_24["times"][page_24["is_up"]][[0, -1]].isot
    assert window["start"] < start < end < window["end"]
    assert request["proposal"] == "YOUR-PROPOSAL"
