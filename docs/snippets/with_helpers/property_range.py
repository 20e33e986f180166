from antares_helpers import find_loci

ranges = {
    "num_alerts": (20, 200),
    "brightest_alert_magnitude": (None, 20.5),
}
loci = find_loci(properties=ranges, limit=10)
for locus in loci:
    alerts = locus.properties["num_alerts"]
    magnitude = locus.properties["brightest_alert_magnitude"]
    print(f"{locus.locus_id}: {alerts} alerts, brightest {magnitude:.2f} mag")
