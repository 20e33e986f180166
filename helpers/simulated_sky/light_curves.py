"""Light curves of transients at rest: magnitudes below maximum, by band.

Read from the publications named at each type, and rounded. Phases are days at rest.
"""

from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["IA", "IBC", "IIP", "KILONOVA", "SupernovaType"]


# Compared by identity, so that it can be the key of a cache.
@dataclass(frozen=True, eq=False)
class SupernovaType:
    """A type of transient.

    Attributes
    ----------
    name : str
        Part of the IDs of its loci.
    sim_class : str
        Its class, as loci give it.
    date : str
        The property of a locus that has its date.
    absolute_mag : tuple of float
        Mean and scatter of the absolute magnitude in r, at the maximum in r.
    start : float
        Phase of the explosion. From here to the first row the flux grows as the square of time,
        as that of a fireball does (Riess et al. 1999, AJ 118, 2675).
    below_maximum : tuple of tuple of float
        Rows of a phase, in days from about the maximum in B or from the explosion, and the
        magnitudes below the maximum of each band, u to y.
    late : mapping of str to float
        Decline after the last row, in mag/d.
    colors : mapping of str to float
        Magnitude at maximum relative to r, by band.
    ultraviolet : mapping of float to float
        The same at shorter wavelengths, in angstrom.
    """

    name: str
    sim_class: str
    date: str
    absolute_mag: tuple[float, float]
    start: float
    below_maximum: tuple[tuple[float, ...], ...]
    late: Mapping[str, float]
    colors: Mapping[str, float]
    ultraviolet: Mapping[float, float]


# Absolute magnitude: Folatelli et al. 2010 (AJ 139, 120), corrected for width and color. Light
# curves: u g r i as those of SN 2006ax, y as its Y (Contreras et al. 2010, AJ 139, 519); z lies
# between i and y. Its Y ends at +41 d: the rows after that are a guess in y and in z. Rise of
# 17.5 d: Hayden et al. 2010 (ApJ 712, 350). Late decline: Leibundgut 2000 (A&ARv 10, 179). Colors:
# those of SN 2006ax less the dust of the Milky Way; below u as Hsiao et al. 2007 (ApJ 663, 1187).
IA = SupernovaType(
    name="snia",
    sim_class="SN Ia-like",
    date="sim_peak_mjd",
    absolute_mag=(-19.2, 0.15),
    start=-17.5,
    below_maximum=(
        (-11.5, 2.0, 1.5, 1.5, 1.3, 1.2, 1.0),
        (-9, 0.9, 0.83, 0.83, 0.57, 0.5, 0.4),
        (-7, 0.4, 0.46, 0.48, 0.24, 0.18, 0.14),
        (-4, 0.06, 0.15, 0.17, 0.02, 0, 0),
        (-2.5, 0, 0.05, 0.08, 0, 0.01, 0.02),
        (0, 0.03, 0, 0.01, 0.07, 0.09, 0.19),
        (1, 0.06, 0.01, 0, 0.12, 0.14, 0.28),
        (4, 0.29, 0.08, 0.05, 0.23, 0.34, 0.56),
        (7, 0.65, 0.23, 0.17, 0.38, 0.56, 0.8),
        (10, 1.05, 0.42, 0.36, 0.63, 0.76, 0.92),
        (13, 1.4, 0.65, 0.57, 0.85, 0.88, 0.93),
        (16, 1.8, 0.92, 0.7, 0.91, 0.89, 0.87),
        (20, 2.35, 1.3, 0.79, 0.83, 0.73, 0.6),
        (25, 2.9, 1.75, 0.88, 0.71, 0.5, 0.28),
        (29, 3.2, 2.07, 1.01, 0.68, 0.38, 0.08),
        (33, 3.5, 2.34, 1.23, 0.8, 0.43, 0.01),
        (40, 3.75, 2.65, 1.64, 1.27, 0.95, 0.34),
        (50, 4.0, 2.88, 2.02, 1.78, 1.4, 0.47),
        (60, 4.15, 3.07, 2.38, 2.15, 1.7, 0.58),
        (70, 4.3, 3.23, 2.63, 2.42, 2.0, 0.9),
    ),
    late={"u": 0.015, "g": 0.016, "r": 0.02, "i": 0.02, "z": 0.025, "y": 0.03},
    colors={"u": 0.4, "g": -0.15, "r": 0.0, "i": 0.5, "z": 0.6, "y": 0.8},
    ultraviolet={2500: 4.0, 3100: 1.6},
)

