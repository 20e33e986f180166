antares-helpers plot ANT2026z3bqyjga24oc --no-dipoles --no-flagged \
    --min-reliability 0.6 -o reliable.png
