"""Statistics, catalogs and gravitational-wave notices, through the client."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from antares_client import search
from antares_client.models import GravWaveNoticeTypes
from astropy.coordinates import SkyCoord

from antares_sandbox import Sandbox
from antares_sandbox.grav_wave import GW_CENTER_DEG, GW_EVENT_ID


@pytest.fixture(scope="module")
def sandbox():
    """A sandbox for the tests of this module: none of them changes it."""
    with Sandbox() as running:
        yield running


def get(sandbox, path):
    return httpx.get(f"{sandbox.url}{path}", trust_env=False)


def status(sandbox, path) -> int:
    response = get(sandbox, path)
    (error,) = response.json()["errors"]
    assert error["status"] == response.status_code
    return response.status_code


@pytest.mark.usefixtures("sandbox")
def test_the_tags_are_those_of_the_files(bundled):
    tags = Counter(tag for file in bundled.values() for tag in file["locus"]["user_tags"])

    assert search.get_available_tags() == sorted(tags)
    assert search.api_client.get_statistics().tags == tags


@pytest.mark.usefixtures("sandbox")
def test_the_statistics_count_catalogs_and_measurements(bundled):
    statistics = search.api_client.get_statistics()
    files = [file["locus"] for file in bundled.values()]
    numbers = [locus["old_properties"]["num_mag_values"] for locus in files]

    assert statistics.catalogs == Counter(c for locus in files for c in locus["catalog_objects"])
    assert statistics.min_num_measurements == min(numbers)
    assert statistics.max_num_measurements == max(numbers)


def test_the_statistics_of_an_empty_folder_are_zero(tmp_path):
    with Sandbox(tmp_path) as running:
        assert get(running, "loci/statistics").json()["data"]["max_num_measurements"] == 0


@pytest.mark.usefixtures("sandbox")
def test_a_catalog_search_finds_the_objects_of_a_locus(bundled):
    for file in bundled.values():
        locus = file["locus"]
        found = search.catalog_search(locus["ra"], locus["dec"])
        for catalog, objects in locus["catalog_objects"].items():
            assert all(one in found[catalog] for one in objects)


def test_a_catalog_search_needs_no_wire_part(small_file, write):
    with Sandbox(write(small_file)):
        assert search.catalog_search(10.0, -30.0) == small_file["locus"]["catalog_objects"]
        assert search.catalog_search(10.0, -30.1) == {}


@pytest.mark.parametrize(
    "path",
    [
        "nan/1",
        "1/nan",
        "inf/1",
        "361/1",
        "-1/1",
        "1/91",
        "a/b",
        "1e999/1",
        "1_0/1",
        "1/" + "1" * 5000,
    ],
)
def test_a_catalog_search_beyond_the_sky_is_a_400(sandbox, path):
    assert status(sandbox, f"catalog_search/{path}") == 400


@pytest.mark.usefixtures("sandbox")
@pytest.mark.parametrize("number", [1, 2, 50])
def test_catalog_samples_are_at_most_so_many_of_each(bundled, number):
    known = Counter()
    for file in bundled.values():
        known.update({name: len(o) for name, o in file["locus"]["catalog_objects"].items()})

    samples = search.get_catalog_samples(number)

    assert samples.keys() == known.keys()
    assert all(0 < len(samples[name]) <= min(number, known[name]) for name in known)


@pytest.mark.parametrize("number", ["0", "51", "-1", "x", "1.5", ""])
def test_a_bad_number_of_samples_is_a_400(sandbox, number):
    assert status(sandbox, f"catalog_samples?n={number}") == 400


@pytest.mark.parametrize(
    "path",
    [
        "grav_wave_notice/S1/latest",
        f"grav_wave_notice/{GW_EVENT_ID}/2026-08-15T04:24:13",
        f"grav_wave_notice/{GW_EVENT_ID}",
    ],
)
def test_what_is_unknown_is_a_404(sandbox, path):
    assert status(sandbox, path) == 404


@pytest.mark.usefixtures("sandbox")
def test_the_latest_notice_is_the_update():
    notice = search.get_latest_grav_wave_notice(GW_EVENT_ID)

    assert notice.notice_type is GravWaveNoticeTypes.UPDATE
    assert notice.full_notice["simulated"] is True


@pytest.mark.usefixtures("sandbox")
@pytest.mark.parametrize("zone", [None, UTC])
def test_an_earlier_notice_is_found_by_its_time_and_wider(zone):
    latest = search.get_latest_grav_wave_notice(GW_EVENT_ID)
    time = latest.event_datetime + timedelta(minutes=5)
    first = search.get_grav_wave_notice(GW_EVENT_ID, time.replace(tzinfo=zone))
    place = SkyCoord(GW_CENTER_DEG[0], GW_CENTER_DEG[1] + 1.5, unit="deg")

    assert first.notice_type is GravWaveNoticeTypes.PRELIMINARY
    assert first.notice_datetime == time
    level, _ = first.get_probability_contour_level_and_area(place)
    assert level < latest.get_probability_contour_level_and_area(place)[0]


@pytest.mark.usefixtures("sandbox")
def test_several_notices_are_those_that_are_known():
    notices = search.get_multiple_grav_wave_notices(["S1", GW_EVENT_ID, GW_EVENT_ID])

    assert [notice.gracedb_id for notice in notices] == [GW_EVENT_ID]


@pytest.mark.usefixtures("sandbox")
def test_the_old_names_of_the_notices_work():
    with pytest.warns(DeprecationWarning, match="deprecated"):
        notice = search.get_latest_grav_wave_notices(GW_EVENT_ID)
    with pytest.warns(DeprecationWarning, match="deprecated"):
        again = search.get_grav_wave_notices(GW_EVENT_ID, notice.notice_datetime)

    assert again.id == notice.id


@pytest.mark.usefixtures("sandbox")
def test_an_unknown_event_is_none():
    assert search.get_latest_grav_wave_notice("S190425z") is None
    assert search.get_grav_wave_notice("S190425z", datetime(2026, 8, 15)) is None


def test_a_time_that_is_none_is_a_400(sandbox):
    assert status(sandbox, f"grav_wave_notice/{GW_EVENT_ID}/yesterday") == 400


def test_notices_of_no_event_are_a_400(sandbox):
    assert status(sandbox, "grav_wave_notice/latest") == 400
