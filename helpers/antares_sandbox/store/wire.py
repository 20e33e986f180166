"""From a locus file to API v2's responses: their data, and their JSON, encoded once."""

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from antares_helpers.errors import BadDataError
from antares_sandbox.responses import encode
from antares_sandbox.store.defaults import (
    INTERNAL_PROPERTIES,
    default_lightcurve,
    default_match,
    default_wire_alert,
)
from antares_sandbox.store.format import Locus, LocusFile, Wire, WireLocus, WireMatch

__all__ = [
    "Payloads",
    "alerts_data",
    "catalog_matches_data",
    "locus_data",
    "make_payloads",
    "search_data",
    "statistics_data",
]


def locus_data(file: LocusFile) -> dict[str, Any]:
    """Return the ``data`` of ``loci/{id}``."""
    locus = file["locus"]
    known = file.get("wire", {}).get("locus", {})
    properties = locus["old_properties"]
    user = known.get("user_properties", [k for k in properties if k not in INTERNAL_PROPERTIES])
    lightcurve = known.get("lightcurve")
    return {
        **{k: v for k, v in known.items() if k not in WireLocus.__annotations__},
        "id": locus["id"],
        "htm16": known.get("htm16"),
        "ra": locus["ra"],
        "dec": locus["dec"],
        "grav_wave_events": known.get("grav_wave_events", _grav_wave_events(locus)),
        "internal_properties": {k: v for k, v in properties.items() if k not in user},
        "user_properties": {k: v for k, v in properties.items() if k in user},
        "lightcurve": default_lightcurve(locus["alerts"]) if lightcurve is None else lightcurve,
        "tags": locus["user_tags"],
        "catalogs": known.get("catalogs", list(locus["catalog_objects"])),
    }


def search_data(file: LocusFile) -> dict[str, Any]:
    """Return the ``locus`` of an entry in the ``data`` of ``loci``."""
    locus = file["locus"]
    known = file.get("wire", {}).get("locus", {})
    return {
        "locus_id": locus["id"],
        "htm16": known.get("htm16"),
        "ra": locus["ra"],
        "dec": locus["dec"],
        "properties": locus["old_properties"],
        "tags": locus["user_tags"],
        "catalogs": known.get("catalogs", list(locus["catalog_objects"])),
        "grav_wave_events": known.get("grav_wave_events", _grav_wave_events(locus)),
    }


def alerts_data(file: LocusFile) -> list[dict[str, Any]]:
    """Return the ``data`` of ``loci/{id}/alerts``."""
    alerts = file["locus"]["alerts"]
    known = file.get("wire", {}).get("alerts") or [{}] * len(alerts)
    return [
        {**alert, **default_wire_alert(alert), **wire}
        for alert, wire in zip(alerts, known, strict=True)
    ]


def catalog_matches_data(file: LocusFile) -> list[dict[str, Any]]:
    """Return the ``data`` of ``loci/{id}/catalog-matches``."""
    locus = file["locus"]
    rows = {name: iter(objects) for name, objects in locus["catalog_objects"].items()}
    return [
        {**match, "properties": next(rows[match["catalog_name"]])}
        for match in _matches(locus, file.get("wire", {}))
    ]


def _matches(locus: Locus, wire: Wire) -> Iterator[WireMatch]:
    if "catalog_matches" in wire:
        yield from wire["catalog_matches"]
        return
    for name, objects in locus["catalog_objects"].items():
        for number, properties in enumerate(objects, start=1):
            yield default_match(locus, name, number, properties)


def _grav_wave_events(locus: Locus) -> list[str]:
    events = dict.fromkeys(locus["grav_wave_events_metadata"])
    for alert in locus["alerts"]:
        if alert["grav_wave_events"]:
            events |= dict.fromkeys(event["gracedb_id"] for event in alert["grav_wave_events"])
    return list(events)


def statistics_data(
    catalogs: Mapping[str, int], tags: Mapping[str, int], measurements: Collection[int]
) -> dict[str, Any]:
    """Return the ``data`` of ``loci/statistics``."""
    return {
        "id": "statistics",
        "catalogs": dict(sorted(catalogs.items())),
        "tags": dict(sorted(tags.items())),
        "min_num_measurements": min(measurements, default=0),
        "max_num_measurements": max(measurements, default=0),
    }


class Payloads(NamedTuple):
    """The JSON of ``loci/{id}``, ``loci/{id}/alerts`` and ``loci/{id}/catalog-matches``."""

    locus: bytes
    alerts: bytes
    catalog_matches: bytes


def make_payloads(path: Path, file: LocusFile) -> Payloads:
    """Encode the responses about a locus.

    Parameters
    ----------
    path : pathlib.Path
        The file, named in the error.
    file : LocusFile
        Its content.

    Returns
    -------
    Payloads
        The responses.

    Raises
    ------
    BadDataError
        If no response can be made from the file.
    """
    try:
        return Payloads(
            locus=_encode(locus_data(file)),
            alerts=_encode(alerts_data(file)),
            catalog_matches=_encode(catalog_matches_data(file)),
        )
    except (ArithmeticError, LookupError, TypeError, ValueError) as error:
        raise BadDataError(f"{path} can't be served: {error!r}.") from error


def _encode(data: dict[str, Any] | list[dict[str, Any]]) -> bytes:
    return encode({"data": data})
