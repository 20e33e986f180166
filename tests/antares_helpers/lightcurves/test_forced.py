import warnings

import numpy as np
import pytest
from astropy.io import fits
from astropy.table import Table
from building import LOCUS_ID, MJD, OBJECT_ID, locus_of, lsst_alert, ztf_alert
from packets import forced_row, packet_of, simulated_file, simulated_packets, source_of

from antares_helpers import InvalidInputError, alert_summary, extract_lightcurve, load_locus
from antares_helpers.errors import SignConventionWarning
from antares_sandbox import BUNDLED

WITH_VISITS = ["ANT2026z3bqyjga24oc", "ANT2026simunsigned", "ANT2026simtwoobjects"]


def detection(number=1, visit=1, **properties):
    """Make an alert of a known visit, a day after the one before."""
    return lsst_alert(number, MJD + visit, visit=visit, detector=1, **properties)


def extracted(alerts, forced=(), sources=None, **options):
    """Extract a locus of these alerts with their packet."""
    sources = [source_of(each) for each in alerts] if sources is None else sources
    return extract_lightcurve(locus_of(*alerts), forced=packet_of(sources, forced), **options)


def added(lc):
    return lc[lc["is_forced"]]


def counts(lc):
    report = lc.meta["report"]
    return {name.removeprefix("forced_"): report[name]
            for name in report if name.startswith("forced_") and report[name]}  # fmt: skip


# Simulated loci


@pytest.mark.parametrize("locus_id", WITH_VISITS)
def test_each_visit_of_a_simulated_diaobject_is_one_row_with_its_true_sign(locus_id):
    content = simulated_file(locus_id)
    locus = load_locus(BUNDLED / f"{locus_id}.json")

    lc = extract_lightcurve(locus, forced=simulated_packets(content))

    number = 0
    for forced in content["wire"]["forced_photometry"]:
        rows = lc[lc["dia_object_id"] == str(forced["diaObjectId"])]
        number += len(forced["visit"])
        assert len(rows) == len(forced["visit"])
        names = ("midpointMjdTai", "band", "psfFlux")
        for mjd, band, flux in zip(*(forced[name] for name in names), strict=True):
            (row,) = rows[np.isclose(rows.time.mjd, mjd, rtol=0, atol=1e-7)]
            assert row["band"] == band
            if row["is_forced"]:
                assert row["flux"].value == np.float32(flux)
            else:
                assert np.sign(row["flux"].value) == np.sign(flux)
    assert len(lc) == number
    assert (np.diff(lc.time.mjd) >= 0).all()
    assert lc.meta["sign_check"] == {
        "compared": len(locus["alerts"]),
        "agree": len(locus["alerts"]),
    }


def test_without_packets_everything_is_as_before_and_nothing_is_forced():
    locus = load_locus(BUNDLED / "ANT2026z3bqyjga24oc.json")

    lc = extract_lightcurve(locus)

    assert not lc["is_forced"].any()
    assert not [name for name in lc.meta["report"] if "forced" in name or "packet" in name]
    assert "sign_check" not in lc.meta


def test_the_detections_of_a_locus_are_the_same_with_packets():
    locus = load_locus(BUNDLED / "ANT2026z3bqyjga24oc.json")
    packets = simulated_packets(simulated_file("ANT2026z3bqyjga24oc"))

    lc = extract_lightcurve(locus, forced=packets)

    detections, before = lc[~lc["is_forced"]], extract_lightcurve(locus)
    assert all((detections[name] == before[name]).all() for name in ["time", *before.colnames[1:]])
    assert before.meta["report"].items() <= lc.meta["report"].items()


# Rows


def test_a_forced_row_has_its_own_flux_error_time_and_band():
    lc = extracted(
        [detection()], [forced_row(7, 61190.5, band="g", psfFlux=-12.5, psfFluxErr=25.0)]
    )

    (row,) = added(lc)
    assert (row["time"].tai.mjd, row["time"].scale, row["band"]) == (61190.5, "tai", "g")
    assert (row["flux"].value, row["flux_err"].value) == (-12.5, 25.0)
    assert (row["survey"], row["dia_object_id"], row["alert_id"]) == ("lsst", str(OBJECT_ID), "")
    assert np.isnan([row["snr"], row["reliability"]]).all()
    assert not any(row[name] for name in ("is_negative", "is_dipole", "flagged", "is_limit"))
    assert lc["is_forced"].tolist() == [True, False]


