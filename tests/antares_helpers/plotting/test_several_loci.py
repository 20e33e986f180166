"""Several light curves in one Axes."""

import pickle

import numpy as np
import pytest
from artists import color_of, curve, handle_of, legend_of, line_of, series, texts, zero_lines
from building import LOCUS_ID, MJD, lsst_alert, ztf_alert, ztf_limit
from matplotlib import pyplot as plt
from matplotlib.colors import to_hex
from matplotlib.lines import Line2D

from antares_helpers import plot_lightcurve
from antares_helpers.bands import COLORS_ON_WHITE, SYMBOLS
from antares_helpers.plotting.axes import QUIET
from antares_helpers.plotting.series import drawn_loci


def light_curve(locus_id, bands="gr", start=MJD):
    lc = curve(*(lsst_alert(n, mjd=start + n, band=band) for n, band in enumerate(bands)))
    lc.meta["locus_id"] = locus_id
    return lc


@pytest.fixture
def first():
    return light_curve("ANT2026first")


@pytest.fixture
def second():
    return light_curve("ANT2026second", "ri")


def colors_by_locus(ax):
    """Return the colors of the symbols beside each locus of the legend."""
    return [{color_of(symbol) for symbol in each.symbols.values()} for each in drawn_loci(ax)]


# The title


@pytest.mark.parametrize(
    ("titles", "expected"),
    [
        ((None, None), "ANT2026first"),
        (("two supernovae", None), "two supernovae"),
        ((None, "two supernovae"), "two supernovae"),
        (("", None), ""),
        ((None, ""), ""),
    ],
)
def test_the_first_title_stays_unless_one_is_given(first, second, titles, expected):
    ax = plot_lightcurve(first, title=titles[0])
    plot_lightcurve(second, title=titles[1], ax=ax)

    assert ax.get_title() == expected


def test_the_title_of_axes_without_a_light_curve_is_replaced(first):
    ax = plt.subplots()[1]
    ax.set_title("to be filled")

    assert plot_lightcurve(first, ax=ax).get_title() == "ANT2026first"


# The legend


def test_labels_are_listed_first_and_bands_once(first, second):
    ax = plot_lightcurve(first, label="SN A")
    plot_lightcurve(second, label="SN B", ax=ax)

    assert legend_of(ax) == ["SN A", "SN B", "g", "r", "i"]


def test_then_come_dipoles_and_limits(first):
    ax = plot_lightcurve(first, label="SN A")
    plot_lightcurve(curve(ztf_limit(), lsst_alert(isDipole=True)), label="SN B", ax=ax)

    assert legend_of(ax) == ["SN A", "SN B", "g", "r", "r (ZTF)", "dipole", "upper limit"]


def test_without_labels_several_loci_are_listed_by_id(first, second):
    ax = plot_lightcurve(first)
    assert legend_of(ax) == ["g", "r"]

    plot_lightcurve(second, ax=ax)

    assert legend_of(ax) == ["ANT2026first", "ANT2026second", "g", "r", "i"]


def test_the_label_of_a_single_locus_is_listed(first):
    assert legend_of(plot_lightcurve(first, label="SN A")) == ["SN A", "g", "r"]


def test_parts_of_one_locus_are_one_locus(first):
    ax = plot_lightcurve(first[:1])
    plot_lightcurve(first[1:], ax=ax)

    assert legend_of(ax) == ["g", "r"]
    assert color_of(series(ax)["r"].lines[0]) == COLORS_ON_WHITE["r"].lower()


def test_a_locus_without_an_id_is_not_listed(first):
    nameless = light_curve("")
    ax = plot_lightcurve(nameless)
    plot_lightcurve(first, ax=ax)

    assert legend_of(ax) == ["ANT2026first", "g", "r"]


def test_a_locus_without_points_is_not_listed(first, second):
    ax = plot_lightcurve(first, label="SN A")
    plot_lightcurve(second[:0], label="SN B", ax=ax)

    assert legend_of(ax) == ["SN A", "g", "r"]
    assert texts(ax) == ["SN B: no points"]


def test_beside_a_locus_are_its_own_symbols_in_the_order_of_wavelength(first, second):
    ax = plot_lightcurve(first)
    plot_lightcurve(second, colors="red", ax=ax)
    ax.figure.canvas.draw()

    symbols = [each for each in ax.get_legend().findobj(Line2D) if color_of(each) == "#ff0000"]
    assert [symbol.get_marker() for symbol in symbols] == [SYMBOLS["r"], SYMBOLS["i"]]


