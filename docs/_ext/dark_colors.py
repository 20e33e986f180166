"""What a color on white becomes on the site's dark background."""

from collections.abc import Sequence
from colorsys import hls_to_rgb, rgb_to_hls
from functools import cache

from matplotlib.colors import to_hex, to_rgb, to_rgba

from antares_helpers.bands import COLORS_ON_BLACK, COLORS_ON_WHITE
from antares_helpers.plotting.series import SERIES, marker_style

__all__ = ["BACKGROUND", "TEXT", "contrast", "dark", "dark_shade", "is_of_a_band"]

BACKGROUND, TEXT = "#14181e", "#ced6dd"
"""The theme's colors of a dark page and of its text."""

_GRAY, _STEPS = 0.05, 20
_MIN_CONTRAST, _MAX_CONTRAST = 4.5, 8.0

RGB = Sequence[float]
RGBA = tuple[float, float, float, float]


def _faces() -> dict[str, str]:
    """Return the fill of each series' symbol on white, and on a dark background."""
    pairs = {}
    for name, (band, _) in SERIES.items():
        on_white = marker_style(name, COLORS_ON_WHITE[band], is_dark=False)
        on_dark = marker_style(name, COLORS_ON_BLACK[band], is_dark=True)
        pairs[on_white["markerfacecolor"].lower()] = on_dark["markerfacecolor"]
    return pairs


_OF_BANDS = {COLORS_ON_WHITE[band].lower(): COLORS_ON_BLACK[band] for band in COLORS_ON_WHITE}
_KNOWN = _faces() | _OF_BANDS


def is_of_a_band(color: RGBA) -> bool:
    """Return whether a color is Rubin's of a band, on white."""
    return to_hex(color[:3]) in _OF_BANDS


def dark(color: RGBA) -> RGBA:
    """Return Rubin's dark color for that of a band, and equal contrast for all others."""
    known = _KNOWN.get(to_hex(color[:3]))
    return to_rgba(known, color[3]) if known else dark_shade(color, _MIN_CONTRAST)


@cache
def dark_shade(color: RGBA, least: float = 1.0) -> RGBA:
    """Return a color that has as much contrast with a dark page as the given one with white.

    A color other than gray has at least the contrast given: yellow is bright on both.
    """
    *rgb, alpha = color
    wanted = contrast(rgb, (1, 1, 1))
    hue, _, saturation = rgb_to_hls(*rgb)
    if max(rgb) - min(rgb) < _GRAY:
        red, green, blue = _between(to_rgb(BACKGROUND), to_rgb(TEXT), wanted)
    else:
        red, green, blue = _of_hue(hue, saturation, max(least, min(wanted, _MAX_CONTRAST)))
    return red, green, blue, alpha


def contrast(color: RGB, other: RGB) -> float:
    """Return the contrast of two colors as WCAG defines it, from 1 to 21."""
    low, high = sorted((_luminance(color), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _luminance(color: RGB) -> float:
    linear = [
        each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in color
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _between(start: RGB, end: RGB, wanted: float) -> RGB:
    low, high = 0.0, 1.0
    for _ in range(_STEPS):
        middle = (low + high) / 2
        mixed = [a + middle * (b - a) for a, b in zip(start, end, strict=True)]
        low, high = (middle, high) if contrast(mixed, start) < wanted else (low, middle)
    return [a + high * (b - a) for a, b in zip(start, end, strict=True)]


def _of_hue(hue: float, saturation: float, wanted: float) -> RGB:
    low, high = 0.0, 1.0
    background = _luminance(to_rgb(BACKGROUND))
    for _ in range(_STEPS):
        middle = (low + high) / 2
        found = _luminance(hls_to_rgb(hue, middle, saturation))
        is_less = (found + 0.05) / (background + 0.05) < wanted
        low, high = (middle, high) if is_less else (low, middle)
    return hls_to_rgb(hue, high, saturation)
