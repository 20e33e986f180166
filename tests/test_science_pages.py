"""The pages of science give the truth of the simulated sky."""

import json
import re
import runpy
from collections.abc import Iterator
from pathlib import Path
from statistics import NormalDist
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pytest
from astropy import units as u
from astropy.coordinates import FK5, SkyCoord
from astropy.cosmology import Planck18
from astropy.table import QTable
from astropy.time import Time
from astropy.timeseries import TimeSeries
from astropy.utils import iers

from antares_sandbox import BUNDLED
from simulated_sky.asteroids import _V_MINUS_BAND, Asteroid
from simulated_sky.light_curves import IA, IBC, IIP, KILONOVA
from simulated_sky.passing import _ASTEROIDS, _seen
from simulated_sky.supernovae import Supernova
from simulated_sky.transients import _FIELD, _locus_id, _scene

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
        assert below[days.index(day)] / 100 == pytest.approx(known, abs=0.1)


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


# Page 25: an asteroid


@pytest.fixture(scope="module")
def asteroid_page() -> dict[str, Any]:
    return run(25)


@pytest.fixture(scope="module")
def asteroid(asteroid_page: dict[str, Any]) -> Asteroid:
    """Return the asteroid that the page follows, as it was simulated."""
    (row,) = [row for row in _ASTEROIDS if str(row.ss_object_id) == asteroid_page["object_id"]]
    return _seen(row)[0][0]


def test_page_25_joins_all_loci_of_the_asteroid(asteroid_page: dict[str, Any]) -> None:
    files = [json.loads(path.read_text(encoding="utf-8")) for path in BUNDLED.glob("*.json")]
    known = [file["locus"]["old_properties"]["survey"]["lsst"] for file in files]
    number = sum(asteroid_page["object_id"] in each.get("ss_object_id", []) for each in known)
    assert len(asteroid_page["table"]) == len(asteroid_page["loci"]) == number > 20


def test_page_25_gives_the_true_magnitude_slope_and_rotation(
    asteroid_page: dict[str, Any], asteroid: Asteroid
) -> None:
    page = asteroid_page
    assert page["truth"]["sim_h_mag"] == asteroid.absolute_mag
    assert abs(page["h_v"] - asteroid.absolute_mag) < 3 * page["h_v_err"] < 0.06
    assert abs(page["fitted"][0] - asteroid.slope) < 3 * page["errors"][0] < 0.06
    assert abs(page["rotation"] - asteroid.period_h) < 3 * page["rotation_err"] < 0.01
    amplitude = 2 * np.hypot(*page["fitted"][1:3])
    assert amplitude == pytest.approx(asteroid.amplitude_mag, abs=0.02)
    assert page["chance"] < 1e-6


def test_page_25_gives_errors_that_cover_the_truth_without_the_rotation(
    asteroid_page: dict[str, Any], asteroid: Asteroid
) -> None:
    page, less = asteroid_page, _V_MINUS_BAND[asteroid.color_class]
    for band, color, error in zip(page["others"], page["color"], page["color_err"], strict=True):
        assert abs(color - (less["r"] - less[band])) < 3 * error < 0.12
    h, g = page["best"]
    assert abs(h - (asteroid.absolute_mag - less["r"])) < 3 * page["best_err"][0]
    assert abs(g - asteroid.slope) < 3 * page["best_err"][1]
    assert page["best_err"][0] > 5 * page["h_v_err"]


def test_page_25_gives_the_true_colors_with_the_rotation(
    asteroid_page: dict[str, Any], asteroid: Asteroid
) -> None:
    page, less = asteroid_page, _V_MINUS_BAND[asteroid.color_class]
    for band, value in zip(page["bands"], page["fitted"][4:], strict=True):
        assert value == pytest.approx(asteroid.absolute_mag - less[band], abs=0.03)


