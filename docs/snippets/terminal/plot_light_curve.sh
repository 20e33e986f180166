antares-helpers plot ANT2026z3bqyjga24oc -o light_curve.png
