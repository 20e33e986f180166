from antares_client import search
from antares_devkit.models import DevKitLocus
from astropy.time import Time

found = search.get_by_id("ANT2026z3bqyjga24oc")
if found is None:
    print("No such locus.")
else:
    locus = DevKitLocus(**found.to_devkit(include_catalogs=True))
    rubin = [alert.mjd for alert in locus.alerts if alert.properties["ant_survey"] == 4]
    if not rubin:
        print("This locus has no Rubin alerts.")
    else:
        series = locus.timeseries(survey="lsst")
        true = Time(rubin, format="mjd", scale="tai")
        late = float((series.time - true).sec[0])
        series["time"] = true
        print(f"{locus.id} is valid and has {len(series)} Rubin alerts.")
        print(f"Its times were {late:.1f} s late; now they are right: {true.utc.iso[0]} UTC.")
