import sys
from itertools import islice

from antares_client import search

tag, most = "young_rubin_transients", 5
query = {"query": {"term": {"tags": tag}}}
try:
    loci = list(islice(search.search(query, limit=most), most))
except Exception as error:
    sys.exit(f"The request to ANTARES failed: {error!r}")

for locus in loci:
    newest = locus.properties.get("newest_alert_observation_time", "unknown")
    print(f"{locus.locus_id}  RA {locus.ra:.5f}  Dec {locus.dec:+.5f}", end="")
    print(f"  newest alert: MJD {newest}")
if not loci:
    print(f"No locus has the tag {tag}.")
