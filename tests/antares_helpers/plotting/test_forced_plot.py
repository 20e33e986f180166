import numpy as np
import pytest
from artists import legend_of, limits, series, texts, zero_lines
from building import MJD, locus_of, lsst_alert
from matplotlib import pyplot as plt
from matplotlib.colors import to_hex
from packets import forced_row, packet_of, source_of

from antares_helpers import InvalidInputError, extract_lightcurve, plot_lightcurve, to_magnitude
from antares_helpers.bands import COLORS_ON_BLACK, COLORS_ON_WHITE, SYMBOLS

ROWS = [
    forced_row(7, MJD - 9, psfFlux=-60.0),
    forced_row(8, MJD - 8, psfFlux=100.0),
    forced_row(9, MJD - 7, psfFlux=200.0),
    forced_row(10, MJD - 6, psfFlux=40.0, band="g"),
]


@pytest.fixture
def lc():
    alert = lsst_alert(1, visit=1, detector=1)
    return extract_lightcurve(locus_of(alert), forced=packet_of([source_of(alert)], ROWS))


def forced(ax):
    """Return the containers of forced photometry: one per band."""
    return [each for each in ax.containers if each.get_label() == "_forced"]


@pytest.mark.parametrize(
    ("style", "colors"), [("default", COLORS_ON_WHITE), ("dark_background", COLORS_ON_BLACK)]
)
def test_forced_points_are_small_and_hollow_in_the_color_of_the_band(lc, style, colors):
    with plt.style.context(style):
        ax = plot_lightcurve(lc)

    of_bands = dict(zip("gr", sorted(forced(ax), key=lambda each: len(each.lines[0].get_xdata())),
                        strict=True))  # fmt: skip
    for band, container in of_bands.items():
        line = container.lines[0]
        assert line.get_marker() == SYMBOLS[band]
        assert to_hex(line.get_markeredgecolor()) == to_hex(colors[band])
        assert line.get_markerfacecolor() == "none"
    detection = series(ax)["r"].lines[0]
    assert of_bands["r"].lines[0].get_markersize() < detection.get_markersize()
    assert of_bands["r"].lines[0].get_zorder() < detection.get_zorder()


def test_non_detections_are_fluxes_around_zero_with_errors(lc):
    ax = plot_lightcurve(lc)

    (of_r,) = [each for each in forced(ax) if len(each.lines[0].get_xdata()) == 3]
    assert of_r.lines[0].get_ydata().tolist() == [-60.0, 100.0, 200.0]
    segments = of_r.lines[2][0].get_segments()
    assert [tuple(each[:, 1]) for each in segments] == [(-110, -10), (50, 150), (150, 250)]
    assert len(zero_lines(ax)) == 1
    assert limits(ax) == []


def test_the_legend_names_forced_photometry_once(lc):
    assert legend_of(plot_lightcurve(lc)) == ["g", "r", "forced photometry"]

    ax = plot_lightcurve(lc, label="one")
    plot_lightcurve(lc, label="two", ax=ax)

    assert legend_of(ax).count("forced photometry") == 1


@pytest.mark.parametrize("sigma", [3, 5])
@pytest.mark.parametrize("y", ["flux", "magnitude"])
def test_limits_are_drawn_on_request_at_that_many_sigma(lc, sigma, y):
    ax = plot_lightcurve(lc, limits=sigma, y=y)

    drawn = sorted(
        (float(x), float(value))
        for line in limits(ax)
        for x, value in zip(line.get_xdata(), line.get_ydata(), strict=True)
    )
    flux = sigma * 50.0
    days = [-9, -8, -6] if sigma == 3 else [-9, -8, -7, -6]
    assert [x for x, _ in drawn] == [MJD + day for day in days]
    expected = flux if y == "flux" else to_magnitude(flux)
    assert np.allclose([value for _, value in drawn], expected)
    assert f"upper limit ({sigma} sigma)" in legend_of(ax)
    assert ("forced photometry" in legend_of(ax)) == (sigma == 3)


def test_in_magnitudes_a_non_detection_is_noted_and_not_drawn(lc):
    ax = plot_lightcurve(lc, y="magnitude")

    assert [len(each.lines[0].get_xdata()) for each in forced(ax)] == [1]
    assert "3 of 5 points have no magnitude (below 3 sigma)" in texts(ax)


def test_with_limits_every_point_is_drawn_in_magnitudes(lc):
    assert not [text for text in texts(plot_lightcurve(lc, y="magnitude", limits=3))
                if "no magnitude" in text]  # fmt: skip


@pytest.mark.parametrize("limits", [0, -3, np.nan, np.inf, True, "3", [3]])
def test_limits_must_be_a_number_of_sigma(lc, limits):
    with pytest.raises(InvalidInputError, match="limits="):
        plot_lightcurve(lc, limits=limits)


def test_day_zero_is_the_first_detection_not_a_forced_point(lc):
    ax = plot_lightcurve(lc, x="days")

    assert series(ax)["r"].lines[0].get_xdata().tolist() == [0.0]


def test_a_light_curve_with_limits_is_left_as_it_was(lc):
    before = lc.copy()

    plot_lightcurve(lc, limits=3)

    assert all((lc[name] == before[name]).all() for name in ("flux", "flux_err", "is_limit"))


def test_forced_points_do_not_shrink_the_symbols_of_detections(lc):
    alert = lsst_alert(1, visit=1, detector=1)
    many = [forced_row(n, MJD - n / 10) for n in range(2, 900)]
    crowded = extract_lightcurve(locus_of(alert), forced=packet_of([source_of(alert)], many))

    sizes = [series(plot_lightcurve(each))["r"].lines[0].get_markersize() for each in (lc, crowded)]

    assert sizes[0] == sizes[1]
