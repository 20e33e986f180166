"""Light curves of different quantities never share one scale."""

import pytest
from artists import curve
from building import lsst_alert

from antares_helpers import InvalidInputError, plot_lightcurve


@pytest.fixture
def lc():
    return curve(lsst_alert(1), lsst_alert(2, band="g"), survey="lsst")


@pytest.mark.parametrize(
    "options", [{"y": "magnitude"}, {"x": "days"}, {"x": "phase", "period": 1.0}], ids=str
)
def test_another_quantity_is_rejected_and_leaves_the_axes_as_they_were(lc, options):
    ax = plot_lightcurve(lc)
    before = (ax.get_xlabel(), ax.get_ylabel(), ax.yaxis_inverted(), len(ax.get_children()))

    with pytest.raises(InvalidInputError, match="needs an Axes of its own"):
        plot_lightcurve(lc, ax=ax, **options)

    after = (ax.get_xlabel(), ax.get_ylabel(), ax.yaxis_inverted(), len(ax.get_children()))
    assert after == before


def test_total_flux_is_not_drawn_on_the_scale_of_a_difference(lc):
    ax = plot_lightcurve(lc)
    total = curve(lsst_alert(1), survey="lsst", flux="total")

    with pytest.raises(InvalidInputError, match=r"Difference flux .* Total flux"):
        plot_lightcurve(total, ax=ax)


@pytest.mark.parametrize(
    "options", [{}, {"y": "magnitude"}, {"x": "phase", "period": 2.0}], ids=str
)
def test_the_same_quantity_is_drawn_again(lc, options):
    ax = plot_lightcurve(lc, **options)
    if "period" in options:
        options = options | {"period": 3.0}

    assert plot_lightcurve(lc, ax=ax, **options) is ax
