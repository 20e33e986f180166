antares-helpers plot ANT2026z3bqyjga24oc --forced -o forced.png
