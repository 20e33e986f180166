import sys

import numpy as np
from antares_client import search

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
    error, is_dipole = get("lsst_diaSource_psfFluxErr"), get("lsst_diaSource_isDipole")
    is_negative = get("lsst_diaSource_isNegative") in (True, "true")
    if None not in (band, flux, error) and is_dipole not in (True, "true"):
        flux = np.nan if is_negative or flux <= 0 else flux
        magnitude = 31.4 - 2.5 * np.log10(flux)
        rows.append((alert.mjd, band, magnitude, 2.5 / np.log(10) * error / flux))

print("MJD (TAI)     band  AB magnitude" if rows else f"{locus_id} has no Rubin fluxes.")
for mjd, band, magnitude, error in rows:
    text = f"{magnitude:.3f} +- {error:.3f}" if magnitude > 0 else "none: flux is not positive"
    print(f"{mjd:.5f}   {band}     {text}")
