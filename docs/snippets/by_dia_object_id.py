import sys

from antares_client import search

has_one = {"exists": {"field": "properties.survey.lsst.dia_object_id"}}
try:
    newest = next(search.search({"query": has_one}, limit=1), None)
    if newest is None:
        sys.exit("No locus has a diaObjectId.")
    dia_object_id = newest.properties["survey"]["lsst"]["dia_object_id"][0]
    locus = search.get_by_lsst_dia_object_id(str(dia_object_id))
    alerts = locus.alerts if locus else []
except Exception as error:
    sys.exit(f"The request to ANTARES failed: {error!r}")

if locus is None:
    sys.exit(f"No such locus: none has the diaObjectId {dia_object_id}")
print(f"The diaObjectId {dia_object_id} is in the locus {locus.locus_id}.")
print(f"It has {len(alerts)} alerts.")
