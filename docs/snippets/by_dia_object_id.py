from antares_client import search

has_one = {"query": {"exists": {"field": "properties.survey.lsst.dia_object_id"}}}
newest = next(search.search(has_one, limit=1), None)
if newest is None:
    print("No locus has a diaObjectId.")
else:
    dia_object_id = newest.properties["survey"]["lsst"]["dia_object_id"][0]
    locus = search.get_by_lsst_dia_object_id(str(dia_object_id))
    if locus is None:
        print(f"No locus has the diaObjectId {dia_object_id}.")
    else:
        print(f"The diaObjectId {dia_object_id} belongs to the locus {locus.locus_id}.")
        print(f"It has {len(locus.alerts)} alerts.")
