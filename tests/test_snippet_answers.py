"""The snippets give what is in the files that the sandbox serves.

These are the simulated loci, others under the same tutorial ID, and real ones if they are
available.
"""

import copy
import json
import math
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import snippet_folders
from astropy.table import Table
from snippet_running import FOLDER, NAMES, Sky, make_sky, needs_plain, run

from antares_helpers import extract_lightcurve
from antares_sandbox import BUNDLED, TUTORIAL_ID, Sandbox

P = "lsst_diaSource_"
POSITIONS = (
    ("ra", "dec"),
    ("ra", "decl"),
    ("ra", "dec_"),
    ("ra", "declination"),
    ("RA_deg", "DEC_deg"),
    ("ra_icrs", "de_icrs"),
    ("RA", "DEC"),
    ("raj2000", "dej2000"),
    ("viz_RAJ2000", "viz_DEJ2000"),
    ("RightAsc_deg", "Declination_deg"),
)
"""The columns of positions of ANTARES' catalogs, in degrees."""

pytestmark = needs_plain


@pytest.fixture(scope="module", params=["bundled", "signed", "other", "real"])
def sky(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Sky:
    if request.param == "real":
        loci = snippet_folders.real(request.getfixturevalue("real_loci"))
    else:
        loci = getattr(snippet_folders, request.param)()
    return make_sky(loci, tmp_path_factory.mktemp(request.param))


def is_dipole(alert: dict[str, Any]) -> bool:
    return alert["properties"].get(P + "isDipole") is True


def has(alert: dict[str, Any], *names: str) -> bool:
    return all(P + name in alert["properties"] for name in names)


@pytest.mark.parametrize("name", NAMES)
def test_it_runs(sky: Sky, name: str) -> None:
    assert not sky.ran[name]["error"]
    assert sky.ran[name]["output"] or sky.ran[name]["axes"]


def test_light_curve(sky: Sky) -> None:
    (ax,) = sky.ran["plot_light_curve"]["axes"]
    drawn = {mjd: flux for line in ax["points"] for mjd, flux in line}
    wanted = [each for each in sky.rubin if has(each, "band", "psfFlux", "psfFluxErr")]
    assert drawn
    assert sorted(drawn) == sorted(alert["mjd"] for alert in wanted)
    for alert in wanted:
        if not is_dipole(alert):
            assert drawn[alert["mjd"]] == sky.truth[alert["id"]]


def test_magnitudes(sky: Sky) -> None:
    rows = sky.ran["magnitudes"]["made"]["rows"]
    alerts = [
        each
        for each in sky.rubin
        if has(each, "band", "psfFlux", "psfFluxErr") and not is_dipole(each)
    ]
    assert [row[0] for row in rows] == [alert["mjd"] for alert in alerts]
    for (_, band, magnitude, error), alert in zip(rows, alerts, strict=True):
        assert band == alert["properties"][P + "band"]
        if sky.truth[alert["id"]] > 0:
            known = alert["properties"]["ant_mag"], alert["properties"]["ant_magerr"]
            assert (magnitude, error) == pytest.approx(known, abs=1e-6)
        else:
            assert math.isnan(magnitude)
    assert sky.ran["magnitudes"]["output"].count("none") == sum(math.isnan(row[2]) for row in rows)


def test_signs(sky: Sky) -> None:
    made = sky.ran["check_signs"]["made"]
    newest = max(sky.rubin, key=lambda alert: alert["mjd"])["properties"]
    object_id = newest.get(P + "diaObjectId")
    given = {each["id"]: each["properties"] for each in sky.rubin if has(each, "psfFlux")}
    wanted = [name for name in given if given[name].get(P + "diaObjectId") == object_id]
    assert set(wanted) <= set(made["both"]) <= set(given)
    dipoles = {alert["id"] for alert in sky.rubin if is_dipole(alert)}
    wrong = [name for name in made["both"] if given[name][P + "psfFlux"] * sky.truth[name] < 0]
    assert set(made["wrong"]) - dipoles == set(wrong) - dipoles


@pytest.mark.slow
def test_forced_photometry_is_of_the_visits_without_a_detection(tmp_path: Path) -> None:
    file = json.loads((BUNDLED / f"{TUTORIAL_ID}.json").read_text(encoding="utf-8"))
    (forced,) = file["wire"]["forced_photometry"]
    names = [each["properties"] for each in file["locus"]["alerts"]]
    detected = {(each[P + "visit"], each[P + "detector"]) for each in names}
    pairs = list(zip(forced["visit"], forced["detector"], strict=True))
    wanted = [at for at, pair in enumerate(pairs) if pair not in detected]
    with Sandbox():
        output = run(tmp_path, [FOLDER / "forced_photometry.py"])["forced_photometry"]["output"]
    first, *lines = output.splitlines()
    assert first == f"{len(names)} detections, {len(wanted)} forced fluxes without one"
    for line, at in zip(lines, wanted, strict=True):
        mjd, _, band, flux, _, error, _ = line.split()
        assert float(mjd) == pytest.approx(forced["midpointMjdTai"][at], abs=1e-5)
        assert band == forced["band"][at]
        known = forced["psfFlux"][at], forced["psfFluxErr"][at]
        assert (float(flux), float(error)) == pytest.approx(known, abs=0.1)


def test_utc_dates(sky: Sky) -> None:
    dates = sky.ran["utc_dates"]["made"]["dates"]
    assert len(dates) == len(sky.rubin) > 0
    for date, alert in zip(dates, sky.rubin, strict=True):
        tai = datetime(1858, 11, 17) + timedelta(days=alert["mjd"])
        assert abs(datetime.fromisoformat(date) - (tai - timedelta(seconds=37))) < timedelta(
            milliseconds=2
        )


def test_dia_object_id(sky: Sky) -> None:
    lsst = {
        name: locus["old_properties"].get("survey", {}).get("lsst", {}).get("dia_object_id")
        for name, locus in sky.loci.items()
    }
    newest = sky.newest_first(*(name for name, ids in lsst.items() if ids))[0]
    output = sky.ran["by_dia_object_id"]["output"]
    shown = output.split()[2]
    assert shown == lsst[newest][0]
    assert shown in lsst[output.split()[-5].rstrip(".")]


def test_ztf_name(sky: Sky) -> None:
    names = {
        name: locus["old_properties"]["ztf_object_id"]
        for name, locus in sky.loci.items()
        if "ztf_object_id" in locus["old_properties"]
    }
    output = sky.ran["by_ztf_name"]["output"]
    if names:
        newest = sky.newest_first(*names)[0]
        assert f"{names[newest]} belongs to the locus {newest}." in output
        kinds = {alert["id"].split(":")[0] for alert in sky.loci[newest]["alerts"]}
        assert f"Its alerts: {', '.join(sorted(kinds))}\n" in output
    else:
        assert output == "No locus has a ZTF name.\n"


def test_cone(sky: Sky) -> None:
    center = sky.tutorial
    wanted = {}
    for name, locus in sky.loci.items():
        east = (locus["ra"] - center["ra"]) * math.cos(math.radians(center["dec"]))
        offset = 3600 * math.hypot(east, locus["dec"] - center["dec"])
        if offset <= 10:
            wanted[name] = pytest.approx(offset, abs=1e-3)
    assert sky.ran["within_10_arcsec"]["made"]["offsets"] == wanted
    lines = sky.ran["within_10_arcsec"]["output"].splitlines()
    assert lines[1].startswith(f"{TUTORIAL_ID}: 0.00 arcsec away")


def test_tag(sky: Sky) -> None:
    tagged = [
        name for name, locus in sky.loci.items() if "young_rubin_transients" in locus["user_tags"]
    ]
    wanted = sky.newest_first(*tagged)[:5] if tagged else []
    lines = sky.ran["newest_of_a_tag"]["output"].splitlines()
    assert [line.split()[0] for line in lines] == (wanted or ["No"])


def test_range(sky: Sky) -> None:
    matching = []
    for name in sky.newest_first():
        properties = sky.loci[name]["old_properties"]
        magnitude = properties.get("brightest_alert_magnitude", 99)
        if 20 <= properties["num_alerts"] <= 200 and magnitude < 20.5:
            alerts = properties["num_alerts"]
            matching.append(f"{name}: {alerts} alerts, brightest {magnitude:.2f} mag")
    lines = sky.ran["property_range"]["output"].splitlines()
    if matching:
        assert lines == matching[:10]
    else:
        assert lines[0].startswith("No locus has")


def test_tags(sky: Sky) -> None:
    tags = {tag for locus in sky.loci.values() for tag in locus["user_tags"]}
    made = sky.ran["list_tags"]["made"]
    assert made["tags"] == sorted(tags)
    rubin = [tag for tag in tags if "RUBIN" in tag.upper() or "LSST" in tag.upper()]
    assert made["rubin"] == sorted(rubin)


def test_missing_locus(sky: Sky) -> None:
    lines = sky.ran["missing_or_failing"]["output"].splitlines()
    assert lines[0] == f"{TUTORIAL_ID} has {len(sky.tutorial['alerts'])} alerts"
    assert lines[1] == "No such locus: ANT1999nowhere"


def test_catalog_matches(sky: Sky) -> None:
    rows = sky.ran["catalog_matches"]["made"]["rows"]
    wanted = [
        (catalog, found)
        for catalog, objects in sky.tutorial["catalog_objects"].items()
        for found in objects
    ]
    assert [(catalog, found) for catalog, _, found in rows] == wanted
    for _, offset, found in rows:
        ra, dec = next((pair for pair in POSITIONS if set(pair) <= found.keys()), (None, None))
        assert (offset is None) == (ra is None)
        if offset is not None and offset < 60:
            near = (found[ra] - sky.tutorial["ra"]) * math.cos(math.radians(sky.tutorial["dec"]))
            distance = 3600 * math.hypot(near, found[dec] - sky.tutorial["dec"])
            assert offset == pytest.approx(distance, abs=0.01)
    if not wanted:
        assert sky.ran["catalog_matches"]["output"] == "No catalog has a match.\n"


def test_cutouts(sky: Sky) -> None:
    images = [np.array(ax["images"][0]) for ax in sky.ran["cutouts"]["axes"]]
    template, science, difference = images
    assert np.allclose(science - template, difference, atol=1e-2)
    assert np.ptp(difference) > 0
    titles = [ax["title"] for ax in sky.ran["cutouts"]["axes"]]
    assert titles == ["template", "science", "difference"]
    assert all((sky.folder / f"{title}.fits").read_bytes()[:6] == b"SIMPLE" for title in titles)


def test_many_loci(sky: Sky) -> None:
    rich = [name for name, locus in sky.loci.items() if locus["old_properties"]["num_alerts"] >= 10]
    wanted = sky.newest_first(*rich)[:20]
    made = sky.ran["many_loci"]["made"]
    assert list(made["loci"]) == wanted
    assert made["failed"] == {}
    for name in wanted:
        assert made["loci"][name]["alerts"] == sky.loci[name]["alerts"]


def test_save_and_load(sky: Sky) -> None:
    saved = json.loads((sky.folder / f"{TUTORIAL_ID}.json").read_text(encoding="utf-8"))
    assert saved["alerts"] == sky.tutorial["alerts"]
    assert saved["catalog_objects"] == sky.tutorial["catalog_objects"]
    assert saved["old_properties"] == sky.tutorial["old_properties"]
    assert sky.ran["save_and_load"]["output"].endswith("the same as before: True\n")


def test_fold(sky: Sky) -> None:
    stars = [
        name
        for name, locus in sky.loci.items()
        if "vsx" in locus["catalog_objects"] and locus["old_properties"]["num_alerts"] >= 50
    ]
    if not stars:
        assert sky.ran["fold"]["output"].startswith("No locus")
        return
    made, star = sky.ran["fold"]["made"], sky.loci[sky.newest_first(*stars)[0]]
    period = star["old_properties"].get("sim_period_d", made["period"])
    # The two eclipses of a binary look alike to a sine: half the period is found.
    assert min(abs(made["period"] / period - 1), abs(2 * made["period"] / period - 1)) < 0.002
    band = [
        each
        for each in star["alerts"]
        if each["properties"].get(P + "band") == made["band"] and has(each, "scienceFlux")
    ]
    drawn = sky.ran["fold"]["axes"][0]["points"][0]
    for (phase, flux), alert in zip(drawn, band + band, strict=True):
        assert flux == alert["properties"][P + "scienceFlux"]
        cycles = alert["mjd"] / made["period"] - phase
        assert cycles == pytest.approx(round(cycles), abs=1e-6)
    phases = np.array(drawn)[:, 0]
    assert np.array_equal(np.floor(phases), np.repeat([0, 1], len(band)))
    assert sky.ran["fold"]["axes"][0]["is_inside"]


def test_devkit_locus(sky: Sky) -> None:
    made, output = sky.ran["devkit_locus"]["made"], sky.ran["devkit_locus"]["output"]
    assert made["late"] == pytest.approx(37, abs=1e-3)
    assert f"{TUTORIAL_ID} is valid and has {len(sky.rubin)} Rubin alerts." in output
    right = sky.ran["utc_dates"]["made"]["dates"][0]
    assert f"now they are right:\nthe first is {right} UTC" in output


def test_reliable_points(sky: Sky) -> None:
    output = sky.ran["reliable_points"]["output"]
    counts = json.loads(output[output.index("{") :].replace("'", '"'))
    locus = copy.deepcopy(sky.tutorial)
    for alert in locus["alerts"]:
        for name, value in (("psfFlux", 1.0), ("psfFluxErr", 1.0), ("band", "r")):
            alert["properties"].setdefault(P + name, value)
    lc = extract_lightcurve(locus, keep_dipoles=False, keep_flagged=False, min_reliability=0.6)
    assert counts["included"] == len(lc) > 0
    assert sum(counts.values()) == len(sky.rubin)


def test_table(sky: Sky) -> None:
    ecsv = Table.read(sky.folder / "light_curve.ecsv")
    alerts = [alert for alert in sky.rubin if has(alert, "psfFlux", "band")]
    alerts = [alert for alert in alerts if not is_dipole(alert)]
    assert list(ecsv["diaSourceId"]) == [alert["id"].split(":")[1] for alert in alerts]
    objects = [str(alert["properties"].get(P + "diaObjectId", "")) for alert in alerts]
    assert list(np.ma.filled(ecsv["diaObjectId"], "")) == objects
    assert list(ecsv["psfFlux"]) == [sky.truth[alert["id"]] for alert in alerts]
    assert str(ecsv["psfFlux"].unit) == "nJy"
    text = (sky.folder / "light_curve.csv").read_text().splitlines()[1:]
    assert [line.split(",")[0] for line in text] == list(ecsv["diaSourceId"])
