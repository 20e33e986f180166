"""Extract light curves from a table, and convert them for sncosmo, light-curve and lightkurve."""

from typing import Any, TypeAlias

import astropy.units as u
import numpy as np
from astropy.table import Column, Table
from astropy.time import Time
from astropy.timeseries import TimeSeries
from numpy.typing import NDArray

from antares_helpers.bands import BANDS
from antares_helpers.errors import InvalidInputError
from antares_helpers.fetching.locus import check_locus_id
from antares_helpers.lightcurves.extract import COLUMNS
from antares_helpers.photometry import AB_ZEROPOINT, to_magnitude
from antares_helpers.tables import check_table
from antares_helpers.validation import check_bool, check_choice, import_optional

__all__ = ["from_sncosmo", "to_light_curve", "to_lightkurve", "to_sncosmo", "to_timeseries"]

FloatArray: TypeAlias = NDArray[np.float64]

_NEEDED = tuple(
    name for name in COLUMNS if name != "is_forced"
)  # files of earlier versions lack it


def to_timeseries(table: Table, locus_id: str) -> TimeSeries:
    """Extract the light curve of one locus from a table of many.

    Parameters
    ----------
    table : `~astropy.table.Table`
        A table from `lightcurve_table` or `read_table`.
    locus_id : str
        ANTARES ID of the locus. Spaces around it are stripped.

    Returns
    -------
    `~astropy.timeseries.TimeSeries`
        The columns of `extract_lightcurve`, for `plot_lightcurve` and the other functions
        here. ``meta`` has ``locus_id``, ``survey``, ``flux`` and ``simulated``, which is True if
        any locus of the table is simulated; there is no report for a single locus.

    Raises
    ------
    InvalidInputError
        If the table has no points of this locus, or lacks columns.

    Examples
    --------
    >>> from antares_helpers import fetch_locus, lightcurve_table
    >>> from antares_helpers.convert import to_timeseries
    >>> table = lightcurve_table(fetch_locus("ANT2026z3bqyjga24oc"))
    >>> to_timeseries(table, "ANT2026z3bqyjga24oc").time.scale
    'tai'
    """
    check_table(table)
    if missing := [name for name in ["locus_id", "mjd", *_NEEDED] if name not in table.colnames]:
        raise InvalidInputError(f"The table lacks {missing}; pass a table from lightcurve_table.")
    locus_id = check_locus_id(locus_id)
    points = table[np.asarray(table["locus_id"]) == locus_id]
    if not len(points):
        raise InvalidInputError(
            f"The table has no points of {locus_id}. set(table['locus_id']) lists the loci it has."
        )
    options = table.meta.get("options", {})
    meta = {
        "locus_id": locus_id,
        "simulated": bool(table.meta.get("simulated", False)),
        "survey": options.get("survey", "all"),
        "flux": options.get("flux", "difference"),
    }
    points = points[np.argsort(np.asarray(points["mjd"]), kind="stable")]
    return _timeseries_of(points, np.asarray(points["mjd"]), meta)


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
    points = _points_of(lc)
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
    expected = set(_NEEDED) - {"flux_err", "survey", "is_limit"}
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
    return _timeseries_of(points, np.asarray(data["time"]), meta)


