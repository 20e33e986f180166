"""Folders of loci for the snippets: what is true of one must not be taken for true of all."""

import copy
import json
from pathlib import Path
from typing import Any

from antares_sandbox import BUNDLED, TUTORIAL_ID

Locus = dict[str, Any]

LONELY_ID = "ANT2026lonely"


def bundled() -> dict[str, Locus]:
    """Return the simulated loci, as devkit dicts by ID."""
    files = [json.loads(path.read_text("utf-8")) for path in sorted(BUNDLED.glob("ANT*.json"))]
    return {file["locus"]["id"]: file["locus"] for file in files}


def other() -> dict[str, Locus]:
    """Return other loci: the tutorial's ID has unsigned fluxes, gaps and spoilt points."""
    known = bundled()
    tutorial = spoilt(renamed(known["ANT2026simunsigned"], TUTORIAL_ID))
    tutorial["catalog_objects"] = {
        "two_of_them": [{"source_id": 2**62 + 1, "ra": 10.0, "dec": -30.0}, {"name": "no place"}],
        "ned": [{"Object_Name": "a", "RA_deg": 10.1, "DEC_deg": -30.1, "Redshift_1": None}],
        "bright_guide_star_cat": [
            {"RightAsc": 0.5, "Declination": -0.5, "RightAsc_deg": 28.6, "Declination_deg": -28.6}
        ],
    }
    near = moved(renamed(known["ANT2026simeclipse"], "ANT2026near"), tutorial, north_arcsec=4)
    near["old_properties"]["newest_alert_observation_time"] -= 1
    far = moved(renamed(known["ANT2026simsnia01"], "ANT2026far"), tutorial, north_arcsec=-14)
    mixed = renamed(known["ANT2026simmixed"], "ANT2026both")
    for alert in mixed["alerts"]:
        if "ztf_object_id" in alert["properties"]:
            alert["properties"]["ztf_object_id"] = "ZTF26bbother"
    mixed["old_properties"]["ztf_object_id"] = "ZTF26bbother"
    mixed["old_properties"]["survey"]["ztf"]["id"] = ["ZTF26bbother"]
    mixed["user_tags"] = ["young_rubin_transients", "RUBIN_other"]
    return {locus["id"]: locus for locus in (tutorial, near, far, mixed)}


def signed() -> dict[str, Locus]:
    """Return one locus: the tutorial's ID has signed fluxes, many of them negative."""
    return {TUTORIAL_ID: renamed(bundled()["ANT2026simeclipse"], TUTORIAL_ID)}


def real(real_loci: dict[str, Locus]) -> dict[str, Locus]:
    """Return real loci; the tutorial's ID has one with negative detections and dipoles."""
    loci = copy.deepcopy(real_loci)
    negative = max(loci, key=lambda name: _negatives(loci[name]))
    loci[TUTORIAL_ID] = renamed(loci.pop(negative), TUTORIAL_ID)
    return loci


def lonely() -> dict[str, Locus]:
    """Return one locus that no question finds."""
    return {
        LONELY_ID: {
            "id": LONELY_ID,
            "ra": 200.0,
            "dec": 20.0,
            "user_tags": [],
            "old_properties": {"num_alerts": 0},
            "catalog_objects": {},
            "grav_wave_events_metadata": {},
            "alerts": [],
        }
    }


def write(loci: dict[str, Locus], folder: Path) -> Path:
    """Write loci as files that the sandbox serves."""
    folder.mkdir()
    header = {"format": "antares-locus", "version": 1, "source": "simulated"}
    for locus_id, locus in loci.items():
        file = {"header": header, "locus": locus}
        (folder / f"{locus_id}.json").write_text(json.dumps(file), encoding="utf-8")
    return folder


def newest_first(loci: dict[str, Locus]) -> list[str]:
    """Return the IDs of loci as a search sorts them."""
    key = "newest_alert_observation_time"
    newest = {name: locus["old_properties"][key] for name, locus in loci.items()}
    return sorted(newest, key=newest.__getitem__, reverse=True)


def renamed(locus: Locus, locus_id: str) -> Locus:
    """Return a copy of a locus under another ID."""
    return copy.deepcopy(locus) | {"id": locus_id}


def moved(locus: Locus, center: Locus, *, north_arcsec: float) -> Locus:
    """Return a locus with another position, north of a third."""
    return locus | {"ra": center["ra"], "dec": center["dec"] + north_arcsec / 3600}


def spoilt(locus: Locus) -> Locus:
    """Take from some alerts what an alert may lack, and set what speaks against others."""
    against = {"isDipole": True, "pixelFlags_streak": True, "glint_trail": "true"}
    for number, gone in enumerate(("psfFlux", "psfFluxErr", "band", "diaObjectId", "reliability")):
        del locus["alerts"][3 * number]["properties"][f"lsst_diaSource_{gone}"]
    for number, (name, value) in enumerate((against | {"reliability": 0.59}).items()):
        locus["alerts"][3 * number + 1]["properties"][f"lsst_diaSource_{name}"] = value
    return locus


def _negatives(locus: Locus) -> int:
    properties = [alert["properties"] for alert in locus["alerts"]]
    return sum(each.get("lsst_diaSource_isNegative") is True for each in properties)
