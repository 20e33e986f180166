"""``/api/alerts``: the packets of the simulated alerts, as the RSP's Alerts API sends them."""

import copy
import importlib.util
import io
import json
import math
import os
import subprocess
import sys
from base64 import b64decode
from pathlib import Path

import httpx
import numpy as np
import pytest
from astropy.io import fits

from antares_sandbox import BUNDLED, TUTORIAL_ID, Sandbox
from antares_sandbox.faults import Cut, Status
from antares_sandbox.store import alert_schema
from antares_sandbox.store.alert_packet import alert_packet
from antares_sandbox.store.folder import index_folder

SOURCE, OBJECT, SOLAR = "lsst_diaSource_", "lsst_diaObject_", "lsst_ssSource_"
RECORDS = {
    "alert": alert_schema.ALERT,
    "diaSource": alert_schema.DIA_SOURCE,
    "diaForcedSource": alert_schema.DIA_FORCED_SOURCE,
    "diaObject": alert_schema.DIA_OBJECT,
    "ssSource": alert_schema.SS_SOURCE,
}
HDUS = ["PRIMARY", "ALERT", "DIFFIM", "SCIENCE", "TEMPLATE", "DIASOURCE", "FORCEDPHOT", "SSSOURCE"]
FORMATS = {"double": "D", "float": "E", "long": "K", "int": "J", "boolean": "B"}
UNSIGNED, TWO, MISSING = "ANT2026simunsigned", "ANT2026simtwoobjects", "ANT2026simmissing"
ASTEROID = "ANT2026simasteroid"


@pytest.fixture(scope="module")
def running():
    """A sandbox for the tests of this module that do not change it."""
    with Sandbox() as sandbox:
        yield sandbox


def get(sandbox, path="", *, token=None, **parameters):
    address = f"{sandbox.url.removesuffix('/v2/')}/api/alerts{path}"
    headers = {"Authorization": f"Bearer {token or sandbox.token}"}
    return httpx.get(address, params=parameters, headers=headers, trust_env=False)


def opened(response):
    assert response.status_code == 200, response.text
    assert response.headers["content-type"] == "application/fits"
    hdus = fits.open(io.BytesIO(response.content), lazy_load_hdus=False)
    hdus.verify("exception")
    return hdus


def packet_of(sandbox, alert):
    return opened(get(sandbox, ID=number(alert), RESPONSEFORMAT="fits"))


def record_of(sandbox, alert):
    response = get(sandbox, ID=number(alert), RESPONSEFORMAT="json")
    assert response.status_code == 200, response.text
    return response.json()


def number(alert) -> str:
    return alert["id"].removeprefix("lsst:")


def lsst_alerts(file):
    return [alert for alert in file["locus"]["alerts"] if alert["id"].startswith("lsst:")]


def newest(file):
    return max(lsst_alerts(file), key=lambda alert: alert["mjd"])


def object_of(alert):
    properties = alert["properties"]
    return properties.get(f"{SOURCE}diaObjectId") or properties.get(f"{OBJECT}diaObjectId")


def schema_folder():
    """Return version and folder of Rubin's newest schema, without importing what reads it."""
    try:
        spec = importlib.util.find_spec("lsst.alert")
    except ModuleNotFoundError:
        spec = None
    if spec is None or not spec.submodule_search_locations:
        pytest.skip("needs Rubin's schemas: install lsst-alert-packet")
    return Path(spec.submodule_search_locations[0]) / "packet" / "schema" / "11" / "1"


def rubins(record):
    path = schema_folder() / f"lsst.v11_1.{record}.avsc"
    return json.loads(path.read_text("utf-8"))["fields"]


def parsed(schemas):
    fastavro = pytest.importorskip("fastavro")
    named = {}
    for schema in schemas:
        last = fastavro.parse_schema(schema, named_schemas=named)
    return fastavro, last


@pytest.mark.parametrize("record", RECORDS)
def test_fields_have_the_names_types_and_order_of_rubins_schema(record):
    expected = [
        (field["name"], field["type"])
        for field in rubins(record)
        if record != "alert" or isinstance(field["type"], str) or "string" in field["type"]
    ]
    known = {"long", "int", "float", "double", "boolean", "string"}
    scalars = [(n, t) for n, t in expected if (t if isinstance(t, str) else t[-1]) in known]

    assert [
        (field.name, ["null", field.kind] if field.nullable else field.kind)
        for field in RECORDS[record]
    ] == scalars


