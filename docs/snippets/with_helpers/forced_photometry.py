from antares_helpers import (
    extract_lightcurve,
    fetch_alert_packet,
    fetch_locus,
)

locus = fetch_locus("ANT2026z3bqyjga24oc")
lc = extract_lightcurve(locus, forced=fetch_alert_packet(locus))
forced = lc[lc["is_forced"]]
number = len(lc) - len(forced)
print(f"{number} detections, {len(forced)} forced fluxes without one")
for row in forced:
    flux, error = row["flux"].value, row["flux_err"].value
    print(f"{row['time'].mjd:.5f} TAI {row['band']}", end=" ")
    print(f"{flux:9.1f} +- {error:.1f} nJy")
