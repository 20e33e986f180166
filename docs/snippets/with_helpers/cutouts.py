import matplotlib.pyplot as plt

from antares_helpers import (
    extract_lightcurve,
    fetch_cutouts,
    fetch_locus,
    plot_cutouts,
)

lc = extract_lightcurve(fetch_locus("ANT2026z3bqyjga24oc"))
newest = lc["alert_id"][-1]
plot_cutouts(fetch_cutouts(newest), title=newest)
plt.show()
