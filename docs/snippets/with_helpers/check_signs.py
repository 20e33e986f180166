from antares_helpers import (
    extract_lightcurve,
    fetch_alert_packet,
    fetch_locus,
)

locus = fetch_locus("ANT2026z3bqyjga24oc")
lc = extract_lightcurve(locus, forced=fetch_alert_packet(locus))
compared, agree = lc.meta["sign_check"].values()
print(f"{compared} compared, {compared - agree} with the opposite sign")
