import sys

import matplotlib.pyplot as plt
from antares_client import search

locus_id = "ANT2026z3bqyjga24oc"
try:
    locus = search.get_by_id(locus_id)
    alerts = locus.alerts if locus else sys.exit(f"No such locus: {locus_id}")
except Exception as error:
    sys.exit(f"The request to ANTARES failed: {error!r}")

names = ["band", "psfFlux", "psfFluxErr", "isNegative"]
points, names = {}, [f"lsst_diaSource_{name}" for name in names]
for alert in alerts:
    band, flux, error, is_negative = map(alert.properties.get, names)
    if alert.alert_id.startswith("lsst") and None not in (band, flux, error):
        flux = -abs(flux) if is_negative in (True, "true") else flux
        points.setdefault(band, []).append((alert.mjd, flux, error))

colors = ["#1600EA", "#31DE1F", "#B52626", "#370201", "#BA52FF", "#61A2B3"]
fig, ax = plt.subplots(figsize=(6, 4), layout="constrained")
for band, color, symbol in zip("ugrizy", colors, "o^vs*p"):
    if band in points:
        style = {"fmt": symbol, "color": color, "mec": "black", "mew": 0.5}
        ax.errorbar(*zip(*points[band]), label=band, **style)
ax.axhline(0, color="gray")
ax.set(xlabel="MJD (TAI)", ylabel="Difference flux [nJy]", title=locus_id)
ax.legend(handles=ax.containers, title="" if points else "No Rubin fluxes")
plt.show()
