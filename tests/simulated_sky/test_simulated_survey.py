"""The survey of the simulated sky against astropy and the numbers of Rubin's real alerts."""

from collections import Counter, defaultdict

import astropy.units as u
import numpy as np
import pytest
from astropy.coordinates import AltAz, EarthLocation, SkyCoord, get_body, get_sun
from astropy.cosmology import Planck18
from astropy.time import Time
from astropy.utils import iers

from simulated_sky import simulate_loci
from simulated_sky.detections import measure
from simulated_sky.hosts import Host
from simulated_sky.observing import night
from simulated_sky.passing import Passing
from simulated_sky.survey import BANDS, Visit, deep_visits, flux_error, wide_visits

FILES = {file["locus"]["id"]: file for file in simulate_loci()}
SITE = EarthLocation.from_geodetic(-70.7494 * u.deg, -30.2446 * u.deg, 2663 * u.m)
PREFIX = "lsst_diaSource_"
FIELD = (62.0, -48.0)
# Median 5-sigma depths of difference images of 2026, and of the survey's baseline for y.
DEPTHS = {"g": 24.3, "r": 23.9, "i": 23.6, "z": 22.9, "y": 21.9}
# The visits that the survey plans, in percent.
SHARES = {"u": 7, "g": 10, "r": 22, "i": 22, "z": 19, "y": 19}


def rubin():
    """Return class and properties of each LSST alert."""
    for file in FILES.values():
        locus = file["locus"]
        for alert in locus["alerts"]:
            if alert["id"].startswith("lsst:"):
                names = {k.removeprefix(PREFIX): v for k, v in alert["properties"].items()}
                yield locus["id"], locus["old_properties"]["sim_class"], names


def forced():
    """Return the forced photometry of each diaObject of each locus."""
    for locus_id, file in FILES.items():
        for rows in file.get("wire", {}).get("forced_photometry", []):
            yield locus_id, rows


def is_good(row):
    flagged = any(value is True for name, value in row.items() if name.startswith("pixelFlags_"))
    return not flagged and row.get("isDipole") is False


@pytest.fixture(autouse=True, scope="module")
def _offline():
    """Use what astropy brings: the Earth's rotation matters by seconds of time only."""
    with (
        iers.conf.set_temp("auto_download", value=False),
        iers.conf.set_temp("auto_max_age", value=None),
        iers.conf.set_temp("iers_degraded_accuracy", value="ignore"),
    ):
        yield


@pytest.fixture
def rng():
    return np.random.default_rng(1)


@pytest.fixture(scope="module")
def frames():
    """Return positions and moments of all exposures: alerts and forced photometry."""
    rows = [(row["ant_ra"], row["ant_dec"], row["midpointMjdTai"]) for _, _, row in rubin()]
    for _, each in forced():
        rows += [(each["ra"], each["dec"], mjd) for mjd in each["midpointMjdTai"]]
    ra, dec, mjd = np.array(rows).T
    frame = AltAz(obstime=Time(mjd, format="mjd", scale="tai"), location=SITE)
    return SkyCoord(ra, dec, unit="deg"), frame


def test_every_exposure_is_high_above_the_horizon(frames):
    places, frame = frames
    altitudes = places.transform_to(frame).alt.deg

    assert altitudes.min() > 28
    assert np.median(altitudes) > 50


def test_every_exposure_is_taken_in_astronomical_night(frames):
    _, frame = frames

    assert get_sun(frame.obstime).transform_to(frame).alt.deg.max() < -17.9


@pytest.mark.parametrize("number", [61110, 61200, 61290, 61365])
def test_a_night_agrees_with_astropy(number):
    tonight = night(number)
    frame = AltAz(obstime=Time(tonight.mjd[::10], format="mjd", scale="tai"), location=SITE)
    moon = get_body("moon", frame.obstime, SITE)
    place = SkyCoord(*FIELD, unit="deg")

    expected = place.transform_to(frame).alt.deg
    assert tonight.altitude(*FIELD)[::10] == pytest.approx(expected, abs=0.02)
    height = moon.transform_to(frame).alt.deg
    clear = np.abs(height) > 1.5
    assert (tonight.moon_up[::10] == (height > 0))[clear].all()
    elongation = moon[0].separation(get_sun(frame.obstime[:1])[0], origin_mismatch="ignore").rad
    assert tonight.moon_lit == pytest.approx((1 - np.cos(elongation)) / 2, abs=0.06)


