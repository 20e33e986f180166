"""The transients of the simulated field: many small loci around one position."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from antares_sandbox.grav_wave import GW_EVENT_MJD
from antares_sandbox.store.format import LocusFile
from simulated_sky.catalogs import named_object
from simulated_sky.colors import (
    FAST_TRANSIENT,
    GALAXY,
    SUPERNOVA_IA,
    SUPERNOVA_IBC,
    SUPERNOVA_IIP,
    colored_fluxes,
    redshifted,
)
from simulated_sky.locus import make_locus_file
from simulated_sky.recipes import generator, make_alerts
from simulated_sky.source import Source
from simulated_sky.supernovae import (
    FastTransient,
    PlateauSupernova,
    StrippedSupernova,
    ThermonuclearSupernova,
)
from simulated_sky.survey import wide_visits

__all__ = [
    "SN_IA",
    "SN_IBC",
    "SN_IIP",
    "Supernova",
    "SupernovaType",
    "fast_transient",
    "field_transients",
    "supernova",
]

_BLUE_PAIRS = ("ug", "gr", "gr", "ri", "iz")
_EXTENDEDNESS = 0.12


class SupernovaType(NamedTuple):
    """A type of supernova; `date` names the property of their date."""

    name: str
    source: Callable[[float, Mapping[str, float], Mapping[str, float], float], Source]
    colors: Mapping[str, float]
    sim_class: str
    date: str


class Supernova(NamedTuple):
    """A row of the table: the supernova, and the season in which it is observed.

    The redshift changes time scale and colors if `at_redshift` is set.
    """

    name: str
    place: tuple[float, float]
    date_mjd: float
    r_mag: float
    host_r_mag: float
    season: tuple[float, float]
    gap_d: float
    redshift: float
    in_tns: bool = False
    at_redshift: bool = False


SN_IA = SupernovaType("snia", ThermonuclearSupernova, SUPERNOVA_IA, "SN Ia-like", "sim_peak_mjd")
SN_IBC = SupernovaType("snibc", StrippedSupernova, SUPERNOVA_IBC, "SN Ibc-like", "sim_peak_mjd")
SN_IIP = SupernovaType("sniip", PlateauSupernova, SUPERNOVA_IIP, "SN IIP-like", "sim_explosion_mjd")

# The peak of a type Ia, the explosion of a type IIP.
_IA = (
    Supernova("01", (62.0412, -48.1173), 61282.0, 20.6, 21.9, (61262, 61330), 4.0, 0.07, True),
    Supernova("02", (61.3085, -47.5526), 61270.5, 21.8, 22.8, (61250, 61312), 4.5, 0.13),
    Supernova("03", (62.7741, -48.7318), 61226.0, 22.5, 23.4, (61205, 61270), 5.0, 0.19),
    Supernova("04", (60.1127, -47.0254), 61165.0, 21.2, 22.0, (61145, 61215), 5.0, 0.10, True),
    Supernova("05", (63.9008, -47.2091), 61308.0, 22.9, 23.9, (61290, 61333), 4.0, 0.23),
    Supernova("06", (61.8566, -48.3907), 61324.0, 21.4, 22.6, (61311, 61325), 2.2, 0.11),
    Supernova("07", (60.6430, -48.9952), 61329.0, 22.2, 23.6, (61314, 61328), 2.0, 0.17),
    Supernova("08", (63.1519, -46.4433), 61245.0, 23.3, 24.4, (61225, 61285), 4.5, 0.28),
    Supernova("09", (59.7215, -49.6027), 61277.0, 22.0, 22.9, (61255, 61325), 6.0, 0.15),
    Supernova("10", (359.9991, -1.5002), 61190.0, 21.0, 21.8, (61172, 61240), 5.0, 0.09),
)
_IIP = (
    Supernova("01", (62.4873, -47.8240), 61263.5, 21.5, 22.4, (61258, 61330), 5.0, 0.04, True),
    Supernova("02", (61.0968, -48.5605), 61221.0, 22.3, 23.0, (61215, 61310), 7.0, 0.06),
    Supernova("03", (64.4021, -48.2259), 61140.0, 21.9, 22.7, (61132, 61240), 9.0, 0.05),
    Supernova("04", (62.2206, -46.8714), 61316.0, 22.0, 23.2, (61313, 61326), 2.0, 0.05),
)


def field_transients() -> Iterator[LocusFile]:
    """Return the supernovae of the field, and the counterpart of its gravitational waves."""
    yield from (supernova(SN_IA, row) for row in _IA)
    yield from (supernova(SN_IIP, row) for row in _IIP)
    yield fast_transient()


def fast_transient() -> LocusFile:
    """Return a transient that fades within days of the simulated gravitational waves."""
    locus_id, place = "ANT2026simkilonova", (62.1874, -47.9125)
    rng = generator(locus_id)
    source = FastTransient(
        GW_EVENT_MJD, colored_fluxes(19.4, FAST_TRANSIENT), colored_fluxes(20.8, GALAXY)
    )
    pairs = ("gr", "iz", "zy", "ug", "ri")
    visits = wide_visits(rng, 61260.0, 61282.0, gap=1.0, pairs=2, bands=pairs)
    return make_locus_file(
        locus_id,
        make_alerts(rng, source, visits, place, extendedness=_EXTENDEDNESS),
        sim_class="kilonova-like",
        properties={"sim_explosion_mjd": GW_EVENT_MJD},
        catalogs={"ned": [_host(locus_id, place, 2.9, 0.01)]},
    )


def supernova(kind: SupernovaType, row: Supernova) -> LocusFile:
    """Return a supernova of a type."""
    locus_id, redshift = f"ANT2026sim{kind.name}{row.name}", row.redshift * row.at_redshift
    rng = generator(locus_id)
    peak = colored_fluxes(row.r_mag, redshifted(kind.colors, redshift))
    source = kind.source(row.date_mjd, peak, colored_fluxes(row.host_r_mag, GALAXY), 1 + redshift)
    visits = wide_visits(rng, *row.season, gap=row.gap_d, bands=_BLUE_PAIRS)
    catalogs = {"ned": [_host(locus_id, row.place, 0.4 + 10 * row.redshift, row.redshift)]}
    if row.in_tns:
        catalogs["tns_public_objects"] = [_report(locus_id, row, kind.sim_class)]
    return make_locus_file(
        locus_id,
        make_alerts(rng, source, visits, row.place, extendedness=_EXTENDEDNESS),
        sim_class=kind.sim_class,
        properties={kind.date: row.date_mjd, "sim_redshift": row.redshift},
        catalogs=catalogs,
    )


def _host(
    locus_id: str, place: tuple[float, float], arcsec: float, redshift: float
) -> dict[str, Any]:
    name = f"simulated host of {locus_id}"
    return named_object(name, place, round(arcsec, 2), type="G", redshift=redshift)


def _report(locus_id: str, row: Supernova, sim_class: str) -> dict[str, Any]:
    name = f"simulated report of {locus_id}"
    return named_object(name, row.place, 0.1, type=sim_class, redshift=row.redshift)
