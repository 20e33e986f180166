import math
import sys

from antares_client import search
from astropy.table import QTable

locus_id = "ANT2026z3bqyjga24oc"
try:
    locus = search.get_by_id(locus_id)
    alerts = locus.alerts if locus else sys.exit(f"No such locus: {locus_id}")
except Exception as error:
    sys.exit(f"The request to ANTARES failed: {error!r}")

rows, true = [], (True, "true")
for alert in alerts:
    items = alert.properties.items()
    get = {name.removeprefix("lsst_diaSource_"): v for name, v in items}.get
    band, flux, e = get("band"), get("psfFlux"), get("psfFluxErr", math.nan)
    if None not in (band, flux) and get("isDipole") not in true:
        flux = -abs(flux) if get("isNegative") in true else flux
        ids = alert.alert_id.removeprefix("lsst:"), str(get("diaObjectId", ""))
        rows.append([*ids, alert.mjd, band, flux, e])

rows = rows or sys.exit(f"{locus_id} has no Rubin fluxes.")
names = ["diaSourceId", "diaObjectId", "mjd_tai", "band", "psfFlux"]
units = {"mjd_tai": "d", "psfFlux": "nJy", "psfFluxErr": "nJy"}
table = QTable(rows=rows, names=[*names, "psfFluxErr"], units=units)
table.write("light_curve.ecsv", overwrite=True)
table.write("light_curve.csv", overwrite=True)
print(QTable.read("light_curve.ecsv"))
