import copy
import json
import pickle

import astropy.units as u
import numpy as np
import pytest
from antares_client import search
from antares_client.models import Locus
from antares_devkit.models import DevKitLocus
from astropy.coordinates import SkyCoord
from building import locus_of
from hypothesis import given
from hypothesis import strategies as st
from scripted_broker import sends

from antares_helpers import (
    catalog_table,
    fetch_loci,
    fetch_locus,
    load_locus,
    read_table,
    save_locus,
    write_table,
)
from antares_helpers.errors import BadDataError, InvalidInputError, ServiceError
from antares_sandbox import Sandbox
from simulated_sky import catalogs as simulated

RA, DEC = 10.0005, -30.0002
"""The position of each match: the locus is at 10, -30."""

DISTANCE = SkyCoord(10, -30, unit="deg").separation(SkyCoord(RA, DEC, unit="deg")).arcsec

BIG = 4_295_806_720_000_012_345
"""An ID as Gaia's, which a float would round to one that ends in 12288."""

# One row a catalog in the columns that ANTARES has: the row, and its name, type and redshift.
ROWS = {
    "2mass_psc": (
        {"designation": "00400012-3000007 ", "ra": RA, "decl": DEC, "id": 103232355, "j_m": 14.5},
        ("00400012-3000007", "", None),
    ),
    "2mass_xsc": (
        {"designation": "00400012-3000007 ", "ra": RA, "decl": DEC, "k_m_k20fe": 12.1},
        ("00400012-3000007", "", None),
    ),
    "allwise": (
        {"designation": "J004000.12-300000.7", "ra": RA, "decl": DEC, "x": 0.5, "z": 0.61},
        ("J004000.12-300000.7", "", None),
    ),
    "asassn_variable_catalog_v2_20190802": (
        {"asassn_name": "ASASSN-V J0", "raj2000": RA, "dej2000": DEC, "variable_type": "RRAB"},
        ("ASASSN-V J0", "RRAB", None),
    ),
    "bright_guide_star_cat": (
        {
            "hstID": "S1AB000020",
            "RightAsc": np.radians(RA),
            "Declination": np.radians(DEC),
            "RightAsc_deg": RA,
            "Declination_deg": DEC,
            "classification": 0,
        },
        ("S1AB000020", "star", None),
    ),
    "chandra_master_sources": (
        {"name": "2CXO J004000.1-300000", "ra": RA, "dec": DEC},
        ("2CXO J004000.1-300000", "", None),
    ),
    "csdr2": (
        {"name": "CSS_J004000.1-300000", "ra": RA, "decl": DEC},
        ("CSS_J004000.1-300000", "", None),
    ),
    "french_post_starburst_gals": ({"ra": RA, "dec": DEC, "z": 0.05}, ("", "", 0.05)),
    "gaia_dr3_gaia_source": (
        {
            "designation": f"Gaia DR3 {BIG}",
            "source_id": BIG,
            "ra": RA,
            "dec": DEC,
            "in_qso_candidates": "False",
        },
        (f"Gaia DR3 {BIG}", "", None),
    ),
    "gaia_dr3_variability": (
        {"source": BIG, "solid": 3.75e17, "ra_icrs": RA, "de_icrs": DEC, "class": "RR"},
        (str(BIG), "RR", None),
    ),
    "gaia_edr3_distances_bailer_jones": (
        {"source": BIG, "ra_icrs": RA, "de_icrs": DEC, "rgeo": 1937.2},
        (str(BIG), "", None),
    ),
    "galex": ({"OBJID": BIG, "AVASPRA": RA, "AVASPDEC": DEC}, (str(BIG), "", None)),
    "linear_ll": ({"linear": 29848.0, "raj2000": RA, "dej2000": DEC}, ("29848", "", None)),
    "milliquas": (
        {"name": "PKS 0038-30", "rname": "NVSS J1", "ra": RA, "dec": DEC, "z": 1.2, "type": "QR"},
        ("PKS 0038-30", "QR", 1.2),
    ),
    "ned": (
        {
            "Object_Name": "NGC 0001",
            "RA_deg": RA,
            "DEC_deg": DEC,
            "Type": "G",
            "Redshift": None,
            "Redshift_1": 0.0152,
        },
        ("NGC 0001", "G", 0.0152),
    ),
    "nyu_valueadded_gals": ({"IND": 1234567, "RA": RA, "DEC": DEC}, ("1234567", "", None)),
    "PS1StarGalaxyCatalog": (
        {"objid": 72000100005000001, "ramean": RA, "decmean": DEC, "ps_score": 0.98},
        ("72000100005000001", "", None),
    ),
    "RC3": ({"name": "NGC 0001", "ra": RA, "dec": DEC}, ("NGC 0001", "", None)),
    "sdss_dr7": (
        {"objid": 587722981741363226, "raj2000": RA, "dej2000": DEC, "zmag": 18.2},
        ("587722981741363226", "", None),
    ),
    "sdss_gals": (
        {"Objid": 587722981741363226, "ra": RA, "dec_": DEC, "type": 3, "z": 0.085, "r": 18.1},
        ("587722981741363226", "galaxy", 0.085),
    ),
    "sdss_stars": (
        {"Objid": 587722981741363226, "ra": RA, "dec_": DEC, "type": 6, "r": 18.1, "z": 17.9},
        ("587722981741363226", "star", None),
    ),
    "tns_public_objects": (
        {
            "objid": 101,
            "name_prefix": "SN",
            "name": "2026abc",
            "ra": RA,
            "declination": DEC,
            "redshift": 0.03,
            "type": "SN Ia",
        },
        ("SN 2026abc", "SN Ia", 0.03),
    ),
    "veron_agn_qso": (
        {"recno": 5, "Name": "Q 0038-300", "viz_RAJ2000": RA, "viz_DEJ2000": DEC, "z": 2.1},
        ("Q 0038-300", "", 2.1),
    ),
    "vii_274_bzcat5": (
        {"name": "5BZQJ0040-3000", "raj2000": RA, "dej2000": DEC, "z": 0.9, "class": "QSO"},
        ("5BZQJ0040-3000", "QSO", 0.9),
    ),
    "vsx": (
        {"oid": 1, "name": "RR Scl", "raj2000": RA, "dej2000": DEC, "type": "RRAB", "max": 14.1},
        ("RR Scl", "RRAB", None),
    ),
    "xmm3_dr8": (
        {"iauname": "3XMM J004000.1-300000", "ra": RA, "dec": DEC},
        ("3XMM J004000.1-300000", "", None),
    ),
}


