"""Measure ratios in one run: python tests/benchmarks/run.py (make bench).

Machines are noisy, so nothing is compared with a figure from another run: each pair is measured in
turns, and the median of the ratios is printed.
"""

import subprocess
import sys
import time
import warnings
from collections.abc import Callable, Mapping
from statistics import median
from typing import Any

import numpy as np

from antares_sandbox import LARGE_ID, TUTORIAL_ID, Sandbox, simulate_large
from antares_sandbox.faults import Delay

DELAY = 0.1
"""Seconds that each request takes, for the comparison of ways to fetch."""

ROUNDS = 15
ALERTS = 10_000


def seconds(act: Callable[[], Any]) -> float:
    """Return how long a call takes."""
    start = time.perf_counter()
    act()
    return time.perf_counter() - start


def ratio(ours: Callable[[], Any], other: Callable[[], Any], rounds: int = ROUNDS) -> float:
    """Return the median of ours / other, measured in turns after one round of warming up."""
    ours(), other()
    return median(seconds(ours) / seconds(other) for _ in range(rounds))


def bare_loop(locus: Mapping[str, Any]) -> tuple[Any, ...]:
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


def compare_fetching() -> float:
    """Compare fetch_locus with the three requests of the client, each request delayed."""
    from antares_client import search

    from antares_helpers import fetch_locus

    with Sandbox() as sandbox:
        sandbox.fail("**", Delay(DELAY), times=None)
        return ratio(
            lambda: fetch_locus(TUTORIAL_ID),
            lambda: search.get_by_id(TUTORIAL_ID).to_devkit(include_catalogs=True),
        )


def compare_extracting() -> tuple[float, float]:
    """Compare extract_lightcurve with the devkit's time series and with the bare loop."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from antares_devkit.models import DevKitLocus

    from antares_helpers import extract_lightcurve

    locus = simulate_large(ALERTS)["locus"]
    devkit_locus = DevKitLocus.model_validate(locus)

    def ours() -> Any:
        return extract_lightcurve(locus)

    with_devkit = ratio(lambda: devkit_locus.timeseries("lsst"), ours, rounds=3)
    return with_devkit, ratio(ours, lambda: bare_loop(locus))


def compare_importing() -> float:
    """Compare the import of antares_helpers with that of what it stands on."""

    def run(program: str) -> Callable[[], Any]:
        return lambda: subprocess.run([sys.executable, "-c", program], check=True)

    return ratio(
        run("import antares_helpers"), run("import antares_client, astropy.timeseries"), rounds=5
    )


def main() -> None:
    """Print every ratio."""
    print(f"fetch_locus / client, {1000 * DELAY:.0f} ms a request: {compare_fetching():.2f}")
    devkit, bare = compare_extracting()
    properties = len(simulate_large(1)["locus"]["alerts"][0]["properties"])
    print(f"{LARGE_ID}: {ALERTS} alerts of {properties} properties")
    print(f"DevKitLocus.timeseries / extract_lightcurve: {devkit:.0f}")
    print(f"extract_lightcurve / bare loop: {bare:.1f}")
    print(f"import antares_helpers / antares_client and astropy: {compare_importing():.2f}")


if __name__ == "__main__":
    main()
