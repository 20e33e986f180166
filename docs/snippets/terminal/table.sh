antares-helpers fetch ANT2026z3bqyjga24oc --folder loci
antares-helpers table loci --no-dipoles -o light_curve.ecsv
antares-helpers table loci --no-dipoles -o light_curve.csv