@pytest.mark.parametrize("record", ["diaSource", "diaForcedSource", "diaObject", "ssSource"])
def test_columns_have_the_units_of_rubins_database(record):
    yaml, units = pytest.importorskip("yaml"), pytest.importorskip("astropy.units")
    pytest.importorskip("lsst.sdm.schemas", reason="needs Rubin's schemas: lsst-sdm-schemas")
    spec = importlib.util.find_spec("lsst.sdm.schemas")
    text = (Path(spec.submodule_search_locations[0]) / "apdb.yaml").read_text()
    tables = {table["name"].lower(): table for table in yaml.safe_load(text)["tables"]}
    columns = {each["name"]: each for each in tables[record.lower()]["columns"]}
    fields = [field for field in RECORDS[record] if field.name in columns]

    def unit(text):
        return units.Unit(text, parse_strict="raise") if text else None

    given = {
        name: each.get("ivoa:unit") or each.get("fits:tunit") for name, each in columns.items()
    }
    differing = {
        field.name: (field.unit, given[field.name])
        for field in fields
        if unit(field.unit) != unit(given[field.name])
    }
    assert len(fields) > 10
    # The database leaves out the unit of some dates; the service writes it.
    assert all(
        pair == ("d", None) and name.endswith("MjdTai") for name, pair in differing.items()
    ), differing


def test_the_schema_is_avro_and_that_of_rubin_but_for_orbits_and_texts(running, bundled):
    alert = newest(bundled[TUTORIAL_ID])
    served = get(running, "/schema", ID=number(alert)).json()
    parsed([copy.deepcopy(served)])

    names = [field["name"] for field in served["fields"]]
    assert (served["namespace"], served["name"]) == ("lsst.v11_1", "alert")
    assert names == [field["name"] for field in rubins("alert")]


def test_a_packet_in_json_is_valid_by_rubins_own_schema(running, bundled):
    order = ("diaSource", "diaForcedSource", "diaObject", "ssSource", "mpc_orbits", "alert")
    schemas = [
        json.loads((schema_folder() / f"lsst.v11_1.{name}.avsc").read_text("utf-8"))
        for name in order
    ]
    fastavro, schema = parsed(schemas)
    for locus_id in (TUTORIAL_ID, UNSIGNED, TWO, ASTEROID):
        record = record_of(running, newest(bundled[locus_id]))
        images = {name: b64decode(record[name]) for name in record if name.startswith("cutout")}

        assert len(images) == 3
        buffer = io.BytesIO()
        fastavro.schemaless_writer(buffer, schema, {**record, **images}, strict=True)


def test_the_fits_file_has_the_documented_extensions(running, bundled):
    hdus = packet_of(running, newest(bundled[TUTORIAL_ID]))

    assert [hdu.name for hdu in hdus] == HDUS
    assert hdus[0].data is None
    assert hdus[0].header["TELESCOP"] == "Rubin Observatory"
    assert hdus[0].header["INSTRUME"] == "LSSTCam"
    assert hdus[0].header["SIMULATE"] is True
    assert len(hdus["ALERT"].data) == 1
    assert len(hdus["SSSOURCE"].data) == 0
    assert all(hdus[name].data.dtype == np.dtype(">f4") for name in HDUS[2:5])


@pytest.mark.parametrize(
    ("extension", "record", "more"),
    [
        ("DIASOURCE", "diaSource", {"trigger": "L", "iau_id": "29A"}),
        ("FORCEDPHOT", "diaForcedSource", {}),
        ("SSSOURCE", "ssSource", {}),
    ],
)
def test_columns_have_rubins_names_and_types(running, bundled, extension, record, more):
    columns = packet_of(running, newest(bundled[ASTEROID]))[extension].columns
    fields = {field.name: field for field in RECORDS[record]}

    assert set(columns.names) == {*fields, *more}
    for column in columns:
        field = fields.get(column.name)
        if field is None:
            assert column.format == more[column.name]
        elif field.kind == "string":
            assert column.format.endswith("A")
        else:
            marked = field.nullable and field.kind in ("long", "int", "boolean")
            assert column.format == FORMATS[field.kind]
            assert (column.null is not None) == marked
            assert column.unit == field.unit


def test_psf_flux_follows_the_time(running, bundled):
    names = packet_of(running, newest(bundled[TUTORIAL_ID]))["DIASOURCE"].columns.names

    assert names[names.index("midpointMjdTai") + 1] == "psfFlux"
    assert names[-2:] == ["trigger", "iau_id"]


