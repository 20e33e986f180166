import warnings

import numpy as np
import pytest
from building import MJD, OBJECT_ID, locus_of, lsst_alert, ztf_alert, ztf_limit
from hypothesis import given, settings
from hypothesis import strategies as st

from antares_helpers import extract_lightcurve
from antares_helpers.errors import AntaresHelpersWarning

# Anything that may arrive


@pytest.mark.parametrize(
    "alert",
    [
        ztf_alert(ant_magerr=1e-320),
        ztf_alert(ant_mag=-2000.0),
        lsst_alert(isNegative=None, scienceFlux=1e308, templateFlux=-1e308),
        lsst_alert(mjd=1e300),
    ],
    ids=["error", "magnitude", "change", "time"],
)
def test_numbers_beyond_all_measure_do_not_warn(alert):
    report = extract_lightcurve(locus_of(alert), survey="all").meta["report"]

    assert report["included"] + sum(report["excluded"].values()) == 1


names = st.text(max_size=2)
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | names,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(names, inner, max_size=2),
    max_leaves=3,
)


def mostly(*usual):
    """Draw what is usual, and now and then anything."""
    return st.one_of(*[st.sampled_from(usual)] * 3, anything)


exposures = mostly(1372493490015, 1372493490016, 0, "1372493490015", 10**400)
flags = mostly(True, False, "true", "false")
numbers = mostly(20.0, 100.0, -100.0, 5, 0.5, 1e308, -1e308, 5e-324, 10**400)
properties = st.fixed_dictionaries(
    {},
    optional={
        "lsst_diaSource_band": mostly(*"ugrizy"),
        "lsst_diaSource_isNegative": flags,
        "lsst_diaSource_isDipole": flags,
        "lsst_diaSource_pixelFlags_bad": flags,
        "lsst_diaSource_diaObjectId": mostly(OBJECT_ID, 0, float(OBJECT_ID)),
        "ant_passband": mostly(*"gRi"),
        "ztf_fid": mostly(1, 2, 3),
        "ztf_pid": exposures,
        "lsst_diaSource_visit": exposures,
        "lsst_diaSource_detector": mostly(0, 1),
        "lsst_diaSource_diaSourceId": mostly(OBJECT_ID, OBJECT_ID + 1, 0),
        "ant_time_received": mostly(1.7e9, 1.8e9, 10**400),
        "ant_ra": mostly(10.0, 400.0, 1e308, 10**400),
        "ant_dec": mostly(-30.0, 91.0, -1e308),
        "ztf_isdiffpos": mostly("t", "f", "1", "0"),
        **dict.fromkeys(
            [
                *(f"lsst_diaSource_{name}" for name in ("psfFlux", "psfFluxErr", "reliability")),
                *(f"lsst_diaSource_{name}" for name in ("scienceFlux", "templateFlux", "snr")),
                *("ant_mag", "ant_magerr", "ant_maglim", "ztf_exptime", "ztf_drb"),
            ],
            numbers,
        ),
    },
)
alerts = st.fixed_dictionaries(
    {
        "id": mostly(
            *("lsst:1", "lsst:2", "ztf_candidate:1", "ztf_candidate:2", "decat:1"),
            *("ztf_upper_limit:a-1372493490015", "ztf_upper_limit:b-1372493490015"),
        ),
        "mjd": mostly(61200.0, 61201.5, 61199),
        "properties": st.one_of(properties, properties, anything),
    }
)
loci = st.fixed_dictionaries(
    {"alerts": st.lists(st.one_of(alerts, alerts, alerts, anything), max_size=6)},
    optional={
        "id": anything,
        "user_tags": anything,
        "ra": numbers,
        "dec": numbers,
        "old_properties": st.dictionaries(st.sampled_from(["num_alerts", "replaced_by"]), anything)
        | anything,
    },
)
options = st.fixed_dictionaries(
    {"survey": st.sampled_from(["lsst", "ztf", "all"])},
    optional={
        "keep_dipoles": st.booleans(),
        "keep_flagged": st.booleans(),
        "min_reliability": st.floats(0, 1),
        "bands": st.sampled_from(["gri", "u"]),
        "dia_object_id": st.just(OBJECT_ID),
    },
)


