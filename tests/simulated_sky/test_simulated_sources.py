import numpy as np
import pytest

from antares_sandbox.sky import separation_arcsec
from simulated_sky.detections import DETECTION_SNR, detect
from simulated_sky.irregular import ActiveGalaxy, DwarfNova, Passing
from simulated_sky.periodic import EclipsingBinary, LongPeriodVariable, RRLyrae
from simulated_sky.source import fluxes
from simulated_sky.supernovae import (
    PlateauSupernova,
    StrippedSupernova,
    ThermonuclearSupernova,
)
from simulated_sky.survey import (
    BANDS,
    DEPTH,
    Visit,
    ab_flux,
    deep_visits,
    flux_error,
    utc,
    wide_visits,
)

FLUXES = dict.fromkeys(BANDS, 10_000.0)


@pytest.fixture
def rng():
    return np.random.default_rng(1)


def test_a_source_at_the_depth_is_seen_at_five_sigma():
    for depth in DEPTH.values():
        assert ab_flux(depth) / flux_error(ab_flux(depth), depth) == pytest.approx(5, rel=0.01)


def test_noise_grows_with_flux():
    assert flux_error(1e5, 24.5) > flux_error(1e3, 24.5) > flux_error(-1e3, 24.5) > 0


def test_an_ab_magnitude_of_31_4_is_one_nanojansky():
    assert ab_flux(31.4) == 1


def test_utc_is_37_seconds_behind_tai():
    assert utc(61200.5).isoformat() == "2026-06-09T11:59:23"


def test_wide_visits_come_in_pairs_some_minutes_apart(rng):
    visits = wide_visits(rng, 61200.0, 61260.0)

    gaps = [(b.mjd - a.mjd) * 1440 for a, b in zip(visits[::2], visits[1::2], strict=True)]
    assert 15 < min(gaps) <= max(gaps) < 40


def test_deep_visits_follow_each_other_at_once(rng):
    visits = deep_visits(rng, 61200.0, 61201.0, repeats=4)

    assert len(visits) == 8
    assert len({visit.band for visit in visits}) == 2
    assert np.diff([visit.mjd for visit in visits]).max() * 86400 < 60


@pytest.mark.parametrize("plan", [wide_visits, deep_visits])
def test_visits_are_in_order_at_night_and_near_the_nominal_depth(rng, plan):
    visits = plan(rng, 61200.0, 61300.0)

    times = [visit.mjd for visit in visits]
    assert times == sorted(times)
    assert all(visit.mjd % 1 < 0.45 for visit in visits)
    assert all(abs(visit.depth - DEPTH[visit.band]) < 1 for visit in visits)


def test_only_what_is_bright_enough_is_detected(rng):
    visits = [Visit(61200.0 + n / 100, "r", 24.5) for n in range(300)]
    limit = 5 * flux_error(0, 24.5)

    faint = detect(rng, Passing({"r": limit}), visits)

    assert 0.1 < len(faint) / len(visits) < 0.9
    assert min(detection.snr for detection in faint) >= DETECTION_SNR
    assert len(detect(rng, Passing({"r": 10 * limit}), visits)) == len(visits)


@pytest.mark.parametrize("star", [RRLyrae, EclipsingBinary, LongPeriodVariable])
def test_a_periodic_star_repeats_and_has_its_mean_in_the_template(star):
    source = star(0.5, 61200.0, FLUXES)
    times = np.linspace(61200.0, 61200.5, 2000, endpoint=False)

    changes = np.array([source.difference(mjd, "g") for mjd in times])
    again = np.array([source.difference(mjd + 1.0, "g") for mjd in times])

    assert changes.mean() == pytest.approx(0, abs=10)
    assert changes.min() < -1000 < 1000 < changes.max()
    assert again == pytest.approx(changes, abs=0.1)


@pytest.mark.parametrize("star", [RRLyrae, LongPeriodVariable])
def test_a_pulsating_star_has_its_amplitude(star):
    source = star(0.5, 61200.0, FLUXES)
    totals = [10_000 + source.difference(61200 + n / 4000, "g") for n in range(2000)]

    amplitude = 2.5 * np.log10(max(totals) / min(totals))
    assert amplitude == pytest.approx(source.AMPLITUDE["g"], abs=0.01)


