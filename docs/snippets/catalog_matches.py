import sys

from antares_client import search
from astropy.coordinates import SkyCoord

locus_id, rows = "ANT2026z3bqyjga24oc", []
# The names that catalogs give to their columns of positions, in degrees.
names = """ra dec, ra decl, ra dec_, ra declination, RA DEC, RA_deg DEC_deg,
    raj2000 dej2000, viz_RAJ2000 viz_DEJ2000, ra_icrs de_icrs,
    RightAsc_deg Declination_deg"""
try:
    locus = search.get_by_id(locus_id)
    if locus is None:
        sys.exit(f"No such locus: {locus_id}")
    known = locus.catalog_objects
except Exception as error:
    sys.exit(f"The request to ANTARES failed: {error!r}")

for catalog, found in [(name, each) for name in known for each in known[name]]:
    places = [[*map(found.get, pair.split())] for pair in names.split(",")]
    place = next((place for place in places if None not in place), None)
    center = SkyCoord(*place, unit="deg") if place else locus.coordinates
    offset = float(center.separation(locus.coordinates).arcsec)
    rows.append((catalog, offset if place else None, found))

for catalog, offset, found in rows:
    text = "unknown" if offset is None else f"{offset:.2f} arcsec"
    print(f"{catalog}, distance {text}")
    print("  ", ", ".join(f"{name}={value}" for name, value in found.items()))
if not rows:
    print("No catalog has a match.")
