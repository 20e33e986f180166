"""Rubin (LSST) alerts through ANTARES: fetch a locus, extract its light curve, plot it."""

from antares_helpers.errors import (
    AntaresHelpersError,
    AntaresHelpersWarning,
    BadDataError,
    CutoutsNotFoundError,
    IncompleteLocusWarning,
    InvalidInputError,
    LocusNotFoundError,
    ServiceError,
    ServiceTimeoutError,
    SignConventionWarning,
)
from antares_helpers.preflight import check, is_command

try:
    from antares_helpers.completeness import completeness_sentence, completeness_table
    from antares_helpers.cutout_plot import plot_cutouts
    from antares_helpers.cutouts import fetch_cutouts
    from antares_helpers.files import load_locus, save_locus
    from antares_helpers.finding import find_loci
    from antares_helpers.lightcurve import extract_lightcurve
    from antares_helpers.locus import fetch_locus, locus_url
    from antares_helpers.many_loci import fetch_loci, iter_loci
    from antares_helpers.photometry import sign_convention, signed_flux, to_flux, to_magnitude
    from antares_helpers.plotting import plot_lightcurve
except Exception as error:
    # The command has to start: its `check` tells what is missing.
    if not is_command():
        error.add_note(
            "`python -m antares_helpers check` tells what is wrong with this environment."
        )
        raise

__all__ = [
    "AntaresHelpersError",
    "AntaresHelpersWarning",
    "BadDataError",
    "CutoutsNotFoundError",
    "IncompleteLocusWarning",
    "InvalidInputError",
    "LocusNotFoundError",
    "ServiceError",
    "ServiceTimeoutError",
    "SignConventionWarning",
    "check",
    "completeness_sentence",
    "completeness_table",
    "extract_lightcurve",
    "fetch_cutouts",
    "fetch_loci",
    "fetch_locus",
    "find_loci",
    "iter_loci",
    "load_locus",
    "locus_url",
    "plot_cutouts",
    "plot_lightcurve",
    "save_locus",
    "sign_convention",
    "signed_flux",
    "to_flux",
    "to_magnitude",
]
