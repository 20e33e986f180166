import json
import tracemalloc

import numpy as np
import pytest
from antares_client import search
from antares_devkit.models import DevKitLocus
from building import LOCUS_ID, MJD, OBJECT_ID, locus_of, lsst_alert, one_of_each_survey
from tables_alike import assert_alike, numbered, three_loci

from antares_helpers import (
    InvalidInputError,
    alert_summary,
    extract_lightcurve,
    fetch_locus,
    load_locus,
    save_locus,
)
from antares_helpers.errors import BadDataError, IncompleteLocusWarning
from antares_helpers.tables.table import (
    TABLE_COLUMNS,
    TableSummary,
    checked_options,
    lightcurve_table,
    read_chunks,
)
from antares_sandbox import BUNDLED


@pytest.fixture
def folder(tmp_path):
    for locus in reversed(three_loci()):
        save_locus(locus, tmp_path)
    return tmp_path


# Rows


def test_each_row_is_a_point_of_the_light_curve_of_its_locus():
    loci = three_loci()

    table = lightcurve_table(loci, survey="all")

    start = 0
    for locus in loci:
        lc = extract_lightcurve(locus, survey="all")
        rows = table[start : start + len(lc)]
        assert rows["mjd"].value.tobytes() == lc.time.mjd.tobytes()
        assert set(rows["locus_id"]) == {locus["id"]}
        assert set(rows["ra"].value) == {locus["ra"]}
        assert set(rows["dec"].value) == {locus["dec"]}
        for name in lc.colnames[1:]:
            assert repr(np.asarray(rows[name]).tolist()) == repr(np.asarray(lc[name]).tolist())
        start += len(lc)
    assert start == len(table)


def test_the_columns_have_types_units_and_descriptions():
    table = lightcurve_table(three_loci(), survey="all")

    assert table.colnames == list(TABLE_COLUMNS)
    assert [str(table[name].unit or "") for name in ("ra", "mjd", "flux", "flux_err", "snr")] == [
        *("deg", "d", "nJy", "nJy", "")
    ]
    kinds = {name: table[name].dtype.kind for name in table.colnames}
    assert {name for name in kinds if kinds[name] == "U"} == {
        *("locus_id", "dia_object_id", "band", "survey", "alert_id")
    }
    assert {name for name in kinds if kinds[name] == "b"} == {
        *("is_negative", "is_dipole", "flagged", "is_limit", "is_forced")
    }
    assert all(table[name].info.description for name in table.colnames)


def test_ids_are_exact():
    table = lightcurve_table(locus_of(lsst_alert(1)))

    assert table["dia_object_id"][0] == str(OBJECT_ID)
    assert table["alert_id"][0] == f"lsst:{OBJECT_ID + 1}"


def test_a_missing_position_is_nan():
    locus = locus_of(lsst_alert())
    del locus["ra"]

    assert np.isnan(lightcurve_table(locus)["ra"][0])


def test_without_loci_the_table_has_the_same_columns():
    table = lightcurve_table([])

    assert len(table) == 0
    assert table.colnames == list(TABLE_COLUMNS)
    assert table["mjd"].dtype == np.float64
    assert table.meta["report"]["loci"] == 0


# What is accepted as loci


def test_a_generator_a_list_and_a_folder_give_the_same(folder):
    expected = lightcurve_table(three_loci())

    for loci in (iter(three_loci()), folder, str(folder)):
        table = lightcurve_table(loci)
        table.meta["created"] = expected.meta["created"]
        assert_alike(table, expected)


def test_every_form_of_one_locus_will_do():
    locus_id = "ANT2026simmixed"
    locus = fetch_locus(locus_id)
    devkit = DevKitLocus.model_validate(
        search.get_by_id(locus_id).to_devkit(include_catalogs=False)
    )
    expected = lightcurve_table([locus])

    for form in (locus, devkit, search.get_by_id(locus_id)):
        assert_alike(lightcurve_table(form), expected, meta=False)


def test_in_a_folder_other_files_are_passed_over(folder):
    for name in ("manifest.json", ".ANT2026x.json", "notes.txt"):
        (folder / name).write_text("{", encoding="utf-8")
    (folder / "ANT2026folder.json").mkdir()

    assert lightcurve_table(folder).meta["report"]["loci"] == 3


def test_a_damaged_file_is_named(folder):
    path = folder / "ANT2026test0002.json"
    path.write_bytes(path.read_bytes()[:500])

    with pytest.raises(BadDataError, match=r"ANT2026test0002\.json"):
        lightcurve_table(folder)


def test_a_file_without_an_id_is_named(folder):
    path = folder / "ANT2026test0002.json"
    content = json.loads(path.read_text("utf-8"))
    content["locus"]["id"] = ""
    path.write_text(json.dumps(content), "utf-8")

    with pytest.raises(BadDataError, match=r"ANT2026test0002\.json is damaged"):
        lightcurve_table(folder)


def test_an_empty_folder_is_refused(tmp_path):
    with pytest.raises(InvalidInputError, match="holds no locus files"):
        lightcurve_table(tmp_path)


@pytest.mark.parametrize("given", ["nowhere", "ANT2026z3bqyjga24oc"])
def test_a_missing_folder_is_refused(given):
    with pytest.raises(InvalidInputError, match=f"'{given}' is not a folder"):
        lightcurve_table(given)


