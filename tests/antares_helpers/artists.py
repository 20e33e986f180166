"""What is drawn in the axes of a light-curve plot."""

import numpy as np
from building import locus_of
from matplotlib.colors import to_hex

from antares_helpers import extract_lightcurve
from antares_helpers.plotting.series import SERIES


def curve(*alerts, survey="all", **options):
    return extract_lightcurve(locus_of(*alerts), survey=survey, **options)


def series(ax):
    """Return the error-bar container of each series."""
    return {each.get_label(): each for each in ax.containers if each.get_label() in SERIES}


def limits(ax):
    """Return the lines of upper limits."""
    return [line for line in ax.lines if line.get_label() == "_limit"]


def line_of(ax, label):
    (line,) = [line for line in ax.lines if line.get_label() == label]
    return line


def bars(container):
    """Return the lower and upper end of each error bar."""
    (collection,) = container.lines[2]
    return [tuple(segment[:, 1]) for segment in collection.get_segments()]


def legend_of(ax):
    return [text.get_text() for text in ax.get_legend().get_texts()]


def texts(ax):
    return [text.get_text() for text in ax.texts]


def zero_lines(ax):
    return [line for line in ax.lines if list(line.get_ydata()) == [0, 0]]


def handle_of(ax, label):
    """Return the handle beside a label of the legend."""
    return ax.get_legend().legend_handles[legend_of(ax).index(label)]


def color_of(line):
    return to_hex(line.get_markerfacecolor())


def x_of(ax):
    return np.sort(np.concatenate([each.lines[0].get_xdata() for each in series(ax).values()]))
