from antares_client import search
from astropy.coordinates import SkyCoord

locus = search.get_by_id("ANT2026z3bqyjga24oc")
matches = locus.catalog_objects if locus else {}

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
