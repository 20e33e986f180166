import time

import httpx
from antares_client import search
from antares_client.exceptions import AntaresException

FAILURES = (httpx.HTTPError, AntaresException, ValueError)


def fetch(locus_id, tries=3, pause=1.0):
    try:
        locus = search.get_by_id(locus_id)
        return None if locus is None else locus.to_devkit(include_catalogs=True)
    except FAILURES:
        if tries == 1:
            raise
        time.sleep(pause)
        return fetch(locus_id, tries - 1, 2 * pause)


for locus_id in ("ANT2026z3bqyjga24oc", "ANT1999nowhere"):
    try:
        locus = fetch(locus_id)
    except FAILURES as error:
        print(f"{locus_id}: ANTARES failed, or has no such locus ({error!r})")
    else:
        print(locus_id, "does not exist" if locus is None else f"has {len(locus['alerts'])} alerts")
