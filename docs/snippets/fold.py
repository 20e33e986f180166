import sys

import matplotlib.pyplot as plt
import numpy as np
from antares_client import search
from astropy.timeseries import LombScargle

many = {"range": {"properties.num_alerts": {"gte": 50}}}
query = {"query": {"bool": {"filter": [many, {"term": {"catalogs": "vsx"}}]}}}
names = [f"lsst_diaSource_{name}" for name in ("scienceFlux", "scienceFluxErr", "band")]
try:
    locus = next(search.search(query, limit=1), None) or sys.exit("No locus in VSX has 50 alerts.")
    rows = [(alert.mjd, *map(alert.properties.get, names)) for alert in locus.alerts]
except Exception as error:
    sys.exit(f"The request to ANTARES failed: {error!r}")

bands = [row[3] for row in rows if None not in row]
band = max("ugrizy", key=bands.count)
if bands.count(band) < 10:
    sys.exit(f"{locus.locus_id} has fewer than 10 points in each band.")
mjd, flux, error = np.transpose([row[:3] for row in rows if None not in row and row[3] == band])
frequency, power = LombScargle(mjd, flux, error).autopower(maximum_frequency=10)
period = float(1 / frequency[power.argmax()])
phase = np.append(mjd / period % 1, mjd / period % 1 + 1)
fig, ax = plt.subplots(layout="constrained")
ax.errorbar(phase, np.tile(flux, 2), np.tile(error, 2), fmt="o", mec="black", mew=0.5)
ax.set(xlabel=f"Phase, period {period:.5f} d", ylabel=f"Total flux, {band} [nJy]")
plt.show()
