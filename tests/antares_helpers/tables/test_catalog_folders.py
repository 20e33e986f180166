"""Loci without light curves, and folders that hats and LSDB open as catalogs."""

import json
import os
import subprocess
import sys
import warnings
from pathlib import Path

import numpy as np
import pytest
from antares_devkit.models import DevKitLocus
from astropy.table import Table
from building import lsst_alert
from tables_alike import assert_alike, numbered, three_loci

from antares_helpers import InvalidInputError, find_loci, iter_loci
from antares_helpers.convert import from_nested, nested
from antares_helpers.errors import BadDataError, MissingPackageError
from antares_helpers.tables import LOCI_COLUMNS, parquet
from antares_helpers.tables.io import read_table
from antares_helpers.tables.parquet import META_KEY, write_parquet
from antares_helpers.tables.table import lightcurve_table
from antares_helpers.validation import import_optional
from antares_sandbox import Sandbox

pq = pytest.importorskip("pyarrow.parquet")

SKY = {"partition": "sky"}
LISTED = {"lightcurves": False}


@pytest.fixture(scope="module")
def lsdb():
    pytest.importorskip("dask")
    pytest.importorskip("hats")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return import_optional("lsdb")


def rows_of(folder):
    """Return the loci of a catalog, sorted by ID, and its partitions: (order, pixel)."""
    files = sorted(folder.glob("dataset/Norder=*/Dir=*/Npix=*.parquet"))
    names = [(int(file.parts[-3][7:]), int(file.stem[5:])) for file in files]
    tables = [pq.read_table(file, partitioning=None) for file in files]
    rows = [row for table in tables for row in table.to_pylist()]
    return sorted(rows, key=lambda row: row["locus_id"]), names


def meta_of(folder):
    return json.loads(
        pq.read_schema(folder / "dataset" / "_common_metadata").metadata[META_KEY.encode()]
    )


def placed(number, ra, dec, *alerts):
    return numbered(number, *(alerts or [lsst_alert(number)])) | {"ra": ra, "dec": dec}


def crowd(number, *, spread=1e-4):
    """Return loci around one place, across RA 0."""
    places = np.random.default_rng(3).uniform(-spread, spread, (number, 2))
    return [placed(n, float(ra % 360), float(-30 + dec)) for n, (ra, dec) in enumerate(places)]


# Loci without light curves


def test_a_search_is_written_without_another_request(tmp_path):
    with Sandbox(night=700) as sandbox:
        found = find_loci(limit=300)
        before = len(sandbox.requests)
        path = write_parquet(found, tmp_path / "loci.parquet", lightcurves=False)
        assert len(sandbox.requests) == before

    table = read_table(path)
    assert table.colnames == list(LOCI_COLUMNS)
    assert table["locus_id"].tolist() == [locus.locus_id for locus in found]
    assert table.meta["report"] == {"loci": 300, "repeated_loci": 0}
    assert table.meta["simulated"] == 300


def test_the_proof_of_a_search_is_in_the_file(tmp_path):
    with Sandbox(night=700):
        listed = find_loci(limit=None)
        path = write_parquet(listed, tmp_path / "loci.parquet", lightcurves=False)
        fetched = find_loci(tag="simulated", limit=None)
        with iter_loci(fetched, include_catalogs=False, progress=False) as stream:
            points = write_parquet(stream, tmp_path / "points.parquet")
    assert read_table(path).meta["search"] == listed.meta
    assert read_table(points).meta["search"] == fetched.meta
    assert listed.meta["truncated"] is False
    assert listed.meta["sentence"].startswith("700 loci found in ANTARES ")


def test_each_property_is_in_a_column_or_in_the_json(tmp_path):
    with Sandbox(night=20):
        found = find_loci(limit=20)
    table = read_table(write_parquet(found, tmp_path / "loci.parquet", lightcurves=False))

    for locus, row in zip(found, table, strict=True):
        known = dict(locus.properties)
        assert (row["ra"].value, row["dec"].value) == (locus.ra, locus.dec)
        assert row["num_alerts"] == known.pop("num_alerts")
        assert row["newest_alert_id"] == known.pop("newest_alert_id")
        for which in ("newest", "oldest", "brightest"):
            assert row[f"{which}_mjd"].value == known.pop(f"{which}_alert_observation_time")
            assert row[f"{which}_mag"].value == known.pop(f"{which}_alert_magnitude")
        assert row["dia_object_ids"] == ",".join(known["survey"]["lsst"]["dia_object_id"])
        assert row["tags"] == ",".join(sorted(locus.tags))
        assert json.loads(row["properties"]) == known


