"""The methods of the tutorials give true values with honest errors, where the truth is known."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from astropy.table import Table

from antares_helpers import extract_lightcurve, load_locus
from antares_sandbox import BUNDLED
from simulated_sky import recipes
from simulated_sky.transients import transients

GALLERY = Path(__file__).parents[1] / "gallery"
DEFINITIONS = (ast.Import, ast.ImportFrom, ast.FunctionDef)


def definitions(page: str) -> dict[str, Any]:
    """Return the imports, functions and constants of a page, without running the rest of it."""
    tree = ast.parse(next(GALLERY.glob(f"*/{page}_*.py")).read_text(encoding="utf-8"))
    tree.body = [
        node
        for node in tree.body
        if isinstance(node, DEFINITIONS)
        or (isinstance(node, ast.Assign) and ast.unparse(node.targets[0]).isupper())
    ]
    names: dict[str, Any] = {}
    exec(compile(tree, page, "exec"), names)
    return names


@pytest.fixture(scope="module")
def fit_page() -> dict[str, Any]:
    return definitions("10")


@pytest.fixture(scope="module")
def table_page() -> dict[str, Any]:
    return definitions("17")


def supernovae(page: dict[str, Any], loci: Iterator[dict[str, Any]]) -> list[tuple[float, float]]:
    """Return the offset from the true maximum, and the error, of each fit that the page checks."""
    found = []
    for locus in loci:
        true = locus["old_properties"].get("sim_peak_mjd")
        points = page["near_maximum"](extract_lightcurve(locus, bands="r", **page["CUTS"]))
        if true is not None and page["is_covered"](points):
            mean, total, _, _ = page["maximum_of"](points)
            if total < 5:
                found.append((mean - true, total))
    return found


def rms_of_pulls(found: list[tuple[float, float]]) -> float:
    offsets, errors = np.transpose(found)
    return float(np.sqrt(np.mean((offsets / errors) ** 2)))


def test_fitted_functions_are_brightest_at_the_time_that_is_their_parameter(
    fit_page: dict[str, Any],
) -> None:
    days = np.linspace(-20, 30, 50_001)
    for shape, parameters in (("bazin", (4.0, 6.0)), ("cubic", (0.5, -0.1))):
        flux = fit_page[shape](days, 1000.0, 2.5, *parameters)
        assert days[flux.argmax()] == pytest.approx(2.5, abs=2e-3)
        assert flux.max() == pytest.approx(1000.0)


def test_error_of_a_bad_fit_is_larger_by_the_root_of_chi2(fit_page: dict[str, Any]) -> None:
    days = np.linspace(-14, 28, 15)
    flux = fit_page["cubic"](days, 1e4, 0.5, 0.5, -0.1)
    wiggled = flux + 300 * (-1) ** np.arange(15)
    _, small, _ = fit_page["fit"](fit_page["cubic"], days, flux, np.full(15, 300.0))
    _, large, chi2 = fit_page["fit"](fit_page["cubic"], days, wiggled, np.full(15, 30.0))
    assert chi2 > 50
    assert large[1] == pytest.approx(small[1] * np.sqrt(chi2) / 10, rel=0.1)


def test_half_the_difference_of_both_functions_is_part_of_the_error(
    fit_page: dict[str, Any],
) -> None:
    days = np.linspace(-14, 28, 15)
    flux = fit_page["bazin"](days, 1e4, 0.5, 3.0, 9.0)
    mean, total, times, errors = fit_page["maximum_of"]((days, flux, np.full(15, 20.0)))
    half = abs(times[0] - times[1]) / 2
    assert half > 0.3
    assert mean == pytest.approx(times.mean())
    assert total == pytest.approx(np.hypot(errors.max(), half))


@pytest.mark.parametrize(
    "flux",
    [
        [],
        [5.0],
        [9.0, 8.0, 7.0, 6.0, 5.0, 4.0],
        [4.0, 5.0, 6.0, 7.0, 8.0, 9.0],
        [1.0, 9.0, 8.0, 7.0],
    ],
)
def test_maximum_that_is_not_covered_is_not_fitted(
    fit_page: dict[str, Any], flux: list[float]
) -> None:
    fluxes = np.array(flux)
    assert not fit_page["is_covered"]((np.arange(len(flux)), fluxes, np.ones_like(fluxes)))


@pytest.mark.constant
def test_pulls_of_the_bundled_supernovae_have_an_rms_near_1(fit_page: dict[str, Any]) -> None:
    found = supernovae(fit_page, map(load_locus, sorted(BUNDLED.glob("*.json"))))
    assert len(found) >= 10
    assert 0.7 < rms_of_pulls(found) < 1.3


@pytest.mark.slow
def test_pulls_of_other_supernovae_have_an_rms_near_1(
    fit_page: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    found = []
    for _ in range(6):
        monkeypatch.setattr(recipes, "SEED", recipes.SEED + 1)
        found += supernovae(fit_page, (file["locus"] for file in transients()))
    assert len(found) >= 30
    assert 0.7 < rms_of_pulls(found) < 1.3


def test_template_is_fitted_behind_the_dust_of_the_milky_way(fit_page: dict[str, Any]) -> None:
    pytest.importorskip("iminuit")
    sncosmo = pytest.importorskip("sncosmo")
    phase, wave = np.linspace(-20, 60, 81), np.linspace(2000, 12000, 201)
    shape = np.exp(-0.5 * (phase / 15) ** 2)[:, None] * np.ones_like(wave)
    source = sncosmo.TimeSeriesSource(phase, wave, shape)
    blue = sncosmo.Bandpass([3900.0, 4000.0, 5400.0, 5500.0], [0.0, 1.0, 1.0, 0.0], name="lsstg")
    red = sncosmo.Bandpass([5500.0, 5600.0, 6900.0, 7000.0], [0.0, 1.0, 1.0, 0.0], name="lsstr")
    for band in (blue, red):
        sncosmo.register(band, force=True)
    dusty = sncosmo.Model(
        source, effects=[sncosmo.F99Dust()], effect_names=["mw"], effect_frames=["obs"]
    )
    dusty.set(z=0.1, t0=61250.0, amplitude=1e-15, mwebv=0.3)
    rows = [(day, band) for day in np.arange(61235.0, 61280.0, 3.0) for band in ("lsstg", "lsstr")]
    days, bands = np.array([row[0] for row in rows]), np.array([row[1] for row in rows])
    flux = dusty.bandflux(bands, days, zp=31.4, zpsys="ab")
    columns = {"time": days, "band": bands, "flux": flux, "fluxerr": 0.01 * flux.max() + 0 * flux}
    table = Table(columns | {"zp": np.full(len(days), 31.4), "zpsys": np.full(len(days), "ab")})
    result, model = fit_page["fit_template"](table, 0.3, source, (0.05, 0.15))
    assert model["mwebv"] == 0.3
    assert "mwebv" not in result.vparam_names
    assert model["amplitude"] == pytest.approx(1e-15, rel=0.03)
    _, without = fit_page["fit_template"](table, 0.0, source, (0.05, 0.15))
    assert without["amplitude"] < 0.7e-15


def test_dust_of_the_milky_way_is_corrected_once(fit_page: dict[str, Any]) -> None:
    extinction = pytest.importorskip("extinction")
    middle = np.array([3671.0, 4827.0, 6223.0, 7546.0, 8691.0, 9712.0])
    law = extinction.fitzpatrick99(middle, 3.1 * fit_page["RECALIBRATION"], 3.1)
    assert fit_page["FACTORS"] == pytest.approx(law, rel=0.05)


def a_row(mjd: list[float], band: str, flux: list[float], flux_err: list[float]) -> dict[str, Any]:
    columns = {"mjd": mjd, "band": list(band), "flux": flux, "flux_err": flux_err}
    return {f"lightcurve.{name}": np.array(values) for name, values in columns.items()}


def test_color_is_that_of_a_pair_of_one_night(table_page: dict[str, Any]) -> None:
    mjd = [61000.02, 61000.04, 61005.02, 61009.03]
    row = a_row(mjd, "grgr", [1000.0, 2000.0, 9000.0, 500.0], [10.0, 20.0, 10.0, 1.0])
    color = table_page["color"](row)
    assert color["color"] == pytest.approx(2.5 * np.log10(2))
    assert color["color_err"] == pytest.approx(2.5 / np.log(10) * np.hypot(0.01, 0.01), rel=1e-4)


def test_color_of_a_faded_source_is_that_of_its_change(table_page: dict[str, Any]) -> None:
    row = a_row([61000.02, 61000.04], "gr", [-2000.0, -1000.0], [10.0, 10.0])
    color = table_page["color"](row)
    assert color["color"] == pytest.approx(-2.5 * np.log10(2))
    assert color["color_err"] > 0


@pytest.mark.parametrize(
    ("mjd", "band", "flux"),
    [
        ([61000.02, 61003.04], "gr", [1000.0, 1000.0]),
        ([61000.02, 61000.04], "gi", [1000.0, 1000.0]),
        ([61000.02, 61000.04], "gr", [1000.0, -1000.0]),
        ([61000.02], "g", [1000.0]),
    ],
    ids=["other nights", "other bands", "opposite signs", "no pair"],
)
def test_color_is_missing_without_a_pair(
    table_page: dict[str, Any], mjd: list[float], band: str, flux: list[float]
) -> None:
    color = table_page["color"](a_row(mjd, band, flux, [10.0] * len(mjd)))
    assert np.isnan(color["color"])
    assert np.isnan(color["color_err"])


def test_errors_of_colors_are_as_large_as_their_scatter(table_page: dict[str, Any]) -> None:
    rng = np.random.default_rng(20261126)
    pulls = []
    for _ in range(400):
        error = np.repeat(rng.uniform(20, 100, 3), 2)
        flux = np.tile([1000.0, 1500.0], 3) + error * rng.normal(size=6)
        mjd = np.repeat([61000.0, 61004.0, 61009.0], 2) + [0, 0.02] * 3
        color = table_page["color"](a_row(list(mjd), "grgrgr", list(flux), list(error)))
        pulls.append((color["color"] - 2.5 * np.log10(1.5)) / color["color_err"])
    assert np.sqrt(np.mean(np.square(pulls))) == pytest.approx(1, abs=0.12)