def test_total_flux_takes_the_forced_total_flux():
    lc = extracted([detection()], [forced_row()], flux="total")

    assert added(lc)["flux"].value.tolist() == [2100.0]
    assert added(lc)["flux_err"].value.tolist() == [40.0]
    assert lc.meta["sign_check"] == {"compared": 0, "agree": 0}


@pytest.mark.parametrize(
    "own", [{}, {"visit": 5, "detector": 9}], ids=["no visit", "another visit"]
)
def test_the_visit_of_a_detection_comes_from_the_packet(own):
    alert = lsst_alert(1, **own)

    lc = extracted([alert], [forced_row(3)], [source_of(alert, visit=3, detector=1)])

    assert counts(lc) == {"of_detections": 1}


@pytest.mark.parametrize("own", [{"visit": 3, "detector": 1}, {"visit": 3}])
def test_a_detection_that_the_packet_lacks_is_matched_by_its_own_visit(own):
    old, new = lsst_alert(1, MJD, **own), detection(2, 9)

    lc = extracted([old, new], [forced_row(3)], [source_of(new)])

    assert counts(lc) == {"of_detections": 1}
    assert lc.meta["sign_check"] == {"compared": 1, "agree": 1}


@pytest.mark.parametrize(
    "other", [{"visit": 4}, {"detector": 2}, {"diaObjectId": OBJECT_ID + 40}], ids=str
)
def test_the_same_time_is_not_the_same_exposure(other):
    alert = detection(1, 3)

    lc = extracted([alert], [forced_row(3, MJD + 3) | other])

    assert counts(lc) == {"added": 1}


def test_the_diaobject_of_a_detection_may_have_changed():
    alert = detection(1, 3)
    source = source_of(alert, diaObjectId=OBJECT_ID + 40)

    lc = extracted([alert], [forced_row(3), forced_row(3, diaObjectId=OBJECT_ID + 40)], [source])

    assert counts(lc) == {"of_detections": 2}


@pytest.mark.parametrize(
    ("properties", "options"),
    [
        ({"isDipole": True}, {"keep_dipoles": False}),
        ({"pixelFlags_saturated": True}, {"keep_flagged": False}),
        ({"reliability": 0.2}, {"min_reliability": 0.5}),
        ({"psfFluxErr": 0.0}, {}),
    ],
)
def test_a_visit_whose_detection_is_excluded_gets_no_forced_row(properties, options):
    alerts = [detection(1, 3, **properties), detection(2, 4)]

    lc = extracted(alerts, [forced_row(3), forced_row(4), forced_row(5)], **options)

    assert counts(lc) == {"added": 1, "of_detections": 1, "of_excluded": 1}
    assert len(lc) == 2


@pytest.mark.parametrize(
    "fault",
    [{"psfFlux": np.nan}, {"psfFluxErr": np.nan}, {"psfFluxErr": 0.0}, {"psfFluxErr": -1.0},
     {"psfFlux": np.inf}, {"midpointMjdTai": np.nan}, {"band": "w"}, {"band": ""}],
    ids=str,
)  # fmt: skip
def test_an_unusable_forced_row_is_counted_and_not_added(fault):
    lc = extracted([detection()], [forced_row(8), forced_row(7) | fault])

    assert counts(lc) == {"added": 1, "unusable": 1}
    assert len(lc) == 2


def test_bands_and_diaobjects_apply_to_forced_rows():
    other = OBJECT_ID + 40
    rows = [forced_row(7), forced_row(8, band="g"), forced_row(7, diaObjectId=other)]

    lc = extracted([detection()], rows, bands="r", dia_object_id=OBJECT_ID)

    assert counts(lc) == {"added": 1, "not_requested": 2}
    assert (added(lc)["band"].tolist(), added(lc)["dia_object_id"].tolist()) == (
        ["r"],
        [str(OBJECT_ID)],
    )


