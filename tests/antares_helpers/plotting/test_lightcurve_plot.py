import astropy.units as u
import pytest
from artists import bars, color_of, curve, handle_of, legend_of, limits, line_of, series
from astropy.timeseries import TimeSeries
from building import LOCUS_ID, MJD, lsst_alert, ztf_alert, ztf_limit
from matplotlib import pyplot as plt
from matplotlib.colors import to_hex, to_rgb, to_rgba
from matplotlib.path import Path

from antares_helpers import plot_lightcurve, to_flux, to_magnitude
from antares_helpers.bands import BANDS, COLORS_ON_BLACK, COLORS_ON_WHITE, SYMBOLS


@pytest.fixture
def with_limit():
    """A detection in g and an upper limit in r of the same brightness."""
    return curve(ztf_alert(mjd=MJD), ztf_limit(mjd=MJD + 1))


# The points


def test_each_point_is_at_its_time_and_flux(every_band):
    points = {band: container.lines[0].get_xydata().tolist()
              for band, container in series(plot_lightcurve(every_band)).items()}  # fmt: skip

    expected = {band: [[MJD + n, 100.0 * (n + 1)]] for n, band in enumerate(reversed(BANDS))}
    assert points == expected


@pytest.mark.parametrize("band", BANDS)
def test_a_band_has_its_color_and_symbol(every_band, band):
    line = series(plot_lightcurve(every_band))[band].lines[0]

    assert line.get_marker() == SYMBOLS[band]
    assert to_hex(line.get_markerfacecolor()) == COLORS_ON_WHITE[band].lower()
    assert line.get_linestyle() == "None"


@pytest.mark.parametrize("band", BANDS)
def test_a_marker_has_a_thin_dark_edge(every_band, band):
    line = series(plot_lightcurve(every_band))[band].lines[0]

    assert max(to_rgba(line.get_markeredgecolor())[:3]) < 0.2
    assert 0 < line.get_markeredgewidth() < 1


@pytest.mark.parametrize("band", BANDS)
def test_an_error_bar_spans_one_sigma_in_the_color_of_the_band(every_band, band):
    container = series(plot_lightcurve(every_band))[band]

    flux = every_band["flux"].value[every_band["band"] == band][0]
    assert bars(container) == [(flux - 50, flux + 50)]
    assert to_hex(container.lines[2][0].get_color()[0]) == COLORS_ON_WHITE[band].lower()


def test_an_error_bar_is_right_when_flux_and_error_have_different_units(every_band):
    every_band["flux"] = every_band["flux"].to(u.uJy)

    container = series(plot_lightcurve(every_band))["y"]

    assert bars(container) == [pytest.approx((0.05, 0.15))]


def test_magnitudes_and_their_errors_are_drawn(every_band):
    container = series(plot_lightcurve(every_band, y="magnitude"))["u"]

    magnitude, error = to_magnitude(600.0, 50.0)
    assert container.lines[0].get_ydata() == pytest.approx([magnitude])
    assert bars(container) == [pytest.approx((magnitude - error, magnitude + error))]


def test_negative_fluxes_are_drawn():
    ax = plot_lightcurve(curve(lsst_alert(psfFlux=-300.0, isNegative=True)))

    assert series(ax)["r"].lines[0].get_ydata().tolist() == [-300]


@pytest.mark.parametrize("y", ["flux", "magnitude"])
def test_every_point_lies_within_the_axes(every_band, y):
    ax = plot_lightcurve(every_band, y=y)

    low, high = sorted(ax.get_ylim())
    for container in series(ax).values():
        ((bottom, top),) = bars(container)
        assert low < bottom < top < high


@pytest.mark.parametrize("name", ["is_dipole", "is_limit", "snr", "alert_id"])
def test_an_optional_column_may_be_missing(every_band, name):
    every_band.remove_column(name)

    assert set(series(plot_lightcurve(every_band))) == set(BANDS)


def test_some_rows_can_be_drawn(every_band):
    ax = plot_lightcurve(every_band[every_band["band"] == "g"])

    assert list(series(ax)) == ["g"]


