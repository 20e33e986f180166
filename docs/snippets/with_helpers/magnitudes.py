from antares_helpers import extract_lightcurve, fetch_locus, to_magnitude

locus = fetch_locus("ANT2026z3bqyjga24oc")
lc = extract_lightcurve(locus, keep_dipoles=False)
lc["magnitude"], lc["error"] = to_magnitude(lc["flux"], lc["flux_err"])
for row in lc["time", "band", "magnitude", "error"]:
    text = f"{row['magnitude']:.3f} +- {row['error']:.3f}"
    text = text if row["magnitude"] > 0 else "none: flux is not positive"
    print(f"{row['time'].mjd:.5f}   {row['band']}     {text}")