def test_the_columns_have_units_and_descriptions(tmp_path):
    table = read_table(write_parquet([], tmp_path / "loci.parquet", lightcurves=False))

    for name, (unit, description) in LOCI_COLUMNS.items():
        assert (str(table[name].unit) if table[name].unit else None) == unit
        assert table[name].info.description == description


def test_every_form_of_a_locus_gives_the_same_row(tmp_path):
    locus = numbered(1, lsst_alert(1), num_alerts=1, newest_alert_magnitude=20.5)
    forms = [
        locus,
        DevKitLocus.model_validate(locus),
        {k: locus[k] for k in locus if k != "alerts"},
    ]

    tables = [
        read_table(write_parquet([form], tmp_path / "loci.parquet", lightcurves=False))
        for form in forms
    ]

    assert tables[0]["newest_mag"][0].value == 20.5
    for table in tables[1:]:
        assert_alike(table, tables[0], meta=False)


@pytest.mark.parametrize(
    ("properties", "name", "expected"),
    [
        ({}, "num_alerts", 0),
        ({"num_alerts": None}, "num_alerts", 0),
        ({"num_alerts": "7"}, "num_alerts", 7),
        ({"num_alerts": -3}, "num_alerts", 0),
        ({"newest_alert_observation_time": "x"}, "newest_mjd", np.nan),
        ({"brightest_alert_magnitude": 10**400}, "brightest_mag", np.nan),
        ({"survey": None}, "dia_object_ids", ""),
        ({"survey": {"lsst": None}}, "dia_object_ids", ""),
        ({"survey": {"lsst": {"dia_object_id": ["1", 2]}}}, "dia_object_ids", "1,2"),
        ({"survey": {"lsst": {"dia_object_id": 170587117485817955}}}, "dia_object_ids",
         "170587117485817955"),
        ({"x": float("nan"), "y": "\u00fc"}, "properties", '{"x":null,"y":"\u00fc"}'),
    ],
)  # fmt: skip
def test_what_is_missing_or_malformed_is_unknown(tmp_path, properties, name, expected):
    locus = numbered(1) | {"old_properties": properties}

    table = read_table(write_parquet([locus], tmp_path / "loci.parquet", lightcurves=False))

    found = getattr(table[name][0], "value", table[name][0])
    assert found == expected or (np.isnan(found) and np.isnan(expected))


def test_a_locus_that_comes_twice_counts_once(tmp_path):
    path = write_parquet([numbered(1), numbered(2), numbered(1)], tmp_path / "p.parquet", **LISTED)

    assert read_table(path)["locus_id"].tolist() == ["ANT2026test0001", "ANT2026test0002"]
    assert read_table(path).meta["report"] == {"loci": 2, "repeated_loci": 1}


def test_simulated_loci_are_counted_in_all_chunks(tmp_path, monkeypatch):
    monkeypatch.setattr("antares_helpers.tables.table.CHUNK_LOCI", 2)
    loci = [numbered(n) | {"user_tags": ["simulated"] if n % 2 else []} for n in range(7)]

    path = write_parquet(loci, tmp_path / "p.parquet", **LISTED)

    assert (len(read_table(path)), read_table(path).meta["simulated"]) == (7, 3)


def test_one_long_text_does_not_widen_the_chunk(tmp_path):
    loci = [numbered(n) | {"old_properties": {"x": "x" * (10**6 * (n == 7))}} for n in range(20)]

    path = write_parquet(loci, tmp_path / "p.parquet", lightcurves=False)

    assert path.stat().st_size < 100_000
    lengths = [len(text) for text in pq.read_table(path)["properties"].to_pylist()]
    assert max(lengths) > 10**6 > 100 > sorted(lengths)[-2]


