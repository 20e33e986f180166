import numpy as np
import pytest
from building import locus_of, lsst_alert, other_alert

from antares_helpers import InvalidInputError, alert_summary, extract_lightcurve
from antares_helpers.lightcurves import summary
from antares_helpers.lightcurves.summary import RowMask


def test_a_row_is_counted_under_its_first_reason_only():
    mask = RowMask(3)

    mask.reject(np.array([True, False, False]), "first")
    mask.reject(np.array([True, True, False]), "second")

    assert mask.excluded == {"first": 1, "second": 1}
    assert mask.included.tolist() == [False, False, True]


def test_a_reason_without_rows_is_not_listed():
    mask = RowMask(2)

    mask.reject(np.array([False, False]), "never")
    mask.count("nothing", 0)

    assert mask.excluded == {}


def test_counts_under_one_reason_add_up():
    mask = RowMask(0)

    mask.count("far", 2)
    mask.count("far", 3)

    assert mask.excluded == {"far": 5}


def test_no_two_reasons_read_alike():
    reasons = [getattr(summary, name) for name in summary.__all__ if name.isupper()]

    assert len(set(reasons)) == len(reasons) == 19


# The report, for people


def test_the_sentence_says_what_is_included_and_what_is_not():
    lc = extract_lightcurve(locus_of(lsst_alert(1), lsst_alert(2, band="x"), other_alert()))

    assert alert_summary(lc).meta["sentence"] == (
        "1 of 3 alerts included; excluded: 1 no usable band, 1 other survey."
    )


def test_the_sentence_is_short_if_nothing_is_excluded():
    summary = alert_summary(extract_lightcurve(locus_of(lsst_alert())))

    assert summary.meta["sentence"] == "1 of 1 alerts included."


def test_the_sentence_mentions_several_objects():
    lc = extract_lightcurve(locus_of(lsst_alert(1), lsst_alert(2, diaObjectId=7)))

    assert alert_summary(lc).meta["sentence"].endswith(" They belong to 2 diaObjects.")


@pytest.mark.parametrize(("visits", "words"), [(1, "1 visit"), (3, "3 visits")])
def test_the_sentence_mentions_visits_of_several_objects(visits, words):
    alerts = [
        lsst_alert(10 * visit + n, visit=visit, detector=1, diaObjectId=n)
        for visit in range(1, visits + 1)
        for n in (1, 2)
    ]

    sentence = alert_summary(extract_lightcurve(locus_of(*alerts))).meta["sentence"]

    assert sentence.endswith(f" {words} measured several diaObjects, which are rows of their own.")


def test_the_numbers_of_the_table_add_up_to_the_alerts():
    lc = extract_lightcurve(locus_of(lsst_alert(1), lsst_alert(2, band="x"), other_alert()))

    table = alert_summary(lc)

    assert table["alerts"].tolist() == ["included", "no usable band", "other survey"]
    assert table["number"].sum() == lc.meta["report"]["alerts"] == 3


@pytest.mark.parametrize("show", [alert_summary])
def test_a_light_curve_without_a_report_is_refused(show):
    lc = extract_lightcurve(locus_of(lsst_alert()))
    lc.meta.clear()

    with pytest.raises(InvalidInputError, match="no report"):
        show(lc)
