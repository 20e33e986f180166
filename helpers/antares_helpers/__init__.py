"""Rubin (LSST) alerts through ANTARES: fetch a locus, extract its light curve, plot it.

Each name is imported when it is first used, so that ``import antares_helpers`` is fast and works
even if a dependency is broken. The other errors are in `antares_helpers.errors`, the conversions
for other packages in `antares_helpers.convert`.
"""

from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

from antares_helpers.errors import (
    AntaresHelpersError,
    InvalidInputError,
    LocusNotFoundError,
    ServiceError,
)

if TYPE_CHECKING:
    from antares_helpers.diagnostics.environment import check_environment
    from antares_helpers.fetching.alert_packet import fetch_alert_packet
    from antares_helpers.fetching.bulk import fetch_loci, iter_loci
    from antares_helpers.fetching.cutouts import fetch_cutouts
    from antares_helpers.fetching.locus import fetch_locus, locus_url
    from antares_helpers.fetching.search import find_loci
    from antares_helpers.lightcurves.extract import extract_lightcurve
    from antares_helpers.lightcurves.summary import alert_summary
    from antares_helpers.locus_file import load_locus, save_locus
    from antares_helpers.photometry import signed_flux, to_flux, to_magnitude
    from antares_helpers.plotting.cutouts import plot_cutouts
    from antares_helpers.plotting.lightcurve import plot_lightcurve
    from antares_helpers.tables.catalogs import catalog_table
    from antares_helpers.tables.io import read_table, write_table
    from antares_helpers.tables.parquet import write_parquet
    from antares_helpers.tables.table import lightcurve_table

__all__ = [
    "AntaresHelpersError",
    "InvalidInputError",
    "LocusNotFoundError",
    "ServiceError",
    "alert_summary",
    "catalog_table",
    "check_environment",
    "extract_lightcurve",
    "fetch_alert_packet",
    "fetch_cutouts",
    "fetch_loci",
    "fetch_locus",
    "find_loci",
    "iter_loci",
    "lightcurve_table",
    "load_locus",
    "locus_url",
    "plot_cutouts",
    "plot_lightcurve",
    "read_table",
    "save_locus",
    "signed_flux",
    "to_flux",
    "to_magnitude",
    "write_parquet",
    "write_table",
]

try:
    __version__ = version("antares-helpers")
except PackageNotFoundError:  # on the path, but not installed
    __version__ = "unknown"

_MODULES = {
    "alert_summary": "lightcurves.summary",
    "catalog_table": "tables.catalogs",
    "check_environment": "diagnostics.environment",
    "extract_lightcurve": "lightcurves.extract",
    "fetch_alert_packet": "fetching.alert_packet",
    "fetch_cutouts": "fetching.cutouts",
    "fetch_loci": "fetching.bulk",
    "fetch_locus": "fetching.locus",
    "find_loci": "fetching.search",
    "iter_loci": "fetching.bulk",
    "lightcurve_table": "tables.table",
    "load_locus": "locus_file",
    "locus_url": "fetching.locus",
    "plot_cutouts": "plotting.cutouts",
    "plot_lightcurve": "plotting.lightcurve",
    "read_table": "tables.io",
    "save_locus": "locus_file",
    "signed_flux": "photometry",
    "to_flux": "photometry",
    "to_magnitude": "photometry",
    "write_parquet": "tables.parquet",
    "write_table": "tables.io",
}


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        value = getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
    except Exception as error:
        error.add_note(
            "`python -m antares_helpers check` finds what is wrong with this environment."
        )
        raise
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
