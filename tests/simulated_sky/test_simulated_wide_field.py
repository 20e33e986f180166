"""The loci of the simulated southern sky."""

import re
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from astropy.coordinates import SkyCoord
from looping import for_each

from antares_sandbox.grav_wave import GW_CENTER_DEG
from antares_sandbox.sky import separation_arcsec
from simulated_sky import simulate_loci
from simulated_sky.wide_field import wide_field

WIDE = {file["locus"]["id"]: file["locus"] for file in wide_field()}
OTHERS = {
    file["locus"]["id"]: file["locus"]
    for file in simulate_loci()
    if file["locus"]["id"] not in WIDE
}
CLASSES = {
    "SN Ia-like": 15,
    "SN Ibc-like": 5,
    "SN IIP-like": 7,
    "RR Lyrae": 8,
    "eclipsing binary": 7,
    "long-period variable": 7,
    "AGN": 7,
    "dwarf nova": 5,
    "dipole artifacts": 4,
}
APPEARING = ("SN Ia-like", "SN Ibc-like", "SN IIP-like", "dwarf nova")
# Days between the first and the last alert.
DURATIONS_D = {
    "SN Ia-like": (20, 110),
    "SN Ibc-like": (20, 105),
    "SN IIP-like": (30, 140),
    "dwarf nova": (3, 25),
    "long-period variable": (80, 160),
}


def of_class(*names):
    chosen = {k: v for k, v in WIDE.items() if v["old_properties"]["sim_class"] in names}
    return for_each("locus", chosen.values(), ids=chosen.keys())


def column(locus, name, band=None):
    rows = [alert["properties"] for alert in locus["alerts"]]
    chosen = [row for row in rows if band in (None, row["lsst_diaSource_band"])]
    return np.array([row[f"lsst_diaSource_{name}"] for row in chosen])


def median_magnitudes(sim_class, band):
    """Return the median total magnitude of each locus in a band, NaN where it was not seen."""
    loci = [k for k in WIDE.values() if k["old_properties"]["sim_class"] == sim_class]
    fluxes = [column(locus, "scienceFlux", band) for locus in loci]
    return np.array([31.4 - 2.5 * np.log10(np.median(f)) if f.size else np.nan for f in fluxes])


def pairs_of_points(locus):
    """Return how far apart in phase, and in log flux, the points of each band are."""
    period = locus["old_properties"]["sim_period_d"]
    apart, change = [], []
    for band in "ugrizy":
        phases = column(locus, "midpointMjdTai", band) / period
        logs = np.log(column(locus, "scienceFlux", band))
        first, second = np.triu_indices(phases.size, 1)
        apart.extend(np.abs((phases[first] - phases[second] + 0.5) % 1 - 0.5))
        change.extend(np.abs(logs[first] - logs[second]))
    return np.array(apart), np.array(change)


def test_the_classes_are_as_many_as_they_should_be():
    assert Counter(locus["old_properties"]["sim_class"] for locus in WIDE.values()) == CLASSES


def test_the_documentation_counts_them():
    text = (Path(__file__).parents[2] / "docs" / "sandbox.rst").read_text("utf-8")
    near = [
        locus
        for locus in OTHERS.values()
        if separation_arcsec(locus["ra"], locus["dec"], *GW_CENTER_DEG) < 2.5 * 3600
    ]

    assert f"There are {len(WIDE) + len(OTHERS)} loci: {len(near)} within 2.5 degrees" in text
    assert f", {len(WIDE)} spread widely over the southern sky" in text


@for_each("locus_id", WIDE)
def test_an_id_continues_the_numbers_of_the_others(locus_id):
    name, number = re.fullmatch(r"ANT2026sim([a-z]+)(\d\d)", locus_id).groups()
    taken = [other for other in OTHERS if re.fullmatch(rf"ANT2026sim{name}\d\d", other)]
    first = 1 + max((int(other[-2:]) for other in taken), default=0)

    assert first <= int(number)
    assert number == f"{first:02}" or f"ANT2026sim{name}{int(number) - 1:02}" in WIDE


@for_each("locus_id", WIDE)
def test_a_locus_has_some_alerts_and_a_magnitude(locus_id):
    described = WIDE[locus_id]["old_properties"]

    assert 4 <= described["num_alerts"] <= 50
    assert described["num_mag_values"] >= 1