def to_light_curve(
    lc: TimeSeries, band: str, *, magnitudes: bool = False
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Turn one band of a light curve into the arrays that the package light-curve takes.

    Parameters
    ----------
    lc : `~astropy.timeseries.TimeSeries`
        A light curve from `extract_lightcurve` or `to_timeseries`.
    band : str
        The band, which must come from one survey only.
    magnitudes : bool, optional
        Return AB magnitudes, which only positive fluxes have, instead of fluxes.

    Returns
    -------
    t : ndarray of float64, shape (n,)
        MJD (TAI) [d], strictly ascending.
    m : ndarray of float64, shape (n,)
        Flux [nJy], or AB magnitude.
    sigma : ndarray of float64, shape (n,)
        Its 1-sigma error.

    Raises
    ------
    InvalidInputError
        If there is no such band, or the light curve has it from two surveys.

    Notes
    -----
    Upper limits are excluded, forced photometry is not. The package rejects points at the same
    time: they are replaced by their mean, weighted by the inverse squares of their errors.

    Examples
    --------
    >>> from antares_helpers import extract_lightcurve, fetch_locus
    >>> from antares_helpers.convert import to_light_curve
    >>> t, m, sigma = to_light_curve(extract_lightcurve(fetch_locus("ANT2026simrrlyrae")), "r")
    """
    check_bool("magnitudes", magnitudes)
    points = _points_of_band(lc, band)
    t, m, sigma = _mean_per_time(
        points.time.mjd, np.asarray(points["flux"]), np.asarray(points["flux_err"])
    )
    if magnitudes:
        m, sigma = to_magnitude(m, sigma)
    has_value = np.isfinite(m)
    return t[has_value], m[has_value], sigma[has_value]


def to_lightkurve(lc: TimeSeries, band: str) -> Any:
    """Turn one band of a light curve into a light curve of lightkurve.

    Parameters
    ----------
    lc : `~astropy.timeseries.TimeSeries`
        A light curve from `extract_lightcurve` or `to_timeseries`.
    band : str
        The band, which must come from one survey only.

    Returns
    -------
    lightkurve.LightCurve
        ``time`` (MJD, TAI), ``flux`` and ``flux_err`` [nJy], and the other columns of the light
        curve. Upper limits are excluded. ``meta`` is that of the light curve, with ``LABEL`` for
        lightkurve's plots.

    Raises
    ------
    InvalidInputError
        If there is no such band, or the light curve has it from two surveys.
    MissingPackageError
        If lightkurve is not installed.

    Examples
    --------
    >>> from antares_helpers import extract_lightcurve, fetch_locus
    >>> from antares_helpers.convert import to_lightkurve
    >>> to_lightkurve(extract_lightcurve(fetch_locus("ANT2026simrrlyrae")), "r").time.scale
    'tai'
    """
    points = _points_of_band(lc, band)
    lightkurve = import_optional("lightkurve")
    others = [name for name in COLUMNS if name not in ("flux", "flux_err")]
    label = f"{points.meta.get('locus_id', '')} {band}".strip()
    return lightkurve.LightCurve(
        data={name: points[name] for name in others},
        time=Time(points.time.mjd, format="mjd", scale="tai"),
        flux=points["flux"],
        flux_err=points["flux_err"],
        meta=dict(points.meta) | {"LABEL": label},
    )


def _points_of(lc: object) -> TimeSeries:
    """Reject anything that is not a light curve."""
    if not isinstance(lc, TimeSeries) or not all(name in lc.colnames for name in _NEEDED):
        raise InvalidInputError(
            "This takes the light curve that extract_lightcurve returns, or to_timeseries from a "
            f"table, not {type(lc).__name__!r}."
        )
    points = lc
    if "is_forced" not in points.colnames:
        points = points.copy()
        points["is_forced"] = np.zeros(len(points), dtype=np.bool_)
    return points


def _timeseries_of(points: Table, mjd: FloatArray, meta: dict[str, Any]) -> TimeSeries:
    """Make a light curve from the columns of a table."""
    data: dict[str, Any] = {
        name: np.asarray(points[name]) if name in points.colnames else np.zeros(len(points), "?")
        for name in COLUMNS
    }
    for name in ("flux", "flux_err"):
        data[name] = data[name] * u.nJy
    lc = TimeSeries(time=Time(mjd, format="mjd", scale="tai"), data=data, meta=meta)
    for name, description in COLUMNS.items():
        lc[name].info.description = description
    return lc


def _points_of_band(lc: object, band: str) -> TimeSeries:
    """Return the detections in one band."""
    points = _points_of(lc)
    check_choice("band", band, BANDS)
    points = points[(points["band"] == band) & ~points["is_limit"]]
    surveys = sorted(set(np.asarray(points["survey"]).tolist()))
    if len(surveys) > 1:
        raise InvalidInputError(
            f"This light curve has {band!r} from {' and '.join(surveys)}, whose bandpasses differ. "
            "Extract it with survey='lsst' or survey='ztf'."
        )
    return points


def _mean_per_time(
    t: FloatArray, m: FloatArray, sigma: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Sort points, and replace those at the same time by their weighted mean."""
    order = np.argsort(t, kind="stable")
    t, m, sigma = t[order], m[order], sigma[order]
    times, first = np.unique(t, return_index=True)
    if len(times) == len(t):
        return t, m, sigma
    weights = sigma**-2.0
    sums = np.add.reduceat(weights, first)
    return times, np.add.reduceat(weights * m, first) / sums, sums**-0.5
