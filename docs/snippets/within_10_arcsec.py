from antares_client import search
from astropy.coordinates import Angle

locus = search.get_by_id("ANT2026z3bqyjga24oc")
if locus is None:
    print("No such locus: give a position, such as SkyCoord('21h00m32s -35d17m29s').")
else:
    center, radius = locus.coordinates, Angle(10, "arcsec")
    found = {each.locus_id: each for each in search.cone_search(center, radius)}
    offsets = {
        locus_id: float(each.coordinates.separation(center).arcsec)
        for locus_id, each in found.items()
    }
    print(f"{len(found)} loci within {radius.arcsec:g} arcsec of {center.to_string('hmsdms')}")
    for locus_id in sorted(offsets, key=offsets.get):
        alerts = found[locus_id].properties.get("num_alerts", "?")
        print(f"{locus_id}: {offsets[locus_id]:.2f} arcsec away, {alerts} alerts")
