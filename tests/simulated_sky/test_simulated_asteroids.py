import importlib.util
import json
from math import cos, hypot, radians
from pathlib import Path

import astropy.units as u
import numpy as np
import pytest
from astropy.coordinates import (
    EarthLocation,
    SkyCoord,
    get_body_barycentric_posvel,
    get_sun,
    solar_system_ephemeris,
)
from astropy.time import Time
from astropy.utils import iers
from looping import for_each
from scipy.integrate import solve_ivp

from simulated_sky.asteroids import Asteroid, asteroid_alert_properties, ss_source_properties
from simulated_sky.orbits import Orbit, main_belt, near_opposition

ORBITS = [main_belt(np.random.default_rng(seed)) for seed in range(12)]
YEAR = (61041.0, 61041.0 + 500)
SITE = EarthLocation.from_geodetic(-70.7494 * u.deg, -30.2446 * u.deg, 2663 * u.m)
SOURCE_ID = 170587117485817955


@pytest.fixture(autouse=True)
def _no_downloads():
    with (
        iers.conf.set_temp("auto_download", False),
        iers.conf.set_temp("auto_max_age", None),
        iers.conf.set_temp("iers_degraded_accuracy", "ignore"),
    ):
        yield


def asteroid(orbit, **options):
    return Asteroid(orbit, 16.0, 2**54 + 3, **options)


def middle(orbit):
    """Return a midnight in the middle of a season."""
    nights = near_opposition(orbit, *YEAR)
    return max(nights, key=lambda mjd: orbit.observe(mjd).elongation)


def properties(orbit, mjd, east=0.0, north=0.0):
    """Return the ssSource of a detection, shifted from the prediction by arcseconds."""
    ra, dec = asteroid(orbit).position(mjd)
    measured = ra + east / 3600 / cos(radians(dec)), dec + north / 3600
    found = ss_source_properties(asteroid(orbit), mjd, SOURCE_ID, *measured)
    return {name.removeprefix("lsst_ssSource_"): value for name, value in found.items()}


def vector(row, name):
    return np.array([row[f"{name}{axis}"] for axis in "xyz"])


@for_each("orbit", ORBITS)
def test_an_orbit_agrees_with_an_integration_of_the_suns_attraction(orbit):
    def attraction(_, state):
        return [*state[3:], *(-(0.01720209895**2) * state[:3] / np.linalg.norm(state[:3]) ** 3)]

    start = np.concatenate(orbit.heliocentric(61000.0))
    end = solve_ivp(attraction, (0, 900), start, method="DOP853", rtol=1e-12, atol=1e-14).y[:, -1]

    assert np.concatenate(orbit.heliocentric(61900.0)) == pytest.approx(end, rel=1e-9, abs=1e-10)


def test_the_mean_elements_of_mars_give_the_mars_of_astropy():
    # JPL, "Approximate positions of the planets": good to 40 arcsec.
    mars = Orbit(1.52371034, 0.09339410, 1.84969142, 49.55953891, -73.503169, 19.3902, 51544.5)
    with solar_system_ephemeris.set("builtin"):
        time = Time(51544.5, format="mjd", scale="tai")
        (place, motion), (sun, sun_motion) = (
            get_body_barycentric_posvel(body, time) for body in ("mars", "sun")
        )
    position, velocity = mars.heliocentric(51544.5)

    expected = (place - sun).xyz.to_value("AU")
    expected_velocity = (motion - sun_motion).xyz.to_value("AU/d")
    assert position == pytest.approx(expected, abs=40 / 206265 * 1.5)
    assert velocity == pytest.approx(expected_velocity, abs=1e-5)


@for_each("orbit", ORBITS)
def test_the_position_is_that_of_light_seen_from_the_site(orbit):
    mjd = middle(orbit)
    time = Time(mjd, format="mjd", scale="tai")
    with solar_system_ephemeris.set("builtin"):
        earth, sun = (get_body_barycentric_posvel(body, time) for body in ("earth", "sun"))
    site = SITE.get_gcrs_posvel(time)[0].xyz.to_value("AU")
    observer = (earth[0] - sun[0]).xyz.to_value("AU") + site
    delay = 0.0
    for _ in range(4):
        seen = orbit.heliocentric(mjd - delay)[0] - observer
        delay = np.linalg.norm(seen) * u.AU.to("m") / 299792458 / 86400
    expected = SkyCoord(*seen, representation_type="cartesian")
    found = SkyCoord(*asteroid(orbit).position(mjd), unit="deg")

    assert found.separation(SkyCoord(expected.spherical.lon, expected.spherical.lat)).arcsec < 0.02


