"""The simulated gravitational-wave event: its sky maps, as the client reads them, and notices."""

import base64
import io
from itertools import pairwise

import astropy_healpix as healpix
import numpy as np
import pytest
from antares_client import search
from antares_client.models import GravWaveNotice
from astropy import units as u
from astropy.coordinates import SkyCoord
from astropy.io import fits
from astropy.time import Time

from antares_sandbox import Sandbox
from antares_sandbox.grav_wave import (
    GW_CENTER_DEG,
    GW_EVENT_ID,
    GW_EVENT_MJD,
    GW_SKY_MAP,
    simulated_notices,
)

CENTER = SkyCoord(*GW_CENTER_DEG, unit="deg")
SECOND_LOBE = SkyCoord(107.3, -38.6, unit="deg")


@pytest.fixture(scope="module")
def notices():
    with Sandbox():
        times = [notice.notice_datetime for notice in simulated_notices()]
        return [search.get_grav_wave_notice(GW_EVENT_ID, time) for time in times]


@pytest.fixture(scope="module")
def newest(notices):
    return notices[-1]


def area_of(notice: GravWaveNotice, level: float) -> float:
    """Return the area of the densest pixels that add up to a level, in square degrees."""
    probability = np.diff(notice.cumprob.value, prepend=0)[::-1]
    areas = notice.sorted_pixel_areas.to_value("deg2")[::-1]
    return float(np.interp(level / 100, probability.cumsum(), areas.cumsum()))


def lobes_of(notice: GravWaveNotice, level: float) -> tuple[SkyCoord, SkyCoord]:
    """Return the pixels inside a contour, near the center of the map and away from it."""
    densest = notice.probability_density_sorter[::-1]
    inside = densest[(1 - notice.cumprob.value[::-1]) <= level / 100]
    order, pixels = healpix.uniq_to_level_ipix(notice.skymap["UNIQ"][inside])
    places = SkyCoord(*healpix.healpix_to_lonlat(pixels, 2**order, order="nested"))
    near = places.separation(CENTER) < 20 * u.deg
    return places[near], places[~near]


@pytest.mark.parametrize("number", [0, 1])
def test_a_sky_map_covers_the_sky_once(notices, number):
    notice = notices[number]

    assert notice.sorted_pixel_areas.sum().to_value("sr") == pytest.approx(4 * np.pi)
    assert notice.cumprob[-1].value == pytest.approx(1.0)


def test_far_away_lies_in_the_outermost_contour(newest):
    level, _ = newest.get_probability_contour_level_and_area(SkyCoord(242, 48, unit="deg"))

    assert level == pytest.approx(100, abs=0.01)
    assert GW_SKY_MAP.credible_level(242, 48) == 100


@pytest.mark.parametrize("middle", [CENTER, SECOND_LOBE])
def test_levels_and_areas_are_those_that_the_client_reads_from_the_map(newest, middle):
    rng = np.random.default_rng(15)
    east, north = rng.normal(0, 1.5, (2, 150)) * u.deg
    for place in middle.spherical_offsets_by(east, north):
        level, area = newest.get_probability_contour_level_and_area(place)
        found = GW_SKY_MAP.credible_level(place.ra.deg, place.dec.deg)
        assert found == pytest.approx(level, abs=1.0)
        if level < 95:
            assert GW_SKY_MAP.area_deg2(found) == pytest.approx(area.value, rel=0.03, abs=0.1)


@pytest.mark.parametrize("level", [10, 50, 74, 76, 90, 95])
def test_areas_are_those_of_the_densest_pixels(newest, level):
    assert GW_SKY_MAP.area_deg2(level) == pytest.approx(area_of(newest, level), rel=0.03)


def test_areas_grow_from_nothing_to_the_whole_sky():
    areas = [GW_SKY_MAP.area_deg2(level) for level in range(101)]

    assert areas[0] == 0
    assert areas[100] == pytest.approx(4 * np.pi * np.degrees(1) ** 2)
    assert all(smaller < larger for smaller, larger in pairwise(areas))


def test_the_map_has_two_lobes_on_the_southern_sky(newest):
    first, second = lobes_of(newest, 90)

    assert newest.get_probability_contour_level_and_area(CENTER)[0] < 1
    assert second.separation(SECOND_LOBE).max() < 7 * u.deg
    assert max(first.dec.max(), second.dec.max()) < 0 * u.deg
    assert len(first) > 2 * len(second)


def test_the_first_lobe_is_an_arc(newest):
    first, _ = lobes_of(newest, 90)
    offsets = np.array([x.to_value("deg") for x in CENTER.spherical_offsets_to(first)])
    lengths, axes = np.linalg.eigh(np.cov(offsets))
    across, along = axes.T @ offsets

    assert lengths[1] / lengths[0] > 4**2
    # Both ends lie on one side of the middle.
    ends = np.abs(along) > 0.8 * np.abs(along).max()
    bend = np.polyfit(along, across, 2)[0] * along[ends] ** 2
    assert np.abs(bend).min() > 0.5