@settings(max_examples=300)
@given(loci, options)
@pytest.mark.slow
def test_every_alert_is_accounted_for_whatever_it_contains(locus, options):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", AntaresHelpersWarning)
        lc = extract_lightcurve(locus, **options)

    report = lc.meta["report"]
    assert report["alerts"] == len(locus["alerts"])
    assert report["included"] == len(lc)
    assert report["alerts"] == report["included"] + sum(report["excluded"].values())
    assert np.isfinite(lc["flux"].value).all()
    assert np.isfinite(lc["flux_err"].value).all()
    assert (lc["flux_err"].value > 0).all()
    assert set(lc["band"]) <= set(options.get("bands", "ugrizy"))
    assert set(lc["dia_object_id"]) <= {"", str(OBJECT_ID)} | {
        str(n) for n in _integers_in(locus) if n > 0
    }
    assert (np.diff(lc.time.mjd) >= 0).all()
    ids = lc["alert_id"].tolist()
    assert len(set(ids)) == len(ids)


# Usable alerts of a few exposures

lsst_alerts = st.fixed_dictionaries(
    {
        "visit": mostly(1, 2),
        "detector": mostly(0, 1),
        "band": st.sampled_from("gr"),
        "diaObjectId": mostly(OBJECT_ID, 5),
        "ant_time_received": mostly(1.0, 2.0),
    }
)
ztf_alerts = st.fixed_dictionaries(
    {"ztf_pid": mostly(1, 2), "ant_passband": st.sampled_from("gR"), "ant_magerr": st.just(0.1)}
)
kinds = st.one_of(
    st.tuples(st.just(lsst_alert), lsst_alerts),
    st.tuples(st.just(ztf_alert), ztf_alerts),
    st.tuples(st.just(ztf_limit), ztf_alerts),
)


@settings(max_examples=300)
@given(st.lists(kinds, max_size=8))
@pytest.mark.slow
def test_each_exposure_has_one_row_and_each_unknown_one_its_own(drawn):
    alerts = [
        make(n, MJD + n, **properties) | {"id": f"{PREFIXES[make]}:{n}-x"}
        for n, (make, properties) in enumerate(drawn)
    ]
    exposures = [_exposure(n, make, each) for n, (make, each) in enumerate(drawn)]

    lc = extract_lightcurve(locus_of(*alerts), survey="all")

    rows = np.floor(lc.time.mjd - np.floor(MJD)).astype(int)
    assert {exposures[row] for row in rows} == set(exposures)
    assert len(rows) == len(set(exposures))
    for row, is_limit in zip(rows, lc["is_limit"], strict=True):
        same = [
            kind for each, (kind, _) in zip(exposures, drawn, strict=True) if each == exposures[row]
        ]
        assert not is_limit or set(same) == {ztf_limit}


PREFIXES = {lsst_alert: "lsst", ztf_alert: "ztf_candidate", ztf_limit: "ztf_upper_limit"}


def _exposure(number, make, properties):
    """Return what makes an alert one with another, or its number if anything is unknown."""
    if make is lsst_alert:
        values = [properties[name] for name in ("visit", "detector", "diaObjectId")]
        lowest = (1, 0, 1)
    else:
        values, lowest = [properties["ztf_pid"]], (1,)
    values = [_whole(value) for value in values]
    if any(value is None or value < least for value, least in zip(values, lowest, strict=True)):
        return number
    return (make is lsst_alert, properties.get("band", properties.get("ant_passband")), *values)


def _whole(value):
    is_digits = isinstance(value, str) and value.isascii() and value.isdecimal()
    is_whole = isinstance(value, float) and value.is_integer() and value < 2**53
    is_integer = type(value) is int
    whole = int(value) if is_digits or is_whole or is_integer else None
    return whole if whole is not None and whole < 2**63 else None


def _integers_in(locus):
    for alert in locus["alerts"]:
        properties = alert.get("properties") if isinstance(alert, dict) else None
        value = properties.get("lsst_diaSource_diaObjectId") if isinstance(properties, dict) else 0
        digits = isinstance(value, str) and value.isascii() and value.isdecimal()
        if digits or type(value) is int:
            yield int(value)
