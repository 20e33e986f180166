import numpy as np
import pytest
from astropy.cosmology import Planck18

from simulated_sky.source import WAVELENGTH_A
from simulated_sky.supernovae import (
    IA,
    IBC,
    IIP,
    Kilonova,
    Supernova,
    apparent_r,
)
from simulated_sky.survey import BANDS, ab_flux

FLUXES = dict.fromkeys(BANDS, 10_000.0)
SUPERNOVAE = pytest.mark.parametrize("kind", [IA, IBC, IIP], ids=lambda kind: kind.name)


def curve(source, times, band):
    return np.array([source.difference(float(mjd), band) for mjd in times])


def peak_mag(source, band):
    times = np.arange(61150.0, 61300.0, 0.25)
    return 31.4 - 2.5 * np.log10(curve(source, times, band).max())


def peak_phase(kind, band, redshift):
    """Return the days at rest from the date to the maximum in a band."""
    source = Supernova(kind, 61200.0, -18.0, redshift, FLUXES)
    days = np.arange(-15.0, 60.0, 0.1)
    return days[curve(source, 61200 + (1 + redshift) * days, band).argmax()]


def decline(kind, band, redshift):
    """Return a function from days at rest since the date to magnitudes below maximum."""
    source = Supernova(kind, 61200.0, -18.0, redshift, FLUXES)
    peak = ab_flux(peak_mag(source, band))

    def below(days):
        return -2.5 * np.log10(
            curve(source, 61200 + (1 + redshift) * np.atleast_1d(days), band).squeeze() / peak
        )

    return below


def kilonova_mag(band):
    """Return a function from days at rest since the merger to absolute magnitudes."""
    source = Kilonova(61200.0, 0.01, FLUXES)

    def magnitude(day):
        flux = source.difference(61200 + 1.01 * day, band)
        return 31.4 - 2.5 * np.log10(flux) - Planck18.distmod(0.01).value

    return magnitude


def transients(redshift):
    kinds = (IA, IBC, IIP)
    supernovae = [Supernova(kind, 61200.0, -18.0, redshift, FLUXES) for kind in kinds]
    return [*supernovae, Kilonova(61200.0, redshift, FLUXES)]


@pytest.mark.parametrize("redshift", [0.001, 0.005, 0.03, 0.1, 0.17, 0.3, 0.6, 1.0])
def test_absolute_magnitudes_follow_from_astropys_distances(redshift):
    modulus = Planck18.distmod(redshift).value

    assert apparent_r(-19.2, redshift) == pytest.approx(-19.2 + modulus, abs=0.002)


@SUPERNOVAE
@pytest.mark.parametrize("redshift", [0.005, 0.05, 0.099, 0.12, 0.17, 0.3, 0.6])
def test_a_supernova_has_its_absolute_magnitude_at_maximum_in_r(kind, redshift):
    source = Supernova(kind, 61200.0, -18.0, redshift, FLUXES)
    times = 61200 + (1 + redshift) * np.arange(-20.0, 60.0, 0.2)
    r_mag = 31.4 - 2.5 * np.log10(curve(source, times, "r").max())

    assert r_mag - Planck18.distmod(redshift).value == pytest.approx(-18.0, abs=0.005)


@pytest.mark.parametrize("kind", [IA, IBC], ids=lambda kind: kind.name)
@pytest.mark.parametrize("redshift", [0.005, 0.05, 0.12, 0.17, 0.3, 0.6])
def test_the_date_is_the_maximum_in_r_as_observed(kind, redshift):
    source = Supernova(kind, 61200.0, -18.0, redshift, FLUXES)
    times = np.arange(61170.0, 61230.0, 0.05)

    assert times[curve(source, times, "r").argmax()] == pytest.approx(61200.0, abs=0.11)


def test_the_date_of_a_plateau_supernova_is_the_explosion():
    source = Supernova(IIP, 61200.0, -16.9, 0.02, FLUXES)

    assert source.difference(61200.0, "r") == 0
    assert source.difference(61200.1, "r") > 0


@pytest.mark.parametrize(
    ("kind", "brightest", "faintest"),
    [(IA, -19.3, -19.0), (IBC, -18.0, -17.4), (IIP, -17.2, -16.6)],
)
def test_the_types_have_the_absolute_magnitudes_of_surveys(kind, brightest, faintest):
    assert brightest < kind.absolute_mag[0] < faintest


