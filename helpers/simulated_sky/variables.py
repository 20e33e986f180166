"""The simulated variable stars and active galaxies, and stars that have moved."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from antares_sandbox.store.format import LocusFile
from simulated_sky.catalogs import (
    Match,
    allwise_source,
    asassn_star,
    csdr2_star,
    gaia_distance,
    gaia_quasar,
    gaia_star,
    gaia_variable,
    guide_star,
    milliquas_quasar,
    sdss_star,
    two_mass_star,
    veron_quasar,
    vsx_star,
)
from simulated_sky.locus import PREFIX, make_locus_file
from simulated_sky.nuclei import ActiveGalaxy
from simulated_sky.recipes import Observed, as_unsigned, generator, observe, with_dipoles
from simulated_sky.source import BINARY, BLUE_STAR, QUASAR, RED_GIANT, Source, colored_fluxes
from simulated_sky.stars import (
    DwarfNova,
    EclipsingBinary,
    LongPeriodVariable,
    MovingStar,
    RRab,
    RRc,
)
from simulated_sky.survey import Place, wide_visits

__all__ = [
    "Dwarf",
    "Moved",
    "Nucleus",
    "Star",
    "active_galaxy",
    "dwarf_nova",
    "eclipsing_binary",
    "long_period_variable",
    "moved_star",
    "rr_lyrae",
    "variables",
]

_LONGEST_RRC_D = 0.44
_GAIA_LIMIT, _VSX_LIMIT, _CATALINA_LIMIT, _GSC_LIMIT, _TWO_MASS_LIMIT = 20.5, 19.5, 19.0, 18.5, 16.0
_SCATTER = (0.04, 0.08)
"""By how much template fluxes of real active nuclei vary with the seeing."""

_SDSS_DEC, _VERON_MAG = -12.0, 20.0


class Star(NamedTuple):
    """A row of the table of periodic stars."""

    name: str
    place: Place
    period_d: float
    epoch_mjd: float
    r_mag: float
    season: tuple[float, float]
    gap_d: float


class Nucleus(NamedTuple):
    """A row of the table of active galaxies; the magnitude is that of the mean."""

    name: str
    place: Place
    r_mag: float
    redshift: float
    season: tuple[float, float]
    gap_d: float


class Dwarf(NamedTuple):
    """A row of the table of dwarf novae; the magnitude is that between outbursts."""

    name: str
    place: Place
    outbursts_mjd: tuple[float, ...]
    r_mag: float
    amplitude_mag: float
    season: tuple[float, float]
    gap_d: float


class Moved(NamedTuple):
    """A row of the table of stars that have moved; the motion is in milliarcsec a year."""

    name: str
    place: Place
    r_mag: float
    parallax: float
    motion: tuple[float, float]
    season: tuple[float, float]
    gap_d: float
    dipoles: float = 0.8


_RR_LYRAE = (
    Star("rrlyrae", (330.48216, -20.70733), 0.54187, 61130.37, 19.4, (61140, 61335), 4.2),
    Star("rr01", (61.7035, -48.2612), 0.50731, 61120.2, 18.9, (61255, 61330), 4.5),
    Star("rr02", (60.3890, -48.3004), 0.63384, 61121.8, 20.1, (61245, 61355), 6.0),
    Star("rr03", (63.5574, -48.9163), 0.33120, 61118.5, 19.4, (61262, 61345), 5.0),
    Star("rr04", (0.0008, -1.5010), 0.58806, 61130.9, 19.7, (61210, 61290), 5.0),
)
_BINARY = Star("eclipse", (284.09157, -28.66402), 1.28463, 61100.21, 19.3, (61110, 61320), 4.5)
_BINARIES = (
    Star("eb01", (62.9136, -47.4409), 0.84213, 61116.3, 19.2, (61250, 61345), 5.0),
    Star("eb02", (61.4702, -46.6031), 2.31907, 61119.7, 18.4, (61245, 61355), 7.0),
    Star("eb03", (63.2287, -48.0978), 0.41275, 61122.4, 20.3, (61262, 61340), 5.0),
    Star("eb04", (123.0, -89.98), 1.10342, 61125.6, 18.8, (61200, 61280), 6.0),
)
_GALAXIES = (
    Nucleus("agn", (34.80025, -5.12746), 19.6, 0.731, (61230, 61350), 4.0),
    # The next lies 4 arcsec from the first supernova of the field.
    Nucleus("agn01", (62.0398, -48.1180), 20.2, 0.42, (61250, 61345), 5.0),
    Nucleus("agn02", (60.9051, -47.8833), 19.4, 1.18, (61245, 61355), 8.0),
    Nucleus("agn03", (62.6018, -48.4366), 20.6, 0.77, (61255, 61350), 5.0),
    Nucleus("agn04", (64.1175, -46.9420), 19.9, 2.05, (61260, 61350), 7.0),
)
_DWARF_NOVAE = (
    Dwarf("dwarfnova", (251.3179, -12.48251), (61142.4, 61203.8), 22.3, 4.0, (61110, 61280), 2.2),
    Dwarf("dwarfnova01", (60.0274, -48.5391), (61271.6, 61318.9), 22.6, 3.6, (61255, 61345), 2.5),
)
_MOVED_STARS = (
    Moved("dipoles", (185.8409, 9.27433), 17.7, 11.2, (-181.3, -64.9), (61105, 61185), 3.0, 0.85),
    Moved("dipoles01", (63.0441, -48.4812), 17.3, 14.6, (142.7, -203.1), (61255, 61320), 4.0),
)


def variables() -> Iterator[LocusFile]:
    """Return the single variable sources, and those of the field."""
    tables: tuple[tuple[Callable[[Any], LocusFile], tuple[Any, ...]], ...] = (
        (rr_lyrae, _RR_LYRAE),
        (_binary_with_dipoles, (_BINARY,)),
        (_unsigned_binary, (_BINARY,)),
        (eclipsing_binary, _BINARIES),
        (active_galaxy, _GALAXIES),
        (dwarf_nova, _DWARF_NOVAE),
        (moved_star, _MOVED_STARS),
    )
    for make, rows in tables:
        yield from map(make, rows)


def rr_lyrae(row: Star) -> LocusFile:
    """Return an RR Lyrae: of type c if its period is short, otherwise of type ab."""
    overtone = row.period_d < _LONGEST_RRC_D
    mean = colored_fluxes(row.r_mag, BLUE_STAR)
    source = (RRc if overtone else RRab)(row.period_d, row.epoch_mjd, mean)
    subclass = "RRc" if overtone else "RRab"
    matches = _star_matches(row, "RR", subclass, bp_rp=0.74, g_minus_r=0.2)
    truth = {"sim_subclass": subclass}
    return _periodic(row, _seen(row, source), "RR Lyrae", matches, truth)


def eclipsing_binary(row: Star) -> LocusFile:
    """Return an eclipsing binary."""
    source = EclipsingBinary(row.period_d, row.epoch_mjd, colored_fluxes(row.r_mag, BINARY))
    return _periodic(row, _seen(row, source), "eclipsing binary", _binary_matches(row))


def long_period_variable(row: Star) -> LocusFile:
    """Return a pulsating red giant."""
    source = LongPeriodVariable(row.period_d, row.epoch_mjd, colored_fluxes(row.r_mag, RED_GIANT))
    matches = _star_matches(row, "LPV", "SR", bp_rp=3.2, g_minus_r=1.6)
    return _periodic(row, _seen(row, source), "long-period variable", matches)


def active_galaxy(row: Nucleus) -> LocusFile:
    """Return an active galaxy."""
    locus_id = f"{PREFIX}{row.name}"
    # Its season, too, so that another draw of the wide field has another walk.
    rng = generator(f"{locus_id} {row.season[0]}")
    mean = colored_fluxes(row.r_mag, QUASAR)
    source = ActiveGalaxy(rng, *row.season, mean, row.redshift)
    visits = wide_visits(rng, row.place, row.season, gap=row.gap_d)
    seen = observe(rng, source, visits, row.place, scatter=float(rng.uniform(*_SCATTER)))
    matches = [
        milliquas_quasar(row.place, row.redshift, row.r_mag, offset=(0.06, -0.04)),
        gaia_quasar(row.place, row.r_mag, offset=(0.03, 0.02)),
        allwise_source(row.place, round(row.r_mag - 4.1, 3), w1_w2=1.1, offset=(-0.1, 0.12)),
    ]
    if row.r_mag < _VERON_MAG:
        matches.append(veron_quasar(row.place, row.redshift, row.r_mag + 0.2, offset=(0.5, -0.6)))
    return make_locus_file(
        locus_id,
        seen.alerts,
        sim_class="AGN",
        properties={"sim_redshift": row.redshift},
        matches=matches,
        forced=seen.forced,
    )


def dwarf_nova(row: Dwarf) -> LocusFile:
    """Return a dwarf nova."""
    source = DwarfNova(row.outbursts_mjd, colored_fluxes(row.r_mag, QUASAR), row.amplitude_mag)
    matches: list[Match] = []
    if row.r_mag < _GAIA_LIMIT + 2:
        known = round(row.r_mag - row.amplitude_mag, 2)
        matches.append(vsx_star(row.place, "UG", None, known, offset=(0.1, 0.1)))
    seen = _seen(row, source)
    return make_locus_file(
        f"{PREFIX}{row.name}",
        seen.alerts,
        sim_class="dwarf nova",
        properties={"sim_outburst_mjd": list(row.outbursts_mjd)},
        matches=matches,
        forced=seen.forced,
    )


def moved_star(row: Moved) -> LocusFile:
    """Return the residuals of a star that has moved: mostly dipoles."""
    locus_id = f"{PREFIX}{row.name}"
    rng = generator(locus_id)
    source = MovingStar(rng, colored_fluxes(row.r_mag, BINARY))
    visits = wide_visits(rng, row.place, row.season, gap=row.gap_d)
    seen = observe(rng, source, visits, row.place, change=with_dipoles(row.dipoles))
    star = gaia_star(
        row.place,
        round(row.r_mag + 0.1, 2),
        bp_rp=1.3,
        parallax=row.parallax,
        pm=row.motion,
        offset=(-row.motion[0] / 100, -row.motion[1] / 100),
    )
    matches = [star, gaia_distance(row.place, 1000 / row.parallax)]
    matches.append(two_mass_star(row.place, round(row.r_mag - 1.6, 3)))
    return make_locus_file(
        locus_id,
        seen.alerts,
        sim_class="dipole artifacts",
        matches=matches,
        forced=seen.forced,
    )


def _binary_with_dipoles(row: Star) -> LocusFile:
    return _periodic(row, _binary_seen(row), "eclipsing binary", _binary_matches(row))


def _unsigned_binary(row: Star) -> LocusFile:
    """Return the same eclipsing binary, its negative fluxes reported as positive."""
    truth = {"sim_same_source_as": f"{PREFIX}{row.name}"}
    seen = as_unsigned(_binary_seen(row))
    return _periodic(row._replace(name="unsigned"), seen, "eclipsing binary", [], truth)


def _binary_seen(row: Star) -> Observed:
    source = EclipsingBinary(row.period_d, row.epoch_mjd, colored_fluxes(row.r_mag, BINARY))
    return _seen(row, source, dipoles=0.12)


def _seen(row: Star | Dwarf, source: Source, dipoles: float = 0.0) -> Observed:
    rng = generator(f"{PREFIX}{row.name}")
    visits = wide_visits(rng, row.place, row.season, gap=row.gap_d)
    return observe(
        rng, source, visits, row.place, change=with_dipoles(dipoles) if dipoles else None
    )


def _periodic(
    row: Star,
    seen: Observed,
    sim_class: str,
    matches: Sequence[Match],
    truth: dict[str, Any] | None = None,
) -> LocusFile:
    return make_locus_file(
        f"{PREFIX}{row.name}",
        seen.alerts,
        sim_class=sim_class,
        properties={"sim_period_d": row.period_d, "sim_epoch_mjd": row.epoch_mjd, **(truth or {})},
        matches=matches,
        forced=seen.forced,
    )


def _binary_matches(row: Star) -> list[Match]:
    return _star_matches(row, "ECL", "EA", bp_rp=1.0, g_minus_r=0.5)


def _star_matches(
    row: Star, gaia_class: str, vsx_type: str, *, bp_rp: float, g_minus_r: float
) -> list[Match]:
    """Return the star in the catalogs that are deep enough for it and cover its position."""
    place, g_mag = row.place, round(row.r_mag + 0.3 * g_minus_r, 2)
    matches = []
    if g_mag < _GAIA_LIMIT:
        matches.append(
            gaia_star(place, g_mag, bp_rp=bp_rp, parallax=0.05, variable=True, offset=(0.03, 0.02))
        )
        matches.append(gaia_variable(place, gaia_class, offset=(0.03, 0.02)))
    if g_mag < _VSX_LIMIT:
        matches.append(vsx_star(place, vsx_type, row.period_d, g_mag, offset=(0.1, -0.05)))
    if g_mag < _CATALINA_LIMIT and place[1] > -22:
        matches.append(csdr2_star(place, vsx_type, row.period_d, g_mag, offset=(-0.4, 0.3)))
    if row.r_mag < _GSC_LIMIT:
        matches.append(guide_star(place, row.r_mag, offset=(0.2, 0.1)))
    if row.r_mag - 3 < _TWO_MASS_LIMIT and vsx_type == "SR":
        matches.append(two_mass_star(place, round(row.r_mag - 3.2, 3), offset=(0.05, 0.05)))
        matches.append(asassn_star(place, vsx_type, row.period_d, row.r_mag - 1, offset=(0.3, 0.2)))
    if place[1] > _SDSS_DEC:
        matches.append(sdss_star(place, row.r_mag, offset=(-0.05, 0.06)))
    return matches
