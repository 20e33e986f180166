import numpy as np
import pytest

from antares_helpers import InvalidInputError
from antares_helpers.validation import (
    check_bands,
    check_choice,
    check_objects,
    check_reliability,
    parse_name,
)


@pytest.mark.parametrize("given", ["LSST", "", None, 5, ["lsst"]])
def test_a_choice_that_does_not_exist_names_those_that_do(given):
    with pytest.raises(InvalidInputError, match=r"survey=.* must be one of 'lsst', 'ztf'"):
        check_choice("survey", given, ("lsst", "ztf"))


@pytest.mark.parametrize("given", ["gr", ["g", "r"], ("g", "r"), np.array(["g", "r"])])
def test_bands_are_given_in_any_form(given):
    assert check_bands(given) == ["g", "r"]


@pytest.mark.parametrize("given", ["", [], "g,r", "G", "x", ["gr"], [None], 5])
def test_anything_but_bands_is_refused(given):
    with pytest.raises(InvalidInputError, match="must name some of u, g, r, i, z, y"):
        check_bands(given)


@pytest.mark.parametrize(
    "given",
    [
        170587117485817955,
        "170587117485817955",
        "LSST-AP-DO-170587117485817955",
        " 170587117485817955 ",
        np.str_("170587117485817955"),
        np.int64(170587117485817955),
        [170587117485817955],
        np.array([170587117485817955]),
    ],
)
def test_an_object_is_given_in_any_exact_form(given):
    assert check_objects(given) == ["170587117485817955"]


@pytest.mark.parametrize(
    "given", [1.70587117485818e17, np.float64(1e17), "abc", "", 0, -1, [], {}, "lsst:1"]
)
def test_an_inexact_object_id_is_refused(given):
    with pytest.raises(InvalidInputError, match=r"dia_object_id=.* must be whole numbers"):
        check_objects(given)


@pytest.mark.parametrize("given", [None, 0, 0.6, 1, np.float64(0.6), np.float32(0.5)])
def test_a_reliability_is_a_number_from_0_to_1(given):
    check_reliability(given)


@pytest.mark.parametrize("given", [-0.1, 1.1, 60, np.nan, "0.6", [0.6]])
def test_anything_but_a_reliability_is_refused(given):
    with pytest.raises(InvalidInputError, match="must be a number from 0 to 1"):
        check_reliability(given)


@pytest.mark.parametrize("check", [check_bands, check_objects])
def test_none_is_no_restriction(check):
    assert check(None) is None


@pytest.mark.parametrize(
    ("given", "kind", "name"),
    [
        ("ANT2026abcd", "locus_id", "ANT2026abcd"),
        ("https://antares.noirlab.edu/loci/ANT2026abcd", "locus_id", "ANT2026abcd"),
        ("lsst-ap-do-0170587117485817955", "dia_object_id", "170587117485817955"),
        ("LSST-AP-DS-170587117485817955", "dia_source_id", "170587117485817955"),
        (" LSST:170587117485817955\n", "dia_source_id", "170587117485817955"),
        ("170587117485817955", "rubin_id", "170587117485817955"),
        (np.str_("ztf18AAAAAAB"), "ztf_object_id", "ZTF18aaaaaab"),
        ("TDE 2026abc", "tns_name", "2026abc"),
        ("ZTF18abc", "", "ZTF18abc"),
        ("2026 abc", "", "2026 abc"),
        ("170587117485817955.0", "", "170587117485817955.0"),
        ("1.7e17", "", "1.7e17"),
        ("LSST-AP-DO-0", "", "LSST-AP-DO-0"),
        ("\u0661\u0667", "", "\u0661\u0667"),
        ("ZTF18abcdefg\x00", "", "ZTF18abcdefg\x00"),
        ("", "", ""),
    ],
)
def test_a_name_is_known_by_its_form(given, kind, name):
    assert parse_name(given) == (kind, name)