def test_alert_holds_the_object_and_an_asteroid_has_its_ss_source_instead(running, bundled):
    star, asteroid = (newest(bundled[locus_id]) for locus_id in (TUTORIAL_ID, ASTEROID))
    of_star, of_asteroid = packet_of(running, star), packet_of(running, asteroid)

    assert of_star["ALERT"].columns.names == [
        field.name for field in (*alert_schema.ALERT, *alert_schema.DIA_OBJECT)
    ]
    assert of_star["ALERT"].data["diaObjectId"][0] == object_of(star)
    assert of_asteroid["ALERT"].columns.names == [field.name for field in alert_schema.ALERT]
    (row,) = of_asteroid["SSSOURCE"].data
    properties = asteroid["properties"]
    assert row["ssObjectId"] == properties[f"{SOLAR}ssObjectId"]
    assert row["ephVmag"] == np.float32(properties[f"{SOLAR}ephVmag"])
    assert len(of_asteroid["FORCEDPHOT"].data) == 0
    assert of_asteroid["DIASOURCE"].data["diaObjectId"].tolist() == [-(2**63)]


def test_every_value_is_that_of_the_alert_but_for_the_sign(bundled):
    for file in bundled.values():
        for alert in lsst_alerts(file)[-3:]:
            record, properties = alert_packet(file, alert), alert["properties"]
            for prefix, name in ((SOURCE, "diaSource"), (OBJECT, "diaObject"), (SOLAR, "ssSource")):
                given = {k.removeprefix(prefix): v for k, v in properties.items() if prefix in k}
                found = {k: (record[name] or {}).get(k) for k in given}
                if name == "diaSource" and "psfFlux" in given:
                    assert abs(found.pop("psfFlux")) == abs(given.pop("psfFlux"))
                assert found == given
            missing = {field.name for field in alert_schema.DIA_SOURCE if field.nullable}
            missing -= {name.removeprefix(SOURCE) for name in properties} | {"diaObjectId"}
            assert all(record["diaSource"][name] is None for name in missing)


def test_fluxes_are_signed_whatever_antares_reports(bundled):
    for locus_id, file in bundled.items():
        forced = {
            (each["diaObjectId"], visit): flux
            for each in file.get("wire", {}).get("forced_photometry", [])
            for visit, flux in zip(each["visit"], each["psfFlux"], strict=True)
        }
        for alert in lsst_alerts(file):
            if not forced or f"{SOURCE}psfFlux" not in alert["properties"]:
                continue
            source = alert_packet_source(file, alert)
            flux, reported = source["psfFlux"], alert["properties"][f"{SOURCE}psfFlux"]
            truth = forced[source["diaObjectId"], source["visit"]]
            assert math.copysign(1, flux) == math.copysign(1, truth), alert["id"]
            if locus_id != UNSIGNED:
                assert flux == reported
            else:
                assert reported > 0


def alert_packet_source(file, alert):
    """Return the diaSource of a packet; without its history, which would take long."""
    alone = {**file["locus"], "alerts": [alert, *signs_of(file)]}
    return alert_packet({**file, "locus": alone, "wire": {}}, alert)["diaSource"]


def signs_of(file):
    """Return an alert of the file that shows whether ANTARES reports signs, if there is one."""
    return [a for a in lsst_alerts(file) if a["properties"].get(f"{SOURCE}isNegative")][:1]


def test_the_unsigned_locus_has_negative_fluxes_and_negative_dipoles(running, bundled):
    rows = packet_of(running, newest(bundled[UNSIGNED]))["DIASOURCE"].data
    negative, dipole = rows["isNegative"] == 1, rows["isDipole"] == 1

    assert (rows["psfFlux"][negative] < 0).all()
    assert (rows["psfFlux"][~negative & ~dipole] > 0).all()
    assert (rows["psfFlux"][dipole & ~negative] < 0).any()
    assert (rows["psfFlux"][dipole & ~negative] > 0).any()


