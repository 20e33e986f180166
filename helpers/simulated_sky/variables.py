"""The simulated variable sources, moving objects and artifacts."""

from antares_sandbox.store.format import Alert, LocusFile
from simulated_sky.catalogs import galaxy, quasar, star
from simulated_sky.detections import detect
from simulated_sky.irregular import ActiveGalaxy, DwarfNova, MovingStar, Passing
from simulated_sky.locus import make_locus_file
from simulated_sky.lsst_alerts import AlertMaker
from simulated_sky.periodic import EclipsingBinary, RRLyrae
from simulated_sky.recipes import (
    as_asteroid,
    as_unsigned,
    generator,
    make_alerts,
    with_dipoles,
)
from simulated_sky.source import fluxes
from simulated_sky.survey import wide_visits

__all__ = [
    "active_galaxy",
    "asteroid",
    "dipoles",
    "dwarf_nova",
    "eclipsing_binary",
    "rr_lyrae",
    "unsigned_binary",
]

_BINARY_ID, _BINARY_PLACE, _BINARY_PERIOD_D = "ANT2026simeclipse", (284.09157, -28.66402), 1.28463
_ASTEROID = 21164731183445043
_ASTEROID_ORBIT = {
    "lsst_ssSource_elongation": 168.42,
    "lsst_ssSource_phaseAngle": 5.07,
    "lsst_ssSource_topoRange": 1.3461,
    "lsst_ssSource_helioRange": 2.3384,
    "lsst_ssSource_ephRate": 0.2217,
    "lsst_ssSource_ephVmag": 21.35,
}


def rr_lyrae() -> LocusFile:
    """Return an RR Lyrae: as many negative fluxes as positive ones."""
    locus_id, place = "ANT2026simrrlyrae", (330.48216, -20.70733)
    rng = generator(locus_id)
    mean = fluxes(u=20.1, g=19.05, r=18.85, i=18.8, z=18.78, y=18.77)
    source = RRLyrae(0.54187, 61130.37, mean)
    visits = wide_visits(rng, 61130.0, 61320.0, gap=4.2)
    return make_locus_file(
        locus_id,
        make_alerts(rng, source, visits, place),
        sim_class="RR Lyrae",
        properties={"sim_period_d": source.period_d},
        catalogs={"gaia_dr3_gaia_source": [star(place, 0.06, 18.9, 0.02)]},
    )


def eclipsing_binary() -> LocusFile:
    """Return an eclipsing binary, with some dipoles."""
    return make_locus_file(
        _BINARY_ID,
        _binary_alerts(),
        sim_class="eclipsing binary",
        properties={"sim_period_d": _BINARY_PERIOD_D},
        catalogs={"gaia_dr3_gaia_source": [star(_BINARY_PLACE, 0.04, 18.8, 0.35)]},
    )


def unsigned_binary() -> LocusFile:
    """Return the same eclipsing binary, its negative fluxes reported as positive."""
    return make_locus_file(
        "ANT2026simunsigned",
        as_unsigned(_binary_alerts()),
        sim_class="eclipsing binary",
        properties={"sim_period_d": _BINARY_PERIOD_D, "sim_same_source_as": _BINARY_ID},
    )


def active_galaxy() -> LocusFile:
    """Return an active galaxy."""
    locus_id, place = "ANT2026simagn", (34.80025, -5.12746)
    rng = generator(locus_id)
    mean = fluxes(u=20.4, g=20.2, r=20.0, i=19.9, z=19.8, y=19.75)
    source = ActiveGalaxy(rng, 61100.0, 61330.0, mean)
    visits = wide_visits(rng, 61200.0, 61328.0, gap=4.6)
    return make_locus_file(
        locus_id,
        make_alerts(rng, source, visits, place, extendedness=0.6),
        sim_class="AGN",
        catalogs={
            "sdss_gals": [galaxy(place, 0.05, 0.731, 20.0)],
            "gaia_dr3_gaia_source": [quasar(place, 0.03, 20.1)],
        },
    )


def dwarf_nova() -> LocusFile:
    """Return a dwarf nova in two outbursts."""
    locus_id, place = "ANT2026simdwarfnova", (251.31790, -12.48251)
    rng = generator(locus_id)
    quiet = fluxes(u=22.3, g=22.4, r=22.3, i=22.1, z=21.9, y=21.8)
    source = DwarfNova((61132.4, 61203.8), quiet, 4.0)
    visits = wide_visits(rng, 61110.0, 61280.0, gap=2.0)
    return make_locus_file(
        locus_id,
        make_alerts(rng, source, visits, place),
        sim_class="dwarf nova",
        catalogs={"gaia_dr3_gaia_source": [star(place, 0.1, 20.9, 1.4)]},
    )


def asteroid() -> LocusFile:
    """Return an asteroid that passed twice in a night: no diaObject, but an ssObject."""
    locus_id, place = "ANT2026simasteroid", (342.65093, -8.20471)
    rng = generator(locus_id)
    visits = wide_visits(rng, 61261.0, 61262.0, bands=("gr",))
    alerts = make_alerts(rng, Passing(fluxes(g=21.64, r=21.02)), visits, place)
    return make_locus_file(
        locus_id, as_asteroid(alerts, _ASTEROID, _ASTEROID_ORBIT), sim_class="asteroid"
    )


def dipoles() -> LocusFile:
    """Return the residuals of a star that has moved: mostly dipoles."""
    locus_id, place = "ANT2026simdipoles", (185.84090, 9.27433)
    rng = generator(locus_id)
    source = MovingStar(rng, fluxes(u=19.5, g=18.2, r=17.7, i=17.5, z=17.4, y=17.35))
    detections = detect(rng, source, wide_visits(rng, 61105.0, 61180.0, gap=4.6))
    alerts = AlertMaker(rng, *place).make(with_dipoles(rng, detections, 0.85))
    gaia = {**star(place, 0.2, 17.7, 11.2), "pmra": -181.3, "pmdec": -64.9}
    return make_locus_file(
        locus_id, alerts, sim_class="dipole artifacts", catalogs={"gaia_dr3_gaia_source": [gaia]}
    )


def _binary_alerts() -> list[Alert]:
    rng = generator(_BINARY_ID)
    mean = fluxes(u=20.6, g=19.2, r=18.7, i=18.5, z=18.4, y=18.35)
    source = EclipsingBinary(_BINARY_PERIOD_D, 61100.21, mean)
    detections = detect(rng, source, wide_visits(rng, 61105.0, 61310.0, gap=4.8))
    return AlertMaker(rng, *_BINARY_PLACE).make(with_dipoles(rng, detections, 0.12))
