"""Plot the cutouts of an alert next to each other, all on one scale."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import astropy.units as u
import numpy as np

from antares_helpers.errors import InvalidInputError
from antares_helpers.plotting.axes import mark_as_simulated
from antares_helpers.validation import CUTOUTS, short_repr

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.colors import Normalize
    from numpy.typing import NDArray

__all__ = ["Scale", "plot_cutouts"]

_COLORS = "cividis"  # from dark blue through gray to yellow: the sign shows in print too
_SHADES = "gray"  # pictures as they are


def plot_cutouts(
    cutouts: Mapping[str, Any],
    *,
    title: str | None = None,
    axes: Axes | Iterable[Axes] | None = None,
) -> NDArray[np.object_]:
    """Plot the cutouts of an alert next to each other, on one scale with one color bar.

    Row 0 is at the bottom. A color means the same value in each image. If there are values below
    zero, the limits are symmetric, so that zero is gray, a positive source yellow and a negative
    one dark blue. The scale is linear up to three times the noise of the difference image and
    logarithmic beyond (asinh), so that a faint change is visible beside a bright host. Without
    values below zero the scale is linear from the lowest to the highest. The limits exclude the
    most extreme 0.3 percent of the pixels of each image; an arrow at the end of the color bar shows
    that there are values beyond it. Pixels without a value are left blank. Simulated data are
    marked as such.

    Cutouts that were fetched as pictures (PNG) are drawn in gray, and the color bar says that their
    shades have no unit: each picture is stretched on its own, so that equal shades are not equal
    fluxes, and zero is not known.

    Parameters
    ----------
    cutouts : mapping of str to array or `~astropy.units.Quantity`
        The result of `fetch_cutouts`: images under ``"template"``, ``"science"`` and
        ``"difference"``, or some of these.
    title : str, optional
        Title of the figure; in your own axes it is placed to the left of the first.
    axes : `~matplotlib.axes.Axes` or iterable of them, optional
        Where to draw, one for each image; by default in a new figure.

    Returns
    -------
    `~numpy.ndarray` of `~matplotlib.axes.Axes`
        The axes drawn in, one for each image in the order template, science, difference.

    Raises
    ------
    InvalidInputError
        If `cutouts` are not such images or have no common unit, or if there are not as many `axes`.

    Examples
    --------
    >>> from antares_helpers import extract_lightcurve, fetch_cutouts, fetch_locus, plot_cutouts
    >>> lc = extract_lightcurve(fetch_locus("ANT2026z3bqyjga24oc"))
    >>> axes = plot_cutouts(fetch_cutouts(lc["alert_id"][0]))
    >>> [ax.get_title() for ax in axes]
    ['template', 'science', 'difference']
    """
    images, unit = _checked(cutouts)
    pictures = _pictures(cutouts)
    drawn_in = None if axes is None else _given_axes(axes, len(images))
    is_new = drawn_in is None
    drawn_in = _new_axes(len(images)) if drawn_in is None else drawn_in

    scale = Scale.of(images)
    norm = scale.norm()
    for ax, (kind, image) in zip(drawn_in, images.items(), strict=True):
        _draw(ax, kind, image, norm, _SHADES if kind in pictures else _COLORS)
    if any(np.isfinite(image).any() for image in images.values()):
        _add_color_bar(drawn_in, scale, _SHADES_LABEL if pictures else _bar_label(unit))
    if any(_is_simulated(image, pictures.get(kind)) for kind, image in cutouts.items()):
        mark_as_simulated(drawn_in[-1], below=True)
    if title is not None and is_new:
        drawn_in[0].get_figure(root=False).suptitle(title)
    elif title is not None:
        drawn_in[0].set_ylabel(title)
    return drawn_in


def _checked(cutouts: Any) -> tuple[dict[str, NDArray[np.float64]], u.UnitBase | None]:
    """Return plain images in their order, and the unit that they have in common."""
    is_mapping = isinstance(cutouts, Mapping)
    if not is_mapping or not cutouts or not all(kind in CUTOUTS for kind in cutouts):
        given = list(cutouts) if is_mapping else cutouts
        raise InvalidInputError(
            f"plot_cutouts takes the result of fetch_cutouts: images under some of "
            f"{', '.join(map(repr, CUTOUTS))}; not {short_repr(given)}."
        )
    kinds = [kind for kind in CUTOUTS if kind in cutouts]
    unit = _common_unit({kind: getattr(cutouts[kind], "unit", None) for kind in kinds})
    return {kind: _values(kind, cutouts[kind], unit) for kind in kinds}, unit


def _common_unit(units: dict[str, Any]) -> u.UnitBase | None:
    """Return the unit of the first image, to which all others must convert."""
    first, *others = units.values()
    try:
        has_one = all(other is first or first.is_equivalent(other) for other in others)
    except (AttributeError, TypeError, ValueError):  # None, or something else without units
        has_one = False
    if not has_one:
        named = ", ".join(f"{kind} in {unit}" for kind, unit in units.items())
        raise InvalidInputError(f"The images have no common unit: {named}. Plot them one by one.")
    return first


def _values(kind: str, image: Any, unit: u.UnitBase | None) -> NDArray[np.float64]:
    """Return an image as plain numbers, with NaN for pixels without a value."""
    try:
        plain = image if unit is None else u.Quantity(image).to_value(unit)
        values = np.ma.array(plain, dtype=np.float64, copy=True).filled(np.nan)
    except (TypeError, ValueError) as error:
        raise InvalidInputError(f"The {kind} image is not an array of numbers.") from error
    if values.ndim != 2 or not values.size:
        raise InvalidInputError(f"The {kind} image must have 2 dimensions, not {values.shape}.")
    values[~np.isfinite(values)] = np.nan
    return np.asarray(values)


def _given_axes(axes: Any, number: int) -> NDArray[np.object_]:
    from matplotlib.axes import Axes as AnyAxes

    given = np.ravel(np.asarray(axes, dtype=object))
    if not all(isinstance(ax, AnyAxes) for ax in given) or len(given) != number:
        raise InvalidInputError(
            f"axes must be {number} Axes of matplotlib, one for each image, not {short_repr(axes)}."
        )
    return given


def _new_axes(number: int) -> NDArray[np.object_]:
    from matplotlib import pyplot as plt

    _, axes = plt.subplots(
        1, number, figsize=(2.6 * number + 1.0, 2.9), layout="compressed", squeeze=False
    )
    return np.ravel(axes)


def _pictures(cutouts: Any) -> dict[str, Any]:
    """Return the text of the files that are pictures: what `fetch_cutouts` says of its result."""
    pictures = getattr(cutouts, "pictures", None)
    if not isinstance(pictures, Mapping):
        return {}
    return {kind: pictures[kind] for kind in pictures if kind in cutouts}


def _draw(ax: Axes, kind: str, image: NDArray[np.float64], norm: Normalize, colors: str) -> None:
    ax.imshow(image, origin="lower", norm=norm, cmap=colors, interpolation="nearest")
    ax.set(title=kind, xticks=[], yticks=[])
    if not np.isfinite(image).any():
        ax.text(0.5, 0.5, "no pixels", transform=ax.transAxes, ha="center", va="center")


_SHADES_LABEL = "Shade of gray (stretched, no unit)"


def _bar_label(unit: u.UnitBase | None) -> str:
    return "Value of a pixel" if unit is None else f"Flux in a pixel [{unit}]"


def _add_color_bar(axes: NDArray[np.object_], scale: Scale, label: str) -> None:
    bar = (
        axes[0]
        .get_figure(root=False)
        .colorbar(
            axes[0].images[-1],
            ax=list(axes),
            extend=scale.extend,
            label=label,
            pad=0.02,
        )
    )
    ticks = scale.ticks()
    bar.set_ticks(ticks, labels=[_label(tick) for tick in ticks], minor=False)
    bar.minorticks_off()
    bar.outline.set_linewidth(0.6)


def _label(tick: float) -> str:
    text = f"{tick:,.0f}" if tick == round(tick) else f"{tick:g}"
    return text.replace("-", "\N{MINUS SIGN}")


def _is_simulated(image: Any, picture: Mapping[str, str] | None) -> bool:
    meta = getattr(getattr(image, "info", None), "meta", None)
    is_marked = isinstance(meta, Mapping) and meta.get("SIMULATE") is True
    return is_marked or "SIMULATE" in (picture or {})


_CLIPPED_PERCENT = 0.3  # of each image, at either end: cosmic rays and bad pixels
_LINEAR_SIGMAS = 3.0
_SIGMA_OF_MAD = 1.4826  # of a normal distribution
_MAX_DECADES = 2


@dataclass(frozen=True)
class Scale:
    """The range of values of the color scale, and the part of it that is linear."""

    low: float
    high: float
    width: float
    extend: str
    """The ends beyond which there are values, in the form that matplotlib's color bar takes."""

    @classmethod
    def of(cls, images: dict[str, NDArray[np.float64]]) -> Scale:
        """Return the scale for images in which pixels without a value are NaN."""
        low, high = _limits(images)
        noises = {kind: _noise(image) for kind, image in images.items()}
        noise = noises.get("difference") or min(noises.values())
        width = _LINEAR_SIGMAS * noise if low < 0 and noise else np.inf
        is_below = any((image < low).any() for image in images.values())
        is_above = any((image > high).any() for image in images.values())
        ends = "both" if is_below and is_above else "min" if is_below else "max"
        return cls(low, high, width, ends if is_below or is_above else "neither")

    def norm(self) -> Normalize:
        """Return the scale as a norm of matplotlib."""
        from matplotlib.colors import AsinhNorm, Normalize

        if np.isinf(self.width):
            return Normalize(self.low, self.high)
        return AsinhNorm(self.width, self.low, self.high)

    def ticks(self) -> list[float]:
        """Return zero and the powers of ten beyond the linear part, or round values."""
        from matplotlib.ticker import MaxNLocator

        powers = 10.0 ** np.arange(-30, 31)
        decades = powers[(powers > self.width) & (powers <= self.high)][-_MAX_DECADES:]
        if len(decades) == 1:
            decades = decades[0] * np.array([1.0, 3.0] if 3 * decades[0] <= self.high else [1.0])
        if len(decades):
            return [*map(float, -decades[::-1]), 0.0, *map(float, decades)]
        ticks = MaxNLocator(5).tick_values(self.low, self.high)
        return [float(tick) for tick in ticks if self.low <= tick <= self.high]


def _limits(images: dict[str, NDArray[np.float64]]) -> tuple[float, float]:
    finite = [image[np.isfinite(image)] for image in images.values()]
    finite = [values for values in finite if len(values)]
    if not finite:
        return -1.0, 1.0
    low = min(np.percentile(each, _CLIPPED_PERCENT, method="higher") for each in finite)
    high = max(np.percentile(each, 100 - _CLIPPED_PERCENT, method="lower") for each in finite)
    if low < 0:
        most = max(-low, high)
        return -float(most), float(most)
    return (float(low), float(high)) if low < high else (0.0, float(high) or 1.0)


def _noise(image: NDArray[np.float64]) -> float:
    finite = image[np.isfinite(image)]
    if not len(finite):
        return 0.0
    return float(_SIGMA_OF_MAD * np.median(np.abs(finite - np.median(finite))))