def matching(rows, **known):
    return locus_of() | {"catalog_objects": rows} | known


def only(catalog, row):
    """Return the one row of the table of a locus with one match."""
    (found,) = catalog_table(matching({catalog: [row]}))
    return found


def is_same(value, expected):
    return np.isnan(value) if expected is None else value == expected


def test_all_catalogs_of_antares_are_here():
    assert len(ROWS) == 26


@pytest.mark.parametrize("catalog", ROWS)
def test_a_row_in_the_columns_of_its_catalog(catalog):
    row, (name, kind, redshift) = ROWS[catalog]

    found = only(catalog, row)

    assert (found["catalog"], found["name"], found["type"]) == (catalog, name, kind)
    assert is_same(found["redshift"], redshift)
    assert found["ra"].to_value("deg") == RA
    assert found["dec"].to_value("deg") == DEC
    assert found["separation"].to_value("arcsec") == pytest.approx(DISTANCE, rel=1e-6)


@pytest.mark.parametrize("catalog", ROWS)
def test_a_row_without_these_columns_has_no_position(catalog):
    found = only(catalog, {"something": 1.0, "else": "x"})

    assert (found["name"], found["type"]) == ("", "")
    assert all(np.isnan(found[name]) for name in ("ra", "dec", "separation", "redshift"))


@pytest.mark.parametrize("catalog", ROWS)
@pytest.mark.parametrize("value", [None, float("nan"), "x", True, [1.0], {"a": 1}, 1e300, -9999.0])
def test_what_is_not_a_value_is_unknown(catalog, value):
    found = only(catalog, dict.fromkeys(ROWS[catalog][0], value))

    assert all(np.isnan(found[name]) for name in ("ra", "dec", "separation", "redshift"))
    assert found["name"] in ("", "x", "x x")


