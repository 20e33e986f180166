import sys
from pathlib import Path

import matplotlib.pyplot as plt
from antares_client import search
from astropy.io import fits

locus_id = "ANT2026z3bqyjga24oc"
try:
    locus = search.get_by_id(locus_id) or sys.exit(f"No such locus: {locus_id}")
    rubin = [alert.alert_id for alert in locus.alerts if alert.alert_id.startswith("lsst")]
    cutouts = search.get_thumbnails(rubin[-1]) if rubin else {}
except Exception as error:
    sys.exit(f"The request to ANTARES failed: {error!r}")

fig, axes = plt.subplots(1, 3, figsize=(7.5, 3), layout="constrained")
for ax, kind in zip(axes, ("template", "science", "difference")):
    blob = cutouts.get(kind, {}).get("blob")
    ax.set(title=kind if blob else f"no {kind}", xticks=[], yticks=[])
    if blob:
        file = Path(f"{kind}.png" if blob.startswith(b"\x89PNG") else f"{kind}.fits")
        file.write_bytes(blob)
        image = plt.imread(file) if file.suffix == ".png" else fits.getdata(file)
        ax.imshow(image, origin="upper" if file.suffix == ".png" else "lower", cmap="gray")
fig.suptitle(rubin[-1] if rubin else f"{locus_id} has no Rubin alerts")
plt.show()