def test_the_parallax_of_the_site_shifts_a_position_by_seconds_of_arc():
    orbit = ORBITS[0]
    state = orbit.observe(middle(orbit))
    time = Time(middle(orbit), format="mjd", scale="tai")
    site = SITE.get_gcrs_posvel(time)[0].xyz.to_value("AU")
    shift = np.linalg.norm(np.cross(state.topo, site)) / state.topo_range**2

    assert 0.3 < np.degrees(shift) * 3600 < 10


@for_each("orbit", ORBITS)
def test_the_rates_are_the_differences_of_positions(orbit):
    mjd, step = middle(orbit), 0.002
    row = properties(orbit, mjd)
    before, after = (orbit.observe(mjd + sign * step) for sign in (-1, 1))
    ra = (after.ra - before.ra) / (2 * step) * cos(radians(row["ephDec"]))
    dec = (after.dec - before.dec) / (2 * step)

    assert row["ephRateRa"] == pytest.approx(ra, abs=1e-3 * row["ephRate"])
    assert row["ephRateDec"] == pytest.approx(dec, abs=1e-3 * row["ephRate"])
    assert row["ephRate"] == pytest.approx(hypot(row["ephRateRa"], row["ephRateDec"]), abs=2e-7)


@for_each("name", ["topoRange", "helioRange"])
def test_a_range_rate_is_the_change_of_the_range(name):
    orbit, day = ORBITS[3], 0.01
    mjd = middle(orbit)
    change = (properties(orbit, mjd + day)[name] - properties(orbit, mjd - day)[name]) / (2 * day)

    assert properties(orbit, mjd)[f"{name}Rate"] == pytest.approx(
        (change * u.AU / u.d).to_value("km/s"), abs=0.05
    )


@for_each("orbit", ORBITS)
def test_near_opposition_an_asteroid_of_the_main_belt_moves_backward(orbit):
    row = properties(orbit, middle(orbit))

    assert 0.13 < row["ephRate"] < 0.33
    assert row["ephRateRa"] < 0


@for_each("orbit", ORBITS)
def test_sun_observer_and_asteroid_make_a_triangle(orbit):
    mjd = middle(orbit)
    row = properties(orbit, mjd)
    helio, topo = vector(row, "helio_"), vector(row, "topo_")
    sun = get_sun(Time(mjd, format="mjd", scale="tai"))
    earth = sun.distance.to_value("AU")
    angles = np.radians([row["elongation"], row["phaseAngle"]])

    assert np.linalg.norm(helio) == pytest.approx(row["helioRange"], abs=2e-7)
    assert np.linalg.norm(topo) == pytest.approx(row["topoRange"], abs=2e-7)
    assert np.linalg.norm(helio - topo) == pytest.approx(earth, abs=1e-4)
    assert row["helioRange"] * np.sin(angles[1]) == pytest.approx(
        np.linalg.norm(helio - topo) * np.sin(angles[0]), abs=1e-5
    )
    place = SkyCoord(row["ephRa"], row["ephDec"], unit="deg")
    assert row["elongation"] == pytest.approx(180 - place.separation(opposite(sun)).deg, abs=0.02)


def opposite(sun):
    return SkyCoord(sun.ra + 180 * u.deg, -sun.dec)


@for_each("orbit", ORBITS)
def test_velocities_have_their_size_and_direction(orbit):
    row = properties(orbit, middle(orbit))

    for origin in ("helio", "topo"):
        velocity = vector(row, f"{origin}_v")
        along = velocity @ vector(row, f"{origin}_") / row[f"{origin}Range"]
        assert np.linalg.norm(velocity) == pytest.approx(row[f"{origin}_vtot"], abs=2e-5)
        assert along == pytest.approx(row[f"{origin}RangeRate"], abs=2e-5)
    assert 13 < row["helio_vtot"] < 26


