import sys
from collections import Counter

from antares_client import search

locus_id = "ANT2026z3bqyjga24oc"
try:
    locus = search.get_by_id(locus_id) or sys.exit(f"No such locus: {locus_id}")
    rubin = [alert for alert in locus.alerts if alert.alert_id.startswith("lsst")]
except Exception as error:
    sys.exit(f"The request to ANTARES failed: {error!r}")

flags = ("pixelFlags", "psfFlux_flag", "centroid_flag", "glint_trail")


def verdict(alert):
    is_true = {name for name, value in alert.properties.items() if value in (True, "true")}
    reliability = alert.properties.get("lsst_diaSource_reliability")
    if "lsst_diaSource_isDipole" in is_true:
        return "dipole"
    if any(name.startswith(tuple(f"lsst_diaSource_{flag}" for flag in flags)) for name in is_true):
        return "flagged"
    if reliability is None:
        return "reliability unknown"
    return "included" if reliability >= 0.6 else "unreliable"


included = [alert for alert in rubin if verdict(alert) == "included"]
print(f"{len(rubin)} alerts from Rubin:", dict(Counter(map(verdict, rubin))))
