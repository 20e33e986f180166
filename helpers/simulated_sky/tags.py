"""The tags that the filters of ANTARES give to the simulated loci."""

from collections.abc import Sequence

from antares_sandbox.sky import separation_arcsec
from antares_sandbox.store.format import Alert

__all__ = ["DEEP_FIELDS", "pipeline_tags"]

DEEP_FIELDS = {
    "ELAISS1": (9.45, -44.02),
    "XMM_LSS": (35.57, -4.82),
    "ECDFS": (52.98, -28.12),
    "COSMOS": (150.11, 2.23),
    "EDFS_a": (58.9, -49.32),
    "EDFS_b": (63.6, -47.6),
}
"""Centers of the Deep Drilling Fields, in degrees: https://survey-strategy.lsst.io"""

_FIELD_RADIUS_DEG = 1.75
_RELIABLE = 0.6
_SPOILING = (
    "psfFlux_flag",
    "centroid_flag",
    "shape_flag",
    "isDipole",
    "pixelFlags_saturated",
    "pixelFlags_edge",
    "pixelFlags_cr",
    "pixelFlags_streak",
)


def _named(names: str) -> frozenset[str]:
    return frozenset(f"ANT2026{name}" for name in names.split())


# What rubin_NovTest_soraisam and young_rubin_transients_soraisam decide about each locus as it
# grows: they need whole light curves, so their results are listed here, and tests compare them.
_CANDIDATES = _named(
    "z3bqyjga24oc simmissing simsnia02 simsnia04 simsnia05 simsnia10 simagn01 "
    "simsnia12 simsnia16 simsnia19 simsnia20 simeb10"
)
_YOUNG = _named(
    "simsnfaint simsndeep simmissing simsnia01 simsnia02 simsnia04 simsnia05 "
    "simsnia06 simsnia07 simsnia08 simsnia09 simsnia10 simsniip01 simsniip03 "
    "simsniip04 simkilonova simunsigned simdwarfnova simdwarfnova01 simsnia11 "
    "simsnia12 simsnia13 simsnia14 simsnia15 simsnia16 simsnia17 simsnia18 simsnia19 "
    "simsnia20 simsnia21 simsnia22 simsnia23 simsnia24 simsnibc01 simsnibc02 "
    "simsnibc03 simsnibc04 simsnibc05 simsniip05 simsniip06 simsniip07 simsniip08 "
    "simsniip09 simsniip10 simsniip11 simlpv01 simdwarfnova02 simdwarfnova03 "
    "simdwarfnova04 simdwarfnova05 simdwarfnova06"
)


def pipeline_tags(locus_id: str, alerts: Sequence[Alert], ra: float, dec: float) -> list[str]:
    """Return the tags that the filters gave to a locus while its alerts came in.

    Parameters
    ----------
    locus_id : str
        The locus.
    alerts : sequence of Alert
        The alerts of a locus. A tag is never removed, so one good alert gives it.
    ra, dec : float
        Position of the locus, in degrees.

    Returns
    -------
    list of str
        The tags.
    """
    tags = {
        "in_LSSTDDF": _in_deep_field(ra, dec),
        "SN_candies": locus_id in _CANDIDATES,
        "young_rubin_transients": locus_id in _YOUNG,
        "lsst_scimma_quality_transient": any(_is_quality_transient(alert) for alert in alerts),
    }
    return [tag for tag, is_given in tags.items() if is_given]


def _in_deep_field(ra: float, dec: float) -> bool:
    distances = (separation_arcsec(ra, dec, *center) for center in DEEP_FIELDS.values())
    return min(distances) < _FIELD_RADIUS_DEG * 3600


def _is_quality_transient(alert: Alert) -> bool:
    properties = alert["properties"]
    flags = [properties.get(f"lsst_diaSource_{name}") for name in _SPOILING]
    return (
        properties.get("lsst_diaSource_reliability", 0) >= _RELIABLE
        and properties.get("lsst_diaSource_ssObjectId") == 0
        and not any(flags)
        and None not in flags
    )
