import astropy.units as u
import numpy as np
import pytest
from matplotlib import pyplot as plt
from matplotlib.colors import AsinhNorm, Normalize

from antares_helpers import InvalidInputError
from antares_helpers.fetching.cutouts import Cutouts
from antares_helpers.plotting.cutouts import plot_cutouts
from antares_helpers.validation import CUTOUTS

NOISE = 10.0


@pytest.fixture
def cutouts():
    """A bright source that has faded, and a hole in the difference image, in nJy."""
    images = dict(zip(CUTOUTS, np.random.default_rng(1).normal(0, NOISE, (3, 30, 30)), strict=True))
    for kind, flux in zip(CUTOUTS, (5000.0, 3000.0, -2000.0), strict=True):
        images[kind][13:17, 13:17] += flux
    return {kind: u.Quantity(image, u.nJy) for kind, image in images.items()}


def titles(axes):
    return [ax.get_title() for ax in axes]


def image_of(ax):
    (image,) = ax.images
    return image


def bars(axes):
    return [ax for ax in axes[0].figure.axes if ax not in list(axes)]


def ticks(axes):
    (bar,) = bars(axes)
    return [tick.get_text() for tick in bar.get_yticklabels()]


# What is drawn


def test_each_image_is_drawn_as_it_is_from_the_bottom_up(cutouts):
    axes = plot_cutouts(cutouts)

    assert titles(axes) == ["template", "science", "difference"]
    for ax, image in zip(axes, cutouts.values(), strict=True):
        assert (image_of(ax).get_array() == image.value).all()
        assert image_of(ax).origin == "lower"
        assert ax.get_ylim() == (-0.5, 29.5)


def test_the_order_is_not_that_of_the_mapping(cutouts):
    axes = plot_cutouts({kind: cutouts[kind] for kind in reversed(CUTOUTS)})

    assert titles(axes) == ["template", "science", "difference"]
    assert (image_of(axes[2]).get_array() == cutouts["difference"].value).all()


@pytest.mark.parametrize("kinds", [CUTOUTS[:1], CUTOUTS[1:], CUTOUTS[::2]], ids=" ".join)
def test_some_of_the_images_can_be_drawn(cutouts, kinds):
    axes = plot_cutouts({kind: cutouts[kind] for kind in kinds})

    assert (axes.shape, tuple(titles(axes))) == ((len(kinds),), kinds)


def test_images_of_different_sizes_can_be_drawn(cutouts):
    cutouts["template"] = cutouts["template"][:20]

    assert image_of(plot_cutouts(cutouts)[0]).get_array().shape == (20, 30)


def test_the_images_are_left_as_they_were(cutouts):
    cutouts["science"][0, 0] = np.inf * u.nJy
    before = {kind: image.copy() for kind, image in cutouts.items()}

    plot_cutouts(cutouts)

    assert all((cutouts[kind] == before[kind]).all() for kind in CUTOUTS)


# The scale


def test_all_images_share_one_scale_and_one_color_bar(cutouts):
    axes = plot_cutouts(cutouts)

    norms = {id(image_of(ax).norm) for ax in axes}
    assert (len(norms), len(bars(axes))) == (1, 1)


def test_zero_is_in_the_middle_and_on_the_color_bar(cutouts):
    axes = plot_cutouts(cutouts)

    norm = image_of(axes[0]).norm
    assert norm(0) == pytest.approx(0.5)
    assert norm.vmin == -norm.vmax
    assert ticks(axes) == ["−1,000", "−100", "0", "100", "1,000"]  # noqa: RUF001 (a real minus)


def test_the_scale_is_linear_in_the_noise_of_the_difference_and_logarithmic_beyond(cutouts):
    norm = image_of(plot_cutouts(cutouts)[0]).norm

    assert isinstance(norm, AsinhNorm)
    assert norm.linear_width == pytest.approx(3 * NOISE, rel=0.1)
    assert norm.vmax == pytest.approx(5000, rel=0.02)


@pytest.mark.parametrize("value", [1e6, -1e6])
def test_a_bad_pixel_does_not_set_the_scale(cutouts, value):
    usual = image_of(plot_cutouts(cutouts)[0]).norm
    cutouts["science"][3, 3] = value * u.nJy

    norm = image_of(plot_cutouts(cutouts)[0]).norm
    assert norm.vmax == pytest.approx(usual.vmax, rel=0.02)
    assert norm.vmin == -norm.vmax


