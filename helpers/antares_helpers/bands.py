"""The bands of Rubin and ZTF, how to plot them, and numbers that several modules need."""

from types import MappingProxyType
from typing import Final

__all__ = [
    "AB_ZEROPOINT",
    "BANDS",
    "COLORS_ON_BLACK",
    "COLORS_ON_WHITE",
    "LINES",
    "SYMBOLS",
    "TAI_MINUS_UTC_S",
    "ZTF_BANDS",
    "ZTF_BAND_OF_FID",
    "ZTF_BAND_OF_PASSBAND",
]

BANDS = ("u", "g", "r", "i", "z", "y")
"""Rubin's bands, in order of wavelength."""

# Colors, symbols and lines are those of Rubin's RTN-045 and of lsst.utils.plotting.
COLORS_ON_WHITE = MappingProxyType(
    {"u": "#1600EA", "g": "#31DE1F", "r": "#B52626", "i": "#370201", "z": "#BA52FF", "y": "#61A2B3"}
)
"""Rubin's color for each band on a white background (RTN-045)."""

COLORS_ON_BLACK = MappingProxyType(
    {"u": "#3eb7ff", "g": "#30c39f", "r": "#ff7e00", "i": "#2af5ff", "z": "#a7f9c1", "y": "#fdc900"}
)
"""Rubin's color for each band on a black background (RTN-045)."""

SYMBOLS = MappingProxyType({"u": "o", "g": "^", "r": "v", "i": "s", "z": "*", "y": "p"})
"""Rubin's plotting symbol for each band (RTN-045), as matplotlib markers."""

LINES = MappingProxyType(
    {
        "u": "--",
        "g": (0, (3, 1, 1, 1)),
        "r": "-.",
        "i": "-",
        "z": (0, (3, 1, 1, 1, 1, 1)),
        "y": ":",
    }
)
"""Rubin's line style for each band (RTN-045), as matplotlib line styles."""

ZTF_BANDS = ("g", "r", "i")
"""ZTF's bands, in order of wavelength."""

ZTF_BAND_OF_FID = MappingProxyType({1: "g", 2: "r", 3: "i"})
"""ZTF's band for each ``ztf_fid``."""

ZTF_BAND_OF_PASSBAND = MappingProxyType({"g": "g", "R": "r", "r": "r", "i": "i"})
"""ZTF's band for each ``ant_passband``: ANTARES calls ZTF's r band ``R``."""

AB_ZEROPOINT: Final = 31.4
"""AB magnitude of a flux of 1 nJy, as Rubin and ANTARES round it."""

TAI_MINUS_UTC_S: Final = 37.0
"""Seconds by which TAI is ahead of UTC since 2017, before ZTF began (IERS Bulletin C)."""
