from antares_helpers import fetch_alert_packet, fetch_locus

locus = fetch_locus("ANT2026z3bqyjga24oc")
rows = fetch_alert_packet(locus)["DIASOURCE"].data
signed = {f"lsst:{row['diaSourceId']}": row["psfFlux"] for row in rows}
name = "lsst_diaSource_psfFlux"
given = {a["id"]: a["properties"].get(name) for a in locus["alerts"]}
both = [a for a in given if a in signed and given[a] is not None]
wrong = [a for a in both if given[a] * signed[a] < 0]
print(f"{len(both)} compared, {len(wrong)} with the opposite sign", *wrong)
