import sys

from antares_client import search
from astropy.coordinates import SkyCoord

locus_id = "ANT2026z3bqyjga24oc"
# Each catalog names its columns of positions in its own way; these are all in degrees.
pairs = """ra dec, ra decl, ra dec_, ra declination, RA_deg DEC_deg, ra_icrs de_icrs, RA DEC,
    raj2000 dej2000, viz_RAJ2000 viz_DEJ2000, RightAsc_deg Declination_deg"""
try:
    locus = search.get_by_id(locus_id) or sys.exit(f"No such locus: {locus_id}")
    matches = locus.catalog_objects
except Exception as error:
    sys.exit(f"The request to ANTARES failed: {error!r}")

rows = []
for catalog, found in [(name, each) for name, objects in matches.items() for each in objects]:
    places = [[found.get(column) for column in pair.split()] for pair in pairs.split(",")]
    place = next((place for place in places if None not in place), None)
    center = locus.coordinates
    offset = float(SkyCoord(*place, unit="deg").separation(center).arcsec) if place else None
    rows.append((catalog, offset, found))

for catalog, offset, found in rows:
    distance = "position unknown" if offset is None else f"{offset:.2f} arcsec away"
    print(f"{catalog}, {distance}")
    print("  ", ", ".join(f"{name}={value}" for name, value in found.items()))
if not rows:
    print("No catalog has a match.")
