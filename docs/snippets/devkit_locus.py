import sys

from antares_client import search
from antares_devkit.models import DevKitLocus
from astropy.time import Time

locus_id = "ANT2026z3bqyjga24oc"
try:
    found = search.get_by_id(locus_id)
    if found is None:
        sys.exit(f"No such locus: {locus_id}")
    dictionary = found.to_devkit(include_catalogs=True)
except Exception as error:
    sys.exit(f"The request to ANTARES failed: {error!r}")

locus = DevKitLocus(**dictionary)
rubin = [a.mjd for a in locus.alerts if a.properties["ant_survey"] == 4]
if not rubin:
    sys.exit(f"{locus_id} has no Rubin alerts.")
series = locus.timeseries(survey="lsst")
true = Time(rubin, format="mjd", scale="tai")
late = float((series.time - true).sec[0])
series["time"] = true
print(f"{locus.id} is valid and has {len(series)} Rubin alerts.")
print(f"Its times were {late:.1f} s late; now they are right:")
print(f"the first is {true.utc.iso[0]} UTC.")
