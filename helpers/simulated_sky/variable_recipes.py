"""Make variable sources, moving objects and artifacts from rows of tables."""

from functools import partial
from typing import NamedTuple

from antares_sandbox.store.format import LocusFile
from simulated_sky.catalogs import named_object, quasar, star
from simulated_sky.colors import (
    BINARY,
    BLUE_STAR,
    GALAXY,
    QUASAR,
    RED_GIANT,
    colored_fluxes,
)
from simulated_sky.detections import detect, flaw
from simulated_sky.irregular import ActiveGalaxy, DwarfNova, MovingStar, Passing
from simulated_sky.locus import make_locus_file
from simulated_sky.lsst_alerts import AlertMaker
from simulated_sky.periodic import (
    EclipsingBinary,
    LongPeriodVariable,
    PeriodicStar,
    RRLyrae,
)
from simulated_sky.recipes import as_asteroid, generator, make_alerts, with_dipoles
from simulated_sky.source import fluxes
from simulated_sky.survey import wide_visits

__all__ = [
    "Artifact",
    "Asteroid",
    "CataclysmicStar",
    "Galaxy",
    "MovedStar",
    "Star",
    "active_galaxy",
    "artifact",
    "asteroid",
    "dwarf_nova",
    "eclipsing_binary",
    "long_period_variable",
    "moved_star",
    "rr_lyrae",
]

_GAIA = "gaia_dr3_gaia_source"


class Star(NamedTuple):
    """A row of the table of periodic stars."""

    name: str
    place: tuple[float, float]
    period_d: float
    epoch_mjd: float
    r_mag: float
    season: tuple[float, float]
    gap_d: float


class Galaxy(NamedTuple):
    """A row of the table of active galaxies; its walk begins `past_d` before the season."""

    name: str
    place: tuple[float, float]
    r_mag: float
    redshift: float
    season: tuple[float, float]
    gap_d: float
    past_d: float = 0


class CataclysmicStar(NamedTuple):
    """A row of the table of dwarf novae; the magnitude is that between outbursts."""

    name: str
    place: tuple[float, float]
    outbursts_mjd: tuple[float, ...]
    r_mag: float
    amplitude_mag: float
    season: tuple[float, float]
    gap_d: float


class MovedStar(NamedTuple):
    """A row of the table of stars that have moved; the motion is in milliarcsec a year."""

    name: str
    place: tuple[float, float]
    r_mag: float
    parallax: float
    motion: tuple[float, float]
    season: tuple[float, float]
    gap_d: float


class Asteroid(NamedTuple):
    """A row of the table of asteroids: each passes once."""

    name: str
    place: tuple[float, float]
    ss_object_id: int
    night_mjd: int
    bands: str
    r_mag: float


class Artifact(NamedTuple):
    """A row of the table of artifacts: one alert with a flag, its flux as a fraction of a star."""

    name: str
    place: tuple[float, float]
    night_mjd: int
    flag: str
    r_mag: float


def rr_lyrae(row: Star) -> LocusFile:
    """Return an RR Lyrae."""
    source = RRLyrae(row.period_d, row.epoch_mjd, colored_fluxes(row.r_mag, BLUE_STAR))
    return _periodic(f"ANT2026simrr{row.name}", row, source, "RR Lyrae")


def eclipsing_binary(row: Star) -> LocusFile:
    """Return an eclipsing binary."""
    source = EclipsingBinary(row.period_d, row.epoch_mjd, colored_fluxes(row.r_mag, BINARY))
    return _periodic(f"ANT2026simeb{row.name}", row, source, "eclipsing binary")


def long_period_variable(row: Star) -> LocusFile:
    """Return a pulsating red giant."""
    source = LongPeriodVariable(row.period_d, row.epoch_mjd, colored_fluxes(row.r_mag, RED_GIANT))
    locus_id, sim_class = f"ANT2026simlpv{row.name}", "long-period variable"
    return _periodic(locus_id, row, source, sim_class, g_minus_r=-0.7, bp_rp=3.2)


