"""The variable sources of the simulated field, what passes it, and what is no source at all."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, NamedTuple

from antares_sandbox.format import LocusFile
from antares_sandbox.simulation.catalogs import named_object, quasar, star
from antares_sandbox.simulation.colours import BINARY, BLUE_STAR, GALAXY, QUASAR, coloured
from antares_sandbox.simulation.detections import detect, spoil
from antares_sandbox.simulation.irregular import ActiveGalaxy, DwarfNova, MovingStar, Passing
from antares_sandbox.simulation.locus import make_locus_file
from antares_sandbox.simulation.lsst_alerts import AlertMaker
from antares_sandbox.simulation.periodic import EclipsingBinary, PeriodicStar, RRLyrae
from antares_sandbox.simulation.recipes import as_asteroid, generator, make_alerts, with_dipoles
from antares_sandbox.simulation.source import fluxes
from antares_sandbox.simulation.survey import wide_visits

__all__ = ["field_variables"]

_GAIA = "gaia_dr3_gaia_source"


class _Star(NamedTuple):
    """A row of the table of periodic stars."""

    name: str
    place: tuple[float, float]
    period_d: float
    epoch_mjd: float
    r_mag: float
    season: tuple[float, float]
    gap_d: float


class _Galaxy(NamedTuple):
    """A row of the table of active galaxies."""

    name: str
    place: tuple[float, float]
    r_mag: float
    redshift: float
    season: tuple[float, float]
    gap_d: float


class _Asteroid(NamedTuple):
    """A row of the table of asteroids: each passes once."""

    name: str
    place: tuple[float, float]
    ss_object_id: int
    night_mjd: int
    bands: str
    r_mag: float


class _Artefact(NamedTuple):
    """A row of the table of artefacts: one alert with a flag, its flux as a fraction of a star."""

    name: str
    place: tuple[float, float]
    night_mjd: int
    flag: str
    r_mag: float


_RR_LYRAE = (
    _Star("01", (61.7035, -48.2612), 0.50731, 61120.2, 18.9, (61240, 61310), 5.5),
    _Star("02", (60.3890, -48.3004), 0.63384, 61121.8, 20.1, (61110, 61330), 14.0),
    _Star("03", (63.5574, -48.9163), 0.33120, 61118.5, 19.4, (61180, 61260), 7.0),
    _Star("04", (0.0008, -1.5010), 0.58806, 61130.9, 19.7, (61160, 61230), 6.0),
)
_BINARIES = (
    _Star("01", (62.9136, -47.4409), 0.84213, 61116.3, 19.2, (61220, 61300), 6.0),
    _Star("02", (61.4702, -46.6031), 2.31907, 61119.7, 18.4, (61110, 61320), 14.0),
    _Star("03", (63.2287, -48.0978), 0.41275, 61122.4, 20.3, (61255, 61320), 6.0),
    _Star("04", (123.0, -89.98), 1.10342, 61125.6, 18.8, (61200, 61280), 7.0),
)
_GALAXIES = (
    # The first lies 4 arcsec from the first supernova.
    _Galaxy("01", (62.0398, -48.1180), 20.4, 0.42, (61205, 61325), 9.0),
    _Galaxy("02", (60.9051, -47.8833), 19.6, 1.18, (61110, 61330), 16.0),
    _Galaxy("03", (62.6018, -48.4366), 21.0, 0.77, (61230, 61320), 7.0),
    _Galaxy("04", (64.1175, -46.9420), 20.1, 2.05, (61110, 61220), 9.0),
)
_ASTEROIDS = (
    _Asteroid("01", (61.9267, -47.7084), 20893201647182411, 61268, "gr", 20.7),
    _Asteroid("02", (63.4402, -48.6550), 20893201901347093, 61270, "ri", 21.9),
    _Asteroid("03", (60.2783, -46.3391), 21163650862403121, 61301, "gi", 19.8),
    _Asteroid("04", (62.3320, -49.2215), 21164731183900817, 61155, "iz", 21.2),
)
_ARTEFACTS = (
    _Artefact("01", (62.1102, -48.6047), 61271, "streak", 20.3),
    _Artefact("02", (61.5530, -47.1868), 61244, "cr", 21.7),
    _Artefact("03", (62.8459, -48.2210), 61303, "edge", 22.1),
    _Artefact("04", (60.7714, -49.3472), 61129, "saturated", 17.9),
)


def field_variables() -> Iterator[LocusFile]:
    """Return the variable sources, asteroids and artefacts of the field."""
    makers: tuple[tuple[Callable[[Any], LocusFile], tuple[Any, ...]], ...] = (
        (_rr_lyrae, _RR_LYRAE),
        (_binary, _BINARIES),
        (_active_galaxy, _GALAXIES),
        (_asteroid, _ASTEROIDS),
        (_artefact, _ARTEFACTS),
    )
    for make, rows in makers:
        yield from map(make, rows)
    yield _outbursts()
    yield _moved_star()


def _rr_lyrae(row: _Star) -> LocusFile:
    source = RRLyrae(row.period_d, row.epoch_mjd, coloured(row.r_mag, BLUE_STAR))
    return _periodic(f"ANT2026simrr{row.name}", row, source, "RR Lyrae")


def _binary(row: _Star) -> LocusFile:
    source = EclipsingBinary(row.period_d, row.epoch_mjd, coloured(row.r_mag, BINARY))
    return _periodic(f"ANT2026simeb{row.name}", row, source, "eclipsing binary")


def _periodic(locus_id: str, row: _Star, source: PeriodicStar, sim_class: str) -> LocusFile:
    rng = generator(locus_id)
    visits = wide_visits(rng, *row.season, gap=row.gap_d)
    gaia = star(row.place, 0.05, round(row.r_mag + 0.1, 2), 0.1)
    return make_locus_file(
        locus_id,
        make_alerts(rng, source, visits, row.place),
        sim_class=sim_class,
        properties={"sim_period_d": row.period_d},
        catalogs={_GAIA: [gaia]} if row.r_mag < 20 else {},
    )


def _active_galaxy(row: _Galaxy) -> LocusFile:
    locus_id = f"ANT2026simagn{row.name}"
    rng = generator(locus_id)
    mean = coloured(row.r_mag, QUASAR)
    source = ActiveGalaxy(rng, row.season[0], row.season[1] + 1, mean)
    visits = wide_visits(rng, *row.season, gap=row.gap_d)
    known = named_object(
        f"simulated quasar {locus_id}", row.place, 0.1, type="Q", redshift=row.redshift
    )
    return make_locus_file(
        locus_id,
        make_alerts(rng, source, visits, row.place, extendedness=0.1),
        sim_class="AGN",
        properties={"sim_redshift": row.redshift},
        catalogs={"milliquas": [known], _GAIA: [quasar(row.place, 0.04, row.r_mag)]},
    )


def _asteroid(row: _Asteroid) -> LocusFile:
    locus_id = f"ANT2026simasteroid{row.name}"
    rng = generator(locus_id)
    visits = wide_visits(rng, row.night_mjd, row.night_mjd + 1, bands=(row.bands,))
    light = fluxes(**{band: row.r_mag + 0.3 * (band == "g") for band in row.bands})
    alerts = make_alerts(rng, Passing(light), visits, row.place)
    orbit = {"lsst_ssSource_ephVmag": round(row.r_mag + 0.25, 2), "lsst_ssSource_ephRate": 0.24}
    return make_locus_file(
        locus_id, as_asteroid(alerts, row.ss_object_id, orbit), sim_class="asteroid"
    )


def _artefact(row: _Artefact) -> LocusFile:
    locus_id = f"ANT2026simartefact{row.name}"
    rng = generator(locus_id)
    visits = wide_visits(rng, row.night_mjd, row.night_mjd + 1, bands=("rg",))[:1]
    spoilt = partial(spoil, reliability=round(float(rng.uniform(0.03, 0.3)), 4), flags=(row.flag,))
    detections = map(spoilt, detect(rng, Passing(fluxes(r=row.r_mag)), visits))
    alerts = AlertMaker(rng, *row.place).make(detections)
    return make_locus_file(locus_id, alerts, sim_class=f"artefact ({row.flag})")


def _outbursts() -> LocusFile:
    locus_id, place = "ANT2026simdwarfnova01", (60.0274, -48.5391)
    rng = generator(locus_id)
    source = DwarfNova((61231.6, 61288.9), coloured(22.6, QUASAR), 3.6)
    return make_locus_file(
        locus_id,
        make_alerts(rng, source, wide_visits(rng, 61215.0, 61310.0, gap=2.5), place),
        sim_class="dwarf nova",
    )


def _moved_star() -> LocusFile:
    locus_id, place = "ANT2026simdipoles01", (63.0441, -48.4812)
    rng = generator(locus_id)
    detections = detect(
        rng, MovingStar(rng, coloured(17.3, GALAXY)), wide_visits(rng, 61245.0, 61290.0, gap=6.0)
    )
    gaia = {**star(place, 0.2, 17.4, 14.6), "pmra": 142.7, "pmdec": -203.1}
    return make_locus_file(
        locus_id,
        AlertMaker(rng, *place).make(with_dipoles(rng, detections, 0.8)),
        sim_class="dipole artefacts",
        catalogs={_GAIA: [gaia]},
    )
