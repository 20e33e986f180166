import numpy as np

from antares_helpers import completeness
from antares_helpers.completeness import Sieve


def test_a_row_is_counted_under_its_first_reason_only():
    sieve = Sieve(3)

    sieve.leave_out(np.array([True, False, False]), "first")
    sieve.leave_out(np.array([True, True, False]), "second")

    assert sieve.left_out == {"first": 1, "second": 1}
    assert sieve.kept.tolist() == [False, False, True]


def test_a_reason_that_hits_no_row_is_not_listed():
    sieve = Sieve(2)

    sieve.leave_out(np.array([False, False]), "never")
    sieve.count("nothing", 0)

    assert sieve.left_out == {}


def test_counts_under_one_reason_add_up():
    sieve = Sieve(0)

    sieve.count("far", 2)
    sieve.count("far", 3)

    assert sieve.left_out == {"far": 5}


def test_no_two_reasons_read_alike():
    reasons = [getattr(completeness, name) for name in completeness.__all__ if name.isupper()]

    assert len(set(reasons)) == len(reasons) == 12
