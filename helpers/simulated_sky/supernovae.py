"""Supernovae and other transients."""

from collections.abc import Mapping
from math import exp
from typing import NamedTuple

__all__ = ["FastTransient", "PlateauSupernova", "StrippedSupernova", "ThermonuclearSupernova"]


class _Shape(NamedTuple):
    """Light curve of a supernova in a band; times in days from the peak in g."""

    peak: float
    width: float
    tail: float
    bump: float
    bump_at: float


class ThermonuclearSupernova:
    """A supernova like those of type Ia: a steep rise, a second maximum in the red.

    Parameters
    ----------
    peak_mjd : float
        When it is brightest in g.
    peak : mapping of str to float
        Peak flux in nJy, by band.
    host : mapping of str to float
        Flux of the host galaxy under it, in nJy, by band.
    stretch : float, optional
        How much slower its clock runs: 1 + redshift.
    """

    RISE_D = 17.5
    SHAPES: Mapping[str, _Shape] = {
        "u": _Shape(-2.0, 8.5, 0.03, 0.0, 0.0),
        "g": _Shape(0.0, 11.5, 0.08, 0.0, 0.0),
        "r": _Shape(1.5, 13.0, 0.1, 0.22, 24.0),
        "i": _Shape(-1.0, 11.0, 0.12, 0.42, 26.0),
        "z": _Shape(-1.5, 10.5, 0.14, 0.5, 27.0),
        "y": _Shape(-2.0, 10.5, 0.15, 0.62, 28.0),
    }
    _BUMP_WIDTH_D = 8.0
    _TAIL_D = 45.0

    def __init__(
        self,
        peak_mjd: float,
        peak: Mapping[str, float],
        host: Mapping[str, float],
        stretch: float = 1.0,
    ) -> None:
        self.peak_mjd = peak_mjd
        self.peak = peak
        self.template = host
        self.stretch = stretch

    def difference(self, mjd: float, band: str) -> float:
        """Return the flux of the supernova, in nJy."""
        shape = self.SHAPES[band]
        time = (mjd - self.peak_mjd) / self.stretch - shape.peak
        return self.peak[band] * (self._main(time, shape) + self._bump(time, shape))

    def _main(self, time: float, shape: _Shape) -> float:
        if time <= -self.RISE_D:
            return 0.0
        if time < 0:
            return (1 - (time / self.RISE_D) ** 2) ** 2
        core = exp(-0.5 * (time / shape.width) ** 2)
        return (1 - shape.tail) * core + shape.tail * exp(-time / self._TAIL_D)

    def _bump(self, time: float, shape: _Shape) -> float:
        if time <= 0:
            return 0.0
        ramp = min(1.0, time / shape.bump_at) if shape.bump_at else 0.0
        return shape.bump * ramp * exp(-0.5 * ((time - shape.bump_at) / self._BUMP_WIDTH_D) ** 2)


class StrippedSupernova(ThermonuclearSupernova):
    """A supernova like those of type Ib and Ic: later in the red, without a second maximum."""

    RISE_D = 15.0
    SHAPES: Mapping[str, _Shape] = {
        "u": _Shape(-3.0, 7.0, 0.02, 0.0, 0.0),
        "g": _Shape(0.0, 9.5, 0.1, 0.0, 0.0),
        "r": _Shape(2.5, 12.0, 0.14, 0.0, 0.0),
        "i": _Shape(4.0, 13.0, 0.16, 0.0, 0.0),
        "z": _Shape(5.0, 14.0, 0.18, 0.0, 0.0),
        "y": _Shape(5.5, 15.0, 0.18, 0.0, 0.0),
    }


class PlateauSupernova:
    """A supernova like those of type IIP: a fast rise, a plateau of some months, a drop.

    Parameters
    ----------
    start_mjd : float
        The explosion.
    peak : mapping of str to float
        Flux at the start of the plateau in nJy, by band.
    host : mapping of str to float
        Flux of the host galaxy under it, in nJy, by band.
    stretch : float, optional
        How much slower its clock runs: 1 + redshift.
    """

    PLATEAU_D = 88.0
    _RISE_D = 2.8
    _DROP_D = 3.5
    _TAIL = 0.18
    _DECLINE_D: Mapping[str, float] = {"u": 13, "g": 48, "r": 230, "i": 320, "z": 350, "y": 350}

    def __init__(
        self,
        start_mjd: float,
        peak: Mapping[str, float],
        host: Mapping[str, float],
        stretch: float = 1.0,
    ) -> None:
        self.start_mjd = start_mjd
        self.peak = peak
        self.template = host
        self.stretch = stretch

    def difference(self, mjd: float, band: str) -> float:
        """Return the flux of the supernova, in nJy."""
        time = (mjd - self.start_mjd) / self.stretch
        if time <= 0:
            return 0.0
        rise = 1 - exp(-time / self._RISE_D)
        plateau = (1 - self._TAIL) / (1 + exp((time - self.PLATEAU_D) / self._DROP_D))
        decline = exp(-time / self._DECLINE_D[band])
        return self.peak[band] * rise * decline * (plateau + self._TAIL)


class FastTransient:
    """A transient that rises in hours and fades in days, the blue first, as a kilonova does.

    Parameters
    ----------
    start_mjd : float
        The merger.
    peak : mapping of str to float
        Flux at the start in nJy, if the rise took no time, by band.
    host : mapping of str to float
        Flux of the host galaxy under it, in nJy, by band.
    """

    _RISE_D = 0.25
    _DECLINE_D: Mapping[str, float] = {"u": 0.8, "g": 1.2, "r": 2.0, "i": 2.9, "z": 3.8, "y": 4.6}

    def __init__(
        self, start_mjd: float, peak: Mapping[str, float], host: Mapping[str, float]
    ) -> None:
        self.start_mjd = start_mjd
        self.peak = peak
        self.template = host

    def difference(self, mjd: float, band: str) -> float:
        """Return the flux of the transient, in nJy."""
        time = mjd - self.start_mjd
        if time <= 0:
            return 0.0
        rise = 1 - exp(-time / self._RISE_D)
        return self.peak[band] * rise * exp(-time / self._DECLINE_D[band])