def test_row_0_triggers_and_the_earlier_ones_of_the_object_follow(running, bundled):
    alerts = sorted(lsst_alerts(bundled[TUTORIAL_ID]), key=lambda alert: alert["mjd"])
    for at in (0, 1, len(alerts) // 2, len(alerts) - 1):
        rows = packet_of(running, alerts[at])["DIASOURCE"].data
        expected = [int(number(a)) for a in alerts if a["mjd"] < alerts[at]["mjd"]]

        assert rows["diaSourceId"].tolist() == [int(number(alerts[at])), *expected]
        assert rows["trigger"].tolist() == [True] + [False] * len(expected)
        assert list(rows["iau_id"]) == [f"LSST-AP-DS-{each}" for each in rows["diaSourceId"]]


def test_each_packet_holds_its_own_dia_object(running, bundled):
    file = bundled[TWO]
    alerts = lsst_alerts(file)
    for identity in {object_of(alert) for alert in alerts}:
        own = [alert for alert in alerts if object_of(alert) == identity]
        hdus = packet_of(running, own[-1])
        (forced,) = (f for f in file["wire"]["forced_photometry"] if f["diaObjectId"] == identity)

        assert set(hdus["DIASOURCE"].data["diaObjectId"]) == {identity}
        assert len(hdus["DIASOURCE"].data) == len(own)
        assert set(hdus["FORCEDPHOT"].data["diaObjectId"]) == {identity}
        assert set(hdus["FORCEDPHOT"].data["visit"]) <= set(forced["visit"])


def test_forced_photometry_covers_all_visits_up_to_that_of_the_alert(running, bundled):
    file = bundled[TUTORIAL_ID]
    (forced,) = file["wire"]["forced_photometry"]
    alert = lsst_alerts(file)[len(lsst_alerts(file)) // 2]
    rows = packet_of(running, alert)["FORCEDPHOT"].data
    count = sum(mjd <= alert["mjd"] for mjd in forced["midpointMjdTai"])

    assert rows["visit"].tolist() == forced["visit"][:count]
    assert rows["visit"][-1] == alert["properties"][f"{SOURCE}visit"]
    assert rows["midpointMjdTai"].min() < min(a["mjd"] for a in lsst_alerts(file))
    for name in ("psfFlux", "psfFluxErr", "scienceFlux", "scienceFluxErr"):
        assert rows[name].tolist() == np.float32(forced[name][:count]).tolist()
    assert rows["midpointMjdTai"].tolist() == forced["midpointMjdTai"][:count]
    assert "".join(rows["band"]) == forced["band"][:count]
    assert len(set(rows["diaForcedSourceId"])) == count
    assert (rows["diaForcedSourceId"] > 0).all()


def test_a_packet_reaches_back_12_months(bundled):
    file = copy.deepcopy(bundled[TUTORIAL_ID])
    alerts, (forced,) = lsst_alerts(file), file["wire"]["forced_photometry"]
    last = newest(file)
    first = min(alerts, key=lambda alert: alert["mjd"])
    first["mjd"] = first["properties"][f"{SOURCE}midpointMjdTai"] = last["mjd"] - 365.01
    forced["midpointMjdTai"][0] = last["mjd"] - 365.01
    forced["midpointMjdTai"][1] = last["mjd"] - 364.99

    record = alert_packet(file, last)

    ids = [row["diaSourceId"] for row in record["prvDiaSources"]]
    visits = [row["visit"] for row in record["prvDiaForcedSources"]]
    assert len(ids) == len(alerts) - 2
    assert int(number(first)) not in ids
    assert forced["visit"][0] not in visits
    assert forced["visit"][1] in visits
    assert record["diaObject"]["nDiaSources"] == len(alerts)


def test_detections_are_counted_by_band(bundled):
    file = bundled[TUTORIAL_ID]
    counted = alert_packet(file, newest(file))["diaObject"]
    bands = [alert["properties"][f"{SOURCE}band"] for alert in lsst_alerts(file)]

    assert {b: counted[f"{b}_psfFluxNdata"] for b in "ugrizy"} == {
        band: bands.count(band) for band in "ugrizy"
    }


def test_what_an_alert_lacks_is_null(running, bundled):
    file = bundled[MISSING]
    rows = packet_of(running, newest(file))["DIASOURCE"].data
    row_of = {int(identity): row for identity, row in zip(rows["diaSourceId"], rows, strict=True)}
    lacking = {
        name: [a for a in lsst_alerts(file) if SOURCE + name not in a["properties"]]
        for name in ("psfFlux", "isNegative", "band", "diaObjectId")
    }

    assert all(lacking.values())
    for name, test in {
        "psfFlux": np.isnan,
        "isNegative": lambda value: value == 255,
        "band": lambda value: value == "",
        "diaObjectId": lambda value: value == object_of(newest(file)),
    }.items():
        assert all(test(row_of[int(number(a))][name]) for a in lacking[name])


def test_the_images_are_those_of_the_alert_and_signed(running, bundled):
    alert = next(
        alert
        for alert in lsst_alerts(bundled[UNSIGNED])
        if alert["properties"].get(f"{SOURCE}isDipole") is False
        and alert["properties"].get(f"{SOURCE}isNegative") is True
    )
    packet, cutouts = packet_of(running, alert), opened(get(running, "/cutouts", ID=number(alert)))
    record = record_of(running, alert)

    assert [hdu.name for hdu in cutouts] == ["PRIMARY", "DIFFIM", "SCIENCE", "TEMPLATE"]
    names = {"DIFFIM": "difference", "SCIENCE": "science", "TEMPLATE": "template"}
    for name, kind in names.items():
        address = f"{running.url}alerts/{alert['id']}/thumbnails/{kind}.fits"
        thumbnail = fits.getdata(io.BytesIO(httpx.get(address, trust_env=False).content))
        in_json = fits.getdata(io.BytesIO(b64decode(record[f"cutout{kind.title()}"])))

        assert packet[name].header["BUNIT"] == "nJy"
        assert packet[name].header["CRVAL1"] == alert["properties"]["ant_ra"]
        assert np.array_equal(packet[name].data, thumbnail)
        assert np.array_equal(cutouts[name].data, thumbnail)
        assert np.array_equal(in_json, thumbnail)
    assert packet["DIFFIM"].data.sum() < 0


def test_a_negative_dipole_of_the_unsigned_locus_is_negative_in_its_image(running, bundled):
    alert = min(
        (
            alert
            for alert in lsst_alerts(bundled[UNSIGNED])
            if alert["properties"].get(f"{SOURCE}isDipole")
            and alert["properties"].get(f"{SOURCE}isNegative") is False
        ),
        key=lambda alert: (
            alert["properties"][f"{SOURCE}scienceFlux"]
            - alert["properties"][f"{SOURCE}templateFlux"]
        ),
    )
    hdus = packet_of(running, alert)

    assert hdus["DIASOURCE"].data["psfFlux"][0] < 0
    assert hdus["DIFFIM"].data.sum() < 0


def test_an_alert_without_a_flux_has_no_images(running, bundled):
    alert = next(
        a for a in lsst_alerts(bundled[MISSING]) if f"{SOURCE}psfFlux" not in a["properties"]
    )

    assert [hdu.name for hdu in packet_of(running, alert)] == [HDUS[0], HDUS[1], *HDUS[5:]]
    assert len(opened(get(running, "/cutouts", ID=number(alert)))) == 1
    assert record_of(running, alert)["cutoutScience"] is None


def test_both_forms_of_an_id_and_of_a_format_are_known(running, bundled):
    identity = number(newest(bundled[TUTORIAL_ID]))
    responses = [
        get(running, ID=given, RESPONSEFORMAT=form)
        for given in (identity, f"LSST-AP-DS-{identity}")
        for form in ("fits", "application/fits")
    ]

    assert len({response.content for response in responses}) == 1
    assert get(running, ID=identity, RESPONSEFORMAT="application/json").json()[
        "diaSourceId"
    ] == int(identity)


@pytest.mark.parametrize("path", ["", "/cutouts", "/schema"])
@pytest.mark.parametrize(
    ("given", "status"),
    [
        ({}, 422),
        ({"ID": "12"}, 404),
        ({"ID": "9" * 19}, 404),
        ({"ID": "LSST-AP-DS-12"}, 404),
        ({"ID": "9" * 5000}, 400),
        ({"ID": ""}, 400),
        ({"ID": "x"}, 400),
        ({"ID": "1.0"}, 400),
        ({"ID": "-1"}, 400),
        ({"ID": "\u0661"}, 400),
        ({"ID": "lsst:12"}, 400),
        ({"ID": "ztf_candidate:12"}, 400),
        ({"ID": "LSST-AP-DO-12"}, 400),
        ({"ID": "12", "id": "12"}, 400),
    ],
)
def test_a_bad_request_gets_a_reason_in_plain_text(running, path, given, status):
    more = {} if path or not given else {"RESPONSEFORMAT": "fits"}
    response = get(running, path, **given, **more)

    assert response.status_code == status
    assert response.headers["content-type"] == "text/plain; charset=utf-8"
    assert 10 < len(response.text) < 200


def test_an_alert_of_ztf_is_not_in_the_archive(running, bundled):
    (alert, *_) = [
        alert
        for file in bundled.values()
        for alert in file["locus"]["alerts"]
        if alert["id"].startswith("ztf_candidate:")
    ]

    given = {"ID": alert["id"].partition(":")[2]}
    assert get(running, **given, RESPONSEFORMAT="fits").status_code == 404
    assert get(running, **given).status_code == 404


@pytest.mark.parametrize(("form", "status"), [("xml", 415), ("FITS", 415), ("", 415), (None, 501)])
def test_a_format_that_is_not_served_gets_a_reason(running, bundled, form, status):
    given = {"ID": number(newest(bundled[TUTORIAL_ID]))}
    response = get(running, **given, **({} if form is None else {"RESPONSEFORMAT": form}))

    assert response.status_code == status
    assert "fits" in response.text


@pytest.mark.parametrize("path", ["", "/cutouts", "/schema"])
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "{}"},
        {"Authorization": "Basic {}"},
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer x{}"},
        {"Authorization": "Bearer é"},
        {"X-Token": "{}"},
    ],
)
def test_a_request_without_the_token_is_refused(running, bundled, path, headers):
    address = f"{running.url.removesuffix('/v2/')}/api/alerts{path}"
    sent = {key: value.format(running.token).encode() for key, value in headers.items()}
    given = {"ID": number(newest(bundled[TUTORIAL_ID]))}
    response = httpx.get(address, params=given, headers=sent, trust_env=False)

    assert response.status_code == 401
    assert response.headers["www-authenticate"].startswith("Bearer")
    assert "token" in response.text
    assert running.token not in response.text


