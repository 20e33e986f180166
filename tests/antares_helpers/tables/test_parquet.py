import json
import subprocess
import sys

import numpy as np
import pytest
from astropy.table import QTable, Table
from building import MJD, lsst_alert
from tables_alike import assert_alike, numbered, three_loci

from antares_helpers import InvalidInputError, save_locus
from antares_helpers.errors import BadDataError, MissingPackageError
from antares_helpers.tables import parquet
from antares_helpers.tables.io import read_table
from antares_helpers.tables.parquet import META_KEY, write_parquet
from antares_helpers.tables.table import lightcurve_table

pa = pytest.importorskip("pyarrow")
pq = pytest.importorskip("pyarrow.parquet")


def test_loci_a_folder_and_a_table_make_the_same_file(tmp_path):
    expected = lightcurve_table(three_loci(), survey="all")
    (tmp_path / "loci").mkdir()
    for locus in three_loci():
        save_locus(locus, tmp_path / "loci")

    for loci in (iter(three_loci()), tmp_path / "loci"):
        table = read_table(write_parquet(loci, tmp_path / "p.parquet", survey="all"))
        table.meta["created"] = expected.meta["created"]
        assert_alike(table, expected)
    assert_alike(read_table(write_parquet(expected, str(tmp_path / "p.parquet"))), expected)


def test_without_loci_the_file_has_all_columns(tmp_path):
    table = read_table(write_parquet([], tmp_path / "p.parquet"))

    assert_alike(table, lightcurve_table([]), meta=False)


def test_many_points_make_several_row_groups(tmp_path, monkeypatch):
    monkeypatch.setattr(parquet, "CHUNK_ROWS", 10)
    loci = [numbered(1, *(lsst_alert(n, mjd=MJD + n) for n in range(25)))]

    path = write_parquet(iter(loci), tmp_path / "p.parquet")
    again = write_parquet(lightcurve_table(loci), tmp_path / "again.parquet")

    for file in (path, again):
        assert pq.read_metadata(file).num_row_groups == 3
        assert_alike(read_table(file), lightcurve_table(loci), meta=False)


def test_the_provenance_is_under_one_key_as_json(tmp_path):
    path = write_parquet(iter(three_loci()), tmp_path / "p.parquet")

    meta = json.loads(pq.read_schema(path).metadata[META_KEY.encode()])

    assert meta == read_table(path).meta
    assert meta["report"]["alerts"] == 15
    assert json.loads(pq.read_metadata(path).metadata[META_KEY.encode()]) == meta


def test_each_column_of_arrow_has_its_unit_and_description(tmp_path):
    field = pq.read_schema(write_parquet(three_loci(), tmp_path / "p.parquet")).field("mjd")

    assert field.type == pa.float64()
    assert field.metadata == {b"unit": b"d", b"description": b"middle of the exposure, MJD (TAI)"}


def test_astropy_reads_units_descriptions_and_meta(tmp_path):
    path = write_parquet(three_loci(), tmp_path / "p.parquet")

    table = Table.read(path)

    assert table["flux_err"].unit == "nJy"
    assert table["mjd"].description.endswith("MJD (TAI)")
    assert table["alert_id"].dtype == read_table(path)["alert_id"].dtype
    assert table.meta == read_table(path).meta
    assert_alike(QTable.read(path), read_table(path))


def test_pandas_reads_ids_as_strings(tmp_path):
    pandas = pytest.importorskip("pandas")
    expected = lightcurve_table(three_loci(), survey="all")

    frame = pandas.read_parquet(write_parquet(expected, tmp_path / "p.parquet"))

    assert frame["dia_object_id"].tolist() == expected["dia_object_id"].tolist()
    assert frame["mjd"].to_numpy().tobytes() == expected["mjd"].value.tobytes()
    assert frame["is_negative"].dtype == np.bool_


# Only whole files


def test_an_error_while_writing_leaves_the_old_file_alone(tmp_path):
    def loci():
        yield from three_loci()
        raise KeyboardInterrupt

    path = write_parquet(three_loci(), tmp_path / "p.parquet")
    before = path.read_bytes()

    with pytest.raises(KeyboardInterrupt):
        write_parquet(loci(), path)

    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_a_kill_while_writing_leaves_the_old_file_alone(tmp_path):
    path = write_parquet(three_loci(), tmp_path / "p.parquet")
    before = path.read_bytes()
    program = (
        "import sys; from antares_helpers.tables.parquet import write_parquet\n"
        "def loci():\n"
        "    print('go', flush=True); sys.stdin.read(); yield\n"
        "write_parquet(loci(), sys.argv[1])"
    )

    with subprocess.Popen(
        [sys.executable, "-c", program, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline().strip() == b"go"
        process.kill()

    assert path.read_bytes() == before


def test_a_parquet_file_of_another_origin_is_refused(tmp_path):
    pq.write_table(pa.table({"a": [1]}), tmp_path / "p.parquet")

    with pytest.raises(BadDataError, match="was not written by write_parquet"):
        read_table(tmp_path / "p.parquet")


def test_a_file_cut_short_is_refused(tmp_path):
    path = write_parquet(three_loci(), tmp_path / "p.parquet")
    path.write_bytes(path.read_bytes()[:-50])

    with pytest.raises(BadDataError, match="not a complete Parquet file"):
        read_table(path)


def test_a_table_takes_no_options(tmp_path):
    with pytest.raises(InvalidInputError, match="options with loci only"):
        write_parquet(lightcurve_table(three_loci()), tmp_path / "p.parquet", survey="all")


@pytest.mark.parametrize("call", [lambda path: write_parquet([], path), read_table])
def test_without_pyarrow_the_error_says_how_to_get_it(call, tmp_path, monkeypatch):
    path = write_parquet([], tmp_path / "p.parquet")
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)

    with pytest.raises(
        MissingPackageError, match=r'pip install "antares-helpers\[scale\]", or pip install pyarrow'
    ):
        call(path)


def test_nothing_heavy_is_imported_before_it_is_needed():
    program = (
        "import sys\n"
        "import antares_helpers.convert.nested, antares_helpers.tables.parquet\n"
        "import antares_helpers.convert.timeseries\n"
        "import antares_helpers.tables.io\n"
        "print(sorted({'lsdb', 'nested_pandas', 'dask', 'lightkurve', 'sncosmo', 'light_curve'}\n"
        "             & set(sys.modules)))"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)

    assert run.stdout.strip() == b"[]"