def test_the_options_that_need_an_alert_do_not_exclude_forced_rows():
    lc = extracted([detection()], [forced_row()], min_reliability=0.5, keep_flagged=False)

    assert counts(lc) == {"added": 1}


def test_a_light_curve_of_ztf_gets_no_forced_rows():
    alerts = [detection(), ztf_alert(5)]
    packet = packet_of([source_of(alerts[0], diaSourceId=5), source_of(alerts[0])], [forced_row()])

    lc = extract_lightcurve(locus_of(*alerts), forced=packet, survey="ztf")

    assert lc["survey"].tolist() == ["ztf"]
    assert counts(lc) == {}
    assert lc.meta["sign_check"] == {"compared": 0, "agree": 0}


def test_forced_photometry_of_rubin_is_added_beside_ztf():
    lc = extracted([detection(), ztf_alert()], [forced_row()], [source_of(detection())],
                   survey="all")  # fmt: skip

    assert sorted(lc["survey"].tolist()) == ["lsst", "lsst", "ztf"]
    assert added(lc)["survey"].tolist() == ["lsst"]


# Several packets


def test_a_row_of_several_packets_counts_once_and_a_usable_one_is_preferred():
    alert = detection()
    packets = [
        packet_of([source_of(alert)], [forced_row(7), forced_row(8, psfFlux=np.nan)]),
        packet_of([source_of(alert)], [forced_row(7), forced_row(8), forced_row(9)]),
        packet_of([source_of(alert)], [forced_row(9, psfFlux=np.nan)]),
    ]

    for given in (packets, packets[::-1], iter(packets)):
        lc = extract_lightcurve(locus_of(alert), forced=given)

        assert counts(lc) == {"added": 3}
        assert len(lc) == 4


def test_of_one_exposure_the_row_processed_last_is_taken():
    rows = [forced_row(psfFlux=flux, timeProcessedMjdTai=time)
            for flux, time in [(1.0, 61210.0), (2.0, 61212.0), (3.0, 61211.0)]]  # fmt: skip

    assert added(extracted([detection()], rows))["flux"].value.tolist() == [2.0]


def test_packets_can_be_files(tmp_path):
    path = tmp_path / "packet.fits"
    packet_of([source_of(detection())], [forced_row()]).writeto(path)

    for given in (path, str(path), [path]):
        assert counts(extract_lightcurve(locus_of(detection()), forced=given)) == {"added": 1}


def test_a_packet_without_forced_photometry_still_checks_the_signs():
    empty = Table([forced_row()])[:0]
    for table in (None, empty, Table()):
        packet = packet_of([source_of(detection())])
        if table is not None:
            packet.append(fits.BinTableHDU(table.as_array() if table.colnames else None,
                                           name="FORCEDPHOT"))  # fmt: skip

        lc = extract_lightcurve(locus_of(detection()), forced=packet)

        assert counts(lc) == {}
        assert lc.meta["sign_check"] == {"compared": 1, "agree": 1}


# Detections that only a packet has


def test_a_detection_that_no_alert_has_is_added_with_its_sign():
    alert = detection()
    source = source_of(detection(2, 4, psfFlux=-300.0, isNegative=True))

    lc = extracted([alert], [forced_row(4)], [source_of(alert), source])

    row = lc[-1]
    assert row["alert_id"] == f"lsst:{OBJECT_ID + 2}"
    assert (row["flux"].value, row["is_forced"], row["is_negative"]) == (-300.0, False, True)
    assert lc.meta["report"]["packet_detections_added"] == 1
    assert counts(lc) == {"of_detections": 1}
    assert (lc.meta["report"]["alerts"], lc.meta["report"]["included"]) == (1, 1)


