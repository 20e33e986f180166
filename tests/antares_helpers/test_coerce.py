import numpy as np
import pytest

from antares_helpers.coerce import (
    MISSING,
    as_flags,
    as_floats,
    as_ids,
    as_integers,
    as_strings,
    is_true,
)
from antares_helpers.validation import short_repr

NO_NUMBERS = [None, True, False, "1.5", "", [1.0], {"a": 1}, (1.0,), b"1", 1j]
OBJECT_ID = 170587117485817955


@pytest.mark.parametrize(
    ("value", "expected"),
    [(1.5, 1.5), (-3, -3.0), (np.float32(0.5), 0.5), (np.int64(7), 7.0), (np.inf, np.inf)],
)
def test_a_number_stays(value, expected):
    assert as_floats([value]).tolist() == [expected]


@pytest.mark.parametrize("value", [*NO_NUMBERS, np.nan, 10**400])
def test_anything_but_a_number_is_nan_and_leaves_its_neighbors(value):
    floats = as_floats([1.5, value, 2])

    assert floats.dtype == np.float64
    np.testing.assert_array_equal(floats, [1.5, np.nan, 2.0])


@pytest.mark.parametrize("value", [True, "true", "True", "t", "1"])
def test_a_flag_is_true(value):
    assert as_flags([value]).tolist() == [1]
    assert is_true(value)


@pytest.mark.parametrize("value", [False, "false", "False", "f", "0"])
def test_a_flag_is_false(value):
    assert as_flags([value]).tolist() == [0]
    assert not is_true(value)


@pytest.mark.parametrize("value", [None, np.nan, "", "yes", 2, -1, [True], {"true": True}])
def test_anything_but_a_flag_is_missing(value):
    assert as_flags([True, value, False]).tolist() == [1, MISSING, 0]
    assert not is_true(value)


def test_a_flag_is_read_alike_whatever_is_beside_it():
    assert as_flags([1.0, []])[0] == as_flags([1.0])[0]


@pytest.mark.parametrize("value", [OBJECT_ID, str(OBJECT_ID), np.int64(OBJECT_ID)])
def test_an_id_keeps_its_eighteen_digits(value):
    assert as_ids([value]).tolist() == ["170587117485817955"]


@pytest.mark.parametrize(
    "value",
    [
        *(0, "0", -5, None, True, False, "", " 12", "12.0", "0x12", "ANT2026", "١٢", [12], {}),
        *(float(OBJECT_ID), np.float64(OBJECT_ID), np.nan, 10**5000, "1" * 31),
    ],
    ids=short_repr,
)
def test_anything_but_an_id_is_empty(value):
    assert as_ids([7, value]).tolist() == ["7", ""]


@pytest.mark.parametrize(
    ("integer", "lookalike"), [(2**57, 2.0**57), (1, True)], ids=["float", "bool"]
)
@pytest.mark.parametrize("swapped", [False, True])
def test_an_id_is_not_confused_with_what_equals_it(integer, lookalike, swapped):
    values = [lookalike, integer] if swapped else [integer, lookalike]

    expected = ["", str(integer)] if swapped else [str(integer), ""]
    assert as_ids(values).tolist() == expected


@pytest.mark.parametrize(
    "value", [OBJECT_ID, str(OBJECT_ID), np.int64(OBJECT_ID), 0, 2**63 - 1, "0", 7.0, np.float32(7)]
)
def test_an_integer_stays_exact(value):
    for values in ([value], [value, None], [None, value, "x"]):
        assert int(value) in as_integers(values).tolist()


@pytest.mark.parametrize(
    "value",
    [
        *(None, True, -5, 2**63, 10**400, -(10**400), float(OBJECT_ID), 1.5, np.nan, -np.inf),
        *("", "x", "-5", "1.0", "١٢", "9" * 19, "1" * 10**5, [1], {}),
    ],
    ids=short_repr,
)
def test_anything_but_an_integer_is_missing(value):
    assert as_integers([value]).tolist() == [MISSING]
    assert as_integers([3, value, 4]).tolist() == [3, MISSING, 4]


@pytest.mark.parametrize("value", [None, 5, 1.5, True, ["g"], {}, "g" * 31])
def test_anything_but_a_string_is_empty(value):
    assert as_strings(["g", value, "r"]).tolist() == ["g", "", "r"]


@pytest.mark.parametrize("convert", [as_floats, as_flags, as_ids, as_integers, as_strings])
def test_nothing_gives_an_empty_array(convert):
    assert convert([]).shape == (0,)
