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
    rubin = {a.mjd: a for a in alerts if a.alert_id[:5] == "lsst:"}
    newest = rubin[max(rubin)] if rubin else sys.exit("No alerts from Rubin.")
    service, query = "Rubin", {"ID": newest.alert_id[5:]}
    query["RESPONSEFORMAT"] = "fits"
    url = f"{os.environ['EXTERNAL_INSTANCE_URL']}/api/alerts"
    token = {"Authorization": f"Bearer {os.environ['ACCESS_TOKEN']}"}
    response = httpx.get(url, params=query, headers=token, timeout=60)
    packet = fits.open(BytesIO(response.raise_for_status().content))
except Exception as error:
    sys.exit(f"The request to {service} failed: {error!r}")

rows, name = packet["DIASOURCE"].data, "lsst_diaSource_psfFlux"
signed = {f"lsst:{row['diaSourceId']}": row["psfFlux"] for row in rows}
given = {a.alert_id: a.properties.get(name) for a in rubin.values()}
both = [a for a in given if a in signed and given[a] is not None]
wrong = [a for a in both if given[a] * signed[a] < 0]
print(f"{len(both)} compared, {len(wrong)} with the opposite sign", *wrong)