def test_some_light_curves_are_short_and_some_are_long():
    numbers = [locus["old_properties"]["num_alerts"] for locus in WIDE.values()]

    assert np.quantile(numbers, 0.1) < 16
    assert np.quantile(numbers, 0.9) >= 20


@for_each("locus_id", WIDE)
def test_a_locus_lies_in_the_southern_sky_outside_the_first_field(locus_id):
    locus = WIDE[locus_id]

    assert -73 < locus["dec"] < 3
    assert separation_arcsec(locus["ra"], locus["dec"], *GW_CENTER_DEG) > 10 * 3600
    assert not any(alert["grav_wave_events"] for alert in locus["alerts"])


def test_the_loci_are_far_from_each_other_and_spread_over_the_sky():
    sky = SkyCoord(
        [locus["ra"] for locus in WIDE.values()],
        [locus["dec"] for locus in WIDE.values()],
        unit="deg",
    )

    _, nearest, _ = sky.match_to_catalog_sky(sky, nthneighbor=2)
    assert nearest.min().arcsec > 60
    assert np.ptp(sky.ra.deg) > 150
    assert np.ptp(sky.dec.deg) > 60


@of_class("SN Ia-like", "SN Ibc-like", "SN IIP-like", "AGN")
def test_what_is_far_away_lies_outside_the_milky_way(locus):
    assert abs(SkyCoord(locus["ra"], locus["dec"], unit="deg").galactic.b.deg) > 19.9


@of_class("long-period variable")
def test_red_giants_lie_in_the_milky_way(locus):
    assert abs(SkyCoord(locus["ra"], locus["dec"], unit="deg").galactic.b.deg) < 30.1


@of_class(*APPEARING)
def test_what_appears_is_never_negative(locus):
    assert not column(locus, "isNegative").any()
    assert (column(locus, "psfFlux") > 0).all()


@of_class("RR Lyrae", "long-period variable")
def test_pulsating_stars_are_sometimes_negative_and_sometimes_positive(locus):
    assert set(column(locus, "isNegative").tolist()) == {True, False}


@of_class(*DURATIONS_D)
def test_a_class_has_its_duration(locus):
    low, high = DURATIONS_D[locus["old_properties"]["sim_class"]]

    assert low <= locus["alerts"][-1]["mjd"] - locus["alerts"][0]["mjd"] <= high


@of_class("dipole artifacts")
def test_moved_stars_leave_dipoles(locus):
    assert column(locus, "isDipole").mean() > 0.5


@pytest.mark.parametrize("sim_class", ["RR Lyrae", "eclipsing binary", "long-period variable"])
def test_points_near_in_phase_are_near_in_flux(sim_class):
    near, far = [], []
    for locus in WIDE.values():
        if locus["old_properties"]["sim_class"] == sim_class:
            apart, change = pairs_of_points(locus)
            near.extend(change[apart < 0.05])
            far.extend(change[apart > 0.2])

    assert len(near) >= 10
    assert np.mean(near) < np.mean(far) / 2


@pytest.mark.parametrize(
    ("sim_class", "low", "high"), [("RR Lyrae", -0.4, 0.7), ("long-period variable", 0.8, 2.6)]
)
def test_a_star_has_the_color_of_its_class(sim_class, low, high):
    colors = median_magnitudes(sim_class, "g") - median_magnitudes(sim_class, "r")

    assert low < np.nanmedian(colors) < high


def test_the_farther_a_supernova_the_redder_and_fainter_it_is():
    loci = [k for k in WIDE.values() if k["old_properties"]["sim_class"] == "SN Ia-like"]
    redshifts = [locus["old_properties"]["sim_redshift"] for locus in loci]
    brightest = [locus["old_properties"]["brightest_alert_magnitude"] for locus in loci]

    assert min(redshifts) < 0.1 < 0.3 < max(redshifts)
    assert np.corrcoef(redshifts, brightest)[0, 1] > 0.8
    far = [locus for locus in loci if locus["old_properties"]["sim_redshift"] > 0.24]
    assert far
    assert not any(column(locus, "psfFlux", "u").size for locus in far)