@pytest.mark.parametrize("catalog", ROWS)
@pytest.mark.parametrize("missing", ["nan", "NaN", " None", "NULL"])
def test_a_missing_value_that_has_become_text_is_unknown(catalog, missing):
    found = only(catalog, dict.fromkeys(ROWS[catalog][0], missing))

    assert (found["name"], found["type"]) == ("", "")
    assert all(np.isnan(found[name]) for name in ("ra", "dec", "separation", "redshift"))


def test_the_units_and_what_they_are_of():
    table = catalog_table(matching({name: [row] for name, (row, _) in ROWS.items()}))

    assert table.colnames == ["catalog", "name", "ra", "dec", "separation", "type", "redshift"]
    assert [table[name].unit for name in ("ra", "dec", "separation")] == [u.deg, u.deg, u.arcsec]
    assert all(table[name].info.description for name in table.colnames)
    assert table.meta == {"locus_id": "ANT2026testing", "simulated": False}


def test_the_nearest_comes_first_and_what_has_no_position_last():
    places = {"c": 10.3, "a": 10, "b": 10.1}
    rows = [{"ra": ra, "dec": -30.0, "designation": name} for name, ra in places.items()]

    table = catalog_table(matching({"unknown": [{}], "gaia_dr3_gaia_source": rows, "vsx": [{}]}))

    assert table["name"].tolist() == ["a", "b", "c", "", ""]
    assert table["catalog"].tolist()[3:] == ["unknown", "vsx"]


def test_the_distance_is_exact_at_the_pole_and_across_the_meridian():
    for place, other in [((10.0, 89.999), (190.0, 89.999)), ((359.9999, 0.0), (0.0001, 0.0))]:
        locus = matching({"ned": [{"RA_deg": other[0], "DEC_deg": other[1]}]})
        table = catalog_table(locus | {"ra": place[0], "dec": place[1]})
        expected = SkyCoord(*place, unit="deg").separation(SkyCoord(*other, unit="deg"))
        assert table["separation"][0].to_value("arcsec") == pytest.approx(expected.arcsec)


@pytest.mark.parametrize("place", [{"ra": None}, {"ra": "10"}, {"dec": 95.0}, {"ra": -1.0}])
def test_a_locus_without_a_position_gives_no_distance(place):
    table = catalog_table(matching({"ned": [ROWS["ned"][0]]}) | place)

    assert np.isnan(table["separation"][0])
    assert table["ra"][0].value == RA


def test_the_guide_stars_of_which_only_the_radians_are_known():
    row = {"hstID": "A", "RightAsc": np.radians(RA), "Declination": np.radians(DEC)}

    found = only("bright_guide_star_cat", row)

    assert found["ra"].value == pytest.approx(RA)
    assert found["dec"].value == pytest.approx(DEC)


def test_the_center_of_a_field_of_galex_is_no_source():
    at_center = {"AVASPRA": 10.4, "AVASPDEC": -30.1, "OBJID": 5}

    assert np.isnan(only("galex", at_center)["ra"])
    assert only("galex", at_center | {"RA": RA, "DEC": DEC})["ra"].value == RA


@pytest.mark.parametrize(
    ("row", "name"),
    [
        ({"name_prefix": "AT", "name": "2026abc"}, "AT 2026abc"),
        ({"name_prefix": None, "name": "2026abc"}, "2026abc"),
        ({"name": "2026abc"}, "2026abc"),
        ({"name_prefix": "SN", "name": "SN 2026abc"}, "SN 2026abc"),
        ({"name_prefix": "SN"}, ""),
    ],
)
def test_the_names_of_tns(row, name):
    assert only("tns_public_objects", row)["name"] == name


@pytest.mark.parametrize(
    ("row", "redshift"),
    [
        ({"z_redshift": 0.1, "z": 18.0}, 0.1),
        ({"z": 18.0}, None),  # a magnitude
        ({"z": 0.1}, 0.1),
        ({"z": 0.0}, None),
        ({"z": -9999.0}, None),
    ],
)
def test_the_z_of_sdss_is_a_redshift_or_a_magnitude(row, redshift):
    assert is_same(only("sdss_gals", row)["redshift"], redshift)


def test_a_blueshift_and_a_nova_at_0_are_measured():
    assert only("ned", {"Redshift_1": -0.001})["redshift"] == -0.001
    assert only("tns_public_objects", {"redshift": 0.0})["redshift"] == 0.0
    assert np.isnan(only("milliquas", {"z": 0.0})["redshift"])


