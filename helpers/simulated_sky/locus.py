"""From alerts to a locus and its file."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from statistics import fmean
from typing import Any

from antares_helpers.locus_file import FORMAT, VERSION
from antares_sandbox.grav_wave import GW_EVENT_ID
from antares_sandbox.store.format import Alert, ForcedPhotometry, LocusFile, Wire
from simulated_sky.catalogs import Match, catalog_objects, wire_matches
from simulated_sky.grav_wave import with_grav_wave_events
from simulated_sky.tags import pipeline_tags

__all__ = ["CREATED", "PREFIX", "make_locus_file"]

CREATED = "2026-11-22T00:00:00Z"
"""The date in every header: fixed, so that the files are always the same."""

PREFIX = "ANT2026sim"
"""With this the IDs of simulated loci begin: no real one does."""

_FEATURE_TAG, _LEAST_ALERTS = "lc_feature_extractor", 4


def make_locus_file(
    locus_id: str,
    alerts: Sequence[Alert],
    *,
    sim_class: str,
    properties: Mapping[str, Any] | None = None,
    matches: Sequence[Match] = (),
    forced: Sequence[ForcedPhotometry] = (),
) -> LocusFile:
    """Return the content of the file of a simulated locus.

    Parameters
    ----------
    locus_id : str
        The ID.
    alerts : sequence of Alert
        Its alerts, in the order of time.
    sim_class : str
        The class of the source.
    properties : mapping, optional
        The truth about it, beside ``simulated``, ``sim_class`` and the features of the light curve.
    matches : sequence of Match, optional
        Catalog objects near it.
    forced : sequence of ForcedPhotometry, optional
        Forced photometry at each of its diaObjects.

    Returns
    -------
    LocusFile
        The content.
    """
    placed = [alert["properties"] for alert in alerts if "ant_ra" in alert["properties"]]
    ra = round(fmean(row["ant_ra"] for row in placed), 8)
    dec = round(fmean(row["ant_dec"] for row in placed), 8)
    features = _features(alerts)
    truth = {"simulated": "true", "sim_class": sim_class, **(properties or {})}
    tags = [*pipeline_tags(locus_id, alerts, ra, dec), *([_FEATURE_TAG] if features else [])]
    marked = with_grav_wave_events(alerts, ra, dec)
    file: LocusFile = {
        "header": {"format": FORMAT, "version": VERSION, "source": "simulated", "created": CREATED},
        "locus": {
            "id": locus_id,
            "ra": ra,
            "dec": dec,
            "user_tags": ["simulated", *tags],
            "old_properties": {**_internal(alerts), **truth, **features},
            "catalog_objects": catalog_objects(matches),
            "grav_wave_events_metadata": {},
            "alerts": marked,
        },
    }
    wire = _wire(ra, dec, matches, marked, forced)
    return {**file, "wire": wire} if wire else file


def _wire(
    ra: float,
    dec: float,
    matches: Sequence[Match],
    alerts: Sequence[Alert],
    forced: Sequence[ForcedPhotometry],
) -> Wire:
    wire: Wire = {}
    if any(alert["grav_wave_events"] for alert in alerts):
        wire["locus"] = {"grav_wave_events": [GW_EVENT_ID]}
    if matches:
        wire["catalog_matches"] = wire_matches(matches, ra, dec)
    if forced:
        wire["forced_photometry"] = list(forced)
    return wire


def _internal(alerts: Sequence[Alert]) -> dict[str, Any]:
    bright = [alert for alert in alerts if "ant_mag" in alert["properties"]]
    named = {"newest": alerts[-1], "oldest": alerts[0]}
    if bright:
        brightest = min(bright, key=lambda alert: float(alert["properties"]["ant_mag"]))
        named = {"brightest": brightest, "newest": bright[-1], "oldest": bright[0]}
    described = [_described(name, alert) for name, alert in named.items()]
    return {
        "num_alerts": len(alerts),
        "num_mag_values": len(bright),
        **{key: value for row in described for key, value in row.items()},
        "is_corrected": "true" if bright else "false",
        **_surveys(alerts),
    }


def _described(name: str, alert: Alert) -> dict[str, Any]:
    row: dict[str, Any] = {f"{name}_alert_id": alert["id"]}
    if "ant_mag" in alert["properties"]:
        row[f"{name}_alert_magnitude"] = alert["properties"]["ant_mag"]
    return {**row, f"{name}_alert_observation_time": alert["mjd"]}


def _surveys(alerts: Sequence[Alert]) -> dict[str, Any]:
    def values(name: str) -> list[Any]:
        found = (alert["properties"].get(name) for alert in alerts)
        return list(dict.fromkeys(value for value in found if value))

    survey: dict[str, Any] = {
        "lsst": {
            "dia_object_id": [str(value) for value in values("lsst_diaSource_diaObjectId")],
            "ss_object_id": [str(value) for value in values("lsst_diaSource_ssObjectId")],
        }
    }
    ztf = values("ztf_object_id")
    if not ztf:
        return {"survey": survey}
    survey["ztf"] = {
        "id": ztf,
        "field": values("ztf_field"),
        "rcid": values("ztf_rcid"),
        "ssnamenr": [],
    }
    return {"survey": survey, "ztf_object_id": ztf[0]}


def _features(alerts: Sequence[Alert]) -> dict[str, float]:
    """Return what the feature extractor of ANTARES writes: mean and half range, by band."""
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
