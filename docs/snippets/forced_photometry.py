import os
import sys
from io import BytesIO

import httpx
from antares_client import search
from astropy.io import fits

locus_id, service = "ANT2026z3bqyjga24oc", "ANTARES"
try:
    locus = search.get_by_id(locus_id) or sys.exit(f"No such locus: {locus_id}")
    rubin = {a.mjd: a.alert_id[5:] for a in locus.alerts if a.alert_id.startswith("lsst:")}
    newest = rubin[max(rubin)] if rubin else sys.exit(f"{locus_id} has no Rubin alerts.")
    service, query = "Rubin", {"ID": newest, "RESPONSEFORMAT": "fits"}
    url, token = f"{os.environ['EXTERNAL_INSTANCE_URL']}/api/alerts", os.environ["ACCESS_TOKEN"]
    headers = {"Authorization": f"Bearer {token}"}
    response = httpx.get(url, params=query, headers=headers, timeout=60)
    packet = fits.open(BytesIO(response.raise_for_status().content))
except Exception as error:
    sys.exit(f"The request to {service} failed: {error!r}")

detected = {(row["visit"], row["detector"]) for row in packet["DIASOURCE"].data}
forced = packet["FORCEDPHOT"].data if "FORCEDPHOT" in packet else []
added = [row for row in forced if (row["visit"], row["detector"]) not in detected]
print(f"{locus_id}: {len(detected)} detections, {len(added)} forced fluxes without one")
for row in added:
    mjd, band, flux, error = map(row.field, ("midpointMjdTai", "band", "psfFlux", "psfFluxErr"))
    print(f"{mjd:.5f} TAI {band} {flux:9.1f} +- {error:.1f} nJy")
