import sys

import numpy as np
from antares_client import search

locus_id = "ANT2026z3bqyjga24oc"
try:
    locus = search.get_by_id(locus_id)
    alerts = locus.alerts if locus else sys.exit(f"No such locus: {locus_id}")
except Exception as error:
    sys.exit(f"The request to ANTARES failed: {error!r}")

rows, names = [], ["band", "psfFlux", "psfFluxErr", "isNegative", "isDipole"]
for alert in alerts:
    rubin = [alert.properties.get(f"lsst_diaSource_{name}") for name in names]
    band, flux, error, is_negative, is_dipole = rubin
    if None not in rubin[:3] and is_dipole not in (True, "true"):
        is_positive = is_negative not in (True, "true") and flux > 0
        flux = flux if is_positive else np.nan
        magnitude = 31.4 - 2.5 * np.log10(flux)
        rows.append((alert.mjd, band, magnitude, 1.0857362 * error / flux))

title = "MJD (TAI)     band  AB magnitude"
print(title if rows else f"{locus_id} has no Rubin fluxes.")
for mjd, band, magnitude, error in rows:
    text = f"{magnitude:.3f} +- {error:.3f}"
    text = text if magnitude > 0 else "none: flux is not positive"
    print(f"{mjd:.5f}   {band}     {text}")
