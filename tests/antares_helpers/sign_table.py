"""The rule for the sign of a flux, case by case."""

CONVENTIONS = ("signed", "unsigned", "mixed", "none")

# Written by hand. `change` is the sign of scienceFlux - templateFlux:
# "?" if one of them is missing, "0" if they are equal, "*" if it must not matter. If isNegative
# is set, or if it is not a dipole, the convention must not matter either. If the convention is
# unknown ("none"), only a change of its own size reverses the sign of a dipole.
SIGN_RULE = """
psfFlux isNegative isDipole change | signed unsigned mixed none
+100    true       no       *      | -100   -100     -100  -100
-100    true       no       *      | -100   -100     -100  -100
+100    true       yes      *      | -100   -100     -100  -100
-100    true       yes      *      | -100   -100     -100  -100
+100    true       missing  *      | -100   -100     -100  -100
+100    false      no       *      | +100   +100     +100  +100
-100    false      no       *      | -100   -100     -100  -100
+100    false      missing  *      | +100   +100     +100  +100
-100    false      missing  *      | -100   -100     -100  -100
+100    false      yes      +      | +100   +100     +100  +100
+100    false      yes      -      | +100   -100     -100  -100
+100    false      yes      0      | +100   nan      nan   +100
+100    false      yes      ?      | +100   nan      nan   +100
-100    false      yes      +      | -100   +100     +100  -100
-100    false      yes      -      | -100   -100     -100  -100
-100    false      yes      ?      | -100   nan      nan   -100
+100    missing    no       +      | +100   +100     +100  +100
+100    missing    no       -      | -100   -100     -100  -100
+100    missing    no       ?      | nan    nan      nan   nan
+100    missing    no       0      | nan    nan      nan   nan
-100    missing    no       +      | +100   +100     +100  +100
-100    missing    no       -      | -100   -100     -100  -100
-100    missing    no       ?      | -100   -100     -100  -100
-100    missing    no       0      | -100   -100     -100  -100
+100    missing    yes      -      | -100   -100     -100  -100
+100    missing    yes      ?      | nan    nan      nan   nan
-100    missing    yes      ?      | -100   -100     -100  -100
nan     true       no       *      | nan    nan      nan   nan
nan     false      no       *      | nan    nan      nan   nan
nan     missing    no       +      | nan    nan      nan   nan
"""
CHANGES = {
    "+": [(300.0, 200.0)],
    "-": [(200.0, 300.0)],
    "0": [(200.0, 200.0)],
    "?": [(None, 200.0), (300.0, None), (None, None)],
}
CHANGES["*"] = [pair for pairs in CHANGES.values() for pair in pairs]
SPELLINGS = [
    {"true": True, "yes": True, "false": False, "no": False, "missing": None},
    {"true": "true", "yes": "true", "false": "false", "no": "false", "missing": None},
    {"true": "True", "yes": "True", "false": "False", "no": "False", "missing": ""},
]


def sign_cases():
    """Yield each line of the table for each pair of fluxes that it describes."""
    for line in SIGN_RULE.strip().splitlines()[1:]:
        given, expected = line.split("|")
        psf_flux, is_negative, is_dipole, change = given.split()
        for pair in CHANGES[change]:
            yield (
                float(psf_flux),
                is_negative,
                is_dipole,
                pair,
                dict(zip(CONVENTIONS, map(float, expected.split()), strict=True)),
            )
