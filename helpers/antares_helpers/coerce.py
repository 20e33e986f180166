"""Convert values from JSON to arrays: a value that is not a number becomes NaN, not an error."""

from collections.abc import Callable, Sequence
from types import NoneType
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["MISSING", "as_flags", "as_floats", "as_ids", "as_strings", "is_true"]

MISSING = -1
"""The value that `as_flags` returns for a flag that is neither true nor false."""

# ANTARES sends booleans; one parser of its alerts expects them as words.
_FLAG_OF = {True: 1, False: 0, "true": 1, "True": 1, "false": 0, "False": 0}

_NUMBERS = {float, int}

_MAX_DIGITS = 30
_BEYOND_ANY_ID = 10**_MAX_DIGITS


def as_floats(values: Sequence[Any]) -> NDArray[np.float64]:
    """Return numbers as float64, with NaN for anything that is not a number."""
    if not set(map(type, values)) <= _NUMBERS:
        values = [value if _is_number(value) else np.nan for value in values]
    try:
        return np.array(values, dtype=np.float64)
    except OverflowError:  # an integer beyond 1e308
        return np.array([_float_or_nan(value) for value in values], dtype=np.float64)


def as_flags(values: Sequence[Any]) -> NDArray[np.int8]:
    """Return flags as 1 (true), 0 (false) or `MISSING`."""
    return _converted(values, _flag, np.int8)


def is_true(value: object) -> bool:
    """Return whether a flag is set, given as a boolean or as a word."""
    return _flag(value) == 1


def as_ids(values: Sequence[Any]) -> NDArray[np.str_]:
    """Return integer IDs exactly, as strings; empty if there is none.

    A float can't hold an ID beyond 2**53, so a float is not an ID.
    """
    return _converted(values, _id, np.str_)


def as_strings(values: Sequence[Any]) -> NDArray[np.str_]:
    """Return strings; empty for anything that is not a string."""
    return _converted(values, lambda value: value if isinstance(value, str) else "", np.str_)


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


def _id(value: Any) -> str:
    if isinstance(value, (int, np.integer)) and not isinstance(value, bool):
        return str(value) if 0 < value < _BEYOND_ANY_ID else ""
    is_digits = isinstance(value, str) and value.isascii() and value.isdecimal()
    return value if is_digits and value.strip("0") and len(value) <= _MAX_DIGITS else ""


def _is_number(value: object) -> bool:
    return isinstance(value, (float, int, np.floating, np.integer)) and not isinstance(value, bool)


def _float_or_nan(value: float) -> float:
    try:
        return float(value)
    except OverflowError:
        return np.nan