def active_galaxy(row: Galaxy) -> LocusFile:
    """Return an active galaxy."""
    locus_id = f"ANT2026simagn{row.name}"
    rng = generator(locus_id)
    mean = colored_fluxes(row.r_mag, QUASAR)
    source = ActiveGalaxy(rng, row.season[0] - row.past_d, row.season[1] + 1, mean)
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


def asteroid(row: Asteroid) -> LocusFile:
    """Return an asteroid that passed twice in a night."""
    locus_id = f"ANT2026simasteroid{row.name}"
    rng = generator(locus_id)
    visits = wide_visits(rng, row.night_mjd, row.night_mjd + 1, bands=(row.bands,))
    light = fluxes(**{band: row.r_mag + 0.3 * (band == "g") for band in row.bands})
    alerts = make_alerts(rng, Passing(light), visits, row.place)
    orbit = {"lsst_ssSource_ephVmag": round(row.r_mag + 0.25, 2), "lsst_ssSource_ephRate": 0.24}
    return make_locus_file(
        locus_id, as_asteroid(alerts, row.ss_object_id, orbit), sim_class="asteroid"
    )


def artifact(row: Artifact) -> LocusFile:
    """Return an artifact: a single alert with a flag."""
    locus_id = f"ANT2026simartefact{row.name}"
    rng = generator(locus_id)
    visits = wide_visits(rng, row.night_mjd, row.night_mjd + 1, bands=("rg",))[:1]
    flawed = partial(flaw, reliability=round(float(rng.uniform(0.03, 0.3)), 4), flags=(row.flag,))
    detections = map(flawed, detect(rng, Passing(fluxes(r=row.r_mag)), visits))
    alerts = AlertMaker(rng, *row.place).make(detections)
    return make_locus_file(locus_id, alerts, sim_class=f"artifact ({row.flag})")


def dwarf_nova(row: CataclysmicStar) -> LocusFile:
    """Return a dwarf nova."""
    locus_id = f"ANT2026simdwarfnova{row.name}"
    rng = generator(locus_id)
    source = DwarfNova(row.outbursts_mjd, colored_fluxes(row.r_mag, QUASAR), row.amplitude_mag)
    return make_locus_file(
        locus_id,
        make_alerts(rng, source, wide_visits(rng, *row.season, gap=row.gap_d), row.place),
        sim_class="dwarf nova",
    )


def moved_star(row: MovedStar) -> LocusFile:
    """Return the residuals of a star that has moved: mostly dipoles."""
    locus_id = f"ANT2026simdipoles{row.name}"
    rng = generator(locus_id)
    source = MovingStar(rng, colored_fluxes(row.r_mag, GALAXY))
    detections = detect(rng, source, wide_visits(rng, *row.season, gap=row.gap_d))
    gaia = star(row.place, 0.2, round(row.r_mag + 0.1, 2), row.parallax)
    gaia |= {"pmra": row.motion[0], "pmdec": row.motion[1]}
    return make_locus_file(
        locus_id,
        AlertMaker(rng, *row.place).make(with_dipoles(rng, detections, 0.8)),
        sim_class="dipole artifacts",
        catalogs={_GAIA: [gaia]},
    )


def _periodic(
    locus_id: str,
    row: Star,
    source: PeriodicStar,
    sim_class: str,
    *,
    g_minus_r: float = 0.1,
    bp_rp: float = 0.74,
) -> LocusFile:
    rng = generator(locus_id)
    visits = wide_visits(rng, *row.season, gap=row.gap_d)
    gaia = {**star(row.place, 0.05, round(row.r_mag + g_minus_r, 2), 0.1), "bp_rp": bp_rp}
    return make_locus_file(
        locus_id,
        make_alerts(rng, source, visits, row.place),
        sim_class=sim_class,
        properties={"sim_period_d": row.period_d},
        catalogs={_GAIA: [gaia]} if row.r_mag < 20 else {},
    )
