import importlib.util
import json
from pathlib import Path

import pytest
from looping import for_each

from simulated_sky import simulate_large, simulate_loci

SCHEMA_VERSION = (11, 1)
RECORDS = ("diaSource", "diaObject", "ssSource")
TYPES = {
    "boolean": bool,
    "int": int,
    "long": int,
    "float": float,
    "double": float,
    "string": str,
}
ANTARES = {
    "ant_dec": float,
    "ant_mag": float,
    "ant_magerr": float,
    "ant_maglim": float,
    "ant_mjd": float,
    "ant_passband": str,
    "ant_ra": float,
    "ant_survey": int,
    "ant_time_received": int,
    "ztf_candid": int,
    "ztf_dec": float,
    "ztf_diffmaglim": float,
    "ztf_distnr": float,
    "ztf_drb": float,
    "ztf_exptime": float,
    "ztf_fid": int,
    "ztf_field": int,
    "ztf_fwhm": float,
    "ztf_isdiffpos": str,
    "ztf_jd": float,
    "ztf_magnr": float,
    "ztf_magpsf": float,
    "ztf_nbad": int,
    "ztf_object_id": str,
    "ztf_pid": int,
    "ztf_programid": int,
    "ztf_ra": float,
    "ztf_rb": float,
    "ztf_rcid": int,
    "ztf_sigmagnr": float,
    "ztf_sigmapsf": float,
}
FILES = {file["locus"]["id"]: file for file in [*simulate_loci(), simulate_large(20)]}


def schema_folder():
    """Return the folder of Rubin's schemas, without importing what reads them."""
    try:
        spec = importlib.util.find_spec("lsst.alert")
    except ModuleNotFoundError:
        spec = None
    if spec is None:
        pytest.skip("needs Rubin's schemas: install lsst-alert-packet")
    major, minor = map(str, SCHEMA_VERSION)
    return Path(spec.submodule_search_locations[0]) / "packet" / "schema" / major / minor


@pytest.fixture(scope="module")
def types():
    """Return the type of each property that ANTARES can have from Rubin, and of its own."""
    known = dict(ANTARES)
    version = "_".join(map(str, SCHEMA_VERSION))
    for record in RECORDS:
        path = schema_folder() / f"lsst.v{version}.{record}.avsc"
        for field in json.loads(path.read_text("utf-8"))["fields"]:
            name = field["type"] if isinstance(field["type"], str) else field["type"][-1]
            known[f"lsst_{record}_{field['name']}"] = TYPES[name]
    return known


@for_each("locus_id", FILES)
def test_every_property_has_a_name_and_type_of_rubin_or_antares(locus_id, types):
    found = {
        name: type(value)
        for alert in FILES[locus_id]["locus"]["alerts"]
        for name, value in alert["properties"].items()
    }

    assert found == {name: types.get(name) for name in found}


@for_each("locus_id", FILES)
def test_a_property_has_the_same_type_in_every_alert(locus_id):
    found = {
        (name, type(value))
        for alert in FILES[locus_id]["locus"]["alerts"]
        for name, value in alert["properties"].items()
    }

    assert len(found) == len({name for name, _ in found})


@for_each("locus_id", FILES)
def test_no_property_is_null(locus_id):
    values = [
        value
        for alert in FILES[locus_id]["locus"]["alerts"]
        for value in alert["properties"].values()
    ]

    assert None not in values
