import copy

import astropy.units as u
import matplotlib as mpl
import numpy as np
import pytest
from artists import curve, legend_of, series, texts, x_of, zero_lines
from astropy.table import Table
from astropy.time import Time
from astropy.timeseries import TimeSeries
from building import LOCUS_ID, MJD, locus_of, lsst_alert, ztf_alert, ztf_limit
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.colors import to_hex

from antares_helpers import InvalidInputError, extract_lightcurve, plot_lightcurve
from antares_helpers.bands import BANDS, COLORS_ON_BLACK, COLORS_ON_WHITE

# Labels and axes


@pytest.mark.parametrize(
    ("options", "label"),
    [
        ({}, "Difference flux [nJy]"),
        ({"y": "magnitude"}, "Difference magnitude [AB]"),
    ],
)
def test_the_label_of_the_difference_flux(every_band, options, label):
    assert plot_lightcurve(every_band, **options).get_ylabel() == label


@pytest.mark.parametrize(
    ("options", "label"),
    [({}, "Total flux [nJy]"), ({"y": "magnitude"}, "Total magnitude [AB]")],
)
def test_the_label_of_the_total_flux(options, label):
    lc = curve(lsst_alert(), survey="lsst", flux="total")

    assert plot_lightcurve(lc, **options).get_ylabel() == label


def test_the_unit_in_the_label_is_that_of_the_data(every_band):
    for name in ("flux", "flux_err"):
        every_band[name] = every_band[name].to(u.uJy)

    assert plot_lightcurve(every_band).get_ylabel() == "Difference flux [uJy]"


def test_the_time_scale_in_the_label_is_that_of_the_data(every_band):
    in_utc = TimeSeries(
        time=every_band.time.utc, data=Table(every_band)["band", "flux", "flux_err"]
    )

    ax = plot_lightcurve(in_utc)

    assert plot_lightcurve(every_band).get_xlabel() == "MJD (TAI)"
    assert ax.get_xlabel() == "MJD (UTC)"
    assert series(ax)["y"].lines[0].get_xdata() == pytest.approx([MJD - 37 / 86400], abs=1e-9)


def test_the_title_is_the_locus_id_unless_it_is_given(every_band):
    assert plot_lightcurve(every_band).get_title() == LOCUS_ID
    assert plot_lightcurve(every_band, title="my star").get_title() == "my star"
    assert plot_lightcurve(every_band, title="").get_title() == ""


def test_magnitudes_are_inverted_however_often_one_draws(every_band):
    ax = plot_lightcurve(every_band, y="magnitude")
    assert ax.yaxis_inverted()

    plot_lightcurve(every_band, y="magnitude", ax=ax)

    assert ax.yaxis_inverted()


def test_fluxes_are_not_inverted(every_band):
    assert not plot_lightcurve(every_band).yaxis_inverted()


def test_a_zero_line_shows_what_is_negative(every_band):
    assert len(zero_lines(plot_lightcurve(every_band))) == 1


def test_there_is_no_zero_line_in_magnitudes_nor_in_the_total_flux(every_band):
    total = curve(lsst_alert(), survey="lsst", flux="total")

    assert zero_lines(plot_lightcurve(every_band, y="magnitude")) == []
    assert zero_lines(plot_lightcurve(total)) == []


def test_points_without_a_magnitude_are_noted():
    lc = curve(lsst_alert(), lsst_alert(2, psfFlux=-5.0), lsst_alert(3, psfFlux=0.0))

    ax = plot_lightcurve(lc, y="magnitude")

    assert texts(ax) == ["2 of 3 points have no magnitude (flux ≤ 0)"]
    assert len(series(ax)["r"].lines[0].get_xdata()) == 1


def test_in_flux_there_is_nothing_to_note():
    assert texts(plot_lightcurve(curve(lsst_alert(psfFlux=-5.0)))) == []


@pytest.mark.parametrize(
    ("locus_id", "simulated", "title"),
    [
        ("ANT2026z3bqyjga24oc", "true", "ANT2026z3bqyjga24oc (simulated stand-in)"),
        ("ANT2026z3bqyjga24oc", "false", "ANT2026z3bqyjga24oc"),
        ("ANT2026simsnia01", "true", "ANT2026simsnia01"),
        ("", "true", ""),
    ],
)
def test_a_stand_in_for_a_real_locus_says_so_in_its_title(locus_id, simulated, title):
    locus = locus_of(lsst_alert(), simulated=simulated) | {"id": locus_id}

    assert plot_lightcurve(extract_lightcurve(locus)).get_title() == title
    assert plot_lightcurve(extract_lightcurve(locus), title="mine").get_title() == "mine"


