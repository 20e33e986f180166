"""A locus with very many alerts, made on demand."""

from itertools import count
from math import cos, radians
from typing import Any

import numpy as np

from antares_sandbox.store.format import Alert, LocusFile
from simulated_sky.detections import detected, measure
from simulated_sky.locus import PREFIX, make_locus_file
from simulated_sky.lsst_alerts import AlertMaker
from simulated_sky.observing import night
from simulated_sky.recipes import SEED
from simulated_sky.source import fluxes
from simulated_sky.stars import RRab
from simulated_sky.survey import BANDS, Visit, visits_at

__all__ = ["LARGE_ID", "MAX_ALERTS", "simulate_large"]

LARGE_ID = f"{PREFIX}large"
"""The ID of the locus that `simulate_large` makes."""

_EPOCH_MJD, _LAST_NIGHT = 61100.0, 61319
_NIGHTS, _A_NIGHT = 130, 400
"""In so many nights the visits are made, unless more than so many a night would be needed."""

_GAP_D = 40.0 / 86400

MAX_ALERTS = 120_000
"""For more, the season would begin before the survey did."""

_PLACE = (300.12491, -45.90172)
_SPARE = 1.35

_MORE_FLAGS = (
    "centroid_flag",
    "apFlux_flag_apertureTruncated",
    "psfFlux_flag_edge",
    "psfFlux_flag_noGoodPixels",
    "forced_PsfFlux_flag",
    "forced_PsfFlux_flag_edge",
    "forced_PsfFlux_flag_noGoodPixels",
    "shape_flag_no_pixels",
    "shape_flag_not_contained",
    "shape_flag_parent_source",
    "trail_flag",
    "pixelFlags_crCenter",
    "pixelFlags_injected",
    "pixelFlags_injectedCenter",
    "pixelFlags_injected_template",
    "pixelFlags_injected_templateCenter",
    "pixelFlags_interpolatedCenter",
    "pixelFlags_nodataCenter",
    "pixelFlags_offimage",
    "pixelFlags_saturatedCenter",
    "pixelFlags_streakCenter",
    "pixelFlags_suspectCenter",
)


def simulate_large(n_alerts: int = 10_000, *, seed: int = SEED) -> LocusFile:
    """Simulate an RR Lyrae with any number of alerts, of about 100 properties each.

    Parameters
    ----------
    n_alerts : int, optional
        Number of alerts.
    seed : int, optional
        The seed; the same seed makes the same locus.

    Returns
    -------
    LocusFile
        The content of its file; write it with `write_locus_files`.

    Raises
    ------
    ValueError
        If `n_alerts` is not from 1 to 120,000.

    Examples
    --------
    >>> file = simulate_large(50)
    >>> len(file["locus"]["alerts"])
    50
    """
    if not 1 <= n_alerts <= MAX_ALERTS:
        raise ValueError(f"n_alerts={n_alerts} is not valid: give a number from 1 to {MAX_ALERTS}")
    rng = np.random.default_rng([seed, n_alerts])
    mean = fluxes(u=18.6, g=18.1, r=17.9, i=17.85, z=17.8, y=17.8)
    source = RRab(0.60214, _EPOCH_MJD, mean)
    visits: list[Visit] = []
    while len(detections := detected(measure(rng, source, visits))) < n_alerts:
        visits = _visits(rng, int(n_alerts * _SPARE) + 20 + len(visits))
    alerts = AlertMaker(rng, *_PLACE).make(detections[:n_alerts])
    return make_locus_file(
        LARGE_ID,
        [_fuller(rng, alert) for alert in alerts],
        sim_class="RR Lyrae",
        properties={"sim_period_d": source.period_d},
    )


def _visits(rng: np.random.Generator, number: int) -> list[Visit]:
    """Return at least so many visits, in the order of time: every night, from the last back."""
    a_night = min(_A_NIGHT, 1 + number // _NIGHTS)
    visits: list[Visit] = []
    for day in count(_LAST_NIGHT, -1):
        if len(visits) >= number:
            return sorted(visits, key=lambda visit: visit.mjd)
        bands = "".join(rng.choice(list(BANDS), size=2)) * (a_night // 2 + 1)
        visits += visits_at(rng, _PLACE, night(day), bands[:a_night], _GAP_D)
    raise AssertionError  # count() never ends


def _fuller(rng: np.random.Generator, alert: Alert) -> Alert:
    flags = {f"lsst_diaSource_{name}": False for name in _MORE_FLAGS}
    properties = {**alert["properties"], **flags, **_more(rng, alert["properties"])}
    return {**alert, "properties": properties}


def _more(rng: np.random.Generator, known: dict[str, Any]) -> dict[str, Any]:
    draws = rng.normal(size=6).round(5).tolist()
    flux, error = known["lsst_diaSource_psfFlux"], known["lsst_diaSource_psfFluxErr"]
    size = round(0.235 + 0.01 * draws[0], 5)
    return {
        "lsst_diaSource_ra_dec_Cov": round(1e-12 * draws[1], 16),
        "lsst_diaSource_xErr": round(0.05 + 0.01 * abs(draws[2]), 5),
        "lsst_diaSource_yErr": round(0.05 + 0.01 * abs(draws[3]), 5),
        "lsst_diaSource_psfChi2": round(1681 + 58 * draws[4], 3),
        "lsst_diaSource_psfLnL": round(-840 + 29 * draws[4], 3),
        "lsst_diaSource_ixxPSF": size,
        "lsst_diaSource_iyyPSF": size,
        "lsst_diaSource_ixyPSF": round(0.002 * draws[5], 5),
        "lsst_diaSource_bboxSize": 34,
        "lsst_diaSource_trailFlux": round(flux + 0.2 * error * draws[5], 3),
        "lsst_diaSource_trailFluxErr": round(1.1 * error, 3),
        "lsst_diaSource_trailRa": known["lsst_diaSource_ra"],
        "lsst_diaSource_trailDec": known["lsst_diaSource_dec"],
        "lsst_diaSource_trailLength": round(0.2 + 0.05 * abs(draws[0]), 5),
        "lsst_diaSource_trailAngle": round(30 * draws[1], 4),
        "lsst_diaObject_ra": round(_PLACE[0] + 1e-7 * draws[2] / cos(radians(_PLACE[1])), 8),
        "lsst_diaObject_dec": round(_PLACE[1] + 1e-7 * draws[3], 8),
    }
