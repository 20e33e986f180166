from antares_devkit.models import DevKitLocus

from antares_helpers import extract_lightcurve, fetch_locus

locus = DevKitLocus(**fetch_locus("ANT2026z3bqyjga24oc"))
lc = extract_lightcurve(locus)
print(f"{locus.id} is valid, with {len(lc)} points from Rubin.")
print(f"The first is at {lc.time[0].utc.iso} UTC.")
