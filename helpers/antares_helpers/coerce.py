"""Convert values from JSON to arrays: a value that is not a number becomes NaN, not an error."""

from collections.abc import Callable, Sequence
from types import NoneType
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["MISSING", "as_flags", "as_floats", "as_ids", "as_integers", "as_strings", "is_true"]

MISSING = -1
"""A flag that is neither true nor false (`as_flags`), or a missing number (`as_integers`)."""

# ANTARES sends booleans; one parser of its alerts expects them as words. ZTF sends letters.
_FLAG_OF = dict.fromkeys([True, "true", "True", "t", "1"], 1) | dict.fromkeys(
    [False, "false", "False", "f", "0"], 0
)

_NUMBERS = {float, int}

_BEYOND_ANY_ID = 10**30

_LONGEST = 30
"""One long string would make a numpy column that wide in every row."""

_INT64_MAX = 2**63 - 1
_FLOAT_EXACT_MAX = 2**53


def as_floats(values: Sequence[Any]) -> NDArray[np.float64]:
    """Return numbers as float64, with NaN for anything that is not a number."""
    if not set(map(type, values)) <= _NUMBERS:
        values = [value if _is_number(value) else np.nan for value in values]
    try:
        return np.array(values, dtype=np.float64)
    except OverflowError:  # an integer beyond 1e308
        return np.array([_float_or_nan(value) for value in values], dtype=np.float64)


def as_integers(values: Sequence[Any]) -> NDArray[np.int64]:
    """Return whole numbers exactly, also from digits; `MISSING` for anything else."""
    types = set(map(type, values))
    if NoneType in types and types <= {int, NoneType}:
        values, types = [MISSING if value is None else value for value in values], {int}
    if types <= {int}:
        try:
            return np.maximum(np.array(values, dtype=np.int64), MISSING)
        except OverflowError:
            pass
    return np.array([_integer(value) for value in values], dtype=np.int64)


def as_flags(values: Sequence[Any]) -> NDArray[np.int8]:
    """Return flags as 1 (true), 0 (false) or `MISSING`."""
    if set(map(type, values)) == {bool}:
        return np.array(values, dtype=np.int8)
    return _converted(values, _flag, np.int8)


def is_true(value: object) -> bool:
    """Return whether a flag is set, given as a boolean, a word or a letter."""
    return _flag(value) == 1


def as_ids(values: Sequence[Any]) -> NDArray[np.str_]:
    """Return integer IDs exactly, as strings; empty if there is none.

    A float can't hold an ID beyond 2**53, so a float is not an ID.
    """
    return _converted(values, _id, np.str_)


def as_strings(values: Sequence[Any]) -> NDArray[np.str_]:
    """Return strings; empty for anything that is not a string, or is very long."""
    return _converted(values, _string, np.str_)


def _converted(values: Sequence[Any], convert: Callable[[Any], Any], dtype: type) -> NDArray[Any]:
    """Convert values; if all are of one type, each distinct one only once: columns are long."""
    if len(set(map(type, values)) - {NoneType}) != 1:
        return np.array([convert(value) for value in values], dtype=dtype)
    try:
        distinct = list(set(values))
    except TypeError:  # an unhashable type
        return np.array([convert(value) for value in values], dtype=dtype)
    index = {value: i for i, value in enumerate(distinct)}
    indices = np.fromiter(map(index.__getitem__, values), np.intp, len(values))
    return np.array([convert(value) for value in distinct], dtype=dtype)[indices]


def _flag(value: Any) -> int:
    is_simple = isinstance(value, (bool, int, float, str, np.bool_))
    return _FLAG_OF.get(value, MISSING) if is_simple else MISSING


def _string(value: Any) -> str:
    return value if isinstance(value, str) and len(value) <= _LONGEST else ""


def _integer(value: Any) -> int:
    number = MISSING
    if isinstance(value, str):
        number = int(value) if value.isascii() and value.isdecimal() and len(value) < 20 else number
    elif isinstance(value, (float, np.floating)):
        is_exact = float(value).is_integer() and value < _FLOAT_EXACT_MAX
        number = int(value) if is_exact else number
    elif _is_number(value):
        number = int(value)
    return number if 0 <= number <= _INT64_MAX else MISSING


def _id(value: Any) -> str:
    if isinstance(value, (int, np.integer)) and not isinstance(value, bool):
        return str(value) if 0 < value < _BEYOND_ANY_ID else ""
    text = _string(value)
    return text if text.isascii() and text.isdecimal() and text.strip("0") else ""


def _is_number(value: object) -> bool:
    return isinstance(value, (float, int, np.floating, np.integer)) and not isinstance(value, bool)


def _float_or_nan(value: float) -> float:
    try:
        return float(value)
    except OverflowError:
        return np.nan
