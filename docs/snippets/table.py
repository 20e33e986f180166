import math
import sys

from antares_client import search
from astropy.table import QTable

locus_id = "ANT2026z3bqyjga24oc"
try:
    locus = search.get_by_id(locus_id) or sys.exit(f"No such locus: {locus_id}")
    alerts = locus.alerts
except Exception as error:
    sys.exit(f"The request to ANTARES failed: {error!r}")

rows = []
for alert in alerts:
    get = alert.properties.get
    band, flux = get("lsst_diaSource_band"), get("lsst_diaSource_psfFlux")
    if None not in (band, flux) and get("lsst_diaSource_isDipole") not in (True, "true"):
        flux = -abs(flux) if get("lsst_diaSource_isNegative") in (True, "true") else flux
        ids = [alert.alert_id.removeprefix("lsst:"), str(get("lsst_diaSource_diaObjectId", ""))]
        rows.append([*ids, alert.mjd, band, flux, get("lsst_diaSource_psfFluxErr", math.nan)])

rows = rows or sys.exit(f"{locus_id} has no Rubin fluxes.")
names = ["diaSourceId", "diaObjectId", "mjd_tai", "band", "psfFlux", "psfFluxErr"]
units = {"mjd_tai": "d", "psfFlux": "nJy", "psfFluxErr": "nJy"}
table = QTable(rows=rows, names=names, units=units)
table.write("light_curve.ecsv", overwrite=True)
table.write("light_curve.csv", overwrite=True)
print(QTable.read("light_curve.ecsv"))
