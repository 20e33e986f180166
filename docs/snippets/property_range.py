import sys
from itertools import islice

from antares_client import search

enough = {"range": {"properties.num_alerts": {"gte": 20, "lte": 200}}}
bright = {"range": {"properties.brightest_alert_magnitude": {"lt": 20.5}}}
query = {"query": {"bool": {"filter": [enough, bright]}}}
try:
    loci = list(islice(search.search(query, limit=10), 10))
except Exception as error:
    sys.exit(f"The request to ANTARES failed: {error!r}")

for locus in loci:
    alerts = locus.properties["num_alerts"]
    magnitude = locus.properties["brightest_alert_magnitude"]
    print(f"{locus.locus_id}: {alerts} alerts, brightest {magnitude:.2f} mag")
if not loci:
    print("No locus has 20 to 200 alerts, one of them brighter than 20.5 mag.")
