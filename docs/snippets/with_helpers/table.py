from antares_helpers import (
    fetch_locus,
    lightcurve_table,
    read_table,
    write_table,
)

locus = fetch_locus("ANT2026z3bqyjga24oc")
table = lightcurve_table([locus], keep_dipoles=False)
write_table(table, "light_curve.ecsv")
write_table(table, "light_curve.csv")
columns = ["alert_id", "dia_object_id", "mjd", "band", "flux", "flux_err"]
print(read_table("light_curve.ecsv")[columns])