@pytest.mark.parametrize("loci", [[{"ra": 1.0}], [{"id": ""}], [{"id": 5}]])
def test_a_locus_without_an_id_is_refused(tmp_path, loci):
    with pytest.raises(BadDataError, match="no ID"):
        write_parquet(loci, tmp_path / "p.parquet", lightcurves=False)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"lightcurves": False, "bands": "g"}, "No points are written"),
        ({"lightcurves": "no"}, "lightcurves='no' must be True or False"),
        ({"progress": 1}, "progress=1 must be True or False"),
        ({"partition": "time"}, "partition='time' must be 'sky' or None"),
        ({"partition": ["sky"]}, "must be 'sky' or None"),
        ({"unknown": 1}, "no option 'unknown'"),
    ],
)
def test_an_invalid_option_is_refused_before_anything_is_read(tmp_path, options, message):
    def loci():
        raise AssertionError
        yield

    with pytest.raises(InvalidInputError, match=message):
        write_parquet(loci(), tmp_path / "p", **options)
    assert not list(tmp_path.iterdir())


# Catalogs


def test_lsdb_opens_light_curves_that_arrive_one_after_another(lsdb, tmp_path):
    expected = lightcurve_table(three_loci(), survey="all")

    catalog = lsdb.open_catalog(
        write_parquet(iter(three_loci()), tmp_path / "c", **SKY, survey="all")
    )

    nested = catalog.compute()
    assert list(nested.columns) == ["locus_id", "ra", "dec", "lightcurve"]
    table = from_nested(nested.reset_index(drop=True))
    table = table[np.argsort(table["locus_id"], kind="stable")]
    assert_alike(table, expected, meta=False)
    assert meta_of(tmp_path / "c")["report"]["loci"] == 3


def test_a_table_makes_the_same_catalog(lsdb, tmp_path):
    table = lightcurve_table(three_loci(), survey="all")
    mixed = table[np.random.default_rng(1).permutation(len(table))]

    streamed = rows_of(write_parquet(three_loci(), tmp_path / "a", **SKY, survey="all"))
    of_table = rows_of(write_parquet(table, tmp_path / "b", **SKY))
    of_mixed = rows_of(write_parquet(mixed, tmp_path / "c", **SKY))

    assert repr(of_table) == repr(streamed)
    assert [row["locus_id"] for row in of_mixed[0]] == [row["locus_id"] for row in streamed[0]]
    assert len(lsdb.open_catalog(tmp_path / "c")) == 3


def test_lsdb_finds_loci_of_a_search_around_a_position(lsdb, tmp_path):
    loci = [
        placed(n, ra, dec)
        for n, (ra, dec) in enumerate([(0, 90), (360, -90), (359.9999, 5), (0, 5), (180, 5)])
    ]

    catalog = lsdb.open_catalog(write_parquet(loci, tmp_path / "c", **SKY, **LISTED))

    near = catalog.cone_search(0.0, 5.0, 10).compute()
    assert sorted(near["locus_id"]) == ["ANT2026test0002", "ANT2026test0003"]
    assert len(catalog) == 5


def test_hats_finds_nothing_to_complain_about(lsdb, tmp_path):  # noqa: ARG001
    from hats.io.validation import is_valid_catalog

    for options in ({}, LISTED):
        path = write_parquet(three_loci(), tmp_path / "c", **SKY, **options)
        assert is_valid_catalog(path, strict=True)


@pytest.mark.parametrize("options", [{}, LISTED])
def test_rows_that_went_through_files_are_the_same(lsdb, tmp_path, monkeypatch, options):  # noqa: ARG001
    loci = [*crowd(30, spread=40), *(numbered(100 + n, lsst_alert(n)) for n in range(20))]
    in_memory, pixels = rows_of(write_parquet(loci, tmp_path / "a", **SKY, **options))
    monkeypatch.setattr(nested, "_BUFFER_BYTES", 1)
    monkeypatch.setattr("antares_helpers.tables.table.CHUNK_LOCI", 7)

    in_files, finer = rows_of(write_parquet(loci, tmp_path / "b", **SKY, **options))

    assert repr(in_files) == repr(in_memory)
    assert {order for order, _ in pixels} == {0}
    assert {order for order, _ in finer} == {2}
    assert sorted(path.name for path in (tmp_path / "b").iterdir()) == [
        "dataset",
        "hats.properties",
        "partition_info.csv",
        "properties",
    ]


