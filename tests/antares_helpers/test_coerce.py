import numpy as np
import pytest

from antares_helpers.coerce import MISSING, as_flags, as_floats, as_ids, as_strings, is_true

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


@pytest.mark.parametrize("value", [True, "true", "True"])
def test_a_flag_is_true(value):
    assert as_flags([value]).tolist() == [1]
    assert is_true(value)


@pytest.mark.parametrize("value", [False, "false", "False"])
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
        *(float(OBJECT_ID), np.float64(OBJECT_ID), np.nan),
    ],
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


@pytest.mark.parametrize("value", [None, 5, 1.5, True, ["g"], {}])
def test_anything_but_a_string_is_empty(value):
    assert as_strings(["g", value, "r"]).tolist() == ["g", "", "r"]


@pytest.mark.parametrize("convert", [as_floats, as_flags, as_ids, as_strings])
def test_nothing_gives_an_empty_array(convert):
    assert convert([]).shape == (0,)
