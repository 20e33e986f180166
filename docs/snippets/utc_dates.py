from antares_client import search
from astropy.time import Time

locus = search.get_by_id("ANT2026z3bqyjga24oc")
alerts = locus.alerts if locus else []
rubin = [alert for alert in alerts if alert.alert_id.startswith("lsst")]
times = Time([alert.mjd for alert in rubin], format="mjd", scale="tai")
dates = times.utc.iso

for alert, date in zip(rubin, dates):
    band = alert.properties.get("lsst_diaSource_band", "?")
    print(f"{alert.mjd:.6f} TAI = {date} UTC, band {band}")
if not rubin:
    print("This locus has no Rubin alerts.")
