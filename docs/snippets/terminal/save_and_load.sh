antares-helpers fetch ANT2026z3bqyjga24oc --folder loci
antares-helpers plot loci/ANT2026z3bqyjga24oc.json -o again.png
