"""Colors of the simulated sources: magnitudes in each band relative to r."""

from collections.abc import Mapping

from simulated_sky.source import fluxes

__all__ = [
    "BINARY",
    "BLUE_STAR",
    "FAST_TRANSIENT",
    "GALAXY",
    "QUASAR",
    "RED_GIANT",
    "SUPERNOVA_IA",
    "SUPERNOVA_IBC",
    "SUPERNOVA_IIP",
    "colored_fluxes",
    "redshifted",
]

SUPERNOVA_IA = {"u": 1.1, "g": 0.1, "r": 0.0, "i": 0.25, "z": 0.4, "y": 0.5}
SUPERNOVA_IIP = {"u": 0.0, "g": -0.05, "r": 0.0, "i": 0.1, "z": 0.2, "y": 0.35}
SUPERNOVA_IBC = {"u": 1.9, "g": 0.5, "r": 0.0, "i": 0.05, "z": 0.1, "y": 0.15}
FAST_TRANSIENT = {"u": 0.4, "g": 0.1, "r": 0.0, "i": -0.05, "z": -0.05, "y": 0.0}
GALAXY = {"u": 1.9, "g": 0.8, "r": 0.0, "i": -0.3, "z": -0.5, "y": -0.6}
BLUE_STAR = {"u": 1.25, "g": 0.2, "r": 0.0, "i": -0.05, "z": -0.07, "y": -0.08}
BINARY = {"u": 1.9, "g": 0.5, "r": 0.0, "i": -0.2, "z": -0.3, "y": -0.35}
QUASAR = {"u": 0.4, "g": 0.2, "r": 0.0, "i": -0.1, "z": -0.2, "y": -0.25}
RED_GIANT = {"u": 4.2, "g": 1.6, "r": 0.0, "i": -1.2, "z": -1.9, "y": -2.3}

# A supernova has little light in the ultraviolet, which redshift brings into the bluer bands.
_REDDENING = {"u": 4.0, "g": 2.0, "r": 0.0, "i": -0.8, "z": -1.2, "y": -1.4}


def colored_fluxes(r_mag: float, colors: Mapping[str, float]) -> dict[str, float]:
    """Return fluxes in nJy, by band, from a magnitude in r and the colors.

    Examples
    --------
    >>> colored_fluxes(31.4, {"r": 0.0, "i": -2.5})
    {'r': 1.0, 'i': 10.0}
    """
    return fluxes(**{band: r_mag + offset for band, offset in colors.items()})


def redshifted(colors: Mapping[str, float], redshift: float) -> dict[str, float]:
    """Return the colors of a supernova at a redshift below about 0.4.

    Examples
    --------
    >>> redshifted({"g": 0.1, "r": 0.0}, 0.2)
    {'g': 0.5, 'r': 0.0}
    """
    return {band: offset + _REDDENING[band] * redshift for band, offset in colors.items()}