@pytest.mark.parametrize(("given", "redshift"), [(14.4, 14.4), (20.1, None), (99.0, None)])
def test_no_redshift_is_above_20(given, redshift):
    assert is_same(only("ned", {"Redshift_1": given})["redshift"], redshift)


@pytest.mark.parametrize("given", [BIG, str(BIG), np.int64(BIG)])
def test_ids_are_exact(given):
    assert only("gaia_dr3_variability", {"source": given})["name"] == str(BIG)


def test_an_id_that_has_been_a_float_is_unknown():
    assert only("gaia_dr3_variability", {"source": float(BIG)})["name"] == ""


def test_milliquas_has_had_another_column_for_the_name():
    assert only("milliquas", {"rname": "PKS 0040-30"})["name"] == "PKS 0040-30"


# What ANTARES says of a match itself


WIRE = {
    "catalog_name": "new_catalog",
    "id": "new_catalog:1",
    "object_id": "1",
    "object_name": "An object",
    "ra": RA,
    "dec": DEC,
    "radius": 0.0005,
    "extra": {"separation": 1.25},
}


def with_wire(tmp_path, rows, matches):
    """Return the path of a locus file with these matches."""
    path = save_locus(matching(rows, id="ANT2026wire"), tmp_path, source="test")
    content = json.loads(path.read_text("utf-8"))
    path.write_text(json.dumps(content | {"wire": {"catalog_matches": matches}}), "utf-8")
    return path


def as_said(table):
    (row,) = table
    return row["name"], row["ra"].value, row["dec"].value, row["separation"].value


SAID = ("An object", RA, DEC, 1.25)


def test_an_unknown_catalog_has_the_name_and_the_position_that_antares_gives(tmp_path):
    path = with_wire(tmp_path, {"new_catalog": [{"ra": 1.0, "dec": 2.0}]}, [WIRE])

    with Sandbox(tmp_path):
        fetched = fetch_locus("ANT2026wire")
        of_client = search.get_by_id("ANT2026wire")
        assert as_said(catalog_table(of_client)) == as_said(catalog_table(of_client)) == SAID
        many, failures = fetch_loci(["ANT2026wire"], folder=tmp_path / "new", progress=False)

    assert not failures
    loci = [
        load_locus(path),
        fetched,
        *many,
        load_locus(tmp_path / "new" / "ANT2026wire.json"),
        load_locus(save_locus(fetched, tmp_path / "again.json", source="test")),
        pickle.loads(pickle.dumps(fetched)),
        copy.deepcopy(fetched),
    ]
    assert [as_said(catalog_table(locus)) for locus in loci] == [SAID] * len(loci)


def test_without_it_an_unknown_catalog_has_neither():
    (row,) = catalog_table(matching({"new_catalog": [{"ra": 1.0, "dec": 2.0, "name": "x"}]}))

    assert row["name"] == ""
    assert np.isnan(row["ra"])


def test_what_antares_says_comes_before_the_columns(tmp_path):
    wire = WIRE | {"catalog_name": "ned", "object_name": "Its name"}
    row = ROWS["ned"][0] | {"RA_deg": 50.0}

    (found,) = catalog_table(load_locus(with_wire(tmp_path, {"ned": [row]}, [wire])))

    assert (found["name"], found["ra"].value, found["separation"].value) == ("Its name", RA, 1.25)
    assert (found["type"], found["redshift"]) == ("G", 0.0152)


@pytest.mark.parametrize(
    "spoilt",
    [
        {"ra": 400.0},
        {"dec": None},
        {"object_name": ""},
        {"object_name": float(BIG)},
        {"extra": None},
        {"extra": {"separation": -1}},
        {"extra": {"separation": "near"}},
    ],
)
def test_what_antares_does_not_say_comes_from_the_columns(spoilt, tmp_path):
    wire = WIRE | {"catalog_name": "ned", "object_name": "NGC 0001"} | spoilt
    wire["extra"] = wire["extra"] if "extra" in spoilt else {"separation": DISTANCE}

    (row,) = catalog_table(load_locus(with_wire(tmp_path, {"ned": [ROWS["ned"][0]]}, [wire])))

    assert (row["name"], row["ra"].value, row["dec"].value) == ("NGC 0001", RA, DEC)
    assert row["separation"].value == pytest.approx(DISTANCE, rel=1e-6)


