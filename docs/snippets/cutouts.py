import sys
from pathlib import Path

import matplotlib.pyplot as plt
from antares_client import search
from astropy.io import fits

locus_id = "ANT2026z3bqyjga24oc"
try:
    locus = search.get_by_id(locus_id)
    alerts = locus.alerts if locus else sys.exit(f"No such locus: {locus_id}")
    rubin = [a.alert_id for a in alerts if a.alert_id.startswith("lsst")]
    cutouts = search.get_thumbnails(rubin[-1]) if rubin else {}
except Exception as error:
    sys.exit(f"The request to ANTARES failed: {error!r}")

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
fig.suptitle(rubin[-1] if rubin else f"{locus_id} has no Rubin alerts")
plt.show()