def test_the_deeper_eclipse_is_at_phase_0():
    source = EclipsingBinary(2.0, 61200.0, FLUXES)

    assert source.difference(61200.0, "r") < source.difference(61201.0, "r") < 0
    assert source.difference(61200.5, "r") > 0


@pytest.mark.parametrize("band", BANDS)
def test_a_thermonuclear_supernova_peaks_when_it_should(band):
    source = ThermonuclearSupernova(61200.0, FLUXES, fluxes(r=22))
    times = np.arange(61170.0, 61290.0, 0.25)
    curve = np.array([source.difference(mjd, band) for mjd in times])

    assert abs(times[curve.argmax()] - 61200) < 3
    assert curve.max() == pytest.approx(10_000, rel=0.03)
    assert curve[0] == 0
    assert 0 < curve[-1] < 2000
    assert np.abs(np.diff(curve)).max() < 600


@pytest.mark.parametrize(("band", "bump"), [("g", False), ("i", True), ("y", True)])
def test_only_red_bands_have_a_second_maximum(band, bump):
    source = ThermonuclearSupernova(61200.0, FLUXES, FLUXES)
    late = np.array([source.difference(61208.0 + day, band) for day in range(30)])

    assert bool((np.diff(late) > 0).any()) == bump


@pytest.mark.parametrize("band", BANDS)
def test_a_stripped_supernova_has_one_maximum_later_in_the_red(band):
    source = StrippedSupernova(61200.0, FLUXES, FLUXES)
    curve = np.array([source.difference(61180.0 + day / 4, band) for day in range(400)])

    rises = np.diff(curve) > 0
    assert np.count_nonzero(rises[:-1] & ~rises[1:]) == 1
    assert 61180.0 + curve.argmax() / 4 == pytest.approx(61200 + source.SHAPES[band].peak, abs=0.3)


@pytest.mark.parametrize("supernova", [PlateauSupernova, StrippedSupernova, ThermonuclearSupernova])
def test_the_clock_of_a_supernova_runs_slower_at_a_redshift(supernova):
    near, far = supernova(61200.0, FLUXES, FLUXES), supernova(61200.0, FLUXES, FLUXES, 1.25)

    for days in (-8.0, 4.0, 32.0, 96.0):
        assert far.difference(61200 + 1.25 * days, "r") == near.difference(61200 + days, "r")


def test_a_plateau_supernova_stays_then_drops():
    source = PlateauSupernova(61200.0, FLUXES, FLUXES)

    assert source.difference(61199.0, "r") == 0
    assert source.difference(61270.0, "r") > 0.7 * source.difference(61215.0, "r")
    assert source.difference(61310.0, "r") < 0.3 * source.difference(61270.0, "r")


def test_a_dwarf_nova_is_quiet_between_outbursts():
    source = DwarfNova((61200.0, 61260.0), FLUXES, 4.0)

    assert source.difference(61190.0, "g") == 0
    assert source.difference(61203.0, "g") > 10 * FLUXES["g"]
    assert source.difference(61240.0, "g") < 0.01 * FLUXES["g"]
    assert source.difference(61263.0, "g") > 10 * FLUXES["g"]


def test_an_active_galaxy_wanders_as_much_as_it_should():
    walks = [ActiveGalaxy(np.random.default_rng(n), 0.0, 2000.0, FLUXES) for n in range(8)]
    ratios = [1 + walk.difference(day, "r") / 1e4 for walk in walks for day in range(2000)]

    assert np.std(2.5 * np.log10(ratios)) == pytest.approx(ActiveGalaxy.SIGMA_MAG, rel=0.25)


@pytest.mark.parametrize(
    ("first", "second", "arcsec"),
    [
        ((10.0, 0.0), (10.0, 0.0), 0.0),
        ((359.9999, 0.0), (0.0001, 0.0), 0.72),
        ((0.0, 90.0), (123.0, 90.0), 0.0),
        ((0.0, 0.0), (180.0, 0.0), 648_000.0),
        ((10.0, 60.0), (10.001, 60.0), 1.8),
    ],
)
def test_separations_hold_everywhere(first, second, arcsec):
    assert separation_arcsec(*first, *second) == pytest.approx(arcsec, abs=1e-5)
