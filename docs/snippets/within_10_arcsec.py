import sys

from antares_client import search
from astropy.coordinates import Angle

locus_id, radius = "ANT2026z3bqyjga24oc", Angle(10, "arcsec")
try:
    locus = search.get_by_id(locus_id)
    if locus is None:
        sys.exit(f"No such locus: {locus_id}")
    center = locus.coordinates
    near = search.cone_search(center, radius)
    found = {each.locus_id: each for each in near}
except Exception as error:
    sys.exit(f"The request to ANTARES failed: {error!r}")

places = {name: each.coordinates for name, each in found.items()}
offsets = {n: float(places[n].separation(center).arcsec) for n in places}
print(f"{len(found)} loci within {radius.arcsec:g} arcsec of", end=" ")
print(center.to_string("hmsdms"))
for name in sorted(offsets, key=offsets.get):
    alerts = found[name].properties.get("num_alerts", "?")
    print(f"{name}: {offsets[name]:.2f} arcsec away, {alerts} alerts")
