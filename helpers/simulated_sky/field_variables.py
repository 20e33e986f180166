"""The variable sources, moving objects and artifacts of the simulated field."""

from collections.abc import Callable, Iterator
from typing import Any

from antares_sandbox.store.format import LocusFile
from simulated_sky.variable_recipes import (
    Artifact,
    Asteroid,
    CataclysmicStar,
    Galaxy,
    MovedStar,
    Star,
    active_galaxy,
    artifact,
    asteroid,
    dwarf_nova,
    eclipsing_binary,
    moved_star,
    rr_lyrae,
)

__all__ = ["field_variables"]

_RR_LYRAE = (
    Star("01", (61.7035, -48.2612), 0.50731, 61120.2, 18.9, (61240, 61310), 5.5),
    Star("02", (60.3890, -48.3004), 0.63384, 61121.8, 20.1, (61110, 61330), 14.0),
    Star("03", (63.5574, -48.9163), 0.33120, 61118.5, 19.4, (61180, 61260), 7.0),
    Star("04", (0.0008, -1.5010), 0.58806, 61130.9, 19.7, (61160, 61230), 6.0),
)
_BINARIES = (
    Star("01", (62.9136, -47.4409), 0.84213, 61116.3, 19.2, (61220, 61300), 6.0),
    Star("02", (61.4702, -46.6031), 2.31907, 61119.7, 18.4, (61110, 61320), 14.0),
    Star("03", (63.2287, -48.0978), 0.41275, 61122.4, 20.3, (61255, 61320), 6.0),
    Star("04", (123.0, -89.98), 1.10342, 61125.6, 18.8, (61200, 61280), 7.0),
)
_GALAXIES = (
    # The first lies 4 arcsec from the first supernova.
    Galaxy("01", (62.0398, -48.1180), 20.4, 0.42, (61205, 61325), 9.0),
    Galaxy("02", (60.9051, -47.8833), 19.6, 1.18, (61110, 61330), 16.0),
    Galaxy("03", (62.6018, -48.4366), 21.0, 0.77, (61230, 61320), 7.0),
    Galaxy("04", (64.1175, -46.9420), 20.1, 2.05, (61110, 61220), 9.0),
)
_ASTEROIDS = (
    Asteroid("01", (61.9267, -47.7084), 20893201647182411, 61268, "gr", 20.7),
    Asteroid("02", (63.4402, -48.6550), 20893201901347093, 61270, "ri", 21.9),
    Asteroid("03", (60.2783, -46.3391), 21163650862403121, 61301, "gi", 19.8),
    Asteroid("04", (62.3320, -49.2215), 21164731183900817, 61155, "iz", 21.2),
)
_ARTIFACTS = (
    Artifact("01", (62.1102, -48.6047), 61271, "streak", 20.3),
    Artifact("02", (61.5530, -47.1868), 61244, "cr", 21.7),
    Artifact("03", (62.8459, -48.2210), 61303, "edge", 22.1),
    Artifact("04", (60.7714, -49.3472), 61129, "saturated", 17.9),
)
_DWARF_NOVAE = (
    CataclysmicStar("01", (60.0274, -48.5391), (61231.6, 61288.9), 22.6, 3.6, (61215, 61310), 2.5),
)
_MOVED_STARS = (
    MovedStar("01", (63.0441, -48.4812), 17.3, 14.6, (142.7, -203.1), (61245, 61290), 6.0),
)


def field_variables() -> Iterator[LocusFile]:
    """Return the variable sources, asteroids and artifacts of the field."""
    makers: tuple[tuple[Callable[[Any], LocusFile], tuple[Any, ...]], ...] = (
        (rr_lyrae, _RR_LYRAE),
        (eclipsing_binary, _BINARIES),
        (active_galaxy, _GALAXIES),
        (asteroid, _ASTEROIDS),
        (artifact, _ARTIFACTS),
        (dwarf_nova, _DWARF_NOVAE),
        (moved_star, _MOVED_STARS),
    )
    for make, rows in makers:
        yield from map(make, rows)