# SN 2006ax (Contreras et al. 2010), read from the published photometry; days after maximum in B.
@pytest.mark.parametrize(
    ("band", "days", "magnitudes"),
    [
        ("u", 20, 2.38),
        ("u", 40, 3.77),
        ("g", 20, 1.29),
        ("g", 40, 2.65),
        ("g", 60, 3.07),
        ("r", 20, 0.79),
        ("r", 40, 1.64),
        ("r", 60, 2.38),
        ("i", 16, 0.91),
        ("i", 29, 0.69),
        ("i", 40, 1.27),
        ("i", 60, 2.17),
        ("y", 10, 0.92),
        ("y", 33, 0.0),
        ("y", 40, 0.34),
    ],
)
@pytest.mark.parametrize("redshift", [0.01, 0.05, 0.099])
def test_a_type_ia_fades_as_sn_2006ax_did(band, days, magnitudes, redshift):
    assert decline(IA, band, redshift)(days - 1) == pytest.approx(magnitudes, abs=0.05)


@pytest.mark.parametrize(("band", "maximum"), [("g", -1), ("i", -3.5), ("z", -5), ("y", -5)])
def test_a_type_ia_peaks_earlier_in_the_near_infrared_than_in_r(band, maximum):
    assert peak_phase(IA, band, 0.01) == pytest.approx(maximum, abs=0.3)


@pytest.mark.parametrize(("band", "bump"), list(zip(BANDS, (0, 0, 0, 1, 1, 1), strict=True)))
def test_only_i_z_and_y_have_a_second_maximum(band, bump):
    below = decline(IA, band, 0.01)(np.arange(3.0, 70.0, 0.5))
    rises = np.diff(below) < 0

    assert np.count_nonzero(rises[:-1] & ~rises[1:]) == bump


@pytest.mark.parametrize(
    ("band", "earliest", "latest"), [("i", 26, 30), ("z", 26, 31), ("y", 29, 34)]
)
def test_the_second_maximum_comes_a_month_after_the_first(band, earliest, latest):
    days = np.arange(18.0, 60.0, 0.25)

    assert earliest < days[decline(IA, band, 0.01)(days).argmin()] < latest


def test_a_type_ia_rises_in_18_days_as_the_square_of_time():
    source = Supernova(IA, 61200.0, -19.2, 0.01, FLUXES)
    explosion = 61200 - 18.5 * 1.01
    early = curve(source, explosion + np.array([1.5, 3.0]) * 1.01, "r")

    assert source.difference(explosion - 0.01, "r") == 0
    assert early[1] / early[0] == pytest.approx(4.0, rel=0.01)


# Beyond z = 0.15 a band shows the light that leaves at its wavelength / (1 + z).
@pytest.mark.parametrize(
    ("band", "redshift", "rest"),
    [("r", 0.29, "g"), ("i", 0.21, "r"), ("z", 0.16, "i"), ("g", 0.31, "u")],
)
def test_a_distant_type_ia_fades_as_the_band_at_rest_that_is_observed(band, redshift, rest):
    assert WAVELENGTH_A[band] / (1 + redshift) == pytest.approx(WAVELENGTH_A[rest], rel=0.01)
    for days in (10, 20, 40, 60):
        near = decline(IA, rest, 0.01)(days)
        assert decline(IA, band, redshift)(days) == pytest.approx(near, abs=0.15)


@pytest.mark.parametrize("band", BANDS)
def test_light_curves_change_smoothly_with_redshift(band):
    rows = [decline(IA, band, z)(np.arange(-8.0, 60.0)) for z in np.arange(0.08, 0.3, 0.005)]

    assert np.abs(np.diff(rows, axis=0)).max() < 0.2


def test_a_type_ia_has_the_colors_of_maximum_and_little_ultraviolet_light():
    colors = [Supernova(IA, 61200.0, -19.2, z, FLUXES) for z in (0.01, 0.3)]
    near, far = ({band: peak_mag(source, band) for band in BANDS} for source in colors)

    assert near["g"] - near["r"] == pytest.approx(-0.15, abs=0.05)
    assert near["r"] - near["i"] == pytest.approx(-0.5, abs=0.05)
    assert 0.3 < far["g"] - far["r"] < 0.7
    assert far["u"] - far["g"] > 1.5


def test_dust_of_the_milky_way_dims_the_blue_more():
    clear, dusty = (Supernova(IA, 61200.0, -19.2, 0.05, FLUXES, ebv_mw=e) for e in (0.0, 0.1))
    dimming = {band: peak_mag(dusty, band) - peak_mag(clear, band) for band in BANDS}

    assert dimming["g"] == pytest.approx(0.324, abs=0.001)
    assert dimming["r"] == pytest.approx(0.227, abs=0.001)
    assert list(dimming.values()) == sorted(dimming.values(), reverse=True)
    assert dusty.template == clear.template


