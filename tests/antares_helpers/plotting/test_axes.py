import numpy as np
import pytest
from building import locus_of, lsst_alert
from matplotlib import pyplot as plt
from matplotlib.colors import to_rgb

from antares_helpers import extract_lightcurve
from antares_helpers.plotting.axes import QUIET, draw_legend, frame, note


@pytest.fixture
def ax():
    return plt.subplots()[1]


def texts(ax):
    return [text.get_text() for text in ax.texts]


def draw(ax, values, x="mjd"):
    values = np.array(values, dtype=float)
    ax.plot(values, np.ones(len(values)))
    frame(ax, values, x)


def calendar(ax):
    (axis,) = ax.child_axes
    ax.figure.canvas.draw()
    return [label.get_text() for label in axis.get_xticklabels()]


@pytest.mark.parametrize("x", ["mjd", "days"])
@pytest.mark.parametrize("values", [[61200.0], [61200.0, 61200.001]])
def test_a_short_light_curve_spans_some_days_around_it(ax, values, x):
    draw(ax, values, x)

    low, high = ax.get_xlim()
    assert 4 <= high - low < 6
    assert (low + high) / 2 == pytest.approx(np.mean(values))


def test_a_long_light_curve_is_not_stretched(ax):
    draw(ax, [61200.0, 61300.0])

    assert ax.get_xlim() == pytest.approx((61195, 61305))


@pytest.mark.parametrize("values", [[61200.3], [61200, 61201.5], [61200, 61217.4], [58000, 61300]])
def test_ticks_are_few_whole_days_written_out(ax, values):
    draw(ax, values)
    ax.figure.canvas.draw()

    low, high = ax.get_xlim()
    ticks = zip(ax.get_xticks(), ax.get_xticklabels(), strict=True)
    labels = [label.get_text() for at, label in ticks if low <= at <= high]
    assert 1 <= len(labels) <= 6
    assert all(label.isdecimal() and len(label) == 5 for label in labels)


def test_a_phase_goes_from_0_to_1(ax):
    draw(ax, [0.4, 0.6], "phase")

    assert ax.get_xlim() == (0, 1)
    assert ax.child_axes == []


def test_a_calendar_stands_above_mjd(ax):
    draw(ax, [61041.0, 61400.0])  # all of 2026: MJD 61041 is 1 January

    assert {"Mar 2026", "Jul 2026", "Nov 2026"} & set(calendar(ax))


def test_the_calendar_is_that_of_the_ticks(ax):
    draw(ax, [61200.0, 61204.0])

    assert "11 Jun" in calendar(ax)  # MJD 61202 is 2026-06-11
    (axis,) = ax.child_axes
    assert axis.get_xlim() == pytest.approx(np.array(ax.get_xlim()) - 40587)


def test_there_is_one_calendar_however_often_one_draws(ax):
    for _ in range(2):
        draw(ax, [61200.0, 61204.0])

    assert len(ax.child_axes) == 1


def test_days_have_no_calendar(ax):
    draw(ax, [0.0, 30.0], "days")

    assert ax.child_axes == []


def test_nothing_to_frame_leaves_the_range_alone(ax):
    before = ax.get_xlim()

    frame(ax, np.array([]), "days")

    assert ax.get_xlim() == before


def test_an_empty_light_curve_says_why(ax):
    lc = extract_lightcurve(locus_of(lsst_alert(band="x"), lsst_alert(psfFlux=None), None))

    note(ax, lc, 0)

    assert texts(ax) == [
        "no points\n1 left out: malformed alert\n1 left out: no usable band\n"
        "1 left out: no usable flux"
    ]


def test_an_empty_light_curve_without_meta_says_so(ax):
    lc = extract_lightcurve(locus_of())
    lc.meta.clear()

    note(ax, lc, 0)

    assert texts(ax) == ["no points"]


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, []),
        (1, ["1 of 2 points have no magnitude (flux ≤ 0)"]),
        (2, ["2 of 2 points have no magnitude (flux ≤ 0)"]),
    ],
)
def test_points_without_a_magnitude_are_noted(ax, number, text):
    note(ax, extract_lightcurve(locus_of(lsst_alert(), lsst_alert(2))), number)

    assert texts(ax) == text


def test_simulated_data_are_marked(ax):
    note(ax, extract_lightcurve(locus_of(lsst_alert(), simulated="true")), 0)

    assert texts(ax) == ["simulated data"]


def test_without_anything_to_name_there_is_no_legend(ax):
    ax.plot([1], [1])

    draw_legend(ax)

    assert ax.get_legend() is None


def test_a_legend_names_each_thing_once_and_nothing_else(ax):
    for label in ("upper limit", "r", "dipole", "g", "r", "my model"):
        ax.plot([1], [1], label=label)

    draw_legend(ax)

    labels = [text.get_text() for text in ax.get_legend().get_texts()]
    assert labels == ["g", "r", "dipole", "upper limit"]


@pytest.mark.parametrize(
    ("layout", "is_beside"), [("constrained", True), ("compressed", True), (None, False)]
)
def test_a_legend_stands_beside_the_data_where_there_is_room(layout, is_beside):
    fig, ax = plt.subplots(layout=layout)
    ax.plot([1], [1], label="r")

    draw_legend(ax)
    fig.canvas.draw()

    inside = ax.get_legend().get_window_extent().x0 < ax.get_window_extent().x1
    assert inside is not is_beside


@pytest.mark.parametrize("background", ["white", "black"])
def test_what_is_quiet_can_still_be_read(background):
    def luminance(color):
        linear = [
            c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(color)
        ]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    bright, dark = sorted([luminance(QUIET), luminance(background)], reverse=True)

    assert (bright + 0.05) / (dark + 0.05) >= 4.5