def test_simulated_data_say_so():
    lc = extract_lightcurve(locus_of(lsst_alert(), simulated="true"))

    assert texts(plot_lightcurve(lc)) == ["simulated data"]


def test_a_single_point_spans_some_days():
    low, high = plot_lightcurve(curve(lsst_alert())).get_xlim()

    assert high - low >= 4
    assert low < MJD < high


# Time axes


def test_days_count_from_the_first_detection(every_band):
    ax = plot_lightcurve(every_band, x="days")

    assert x_of(ax) == pytest.approx(range(6))
    assert ax.get_xlabel() == "Days since MJD 61200.250 (TAI)"


def test_days_do_not_count_from_an_upper_limit():
    lc = curve(ztf_limit(mjd=MJD - 10), lsst_alert())

    ax = plot_lightcurve(lc, x="days")

    assert x_of(ax).tolist() == [0]


@pytest.mark.parametrize(
    "epoch",
    [
        *(MJD + 2, np.float64(MJD + 2), Time(MJD + 2, format="mjd", scale="tai")),
        *(
            Time(MJD + 2, format="mjd", scale="tai").utc,
            Time(MJD + 2, format="mjd", scale="tai").tdb,
        ),
    ],
    ids=["float", "numpy", "TAI", "UTC", "TDB"],
)
def test_days_count_from_the_epoch(every_band, epoch):
    ax = plot_lightcurve(every_band, x="days", epoch=epoch)

    assert x_of(ax) == pytest.approx(np.arange(-2, 4), abs=1e-6)


@pytest.mark.parametrize("epoch", [61200, np.int64(61200)])
def test_an_epoch_may_be_a_whole_number(every_band, epoch):
    assert x_of(plot_lightcurve(every_band, x="days", epoch=epoch))[0] == pytest.approx(0.25)


@pytest.mark.parametrize("period", [4, 4.0, 4 * u.day, 96 * u.hour, np.float64(4)])
def test_a_phase_is_the_part_of_a_period_since_the_epoch(every_band, period):
    ax = plot_lightcurve(every_band, x="phase", period=period, epoch=MJD + 1)

    once = np.array([0, 0, 0.25, 0.5, 0.75, 0.75])
    assert x_of(ax) == pytest.approx([*once, *(once + 1)])
    assert ax.get_xlabel() == "Phase (period 4 d)"


# Where it is drawn


def test_by_default_a_figure_of_6_by_4_inches_is_made(every_band):
    ax = plot_lightcurve(every_band)

    assert isinstance(ax, Axes)
    assert ax.figure.get_size_inches().tolist() == [6, 4]


def test_given_axes_are_drawn_in_and_returned(every_band):
    fig, (left, right) = plt.subplots(1, 2)

    assert plot_lightcurve(every_band, ax=right) is right
    assert len(left.lines) == 0
    assert plt.get_fignums() == [fig.number]


def test_axes_of_a_figure_beyond_pyplot_are_drawn_in(every_band):
    ax = mpl.figure.Figure().add_subplot()

    assert plot_lightcurve(every_band, ax=ax) is ax
    assert plt.get_fignums() == []


@pytest.mark.parametrize("layout", [None, "constrained", "tight"])
def test_axes_of_a_subfigure_are_drawn_in(every_band, layout):
    fig = plt.figure(layout=layout)
    ax = fig.subfigures(1, 2)[1].subplots()

    plot_lightcurve(every_band, ax=ax)
    fig.canvas.draw()

    assert legend_of(ax) == list(BANDS)


def test_the_current_axes_stay_current(every_band):
    ax = mpl.figure.Figure().add_subplot()
    current = plt.subplots()[1]

    plot_lightcurve(every_band, ax=ax)

    assert plt.gca() is current


def test_no_global_setting_is_changed(every_band):
    before = copy.copy(mpl.rcParams)

    plot_lightcurve(every_band, y="magnitude")

    assert mpl.rcParams == before


@pytest.mark.parametrize("y", ["flux", "magnitude"])
@pytest.mark.parametrize("x", ["mjd", "days", "phase"])
@pytest.mark.parametrize(
    "alerts",
    [
        [],
        [lsst_alert()],
        [lsst_alert(psfFlux=-5.0)],
        [ztf_limit()],
        [ztf_limit(), lsst_alert(isDipole=True), ztf_alert(mjd=58000.0)],
    ],
    ids=["empty", "one", "negative", "limit", "long"],
)
def test_every_combination_can_be_drawn(alerts, x, y):
    ax = plot_lightcurve(curve(*alerts), x=x, y=y, period=2 if x == "phase" else None)

    ax.figure.canvas.draw()

    assert "nan" not in ax.get_xlabel()


# On a dark background


