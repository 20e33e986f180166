import warnings

import numpy as np
import pytest
from building import (
    OBJECT_ID,
    locus_of,
    lsst_alert,
    ztf_alert,
)
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


flags = mostly(True, False, "true", "false")
numbers = mostly(100.0, -100.0, 5, 0.5, 1e308, -1e308, 5e-324, 10**400)
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
        "id": mostly("lsst:1", "lsst:2", "ztf_candidate:1", "ztf_upper_limit:a-1", "decat:1"),
        "mjd": mostly(61200.0, 61201.5, 61199),
        "properties": st.one_of(properties, properties, anything),
    }
)
loci = st.fixed_dictionaries(
    {"alerts": st.lists(st.one_of(alerts, alerts, alerts, anything), max_size=6)},
    optional={
        "id": anything,
        "user_tags": anything,
        "old_properties": st.dictionaries(st.just("num_alerts"), anything) | anything,
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


@settings(derandomize=True, max_examples=300, deadline=None)
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


def _integers_in(locus):
    for alert in locus["alerts"]:
        properties = alert.get("properties") if isinstance(alert, dict) else None
        value = properties.get("lsst_diaSource_diaObjectId") if isinstance(properties, dict) else 0
        digits = isinstance(value, str) and value.isascii() and value.isdecimal()
        if digits or type(value) is int:
            yield int(value)
