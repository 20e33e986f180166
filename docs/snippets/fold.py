import sys

import matplotlib.pyplot as plt
import numpy as np
from antares_client import search
from astropy.timeseries import LombScargleMultiband as LombScargle

many = {"range": {"properties.num_alerts": {"gte": 50}}}
query = {"query": {"bool": {"filter": [many, {"term": {"catalogs": "vsx"}}]}}}
names = [f"lsst_diaSource_{name}" for name in ("band", "scienceFlux", "scienceFluxErr")]
try:
    locus = next(search.search(query, limit=1), None) or sys.exit("No locus in VSX has 50 alerts.")
    rows = [[*map(alert.properties.get, names), alert.mjd] for alert in locus.alerts]
except Exception as error:
    sys.exit(f"The request to ANTARES failed: {error!r}")

rows = [row for row in rows if None not in row]
enough = len(rows) >= 20 or sys.exit(f"{locus.locus_id} has fewer than 20 Rubin fluxes.")
bands, flux, error, mjd = map(np.array, zip(*rows))
freq, power = LombScargle(mjd, flux, bands, error, nterms_band=0).autopower(maximum_frequency=10)
period = float(1 / freq[power.argmax()])
band = max("ugrizy", key=list(bands).count)
mjd, flux, error = np.array([mjd, flux, error])[:, bands == band]
phase = np.append(mjd / period % 1, mjd / period % 1 + 1)
fig, ax = plt.subplots(layout="constrained")
ax.errorbar(phase, *np.tile([flux, error], 2), fmt="o", mec="black", mew=0.5)
ax.set(xlabel=f"Phase, period {period:.5f} d", ylabel=f"Total flux, {band} [nJy]")
plt.show()