def test_details_go_with_their_own_rows_whatever_their_order(tmp_path):
    rows = {"ned": [{"Object_Name": "a"}, {"Object_Name": "b"}], "new_catalog": [{}]}
    of_ned = [WIRE | {"catalog_name": "ned", "object_name": "", "ra": ra} for ra in (10.2, 10.1)]
    for each in of_ned:
        each["extra"] = {}
    matches = [of_ned[0], WIRE, of_ned[1]]

    table = catalog_table(load_locus(with_wire(tmp_path, rows, matches)))

    assert table["name"].tolist() == ["An object", "b", "a"]
    assert table["ra"].value.tolist() == [RA, 10.1, 10.2]


def test_details_that_do_not_fit_the_rows_are_not_used(tmp_path):
    locus = load_locus(with_wire(tmp_path, {"new_catalog": [{}]}, [WIRE]))
    locus["catalog_objects"]["new_catalog"].append({})

    assert catalog_table(locus)["name"].tolist() == ["", ""]
    assert "wire" not in json.loads(save_locus(locus, tmp_path, source="test").read_text("utf-8"))


def test_what_the_sandbox_has_made_up_is_not_taken_as_said(tmp_path):
    rows = {name: [row] for name, (row, _) in ROWS.items()} | {"new_catalog": [{"a": 1}]}
    save_locus(matching(rows, id="ANT2026plain"), tmp_path, source="test")

    with Sandbox(tmp_path):
        table = catalog_table(fetch_locus("ANT2026plain"))

    expected = catalog_table(matching(rows))
    assert table["name"].tolist() == expected["name"].tolist()
    np.testing.assert_array_equal(table["ra"].value, expected["ra"].value)
    assert np.isnan(table["ra"][table["catalog"] == "new_catalog"]).all()


# The forms of a locus


def test_every_form_of_a_locus_gives_the_same_objects():
    locus_id = "ANT2026simrrlyrae"
    with Sandbox():
        locus, of_client = fetch_locus(locus_id), search.get_by_id(locus_id)
        assert of_client.catalog_objects
    assert json.loads(json.dumps(locus)) == locus
    with_separation = catalog_table(locus)

    assert len(with_separation) > 0
    assert with_separation.meta == {"locus_id": locus_id, "simulated": True}
    for form in (DevKitLocus.model_validate(locus), of_client, dict(locus)):
        table = catalog_table(form)
        assert table["catalog"].tolist() == with_separation["catalog"].tolist()
        assert table.meta == with_separation.meta


def test_the_matches_of_the_client_s_locus_are_fetched_once(broker):
    locus = search.get_by_id(broker.locus_id)
    broker.requests.clear()

    for _ in range(2):
        catalog_table(locus)

    assert [part for part, _ in broker.requests] == ["catalogs"]


def test_matches_that_are_loaded_are_not_fetched(broker):
    locus = Locus(broker.locus_id, 10.0, -30.0, {}, [], catalog_objects={"vsx": [{"name": "x"}]})

    assert catalog_table(locus)["name"].tolist() == ["x"]
    assert broker.requests == []


def test_a_failure_to_fetch_the_matches_is_ours(broker):
    locus = search.get_by_id(broker.locus_id)
    broker.answer("catalogs", sends({"errors": []}, status=500))

    with pytest.raises(ServiceError, match="500") as caught:
        catalog_table(locus, retries=1)

    assert caught.value.locus_id == broker.locus_id
    assert broker.count("catalogs") == 2


@pytest.mark.parametrize("known", [{}, None])
def test_a_locus_without_matches_gives_an_empty_table(known):
    table = catalog_table(matching(known))

    assert len(table) == 0
    assert table["separation"].unit == u.arcsec
    assert table["name"].dtype.kind == "U"
    assert "catalog_objects" in matching(known)
    assert len(catalog_table({"id": "ANT2026none", "alerts": []})) == 0