def test_a_field_is_not_observed_while_it_is_near_the_sun(rng):
    visits = wide_visits(rng, FIELD, (61041.0, 61406.0))

    longest = np.diff([visit.mjd for visit in visits]).max()
    assert longest > 60


def test_the_bands_have_the_shares_that_the_survey_plans(rng):
    visits = [
        visit
        for ra in range(0, 360, 30)
        for visit in wide_visits(rng, (ra, -30.0), (61041.0, 61771.0))
    ]
    counts = Counter(visit.band for visit in visits)

    assert len(visits) > 2000
    for band, share in SHARES.items():
        assert 100 * counts[band] / len(visits) == pytest.approx(share, abs=4)


def test_the_main_survey_visits_a_field_some_80_times_a_season(rng):
    visits = wide_visits(rng, (330.0, -30.0), (61140.0, 61340.0))

    assert 60 < len(visits) < 130


def test_the_two_visits_of_a_night_are_half_an_hour_apart(rng):
    visits = wide_visits(rng, FIELD, (61250.0, 61340.0))

    gaps = [(b.mjd - a.mjd) * 1440 for a, b in zip(visits[::2], visits[1::2], strict=True)]
    assert 15 < min(gaps) <= max(gaps) < 40


def test_deep_visits_follow_each_other_at_once(rng):
    visits = deep_visits(rng, FIELD, (61280.0, 61281.0), repeats=4)

    assert len(visits) >= 12
    assert len({visit.band for visit in visits}) >= 3
    assert np.diff([visit.mjd for visit in visits]).max() * 86400 < 60


@pytest.mark.parametrize("plan", [wide_visits, deep_visits])
def test_visits_are_in_the_order_of_time_and_have_numbers_of_their_own(rng, plan):
    visits = plan(rng, FIELD, (61250.0, 61340.0))

    times = [visit.mjd for visit in visits]
    assert times == sorted(times)
    assert len({visit.number for visit in visits}) == len(visits)


@pytest.mark.parametrize("band", DEPTHS)
def test_faint_points_have_the_depths_of_real_ones(band):
    depths = [
        31.4 - 2.5 * np.log10(5 * row["psfFluxErr"])
        for _, _, row in rubin()
        if row.get("band") == band and row.get("snr", 99) < 20 and "psfFlux" in row
    ]

    assert len(depths) > 40
    assert np.median(depths) == pytest.approx(DEPTHS[band], abs=0.3)


def test_errors_have_a_systematic_floor():
    rows = [row for _, _, row in rubin() if "psfFlux" in row and is_good(row)]

    assert 100 < max(abs(row["psfFlux"]) / row["psfFluxErr"] for row in rows) < 202


def test_signal_to_noise_is_not_exactly_flux_over_error():
    rows = [row for _, _, row in rubin() if {"snr", "psfFlux"} <= row.keys() and is_good(row)]
    ratios = np.array([abs(row["psfFlux"]) / row["psfFluxErr"] for row in rows])
    quotients = np.array([row["snr"] for row in rows]) / ratios

    assert np.median(quotients) == pytest.approx(0.99, abs=0.01)
    assert 0.28 <= quotients[ratios > 100].min() < 0.7
    assert 1.2 < quotients[ratios > 100].max() <= 1.4901


def test_reliabilities_are_those_that_rubin_sends():
    good = np.array(
        [row["reliability"] for _, _, row in rubin() if is_good(row) and "reliability" in row]
    )
    every = [row["reliability"] for _, _, row in rubin() if "reliability" in row]

    assert min(every) >= 0.5
    assert 0.12 < (good < 0.6).mean() < 0.22
    assert 0.25 < (good > 0.9).mean() < 0.55


def test_artifacts_and_dipoles_are_among_the_good_ones_in_reliability():
    rows = [row for _, _, row in rubin() if "reliability" in row and "isDipole" in row]
    bad = np.array([row["reliability"] for row in rows if not is_good(row)])

    assert len(bad) > 50
    assert bad.min() >= 0.5
    assert np.median(bad) > 0.55


