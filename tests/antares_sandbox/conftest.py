"""The content of the bundled locus files, and helpers to write others."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from antares_sandbox import BUNDLED


@pytest.fixture(scope="session")
def bundled() -> dict[str, dict[str, Any]]:
    """The content of each bundled file, by locus ID."""
    files = [json.loads(path.read_text("utf-8")) for path in sorted(BUNDLED.glob("*.json"))]
    return {file["locus"]["id"]: file for file in files}


@pytest.fixture
def small_file() -> dict[str, Any]:
    """The content of a locus file with one alert of each kind, without `wire`."""
    return copy.deepcopy(_SMALL)


@pytest.fixture
def write(tmp_path: Path) -> Callable[[dict[str, Any]], Path]:
    """Write a locus file into a folder of its own; returns the folder."""

    def to_folder(file: dict[str, Any]) -> Path:
        folder = tmp_path / "loci"
        folder.mkdir(exist_ok=True)
        path = folder / f"{file['locus']['id']}.json"
        path.write_text(json.dumps(file), encoding="utf-8")
        return folder

    return to_folder


def _alert(identity: str, mjd: float, properties: dict[str, Any]) -> dict[str, Any]:
    return {"id": identity, "mjd": mjd, "properties": properties, "grav_wave_events": []}


_SMALL: dict[str, Any] = {
    "header": {
        "format": "antares-locus",
        "version": 1,
        "source": "simulated",
        "created": "2026-11-22T00:00:00Z",
    },
    "locus": {
        "id": "ANT2026small",
        "ra": 10.0,
        "dec": -30.0,
        "user_tags": ["simulated"],
        "old_properties": {"num_alerts": 4, "my_property": 1.5, "survey": {}},
        "catalog_objects": {
            "gaia_dr3_gaia_source": [{"ra": 10.0, "dec": -30.001}, {"ra": 10.0, "dec": -30.0}],
            "no_position": [{"name": "x"}],
        },
        "grav_wave_events_metadata": {},
        "alerts": [
            _alert("ztf_upper_limit:ZTF26aasimul-1", 61199.25, {"ant_survey": 2}),
            _alert("ztf_candidate:12", 61199.5, {"ant_survey": 1, "ant_mag": 19.25}),
            _alert("decat_nsf:3", 61200.0, {"ant_survey": 3}),
            _alert(
                "lsst:170112073793011889",
                61200.5,
                {
                    "ant_survey": 4,
                    "lsst_diaSource_scienceFlux": 1000.0,
                    "lsst_diaSource_scienceFluxErr": 10.0,
                },
            ),
        ],
    },
}