def test_the_scheme_may_be_in_small_letters(running, bundled):
    address = f"{running.url.removesuffix('/v2/')}/api/alerts/schema"
    headers = {"Authorization": f"bearer {running.token}"}
    given = {"ID": number(newest(bundled[TUTORIAL_ID]))}

    assert httpx.get(address, params=given, headers=headers, trust_env=False).status_code == 200


def test_each_sandbox_has_a_token_of_its_own_that_it_does_not_show(bundled):
    with Sandbox() as one, Sandbox() as other:
        identity = number(newest(bundled[TUTORIAL_ID]))
        response = get(one, ID=identity, RESPONSEFORMAT="fits")

        assert one.token != other.token
        assert get(one, ID=identity, token=other.token).status_code == 401
        assert one.token.encode() not in response.content
        assert one.token not in str(response.headers) + repr(one) + str(one.requests)


def test_the_token_of_the_other_api_is_not_asked_for(running):
    assert httpx.get(f"{running.url}loci/{TUTORIAL_ID}", trust_env=False).status_code == 200


@pytest.mark.parametrize("before", [None, "https://data.example.org"])
def test_the_environment_names_the_sandbox_and_is_restored(monkeypatch, before):
    names = ("EXTERNAL_INSTANCE_URL", "ACCESS_TOKEN")
    for name in names:
        monkeypatch.delenv(name, raising=False)
        if before is not None:
            monkeypatch.setenv(name, before)

    with Sandbox() as outer:
        with Sandbox() as inner:
            assert os.environ["ACCESS_TOKEN"] == inner.token
        assert os.environ["EXTERNAL_INSTANCE_URL"] + "/v2/" == outer.url
        assert os.environ["ACCESS_TOKEN"] == outer.token

    assert [os.environ.get(name) for name in names] == [before, before]