# Absolute magnitude, decline in r of 0.6 mag in 15 d, colors: Drout et al. 2011 (ApJ 741, 97).
# Order and width of the maxima, rise, late decline: Taddia et al. 2018 (A&A 609, A136). Light in
# the ultraviolet: Pritchard et al. 2014 (ApJ 787, 157).
IBC = SupernovaType(
    name="snibc",
    sim_class="SN Ibc-like",
    date="sim_peak_mjd",
    absolute_mag=(-17.7, 0.4),
    start=-18.0,
    below_maximum=(
        (-14, 1.4, 1.7, 1.9, 2.1, 2.2, 2.25),
        (-10, 0.35, 0.55, 0.75, 0.95, 1.05, 1.1),
        (-6, 0.03, 0.1, 0.22, 0.38, 0.46, 0.5),
        (-4, 0, 0.02, 0.09, 0.2, 0.27, 0.31),
        (-2, 0.06, 0, 0.02, 0.08, 0.13, 0.16),
        (0, 0.22, 0.04, 0, 0.02, 0.05, 0.07),
        (2, 0.45, 0.12, 0.02, 0, 0.01, 0.02),
        (4, 0.75, 0.25, 0.07, 0.02, 0, 0),
        (7, 1.2, 0.48, 0.19, 0.1, 0.05, 0.03),
        (10, 1.6, 0.74, 0.34, 0.21, 0.14, 0.1),
        (15, 2.1, 1.2, 0.6, 0.44, 0.34, 0.27),
        (20, 2.45, 1.6, 0.88, 0.7, 0.57, 0.48),
        (25, 2.65, 1.9, 1.15, 0.94, 0.8, 0.68),
        (30, 2.8, 2.1, 1.4, 1.15, 1.0, 0.86),
        (40, 3.0, 2.35, 1.8, 1.52, 1.35, 1.2),
        (60, 3.3, 2.7, 2.2, 1.95, 1.8, 1.65),
    ),
    late={"u": 0.015, "g": 0.016, "r": 0.018, "i": 0.018, "z": 0.02, "y": 0.02},
    colors={"u": 1.5, "g": 0.4, "r": 0.0, "i": 0.05, "z": 0.05, "y": 0.1},
    ultraviolet={2500: 4.5, 3100: 3.0},
)

# Absolute magnitude, length of the plateau, drop and slopes: Anderson et al. 2014 (ApJ 786, 67).
# Rise: Gonzalez-Gaitan et al. 2015 (MNRAS 451, 2212). Colors: SN 1999em (Hamuy et al. 2001, ApJ
# 558, 615). The tail fades as cobalt 56 decays, 0.0098 mag/d.
IIP = SupernovaType(
    name="sniip",
    sim_class="SN IIP-like",
    date="sim_explosion_mjd",
    absolute_mag=(-16.9, 0.4),
    start=0.0,
    below_maximum=(
        (1, 0.6, 1.1, 1.6, 1.9, 2.1, 2.2),
        (2, 0.2, 0.5, 0.85, 1.1, 1.3, 1.4),
        (4, 0, 0.13, 0.35, 0.6, 0.75, 0.85),
        (6, 0.05, 0.02, 0.15, 0.36, 0.5, 0.6),
        (8, 0.15, 0, 0.06, 0.24, 0.37, 0.46),
        (11, 0.4, 0.05, 0.02, 0.17, 0.28, 0.36),
        (15, 0.85, 0.15, 0, 0.12, 0.21, 0.28),
        (20, 1.4, 0.28, 0.02, 0.08, 0.15, 0.2),
        (30, 2.25, 0.52, 0.05, 0.04, 0.08, 0.1),
        (40, 2.75, 0.7, 0.07, 0.01, 0.03, 0.04),
        (50, 3.05, 0.85, 0.08, 0, 0, 0),
        (65, 3.35, 1.05, 0.1, 0.02, 0.01, 0.01),
        (80, 3.6, 1.25, 0.18, 0.1, 0.08, 0.06),
        (92, 3.9, 1.5, 0.35, 0.26, 0.22, 0.2),
        (100, 4.3, 1.95, 0.75, 0.65, 0.6, 0.55),
        (108, 5.0, 2.85, 1.6, 1.45, 1.35, 1.25),
        (116, 5.5, 3.35, 2.05, 1.85, 1.75, 1.6),
        (130, 5.7, 3.55, 2.25, 2.05, 1.95, 1.8),
    ),
    late=dict.fromkeys("ugrizy", 0.0098),
    colors={"u": -0.1, "g": -0.1, "r": 0.0, "i": 0.0, "z": -0.05, "y": -0.1},
    ultraviolet={2500: 0.1, 3100: -0.05},
)

# AT2017gfo, without dust: Villar et al. 2017 (ApJL 851, L21), at 40 Mpc.
KILONOVA = SupernovaType(
    name="kilonova",
    sim_class="kilonova-like",
    date="sim_explosion_mjd",
    absolute_mag=(-15.75, 0.0),
    start=0.0,
    below_maximum=(
        (0.2, 0.3, 0.5, 0.6, 0.9, 1.1, 1.3),
        (0.5, 0, 0, 0, 0.05, 0.15, 0.3),
        (0.75, 0.35, 0.1, 0.08, 0, 0.02, 0.08),
        (1, 0.85, 0.32, 0.25, 0.08, 0, 0),
        (1.5, 1.95, 0.95, 0.72, 0.4, 0.22, 0.12),
        (2, 3.0, 1.65, 1.22, 0.75, 0.5, 0.32),
        (3, 4.9, 3.05, 2.25, 1.45, 1.1, 0.75),
        (4, 6.5, 4.4, 3.2, 2.15, 1.65, 1.2),
        (5, 7.7, 5.4, 3.95, 2.8, 2.2, 1.65),
        (6, 8.6, 6.2, 4.6, 3.35, 2.7, 2.1),
        (8, 10.0, 7.4, 5.6, 4.3, 3.6, 2.95),
        (10, 11.0, 8.4, 6.4, 5.2, 4.4, 3.75),
        (14, 12.8, 10.2, 7.9, 6.8, 6.0, 5.2),
    ),
    late={"u": 0.45, "g": 0.45, "r": 0.4, "i": 0.4, "z": 0.4, "y": 0.35},
    colors={"u": 0.55, "g": 0.1, "r": 0.0, "i": 0.05, "z": 0.1, "y": 0.2},
    ultraviolet={2500: 1.9, 3100: 1.2},
)
