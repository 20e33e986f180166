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
    low, high = axis.get_xlim()
    ticks = zip(axis.get_xticks(), axis.get_xticklabels(), strict=True)
    return [label.get_text() for at, label in ticks if low <= at <= high]


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


@pytest.mark.parametrize("span", [5, 9, 17, 33, 47, 61, 75, 110, 170, 365, 700, 3000])
def test_ticks_are_round_numbers_of_days_apart(ax, span):
    draw(ax, [61203.2, 61203.2 + span])

    steps = set(np.diff(ax.get_xticks()).round(6))
    assert len(steps) == 1
    assert steps <= {factor * 10**power for factor in (1, 2, 5, 25) for power in range(4)}


def test_phases_go_from_0_to_2_with_room_at_either_end(ax):
    draw(ax, [0.4, 0.6], "phase")

    low, high = ax.get_xlim()
    assert -0.1 < low < 0
    assert 2 < high < 2.1
    assert ax.child_axes == []


def test_a_calendar_is_above_mjd(ax):
    draw(ax, [61041.0, 61400.0])  # all of 2026: MJD 61041 is 1 January

    assert calendar(ax) == ["Jan 2026", "Apr", "Jul", "Oct", "Jan 2027"]


@pytest.mark.parametrize(
    ("values", "labels"),
    [
        ([60990.0, 61080.0], ["Dec 2025", "Jan 2026", "Feb"]),
        ([61039.5, 61043.0], ["31 Dec 2025", "1 Jan 2026", "2 Jan", "3 Jan"]),
        ([61202.0, 61203.0], ["10 Jun 2026", "11 Jun", "12 Jun", "13 Jun"]),
        ([60300.0, 62000.0], ["2024", "2026", "2028"]),
    ],
)
def test_the_calendar_shows_each_year_once(ax, values, labels):
    draw(ax, values)

    assert calendar(ax) == labels


def test_within_a_day_the_calendar_shows_hours(ax):
    draw(ax, [61202.0, 61203.0])
    ax.set_xlim(61202.3, 61203.3)

    first, *others = calendar(ax)
    assert first.startswith("11 Jun 2026 ")
    assert "12 Jun" in others
    assert "00:00" not in others


@pytest.mark.parametrize(("width", "has_calendar"), [(2.9, False), (3.1, True)])
def test_a_narrow_panel_has_no_calendar(width, has_calendar):
    ax = plt.figure(figsize=(width, 3)).add_axes((0, 0.2, 1, 0.7))

    draw(ax, [61200.0, 61204.0])

    assert len(ax.child_axes) == has_calendar


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

    note(ax, lc, 0, "flux")

    assert texts(ax) == [
        "no points\n1 excluded: malformed alert\n1 excluded: no usable band\n"
        "1 excluded: no usable flux"
    ]


def test_an_empty_light_curve_without_meta_says_so(ax):
    lc = extract_lightcurve(locus_of())
    lc.meta.clear()

    note(ax, lc, 0, "flux")

    assert texts(ax) == ["no points"]


def test_a_locus_without_alerts_says_so(ax):
    note(ax, extract_lightcurve(locus_of()), 0, "flux")

    assert texts(ax) == ["no points:\nthe locus has no alerts"]


def test_a_light_curve_of_which_no_row_was_selected_says_so(ax):
    note(ax, extract_lightcurve(locus_of(lsst_alert(), lsst_alert(2)))[:0], 0, "flux")

    assert texts(ax) == ["no points:\nnone of 2 selected"]


def test_notes_on_several_loci_name_them_and_do_not_overlap(ax):
    lc = extract_lightcurve(locus_of(lsst_alert(), lsst_alert(2)))
    for name in ("", "SN B"):
        note(ax, lc, 1, "magnitude", name)
    note(ax, lc[:0], 0, "magnitude", "SN C")
    ax.figure.canvas.draw()

    text = "1 of 2 points have no magnitude (flux ≤ 0)"
    assert texts(ax) == [text, f"SN B: {text}", "SN C: no points"]
    boxes = [each.get_window_extent() for each in ax.texts]
    assert boxes[0].y1 <= boxes[1].y0
    assert boxes[1].y1 <= boxes[2].y0


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, []),
        (1, ["1 of 2 points have no magnitude (flux ≤ 0)"]),
        (2, ["2 of 2 points have no magnitude (flux ≤ 0)"]),
    ],
)
def test_points_without_a_magnitude_are_noted(ax, number, text):
    note(ax, extract_lightcurve(locus_of(lsst_alert(), lsst_alert(2))), number, "magnitude")

    assert texts(ax) == text


def test_simulated_data_are_marked(ax):
    for _ in range(2):
        note(ax, extract_lightcurve(locus_of(lsst_alert(), simulated="true")), 0, "flux")

    assert texts(ax) == ["simulated data"]


def test_a_figure_of_several_panels_is_marked_once_in_the_last():
    simulated = extract_lightcurve(locus_of(lsst_alert(), simulated="true"))
    real = extract_lightcurve(locus_of(lsst_alert()))
    _, panels = plt.subplots(1, 3)

    for panel, lc in zip(panels, (simulated, simulated, real), strict=True):
        note(panel, lc, 0, "flux")

    assert [texts(panel) for panel in panels] == [[], ["simulated data"], []]


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
def test_a_legend_is_beside_the_data_if_there_is_room(layout, is_beside):
    fig, ax = plt.subplots(layout=layout)
    ax.plot([1], [1], label="r")

    draw_legend(ax)
    fig.canvas.draw()

    inside = ax.get_legend().get_window_extent().x0 < ax.get_window_extent().x1
    assert inside is not is_beside


@pytest.mark.parametrize("background", ["white", "black"])
def test_quiet_text_can_still_be_read(background):
    def luminance(color):
        linear = [
            c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(color)
        ]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    bright, dark = sorted([luminance(QUIET), luminance(background)], reverse=True)

    assert (bright + 0.05) / (dark + 0.05) >= 4.5