def test_coordinates_are_those_of_the_measured_position():
    mjd = middle(ORBITS[1])
    row = properties(ORBITS[1], mjd, east=3.0)
    dec = row["ephDec"]
    measured = SkyCoord(row["ephRa"] + 3 / 3600 / cos(radians(dec)), dec, unit="deg")
    ecliptic, galactic = measured.barycentricmeanecliptic, measured.galactic

    assert row["eclLambda"] == pytest.approx(ecliptic.lon.deg, abs=1e-4)
    assert row["eclBeta"] == pytest.approx(ecliptic.lat.deg, abs=1e-4)
    assert row["galLon"] == pytest.approx(galactic.l.deg, abs=1e-5)
    assert row["galLat"] == pytest.approx(galactic.b.deg, abs=1e-5)


def test_offsets_are_measured_less_predicted():
    row = properties(ORBITS[2], middle(ORBITS[2]), east=0.3, north=-0.4)

    assert row["ephOffsetRa"] == pytest.approx(0.3, abs=1e-4)
    assert row["ephOffsetDec"] == pytest.approx(-0.4, abs=1e-4)
    assert row["ephOffset"] == pytest.approx(0.5, abs=1e-4)
    assert hypot(row["ephOffsetAlongTrack"], row["ephOffsetCrossTrack"]) == pytest.approx(
        row["ephOffset"], abs=2e-5
    )


@for_each("kind", [("AlongTrack", (1, 0)), ("CrossTrack", (0, 1))])
def test_an_offset_along_the_motion_and_one_to_its_left_are_positive(kind):
    name, (along, left) = kind
    orbit, mjd = ORBITS[4], middle(ORBITS[4])
    motion = properties(orbit, mjd)
    ahead = np.array([motion["ephRateRa"], motion["ephRateDec"]]) / motion["ephRate"]
    shift = along * ahead + left * np.array([-ahead[1], ahead[0]])
    row = properties(orbit, mjd, *shift)

    assert row[f"ephOffset{name}"] == pytest.approx(1.0, abs=1e-3)
    assert row["ephOffset"] == pytest.approx(1.0, abs=1e-3)


def test_offsets_are_right_across_zero_of_right_ascension():
    orbit = Orbit(2.5, 0.0, 0.0, 0.0, 0.0, 0.0, 61308.0)  # seen at RA 0 about September 23
    nights = near_opposition(orbit, 61200, 61400)
    mjd = min(nights, key=lambda night: abs((orbit.observe(night).ra + 180) % 360 - 180))
    ra, dec = orbit.observe(mjd).ra, orbit.observe(mjd).dec
    crossing = -((ra + 180) % 360 - 180) * 3600 * cos(radians(dec))

    row = properties(orbit, mjd, east=crossing + np.sign(crossing) * 1.0)

    assert abs(row["ephOffset"]) == pytest.approx(abs(crossing) + 1, abs=0.01)


@pytest.mark.parametrize(
    ("slope", "fainter"),
    [(0.15, 0.9997), (0.0, 1.2115), (0.5, 0.6240)],  # at 20 degrees, by hand
)
def test_the_phase_function_is_that_of_bowell(slope, fainter):
    class At20:
        phase_angle, helio_range, topo_range = 20.0, 2.0, 1.5

    found = asteroid(ORBITS[0], slope=slope).predicted_mag(At20())

    assert found == pytest.approx(16.0 + 5 * np.log10(3.0) + fainter, abs=2e-3)


def test_fully_lit_at_one_au_it_has_its_absolute_magnitude():
    class Unit:
        phase_angle, helio_range, topo_range = 0.0, 1.0, 1.0

    assert asteroid(ORBITS[0]).predicted_mag(Unit()) == pytest.approx(16.0)


def test_it_turns_twice_through_its_range_of_magnitudes_in_a_period():
    body = asteroid(ORBITS[5], period_h=6.0, amplitude_mag=0.4)
    start = middle(ORBITS[5])
    times = start + np.linspace(0, 0.25, 101)
    magnitudes = np.array([body.magnitude(mjd, "r") for mjd in times])
    steady = np.array([body.predicted_mag(body.state(mjd)) for mjd in times])
    rotation = magnitudes - steady
    rises = np.diff(np.sign(np.diff(rotation)))

    assert np.ptp(rotation) == pytest.approx(0.4, abs=0.01)
    assert np.count_nonzero(rises) == pytest.approx(4, abs=1)


