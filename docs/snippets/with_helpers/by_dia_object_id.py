from antares_helpers import find_loci

has_one = {"exists": {"field": "properties.survey.lsst.dia_object_id"}}
newest = find_loci(query={"query": has_one}, limit=1)[0]
dia_object_id = newest.properties["survey"]["lsst"]["dia_object_id"][0]

for locus in find_loci(dia_object_id=dia_object_id):
    print(f"The diaObjectId {dia_object_id}", end=" ")
    print(f"is in the locus {locus.locus_id}.")
    print(f"It has {len(locus.alerts)} alerts.")
