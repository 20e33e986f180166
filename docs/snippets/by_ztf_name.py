from antares_client import search

has_one = {"query": {"exists": {"field": "properties.ztf_object_id"}}}
newest = next(search.search(has_one, limit=1), None)
if newest is None:
    print("No locus has a ZTF name.")
else:
    name = newest.properties["ztf_object_id"]
    locus = search.get_by_ztf_object_id(name)
    if locus is None:
        print(f"No locus has the name {name}.")
    else:
        surveys = sorted({alert.alert_id.split(":")[0] for alert in locus.alerts})
        print(f"{name} belongs to the locus {locus.locus_id}.")
        print("Its alerts:", ", ".join(surveys))
