"""Alerts and loci with known properties, made by hand."""

from typing import Any


class _Absent:
    def __repr__(self) -> str:
        return "ABSENT"  # not an address: names of tests must be the same in every process


ABSENT = _Absent()
"""As the value of a property: the alert does not have it."""

LOCUS_ID = "ANT2026testing"
OBJECT_ID = 170587117485817955
"""A diaObjectId beyond 2**53: as a float it would end in 952."""

MJD = 61200.25


def lsst_alert(number: int = 1, mjd: Any = MJD, **properties: Any) -> dict[str, Any]:
    """Make an alert of LSST that is included by default; name properties without prefix."""
    defaults = {
        "band": "r",
        "psfFlux": 1000.0,
        "psfFluxErr": 50.0,
        "scienceFlux": 3000.0,
        "scienceFluxErr": 40.0,
        "templateFlux": 2000.0,
        "snr": 20.0,
        "reliability": 0.9,
        "isNegative": False,
        "isDipole": False,
        "diaObjectId": OBJECT_ID,
    }
    return _alert(f"lsst:{OBJECT_ID + number}", mjd, "lsst_diaSource_", defaults | properties)


def ztf_alert(number: int = 1, mjd: Any = MJD, **properties: Any) -> dict[str, Any]:
    """Make a detection of ZTF of magnitude 20 in g, with the exposure started at `mjd` (UTC)."""
    defaults = {
        "ant_passband": "g",
        "ant_mag": 20.0,
        "ant_magerr": 0.1,
        "ztf_isdiffpos": "t",
        "ztf_exptime": 30.0,
        "ztf_drb": 0.95,
    }
    return _alert(f"ztf_candidate:{number}", mjd, "", defaults | properties)


def ztf_limit(number: int = 1, mjd: Any = MJD, **properties: Any) -> dict[str, Any]:
    """Make an upper limit of ZTF of magnitude 20 in R."""
    defaults = {"ant_passband": "R", "ant_maglim": 20.0, "ztf_exptime": 30.0}
    return _alert(f"ztf_upper_limit:ZTF26aatest-{number}", mjd, "", defaults | properties)


def other_alert() -> dict[str, Any]:
    """Make an alert of DECam."""
    return _alert("decat_nsf:3", MJD, "", {"ant_survey": 3, "ant_mag": 20.0})


def locus_of(*alerts: Any, **properties: Any) -> dict[str, Any]:
    """Make the devkit dict of a locus with these alerts."""
    return {
        "id": LOCUS_ID,
        "ra": 10.0,
        "dec": -30.0,
        "user_tags": [],
        "old_properties": {"num_alerts": len(alerts)} | properties,
        "catalog_objects": {},
        "grav_wave_events_metadata": {},
        "alerts": list(alerts),
    }


def one_of_each_survey() -> dict[str, Any]:
    """Make a locus of four alerts: of LSST, of ZTF (with a limit) and of DECam."""
    return locus_of(
        ztf_limit(mjd=MJD - 3), ztf_alert(mjd=MJD - 2), other_alert(), lsst_alert(mjd=MJD)
    )


def _alert(identity: str, mjd: Any, prefix: str, properties: dict[str, Any]) -> dict[str, Any]:
    present = {prefix + name: value for name, value in properties.items() if value is not ABSENT}
    alert = {"id": identity, "mjd": mjd, "properties": present, "grav_wave_events": []}
    return {name: value for name, value in alert.items() if value is not ABSENT}
