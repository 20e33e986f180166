from antares_helpers import fetch_loci, find_loci

found = find_loci(properties={"num_alerts": (10, None)}, limit=20)
loci, failures = fetch_loci(found)
alerts = sum(len(locus["alerts"]) for locus in loci)
print(f"{len(loci)} loci, {alerts} alerts")
for row in failures:
    print(f"{row['locus_id']} failed: {row['error']} {row['hint']}")
