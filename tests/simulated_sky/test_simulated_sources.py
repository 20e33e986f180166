import numpy as np
import pytest

from antares_sandbox.sky import separation_arcsec
from simulated_sky.nuclei import ActiveGalaxy
from simulated_sky.source import (
    BINARY,
    BLUE_GALAXY,
    BLUE_STAR,
    EARLY_GALAXY,
    QUASAR,
    RED_GIANT,
    colored_fluxes,
)
from simulated_sky.stars import (
    DwarfNova,
    EclipsingBinary,
    LongPeriodVariable,
    MovingStar,
    RRab,
    RRc,
)
from simulated_sky.survey import (
    BANDS,
    DEPTH,
    ab_flux,
    flux_error,
    utc,
)

FLUXES = dict.fromkeys(BANDS, 10_000.0)


def curve(source, times, band):
    return np.array([source.difference(float(mjd), band) for mjd in times])


def folded(star, band):
    """Return phases and magnitudes of a period."""
    source, phases = star(0.5, 61200.0, FLUXES), np.arange(0, 1, 1 / 2000)
    return phases, -2.5 * np.log10(1 + curve(source, 61200 + 0.5 * phases, band) / 1e4)


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


@pytest.mark.parametrize("star", [RRab, RRc, EclipsingBinary, LongPeriodVariable])
def test_a_periodic_star_repeats_and_has_its_mean_in_the_template(star):
    source = star(0.5, 61200.0, FLUXES)
    times = np.linspace(61200.0, 61200.5, 2000, endpoint=False)

    changes = np.array([source.difference(mjd, "g") for mjd in times])
    again = np.array([source.difference(mjd + 1.0, "g") for mjd in times])

    assert changes.mean() == pytest.approx(0, abs=10)
    assert changes.min() < -1000 < 1000 < changes.max()
    assert again == pytest.approx(changes, abs=0.1)


# RR Lyrae: Sesar et al. 2010, medians of Stripe 82; both types are brightest and bluest in g and u.
@pytest.mark.parametrize(
    ("star", "g", "r", "z"),
    [(RRab, 1.05, 0.75, 0.55), (RRc, 0.55, 0.4, 0.3), (LongPeriodVariable, 2.4, 2.0, 1.0)],
)
def test_a_pulsating_star_has_its_amplitude(star, g, r, z):
    for band, amplitude in {"g": g, "r": r, "z": z}.items():
        _, magnitudes = folded(star, band)
        assert np.ptp(magnitudes) == pytest.approx(amplitude, abs=0.01)


@pytest.mark.parametrize(("star", "shortest", "longest"), [(RRab, 0.1, 0.2), (RRc, 0.4, 0.48)])
def test_an_rrab_rises_at_once_and_an_rrc_nearly_as_a_sine(star, shortest, longest):
    phases, magnitudes = folded(star, "g")

    assert magnitudes.argmin() == 0
    assert shortest < 1 - phases[magnitudes.argmax()] < longest


@pytest.mark.parametrize("star", [RRab, RRc, EclipsingBinary, LongPeriodVariable])
@pytest.mark.parametrize("band", BANDS)
def test_a_periodic_star_is_continuous(star, band):
    _, magnitudes = folded(star, band)

    assert np.abs(np.diff(magnitudes, append=magnitudes[0])).max() < 0.01


def test_the_deeper_eclipse_is_at_phase_0():
    source = EclipsingBinary(2.0, 61200.0, FLUXES)

    assert source.difference(61200.0, "r") < source.difference(61201.0, "r") < 0
    assert source.difference(61200.5, "r") > 0


def test_a_dwarf_nova_is_quiet_between_outbursts():
    source = DwarfNova((61200.0, 61260.0), FLUXES, 4.0)

    assert source.difference(61190.0, "g") == 0
    assert source.difference(61203.0, "g") > 10 * FLUXES["g"]
    assert source.difference(61240.0, "g") < 0.01 * FLUXES["g"]
    assert source.difference(61263.0, "g") > 10 * FLUXES["g"]


def test_an_outburst_of_a_dwarf_nova_is_a_few_magnitudes_high_and_lasts_days():
    source = DwarfNova((61200.0,), FLUXES, 4.0)
    times = np.arange(61195.0, 61225.0, 0.05)
    brightening = 2.5 * np.log10(1 + curve(source, times, "g") / 1e4)

    assert brightening.max() == pytest.approx(3.7, abs=0.3)
    assert 7 < 0.05 * np.count_nonzero(brightening > 2) < 15
    assert 0.5 < times[brightening.argmax()] - 61200 < 3
    assert np.abs(np.diff(brightening)).max() < 0.4


