"""Rubin (LSST) alerts through ANTARES: fetch a locus, extract its light curve, plot it."""

from antares_helpers.errors import (
    AntaresHelpersError,
    AntaresHelpersWarning,
    BadDataError,
    CutoutsNotFoundError,
    IncompleteLocusWarning,
    InvalidInputError,
    LocusNotFoundError,
    MissingPackageError,
    ServiceError,
    ServiceTimeoutError,
    SignConventionWarning,
)
from antares_helpers.preflight.checking import check, is_command

try:
    from antares_helpers.drawing.cutout_plot import plot_cutouts
    from antares_helpers.drawing.plotting import plot_lightcurve
    from antares_helpers.fetching.cutouts import fetch_cutouts
    from antares_helpers.fetching.files import load_locus, save_locus
    from antares_helpers.fetching.finding import find_loci
    from antares_helpers.fetching.locus import fetch_locus, locus_url
    from antares_helpers.fetching.many_loci import fetch_loci, iter_loci
    from antares_helpers.lightcurves.completeness import completeness_sentence, completeness_table
    from antares_helpers.lightcurves.lightcurve import extract_lightcurve
    from antares_helpers.photometry import sign_convention, signed_flux, to_flux, to_magnitude
    from antares_helpers.tables.converters import to_light_curve, to_lightkurve, to_timeseries
    from antares_helpers.tables.files import read_table, write_table
    from antares_helpers.tables.long_table import lightcurve_table
    from antares_helpers.tables.nested import from_nested, to_lsdb, to_nested
    from antares_helpers.tables.parquet import read_parquet, write_parquet
    from antares_helpers.tables.sncosmo import from_sncosmo, to_sncosmo
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
    "MissingPackageError",
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
    "from_nested",
    "from_sncosmo",
    "iter_loci",
    "lightcurve_table",
    "load_locus",
    "locus_url",
    "plot_cutouts",
    "plot_lightcurve",
    "read_parquet",
    "read_table",
    "save_locus",
    "sign_convention",
    "signed_flux",
    "to_flux",
    "to_light_curve",
    "to_lightkurve",
    "to_lsdb",
    "to_magnitude",
    "to_nested",
    "to_sncosmo",
    "to_timeseries",
    "write_parquet",
    "write_table",
]