def test_beside_a_band_is_gray_if_its_color_is_that_of_the_locus(first, second):
    ax = plot_lightcurve(first, colors="blue")
    assert color_of(handle_of(ax, "r")) == "#0000ff"

    plot_lightcurve(second, colors="red", ax=ax)

    assert {color_of(handle_of(ax, band)) for band in "gri"} == {to_hex(QUIET)}


def test_a_legend_can_come_with_the_last_locus(first, second):
    ax = plot_lightcurve(first, label="SN A", legend=False)
    plot_lightcurve(second, label="SN B", ax=ax)

    assert legend_of(ax)[:2] == ["SN A", "SN B"]


# Colors


def test_one_color_is_that_of_all_bands(first):
    drawn = series(plot_lightcurve(first, colors="tab:orange"))

    assert {color_of(each.lines[0]) for each in drawn.values()} == {to_hex("tab:orange")}
    assert {to_hex(each.lines[2][0].get_color()[0]) for each in drawn.values()} == {
        to_hex("tab:orange")
    }


@pytest.mark.parametrize("color", ["C1", (1.0, 0.0, 0.0), "0.4", np.array([1.0, 0.0, 0.0])])
def test_a_color_is_given_in_any_form_of_matplotlib(first, color):
    assert color_of(series(plot_lightcurve(first, colors=color))["g"].lines[0]) == to_hex(color)


def test_a_mapping_gives_some_bands_their_colors(first):
    drawn = series(plot_lightcurve(first, colors={"g": "black"}))

    assert color_of(drawn["g"].lines[0]) == "#000000"
    assert color_of(drawn["r"].lines[0]) == COLORS_ON_WHITE["r"].lower()


def test_upper_limits_and_the_symbols_of_ztf_have_the_color_too():
    lc = curve(ztf_alert(), ztf_limit())

    ax = plot_lightcurve(lc, colors="red")

    assert to_hex(series(ax)["g (ZTF)"].lines[0].get_markeredgecolor()) == "#ff0000"
    assert to_hex(line_of(ax, "_limit").get_markeredgecolor()) == "#ff0000"


def test_without_colors_each_further_locus_has_one_of_its_own(first, second):
    ax = plot_lightcurve(first)
    plot_lightcurve(second, ax=ax)
    plot_lightcurve(light_curve("ANT2026third"), ax=ax)

    rubin, *others = colors_by_locus(ax)
    assert rubin == {COLORS_ON_WHITE["g"].lower(), COLORS_ON_WHITE["r"].lower()}
    assert [len(each) for each in others] == [1, 1]
    assert len(set.union(rubin, *others)) == 4


def test_the_same_locus_again_has_the_same_color(first, second):
    ax = plot_lightcurve(first)
    for part in (second[:1], second[1:]):
        plot_lightcurve(part, ax=ax)

    assert len(drawn_loci(ax)) == 2
    assert len(colors_by_locus(ax)[1]) == 1


# What they share


def test_there_is_one_zero_line(first, second):
    ax = plot_lightcurve(first)
    plot_lightcurve(second, ax=ax)

    assert len(zero_lines(ax)) == 1


def test_all_points_are_in_view(first):
    ax = plot_lightcurve(first)
    plot_lightcurve(light_curve("ANT2026late", start=MJD + 100), ax=ax)

    low, high = ax.get_xlim()
    assert low < MJD
    assert high > MJD + 101


@pytest.mark.parametrize(
    ("options", "label"),
    [
        ({"x": "mjd"}, "MJD (TAI)"),
        ({"x": "days"}, "Days since each epoch (TAI)"),
        ({"x": "days", "epoch": MJD}, "Days since MJD 61200.250 (TAI)"),
        ({"x": "phase", "period": 2}, "Phase (period 2 d)"),
    ],
)
def test_the_label_of_the_time_axis_holds_for_all(first, options, label):
    ax = plot_lightcurve(first, **options)
    plot_lightcurve(light_curve("ANT2026late", start=MJD + 100), **options, ax=ax)

    assert ax.get_xlabel() == label


def test_cleared_axes_begin_anew(first, second):
    ax = plot_lightcurve(first)
    ax.clear()

    plot_lightcurve(second, ax=ax)

    assert (ax.get_title(), legend_of(ax)) == ("ANT2026second", ["r", "i"])


def test_a_figure_that_was_pickled_takes_further_loci(first, second):
    figure = pickle.loads(pickle.dumps(plot_lightcurve(first).figure))

    plot_lightcurve(second, ax=figure.axes[0])

    assert legend_of(figure.axes[0])[:2] == ["ANT2026first", "ANT2026second"]


def test_a_locus_id_may_be_missing(first):
    del first.meta["locus_id"]

    assert plot_lightcurve(first).get_title() == ""
    assert LOCUS_ID not in legend_of(plot_lightcurve(first))
