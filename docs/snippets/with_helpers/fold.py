import astropy.units as u
import matplotlib.pyplot as plt
from astropy.timeseries import LombScargleMultiband as LombScargle

from antares_helpers import extract_lightcurve, find_loci, plot_lightcurve

in_vsx = {"query": {"term": {"catalogs": "vsx"}}}
many = {"num_alerts": (50, None)}
star = find_loci(query=in_vsx, properties=many, limit=1)[0]
lc = extract_lightcurve(star, flux="total")
points = lc.time, lc["flux"], lc["band"], lc["flux_err"]
scan = LombScargle(*points, nterms_band=0)
freq, power = scan.autopower(maximum_frequency=10 / u.day)
period = 1 / freq[power.argmax()]
most = max("ugrizy", key=list(lc["band"]).count)
plot_lightcurve(lc[lc["band"] == most], x="phase", period=period)
plt.show()