def test_some_significant_detections_are_lost_because_of_their_reliability(rng):
    visits = [Visit(61200.0 + at, "r", 24.0) for at in range(40)]
    scores = np.concatenate(
        [[one.reliability for one in measure(rng, Constant(20_000.0), visits)] for _ in range(100)]
    )

    assert 0.03 < (scores < 0.5).mean() < 0.14


class Constant(Passing):
    """A source of one flux."""

    def __init__(self, flux):
        super().__init__(0.0, flux)

    def difference(self, mjd, band):  # noqa: ARG002
        return self.flux_njy


def test_only_what_is_bright_enough_is_detected(rng):
    visits = [Visit(61200.0 + n / 100, "r", 24.5) for n in range(300)]
    limit = 5 * flux_error(0, 24.5)

    faint = [one for one in measure(rng, Constant(limit), visits) if one.snr >= 5]

    assert 0.1 < len(faint) / len(visits) < 0.9
    bright = measure(rng, Constant(10 * limit), visits)
    assert min(one.snr for one in bright) > 5


def test_measurements_scatter_as_their_errors_say(rng):
    visits = [Visit(61200.0 + n, "r", 24.0) for n in range(4000)]
    seen = measure(rng, Constant(3000.0), visits)

    pulls = [(one.flux - 3000) / one.flux_err for one in seen]
    assert np.mean(pulls) == pytest.approx(0, abs=0.06)
    assert np.std(pulls) == pytest.approx(1, abs=0.04)


TEMPLATES = {
    "SN Ia-like": (0.04, 0.19),
    "SN IIP-like": (0.04, 0.19),
    "SN Ibc-like": (0.04, 0.19),
    "AGN": (0.03, 0.1),
    "RR Lyrae": (0.0, 0.03),
}


@pytest.mark.parametrize("sim_class", TEMPLATES)
def test_template_fluxes_scatter_with_the_seeing_on_extended_hosts(sim_class):
    fluxes = defaultdict(list)
    for locus_id, found, row in rubin():
        if found == sim_class and "band" in row:
            fluxes[locus_id, row["band"]].append(row["templateFlux"])
    scatter = [np.std(each) / np.mean(each) for each in fluxes.values() if len(each) >= 5]

    low, high = TEMPLATES[sim_class]
    assert low < np.median(scatter) < high
    assert np.quantile(scatter, 0.9) < 1.3 * high


def test_the_total_flux_follows_the_template():
    for _, _, row in rubin():
        if {"psfFlux", "isNegative"} <= row.keys() and not row.get("isDipole"):
            rest = row["scienceFlux"] - row["templateFlux"]
            signed = -abs(row["psfFlux"]) if row["isNegative"] else row["psfFlux"]
            assert abs(rest - signed) < 2.2 * row["psfFluxErr"]


def test_a_wider_seeing_takes_in_more_of_a_host():
    host = Host(dict.fromkeys(BANDS, 1e4), 1.2, -0.5, 1.5, 0.6, 40.0)

    assert host.growth(1.4) > host.growth(1.0) > host.growth(0.7)
    assert 0 < host.template["r"] < 1e4 / 3
    nearer = Host(host.fluxes, 0.0, 0.0, 1.5, 0.6, 40.0)
    assert nearer.template["r"] > host.template["r"]


def test_hosts_are_extended_and_off_the_supernova():
    hosts = [
        file["locus"]["old_properties"]
        for file in FILES.values()
        if "sim_host_radius_arcsec" in file["locus"]["old_properties"]
    ]
    offsets = [np.hypot(h["sim_host_east_arcsec"], h["sim_host_north_arcsec"]) for h in hosts]

    assert len(hosts) > 40
    assert min(h["sim_host_radius_arcsec"] for h in hosts) >= 0.35
    assert np.median(offsets) > 0.5


def test_a_host_lies_in_the_catalogs_where_the_truth_puts_it():
    for file in FILES.values():
        truth = file["locus"]["old_properties"]
        for row in file["locus"]["catalog_objects"].get("ned", []):
            place = SkyCoord(file["locus"]["ra"], file["locus"]["dec"], unit="deg")
            east, north = place.spherical_offsets_to(
                SkyCoord(row["RA_deg"], row["DEC_deg"], unit="deg")
            )
            assert east.arcsec == pytest.approx(truth["sim_host_east_arcsec"], abs=0.1)
            assert north.arcsec == pytest.approx(truth["sim_host_north_arcsec"], abs=0.1)
            assert row["Redshift_1"] == truth["sim_redshift"]