def is_for_black(ax):
    colors = {to_hex(each.lines[0].get_markerfacecolor()) for each in series(ax).values()}
    assert colors in ({*COLORS_ON_BLACK.values()}, {c.lower() for c in COLORS_ON_WHITE.values()})
    return colors == {*COLORS_ON_BLACK.values()}


def test_on_a_dark_background_the_colors_are_those_for_black(every_band):
    with plt.style.context("dark_background"):
        ax = plot_lightcurve(every_band)

        assert is_for_black(ax)
        line = series(ax)["g"].lines[0]
        assert to_hex(line.get_markeredgecolor()) == COLORS_ON_BLACK["g"]


@pytest.mark.parametrize(
    ("figure", "axes", "expected"),
    [
        *[("white", "white", False), ("black", "white", False), ("white", "black", True)],
        *[("black", "none", True), ("white", "none", False), ("none", "none", False)],
        *[("#222222", "#222222", True), ("white", "lightgray", False)],
    ],
)
def test_the_background_is_that_of_the_axes_or_else_of_the_figure(
    every_band, figure, axes, expected
):
    ax = plt.subplots(facecolor=figure)[1]
    ax.set_facecolor(axes)

    assert is_for_black(plot_lightcurve(every_band, ax=ax)) is expected


def test_behind_a_transparent_subfigure_is_its_figure(every_band):
    ax = plt.figure(facecolor="black").subfigures().subplots()
    ax.set_facecolor("none")

    assert is_for_black(plot_lightcurve(every_band, ax=ax))


# Nothing to draw, or nothing that can be


def test_an_empty_light_curve_says_why():
    lc = curve(lsst_alert(band=None), lsst_alert(psfFlux=None), lsst_alert(psfFlux=None))

    ax = plot_lightcurve(lc)

    assert texts(ax) == ["no points\n1 excluded: no usable band\n2 excluded: no usable flux"]
    assert ax.get_title() == LOCUS_ID
    assert ax.get_legend() is None


@pytest.mark.parametrize(
    "lc", [None, 5, "ANT2026abcd", locus_of(lsst_alert()), Table({"band": ["r"]}), np.ones(3)]
)
def test_anything_but_a_light_curve_is_refused(lc):
    with pytest.raises(InvalidInputError, match="takes what extract_lightcurve returns"):
        plot_lightcurve(lc)


def test_a_locus_is_refused_with_the_call_that_works():
    with pytest.raises(InvalidInputError, match=r"plot_lightcurve\(extract_lightcurve\(locus\)\)"):
        plot_lightcurve(locus_of(lsst_alert()))


@pytest.mark.parametrize("name", ["band", "flux", "flux_err"])
def test_a_light_curve_without_a_column_names_it(every_band, name):
    every_band.remove_column(name)

    with pytest.raises(InvalidInputError, match=rf"lacks {name}\."):
        plot_lightcurve(every_band)


@pytest.mark.parametrize("name", ["flux", "flux_err"])
def test_a_flux_without_a_unit_is_refused(every_band, name):
    values = every_band[name].value
    every_band.remove_column(name)
    every_band[name] = values

    with pytest.raises(InvalidInputError, match="unit"):
        plot_lightcurve(every_band)


def test_a_folded_light_curve_says_how_to_fold(every_band):
    with pytest.raises(InvalidInputError, match="pass x='phase' and a period"):
        plot_lightcurve(every_band.fold(2 * u.day))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"x": "time"}, "x='time' must be one of 'mjd', 'days', 'phase'"),
        ({"y": "mag"}, "y='mag' must be one of 'flux', 'magnitude'"),
        ({"period": 2}, "period=2 needs x='phase'"),
        ({"x": "days", "period": 2}, "period=2 needs x='phase'"),
        ({"label": 5}, "label=5 must be a string"),
        *[
            ({"colors": colors}, r"must be one color of matplotlib, .* or a mapping of bands")
            for colors in ("no color", 5, ["red", "blue"], {"g": "no color"}, {"R": "red"}, ["r"])
        ],
        *[
            ({"x": "phase", "period": period}, "needs a period")
            for period in (None, 0, -1, np.nan, np.inf, "x", 3 * u.m, [1, 2], [1, 2] * u.day)
        ],
        *[
            ({"x": "days", "epoch": epoch}, "must be one Time, or one MJD")
            for epoch in ("2026-01-01", np.nan, [61200.0], Time([61200, 61201], format="mjd"))
        ],
    ],
)
def test_an_option_that_is_not_valid_is_refused(every_band, options, message):
    with pytest.raises(InvalidInputError, match=message):
        plot_lightcurve(every_band, **options)


def test_a_refused_option_leaves_no_figure_behind(every_band):
    with pytest.raises(InvalidInputError):
        plot_lightcurve(every_band, x="phase")

    assert plt.get_fignums() == []