@pytest.mark.parametrize("given", [None, 5, [5], ["ANT2026z3bqyjga24oc"]])
def test_what_is_not_a_locus_is_refused(given):
    with pytest.raises(InvalidInputError, match="locus"):
        lightcurve_table(given)


@pytest.mark.parametrize("locus_id", ["", None, 5])
def test_a_locus_without_an_id_is_refused(locus_id):
    with pytest.raises(BadDataError, match="no ID"):
        lightcurve_table([locus_of(lsst_alert()) | {"id": locus_id}])


# Options


def test_the_options_are_those_of_a_light_curve():
    options = {
        "keep_dipoles": False,
        "keep_flagged": False,
        "min_reliability": 0.5,
        "bands": iter("gr"),
    }

    table = lightcurve_table(three_loci(), **options)

    assert set(table["band"]) <= {"g", "r"}
    assert not table["is_dipole"].any()
    assert table.meta["options"] == {
        "survey": "lsst",
        "flux": "difference",
        "keep_dipoles": False,
        "keep_flagged": False,
        "min_reliability": 0.5,
        "bands": ["g", "r"],
    }


@pytest.mark.parametrize(
    "options", [{"bands": "x"}, {"survey": "ztf", "flux": "total"}, {"dia_object_id": 5}]
)
def test_options_are_checked_before_the_first_locus_is_read(options):
    def loci():
        raise AssertionError
        yield

    with pytest.raises(InvalidInputError):
        lightcurve_table(loci(), **options)


# The report


def test_included_and_excluded_alerts_are_counted_over_all_loci():
    report = lightcurve_table([*three_loci(), numbered(4)]).meta["report"]

    assert report == {
        "loci": 4,
        "loci_without_points": 1,
        "repeated_loci": 0,
        "alerts": 15,
        "included": 12,
        "excluded": {"no usable band": 1, "other survey": 2},
        "without_is_dipole": 0,
        "shared_exposures": 0,
        "signs_from_range": 0,
        "signs_against_range": 0,
        "negatives_confirmed": 0,
    }


def test_the_report_of_the_bundled_loci_adds_up():
    files = sorted(BUNDLED.glob("ANT*.json"))

    table = lightcurve_table(BUNDLED, survey="ztf")

    report = table.meta["report"]
    assert report["loci"] == len(files)
    assert report["alerts"] == sum(len(load_locus(file)["alerts"]) for file in files)
    assert report["alerts"] == report["included"] + sum(report["excluded"].values())
    assert report["included"] == len(table)
    assert table.meta["simulated"] == len(files)


def test_the_report_can_be_shown_as_a_table():
    shown = alert_summary(lightcurve_table(three_loci()))

    assert shown["number"].sum() == 15


def test_a_repeated_locus_counts_once():
    first, other = numbered(1, lsst_alert(1)), numbered(1, lsst_alert(2), lsst_alert(3))

    table = lightcurve_table([first, numbered(2, lsst_alert(4)), other])

    assert table["alert_id"].tolist() == [f"lsst:{OBJECT_ID + n}" for n in (1, 4)]
    assert table.meta["report"]["loci"] == 2
    assert table.meta["report"]["repeated_loci"] == 1
    assert table.meta["report"]["alerts"] == 2


def test_sign_conventions_and_simulated_loci_are_counted():
    signed = numbered(1, lsst_alert(psfFlux=-5.0, isNegative=True), simulated=True)
    unsigned = numbered(2, lsst_alert(psfFlux=5.0, isNegative=True))

    meta = lightcurve_table([signed, unsigned, numbered(3, lsst_alert())]).meta

    assert meta["sign_conventions"] == {"none": 1, "signed": 1, "unsigned": 1}
    assert meta["simulated"] == 1


def test_a_locus_with_alerts_missing_warns():
    with pytest.warns(IncompleteLocusWarning, match="should have 5 alerts"):
        lightcurve_table([numbered(1, lsst_alert()) | {"old_properties": {"num_alerts": 5}}])


def test_the_meta_can_be_written_as_json():
    meta = lightcurve_table(one_of_each_survey(), keep_dipoles=np.True_).meta

    assert json.loads(json.dumps(meta)) == meta
    assert meta["versions"]["antares-helpers"]
    assert meta["created"].endswith("Z")


# Chunks


def test_chunks_hold_whole_loci_and_every_point():
    summary = TableSummary(checked_options({}))
    loci = (numbered(n, *(lsst_alert(n * 10 + k, mjd=MJD + k) for k in range(n))) for n in range(9))

    chunks = list(read_chunks(loci, summary, rows=10))

    assert [len(chunk["mjd"]) for chunk in chunks] == [10, 11, 15]
    assert summary.meta()["report"]["included"] == 36


def test_one_locus_is_held_at_a_time():
    def peak(number):
        loci = (numbered(n, *map(lsst_alert, range(200))) for n in range(number))
        tracemalloc.start()
        for _ in read_chunks(loci, TableSummary(checked_options({})), rows=1000):
            pass
        highest = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return highest

    peak(1)
    assert peak(40) < 1.5 * peak(10)


def test_the_locus_is_named_in_each_row():
    assert lightcurve_table(locus_of(lsst_alert()))["locus_id"].tolist() == [LOCUS_ID]
