antares-helpers fetch ANT2026z3bqyjga24oc ANT1999nowhere --folder loci
