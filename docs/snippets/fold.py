import matplotlib.pyplot as plt
import numpy as np
from antares_client import search
from astropy.timeseries import LombScargle

many = {"range": {"properties.num_alerts": {"gte": 50}}}
star = {"term": {"catalogs": "gaia_dr3_gaia_source"}}
locus = next(search.search({"query": {"bool": {"filter": [many, star]}}}, limit=1), None)
names = [f"lsst_diaSource_{name}" for name in ("band", "scienceFlux", "scienceFluxErr")]
points = {}
for alert in locus.alerts if locus else []:
    band, flux, error = map(alert.properties.get, names)
    if alert.alert_id.startswith("lsst") and None not in (band, flux, error):
        points.setdefault(band, []).append((alert.mjd, flux, error))
band, rows = max(points.items(), key=lambda each: len(each[1]), default=(None, []))
if len(rows) < 10:
    print("No locus with 50 alerts and a match in Gaia, or fewer than 10 points in each band.")
else:
    mjd, flux, error = np.transpose(rows)
    frequency, power = LombScargle(mjd, flux, error).autopower(maximum_frequency=10)
    period = float(1 / frequency[power.argmax()])
    phase = mjd / period % 1
    fig, ax = plt.subplots()
    ax.errorbar(phase, flux, error, fmt="o")
    ax.set(xlabel=f"phase, period {period:.5f} d", ylabel=f"total flux, {band} [nJy]")
    plt.show()
