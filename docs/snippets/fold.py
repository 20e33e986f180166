import sys

import matplotlib.pyplot as plt
import numpy as np
from antares_client import search
from astropy.timeseries import LombScargleMultiband as LombScargle

many = {"range": {"properties.num_alerts": {"gte": 50}}}
query = {"query": {"bool": {"filter": [many, {"term": {"catalogs": "vsx"}}]}}}
names = ["band", "scienceFlux", "scienceFluxErr"]
names = [f"lsst_diaSource_{name}" for name in names]
try:
    locus = next(search.search(query, limit=1), None)
    alerts = locus.alerts if locus else sys.exit("No locus fits the query.")
except Exception as error:
    sys.exit(f"The request to ANTARES failed: {error!r}")

rows = [[*map(alert.properties.get, names), alert.mjd] for alert in alerts]
rows = [row for row in rows if None not in row]
enough = len(rows) >= 20 or sys.exit("It has fewer than 20 Rubin fluxes.")
bands, flux, error, mjd = map(np.array, zip(*rows))
scan = LombScargle(mjd, flux, bands, error, nterms_band=0)
freq, power = scan.autopower(maximum_frequency=10)
period = float(1 / freq[power.argmax()])
band = max("ugrizy", key=list(bands).count)
mjd, flux, error = np.array([mjd, flux, error])[:, bands == band]
phase = np.append(mjd / period % 1, mjd / period % 1 + 1)
fig, ax = plt.subplots(layout="constrained")
ax.errorbar(phase, *np.tile([flux, error], 2), fmt="o", mec="black", mew=0.5)
ax.set(xlabel=f"Phase, period {period:.5f} d", ylabel="Total flux [nJy]")
ax.set_title(f"{locus.locus_id}, {band} band")
plt.show()