@pytest.mark.parametrize("buffer", [1, 2**24])
def test_a_crowded_part_of_the_sky_is_split(lsdb, tmp_path, monkeypatch, buffer):
    monkeypatch.setattr(nested, "_MAX_ROWS", 10)
    monkeypatch.setattr(nested, "_BUFFER_BYTES", buffer)
    loci = crowd(200, spread=3)

    path = write_parquet(loci, tmp_path / "c", **SKY, **LISTED)

    rows, pixels = rows_of(path)
    assert [row["locus_id"] for row in rows] == [locus["id"] for locus in loci]
    sizes = [pq.read_metadata(file).num_rows for file in path.glob("dataset/Norder*/*/*")]
    assert max(sizes) <= 10
    assert len({order for order, _ in pixels}) > 1
    assert len(lsdb.open_catalog(path)) == 200


def test_loci_at_one_place_can_not_be_split(lsdb, tmp_path, monkeypatch):
    monkeypatch.setattr(nested, "_MAX_ROWS", 10)
    loci = [placed(n, 10.0, -30.0) for n in range(25)]

    path = write_parquet(loci, tmp_path / "c", **SKY, **LISTED)

    assert rows_of(path)[1] == [(10, rows_of(path)[1][0][1])]
    assert len(lsdb.open_catalog(path)) == 25


def test_loci_without_a_position_are_excluded_and_counted(lsdb, tmp_path):  # noqa: ARG001
    loci = [placed(0, 1.0, 2.0), placed(1, None, 2.0), placed(2, 361.0, 0.0), placed(3, 5.0, "x")]

    for options in ({}, LISTED):
        path = write_parquet(loci, tmp_path / "c", **SKY, **options)
        assert [row["locus_id"] for row in rows_of(path)[0]] == ["ANT2026test0000"]
        report = meta_of(path)["report"]
        assert (report["loci"], report["loci_without_position"]) == (4, 3)


@pytest.mark.parametrize("loci", [[], [placed(1, None, None)]])
def test_without_loci_there_is_no_catalog(lsdb, tmp_path, loci):  # noqa: ARG001
    with pytest.raises(InvalidInputError, match="No locus has a position"):
        write_parquet(loci, tmp_path / "c", **SKY)
    assert not list(tmp_path.iterdir())


def test_any_table_with_positions_makes_a_catalog(lsdb, tmp_path):
    table = Table({"name": ["a", "b"], "ra": [1.0, 2.0], "dec": [3.0, -4.0], "x": [True, False]})

    catalog = lsdb.open_catalog(write_parquet(table, tmp_path / "c", **SKY, **LISTED))

    assert sorted(catalog.compute()["name"]) == ["a", "b"]
    with pytest.raises(InvalidInputError, match=r"lacks \['locus_id'\]"):
        write_parquet(table, tmp_path / "d", **SKY)
    with pytest.raises(InvalidInputError, match=r"lacks \['ra'\]"):
        write_parquet(table["name", "dec"], tmp_path / "d", **SKY, **LISTED)


# Only whole folders


@pytest.mark.skipif(os.name != "posix", reason="makes a symbolic link")
def test_a_link_that_leads_nowhere_is_not_replaced(lsdb, tmp_path):  # noqa: ARG001
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")

    with pytest.raises(InvalidInputError, match="not a catalog that write_parquet wrote"):
        write_parquet(three_loci(), tmp_path / "link", **SKY)


def test_an_old_catalog_is_replaced_and_nothing_else(lsdb, tmp_path):
    path = write_parquet(three_loci(), tmp_path / "c", **SKY)
    assert len(lsdb.open_catalog(write_parquet(three_loci()[:1], path, **SKY))) == 1
    (tmp_path / "empty").mkdir()
    write_parquet(three_loci(), tmp_path / "empty", **SKY)
    (tmp_path / "file").write_text("mine")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "hats.properties").write_text("obs_collection=antares-helpers")

    for name in ("file", "full"):
        with pytest.raises(InvalidInputError, match="not a catalog that write_parquet wrote"):
            write_parquet(three_loci(), tmp_path / name, **SKY)

    assert (tmp_path / "file").read_text() == "mine"
    assert sorted(each.name for each in tmp_path.iterdir()) == ["c", "empty", "file", "full"]