def test_a_command_gets_address_and_token(bundled):
    code = (
        "import httpx, os, sys; "
        "url = os.environ['EXTERNAL_INSTANCE_URL'] + '/api/alerts/cutouts'; "
        "headers = {'Authorization': 'Bearer ' + os.environ['ACCESS_TOKEN']}; "
        "print(httpx.get(url, params={'ID': sys.argv[1]}, headers=headers, "
        "trust_env=False).status_code)"
    )
    command = [sys.executable, "-m", "antares_sandbox", "--", sys.executable, "-c", code]
    identity = number(newest(bundled[TUTORIAL_ID]))
    done = subprocess.run([*command, identity], capture_output=True, text=True, timeout=60)

    assert (done.stdout, done.stderr) == ("200\n", "")


@pytest.mark.parametrize(
    ("pattern", "path", "fails"),
    [
        ("api/alerts", "", True),
        ("/api/alerts", "", True),
        ("api/alerts", "/cutouts", False),
        ("api/alerts/*", "/cutouts", True),
        ("api/**", "", True),
        ("**", "/schema", True),
        ("alerts", "", False),
    ],
)
def test_faults_can_be_injected(sandbox, bundled, pattern, path, fails):
    given = {"ID": number(newest(bundled[TUTORIAL_ID]))} | (
        {} if path else {"RESPONSEFORMAT": "fits"}
    )
    sandbox.inject_fault(pattern, Status(403))

    assert [get(sandbox, path, **given).status_code for _ in range(2)] == [
        403 if fails else 200,
        200,
    ]
    assert sandbox.requests[-1].path == f"api/alerts{path}"


