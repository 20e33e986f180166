"""From the alerts of a locus to its light curve."""

from collections.abc import Callable, Mapping
from contextlib import redirect_stdout
from functools import partial
from io import StringIO
from typing import Any

import numpy as np
from loci import large_locus
from ratios import Record, alternate, ratio
from sizes import Sizes

__all__ = ["measure"]

TIMED_ALERTS = 2_000
"""Small loci are timed together: one alone takes less time than the noise of the machine."""


def measure(sizes: Sizes) -> Record:
    """Compare the ways to extract a light curve."""
    return {"ratios": [record for alerts in sizes.extracted for record in _compare(alerts, sizes)]}


def _compare(alerts: int, sizes: Sizes) -> list[Record]:
    times = max(1, TIMED_ALERTS // alerts)
    ways = _ways(large_locus(alerts))
    acts = {name: partial(_repeat, way, times) for name, way in ways.items()}
    alternate(acts, 1)
    taken = alternate(acts, sizes.extract_rounds)
    ours = taken.pop("``extract_lightcurve``")
    what = f"``extract_lightcurve``, {alerts:,} alerts"
    return [ratio(what, name, ours, other) for name, other in taken.items()]


def _ways(locus: Mapping[str, Any]) -> dict[str, Callable[[], Any]]:
    from antares_devkit.models import DevKitLocus

    from antares_helpers import extract_lightcurve

    devkit_timeseries = partial(DevKitLocus.model_validate(locus).timeseries, "lsst")
    return {
        "``extract_lightcurve``": lambda: extract_lightcurve(locus),
        "the tutorial's loop": lambda: _loop(locus),
        "the client's ``timeseries``": _client_timeseries(locus),
        "the devkit's ``timeseries``": lambda: _quietly(devkit_timeseries),
    }


def _repeat(act: Callable[[], object], times: int) -> None:
    for _ in range(times):
        act()


def _quietly(act: Callable[[], object]) -> None:
    """Call without printing: the devkit reports each time that Rubin's alerts lack ZTF's fields."""
    with redirect_stdout(StringIO()):
        act()


def _loop(locus: Mapping[str, Any]) -> tuple[Any, ...]:
    """Do what the original tutorial does: four lists, then arrays, signs multiplied."""
    mjd, band, flux, is_negative = [], [], [], []
    for alert in locus["alerts"]:
        if alert["id"].startswith("lsst"):
            properties = alert["properties"]
            mjd.append(alert["mjd"])
            band.append(properties["lsst_diaSource_band"])
            flux.append(properties["lsst_diaSource_psfFlux"])
            is_negative.append(properties["lsst_diaSource_isNegative"])
    signed = np.where(is_negative, -np.abs(flux), flux)
    return np.array(mjd), np.array(band), signed


def _client_timeseries(locus: Mapping[str, Any]) -> Callable[[], Any]:
    from antares_client.models import Alert, Locus

    alerts = [Alert(each["id"], each["mjd"], each["properties"]) for each in locus["alerts"]]
    model = Locus(locus["id"], locus["ra"], locus["dec"], {}, [], alerts=alerts)

    def make() -> Any:
        model.timeseries = None  # the client would return the one from before
        return model.timeseries

    return make
