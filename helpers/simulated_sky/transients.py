"""The simulated supernovae, and the counterpart of the gravitational waves."""

from collections.abc import Iterator
from functools import partial
from itertools import count
from math import hypot, log10
from statistics import median
from typing import Any, NamedTuple

import numpy as np

from antares_helpers.bands import AB_ZEROPOINT
from antares_sandbox.bundled import TUTORIAL_ID
from antares_sandbox.grav_wave import GW_EVENT_MJD
from antares_sandbox.store.format import LocusFile
from simulated_sky.catalogs import (
    Match,
    allwise_source,
    gaia_star,
    galex_source,
    ned_galaxy,
    ps1_source,
    sdss_galaxy,
    tns_report,
)
from simulated_sky.hosts import Host, draw_host
from simulated_sky.locus import PREFIX, make_locus_file
from simulated_sky.recipes import (
    Observed,
    generator,
    in_order,
    observe,
    observe_twice,
    with_artifacts,
    without_properties,
)
from simulated_sky.source import BLUE_GALAXY, EARLY_GALAXY, colored_fluxes
from simulated_sky.supernovae import (
    IA,
    IIP,
    Kilonova,
    Supernova,
    SupernovaType,
    apparent_r,
    kpc_per_arcsec,
)
from simulated_sky.survey import Place, Visit, deep_visits, wide_visits
from simulated_sky.ztf_alerts import make_ztf_alerts

__all__ = ["SupernovaRow", "make_supernova", "transients"]

_HOST_MAG, _HOST_SCATTER = -20.3, 0.7
"""Absolute magnitudes in r of the galaxies with most of the stars: Blanton et al. 2003, ApJ 592,
819."""

_MATCH_ARCSEC, _SDSS_DEC, _PS1_DEC = 6.0, -12.0, -30.0
_REPORTED_MAG, _ALLWISE_MAG, _GALEX_MAG = 20.0, 20.0, 21.5
_NULLABLE = ("isDipole", "reliability", "snr", "diaObjectId", "isNegative", "band", "psfFlux")
_KILONOVA_REDSHIFT = 0.01
_MAXIMUM_D = {"sim_peak_mjd": (-5.0, 5.0), "sim_explosion_mjd": (8.0, 40.0)}
_VISITS_AT_MAXIMUM = 2
_LOW_RELIABILITY = 0.75

_EBV = (0.008, 0.06)
"""E(B-V) of the Milky Way far from its plane, as in the map SFD (1998, ApJ 500, 525)."""


class SupernovaRow(NamedTuple):
    """A row of the table: the supernova, and the season in which it is observed.

    The date is the peak of types Ia and Ibc, the explosion of type IIP; the absolute magnitude is
    that of its peak in r, drawn if it is None; `gap_d` is the mean time between nights. In a Deep
    Drilling Field `repeats` is the number of visits in each band of a night, elsewhere 0.
    """

    name: str
    kind: SupernovaType
    place: Place
    date_mjd: float
    redshift: float
    season: tuple[float, float]
    gap_d: float
    absolute_mag: float | None = None
    repeats: int = 0


class _Scene(NamedTuple):
    """A supernova in its galaxy, and the visits to it."""

    rng: np.random.Generator
    source: Supernova
    host: Host
    ebv_mw: float
    visits: list[Visit]


_TUTORIAL = SupernovaRow(
    TUTORIAL_ID, IA, (9.10482, -44.62144), 61254.0, 0.072, (61214, 61345), 4.2, -19.2, repeats=1
)
_FAINT = SupernovaRow(
    "snfaint", IA, (12.70391, -21.05562), 61266.0, 0.41, (61230, 61330), 4.0, -19.1
)
_DEEP = SupernovaRow(
    "sndeep", IIP, (9.41207, -43.90318), 61221.3, 0.052, (61205, 61340), 7.0, -17.0, repeats=2
)
_MIXED = SupernovaRow("mixed", IA, (214.90276, 2.31385), 61164.0, 0.036, (61135, 61245), 3.2, -19.2)
_MISSING = SupernovaRow(
    "missing", IA, (58.33021, -48.71459), 61281.0, 0.13, (61255, 61350), 3.0, -19.25
)
_TWO_OBJECTS = SupernovaRow(
    "twoobjects", IA, (34.21507, -5.30418), 61274.0, 0.11, (61245, 61345), 3.5, -19.15
)

