import time

from antares_client import search


def fetch(locus_id, tries=3, pause=1.0):
    try:
        locus = search.get_by_id(locus_id)
        return locus.to_devkit(include_catalogs=True) if locus else None
    except Exception:
        if tries == 1:
            raise
        time.sleep(pause)
        return fetch(locus_id, tries - 1, 2 * pause)


for locus_id in ("ANT2026z3bqyjga24oc", "ANT1999nowhere"):
    try:
        locus = fetch(locus_id)
    except Exception as error:
        print(f"{locus_id}: the request to ANTARES failed: {error!r}")
    else:
        found = locus and f"{locus_id} has {len(locus['alerts'])} alerts"
        print(found or f"No such locus: {locus_id}")
