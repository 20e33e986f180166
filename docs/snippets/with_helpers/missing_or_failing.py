from antares_helpers import LocusNotFoundError, ServiceError, fetch_locus

for locus_id in ("ANT2026z3bqyjga24oc", "ANT1999nowhere"):
    try:
        locus = fetch_locus(locus_id, retries=2)
        print(f"{locus_id} has {len(locus['alerts'])} alerts")
    except LocusNotFoundError:
        print(f"No such locus: {locus_id}")
    except ServiceError as error:
        print(error)
