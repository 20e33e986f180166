import matplotlib.pyplot as plt

from antares_helpers import extract_lightcurve, fetch_locus, plot_lightcurve

locus = fetch_locus("ANT2026z3bqyjga24oc")
lc = extract_lightcurve(locus)
plot_lightcurve(lc)
plt.show()
