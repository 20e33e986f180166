"""The list of the simulated loci."""

from collections.abc import Callable

from antares_sandbox.store.format import LocusFile
from simulated_sky import transients, variables
from simulated_sky.field_transients import field_transients
from simulated_sky.field_variables import field_variables
from simulated_sky.wide_field import wide_field

__all__ = ["simulate_loci"]

_RECIPES: tuple[Callable[[], LocusFile], ...] = (
    transients.tutorial,
    transients.faint,
    transients.deep,
    transients.mixed,
    transients.incomplete,
    variables.rr_lyrae,
    variables.eclipsing_binary,
    variables.unsigned_binary,
    variables.active_galaxy,
    variables.dwarf_nova,
    variables.asteroid,
    variables.dipoles,
)


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
    singles = (recipe() for recipe in _RECIPES)
    return [*singles, *field_transients(), *field_variables(), *wide_field()]
