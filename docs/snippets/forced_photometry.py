import os
import sys
from io import BytesIO

import httpx
from antares_client import search
from astropy.io import fits

locus_id, service = "ANT2026z3bqyjga24oc", "ANTARES"
try:
    locus = search.get_by_id(locus_id)
    alerts = locus.alerts if locus else sys.exit(f"No such locus: {locus_id}")
    ids = {a.mjd: a.alert_id for a in alerts if a.alert_id[:5] == "lsst:"}
    newest = ids[max(ids)][5:] if ids else sys.exit("No alerts from Rubin.")
    service, query = "Rubin", {"ID": newest, "RESPONSEFORMAT": "fits"}
    url = f"{os.environ['EXTERNAL_INSTANCE_URL']}/api/alerts"
    token = {"Authorization": f"Bearer {os.environ['ACCESS_TOKEN']}"}
    response = httpx.get(url, params=query, headers=token, timeout=60)
    packet = fits.open(BytesIO(response.raise_for_status().content))
except Exception as error:
    sys.exit(f"The request to {service} failed: {error!r}")

detected = {(d["visit"], d["detector"]) for d in packet["DIASOURCE"].data}
forced = packet["FORCEDPHOT"].data if "FORCEDPHOT" in packet else []
added = [f for f in forced if (f["visit"], f["detector"]) not in detected]
print(f"{len(detected)} detections, {len(added)} forced fluxes without one")
for row in added:
    mjd, band, flux = row["midpointMjdTai"], row["band"], row["psfFlux"]
    print(f"{mjd:.5f} TAI {band} {flux:9.1f} +- {row['psfFluxErr']:.1f} nJy")
