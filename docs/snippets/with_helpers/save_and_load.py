from antares_helpers import fetch_locus, load_locus, save_locus

locus = fetch_locus("ANT2026z3bqyjga24oc")
save_locus(locus, "ANT2026z3bqyjga24oc.json")
again = load_locus("ANT2026z3bqyjga24oc.json")
print(f"{len(again['alerts'])} alerts; the same as before: {again == locus}")
