"""From a locus file to the packet of one alert, as Rubin sends it: fluxes with their sign."""

from hashlib import blake2b
from math import copysign, inf, nan
from typing import Any, Final

from antares_sandbox.store.alert_schema import (
    ALERT,
    DIA_FORCED_SOURCE,
    DIA_OBJECT,
    DIA_SOURCE,
    SS_SOURCE,
    Field,
)
from antares_sandbox.store.format import Alert, ForcedPhotometry, LocusFile

__all__ = ["HISTORY_D", "alert_packet"]

HISTORY_D: Final = 365.0
"""How far back a packet reaches, in days: 12 months."""

_SOURCE, _OBJECT, _SS_SOURCE = "lsst_diaSource_", "lsst_diaObject_", "lsst_ssSource_"
_PROCESSED_AFTER_D = 0.0012
_NEVER_NULL = {"double": nan, "float": nan, "long": 0, "int": 0}
_LIMITS = {"double": inf, "float": 3.4e38, "long": 2**63, "int": 2**31}

Row = dict[str, Any]


def alert_packet(file: LocusFile, alert: Alert) -> Row:
    """Return the packet of an alert, without images.

    The previous detections are the earlier alerts of its diaObject. The forced photometry is that
    of all visits up to its own, with a detection or without. Both reach back 12 months.

    Parameters
    ----------
    file : LocusFile
        The file of its locus.
    alert : Alert
        One of its alerts from Rubin.

    Returns
    -------
    dict
        The record, with the names of Rubin's schema. A value that the file lacks is None, or NaN
        or 0 if the schema allows no null.
    """
    alerts, properties, key = file["locus"]["alerts"], alert["properties"], _object_id(alert)
    unsigned = any(_lacks_its_sign(each["properties"]) for each in alerts)
    source = _dia_source(alert, unsigned)
    earlier = [each for each in alerts if each["mjd"] < alert["mjd"] and key]
    earlier = sorted((each for each in earlier if _object_id(each) == key), key=_mjd)
    known = file.get("wire", {}).get("forced_photometry", [])
    forced = next((each for each in known if each["diaObjectId"] == key), None)
    return {
        **_record(ALERT, properties, "lsst_"),
        "diaSourceId": source["diaSourceId"],
        "diaSource": source,
        "prvDiaSources": [_dia_source(each, unsigned) for each in earlier if _within(each, alert)],
        "prvDiaForcedSources": _forced_sources(forced, alert) if forced else [],
        "diaObject": _dia_object(forced or file["locus"], source, earlier, alert) if key else None,
        "ssSource": _ss_source(properties, source),
        "mpc_orbits": None,
    }


def _mjd(alert: Alert) -> float:
    return alert["mjd"]


def _within(alert: Alert, last: Alert) -> bool:
    return last["mjd"] - HISTORY_D <= alert["mjd"]


def _signed_flux(properties: Row, unsigned: bool) -> float | None:
    """Return psfFlux with its sign, as Rubin sends it.

    ANTARES may report negative fluxes as positive: then rows with isNegative are. In such a locus
    scienceFlux - templateFlux gives the sign of the others: dipoles can be negative too.
    """
    flux, science, template = (
        _of_type("double", properties.get(f"{_SOURCE}{name}Flux"))
        for name in ("psf", "science", "template")
    )
    if flux is None:
        return None
    if _is_negative(properties):
        return -abs(float(flux))
    if unsigned and science is not None and template is not None:
        return copysign(flux, science - template)
    return float(flux)


def _is_negative(properties: Row) -> bool:
    return _of_type("boolean", properties.get(f"{_SOURCE}isNegative")) is True


def _lacks_its_sign(properties: Row) -> bool:
    return (
        _is_negative(properties)
        and (_of_type("double", properties.get(f"{_SOURCE}psfFlux")) or 0.0) > 0
    )


def _object_id(alert: Alert) -> int | None:
    """Return the diaObject of a detection; a solar-system object has none."""
    names = (f"{prefix}diaObjectId" for prefix in (_SOURCE, _OBJECT))
    found = (_of_type("long", alert["properties"].get(name)) for name in names)
    return next((int(each) for each in found if each), None)


def _dia_source(alert: Alert, unsigned: bool) -> Row:
    properties = alert["properties"]
    known = {
        f"{_SOURCE}midpointMjdTai": alert["mjd"],
        **properties,
        f"{_SOURCE}diaSourceId": alert["id"].partition(":")[2],
        f"{_SOURCE}diaObjectId": _object_id(alert),
        f"{_SOURCE}psfFlux": _signed_flux(properties, unsigned),
    }
    return _record(DIA_SOURCE, known, _SOURCE)


def _forced_sources(forced: ForcedPhotometry, alert: Alert) -> list[Row]:
    columns = [name for name, values in forced.items() if isinstance(values, list | str)]
    rows = zip(*(forced[name] for name in columns), strict=True)  # type: ignore[literal-required]
    return [
        _forced_source(forced, dict(zip(columns, row, strict=True)))
        for row in rows
        if alert["mjd"] - HISTORY_D <= row[columns.index("midpointMjdTai")] <= alert["mjd"]
    ]


def _forced_source(forced: ForcedPhotometry, measured: Row) -> Row:
    place = {name: value for name, value in forced.items() if name in ("diaObjectId", "ra", "dec")}
    key = f"{forced['diaObjectId']} {measured['visit']} {measured['detector']}"
    return {
        **dict.fromkeys(field.name for field in DIA_FORCED_SOURCE),
        "diaForcedSourceId": int.from_bytes(blake2b(key.encode(), digest_size=8).digest()) >> 1,
        **place,
        **measured,
        "timeProcessedMjdTai": round(measured["midpointMjdTai"] + _PROCESSED_AFTER_D, 8),
    }


def _dia_object(place: Any, source: Row, earlier: list[Alert], alert: Alert) -> Row:
    bands = [each["properties"].get(f"{_SOURCE}band") for each in (*earlier, alert)]
    known = {
        f"{_OBJECT}diaObjectId": source["diaObjectId"],
        f"{_OBJECT}validityStartMjdTai": source["timeProcessedMjdTai"],
        f"{_OBJECT}ra": place["ra"],
        f"{_OBJECT}dec": place["dec"],
        f"{_OBJECT}nDiaSources": len(bands),
        **{f"{_OBJECT}{band}_psfFluxNdata": bands.count(band) for band in "ugrizy"},
    }
    return _record(DIA_OBJECT, {**known, **alert["properties"]}, _OBJECT)


def _ss_source(properties: Row, source: Row) -> Row | None:
    if not any(name.startswith(_SS_SOURCE) for name in properties):
        return None
    return {
        **_record(SS_SOURCE, properties, _SS_SOURCE),
        "diaSourceId": source["diaSourceId"],
    }


def _record(fields: tuple[Field, ...], properties: Row, prefix: str) -> Row:
    row = {field: _of_type(field.kind, properties.get(prefix + field.name)) for field in fields}
    return {
        field.name: _NEVER_NULL[field.kind] if value is None and not field.nullable else value
        for field, value in row.items()
    }


def _of_type(kind: str, value: Any) -> Any:
    """Return a value of JSON in a type of Avro, or None if it has none."""
    if kind == "boolean":
        return value if isinstance(value, bool) else {"true": True, "false": False}.get(str(value))
    if kind == "string":
        return value if isinstance(value, str) else None
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = int(value) if kind in ("int", "long") else float(value)
    except (ValueError, OverflowError):
        return None
    return number if abs(number) < _LIMITS[kind] else None