@pytest.mark.parametrize(
    ("kind", "g_r", "r_i"), [("C", (0.42, 0.52), (0.08, 0.16)), ("S", (0.58, 0.7), (0.15, 0.25))]
)
def test_colors_are_those_of_its_class(kind, g_r, r_i):
    body, mjd = asteroid(ORBITS[6], color_class=kind), middle(ORBITS[6])
    g, r, i = (body.magnitude(mjd, band) for band in "gri")

    assert g_r[0] < g - r < g_r[1]
    assert r_i[0] < r - i < r_i[1]


def test_fluxes_follow_from_magnitudes_and_the_template_is_empty():
    body, mjd = asteroid(ORBITS[7]), middle(ORBITS[7])

    assert body.template["i"] == 0
    assert body.difference(mjd, "i") == pytest.approx(
        3.631e12 * 10 ** (-0.4 * body.magnitude(mjd, "i")), rel=1e-4
    )


def test_the_nights_near_opposition_are_all_those_far_from_the_sun():
    orbit = ORBITS[8]
    nights = near_opposition(orbit, *YEAR, elongation=150)
    others = set(near_opposition(orbit, *YEAR, elongation=0)) - set(nights)

    assert nights == sorted(nights)
    assert YEAR[0] <= nights[0]
    assert nights[-1] <= YEAR[1]
    assert min(orbit.observe(mjd).elongation for mjd in nights) > 150
    assert max(orbit.observe(mjd).elongation for mjd in others) <= 150


def test_orbits_of_the_main_belt_are_believable():
    rng = np.random.default_rng(5)
    orbits = [main_belt(rng) for _ in range(500)]
    axes = np.array([orbit.a_au for orbit in orbits])

    assert (axes.min() > 2.1, axes.max() < 3.25) == (True, True)
    assert not ((axes > 2.48) & (axes < 2.52)).any()
    assert np.mean([orbit.e for orbit in orbits]) == pytest.approx(0.15, abs=0.02)
    assert np.mean([orbit.i_deg for orbit in orbits]) == pytest.approx(8, abs=1)


def test_an_asteroids_alert_has_an_ssobject_and_no_diaobject():
    body, mjd = asteroid(ORBITS[9]), round(middle(ORBITS[9]), 6)
    ra, dec = body.position(mjd)
    given = {
        "lsst_diaSource_diaSourceId": SOURCE_ID,
        "lsst_diaSource_diaObjectId": SOURCE_ID,
        "lsst_diaSource_ssObjectId": 0,
        "lsst_diaSource_midpointMjdTai": mjd,
        "lsst_diaSource_ra": ra,
        "lsst_diaSource_dec": dec,
        "lsst_diaObject_nDiaSources": 1,
        "ant_ra": ra,
    }

    found = asteroid_alert_properties(given, body)
    others = {name: found[name] for name in found if not name.startswith("lsst_ssSource_")}

    assert others == {
        "lsst_diaSource_diaSourceId": SOURCE_ID,
        "lsst_diaSource_ssObjectId": 2**54 + 3,
        "lsst_diaSource_midpointMjdTai": mjd,
        "lsst_diaSource_ra": ra,
        "lsst_diaSource_dec": dec,
        "ant_ra": ra,
    }
    assert found["lsst_ssSource_ssObjectId"] == 2**54 + 3
    assert found["lsst_ssSource_diaSourceId"] == SOURCE_ID
    assert found["lsst_ssSource_ephOffset"] == 0
    assert given["lsst_diaSource_ssObjectId"] == 0


def test_the_fields_are_those_of_rubins_schema_with_their_types():
    try:
        spec = importlib.util.find_spec("lsst.alert")
    except ModuleNotFoundError:
        pytest.skip("needs Rubin's schemas: install lsst-alert-packet")
    path = "packet/schema/11/1/lsst.v11_1.ssSource.avsc"
    file = Path(spec.submodule_search_locations[0]) / path
    types = {
        field["name"]: {"float": float, "double": float}.get(np.ravel(field["type"])[-1], int)
        for field in json.loads(file.read_text("utf-8"))["fields"]
        if field["name"] != "designation"
    }

    found = {name: type(value) for name, value in properties(ORBITS[10], 61100.2).items()}

    assert found == types


def test_every_value_is_rounded():
    row = properties(ORBITS[11], 61100.2)

    assert [name for name, value in row.items() if value != round(value, 8)] == []
