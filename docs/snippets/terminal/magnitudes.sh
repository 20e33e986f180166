antares-helpers plot ANT2026z3bqyjga24oc --magnitude --no-dipoles \
    -o magnitudes.png
