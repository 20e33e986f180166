from antares_helpers import find_loci

has_one = {"exists": {"field": "properties.ztf_object_id"}}
newest = find_loci(query={"query": has_one}, limit=1)[0]
name = newest.properties["ztf_object_id"]

for locus in find_loci(ztf_object_id=name):
    print(f"{name} belongs to the locus {locus.locus_id}.")
    surveys = {alert.alert_id.split(":")[0] for alert in locus.alerts}
    print("Its alerts:", ", ".join(sorted(surveys)))