def test_outbursts_end_for_good():
    source = DwarfNova((61200.0,), FLUXES, 4.0)

    assert [source.difference(mjd, "g") for mjd in (60000.0, 61250.0, 63000.0)] == [0, 0, 0]


def walks(redshift, count, days):
    return [
        ActiveGalaxy(np.random.default_rng(n), 61000.0, 61000.0 + days, FLUXES, redshift)
        for n in range(count)
    ]


def wander(galaxy, days, band):
    times = 61000 + np.arange(0.0, days, 5.0)
    total = curve(galaxy, times, band) + galaxy.template[band]
    return 2.5 * np.log10(total / 1e4)


# MacLeod et al. 2010, table 1.
@pytest.mark.parametrize(("redshift", "band"), [(0.207, "g"), (0.556, "r"), (1.428, "y")])
def test_an_active_galaxy_wanders_by_0_22_mag_at_4000_angstrom(redshift, band):
    offsets = [wander(galaxy, 20_000, band) for galaxy in walks(redshift, 4, 20_000)]

    assert np.std(offsets) == pytest.approx(0.22, rel=0.2)


def test_an_active_galaxy_wanders_less_in_the_red():
    galaxy = walks(0.5, 1, 5000)[0]
    sizes = [np.std(wander(galaxy, 5000, band)) for band in BANDS]

    assert sizes == sorted(sizes, reverse=True)
    assert sizes[0] / sizes[-1] == pytest.approx((9712 / 3671) ** 0.479, rel=0.01)


@pytest.mark.parametrize("redshift", [0.0, 1.0])
def test_an_active_galaxy_forgets_in_250_days_at_rest(redshift):
    lag_d = 250 * (1 + redshift)
    steps = round(lag_d / 5)
    offsets = np.array([wander(galaxy, 60_000, "g") for galaxy in walks(redshift, 6, 60_000)])

    correlation = np.mean(offsets[:, :-steps] * offsets[:, steps:]) / np.mean(offsets**2)
    assert correlation == pytest.approx(np.exp(-1), abs=0.1)


def test_the_template_of_an_active_galaxy_is_a_chance_epoch():
    galaxies = walks(0.5, 60, 60.0)
    templates = np.array([2.5 * np.log10(galaxy.template["g"] / 1e4) for galaxy in galaxies])

    assert np.std(templates) == pytest.approx(0.24, rel=0.3)
    assert abs(templates.mean()) < 0.1


def test_an_active_galaxy_stays_on_one_side_of_its_template_for_long():
    galaxies = walks(0.5, 40, 60.0)
    signs = [np.sign(curve(galaxy, np.arange(61000.0, 61060.0), "g")) for galaxy in galaxies]

    constant = sum(abs(row.mean()) == 1 for row in signs)
    assert constant > 20
    assert {row[0] for row in signs} == {-1.0, 1.0}


def test_an_active_galaxy_is_the_same_for_the_same_seed():
    first, second = (walks(0.5, 1, 100.0)[0] for _ in range(2))

    assert first.template == second.template
    assert first.difference(61050.3, "i") == second.difference(61050.3, "i")


# Dipoles of Rubin's first alerts: net flux 1 to 16 % of the star, median 5 %.
def test_a_moved_star_leaves_a_few_per_cent_of_either_sign(rng):
    star = MovingStar(rng, FLUXES)
    residuals = curve(star, np.arange(61000.0, 63000.0), "r") / 1e4

    assert star.template == FLUXES
    assert 0.01 <= np.abs(residuals).min() <= np.abs(residuals).max() <= 0.16
    assert np.median(np.abs(residuals)) == pytest.approx(0.05, rel=0.1)
    assert 0.45 < np.mean(residuals > 0) < 0.55


def test_a_visit_of_a_moved_star_has_one_residual(rng):
    star = MovingStar(rng, FLUXES)
    first = [star.difference(mjd, "r") for mjd in (61000.0, 61001.0)]

    assert [star.difference(mjd, "r") for mjd in (61000.0, 61001.0)] == first
    assert star.difference(61000.0, "i") != first[0] != first[1]


@pytest.mark.parametrize(
    "colors", [EARLY_GALAXY, BLUE_GALAXY, BLUE_STAR, BINARY, QUASAR, RED_GIANT]
)
def test_the_color_tables_hold_all_bands_relative_to_r(colors):
    assert list(colors) == list(BANDS)
    assert colored_fluxes(22.0, colors)["r"] == ab_flux(22.0)
    magnitudes = list(colors.values())
    assert magnitudes == sorted(magnitudes, reverse=True)


def test_early_galaxies_are_redder_than_those_that_form_stars():
    assert EARLY_GALAXY["g"] == 0.8
    assert BLUE_GALAXY["g"] == 0.45


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
