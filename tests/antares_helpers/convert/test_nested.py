import sys

import numpy as np
import pytest
from tables_alike import assert_alike, numbered, three_loci

from antares_helpers import InvalidInputError
from antares_helpers.convert.nested import from_nested, to_lsdb, to_nested
from antares_helpers.errors import MissingPackageError
from antares_helpers.tables.table import lightcurve_table
from antares_helpers.validation import import_optional
from antares_sandbox import BUNDLED

pytest.importorskip("nested_pandas")

COLUMNS = ["locus_id", "lightcurve.flux", "lightcurve.flux_err", "lightcurve.band"]
META = {"locus_id": str, "mean": float, "amplitude": float, "bands": int}


@pytest.fixture
def table():
    return lightcurve_table(three_loci(), survey="all")


@pytest.fixture(scope="module")
def lsdb():
    pytest.importorskip("dask")
    try:
        return import_optional("lsdb")
    except MissingPackageError:
        pytest.skip("lsdb is not installed")


def feature():
    """Return the function; made here, it travels to the workers by value."""

    def of_row(row):
        flux, weights = row["lightcurve.flux"], row["lightcurve.flux_err"] ** -2.0
        return {
            "locus_id": row["locus_id"],
            "mean": np.average(flux, weights=weights),
            "amplitude": flux.max() - flux.min(),
            "bands": len(set(row["lightcurve.band"])),
        }

    return of_row


# nested-pandas


def test_a_row_is_a_locus_with_its_points(table):
    nested = to_nested(table)

    assert nested["locus_id"].tolist() == [locus["id"] for locus in three_loci()]
    assert nested["ra"].tolist() == [locus["ra"] for locus in three_loci()]
    assert list(nested["lightcurve"].nest.len()) == [9, 2, 3]
    assert nested.attrs["meta"] == table.meta


def test_from_nested_gives_the_table_back_exactly(table):
    assert_alike(from_nested(to_nested(table)), table)


def test_the_bundled_loci_come_back_exactly():
    table = lightcurve_table(BUNDLED, survey="all")

    assert_alike(from_nested(to_nested(table)), table)


def test_rows_in_any_order_are_grouped_by_locus(table):
    shuffled = table[np.argsort(table["mjd"].value)]

    again = from_nested(to_nested(shuffled))

    first = list(dict.fromkeys(shuffled["locus_id"].tolist()))
    order = np.argsort([first.index(name) for name in shuffled["locus_id"]], kind="stable")
    assert_alike(again, shuffled[order])


def test_a_column_of_a_users_own_is_nested_too(table):
    table["class"] = np.arange(len(table))

    assert_alike(from_nested(to_nested(table)), table)


def test_some_rows_and_columns_are_enough(table):
    part = table[table["band"] == "r"]["locus_id", "ra", "dec", "mjd", "flux"]

    assert_alike(from_nested(to_nested(part)), part)


def test_a_table_without_positions_is_refused(table):
    with pytest.raises(InvalidInputError, match=r"lacks \['ra'\]"):
        to_nested(table["locus_id", "dec", "flux"])


@pytest.mark.parametrize("given", [None, 5])
def test_what_is_not_a_nested_frame_is_refused(given):
    with pytest.raises(InvalidInputError, match="locus_id, ra, dec, lightcurve"):
        from_nested(given)


@pytest.mark.parametrize(
    ("module", "call"), [("nested_pandas", to_nested), ("lsdb", lambda t: to_lsdb(to_nested(t)))]
)
def test_without_the_package_the_error_says_how_to_get_it(module, call, table, monkeypatch):
    monkeypatch.setitem(sys.modules, module, None)

    with pytest.raises(MissingPackageError, match=r'pip install "antares-helpers\[scale\]"'):
        call(table)


# LSDB


@pytest.mark.parametrize(("rows", "fewest"), [(None, 4), (1, 10), (1000, 1)])
def test_loci_are_spread_over_partitions(lsdb, rows, fewest):  # noqa: ARG001
    table = lightcurve_table(BUNDLED)
    nested = to_nested(table)

    catalog = to_lsdb(nested, partition_rows=rows)

    assert catalog.npartitions >= fewest
    assert list(catalog.columns) == ["locus_id", "ra", "dec", "lightcurve"]
    assert_alike(from_nested(nested), table)


def test_one_locus_makes_a_catalog(lsdb):  # noqa: ARG001
    nested = to_nested(lightcurve_table(three_loci()[0]))

    catalog = to_lsdb(nested, name="mine")

    assert catalog.npartitions == 1
    assert catalog.name == "mine"


@pytest.mark.slow
def test_two_workers_give_the_features_of_one_process(lsdb):  # noqa: ARG001
    distributed = pytest.importorskip("distributed")
    table = lightcurve_table(BUNDLED, survey="all")
    nested = to_nested(table)
    expected = nested.map_rows(feature(), columns=COLUMNS).set_index("locus_id")
    catalog = to_lsdb(nested)

    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address="127.0.0.1:0"
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        assert len(client.scheduler_info()["workers"]) == 2
        features = catalog.map_rows(feature(), columns=COLUMNS, meta=META).compute()
        points = from_nested(catalog.compute())

    features = features.set_index("locus_id").loc[expected.index]
    for name in ("mean", "amplitude", "bands"):
        assert features[name].to_numpy().tobytes() == expected[name].to_numpy().tobytes()
    order, wanted = (np.argsort(each["alert_id"], kind="stable") for each in (points, table))
    assert_alike(points[order], table[wanted], meta=False)


@pytest.mark.parametrize("rows", [0, -1, 1.5, True, "many"])
def test_an_invalid_number_of_rows_is_refused(rows, table, lsdb):  # noqa: ARG001
    with pytest.raises(InvalidInputError, match="positive whole number"):
        to_lsdb(to_nested(table), partition_rows=rows)


def test_a_locus_without_a_position_is_refused(lsdb):  # noqa: ARG001
    locus = three_loci()[0] | {"ra": None}

    with pytest.raises(InvalidInputError, match="no position"):
        to_lsdb(to_nested(lightcurve_table([locus])))


def test_without_loci_there_is_no_catalog(lsdb):  # noqa: ARG001
    with pytest.raises(InvalidInputError, match="no loci"):
        to_lsdb(to_nested(lightcurve_table([numbered(1)])))
