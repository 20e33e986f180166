"""A search larger than the service shows is read in tiles: every locus, once, and a proof of it."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from astropy.time import Time
from night_service import BEGIN, END, NEWEST, Service, Sky, serving_night

from antares_helpers import InvalidInputError, ServiceError, find_loci
from antares_helpers.errors import AntaresHelpersWarning
from antares_helpers.fetching.night import overlapping_query
from antares_helpers.fetching.query import lowest_time, night_range
from antares_sandbox import Sandbox

NIGHT = "2026-07-09"
SMALL = [*[60] * 12, 1200, *[60] * 12]
"""Loci in each visit of a small night: one visit has more than a window of 1,000."""


def read(service: Service, **how: Any) -> tuple[list[str], Any]:
    found = find_loci(limit=None, **{"night": NIGHT, **how})
    ids = [locus.locus_id for locus in found]
    assert len(ids) == len(set(ids)), "a locus came twice"
    assert service.queries
    return ids, found


def allowed(service: Service) -> float:
    size = max(int(query["limit"][0]) for query in service.queries)
    return 1.6 * -(-len(service.sky) // min(size, service.max_page)) + 100


# The window


@pytest.mark.parametrize("window", [10_000, 3_000])
@pytest.mark.parametrize("at_window", ["refuse", "end"])
def test_a_night_of_30000_loci_is_read_in_few_requests(at_window: str, window: int) -> None:
    visits = np.random.default_rng(3).integers(300, 700, 36).tolist()
    sky = Sky([*visits[:18], 12_000, *visits[18:]], crowded=2000)
    with serving_night(sky, window=window, at_window=at_window) as service:
        ids, found = read(service)
    assert set(ids) == set(sky.ids)
    assert found.truncated is False
    assert len(service.queries) <= allowed(service)


@pytest.mark.parametrize("window", [1000, 260])
@pytest.mark.parametrize("at_window", ["refuse", "fail", "end", "empty", "repeat"])
def test_whatever_the_service_does_at_its_window_all_loci_are_found(
    at_window: str, window: int
) -> None:
    sky = Sky(SMALL, crowded=600)
    with serving_night(sky, window=window, at_window=at_window) as service:
        ids, found = read(service, retries=0)
    assert set(ids) == set(sky.ids)
    assert found.truncated is False


COUNTS: dict[str, Callable[[int], Any]] = {
    "none": lambda _: None,
    "text": lambda _: "many",
    "zero": lambda _: 0,
    "always 10000": lambda _: 10_000,
    "one more": lambda found: found + 1,
    "half": lambda found: found // 2,
    "double": lambda found: 2 * found,
    "random": lambda _: random.randrange(30_000),
    "noise": lambda found: int(found * random.uniform(0.95, 1.05)),
}


@pytest.mark.parametrize("at_window", ["refuse", "end"])
@pytest.mark.parametrize("count", COUNTS)
def test_a_count_that_lies_loses_no_locus(count: str, at_window: str) -> None:
    random.seed(1)
    sky = Sky(SMALL)
    with serving_night(sky, window=1000, at_window=at_window, count=COUNTS[count]) as service:
        ids, found = read(service)
    assert set(ids) == set(sky.ids)
    assert found.truncated is False
    assert len(service.queries) <= allowed(service)


@pytest.mark.parametrize("count", ["none", "half"])
def test_without_correct_counts_the_sentence_says_so(count: str) -> None:
    sky = Sky(SMALL)
    with serving_night(sky, window=1000, count=COUNTS[count]) as service:
        _, found = read(service)
    assert "no correct counts" in found.sentence
    with serving_night(sky, window=1000) as service:
        _, found = read(service)
    assert "no correct counts" not in found.sentence


@pytest.mark.parametrize("count", [lambda found: found, lambda _: None])
def test_a_window_that_is_an_error_of_the_service_is_learned(count: Any) -> None:
    sky = Sky(SMALL)
    with serving_night(sky, window=1000, at_window="fail", count=count) as service:
        ids, found = read(service, retries=0)
    assert set(ids) == set(sky.ids)
    assert found.truncated is False


def test_a_service_that_is_down_within_a_search_raises_and_loses_nothing() -> None:
    sky = Sky(SMALL)
    with serving_night(sky, window=1000) as service:
        found = find_loci(night=NIGHT, limit=None, retries=0)
        ids = [next(found).locus_id for _ in range(600)]
        service.fails = 1.0
        with pytest.raises(ServiceError):
            ids.extend(locus.locus_id for locus in found)
        service.fails = 0.0
        ids.extend(locus.locus_id for locus in found)
    assert sorted(ids) == sorted(sky.ids)
    assert found.truncated is False


def test_the_size_of_a_page_is_what_the_service_accepts() -> None:
    sky = Sky(SMALL)
    with serving_night(sky, max_page=100) as service:
        ids, _ = read(service)
    assert set(ids) == set(sky.ids)
    assert [query["limit"][0] for query in service.queries[:3]] == ["250", "100", "100"]


def test_a_service_that_fails_at_random_loses_no_locus() -> None:
    sky = Sky(SMALL)
    with serving_night(sky, window=1000, fails=0.1) as service:
        ids, found = read(service)
    assert set(ids) == set(sky.ids)
    assert found.truncated is False


def test_after_an_error_a_search_in_tiles_goes_on() -> None:
    sky = Sky(SMALL)
    with serving_night(sky, window=1000, fails=0.2) as service:
        found = find_loci(night=NIGHT, limit=None, retries=0)
        ids: list[str] = []
        for _ in range(1000):
            try:
                for locus in found:
                    ids.append(locus.locus_id)
                break
            except ServiceError:
                continue
    assert sorted(ids) == sorted(sky.ids)
    assert found.truncated is False
    assert service.queries


@pytest.mark.parametrize("window", [40, 100])
def test_the_sandbox_with_a_window_is_read_whole(window: int) -> None:
    with Sandbox(window=window) as sandbox:
        found = find_loci(limit=None)
        assert sorted(locus.locus_id for locus in found) == sandbox.locus_ids
    assert found.truncated is False
    assert found.tiles["complete"].all()


@pytest.mark.parametrize("at_window", ["refuse", "end"])
def test_a_limit_that_is_the_window_is_truncated(at_window: str) -> None:
    sky = Sky(SMALL)
    with serving_night(sky, window=500, at_window=at_window):
        found = find_loci(limit=500)
    assert (len(found), found.truncated) == (500, True)


def test_a_limit_beyond_the_window_gives_the_newest() -> None:
    sky = Sky([100] * 15)
    with serving_night(sky, window=500):
        found = find_loci(limit=1200)
    newest = sky.ids[np.argsort(-sky.time, kind="stable")][:1200]
    assert {locus.locus_id for locus in found} == set(newest)
    assert found.truncated is True
    assert (np.diff(found.table["newest_mjd"]) <= 0).all()


def test_an_index_of_32_bit_floats_loses_no_locus() -> None:
    sky = Sky(SMALL, crowded=600)
    moves, _ = moving("within", 5)
    for how in ({}, {"at_window": "end"}, {"moves": moves}):
        with serving_night(sky, window=1000, index=np.float32, **how) as service:
            ids, found = read(service)
        assert set(ids) == set(sky.ids)
        assert found.truncated is False


# What can't be divided


def test_if_ranges_of_position_are_refused_cones_are_used() -> None:
    sky = Sky(SMALL, crowded=300)
    with serving_night(sky, window=1000, refused=("ra", "dec")) as service:
        ids, found = read(service)
    assert set(ids) == set(sky.ids)
    assert found.truncated is False
    assert sum(bool(each) for each in found.tiles["cone"]) > 10


@pytest.mark.parametrize("refused", [("ra", "dec", "sky_distance"), (NEWEST,)], ids=str)
def test_what_is_refused_is_listed(refused: tuple[str, ...]) -> None:
    sky = Sky(SMALL)
    with serving_night(sky, window=1000, refused=refused) as service:
        found = find_loci(tag="simulated", limit=None)
        with pytest.warns(AntaresHelpersWarning, match="not found all loci.*is not supported"):
            ids = [locus.locus_id for locus in found]
    assert found.truncated is True
    assert 1000 <= len(ids) < len(sky)
    assert not found.tiles["complete"].all()
    assert "is not supported" in " ".join(found.tiles["reason"])
    assert "not all loci" in found.sentence
    assert service.queries


def test_loci_at_one_time_and_place_are_listed() -> None:
    sky = Sky([1500])
    sky.ra[:], sky.dec[:] = 0.0, -30.0
    with serving_night(sky, window=1000):
        found = find_loci(night=NIGHT, limit=None)
        with pytest.warns(AntaresHelpersWarning, match="too close"):
            assert len(list(found)) < 1500
    assert found.truncated is True


@pytest.mark.parametrize(("ra", "dec"), [(0.0, 90.0), (359.9999, -90.0), (0.0, 0.0), (180.0, 89.9)])
def test_position_is_divided_at_the_poles_and_at_ra_0(ra: float, dec: float) -> None:
    rng = np.random.default_rng(1)
    sky = Sky([2500])
    sky.ra[:] = (ra + rng.uniform(-1e-4, 1e-4, len(sky)) / np.cos(np.radians(dec))) % 360
    sky.dec[:] = dec - np.sign(dec) * rng.uniform(0, 1e-4, len(sky))
    for refused in ((), ("ra",)):
        with serving_night(sky, window=600, refused=refused) as service:
            ids, found = read(service)
        assert set(ids) == set(sky.ids)
        assert found.truncated is False


# Loci that move


def moving(kind: str, every: int) -> tuple[Any, set[str]]:
    """Return what moves a locus with each so many requests; and which have left the night."""
    left: set[str] = set()

    def move(sky: Sky, number: int, rng: Any) -> None:
        place = rng.integers(len(sky))
        if number % every or sky.time[place] >= END:
            return
        if kind == "within" or (kind == "both" and rng.random() < 0.5):
            sky.time[place] += rng.uniform(0, END - 1e-3 - sky.time[place])
        else:
            sky.time[place] = END + 1
            left.add(str(sky.ids[place]))

    return move, left


@pytest.mark.parametrize("every", [1, 4])
@pytest.mark.parametrize("kind", ["within", "beyond", "both"])
def test_loci_that_stay_in_the_night_are_found_though_they_move(kind: str, every: int) -> None:
    sky = Sky([*[200] * 20, 1500, *[200] * 20])
    moves, left = moving(kind, every)
    with serving_night(sky, window=1000, moves=moves) as service:
        ids, found = read(service)
    assert set(sky.ids) - set(ids) <= left
    assert found.truncated is False
    assert ("changed meanwhile" in found.sentence) or (kind, every) == ("beyond", 4)
    assert service.queries


def test_loci_that_leave_a_large_night_cost_few_requests() -> None:
    visits = np.random.default_rng(3).integers(300, 700, 36).tolist()
    sky = Sky([*visits[:18], 12_000, *visits[18:]], crowded=2000)
    moves, left = moving("beyond", 20)
    with serving_night(sky, moves=moves) as service:
        ids, found = read(service)
    assert set(sky.ids) - set(ids) <= left
    assert found.truncated is False
    assert left
    assert len(service.queries) <= allowed(service)


def test_without_counts_loci_with_new_alerts_are_found() -> None:
    sky = Sky([*[200] * 20, 1500, *[200] * 20])

    def move(sky: Sky, number: int, rng: Any) -> None:
        sky.time[rng.integers(len(sky))] = END - 0.01 + 1e-6 * number

    with serving_night(sky, window=1000, count=lambda _: None, moves=move) as service:
        ids, found = read(service)
    assert set(ids) == set(sky.ids)
    assert "changed meanwhile" in found.sentence


def test_a_locus_that_moves_up_before_it_is_read_is_found() -> None:
    sky = Sky([100] * 40)

    def move(sky: Sky, number: int, _rng: Any) -> None:
        if number == 6:  # the oldest loci, which a reader from the newest on would not see again
            sky.time[:50] = END - 0.001

    with serving_night(sky, moves=move) as service:
        ids, _ = read(service)
    assert set(ids) == set(sky.ids)
    assert service.queries


# Proof


def test_the_tiles_cover_the_search_and_say_when_they_were_read() -> None:
    sky = Sky(SMALL)
    with serving_night(sky, window=1000) as service:
        _, found = read(service)
    tiles = found.tiles
    assert tiles["loci"].sum() >= len(sky)
    assert tiles["begin"].unit == tiles["end"].unit == "d"
    assert tiles["complete"].all()
    for column, values in (("begin", sky.time), ("ra_min", sky.ra)):
        assert (values[:, None] >= tiles[column].filled(-np.inf)).any(axis=1).all()
    read_at = Time([each.removesuffix("Z") for each in tiles["read_at"]])
    assert (abs((read_at - Time.now()).sec) < 600).all()
    assert f"{len(sky):,} loci" in found.sentence
    assert f"{len(service.queries) - 1:,} pages" in found.sentence  # but for the one refused
    assert tiles.meta["sentence"] == found.sentence


def test_before_the_end_nothing_is_claimed() -> None:
    sky = Sky(SMALL)
    with serving_night(sky, window=1000):
        found = find_loci(night=NIGHT, limit=None)
        for _ in range(300):
            next(found)
        assert found.truncated is None
        assert "has not ended" in found.sentence
        assert len(found.table) == 300
        fractions = [found.fraction for _ in found]
    known = [each for each in fractions if each is not None]
    assert known
    assert all(0 <= each <= 1 for each in known)


# Resume


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    return tmp_path / "pages"


def test_what_is_in_the_folder_is_not_requested_again(folder: Path) -> None:
    sky = Sky(SMALL)
    with serving_night(sky, window=1000) as service:
        part = find_loci(night=NIGHT, limit=None, folder=folder)
        for _ in range(700):
            next(part)
        before = len(service.queries)
        ids, found = read(service, folder=folder)
        total = len(service.queries)
        again, _ = read(service, folder=folder)
        assert len(service.queries) == total
        read(service, folder=folder, tag="simulated")
        assert len(service.queries) > total, "another search must not use these pages"
    assert set(ids) == set(again) == set(sky.ids)
    assert total - before < total
    assert found.truncated is False
    with serving_night(sky, window=1000) as elsewhere:  # on another port
        assert set(read_quietly(folder)) == set(sky.ids)
        assert not elsewhere.queries


def read_quietly(folder: Path) -> list[str]:
    return [locus.locus_id for locus in find_loci(night=NIGHT, limit=None, folder=folder)]


@pytest.mark.parametrize("content", [b"", b"\x1f\x8b", b"{}"])
def test_a_damaged_page_is_requested_again(folder: Path, content: bytes) -> None:
    sky = Sky([300])
    with serving_night(sky) as service:
        read(service, folder=folder)
        page = min(folder.glob("*.gz"))
        page.write_bytes(content)
        before = len(service.queries)
        ids, _ = read(service, folder=folder)
        assert set(ids) == set(sky.ids)
        assert len(service.queries) == before + 1


PROGRAM = """
import sys
from antares_helpers import find_loci
found = find_loci(night="2026-07-09", limit=None, folder=sys.argv[1])
ids = [locus.locus_id for locus in found]
print(len(ids), len(set(ids)), found.truncated)
"""


def start(service: Service, folder: Path) -> subprocess.Popen[str]:
    environment = os.environ | {"ANTARES_API_BASE_URL": service.url, "NO_PROXY": "127.0.0.1"}
    command = [sys.executable, "-c", PROGRAM, str(folder)]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)


def distinct(service: Service) -> int:
    return len({str(sorted(query.items())) for query in service.queries})


@pytest.mark.slow
def test_a_run_that_is_killed_goes_on_where_it_was(folder: Path) -> None:
    sky = Sky([*[250] * 20, 3000])
    with serving_night(sky, window=2000, delay=0.05) as service:
        for _ in range(3):
            process = start(service, folder)
            goal = len(service.queries) + 7
            end = time.monotonic() + 60
            while len(service.queries) < goal and time.monotonic() < end:
                time.sleep(0.01)
            process.send_signal(signal.SIGKILL)
            process.communicate()
        said, _ = start(service, folder).communicate(timeout=120)
    assert said.split() == [str(len(sky)), str(len(sky)), "False"]
    assert len(service.queries) - distinct(service) <= 3  # those in flight


@pytest.mark.slow
def test_two_runs_share_a_folder(folder: Path) -> None:
    sky = Sky([*[250] * 12, 3000])
    with serving_night(sky, window=2000, delay=0.02) as service:
        runs = [start(service, folder) for _ in range(2)]
        said = [run.communicate(timeout=120)[0].split() for run in runs]
    assert said == [[str(len(sky)), str(len(sky)), "False"]] * 2
    assert len(service.queries) - distinct(service) <= 2


def test_a_folder_is_for_all_loci() -> None:
    with pytest.raises(InvalidInputError, match="limit=None"):
        find_loci(night=NIGHT, limit=5, folder="pages")


# The night


@pytest.mark.parametrize(
    "form", [NIGHT, "20260709", 20260709, Time(f"{NIGHT}T00:00").to_datetime().date()]
)
def test_a_night_is_from_noon_to_noon_in_tai(form: Any) -> None:
    begin, end = night_range(form)
    assert (begin.iso[:19], end.iso[:19]) == ("2026-07-09 12:00:00", "2026-07-10 12:00:00")
    query = find_loci(night=form, limit=None).query
    limits = query["query"]["bool"]["filter"]["range"][NEWEST]
    assert limits == {
        "gte": pytest.approx(BEGIN + 37 / 86400),
        "lt": pytest.approx(END + 37 / 86400),
    }


@pytest.mark.parametrize("form", ["", "2026-02-30", "26-07-09", "tonight", 61230.5, "1950-01-01"])
def test_what_is_not_a_night_is_refused(form: Any) -> None:
    with pytest.raises(InvalidInputError, match="day_obs"):
        find_loci(night=form, limit=None)


def test_a_query_of_ones_own_with_a_tag_has_a_lowest_time_too() -> None:
    query = overlapping_query((BEGIN, END))
    assert lowest_time(find_loci(query=query, tag="simulated", limit=None).query) == BEGIN
    nothing = {"query": {"bool": {"must_not": {"exists": {"field": NEWEST}}}}}
    assert lowest_time(find_loci(query=nothing, tag="simulated", limit=None).query) is None


def test_the_end_of_a_night_is_excluded() -> None:
    begin, end = (each.tai.mjd for each in night_range(NIGHT))
    sky = Sky([1] * 4)
    sky.time[:] = np.nextafter(begin, 0), begin, np.nextafter(end, 0), end
    with serving_night(sky) as service:
        ids, _ = read(service)
    assert set(ids) == set(sky.ids[1:3])