def test_an_error_while_writing_leaves_the_old_catalog_alone(lsdb, tmp_path, monkeypatch):
    monkeypatch.setattr(nested, "_BUFFER_BYTES", 1)

    def loci():
        yield from three_loci()
        raise KeyboardInterrupt

    path = write_parquet(three_loci(), tmp_path / "c", **SKY)

    with pytest.raises(KeyboardInterrupt):
        write_parquet(loci(), path, **SKY)

    assert len(lsdb.open_catalog(path)) == 3
    assert list(tmp_path.iterdir()) == [path]


def test_an_old_catalog_comes_back_if_the_new_one_can_not_take_its_place(
    lsdb, tmp_path, monkeypatch
):
    path = write_parquet(three_loci(), tmp_path / "c", **SKY)
    rename = Path.rename

    def refuse(self, target):
        if target == path and not self.name.endswith(".old"):
            raise PermissionError(13, "Permission denied", str(target))
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", refuse)
    with pytest.raises(PermissionError):
        write_parquet(three_loci()[:1], path, **SKY)

    assert len(lsdb.open_catalog(path)) == 3
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_can_not_be_made_is_named(lsdb, tmp_path):  # noqa: ARG001
    with pytest.raises(FileNotFoundError, match=r"missing/c'$"):
        write_parquet(three_loci(), tmp_path / "missing" / "c", **SKY)


def test_a_run_that_is_killed_leaves_nothing_that_opens(lsdb, tmp_path):
    program = (
        "import sys; sys.path[:0] = sys.argv[2:]\n"
        "from antares_helpers.convert import nested\n"
        "from antares_helpers.tables import parquet\n"
        "from tables_alike import three_loci\n"
        "nested._BUFFER_BYTES = 1\n"
        "def loci():\n"
        "    yield from three_loci() * 700\n"
        "    print('go', flush=True); sys.stdin.read(); yield\n"
        "parquet.write_parquet(loci(), sys.argv[1], lightcurves=False, partition='sky')"
    )
    command = [sys.executable, "-W", "ignore", "-c", program, str(tmp_path / "c"), *sys.path]

    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline().strip() == b"go"
        process.kill()

    (left,) = tmp_path.iterdir()
    assert left.name.startswith(".c.")
    with pytest.raises(FileNotFoundError):
        lsdb.open_catalog(left)
    assert len(lsdb.open_catalog(write_parquet(three_loci(), tmp_path / "c", **SKY))) == 3


def test_without_hats_the_error_says_how_to_get_it(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "hats.pixel_math.spatial_index", None)

    with pytest.raises(MissingPackageError, match=r'pip install "antares-helpers\[scale\]"'):
        write_parquet(three_loci(), tmp_path / "c", **SKY)
    write_parquet(three_loci(), tmp_path / "p.parquet")


# Progress


@pytest.mark.parametrize(
    ("loci", "total"),
    [
        (three_loci(), 3),
        (iter(three_loci()), 3),
        (map(dict, three_loci()), 0),
        ((locus for locus in three_loci()), 0),
        (three_loci()[0], 0),
    ],
)
def test_the_bar_knows_the_number_of_loci_if_anybody_does(tmp_path, monkeypatch, loci, total):
    calls = []
    shown = parquet.progress_bar

    def bar(total, *, is_shown):
        calls.append((total, is_shown))
        return shown(total, is_shown=is_shown)

    monkeypatch.setattr(parquet, "progress_bar", bar)
    write_parquet(loci, tmp_path / "p.parquet", progress=True)
    write_parquet(three_loci(), tmp_path / "p.parquet")

    assert calls == [(total, True), (3, False)]


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:Port .* is already in use")
def test_two_workers_count_the_same_loci(lsdb, tmp_path, monkeypatch):
    distributed = pytest.importorskip("distributed")
    monkeypatch.setattr(nested, "_MAX_ROWS", 500)
    with Sandbox(night=3000, largest_visit=1500, window=3000):
        found = find_loci(limit=3000)
    path = write_parquet(found, tmp_path / "c", **SKY, lightcurves=False)
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, dashboard_address=None, processes=False
        ) as cluster,
        distributed.Client(cluster),
    ):
        catalog = lsdb.open_catalog(path)
        frame = catalog.query("num_alerts > 4").compute()

    expected = sorted(each.locus_id for each in found if each.properties["num_alerts"] > 4)
    assert catalog.npartitions > 6
    assert sorted(frame["locus_id"]) == expected
