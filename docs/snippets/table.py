import numpy as np
from antares_client import search
from astropy.table import QTable

locus = search.get_by_id("ANT2026z3bqyjga24oc")
rows = []
for alert in locus.alerts if locus else []:
    get = alert.properties.get
    band, flux = get("lsst_diaSource_band"), get("lsst_diaSource_psfFlux")
    is_dipole = get("lsst_diaSource_isDipole") in (True, "true")
    if alert.alert_id.startswith("lsst") and not is_dipole and None not in (band, flux):
        if get("lsst_diaSource_isNegative") in (True, "true"):
            flux = -abs(flux)
        ids = [alert.alert_id.removeprefix("lsst:"), str(get("lsst_diaSource_diaObjectId", ""))]
        rows.append([*ids, alert.mjd, band, flux, get("lsst_diaSource_psfFluxErr", np.nan)])
if not rows:
    print("This locus has no Rubin fluxes: no table is written.")
else:
    names = ["diaSourceId", "diaObjectId", "mjd_tai", "band", "psfFlux", "psfFluxErr"]
    units = {"mjd_tai": "d", "psfFlux": "nJy", "psfFluxErr": "nJy"}
    table = QTable(rows=rows, names=names, units=units)
    table.write("light_curve.ecsv", overwrite=True)
    table.write("light_curve.csv", overwrite=True)
    print(QTable.read("light_curve.ecsv"))
