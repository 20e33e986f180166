"""Files of tables that somebody has made to do harm, or that are damaged."""

import gzip
import os
import random
import socket
import warnings
from contextlib import suppress

import pytest
from building import locus_of, lsst_alert
from tables_alike import three_loci

from antares_helpers import AntaresHelpersError, InvalidInputError
from antares_helpers.errors import BadDataError
from antares_helpers.tables.io import read_table, write_table
from antares_helpers.tables.parquet import META_KEY, parquet_meta, write_parquet
from antares_helpers.tables.table import lightcurve_table

FORMATS = ["parquet", "ecsv", "fits", "vot", "csv"]
every_format = pytest.mark.parametrize("suffix", FORMATS)


@pytest.fixture(autouse=True)
def _needs_pyarrow():
    pytest.importorskip("pyarrow")


@pytest.fixture
def table():
    return lightcurve_table(three_loci(), survey="all")


def changed(path, *changes):
    content = path.read_bytes()
    for old, new in changes:
        assert old in content
        content = content.replace(old, new, 1)
    path.write_bytes(content)
    return path


# Paths


@every_format
@pytest.mark.parametrize("name", ["a\0b", "\ud800", b"bytes"], ids=ascii)
def test_what_is_not_a_path_is_refused(name, suffix, table):
    path = name + f".{suffix}" if isinstance(name, str) else name

    for use in (read_table, lambda given: write_table(table, given), write_parquet_of(table)):
        with pytest.raises(InvalidInputError, match="not the path of a file"):
            use(path)


def write_parquet_of(table):
    return lambda path: write_parquet(table, path)


@every_format
def test_a_folder_is_refused(suffix, tmp_path):
    path = tmp_path / f"points.{suffix}"
    path.mkdir()

    with pytest.raises(InvalidInputError, match="is a folder"):
        read_table(path)


@every_format
@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs pipes with names")
def test_a_pipe_is_not_waited_for(suffix, tmp_path):
    path = tmp_path / f"points.{suffix}"
    os.mkfifo(path)

    with pytest.raises(InvalidInputError, match="not a regular file"):
        read_table(path)


@every_format
def test_links_in_a_circle_are_an_os_error(suffix, tmp_path):
    path = tmp_path / f"points.{suffix}"
    path.symlink_to(path)

    with pytest.raises(OSError, match="symbolic link"):
        read_table(path)


# Content


@pytest.mark.parametrize("suffix", ["parquet", "ecsv", "fits", "vot"])
def test_a_compressed_file_is_refused(suffix, table, tmp_path):
    path = write_table(table, tmp_path / f"points.{suffix}")
    path.write_bytes(gzip.compress(path.read_bytes()))

    with pytest.raises(BadDataError, match="does not begin with"):
        read_table(path)


@pytest.mark.parametrize("name", ["href", "HREF", "xlink:href"])
def test_a_votable_whose_data_are_elsewhere_is_refused_before_they_are_fetched(
    name, table, tmp_path
):
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        address = f"http://127.0.0.1:{server.getsockname()[1]}/".encode()
        path = changed(
            write_table(table, tmp_path / "points.vot"),
            (b"<STREAM ", b'<STREAM xmlns:xlink="x" %s="%s" ' % (name.encode(), address)),
        )
        with pytest.raises(BadDataError, match="refers to data elsewhere"):
            read_table(path)
        with pytest.raises(BlockingIOError):
            server.accept()


@pytest.mark.parametrize(
    "declared",
    [
        b'<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">',
        b'<!ENTITY a SYSTEM "file:///etc/hostname">',
    ],
    ids=["expands", "includes"],
)
def test_a_votable_that_declares_entities_is_refused(declared, table, tmp_path):
    path = changed(
        write_table(table, tmp_path / "points.vot"),
        (b"<VOTABLE", b"<!DOCTYPE VOTABLE [" + declared + b"]>\n<VOTABLE"),
    )

    with pytest.raises(BadDataError, match="document type definition"):
        read_table(path)