@pytest.mark.parametrize(
    ("own", "options", "reason"),
    [
        ({"isDipole": True}, {"keep_dipoles": False}, "dipole"),
        ({"glint_trail": True}, {"keep_flagged": False}, "flagged"),
        ({"reliability": 0.2}, {"min_reliability": 0.5}, "below min_reliability"),
        ({"band": "g"}, {"bands": "r"}, "other band"),
        ({"psfFlux": np.nan}, {}, "no usable flux"),
        ({"visit": 1}, {}, "repeated detection"),
    ],
)
def test_such_a_detection_passes_the_same_exclusions(own, options, reason):
    alert = detection(glint_trail=False)
    source = source_of(detection(2, 4, glint_trail=False)) | own

    lc = extracted([alert], [forced_row(4)], [source_of(alert), source], **options)

    assert lc.meta["report"]["packet_detections_excluded"] == {reason: 1}
    assert lc.meta["report"]["excluded"] == {}
    visit = 4 if "visit" not in own else 1
    assert counts(lc) == ({"of_excluded": 1} if visit == 4 else {"added": 1})


def test_an_excluded_alert_does_not_come_back_from_the_packet():
    lc = extracted([detection(isDipole=True)], keep_dipoles=False)

    assert len(lc) == 0
    assert lc.meta["report"]["packet_detections_added"] == 0


def test_alerts_are_the_included_and_excluded_ones_alone():
    alerts = [detection(1, 1), detection(2, 2, isDipole=True)]
    sources = [source_of(each) for each in [*alerts, detection(3, 3)]]

    report = extracted(alerts, [forced_row()], sources, keep_dipoles=False).meta["report"]

    assert report["alerts"] == report["included"] + sum(report["excluded"].values()) == 2


# Signs


def test_where_signs_disagree_that_of_the_packet_is_used_and_the_alerts_are_named():
    right, wrong = detection(1, 1), detection(2, 2, isDipole=True, psfFlux=500.0)
    sources = [source_of(right), source_of(wrong, psfFlux=-500.0)]

    with pytest.warns(SignConventionWarning, match=f"lsst:{OBJECT_ID + 2}") as caught:
        lc = extracted([right, wrong], sources=sources)

    assert lc["flux"].value.tolist() == [1000.0, -500.0]
    assert lc.meta["sign_check"] == {"compared": 2, "agree": 1}
    assert lc.meta["report"]["signs_from_packet"] == 1
    assert caught[0].filename.endswith(("test_forced.py",))
    assert f"lsst:{OBJECT_ID + 1}" not in str(caught[0].message)


def test_a_negative_dipole_of_an_unsigned_locus_gets_its_sign_from_the_packet():
    shown = detection(1, 1, isNegative=True)
    dipole = detection(2, 2, isDipole=True, psfFlux=500.0, scienceFlux=None)
    sources = [source_of(shown, psfFlux=-1000.0),
               source_of(dipole, psfFlux=-500.0, scienceFlux=np.nan)]  # fmt: skip
    assert len(extract_lightcurve(locus_of(shown, dipole))) == 1

    lc = extracted([shown, dipole], sources=sources)

    assert lc["flux"].value.tolist() == [-1000.0, -500.0]
    assert lc.meta["sign_convention"] == "unsigned"
    assert lc.meta["sign_check"] == {"compared": 1, "agree": 1}
    assert lc.meta["report"]["signs_from_packet"] == 1


@pytest.mark.parametrize("flux", [np.nan, 0.0])
def test_a_packet_without_a_sign_is_not_compared(flux):
    lc = extracted([detection()], sources=[source_of(detection(), psfFlux=flux)])

    assert lc.meta["sign_check"] == {"compared": 0, "agree": 0}
    assert lc["flux"].value.tolist() == [1000.0]


def test_the_brightness_of_a_detection_stays_that_of_the_alert():
    lc = extracted([detection()], sources=[source_of(detection(), psfFlux=1200.0)])

    assert lc["flux"].value.tolist() == [1000.0]


def test_a_detection_of_unknown_visit_is_counted_since_a_forced_row_may_repeat_it():
    lost, found = lsst_alert(1, MJD + 3), detection(2, 2)

    lc = extracted([lost, found], [forced_row(3, MJD + 3)], [source_of(found)])

    assert counts(lc) == {"added": 1}
    assert lc.meta["report"]["detections_without_visit"] == 1


# What is not such a packet


