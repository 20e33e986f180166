"""Packets as Rubin's Alerts API sends them, of alerts made by hand and of simulated loci."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from astropy.io import fits
from astropy.table import Table
from building import OBJECT_ID

from antares_sandbox import BUNDLED

PREFIX = "lsst_diaSource_"
FORCED_TYPES = {
    "diaForcedSourceId": np.int64,
    "diaObjectId": np.int64,
    "visit": np.int64,
    "detector": np.int16,
    "band": "U1",
    "midpointMjdTai": np.float64,
    **dict.fromkeys(("ra", "dec", "timeProcessedMjdTai"), np.float64),
    **dict.fromkeys(("psfFlux", "psfFluxErr", "scienceFlux", "scienceFluxErr"), np.float32),
}
"""The types of the columns, as in Rubin's schema."""


def packet_of(sources: Sequence[Mapping[str, Any]], forced: Sequence[Mapping[str, Any]] = ()):
    """Make a packet of these rows of DIASOURCE and FORCEDPHOT."""
    hdus = fits.HDUList([fits.PrimaryHDU()])
    hdus.append(_hdu("DIASOURCE", Table(list(sources))))
    if forced:
        table = Table(list(forced))
        for name in table.colnames:
            table[name] = table[name].astype(FORCED_TYPES[name])
        hdus.append(_hdu("FORCEDPHOT", table))
    return hdus


def source_of(alert: Mapping[str, Any], **changes: Any) -> dict[str, Any]:
    """Make the row of DIASOURCE of an alert; its own fluxes are 64-bit floats here."""
    given = {
        name.removeprefix(PREFIX): value
        for name, value in alert["properties"].items()
        if name.startswith(PREFIX)
    }
    number = int(alert["id"].rpartition(":")[2])
    own = {"diaSourceId": number, "midpointMjdTai": float(alert["mjd"])}
    return {"visit": 1, "detector": 1} | given | own | changes


def forced_row(visit: int = 7, mjd: float = 61200.0, **changes: Any) -> dict[str, Any]:
    """Make a row of FORCEDPHOT."""
    defaults = {
        "diaForcedSourceId": visit,
        "diaObjectId": OBJECT_ID,
        "visit": visit,
        "detector": 1,
        "band": "r",
        "midpointMjdTai": mjd,
        "psfFlux": 100.0,
        "psfFluxErr": 50.0,
        "scienceFlux": 2100.0,
        "scienceFluxErr": 40.0,
    }
    return defaults | changes


def simulated_file(locus_id: str) -> dict[str, Any]:
    """Return the content of the file of a simulated locus."""
    content: dict[str, Any] = json.loads((Path(BUNDLED) / f"{locus_id}.json").read_text("utf-8"))
    return content


def simulated_packets(content: Mapping[str, Any]) -> list[fits.HDUList]:
    """Make the newest packet of each diaObject of a simulated locus, with all of its visits."""
    alerts = [each for each in content["locus"]["alerts"] if each["id"].startswith("lsst")]
    packets = []
    for forced in content["wire"]["forced_photometry"]:
        sources = [source_of(each) for each in alerts]
        sources = [each for each in sources if each["diaObjectId"] == forced["diaObjectId"]]
        names = sorted(set.intersection(*map(set, sources)))
        size = len(forced["visit"])
        flat = {name: list(value) if isinstance(value, list | str) else [value] * size
                for name, value in forced.items()}  # fmt: skip
        truth = dict(zip(zip(flat["visit"], flat["detector"], strict=True), flat["psfFlux"],
                         strict=True))  # fmt: skip
        for each in sources:
            sign = np.sign(truth[each["visit"], each["detector"]])
            each["psfFlux"] = float(sign * abs(each["psfFlux"]))
        rows = [dict(zip(flat, row, strict=True)) for row in zip(*flat.values(), strict=True)]
        packets.append(packet_of([{name: each[name] for name in names} for each in sources], rows))
    return packets


def _hdu(name: str, table: Table) -> fits.BinTableHDU:
    hdu = fits.table_to_hdu(table)
    hdu.name = name
    return hdu
