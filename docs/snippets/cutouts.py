from pathlib import Path

import matplotlib.pyplot as plt
from antares_client import search
from astropy.io import fits

locus = search.get_by_id("ANT2026z3bqyjga24oc")
alerts = [alert.alert_id for alert in locus.alerts] if locus else []
rubin = [alert_id for alert_id in alerts if alert_id.startswith("lsst")]
cutouts = search.get_thumbnails(rubin[-1]) if rubin else {}

fig, axes = plt.subplots(1, 3, figsize=(7.5, 3), layout="constrained")
for ax, kind in zip(axes, ("template", "science", "difference")):
    blob = cutouts.get(kind, {}).get("blob")
    ax.set(title=kind if blob else f"no {kind}", xticks=[], yticks=[])
    if blob:
        is_png = blob.startswith(b"\x89PNG")
        file = Path(f"{kind}.png" if is_png else f"{kind}.fits")
        file.write_bytes(blob)
        image = plt.imread(file) if is_png else fits.getdata(file)
        ax.imshow(image, origin="upper" if is_png else "lower", cmap="gray")
fig.suptitle(rubin[-1] if cutouts else "No cutouts")
plt.show()
