"""Numbers that several modules need, each with its source."""

from typing import Final

__all__ = ["AB_ZEROPOINT", "TAI_MINUS_UTC_S"]

AB_ZEROPOINT: Final = 31.4
"""AB magnitude of a flux of 1 nJy, as Rubin and ANTARES round it."""

TAI_MINUS_UTC_S: Final = 37.0
"""Seconds by which TAI is ahead of UTC since 2017, before ZTF began (IERS Bulletin C)."""
