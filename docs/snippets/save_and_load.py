import json
from pathlib import Path

from antares_client import search

found = search.get_by_id("ANT2026z3bqyjga24oc")
if found is None:
    print("No such locus: nothing is saved.")
else:
    locus = found.to_devkit(include_catalogs=True)
    file = Path(f"{locus['id']}.json")
    file.write_text(json.dumps(locus), encoding="utf-8")

    again = json.loads(file.read_text(encoding="utf-8"))
    print(f"{file}: {len(again['alerts'])} alerts; the same as before: {again == locus}")
