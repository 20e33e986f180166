"""The simulated supernovae."""

from antares_sandbox.bundled import TUTORIAL_ID
from antares_sandbox.store.format import LocusFile
from simulated_sky.catalogs import galaxy
from simulated_sky.detections import detect
from simulated_sky.locus import make_locus_file
from simulated_sky.lsst_alerts import AlertMaker
from simulated_sky.recipes import (
    generator,
    in_order,
    make_alerts,
    with_artifacts,
    without_properties,
)
from simulated_sky.source import fluxes
from simulated_sky.supernovae import PlateauSupernova, ThermonuclearSupernova
from simulated_sky.survey import deep_visits, wide_visits
from simulated_sky.ztf_alerts import make_ztf_alerts

__all__ = ["deep", "faint", "incomplete", "mixed", "tutorial"]

# Of 400 draws, one that shows the rise, the peak and the second maximum in all bands.
_BEST_DRAW = 208

_NULLABLE = ("isDipole", "reliability", "snr", "diaObjectId", "isNegative", "band", "psfFlux")


def tutorial() -> LocusFile:
    """Return the stand-in for the tutorial's locus: a type Ia supernova in all six bands."""
    rng, place = generator(f"{TUTORIAL_ID} {_BEST_DRAW}"), (315.13482, -35.29144)
    peak = fluxes(u=21.55, g=20.6, r=20.5, i=20.75, z=21.0, y=21.1)
    host = fluxes(u=24.2, g=23.1, r=22.4, i=22.1, z=21.9, y=21.8)
    source = ThermonuclearSupernova(61218.0, peak, host)
    pairs = ("gr", "iz", "zy", "ug", "ri", "uy")
    visits = wide_visits(rng, 61201.0, 61268.0, gap=2.9, pairs=2, bands=pairs)
    return make_locus_file(
        TUTORIAL_ID,
        make_alerts(rng, source, visits, place, extendedness=0.3),
        sim_class="SN Ia-like",
        properties={"sim_peak_mjd": source.peak_mjd},
        catalogs={"sdss_gals": [galaxy(place, 1.3, 0.085, 21.7)]},
    )


def faint() -> LocusFile:
    """Return a supernova that is seen only around its peak."""
    locus_id, place = "ANT2026simsnfaint", (12.70391, -21.05562)
    rng = generator(locus_id)
    peak = fluxes(u=25.2, g=23.9, r=23.65, i=23.7, z=23.8, y=23.9)
    host = fluxes(u=26.5, g=25.5, r=24.8, i=24.4, z=24.1, y=24.0)
    source = ThermonuclearSupernova(61266.0, peak, host)
    visits = wide_visits(rng, 61240.0, 61320.0, gap=4.0)
    return make_locus_file(
        locus_id,
        make_alerts(rng, source, visits, place),
        sim_class="SN Ia-like",
        properties={"sim_peak_mjd": source.peak_mjd},
    )


def deep() -> LocusFile:
    """Return a supernova in a Deep Drilling Field, with some artifacts among its points."""
    locus_id, place = "ANT2026simsndeep", (9.41207, -43.90318)
    rng = generator(locus_id)
    peak = fluxes(u=22.0, g=22.0, r=22.05, i=22.15, z=22.25, y=22.4)
    host = fluxes(u=24.0, g=23.0, r=22.5, i=22.2, z=22.0, y=21.9)
    source = PlateauSupernova(61209.3, peak, host)
    detections = detect(rng, source, deep_visits(rng, 61205.0, 61325.0, gap=7.0, repeats=2))
    return make_locus_file(
        locus_id,
        AlertMaker(rng, *place, extendedness=0.4).make(with_artifacts(rng, detections)),
        sim_class="SN IIP-like",
        properties={"sim_explosion_mjd": source.start_mjd},
        catalogs={"sdss_gals": [galaxy(place, 0.9, 0.062, 22.1), galaxy(place, 1.8, 0.4, 23.6)]},
    )


def mixed() -> LocusFile:
    """Return a supernova that ZTF and LSST see, in one locus."""
    locus_id, place = "ANT2026simmixed", (214.90276, 2.31385)
    rng = generator(locus_id)
    peak = fluxes(u=19.3, g=18.55, r=18.5, i=18.85, z=18.95, y=19.05)
    host = fluxes(u=22.0, g=20.9, r=20.2, i=19.9, z=19.7, y=19.6)
    source = ThermonuclearSupernova(61164.0, peak, host)
    rubin = make_alerts(rng, source, wide_visits(rng, 61140.0, 61245.0, gap=5.0), place)
    ztf = make_ztf_alerts(rng, source, "ZTF26aasimul", place, (61130.0, 61245.0))
    return make_locus_file(
        locus_id,
        in_order([*rubin, *ztf]),
        sim_class="SN Ia-like",
        properties={"sim_peak_mjd": source.peak_mjd},
        catalogs={"sdss_gals": [galaxy(place, 1.2, 0.041, 19.8)]},
    )


def incomplete() -> LocusFile:
    """Return a supernova of whose alerts two out of three lack a property."""
    locus_id, place = "ANT2026simmissing", (58.33021, -48.71459)
    rng = generator(locus_id)
    peak = fluxes(u=23.2, g=22.3, r=22.2, i=22.4, z=22.5, y=22.6)
    host = fluxes(u=25.0, g=24.1, r=23.5, i=23.2, z=23.0, y=22.9)
    source = ThermonuclearSupernova(61262.0, peak, host)
    alerts = make_alerts(rng, source, wide_visits(rng, 61235.0, 61325.0, gap=3.0), place)
    names = tuple(f"lsst_diaSource_{name}" for name in _NULLABLE)
    return make_locus_file(
        locus_id,
        without_properties(alerts, names),
        sim_class="SN Ia-like",
        properties={"sim_peak_mjd": source.peak_mjd},
    )