def test_the_preliminary_map_is_wider(notices):
    preliminary, update = (area_of(notice, 90) for notice in notices)

    assert 3 < preliminary / update < 5


@pytest.mark.parametrize("number", [0, 1])
def test_a_map_is_small(notices, number):
    assert len(notices[number].skymap_base64) < 200_000


@pytest.mark.parametrize("number", [0, 1])
def test_distances_are_those_of_the_header(notices, number):
    table, header = notices[number].skymap, notices[number].skymap.meta
    reached = table["DISTNORM"] > 0
    order, _ = healpix.uniq_to_level_ipix(table["UNIQ"])
    areas = healpix.nside_to_pixel_area(2**order).to_value("sr")
    distance = np.linspace(0, 150, 1501)[:, None]
    density = (
        distance**2
        * table["DISTNORM"][reached]
        * np.exp(-(((distance - table["DISTMU"][reached]) / table["DISTSIGMA"][reached]) ** 2) / 2)
        / (np.sqrt(2 * np.pi) * table["DISTSIGMA"][reached])
    )
    of_all = density @ (areas * table["PROBDENSITY"])[reached] * 0.1
    mean = np.sum(of_all * distance[:, 0])

    np.testing.assert_allclose(density.sum(axis=0) * 0.1, 1, atol=1e-3)
    assert mean == pytest.approx(header["DISTMEAN"], abs=0.05)
    assert np.sum(of_all * (distance[:, 0] - mean) ** 2) ** 0.5 == pytest.approx(
        header["DISTSTD"], abs=0.05
    )
    assert header["DISTMEAN"] == pytest.approx(43, abs=0.5)
    assert header["DISTSTD"] == pytest.approx(8, abs=0.5)


def test_a_place_that_no_lobe_reaches_has_no_distance(newest):
    nowhere = newest.skymap[newest.skymap["PROBDENSITY"] == 0]

    assert len(nowhere) > 10
    assert np.isinf(nowhere["DISTMU"]).all()
    assert (nowhere["DISTSIGMA"] == 1).all()
    assert (nowhere["DISTNORM"] == 0).all()


def test_columns_and_keywords_are_those_of_real_maps(newest):
    with fits.open(io.BytesIO(base64.b64decode(newest.skymap_base64))) as file:
        columns, header = file[1].columns, file[1].header

    assert columns.names == ["UNIQ", "PROBDENSITY", "DISTMU", "DISTSIGMA", "DISTNORM"]
    assert columns.units == ["", "sr-1", "Mpc", "Mpc", "Mpc-2"]
    assert (header["PIXTYPE"], header["ORDERING"]) == ("HEALPIX", "NUNIQ")
    assert (header["COORDSYS"], header["MOCORDER"]) == ("C", 9)
    assert (header["OBJECT"], header["INSTRUME"]) == (GW_EVENT_ID, "H1,L1,V1")
    assert Time(header["DATE-OBS"], scale="utc").mjd == pytest.approx(header["MJD-OBS"], abs=1e-5)


@pytest.mark.parametrize("number", [0, 1])
def test_the_full_notice_is_an_alert_of_the_detectors(notices, number):
    notice, full = notices[number], notices[number].full_notice
    event = full["event"]

    assert set(full) == {
        *("alert_type", "time_created", "superevent_id", "event", "external_coinc", "urls"),
        "simulated",
    }
    assert set(event) == {
        *("time", "far", "significant", "instruments", "group", "pipeline", "search"),
        *("classification", "properties", "mchirp_source", "duration", "central_frequency"),
        "skymap",
    }
    assert full["alert_type"] == notice.notice_type.value
    assert full["superevent_id"] == notice.gracedb_id
    assert event["far"] == notice.false_alarm_rate
    assert Time(event["time"].rstrip("Z"), scale="utc").mjd == pytest.approx(GW_EVENT_MJD, abs=1e-5)


@pytest.mark.parametrize("number", [0, 1])
def test_a_notice_gives_the_classes_and_properties_of_the_source(notices, number):
    event = notices[number].full_notice["event"]

    assert set(event["classification"]) == {"BNS", "NSBH", "BBH", "Terrestrial"}
    assert sum(event["classification"].values()) == pytest.approx(1)
    assert max(event["classification"], key=event["classification"].get) == "BNS"
    assert set(event["properties"]) == {"HasNS", "HasRemnant", "HasMassGap"}
    assert all(0 <= value <= 1 for value in event["properties"].values())


def test_the_alerts_in_the_event_have_the_contours_of_its_notice():
    with Sandbox():
        newest = search.get_latest_grav_wave_notice(GW_EVENT_ID)
        for locus in search.search({"query": {"term": {"grav_wave_events": GW_EVENT_ID}}}):
            assert list(locus.grav_wave_events_data) == [GW_EVENT_ID]
            level, area = newest.get_probability_contour_level_and_area(locus.coordinates)
            marks = [event for alert in locus.alerts for event in alert.grav_wave_events]
            ((of_level, of_area),) = {(e["contour_level"], e["contour_area"]) for e in marks}
            assert of_level == pytest.approx(level, abs=1)
            assert of_area == pytest.approx(area.value, abs=1)