_FIELD = (
    SupernovaRow("snia01", IA, (62.0412, -48.1173), 61282.0, 0.07, (61255, 61350), 3.5),
    SupernovaRow("snia02", IA, (61.3085, -47.5526), 61277.5, 0.13, (61255, 61350), 4.0),
    SupernovaRow("snia03", IA, (62.7741, -48.7318), 61296.0, 0.19, (61262, 61350), 4.5),
    SupernovaRow("snia04", IA, (60.1127, -47.0254), 61265.0, 0.094, (61250, 61345), 4.5),
    SupernovaRow("snia05", IA, (63.9008, -47.2091), 61308.0, 0.23, (61280, 61355), 4.0),
    SupernovaRow("snia06", IA, (61.8566, -48.3907), 61341.0, 0.11, (61322, 61343), 2.5),
    SupernovaRow("snia07", IA, (60.6430, -48.9952), 61344.0, 0.17, (61325, 61346), 2.5),
    SupernovaRow("snia08", IA, (63.1519, -46.4433), 61285.0, 0.28, (61260, 61340), 4.0),
    SupernovaRow("snia09", IA, (59.7215, -49.6027), 61291.0, 0.15, (61260, 61350), 5.0),
    SupernovaRow("snia10", IA, (359.9991, -1.5002), 61220.0, 0.085, (61195, 61290), 4.0),
    SupernovaRow("sniip01", IIP, (62.4873, -47.8240), 61263.5, 0.03, (61252, 61350), 4.0),
    SupernovaRow("sniip02", IIP, (61.0968, -48.5605), 61258.0, 0.055, (61248, 61350), 5.0),
    SupernovaRow("sniip03", IIP, (64.4021, -48.2259), 61270.0, 0.045, (61250, 61355), 6.0),
    SupernovaRow("sniip04", IIP, (62.2206, -46.8714), 61330.0, 0.05, (61320, 61350), 3.0),
)


def transients() -> Iterator[LocusFile]:
    """Return the loci of single transients, and those of the field."""
    yield make_supernova(_TUTORIAL)
    yield make_supernova(_FAINT)
    yield _with_artifacts(_DEEP)
    yield _mixed(_MIXED)
    yield _incomplete(_MISSING)
    yield _two_objects(_TWO_OBJECTS)
    yield from map(make_supernova, _FIELD)
    yield _kilonova()


def make_supernova(row: SupernovaRow) -> LocusFile:
    """Return the locus of a supernova."""
    scene = _scene(row)
    seen = observe(scene.rng, scene.source, scene.visits, row.place, host=scene.host)
    return _file(row, scene, seen)


def _with_artifacts(row: SupernovaRow) -> LocusFile:
    """Return a supernova whose good points are as little reliable as its artifacts."""
    scene = _scene(row)
    draws = (
        observe(
            scene.rng, scene.source, scene.visits, row.place, host=scene.host, change=with_artifacts
        )
        for _ in count()
    )
    return _file(row, scene, next(filter(_has_low_reliabilities, draws)))


def _has_low_reliabilities(seen: Observed) -> bool:
    name = "lsst_diaSource_reliability"
    scores: list[float] = [alert["properties"][name] for alert in seen.alerts]
    return median(scores) < _LOW_RELIABILITY


def _mixed(row: SupernovaRow) -> LocusFile:
    """Return a supernova that ZTF and LSST see, in one locus: ZTF has two names for it."""
    scene = _scene(row)
    seen = observe(scene.rng, scene.source, scene.visits, row.place, host=scene.host)
    names = ("ZTF26aasimul", "ZTF26aasimum")
    ztf = make_ztf_alerts(scene.rng, scene.source, names, row.place, (61125.0, 61245.0))
    return _file(row, scene, Observed(in_order([*seen.alerts, *ztf]), seen.forced))


def _incomplete(row: SupernovaRow) -> LocusFile:
    """Return a supernova of whose alerts two out of three lack a property."""
    scene = _scene(row)
    seen = observe(scene.rng, scene.source, scene.visits, row.place, host=scene.host)
    names = tuple(f"lsst_diaSource_{name}" for name in _NULLABLE)
    return _file(row, scene, Observed(without_properties(seen.alerts, names), seen.forced))


def _two_objects(row: SupernovaRow) -> LocusFile:
    """Return a supernova of which Rubin made two diaObjects."""
    scene = _scene(row)
    return _file(
        row, scene, observe_twice(scene.rng, scene.source, scene.visits, row.place, scene.host)
    )


