import sys
from concurrent.futures import ThreadPoolExecutor
from itertools import islice

from antares_client import search


def fetch(locus_id):
    try:
        locus = search.get_by_id(locus_id)
        return locus.to_devkit() if locus else f"No such locus: {locus_id}"
    except Exception as error:
        return f"{locus_id} failed: {error!r}"


query = {"query": {"range": {"properties.num_alerts": {"gte": 10}}}}
try:
    found = list(islice(search.search(query, limit=20), 20))
except Exception as error:
    sys.exit(f"The request to ANTARES failed: {error!r}")
locus_ids = list(dict.fromkeys(locus.locus_id for locus in found))
with ThreadPoolExecutor(max_workers=4) as pool:
    results = dict(zip(locus_ids, pool.map(fetch, locus_ids)))
loci = {name: each for name, each in results.items() if isinstance(each, dict)}
failed = {name: each for name, each in results.items() if name not in loci}

alerts = sum(len(locus["alerts"]) for locus in loci.values())
print(f"{len(loci)} loci, {alerts} alerts")
for reason in failed.values():
    print(reason)