@pytest.mark.parametrize(
    "tag",
    [
        b"!!python/object/apply:os.mkdir [{path}]",
        b"!!python/object/new:os.mkdir [{path}]",
        b"!!python/name:os.system",
        b"!numpy.ndarray {buffer: !!binary AAAA, dtype: object, order: C, shape: [1]}",
    ],
)
def test_a_tag_in_an_ecsv_file_runs_nothing(tag, table, tmp_path):
    made = tmp_path / "made"
    value = tag.replace(b"{path}", str(made).encode())
    path = changed(
        write_table(table, tmp_path / "points.ecsv"), (b"# meta:", b"# meta:\n# - x: " + value)
    )

    with pytest.raises(BadDataError):
        read_table(path)
    assert not made.exists()


def test_a_class_in_an_ecsv_file_is_not_made(table, tmp_path):
    columns = b"# - __serialized_columns__: {mjd: {__class__: os.system, command: {name: mjd}}}"
    path = changed(
        write_table(table, tmp_path / "points.ecsv"), (b"# meta:", b"# meta:\n" + columns)
    )

    with pytest.raises(BadDataError):
        read_table(path)


def test_rows_that_a_fits_file_does_not_have_cost_no_memory(table, tmp_path):
    rows = f"{len(table):>20}".encode()
    path = changed(
        write_table(table, tmp_path / "points.fits"),
        (b"NAXIS2  = " + rows, b"NAXIS2  =     1000000000000000"),
    )

    with pytest.raises(BadDataError):
        read_table(path)


@pytest.mark.parametrize("meta", [b"[]", b"5", b"{", b"\xff", b"[" * 100_000])
def test_meta_that_is_no_object_is_bad_data(meta, tmp_path):
    pa, parquet = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    path = tmp_path / "points.parquet"
    parquet.write_table(pa.table({"mjd": [1.0]}).replace_schema_metadata({META_KEY: meta}), path)

    for read in (read_table, parquet_meta):
        with pytest.raises(BadDataError, match="is damaged: the meta"):
            read(path)


@every_format
@pytest.mark.slow
def test_a_damaged_file_is_bad_data(suffix, tmp_path):
    alerts = [lsst_alert(number, mjd=61200.0 + number) for number in range(20)]
    path = write_table(lightcurve_table([locus_of(*alerts)]), tmp_path / f"points.{suffix}")
    good, choice = path.read_bytes(), random.Random(1)
    for _ in range(150):
        path.write_bytes(damaged(good, choice))
        with warnings.catch_warnings(action="ignore"), suppress(AntaresHelpersError):
            read_table(path)


def damaged(content: bytes, choice: random.Random) -> bytes:
    at = choice.randrange(len(content))
    match choice.randrange(4):
        case 0:
            return content[:at]
        case 1:
            return content[:at] + content[max(0, at - 50) :]
        case 2:
            return content[:at] + choice.randbytes(9) + content[at:]
    changed = bytearray(content)
    for _ in range(choice.randint(1, 20)):
        changed[choice.randrange(len(content))] = choice.randrange(256)
    return bytes(changed)


# What a table holds


@every_format
def test_text_that_no_file_can_hold_is_refused(suffix, table, tmp_path):
    table["note"] = ["\ud800"] * len(table)

    with pytest.raises(InvalidInputError, match="'note' has text with lone surrogates"):
        write_table(table, tmp_path / f"points.{suffix}")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("a\nb", "a"),
        ("\x1b[31mred", "[31mred"),
        ("\ud800x", "x"),
        ("\N{RIGHT-TO-LEFT OVERRIDE}x", "x"),
        ("x" * 100_000, "x" * 297 + "..."),
    ],
    ids=ascii,
)
def test_a_hostile_id_is_short_and_printable(given, shown):
    table = lightcurve_table([locus_of(lsst_alert()) | {"id": given}])

    assert set(table["locus_id"]) == {shown}


@pytest.mark.parametrize("ra_dec", [(400.0, 0.0), (10.0, 95.0), (-1.0, 0.0), (1e308, "x")], ids=str)
def test_a_position_outside_the_sky_is_none(ra_dec):
    ra, dec = ra_dec
    table = lightcurve_table([locus_of(lsst_alert()) | {"ra": ra, "dec": dec}])

    assert str(table["ra"][0]) == str(table["dec"][0]) == "nan deg"