def test_the_packet_of_another_object_is_refused_with_both_named():
    other = source_of(lsst_alert(900, diaObjectId=OBJECT_ID + 900))

    with pytest.raises(InvalidInputError, match=f"{OBJECT_ID + 900}.*{LOCUS_ID}.*{OBJECT_ID}"):
        extracted([detection()], sources=[other])
    with pytest.raises(InvalidInputError, match=f"{OBJECT_ID + 900}"):
        extract_lightcurve(
            locus_of(detection()),
            forced=[packet_of([source_of(detection())]), packet_of([other])],
        )
    with pytest.raises(InvalidInputError, match="no diaObject"):
        extracted([ztf_alert()], sources=[other])


def closed(tmp_path):
    packet_of([source_of(detection())]).writeto(tmp_path / "packet.fits")
    with fits.open(tmp_path / "packet.fits") as hdus:
        return hdus


def truncated(tmp_path):
    sources = [source_of(detection(n, n)) for n in range(1, 99)]
    packet_of(sources).writeto(tmp_path / "whole.fits")
    (tmp_path / "part.fits").write_bytes((tmp_path / "whole.fits").read_bytes()[:9000])
    return tmp_path / "part.fits"


def missing_end(tmp_path):
    path = tmp_path / "packet.fits"
    packet_of([source_of(detection())], [forced_row()]).writeto(path)
    with fits.open(path) as hdus:
        start = hdus["FORCEDPHOT"].fileinfo()["hdrLoc"]
    path.write_bytes(path.read_bytes()[: start + 1000])
    return path


def damaged_header(tmp_path):
    path = tmp_path / "packet.fits"
    packet_of([source_of(detection())], [forced_row()]).writeto(path)
    path.write_bytes(path.read_bytes().replace(b"NAXIS1  =", b"NAXIS1  ?"))
    return path


def no_fits(tmp_path):
    (tmp_path / "no.fits").write_text("<html>", "utf-8")
    return tmp_path / "no.fits"


def without(name, **sources):
    """Return a packet whose tables lack a column, but for these values of DIASOURCE."""
    tables = source_of(detection()), forced_row()
    source, forced = ({key: row[key] for key in row if key != name} for row in tables)
    return packet_of([source | sources], [forced])


@pytest.mark.parametrize(
    "given",
    [
        lambda _: 5,
        lambda _: {"alerts": []},
        lambda _: [],
        lambda _: [None],
        lambda _: "a\0b",
        lambda folder: folder,
        lambda folder: folder / "missing.fits",
        lambda _: fits.HDUList(),
        lambda _: fits.HDUList([fits.PrimaryHDU()]),
        lambda _: packet_of([{"diaSourceId": 1.5, "visit": 1, "detector": 1, "psfFlux": 1.0}]),
        lambda _: without("diaSourceId"),
        lambda _: without("psfFluxErr", psfFluxErr=50.0),
        lambda _: without("band"),
        closed,
        truncated,
        missing_end,
        damaged_header,
        no_fits,
    ],
)
@pytest.mark.filterwarnings("ignore::astropy.utils.exceptions.AstropyUserWarning")
def test_anything_else_is_one_clear_error(given, tmp_path):
    with pytest.raises(InvalidInputError) as caught:
        extract_lightcurve(locus_of(detection()), forced=given(tmp_path))

    assert len(str(caught.value)) < 400
    assert "\n" not in str(caught.value)


# The summary


def test_the_summary_names_forced_points():
    alerts = [detection(1, 1), detection(2, 2, isDipole=True, psfFlux=500.0)]
    sources = [source_of(alerts[0]), source_of(alerts[1], psfFlux=-500.0),
               source_of(detection(3, 3))]  # fmt: skip
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        lc = extracted(alerts, [forced_row(7), forced_row(8), forced_row(9, psfFluxErr=0)], sources)

    assert alert_summary(lc).meta["sentence"] == (
        "2 of 2 alerts included. 2 forced points and 1 detection added from Rubin's packets; "
        "1 other without a usable value. 1 sign taken from them."
    )
    assert alert_summary(lc)["number"].sum() == 2
