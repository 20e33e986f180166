"""Convert light curves to the tables that sncosmo takes, and back."""

from typing import Any

import numpy as np
from astropy.table import Column, Table
from astropy.timeseries import TimeSeries

from antares_helpers.bands import BANDS
from antares_helpers.convert.timeseries import points_of, timeseries_of
from antares_helpers.errors import InvalidInputError
from antares_helpers.lightcurves.extract import COLUMNS
from antares_helpers.photometry import AB_ZEROPOINT
from antares_helpers.tables import check_table

__all__ = ["from_sncosmo", "to_sncosmo"]


def to_sncosmo(lc: TimeSeries) -> Table:
    """Turn a light curve into the table that sncosmo takes; `from_sncosmo` is the inverse.

    Parameters
    ----------
    lc : `~astropy.timeseries.TimeSeries`
        A light curve from `extract_lightcurve` or `to_timeseries`.

    Returns
    -------
    `~astropy.table.Table`
        ``time``: MJD (TAI) [d]. ``band``: ``"lsstu"`` to ``"lssty"``, ``"ztfg"``, ``"ztfr"``,
        ``"ztfi"``. ``flux`` and ``fluxerr``, with their signs, in nJy: ``zp`` is 31.4 and
        ``zpsys`` is ``"ab"``. The other columns of the light curve follow, which sncosmo
        ignores. ``meta`` is that of the light curve, and ``limits_excluded`` counts its upper
        limits: sncosmo would take them as 5-sigma detections.

    Notes
    -----
    Dipoles and flagged points are included; ``extract_lightcurve(locus, keep_dipoles=False,
    keep_flagged=False)`` excludes both. sncosmo downloads its own bandpasses when their names are
    first used; see "Tables and other tools" in the docs for how to register your own instead.

    Examples
    --------
    >>> from antares_helpers import extract_lightcurve, fetch_locus
    >>> from antares_helpers.convert import to_sncosmo
    >>> data = to_sncosmo(extract_lightcurve(fetch_locus("ANT2026z3bqyjga24oc")))
    >>> data.colnames[:6]
    ['time', 'band', 'flux', 'fluxerr', 'zp', 'zpsys']
    """
    points = points_of(lc)
    detections = points[~points["is_limit"]]
    data: dict[str, Any] = {
        "time": Column(detections.time.mjd, description="middle of the exposure, MJD (TAI), d"),
        "band": np.char.add(np.asarray(detections["survey"]), np.asarray(detections["band"])),
        "flux": np.asarray(detections["flux"]),
        "fluxerr": np.asarray(detections["flux_err"]),
        "zp": np.full(len(detections), AB_ZEROPOINT),
        "zpsys": np.full(len(detections), "ab"),
    }
    others = [name for name in COLUMNS if name not in (*data, "flux_err", "survey", "is_limit")]
    data |= {name: Column(detections[name], description=COLUMNS[name]) for name in others}
    excluded = int(np.count_nonzero(points["is_limit"]))
    return Table(data, meta=dict(points.meta) | {"limits_excluded": excluded})


def from_sncosmo(data: Table) -> TimeSeries:
    """Turn a table that `to_sncosmo` made, or some rows of it, back into a light curve.

    Parameters
    ----------
    data : `~astropy.table.Table`
        A table with the columns and the zero point of `to_sncosmo`.

    Returns
    -------
    `~astropy.timeseries.TimeSeries`
        The light curve, exactly, except for its upper limits.

    Raises
    ------
    InvalidInputError
        If a column is missing, or if a zero point or band is not one that `to_sncosmo` gives.

    Examples
    --------
    >>> from antares_helpers import extract_lightcurve, fetch_locus
    >>> from antares_helpers.convert import from_sncosmo, to_sncosmo
    >>> lc = extract_lightcurve(fetch_locus("ANT2026z3bqyjga24oc"))
    >>> bool((from_sncosmo(to_sncosmo(lc))["flux"] == lc["flux"]).all())
    True
    """
    check_table(data)
    expected = set(COLUMNS) - {"flux_err", "survey", "is_limit"}
    if missing := sorted((expected | {"time", "fluxerr", "zp", "zpsys"}) - set(data.colnames)):
        raise InvalidInputError(f"The table lacks {missing}; pass a table from to_sncosmo.")
    if np.any(data["zp"] != AB_ZEROPOINT) or np.any(data["zpsys"] != "ab"):
        raise InvalidInputError(f"The zero point must be {AB_ZEROPOINT} AB, which is nJy.")
    names = np.asarray(data["band"], dtype=np.str_)
    bands = np.array([name[-1:] for name in names], dtype=np.str_)
    surveys = np.array([name[:-1] for name in names], dtype=np.str_)
    if not (np.isin(bands, BANDS).all() and np.isin(surveys, ("lsst", "ztf")).all()):
        raise InvalidInputError("The bands must be named lsstu to lssty, ztfg, ztfr or ztfi.")
    points = data.copy()
    points["band"], points["survey"] = bands, surveys
    points["flux_err"] = data["fluxerr"]
    points["is_limit"] = np.zeros(len(data), dtype=np.bool_)
    meta = {name: value for name, value in data.meta.items() if name != "limits_excluded"}
    return timeseries_of(points, np.asarray(data["time"]), meta)