def test_page_25_gives_offsets_in_arcsec_and_a_rate_in_arcsec_per_second(
    asteroid_page: dict[str, Any],
) -> None:
    page = asteroid_page
    for alert, along, across, rate in zip(
        page["alerts"], page["along"], page["across"], page["rate"], strict=True
    ):
        place = [alert[f"lsst_diaSource_{name}"] for name in ("ra", "dec")] * u.deg
        predicted = [alert[f"lsst_ssSource_eph{name}"] for name in ("Ra", "Dec")] * u.deg
        offset = SkyCoord(*predicted).separation(SkyCoord(*place))
        assert np.hypot(along, across) == pytest.approx(offset.arcsec, abs=1e-4)
        assert 0.001 < rate < 0.02
    assert np.std(page["along"]) == pytest.approx(np.median(page["error"]), rel=0.6)
    assert abs(page["late"]) < 1


# Page 26: what detections miss


@pytest.fixture(scope="module")
def missing_page() -> dict[str, Any]:
    return run(26)


def test_page_26_finds_no_detection_far_below_5_sigma_or_unreliable(
    missing_page: dict[str, Any],
) -> None:
    snr = np.abs(missing_page["flux"] / missing_page["err"])
    assert not missing_page["seen"][snr < 4].any()
    assert missing_page["seen"][snr > 6].mean() > 0.8
    assert 0.5 <= np.nanmin(missing_page["reliability"]) < 0.51


def test_page_26_predicts_how_many_visits_to_a_known_source_have_a_detection(
    missing_page: dict[str, Any],
) -> None:
    page, predicted, actual = missing_page, 0.0, 0
    rows = {_locus_id(row): row for row in _FIELD}
    for locus, visits, sources in zip(page["found"], page["forced"], page["sources"], strict=True):
        if locus.locus_id not in rows:
            continue
        source = _scene(rows[locus.locus_id]).source
        for visit in visits:
            true = source.difference(visit["midpointMjdTai"], visit["band"].strip())
            predicted += page["efficiency"](true, visit["psfFluxErr"][np.newaxis])
        actual += np.isin(visits["visit"], sources["visit"]).sum()
    assert actual > 200
    assert actual == pytest.approx(predicted, rel=0.06)


@pytest.mark.parametrize("truth", [3.0, 5.0, 7.0])
def test_page_26_draws_detections_that_are_too_bright_as_theory_says(
    missing_page: dict[str, Any], truth: float
) -> None:
    measured, is_detected = missing_page["observe"](truth, np.ones(400_000))
    normal = NormalDist()
    share = 1 - normal.cdf(5 - truth)
    assert is_detected.mean() == pytest.approx(missing_page["reliable"] * share, rel=0.05)
    mean = truth + normal.pdf(5 - truth) / share
    assert measured[is_detected].mean() == pytest.approx(mean, rel=0.005)


def test_page_26_shows_peaks_too_faint_if_bright_and_too_bright_if_faint(
    missing_page: dict[str, Any],
) -> None:
    median = np.array(missing_page["median"])
    assert 0.03 < median[0] < 0.15
    assert median[-1] < -0.2


def test_page_26_shows_that_detections_exaggerate_the_mean_and_lose_pairs(
    missing_page: dict[str, Any],
) -> None:
    lc, scale = missing_page["lc"], missing_page["scale"]
    detections = lc[~lc["is_forced"]]
    assert abs(np.mean(lc["flux"])) < abs(np.mean(detections["flux"]))
    of_all, of_detections = (missing_page["structure"](each, scale) for each in (lc, detections))
    assert of_detections[1].sum() < 0.4 * of_all[1].sum()


def test_page_26_structure_function_is_free_of_noise_and_finds_a_change(
    missing_page: dict[str, Any],
) -> None:
    rng = np.random.default_rng(1)
    days = np.arange(61200, 61300, 0.5)
    flux = 300 * np.sign(np.sin(days)) + rng.normal(0, 200, len(days))
    lc = TimeSeries(
        time=Time(days, format="mjd", scale="tai"),
        data={"band": ["r"] * len(days), "flux": flux * u.nJy, "flux_err": [200] * len(days)},
    )
    lc["flux_err"].unit = u.nJy
    value, number = missing_page["structure"](lc, {"r": 1000.0})
    # Half of the pairs differ by 600 nJy.
    assert value == pytest.approx(0.6 / 2**0.5, rel=0.1)
    assert number.sum() < len(days) * (len(days) - 1) / 2


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