@pytest.mark.parametrize("given", ["ANT2026testing", None, 5, [locus_of()]])
def test_what_is_not_a_locus_is_rejected(given):
    with pytest.raises(InvalidInputError, match=r"catalog_table\(fetch_locus"):
        catalog_table(given)


@pytest.mark.parametrize("objects", [[{"ra": 1}], "ned", 5])
def test_matches_that_are_not_a_dict_are_bad_data(objects):
    with pytest.raises(BadDataError, match="catalog_objects"):
        catalog_table(matching(objects))


def test_each_match_has_a_row_whatever_it_is():
    rows = {
        "ned": [None, "x", 5, [], {}],
        "vsx": None,
        "RC3": "x",
        "galex": {"OBJID": 7},
        5: [{1: 2}],
        "": [{}],
    }

    table = catalog_table(matching(rows))

    assert sorted(table["catalog"].tolist()) == sorted(["ned"] * 5 + ["RC3", "galex", "5", ""])
    assert "7" in table["name"]


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
    lambda each: st.lists(each) | st.dictionaries(st.text(), each),
    max_leaves=5,
)


@given(st.sampled_from(sorted(ROWS)), st.data())
def test_no_row_is_too_hostile(catalog, data):
    row = {name: data.draw(ANYTHING) for name in ROWS[catalog][0]}

    found = only(catalog, row)

    assert np.isnan(found["ra"]) or 0 <= found["ra"].value <= 360
    assert np.isnan(found["redshift"]) or found["redshift"] < 20
    assert found["name"].isprintable()


@pytest.mark.parametrize("suffix", [".ecsv", ".fits", ".vot", ".parquet"])
def test_the_table_can_be_written_and_read_back(suffix, tmp_path):
    table = catalog_table(
        matching({name: [row] for name, (row, _) in ROWS.items()} | {"new": [{}]})
    )

    again = read_table(write_table(table, tmp_path / f"matches{suffix}"))

    for name in table.colnames:
        np.testing.assert_array_equal(np.asarray(again[name]), np.asarray(table[name]))
    assert again["separation"].unit == u.arcsec


# The simulated matches


PLACE = (10.0, -30.0)
SIMULATED = [
    simulated.gaia_star(PLACE, 18.0, bp_rp=0.7, parallax=0.2, offset=(1.0, -2.0)),
    simulated.gaia_quasar(PLACE, 19.0),
    simulated.gaia_variable(PLACE, "RR"),
    simulated.gaia_distance(PLACE, 1500.0),
    simulated.ned_galaxy(PLACE, "simulated host", 0.1, 19.0, offset=(2.0, 3.0)),
    simulated.sdss_galaxy(PLACE, 19.0, 0.1, offset=(-2.0, 3.0)),
    simulated.sdss_star(PLACE, 18.0),
    simulated.milliquas_quasar(PLACE, 1.1, 19.0),
    simulated.veron_quasar(PLACE, 1.1, 18.0),
    simulated.tns_report(PLACE, "2026sim", "SN Ia", 0.1),
    simulated.allwise_source(PLACE, 15.0),
    simulated.two_mass_star(PLACE, 14.0),
    simulated.guide_star(PLACE, 15.0),
    simulated.vsx_star(PLACE, "RRAB", 0.5, 17.0),
    simulated.asassn_star(PLACE, "RRAB", 0.5, 16.0),
    simulated.csdr2_star(PLACE, "RRab", 0.5, 17.0),
    simulated.galex_source(PLACE, 20.0),
    simulated.ps1_source(PLACE, 0.9),
]


@pytest.mark.parametrize("match", SIMULATED, ids=lambda match: match.catalog)
def test_a_simulated_match_reads_as_a_real_one(match):
    found = only(match.catalog, match.properties)

    assert found["name"] == match.name
    assert (found["ra"].value, found["dec"].value) == (match.ra, match.dec)
    (wire,) = simulated.wire_matches([match], *PLACE)
    assert found["separation"].value == pytest.approx(wire["extra"]["separation"], abs=1e-4)
    assert not np.isnan(found["redshift"]) or match.catalog not in ("ned", "sdss_gals", "milliquas")


def test_simulated_rows_have_only_columns_of_their_catalogs_in_these_tests():
    assert {match.catalog for match in SIMULATED} <= ROWS.keys()
    assert len({match.catalog for match in SIMULATED}) >= 14
