"""The list of the simulated loci."""

from antares_sandbox.store.format import LocusFile
from simulated_sky.passing import passing
from simulated_sky.transients import transients
from simulated_sky.variables import variables
from simulated_sky.wide_field import wide_field

__all__ = ["simulate_loci"]

def simulate_loci() -> list[LocusFile]:
    """Simulate the loci that come with the sandbox: always the same.

    Returns
    -------
    list of LocusFile
        The contents of their files.

    Examples
    --------
    >>> files = simulate_loci()
    >>> files[0]["locus"]["id"]
    'ANT2026z3bqyjga24oc'
    """
    return [*transients(), *variables(), *passing(), *wide_field()]
