import numpy as np
import pytest
from building import locus_of, lsst_alert, other_alert

from antares_helpers import (
    InvalidInputError,
    completeness_sentence,
    completeness_table,
    extract_lightcurve,
)
from antares_helpers.lightcurves import completeness
from antares_helpers.lightcurves.completeness import Sieve


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

    assert len(set(reasons)) == len(reasons) == 15


# The report, for people


def test_the_sentence_tells_what_was_kept_and_what_was_not():
    lc = extract_lightcurve(locus_of(lsst_alert(1), lsst_alert(2, band="x"), other_alert()))

    assert completeness_sentence(lc) == (
        "1 of 3 alerts kept; left out: no usable band 1, other survey 1."
    )


def test_the_sentence_is_short_where_nothing_is_missing():
    assert completeness_sentence(extract_lightcurve(locus_of(lsst_alert()))) == (
        "1 of 1 alerts kept."
    )


def test_the_sentence_tells_of_several_objects():
    lc = extract_lightcurve(locus_of(lsst_alert(1), lsst_alert(2, diaObjectId=7)))

    assert completeness_sentence(lc).endswith(" They belong to 2 diaObjects.")


def test_the_numbers_of_the_table_add_up_to_the_alerts():
    lc = extract_lightcurve(locus_of(lsst_alert(1), lsst_alert(2, band="x"), other_alert()))

    table = completeness_table(lc)

    assert table["alerts"].tolist() == ["kept", "no usable band", "other survey"]
    assert table["number"].sum() == lc.meta["report"]["alerts"] == 3


@pytest.mark.parametrize("show", [completeness_sentence, completeness_table])
def test_what_has_no_report_is_refused(show):
    lc = extract_lightcurve(locus_of(lsst_alert()))
    lc.meta.clear()

    with pytest.raises(InvalidInputError, match="no report"):
        show(lc)