def test_a_light_curve_read_from_ecsv_can_be_drawn(every_band, tmp_path):
    every_band.write(tmp_path / "lc.ecsv", format="ascii.ecsv")

    ax = plot_lightcurve(TimeSeries.read(tmp_path / "lc.ecsv", format="ascii.ecsv"))

    assert (set(series(ax)), ax.get_title()) == (set(BANDS), LOCUS_ID)


def test_the_light_curve_is_left_as_it_was(every_band):
    before = every_band.copy()

    plot_lightcurve(every_band, y="magnitude", x="phase", period=2)

    assert every_band.colnames == before.colnames
    assert all((every_band[name] == before[name]).all() for name in before.colnames)


# Dipoles


@pytest.mark.parametrize("y", ["flux", "magnitude"])
def test_dipoles_are_ringed(y):
    lc = curve(lsst_alert(1, isDipole=True), lsst_alert(2, mjd=MJD + 1))

    ax = plot_lightcurve(lc, y=y)

    ring, points = line_of(ax, "dipole"), series(ax)["r"].lines[0]
    assert ring.get_xydata().tolist() == [points.get_xydata()[0].tolist()]
    assert ring.get_markerfacecolor() == "none"
    assert ring.get_markersize() > points.get_markersize()


def test_without_dipoles_there_are_no_rings(every_band):
    ax = plot_lightcurve(every_band)

    assert "dipole" not in [line.get_label() for line in ax.lines]


# Upper limits


@pytest.mark.parametrize("y", ["flux", "magnitude"])
def test_upper_limits_are_faint_and_hollow_in_the_color_of_the_band(with_limit, y):
    (limit,) = limits(plot_lightcurve(with_limit, y=y))

    assert limit.get_markerfacecolor() == "none"
    assert to_hex(limit.get_markeredgecolor()) == COLORS_ON_WHITE["r"].lower()
    assert limit.get_alpha() == 0.5
    assert limit.get_markeredgewidth() < 1


@pytest.mark.parametrize(("y", "value"), [("flux", to_flux(20.0)), ("magnitude", 20.0)])
def test_an_upper_limit_is_at_its_time_and_value(with_limit, y, value):
    (limit,) = limits(plot_lightcurve(with_limit, y=y))

    assert limit.get_ydata() == pytest.approx([value])
    assert limit.get_xdata() == pytest.approx([with_limit.time.mjd[1]])


@pytest.mark.parametrize("y", ["flux", "magnitude"])
def test_the_arrow_of_an_upper_limit_points_down_to_what_is_fainter(with_limit, y):
    (limit,) = limits(plot_lightcurve(with_limit, y=y))

    marker = limit._marker
    box = marker.get_path().transformed(marker.get_transform()).get_extents()
    size = limit.get_markersize()
    assert box.y0 * size == pytest.approx(-9)  # of the screen: whichever way the axis points
    assert 0 < box.y1 * size < 3


def test_the_arrow_of_an_upper_limit_lies_within_the_axes(with_limit):
    ax = plot_lightcurve(with_limit[1:], y="magnitude")
    ax.figure.canvas.draw()

    (limit,) = limits(ax)
    at = ax.transData.transform(limit.get_xydata())[0]
    assert at[1] - 9 * ax.figure.dpi / 72 > ax.get_window_extent().y0


def test_the_arrow_of_an_upper_limit_has_no_filled_head(with_limit):
    """A filled head would look like the symbol of the r band."""
    (limit,) = limits(plot_lightcurve(with_limit))

    head = limit.get_marker().vertices[-3:].tolist()
    codes = limit.get_marker().codes[-3:].tolist()
    assert head[1] == [0, -1]
    assert codes == [Path.MOVETO, Path.LINETO, Path.LINETO]


# ZTF and LSST


@pytest.fixture
def of_both_surveys():
    """Detections in g of both surveys, and in r of ZTF."""
    return curve(
        lsst_alert(band="g"), ztf_alert(mjd=MJD + 1), ztf_alert(2, mjd=MJD + 2, ant_passband="R")
    )


def test_each_survey_has_a_series_per_band(of_both_surveys):
    drawn = series(plot_lightcurve(of_both_surveys))

    assert set(drawn) == {"g", "g (ZTF)", "r (ZTF)"}
    assert all(len(each.lines[0].get_xdata()) == 1 for each in drawn.values())


