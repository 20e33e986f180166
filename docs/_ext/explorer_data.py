"""The loci of the explorer: of each alert, only what `extract_lightcurve` reads.

Numbers are exact. IDs beyond 2**53, which JavaScript can't hold, are strings; the helpers read both
in the same way.
"""

import json
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import itemgetter
from typing import Any

import numpy as np

from antares_helpers.lightcurves.alerts import DETECTOR
from antares_helpers.lightcurves.lsst import (
    FLAGS,
    FLUX_MAX,
    FLUX_MIN,
    LSST_PROPERTIES,
    SCIENCE_FLUX,
    SCIENCE_FLUX_ERR,
    SCIENCE_FLUX_FLAG,
    TEMPLATE_FLUX,
    VISIT,
)
from antares_sandbox.store.alert_packet import alert_packet

__all__ = ["PROPERTIES", "as_script", "exported", "kind_of"]

_LSST = (
    *LSST_PROPERTIES.values(),
    *(VISIT, DETECTOR, SCIENCE_FLUX, SCIENCE_FLUX_ERR, SCIENCE_FLUX_FLAG, TEMPLATE_FLUX),
    *(*FLAGS, *FLUX_MIN.values(), *FLUX_MAX.values(), "ant_time_received"),
)
_ZTF = (
    *("ztf_isdiffpos", "ant_maglim", "ztf_diffmaglim", "ant_mag", "ztf_magpsf", "ant_magerr"),
    *("ztf_sigmapsf", "ztf_drb", "ztf_rb", "ztf_pid", "ant_passband", "ztf_fid", "ztf_exptime"),
    "ant_time_received",
)
PROPERTIES = {"lsst": _LSST, "ztf": _ZTF}
"""The properties of an alert that decide about a light curve, by survey."""

_FORCED = ("diaObjectId", "visit", "detector", "band", "midpointMjdTai")
_FORCED_FLUXES = ("psfFlux", "psfFluxErr", "scienceFlux", "scienceFluxErr")
_EXACT = 2**53

Row = Mapping[str, Any]


def as_script(function: str, content: Any) -> str:
    """Return a call of a function of the page with some data: pages opened as files read that."""
    text = json.dumps(content, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    return f"{function}({text});\n"


def kind_of(file: Row) -> str:
    """Return the kind of source that a locus file simulates."""
    kind: str = file["locus"]["old_properties"].get("sim_class", "other")
    return "artifact" if kind.startswith("artifact") else kind


def exported(file: Row) -> dict[str, Any]:
    """Return a locus for the explorer.

    Parameters
    ----------
    file : dict
        The content of a locus file.

    Returns
    -------
    dict
        Of the alerts ``ids``, ``mjds`` and, by name, ``properties``; and ``packet``, what
        `fetch_alert_packet` adds: the signs of the fluxes, and forced photometry.
    """
    locus = file["locus"]
    properties, alerts = locus["old_properties"], locus["alerts"]
    known = {"num_alerts": "num_alerts", "replaced_by": "replaced_by", "period": "sim_period_d"}
    return {
        "id": locus["id"],
        "kind": kind_of(file),
        "simulated": True,
        **{name: properties[given] for name, given in known.items() if given in properties},
        "ids": [alert["id"] for alert in alerts],
        "mjds": [alert["mjd"] for alert in alerts],
        "properties": _columns([_read(alert) for alert in alerts]),
        "packet": _packet(file),
    }


def _read(alert: Row) -> Row:
    names = PROPERTIES.get("ztf" if alert["id"].startswith("ztf") else "lsst", ())
    return {name: alert["properties"].get(name) for name in names}


def _columns(rows: Sequence[Row]) -> dict[str, Any]:
    """Return a list of each property, or its one value if it is the same for all alerts."""
    names = dict.fromkeys(name for row in rows for name in row)
    columns = {name: [_exact(row.get(name)) for row in rows] for name in names}
    return {
        name: values[0] if all(each == values[0] for each in values) else values
        for name, values in columns.items()
        if any(map(_is_needed(name), values))
    }


def _is_needed(name: str) -> Callable[[Any], bool]:
    """Return a test of values: a flag that is not set says no more than a missing one."""
    return bool if name in FLAGS else lambda value: value is not None


def _exact(value: Any) -> Any:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if is_number and not math.isfinite(value):
        return None
    return str(value) if type(value) is int and abs(value) > _EXACT else value


def _packet(file: Row) -> dict[str, Any] | None:
    """Return what `fetch_alert_packet` of a locus adds; None if it has no LSST alert."""
    alerts = [each for each in file["locus"]["alerts"] if each["id"].startswith("lsst")]
    if not alerts:
        return None
    newest = max(alerts, key=itemgetter("mjd"))
    record = alert_packet(file, newest)  # type: ignore[arg-type]
    sources = {
        each["diaSourceId"]: each for each in (record["diaSource"], *record["prvDiaSources"])
    }
    forced = record["prvDiaForcedSources"]
    if len({(row["diaObjectId"], row["visit"], row["detector"]) for row in forced}) < len(forced):
        raise ValueError("the explorer can't choose between forced photometry of one exposure")
    columns = _columns([{name: row[name] for name in _FORCED} for row in forced])
    fluxes = {name: [_single(row[name]) for row in forced] for name in _FORCED_FLUXES}
    return {"signs": _signs(file["locus"]["alerts"], sources), **columns, **fluxes}


def _signs(alerts: Iterable[Row], sources: dict[int, Row]) -> str:
    """Return for each alert the sign of its flux in the packet; a space if it is not there."""
    signs = ""
    for alert in alerts:
        number = alert["id"].rpartition(":")[2]
        source = sources.pop(int(number), None) if number.isdigit() else None
        flux = None if source is None else source["psfFlux"]
        signs += " " if source is None else "0" if not flux else "-" if flux < 0 else "+"
    if sources:
        raise ValueError(f"the explorer can't show detections of a packet alone: {list(sources)}")
    return signs


def _single(value: float | None) -> float | None:
    """Return a number that becomes the packet's own, of 32 bits, where it is rounded to these."""
    single = np.float32(np.nan if value is None else value)
    if not np.isfinite(single):
        return None
    short = float(str(single))
    return short if np.float32(short) == single else float(single)
