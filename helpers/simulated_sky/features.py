"""The properties that the feature extractor of ANTARES writes, as far as they are simulated."""

from collections import defaultdict
from collections.abc import Sequence
from statistics import fmean

from antares_sandbox.store.format import Alert

__all__ = ["FEATURE_TAG", "feature_properties"]

FEATURE_TAG = "lc_feature_extractor"
"""The tag of loci that have these properties."""

_LEAST_ALERTS = 4


def feature_properties(alerts: Sequence[Alert]) -> dict[str, float]:
    """Return mean and half range of the magnitudes, for each band with enough of them.

    Parameters
    ----------
    alerts : sequence of Alert
        The alerts of a locus.

    Returns
    -------
    dict of str to float
        ``feature_mean_magn_<band>`` and ``feature_amplitude_magn_<band>``.
    """
    magnitudes: defaultdict[str, list[float]] = defaultdict(list)
    for alert in alerts:
        properties = alert["properties"]
        if "ant_mag" in properties and "ant_passband" in properties:
            magnitudes[properties["ant_passband"]].append(properties["ant_mag"])
    features = {}
    for band, values in magnitudes.items():
        if len(values) >= _LEAST_ALERTS:
            features[f"feature_mean_magn_{band}"] = round(fmean(values), 8)
            features[f"feature_amplitude_magn_{band}"] = round((max(values) - min(values)) / 2, 8)
    return features