@pytest.mark.parametrize(("value", "end"), [(1e6, "max"), (-1e6, "min")])
def test_an_arrow_shows_that_there_are_values_beyond(value, end):
    image = np.tile([[-1.0, 1.0]], (30, 15))
    image[0, 0] = value

    axes = plot_cutouts({"difference": image})

    assert image_of(axes[0]).colorbar.extend == end


def test_without_values_below_zero_the_scale_is_linear_from_the_lowest_to_the_highest():
    image = np.tile(np.arange(100.0, 200.0), (3, 1))

    norm = image_of(plot_cutouts({"science": image})[0]).norm

    assert (type(norm), norm.vmin, norm.vmax) == (Normalize, 100, 199)


@pytest.mark.parametrize("value", [0.0, 7.0, -7.0, 1e-12, 1e12])
def test_constant_images_can_be_drawn(value):
    axes = plot_cutouts({"template": np.full((3, 3), value), "science": np.full((3, 3), value)})
    axes[0].figure.canvas.draw()

    norm = image_of(axes[0]).norm
    assert norm.vmin <= value <= norm.vmax
    assert norm.vmin < norm.vmax


# Units


def test_the_color_bar_names_the_unit(cutouts):
    (bar,) = bars(plot_cutouts(cutouts))

    assert bar.get_ylabel() == "Flux in a pixel [nJy]"


def test_plain_arrays_have_no_unit(cutouts):
    (bar,) = bars(plot_cutouts({kind: image.value for kind, image in cutouts.items()}))

    assert bar.get_ylabel() == "Value of a pixel"


def test_other_units_are_converted_to_that_of_the_first(cutouts):
    values = cutouts["difference"].value
    cutouts["difference"] = cutouts["difference"].to(u.uJy)

    axes = plot_cutouts(cutouts)

    assert np.asarray(image_of(axes[2]).get_array()) == pytest.approx(values)


@pytest.mark.parametrize("unit", [u.adu, None], ids=str)
def test_without_a_common_unit_nothing_is_drawn(cutouts, unit):
    value = cutouts["science"].value
    cutouts["science"] = value if unit is None else u.Quantity(value, unit)

    for images in (cutouts, {"science": cutouts["science"], "difference": cutouts["difference"]}):
        with pytest.raises(InvalidInputError, match=f"no common unit: .*science in {unit}"):
            plot_cutouts(images)
    assert plt.get_fignums() == []


# Pictures


@pytest.fixture
def pictures():
    """The shades of three pictures, each stretched on its own, as they were fetched."""
    shades = np.random.default_rng(2).integers(0, 256, (3, 30, 30)).astype(float)
    return Cutouts(
        dict(zip(CUTOUTS, shades, strict=True)), {kind: {"SIMULATE": "made"} for kind in CUTOUTS}
    )


def test_shades_of_pictures_are_drawn_in_gray_and_have_no_unit(pictures):
    axes = plot_cutouts(pictures)
    (bar,) = bars(axes)

    assert bar.get_ylabel() == "Shade of gray (stretched, no unit)"
    assert {image_of(ax).get_cmap().name for ax in axes} == {"gray"}
    assert type(image_of(axes[0]).norm) is Normalize


def test_simulated_pictures_are_marked_as_such(pictures):
    assert [text.get_text() for text in plot_cutouts(pictures)[-1].texts] == ["simulated data"]
    pictures.pictures = {kind: {} for kind in CUTOUTS}
    assert list(plot_cutouts(pictures)[-1].texts) == []


def test_some_of_the_pictures_can_be_drawn(pictures):
    del pictures["template"]

    assert titles(plot_cutouts(pictures)) == ["science", "difference"]


@pytest.mark.parametrize("given", [None, 3, [], ["science"], {"other": {}}, {}], ids=str)
def test_only_pictures_are_taken_for_pictures(pictures, given):
    pictures.pictures = given

    (bar,) = bars(plot_cutouts(pictures))

    assert bar.get_ylabel() == "Value of a pixel"


# Pixels without a value


def test_pixels_without_a_value_are_blank(cutouts):
    cutouts["science"][:5] = np.nan * u.nJy
    cutouts["science"][5] = np.inf * u.nJy

    drawn = image_of(plot_cutouts(cutouts)[1]).get_array()

    assert drawn.mask.sum() == 6 * 30
    assert drawn.mask[:6].all()


