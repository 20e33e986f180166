"""What stands in the axes of a light-curve plot."""

import numpy as np
from building import locus_of

from antares_helpers import extract_lightcurve
from antares_helpers.bands import BANDS


def curve(*alerts, survey="all", **options):
    return extract_lightcurve(locus_of(*alerts), survey=survey, **options)


def series(ax):
    """Return the error-bar container of each band."""
    return {each.get_label(): each for each in ax.containers if each.get_label() in BANDS}


def limits(ax):
    """Return the error-bar containers with hollow symbols."""
    return [each for each in ax.containers if each.lines[0].get_markerfacecolor() == "none"]


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


def x_of(ax):
    return np.sort(np.concatenate([each.lines[0].get_xdata() for each in series(ax).values()]))