def test_symbols_are_filled_for_lsst_and_light_for_ztf(of_both_surveys):
    drawn = series(plot_lightcurve(of_both_surveys))
    lsst, ztf = drawn["g"].lines[0], drawn["g (ZTF)"].lines[0]

    assert lsst.get_marker() == ztf.get_marker() == SYMBOLS["g"]
    assert color_of(lsst) == COLORS_ON_WHITE["g"].lower()
    assert min(to_rgb(ztf.get_markerfacecolor())) > 0.75
    assert to_hex(ztf.get_markeredgecolor()) == COLORS_ON_WHITE["g"].lower()


def test_the_symbols_of_ztf_are_dark_on_a_dark_background(of_both_surveys):
    with plt.style.context("dark_background"):
        ztf = series(plot_lightcurve(of_both_surveys))["r (ZTF)"].lines[0]

    assert max(to_rgb(ztf.get_markerfacecolor())) < 0.26
    assert to_hex(ztf.get_markeredgecolor()) == COLORS_ON_BLACK["r"]


def test_a_legend_of_your_own_is_in_the_order_of_wavelength_too(of_both_surveys):
    ax = plot_lightcurve(of_both_surveys, legend=False)
    ax.legend()

    assert legend_of(ax) == ["g", "g (ZTF)", "r (ZTF)"]


def test_the_legend_names_the_survey_of_ztf(of_both_surveys):
    assert legend_of(plot_lightcurve(of_both_surveys)) == ["g", "g (ZTF)", "r (ZTF)"]


def test_without_a_column_of_surveys_all_is_of_lsst(of_both_surveys):
    of_both_surveys.remove_column("survey")

    assert set(series(plot_lightcurve(of_both_surveys))) == {"g", "r"}


# Points that do not hide each other


def test_a_band_with_small_errors_is_drawn_over_one_with_large_errors():
    lc = curve(lsst_alert(1, band="y", psfFluxErr=400.0), lsst_alert(2, band="i", psfFluxErr=40.0))

    drawn = series(plot_lightcurve(lc))

    assert drawn["i"].lines[0].get_zorder() > drawn["y"].lines[0].get_zorder()


@pytest.mark.parametrize(("number", "largest"), [(60, 6.0), (400, 4.0), (4000, 2.2)])
def test_the_more_points_the_smaller_they_are(number, largest):
    lc = curve(*(lsst_alert(n, mjd=MJD + n / 100) for n in range(number)))

    line, _, (error_bars,) = series(plot_lightcurve(lc))["r"].lines

    assert 0.8 * largest < line.get_markersize() <= largest
    assert error_bars.get_linewidth()[0] <= 0.19 * largest


def test_in_the_legend_symbols_have_their_full_size():
    lc = curve(*(lsst_alert(n, mjd=MJD + n / 10) for n in range(400)))

    assert handle_of(plot_lightcurve(lc), "r").get_markersize() == 6


# The legend


def test_the_legend_is_in_the_order_of_wavelength(every_band):
    assert legend_of(plot_lightcurve(every_band)) == list(BANDS)


def test_the_legend_names_only_bands_that_are_there_then_dipoles_then_limits():
    lc = curve(
        ztf_limit(),
        ztf_alert(ant_passband="R"),
        lsst_alert(band="z", isDipole=True),
        lsst_alert(2, band="g"),
    )

    assert legend_of(plot_lightcurve(lc)) == [*("g", "r (ZTF)", "z", "dipole", "upper limit")]


def test_the_legend_names_a_band_of_which_there_are_only_limits(with_limit):
    assert legend_of(plot_lightcurve(with_limit)) == ["g (ZTF)", "r (ZTF)", "upper limit"]


def test_the_legend_can_be_left_out(every_band):
    assert plot_lightcurve(every_band, legend=False).get_legend() is None


def test_two_light_curves_share_axes_and_legend(every_band):
    ax = plot_lightcurve(every_band[:3])

    plot_lightcurve(every_band, ax=ax)

    assert legend_of(ax) == list(BANDS)
