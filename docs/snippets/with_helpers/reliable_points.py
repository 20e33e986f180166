from antares_helpers import alert_summary, extract_lightcurve, fetch_locus

locus = fetch_locus("ANT2026z3bqyjga24oc")
included = extract_lightcurve(
    locus, keep_dipoles=False, keep_flagged=False, min_reliability=0.6
)
print(alert_summary(included).meta["sentence"])
