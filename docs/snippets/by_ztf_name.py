import sys

from antares_client import search

has_one = {"exists": {"field": "properties.ztf_object_id"}}
try:
    newest = next(search.search({"query": has_one}, limit=1), None)
    if newest is None:
        sys.exit("No locus has a ZTF name.")
    name = newest.properties["ztf_object_id"]
    locus = search.get_by_ztf_object_id(name)
    alerts = locus.alerts if locus else []
except Exception as error:
    sys.exit(f"The request to ANTARES failed: {error!r}")

if locus is None:
    sys.exit(f"No such locus: none has the name {name}")
print(f"{name} belongs to the locus {locus.locus_id}.")
surveys = {alert.alert_id.split(":")[0] for alert in alerts}
print("Its alerts:", ", ".join(sorted(surveys)))