@SUPERNOVAE
@pytest.mark.parametrize("redshift", [0.02, 0.099])
def test_the_clock_of_a_supernova_runs_slower_at_a_redshift(kind, redshift):
    near = Supernova(kind, 61200.0, -18.0, 0.005, FLUXES)
    far = Supernova(kind, 61200.0, -18.0, redshift, FLUXES)
    days = np.array([-8.0, 4.0, 32.0, 96.0])

    first = curve(near, 61200 + 1.005 * days, "r") / ab_flux(peak_mag(near, "r"))
    second = curve(far, 61200 + (1 + redshift) * days, "r") / ab_flux(peak_mag(far, "r"))
    assert second == pytest.approx(first, abs=0.003)


# Drout et al. 2011: 0.6 mag in 15 d in r; Taddia et al. 2018: late decline, 0.015 to 0.02 mag/d.
def test_a_stripped_supernova_fades_as_measured():
    below = decline(IBC, "r", 0.01)

    assert below(15) == pytest.approx(0.6, abs=0.1)
    assert below(40) == pytest.approx(1.8, abs=0.15)
    assert 0.015 < (below(100) - below(70)) / 30 < 0.02


@pytest.mark.parametrize("band", BANDS)
def test_a_stripped_supernova_has_one_maximum(band):
    below = decline(IBC, band, 0.01)(np.arange(-17.0, 100.0, 0.5))
    rises = np.diff(below) < 0

    assert np.count_nonzero(rises[:-1] & ~rises[1:]) == 1


def test_a_stripped_supernova_peaks_later_in_the_red():
    maxima = [peak_phase(IBC, band, 0.01) for band in BANDS]

    assert maxima == sorted(maxima)
    assert maxima[-1] - maxima[0] > 5


# Anderson et al. 2014; a tail of cobalt 56.
def test_a_plateau_supernova_stays_then_drops():
    r, g, u = (decline(IIP, band, 0.01) for band in "rgu")

    assert r(8) < 0.1
    assert r(3) > 0.3
    assert np.ptp(r(np.arange(10.0, 85.0))) < 0.3
    assert 1.0 < g(90) - g(15) < 1.5
    assert u(50) > 2.5
    assert 1.5 < r(118) - r(90) < 2.0
    assert (r(200) - r(150)) / 50 == pytest.approx(0.0098, abs=0.0001)


# AT2017gfo: Villar et al. 2017.
def test_a_kilonova_is_as_bright_as_at2017gfo():
    below = {band: kilonova_mag(band) for band in BANDS}

    assert below["r"](1.0) == pytest.approx(-15.5, abs=0.1)
    for day in (0.5, 1.0):
        assert 0.05 < below["g"](day) - below["r"](day) < 0.25
    assert below["g"](3.0) - below["r"](3.0) > 0.8


@pytest.mark.parametrize(
    ("band", "slowest", "fastest"),
    [("g", 1.3, 1.6), ("r", 0.9, 1.1), ("i", 0.6, 0.8), ("z", 0.5, 0.6), ("y", 0.35, 0.45)],
)
def test_a_kilonova_fades_within_days_the_blue_first(band, slowest, fastest):
    magnitude = kilonova_mag(band)

    assert slowest < (magnitude(4.0) - magnitude(1.0)) / 3 < fastest


def test_a_kilonova_rises_within_hours():
    magnitude = kilonova_mag("r")
    source = Kilonova(61200.0, 0.01, FLUXES)

    assert source.difference(61200.0, "r") == 0
    assert magnitude(0.05) - magnitude(0.4) > 2


@pytest.mark.parametrize("redshift", [0.005, 0.1, 0.125, 0.15, 0.6])
@pytest.mark.parametrize("band", BANDS)
def test_no_transient_is_ever_negative_or_jumps(redshift, band):
    for source in transients(redshift):
        for step, first, last in ((1.0, 60000.0, 63000.0), (0.05, 61150.0, 61400.0)):
            found = [source.difference(mjd, band) for mjd in np.arange(first, last, step)]
            assert all(type(flux) is float and 0 <= flux < np.inf for flux in found)
            if step < 1:
                fastest = 0.45 if isinstance(source, Kilonova) else 0.07
                assert np.abs(np.diff(found)).max() < fastest * max(found)
