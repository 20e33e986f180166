import sys

from antares_client import search
from astropy.coordinates import SkyCoord

locus_id = "ANT2026z3bqyjga24oc"
try:
    locus = search.get_by_id(locus_id) or sys.exit(f"No such locus: {locus_id}")
    matches = locus.catalog_objects
except Exception as error:
    sys.exit(f"The request to ANTARES failed: {error!r}")

rows = []
for catalog, objects in matches.items():
    for found in objects:
        ra, dec = found.get("ra"), found.get("dec")
        offset = None
        if ra is not None and dec is not None:
            offset = float(SkyCoord(ra, dec, unit="deg").separation(locus.coordinates).arcsec)
        rows.append((catalog, offset, found))

for catalog, offset, found in rows:
    place = "position unknown" if offset is None else f"{offset:.2f} arcsec away"
    print(f"{catalog}, {place}")
    print("  ", ", ".join(f"{name}={value}" for name, value in found.items()))
if not rows:
    print("No catalog has a match.")