def _kilonova() -> LocusFile:
    """Return a transient that fades within days of the simulated gravitational waves."""
    locus_id, place = f"{PREFIX}kilonova", (62.1874, -47.9125)
    rng, redshift = generator(locus_id), _KILONOVA_REDSHIFT
    fluxes = colored_fluxes(apparent_r(-20.9, redshift), EARLY_GALAXY)
    host = Host(fluxes, -7.4, 4.9, 9.0, 0.85, 32.0)
    source = Kilonova(GW_EVENT_MJD, redshift, host.template)
    visits = deep_visits(rng, place, (61258.0, 61286.0), gap=1.0, repeats=1)
    seen = observe(rng, source, visits, place, host=host)
    truth = {"sim_explosion_mjd": GW_EVENT_MJD, "sim_redshift": redshift}
    return make_locus_file(
        locus_id,
        seen.alerts,
        sim_class="kilonova-like",
        properties=truth | host.properties(),
        matches=_galaxy_matches(locus_id, place, host, redshift, apparent_r(-20.9, redshift)),
        forced=seen.forced,
    )


def _scene(row: SupernovaRow) -> _Scene:
    rng = generator(_locus_id(row))
    drawn = round(float(rng.normal(*row.kind.absolute_mag)), 2)
    absolute = drawn if row.absolute_mag is None else row.absolute_mag
    host_mag = round(float(rng.normal(_HOST_MAG, _HOST_SCATTER)), 2)
    colors = EARLY_GALAXY if row.kind is IA and rng.random() < 0.4 else BLUE_GALAXY
    fluxes = colored_fluxes(apparent_r(host_mag, row.redshift), colors)
    host = draw_host(rng, fluxes, kpc_per_arcsec(row.redshift))
    ebv = round(float(rng.uniform(*_EBV)), 3)
    source = Supernova(row.kind, row.date_mjd, absolute, row.redshift, host.template, ebv_mw=ebv)
    plans = (_visits(rng, row) for _ in count())
    return _Scene(rng, source, host, ebv, next(filter(partial(_shows_maximum, row), plans)))


def _shows_maximum(row: SupernovaRow, visits: list[Visit]) -> bool:
    """Return whether there are visits in r near the maximum, so that its magnitude is known."""
    first, last = _MAXIMUM_D[row.kind.date]
    days = [visit.mjd - row.date_mjd for visit in visits if visit.band == "r"]
    return sum(first < day < last for day in days) >= _VISITS_AT_MAXIMUM


def _visits(rng: np.random.Generator, row: SupernovaRow) -> list[Visit]:
    if row.repeats:
        return deep_visits(rng, row.place, row.season, gap=row.gap_d, repeats=row.repeats)
    return wide_visits(rng, row.place, row.season, gap=row.gap_d)


def _file(row: SupernovaRow, scene: _Scene, seen: Observed) -> LocusFile:
    locus_id = _locus_id(row)
    host_mag = round(AB_ZEROPOINT - 2.5 * log10(scene.host.fluxes["r"]), 2)
    matches = _galaxy_matches(locus_id, row.place, scene.host, row.redshift, host_mag)
    if apparent_r(scene.source.absolute_mag, row.redshift) < _REPORTED_MAG:
        name = f"simulated {locus_id.removeprefix(PREFIX)}"
        matches.append(tns_report(row.place, name, row.kind.sim_class, row.redshift))
    if locus_id == TUTORIAL_ID:
        matches.append(gaia_star(row.place, 19.7, bp_rp=1.9, parallax=0.4, offset=(-4.2, 3.1)))
    truth: dict[str, Any] = {row.kind.date: row.date_mjd, "sim_redshift": row.redshift}
    truth |= {"sim_absolute_r_mag": scene.source.absolute_mag, "sim_mw_ebv": scene.ebv_mw}
    return make_locus_file(
        locus_id,
        seen.alerts,
        sim_class=row.kind.sim_class,
        properties=truth | scene.host.properties(),
        matches=matches,
        forced=seen.forced,
    )


def _galaxy_matches(
    locus_id: str, place: Place, host: Host, redshift: float, r_mag: float
) -> list[Match]:
    """Return the galaxy in the catalogs that reach it, if its center is near enough."""
    offset = (host.east_arcsec, host.north_arcsec)
    if hypot(*offset) > max(_MATCH_ARCSEC, 2 * host.radius_arcsec):
        return []
    matches = [ned_galaxy(place, f"simulated host of {locus_id}", redshift, r_mag, offset=offset)]
    if place[1] > _SDSS_DEC:
        matches.append(sdss_galaxy(place, r_mag, redshift, offset=offset))
    if place[1] > _PS1_DEC:
        matches.append(ps1_source(place, 0.02, offset=offset))
    if r_mag < _ALLWISE_MAG:
        matches.append(allwise_source(place, round(r_mag - 2.6, 3), w1_w2=0.1, offset=offset))
    if r_mag < _GALEX_MAG - 2:
        matches.append(galex_source(place, round(r_mag + 2.4, 3), offset=offset))
    return matches


def _locus_id(row: SupernovaRow) -> str:
    return row.name if row.name.startswith("ANT") else f"{PREFIX}{row.name}"
