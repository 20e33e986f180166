import astropy.units as u

from antares_helpers import fetch_locus, find_loci

locus = fetch_locus("ANT2026z3bqyjga24oc")
found = find_loci(near=(locus["ra"], locus["dec"]), radius=10 * u.arcsec)
print(found.table["locus_id", "separation", "num_alerts"])
