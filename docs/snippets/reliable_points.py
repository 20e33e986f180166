from collections import Counter

from antares_client import search

PREFIX = "lsst_diaSource_"
FLAGS = ("pixelFlags", "psfFlux_flag", "centroid_flag", "glint_trail")


def verdict(alert):
    is_true = {name for name, value in alert.properties.items() if value in (True, "true")}
    if PREFIX + "isDipole" in is_true:
        return "dipole"
    if any(name.startswith(tuple(PREFIX + flag for flag in FLAGS)) for name in is_true):
        return "flagged"
    reliability = alert.properties.get(PREFIX + "reliability")
    if reliability is None:
        return "reliability unknown"
    return "included" if reliability >= 0.6 else "unreliable"


locus = search.get_by_id("ANT2026z3bqyjga24oc")
alerts = locus.alerts if locus else []
rubin = [alert for alert in alerts if alert.alert_id.startswith("lsst")]
included = [alert for alert in rubin if verdict(alert) == "included"]
print(f"{len(rubin)} Rubin alerts:", dict(Counter(map(verdict, rubin))))
