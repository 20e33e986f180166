import json
import sys
from pathlib import Path

from antares_client import search

locus_id = "ANT2026z3bqyjga24oc"
try:
    found = search.get_by_id(locus_id)
    if found is None:
        sys.exit(f"No such locus: {locus_id}")
    locus = found.to_devkit(include_catalogs=True)
except Exception as error:
    sys.exit(f"The request to ANTARES failed: {error!r}")

file = Path(f"{locus_id}.json")
file.write_text(json.dumps(locus), encoding="utf-8")
again = json.loads(file.read_text(encoding="utf-8"))
print(f"{file}: {len(again['alerts'])} alerts", end="; ")
print(f"the same as before: {again == locus}")
