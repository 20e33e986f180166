"""Asteroids: they move, so that each of their alerts begins a locus of its own."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import cos, degrees, exp, hypot, log10, pi, radians, tan
from typing import Any, Final, Literal

import erfa
import numpy as np

from simulated_sky.orbits import AU_PER_DAY_KM_S, Orbit, State, Vector
from simulated_sky.survey import ab_flux

__all__ = ["Asteroid", "asteroid_alert_properties", "ss_source_properties"]

_V_MINUS_BAND: Final = {
    "C": {"u": -1.614, "g": -0.302, "r": 0.172, "i": 0.291, "z": 0.298, "y": 0.303},
    "S": {"u": -1.927, "g": -0.395, "r": 0.255, "i": 0.455, "z": 0.401, "y": 0.406},
}
"""V less the magnitude in a band of LSST, for sunlight from asteroids of the classes C and S
(Veres and Chesley 2017, AJ 154, 12)."""

_PHASE = ((3.33, 0.63), (1.87, 1.22))
"""Constants of the two phase functions of the H, G system (Bowell et al. 1989, Asteroids II)."""

_J2000 = 2451545.0


@dataclass(frozen=True)
class Asteroid:
    """An asteroid. It is a `Source` too, with nothing in the template.

    Attributes
    ----------
    orbit : Orbit
        Its orbit.
    absolute_mag : float
        H: its mean V magnitude at 1 AU from Sun and observer, fully lit.
    ss_object_id : int
        The name that Rubin gives it.
    slope : float
        G: how its brightness depends on the phase angle.
    period_h, amplitude_mag : float
        Its rotation: the period, in hours, with two maxima, from which it fades by `amplitude_mag`.
    color_class : {"C", "S"}
        C is nearly as blue as the Sun, S is redder.
    """

    orbit: Orbit
    absolute_mag: float
    ss_object_id: int
    slope: float = 0.15
    period_h: float = 8.0
    amplitude_mag: float = 0.2
    color_class: Literal["C", "S"] = "S"
    template: Mapping[str, float] = field(default_factory=lambda: dict.fromkeys("ugrizy", 0.0))

    def state(self, mjd: float) -> State:
        """Return where it is at a moment (MJD, TAI), and how it moves."""
        return self.orbit.observe(mjd)

    def position(self, mjd: float) -> tuple[float, float]:
        """Return its right ascension and declination, in degrees (ICRS)."""
        state = self.state(mjd)
        return round(state.ra, 8), round(state.dec, 8)

    def predicted_mag(self, state: State) -> float:
        """Return the V magnitude that H and G predict: without rotation."""
        reduced = self.absolute_mag - 2.5 * log10(_phase(radians(state.phase_angle), self.slope))
        return reduced + 5 * log10(state.helio_range * state.topo_range)

    def magnitude(self, mjd: float, band: str) -> float:
        """Return its AB magnitude in a band, with its rotation."""
        turns = 24 * (mjd - self.orbit.epoch_mjd) / self.period_h
        rotation = -self.amplitude_mag / 2 * cos(4 * pi * turns)
        mean = self.predicted_mag(self.state(mjd)) - _V_MINUS_BAND[self.color_class][band]
        return mean + rotation

    def difference(self, mjd: float, band: str) -> float:
        """Return its flux, in nJy: the template does not show it."""
        return ab_flux(self.magnitude(mjd, band))


def asteroid_alert_properties(properties: Mapping[str, Any], asteroid: Asteroid) -> dict[str, Any]:
    """Return the properties of an alert as those of an asteroid's.

    Parameters
    ----------
    properties : mapping of str to value
        Those that `AlertMaker` gives, measured where the asteroid is at that moment.
    asteroid : Asteroid
        The asteroid.

    Returns
    -------
    dict
        The same without a diaObject, but with the ssObject and its ssSource.
    """
    left = {
        name: value
        for name, value in properties.items()
        if not name.startswith("lsst_diaObject_") and name != "lsst_diaSource_diaObjectId"
    }
    source = ss_source_properties(
        asteroid,
        properties["lsst_diaSource_midpointMjdTai"],
        properties["lsst_diaSource_diaSourceId"],
        properties["lsst_diaSource_ra"],
        properties["lsst_diaSource_dec"],
    )
    return {**left, "lsst_diaSource_ssObjectId": asteroid.ss_object_id, **source}


def ss_source_properties(
    asteroid: Asteroid, mjd: float, source_id: int, ra: float, dec: float
) -> dict[str, Any]:
    """Return the `lsst_ssSource_*` properties of an alert, in the units of Rubin's schema.

    Parameters
    ----------
    asteroid : Asteroid
        The asteroid.
    mjd : float
        Middle of the exposure, TAI.
    source_id : int
        The diaSourceId.
    ra, dec : float
        The measured position, in degrees (ICRS).

    Returns
    -------
    dict
        All fields of ssSource except the designation, since no real one may be used.
    """
    state = asteroid.state(mjd)
    fields = {
        "diaSourceId": source_id,
        "ssObjectId": asteroid.ss_object_id,
        **_coordinates(ra, dec),
        **_geometry(state),
        "ephVmag": round(asteroid.predicted_mag(state), 4),
        **_motion(state, ra, dec),
        **_vectors("helio", state.helio, state.helio_v),
        **_vectors("topo", state.topo, state.topo_v),
        "diaDistanceRank": 1,
    }
    return {f"lsst_ssSource_{name}": value for name, value in fields.items()}


def _phase(angle: float, slope: float) -> float:
    """Return the brightness at a phase angle, in radians, relative to full light."""
    one, two = (exp(-a * tan(angle / 2) ** b) for a, b in _PHASE)
    return (1 - slope) * one + slope * two


def _coordinates(ra: float, dec: float) -> dict[str, float]:
    """Return the measured position in ecliptic (of J2000) and galactic coordinates, in degrees."""
    ecliptic = erfa.eqec06(_J2000, 0.0, radians(ra), radians(dec))
    galactic = erfa.icrs2g(radians(ra), radians(dec))
    names = ("eclLambda", "eclBeta", "galLon", "galLat")
    return {
        name: round(degrees(angle), 8)
        for name, angle in zip(names, (*ecliptic, *galactic), strict=True)
    }


def _geometry(state: State) -> dict[str, float]:
    """Return the angles, in degrees, the distances, in AU, and their rates, in km/s."""
    return {
        "elongation": round(state.elongation, 5),
        "phaseAngle": round(state.phase_angle, 5),
        "topoRange": round(state.topo_range, 7),
        "topoRangeRate": _radial(state.topo, state.topo_v),
        "helioRange": round(state.helio_range, 7),
        "helioRangeRate": _radial(state.helio, state.helio_v),
    }


def _motion(state: State, ra: float, dec: float) -> dict[str, float]:
    """Return the prediction, its rates, in degrees per day, and offsets from it, in arcsec.

    Across the track, an offset to the left of the motion is positive, if east is right and north
    is up: as Rubin's pipeline ap_association has it.
    """
    predicted_ra, predicted_dec = round(state.ra, 8), round(state.dec, 8)
    east = ((ra - predicted_ra + 180) % 360 - 180) * cos(radians(dec)) * 3600
    north = (dec - predicted_dec) * 3600
    rate_ra, rate_dec = state.rates
    rate = hypot(rate_ra, rate_dec)
    return {
        "ephRa": predicted_ra,
        "ephDec": predicted_dec,
        "ephRate": round(rate, 7),
        "ephRateRa": round(rate_ra, 7),
        "ephRateDec": round(rate_dec, 7),
        "ephOffset": round(hypot(east, north), 5),
        "ephOffsetRa": round(east, 5),
        "ephOffsetDec": round(north, 5),
        "ephOffsetAlongTrack": round((east * rate_ra + north * rate_dec) / rate, 5),
        "ephOffsetCrossTrack": round((north * rate_ra - east * rate_dec) / rate, 5),
    }


def _vectors(origin: str, position: Vector, velocity: Vector) -> dict[str, float]:
    """Return a position, in AU, and a velocity, in km/s, by coordinate."""
    km_s = velocity * AU_PER_DAY_KM_S
    return {
        **{f"{origin}_{axis}": round(float(x), 7) for axis, x in zip("xyz", position, strict=True)},
        **{f"{origin}_v{axis}": round(float(v), 5) for axis, v in zip("xyz", km_s, strict=True)},
        f"{origin}_vtot": round(float(np.sqrt(km_s @ km_s)), 5),
    }


def _radial(position: Vector, velocity: Vector) -> float:
    speed = position @ velocity / np.sqrt(position @ position)
    return round(float(speed) * AU_PER_DAY_KM_S, 5)
