import sys
from collections import Counter

from antares_client import search

locus_id, lsst = "ANT2026z3bqyjga24oc", "lsst_diaSource_"
try:
    locus = search.get_by_id(locus_id)
    alerts = locus.alerts if locus else sys.exit(f"No such locus: {locus_id}")
except Exception as error:
    sys.exit(f"The request to ANTARES failed: {error!r}")

flags = ("pixelFlags", "psfFlux_flag", "centroid_flag", "glint_trail")


def verdict(alert):
    items = alert.properties.items()
    is_true = {name for name, value in items if value in (True, "true")}
    reliability = alert.properties.get(lsst + "reliability")
    if lsst + "isDipole" in is_true:
        return "dipole"
    if any(name.removeprefix(lsst).startswith(flags) for name in is_true):
        return "flagged"
    if reliability is None:
        return "reliability unknown"
    return "included" if reliability >= 0.6 else "unreliable"


rubin = [alert for alert in alerts if alert.alert_id.startswith("lsst")]
included = [alert for alert in rubin if verdict(alert) == "included"]
print(f"{len(rubin)} alerts from Rubin:", dict(Counter(map(verdict, rubin))))
