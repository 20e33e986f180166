from antares_helpers import catalog_table, fetch_locus

matches = catalog_table(fetch_locus("ANT2026z3bqyjga24oc"))
print(matches["catalog", "name", "separation"])
print(matches["name", "type", "redshift"])
