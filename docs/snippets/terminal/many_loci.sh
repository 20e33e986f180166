echo ANT2026z3bqyjga24oc > ids.txt  # one per line
antares-helpers fetch --from ids.txt --folder loci