def test_a_packet_can_be_cut(sandbox, bundled):
    sandbox.inject_fault("api/alerts", Cut(0.5))

    with pytest.raises(httpx.RemoteProtocolError):
        get(sandbox, ID=number(newest(bundled[TUTORIAL_ID])), RESPONSEFORMAT="fits")


def test_requests_for_another_host_are_refused(running):
    address = f"{running.url.removesuffix('/v2/')}/api/alerts"
    headers = {"Host": "data.lsst.cloud", "Authorization": f"Bearer {running.token}"}

    assert httpx.get(address, headers=headers, trust_env=False).status_code == 400


def test_a_saved_locus_has_no_forced_photometry(small_file, write):
    properties = small_file["locus"]["alerts"][3]["properties"]
    properties |= {
        f"{SOURCE}diaObjectId": "170112073793011889",
        f"{SOURCE}isNegative": "true",
        f"{SOURCE}psfFlux": 12.5,
        f"{SOURCE}visit": 2**70,
        f"{SOURCE}detector": [1],
        f"{SOURCE}snr": "x",
        f"{SOURCE}apFlux": 1e300,
        f"{SOURCE}exposureTime": None,
        f"{SOURCE}band": "ä",
    }
    with Sandbox(write(small_file)) as sandbox:
        hdus = packet_of(sandbox, small_file["locus"]["alerts"][3])
        record = record_of(sandbox, small_file["locus"]["alerts"][3])

    (row,) = hdus["DIASOURCE"].data
    assert (row["psfFlux"], row["isNegative"], row["diaObjectId"]) == (-12.5, 1, 170112073793011889)
    assert (row["visit"], row["detector"], row["band"]) == (0, 0, "?")
    assert all(np.isnan(row[name]) for name in ("snr", "apFlux", "exposureTime", "ra"))
    assert (record["diaSource"]["ra"], record["diaSource"]["snr"]) == (None, None)
    assert len(hdus["FORCEDPHOT"].data) == 0
    assert (hdus["ALERT"].data["ra"][0], hdus["ALERT"].data["dec"][0]) == (10.0, -30.0)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"visit": [1, 2]}, "differ in length"),
        ({"band": "gg"}, "differ in length"),
        ({"visit": [2**63]}, "wire.forced_photometry.0.visit.0"),
        ({"diaObjectId": -1}, "wire.forced_photometry.0.diaObjectId"),
    ],
)
def test_forced_photometry_that_contradicts_itself_is_refused(small_file, write, change, reason):
    forced = {"diaObjectId": 1, "ra": 1.0, "dec": 1.0, "visit": [1], "detector": [1], "band": "g"}
    names = ("midpointMjdTai", "psfFlux", "psfFluxErr", "scienceFlux", "scienceFluxErr")
    forced |= {name: [1.0] for name in names}
    small_file["wire"] = {"forced_photometry": [forced]}
    assert not index_folder(write(small_file)).skipped

    small_file["wire"] = {"forced_photometry": [{**forced, **change}]}
    (message,) = index_folder(write(small_file)).skipped.values()

    assert reason in message


def test_a_file_that_was_damaged_meanwhile_is_an_error_of_the_server(small_file, write):
    folder = write(small_file)
    with Sandbox(folder) as sandbox:
        (folder / "ANT2026small.json").write_text("{", encoding="utf-8")
        response = get(sandbox, ID="170112073793011889", RESPONSEFORMAT="fits")

    assert response.status_code == 500


def test_the_bundled_alerts_have_distinct_source_ids():
    ids = list(index_folder(BUNDLED).locus_of_alert)

    assert len(ids) == len(set(ids))
