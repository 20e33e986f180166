import os
import sys
from io import BytesIO

import httpx
from antares_client import search
from astropy.io import fits

locus_id, service = "ANT2026z3bqyjga24oc", "ANTARES"
try:
    locus = search.get_by_id(locus_id) or sys.exit(f"No such locus: {locus_id}")
    rubin = {a.mjd: a for a in locus.alerts if a.alert_id.startswith("lsst:")}
    newest = rubin[max(rubin)] if rubin else sys.exit(f"{locus_id} has no Rubin alerts.")
    service, query = "Rubin", {"ID": newest.alert_id[5:], "RESPONSEFORMAT": "fits"}
    url, token = f"{os.environ['EXTERNAL_INSTANCE_URL']}/api/alerts", os.environ["ACCESS_TOKEN"]
    headers = {"Authorization": f"Bearer {token}"}
    response = httpx.get(url, params=query, headers=headers, timeout=60)
    packet = fits.open(BytesIO(response.raise_for_status().content))
except Exception as error:
    sys.exit(f"The request to {service} failed: {error!r}")

signed = {f"lsst:{row['diaSourceId']}": row["psfFlux"] for row in packet["DIASOURCE"].data}
given = {a.alert_id: a.properties.get("lsst_diaSource_psfFlux") for a in rubin.values()}
both = [name for name in given if name in signed and given[name] is not None]
wrong = [name for name in both if given[name] * signed[name] < 0]
print(f"{len(both)} alerts compared, {len(wrong)} with the opposite sign", *wrong)
