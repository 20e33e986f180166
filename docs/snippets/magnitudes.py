import numpy as np
from antares_client import search

locus = search.get_by_id("ANT2026z3bqyjga24oc")
rows = []
for alert in locus.alerts if locus else []:
    get = alert.properties.get
    band, flux = get("lsst_diaSource_band"), get("lsst_diaSource_psfFlux")
    error = get("lsst_diaSource_psfFluxErr")
    is_dipole = get("lsst_diaSource_isDipole") in (True, "true")
    if alert.alert_id.startswith("lsst") and not is_dipole and None not in (band, flux, error):
        if get("lsst_diaSource_isNegative") in (True, "true"):
            flux = -abs(flux)
        if flux > 0:
            magnitude = 31.4 - 2.5 * np.log10(flux)
            rows.append((alert.mjd, band, magnitude, 2.5 / np.log(10) * error / flux))
        else:
            rows.append((alert.mjd, band, np.nan, np.nan))

print("MJD (TAI)     band  AB magnitude")
for mjd, band, magnitude, error in rows:
    text = f"{magnitude:.3f} +- {error:.3f}" if magnitude > 0 else "none: flux is not positive"
    print(f"{mjd:.5f}   {band}     {text}")
if not rows:
    print("This locus has no Rubin fluxes.")
