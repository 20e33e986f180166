from antares_helpers import extract_lightcurve, fetch_locus

locus = fetch_locus("ANT2026z3bqyjga24oc")
lc = extract_lightcurve(locus)
for tai, band in zip(lc.time, lc["band"]):
    print(f"{tai.mjd:.6f} TAI = {tai.utc.iso} UTC, band {band}")