@pytest.mark.parametrize(
    ("sim_class", "expected", "scatter"),
    [("SN Ia-like", -19.2, 0.45), ("SN IIP-like", -16.9, 1.2), ("SN Ibc-like", -17.7, 1.2)],
)
def test_supernovae_are_as_bright_as_their_redshift_says(sim_class, expected, scatter):
    brightest = defaultdict(list)
    for locus_id, found, row in rubin():
        if found == sim_class and row.get("band") == "r" and is_good(row) and "psfFlux" in row:
            brightest[locus_id].append(row["psfFlux"])

    assert len(brightest) >= 5
    for locus_id, fluxes in brightest.items():
        redshift = FILES[locus_id]["locus"]["old_properties"]["sim_redshift"]
        absolute = 31.4 - 2.5 * np.log10(max(fluxes)) - Planck18.distmod(redshift).value
        assert absolute == pytest.approx(expected, abs=scatter), locus_id


def test_three_type_ia_are_near():
    redshifts = [
        file["locus"]["old_properties"]["sim_redshift"]
        for file in FILES.values()
        if file["locus"]["old_properties"]["sim_class"] == "SN Ia-like"
    ]

    assert sum(redshift < 0.1 for redshift in redshifts) >= 3


def test_forced_photometry_covers_every_visit_with_and_without_a_detection():
    for locus_id, file in FILES.items():
        alerts = [a["properties"] for a in file["locus"]["alerts"] if a["id"].startswith("lsst:")]
        if file["locus"]["old_properties"]["sim_class"] == "asteroid":
            assert "forced_photometry" not in file.get("wire", {}), locus_id
            continue
        rows = file["wire"]["forced_photometry"]
        known = {
            (rows_["visit"][k], rows_["detector"][k])
            for rows_ in rows
            for k in range(len(rows_["visit"]))
        }
        seen = {(a[f"{PREFIX}visit"], a[f"{PREFIX}detector"]) for a in alerts}
        assert seen <= known, locus_id
        for each in rows:
            columns = [value for value in each.values() if isinstance(value, list | str)]
            assert {len(value) for value in columns} == {len(each["visit"])}, locus_id


def test_supernovae_have_visits_before_their_first_detection():
    before = 0
    for locus_id, rows in forced():
        locus = FILES[locus_id]["locus"]
        if locus["old_properties"]["sim_class"].startswith("SN"):
            before += min(rows["midpointMjdTai"]) < locus["alerts"][0]["mjd"]

    assert before > 30


def test_forced_fluxes_are_those_of_the_detections_within_their_errors():
    for locus_id, rows in forced():
        exposures = zip(rows["visit"], rows["detector"], strict=True)
        fluxes = dict(zip(exposures, rows["psfFlux"], strict=True))
        for alert in FILES[locus_id]["locus"]["alerts"]:
            row = {k.removeprefix(PREFIX): v for k, v in alert["properties"].items()}
            if "psfFlux" in row and locus_id != "ANT2026simunsigned":
                change = fluxes[row["visit"], row["detector"]] - row["psfFlux"]
                assert abs(change) < row["psfFluxErr"]


def test_an_asteroid_leaves_one_alert_a_locus_and_moves_as_it_says():
    tracks = defaultdict(list)
    for _, found, row in rubin():
        if found == "asteroid":
            tracks[row["ssObjectId"]].append(row)

    assert all(
        len(file["locus"]["alerts"]) == 1
        for file in FILES.values()
        if file["locus"]["old_properties"]["sim_class"] == "asteroid"
    )
    assert max(map(len, tracks.values())) > 20
    for rows in tracks.values():
        rows.sort(key=lambda row: row["midpointMjdTai"])
        for first, second in zip(rows[::2], rows[1::2], strict=True):
            days = second["midpointMjdTai"] - first["midpointMjdTai"]
            places = [SkyCoord(row["ra"], row["dec"], unit="deg") for row in (first, second)]
            moved = places[0].separation(places[1]).deg
            assert moved / days == pytest.approx(first["lsst_ssSource_ephRate"], rel=0.02)
            assert moved * 3600 > 1