def test_masked_pixels_are_blank():
    masked = np.ma.masked_greater([[1.0, 2.0], [3.0, 4.0]], 3)

    drawn = image_of(plot_cutouts({"science": masked})[0]).get_array()

    assert drawn.mask.tolist() == [[False, False], [False, True]]


def test_an_image_without_any_value_says_so(cutouts):
    cutouts["template"] = np.full((30, 30), np.nan) * u.nJy

    axes = plot_cutouts(cutouts)

    assert [[text.get_text() for text in ax.texts] for ax in axes] == [["no pixels"], [], []]
    assert image_of(axes[0]).norm.vmax == pytest.approx(3000, rel=0.02)


def test_without_any_value_there_is_no_color_bar():
    axes = plot_cutouts(dict.fromkeys(CUTOUTS, np.full((3, 3), np.nan)))
    axes[0].figure.canvas.draw()

    assert bars(axes) == []


# Simulated data


@pytest.mark.parametrize(("simulate", "text"), [(True, ["simulated data"]), (False, [])])
def test_simulated_data_are_marked_as_such(cutouts, simulate, text):
    cutouts["template"].info.meta = {"SIMULATE": simulate}

    assert [text.get_text() for ax in plot_cutouts(cutouts) for text in ax.texts] == text


# Axes and titles


def test_a_new_figure_gets_the_title(cutouts):
    axes = plot_cutouts(cutouts, title="my title")

    assert axes[0].figure.get_suptitle() == "my title"


def test_it_draws_in_axes_that_are_given(cutouts):
    fig, grid = plt.subplots(2, 3, layout="constrained")

    axes = plot_cutouts(cutouts, title="my row", axes=grid[1])

    assert list(axes) == list(grid[1])
    assert (grid[1][0].get_ylabel(), fig.get_suptitle()) == ("my row", "")
    assert not any(ax.has_data() for ax in grid[0])
    assert plt.get_fignums() == [fig.number]


def test_one_image_is_drawn_in_one_axes(cutouts):
    _, ax = plt.subplots()

    axes = plot_cutouts({"science": cutouts["science"]}, axes=ax)

    assert list(axes) == [ax]


def test_it_draws_in_a_subfigure(cutouts):
    left, right = plt.figure(layout="constrained").subfigures(1, 2)

    plot_cutouts(cutouts, axes=right.subplots(1, 3))
    right.figure.canvas.draw()

    assert (len(left.axes), len(right.axes)) == (0, 4)


def test_the_options_of_matplotlib_stay_as_they_were(cutouts):
    before = dict(plt.rcParams)

    plot_cutouts(cutouts)

    assert dict(plt.rcParams) == before


def test_text_can_be_read_on_black(cutouts):
    with plt.style.context("dark_background"):
        axes = plot_cutouts(cutouts, title="title")
        (bar,) = bars(axes)

    assert {axes[0].title.get_color(), bar.yaxis.label.get_color()} == {"white"}


@pytest.mark.parametrize(
    "given",
    [
        {},
        [],
        None,
        "science",
        [[1.0]],
        np.zeros((3, 3)),
        {"other": np.zeros((3, 3))},
        {1: np.zeros((3, 3))},
        {"science": np.zeros(3)},
        {"science": np.zeros((0, 3))},
        {"science": np.zeros((1, 3, 3))},
        {"science": "text"},
        {"science": None},
        {"science": [[1, 2], [3]]},
        {"science": b"SIMPLE  ="},
    ],
    ids=str,
)
def test_anything_but_images_is_refused(given):
    with pytest.raises(InvalidInputError):
        plot_cutouts(given)
    assert plt.get_fignums() == []


@pytest.mark.parametrize("number", [1, 2, 4])
def test_the_number_of_axes_must_be_that_of_the_images(cutouts, number):
    _, axes = plt.subplots(1, number)

    with pytest.raises(InvalidInputError, match="3 Axes"):
        plot_cutouts(cutouts, axes=axes)
    assert not any(ax.has_data() for ax in np.ravel(axes))


@pytest.mark.parametrize("axes", ["axes", 3, [1, 2, 3], [], [None] * 3], ids=str)
def test_anything_but_axes_is_refused(cutouts, axes):
    with pytest.raises(InvalidInputError, match="axes must be 3 Axes"):
        plot_cutouts(cutouts, axes=axes)
