import matplotlib.pyplot as plt
import numpy as np
from antares_client import search

locus = search.get_by_id("ANT2026z3bqyjga24oc").to_devkit(include_catalogs=True)

points = {}
for alert in locus["alerts"]:
    get = alert["properties"].get
    band, flux = get("lsst_diaSource_band"), get("lsst_diaSource_psfFlux")
    error = get("lsst_diaSource_psfFluxErr")
    if alert["id"].startswith("lsst") and None not in (band, flux, error):
        if get("lsst_diaSource_isNegative") in (True, "true"):
            flux = -abs(flux)
        points.setdefault(band, []).append((alert["mjd"], flux, error))

colors = ["#1600EA", "#31DE1F", "#B52626", "#370201", "#BA52FF", "#61A2B3"]
fig, ax = plt.subplots(figsize=(6, 4))
for band, color, symbol in zip("ugrizy", colors, "o^vs*p"):
    if band in points:
        mjd, flux, error = np.transpose(points[band])
        ax.errorbar(mjd, flux, error, fmt=symbol, color=color, mec="black", label=band)
ax.axhline(0, color="gray")
ax.set(xlabel="MJD (TAI)", ylabel="Difference flux [nJy]", title=locus["id"])
ax.legend()
plt.show()
