"""Convert light curves to the formats of other packages, and back."""

from antares_helpers.convert.nested import from_nested, to_lsdb, to_nested
from antares_helpers.convert.timeseries import (
    from_sncosmo,
    to_light_curve,
    to_lightkurve,
    to_sncosmo,
    to_timeseries,
)

__all__ = [
    "from_nested",
    "from_sncosmo",
    "to_light_curve",
    "to_lightkurve",
    "to_lsdb",
    "to_nested",
    "to_sncosmo",
    "to_timeseries",
]
