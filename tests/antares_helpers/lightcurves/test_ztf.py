import numpy as np
import pytest
from astropy.time import Time, TimeDelta
from building import ABSENT, MJD, locus_of, ztf_alert, ztf_limit

from antares_helpers import extract_lightcurve, to_flux
from antares_helpers.lightcurves.summary import (
    NO_BAND,
    NO_FLUX,
    NO_FLUX_ERR,
    NO_MAGNITUDE,
    NO_SIGN,
    NO_TIME,
)


def extract(*alerts):
    return extract_lightcurve(locus_of(*alerts), survey="ztf")


@pytest.mark.parametrize("make", [ztf_alert, ztf_limit])
@pytest.mark.parametrize(
    ("exptime", "seconds"),
    *[[(30.0, 30), (60, 60), (ABSENT, 30), (None, 30), ("x", 30), (0, 30), (-1, 30)]],
)
def test_time_is_the_middle_of_the_exposure_in_tai(make, exptime, seconds):
    lc = extract(make(ztf_exptime=exptime))

    middle = Time(MJD, format="mjd", scale="utc") + TimeDelta(seconds / 2, format="sec")
    assert lc.time.scale == "tai"
    assert abs((lc.time[0] - middle.tai).to_value("s")) < 1e-5


@pytest.mark.parametrize("mjd", [58270.0, 61200.0], ids=["ZTF's first year", "2026"])
def test_tai_is_ahead_of_utc_as_in_astropy(mjd):
    lc = extract(ztf_alert(mjd=mjd))

    expected = Time(mjd, 15 / 86400, format="mjd", scale="utc").tai
    assert abs((lc.time[0] - expected).to_value("s")) < 1e-5


@pytest.mark.parametrize("value", ["t", "1", 1, True, "true", "True"])
def test_a_brightening_is_positive(value):
    lc = extract(ztf_alert(ztf_isdiffpos=value))

    np.testing.assert_allclose(lc["flux"].value, [10 ** ((31.4 - 20) / 2.5)], rtol=1e-14)
    assert lc["is_negative"].tolist() == [False]


@pytest.mark.parametrize("value", ["f", "0", 0, False, "false", "False"])
def test_a_fading_is_negative(value):
    lc = extract(ztf_alert(ztf_isdiffpos=value))

    np.testing.assert_allclose(lc["flux"].value, [-(10 ** ((31.4 - 20) / 2.5))], rtol=1e-14)
    assert lc["is_negative"].tolist() == [True]


@pytest.mark.parametrize(
    "value", [ABSENT, None, "x", "", 2, [], {}, 10**5000], ids=lambda value: type(value).__name__
)
def test_without_isdiffpos_the_sign_is_unknown(value):
    lc = extract(ztf_alert(ztf_isdiffpos=value))

    assert lc.meta["report"]["excluded"] == {NO_SIGN: 1}


def test_the_error_of_the_flux_is_that_of_the_magnitude():
    lc = extract(ztf_alert(ant_magerr=0.1))

    np.testing.assert_allclose(lc["flux_err"].value, to_flux(20.0, 0.1)[1], rtol=1e-14)
    np.testing.assert_allclose(lc["snr"], [10.857362047581294], rtol=1e-12)


@pytest.mark.parametrize(
    ("properties", "band"),
    [
        ({"ant_passband": "g"}, "g"),
        ({"ant_passband": "R"}, "r"),
        ({"ant_passband": "i"}, "i"),
        ({"ant_passband": ABSENT, "ztf_fid": 1}, "g"),
        ({"ant_passband": None, "ztf_fid": 2}, "r"),
        ({"ant_passband": "?", "ztf_fid": 3}, "i"),
    ],
)
def test_bands_are_named_like_those_of_rubin(properties, band):
    assert extract(ztf_alert(**properties))["band"].tolist() == [band]


@pytest.mark.parametrize(
    ("properties", "reason"),
    [
        ({"ant_passband": "x"}, NO_BAND),
        ({"ant_passband": ["g"]}, NO_BAND),
        ({"ant_passband": ABSENT, "ztf_fid": 4}, NO_BAND),
        ({"ant_passband": ABSENT, "ztf_fid": "1"}, NO_BAND),
        ({"ant_mag": None}, NO_FLUX),
        ({"ant_mag": "20"}, NO_FLUX),
        ({"ant_magerr": ABSENT}, NO_FLUX_ERR),
        ({"ant_magerr": 0.0}, NO_FLUX_ERR),
        ({"ant_magerr": -0.1}, NO_FLUX_ERR),
        ({"ant_magerr": 5.1}, NO_FLUX_ERR),
        ({"ant_magerr": 999}, NO_FLUX_ERR),
        ({"mjd": None}, NO_TIME),
    ],
)
def test_an_unusable_alert_is_excluded(properties, reason):
    lc = extract(ztf_alert(**properties), ztf_alert(2))

    assert lc.meta["report"] == {
        "alerts": 2,
        "included": 1,
        "excluded": {reason: 1},
        "without_is_dipole": 0,
        "dia_objects": [],
        "shared_exposures": 0,
        "signs_from_range": 0,
        "signs_against_range": 0,
        "negatives_confirmed": 0,
    }


@pytest.mark.parametrize("alert", [ztf_alert, ztf_limit])
@pytest.mark.parametrize(
    "value", [0, -99, 99.0, 999, -999.0, 1e308, -1e308, np.inf, -np.inf, 4.99, 35.01, 10**300]
)
def test_what_stands_for_no_magnitude_is_not_a_magnitude(alert, value):
    lc = extract(alert(ant_mag=value, ant_maglim=value))

    assert lc.meta["report"]["excluded"] == {NO_MAGNITUDE: 1}


@pytest.mark.parametrize("alert", [ztf_alert, ztf_limit])
@pytest.mark.parametrize("value", [5, 5.0, 35.0, 12.3])
def test_a_bright_or_faint_magnitude_is_a_magnitude(alert, value):
    assert len(extract(alert(ant_mag=value, ant_maglim=value))) == 1


def test_ztf_s_own_names_stand_in_for_those_of_antares():
    own = ztf_alert(ant_mag=ABSENT, ant_magerr=ABSENT, ztf_magpsf=20.0, ztf_sigmapsf=0.1)

    lc = extract(own, ztf_alert(2))

    assert lc["flux"][0] == lc["flux"][1]
    assert lc["flux_err"][0] == lc["flux_err"][1]


@pytest.mark.parametrize("name", ["ant_maglim", "ztf_diffmaglim"])
def test_an_upper_limit_is_the_5_sigma_limiting_flux(name):
    lc = extract(ztf_limit(**{"ant_maglim": ABSENT, name: 20.0}))

    flux = 10 ** ((31.4 - 20) / 2.5)
    np.testing.assert_allclose(lc["flux"].value, [flux], rtol=1e-14)
    np.testing.assert_allclose(lc["flux_err"].value, [flux / 5], rtol=1e-14)
    assert lc["is_limit"].tolist() == [True]
    assert lc["is_negative"].tolist() == [False]
    assert lc["band"].tolist() == ["r"]
    assert np.isnan(lc["snr"]).all()


def test_an_upper_limit_without_its_magnitude_is_excluded():
    lc = extract(ztf_limit(ant_maglim=None))

    assert lc.meta["report"]["excluded"] == {NO_FLUX: 1}


def test_detections_are_no_limits_although_they_carry_one():
    lc = extract(ztf_alert(ant_maglim=21.0, ztf_diffmaglim=21.0))

    assert lc["is_limit"].tolist() == [False]
    np.testing.assert_allclose(lc["flux"].value, to_flux([20.0]), rtol=1e-14)


@pytest.mark.parametrize(
    ("properties", "reliability"),
    [
        ({"ztf_drb": 0.9, "ztf_rb": 0.5}, 0.9),
        ({"ztf_drb": None, "ztf_rb": 0.5}, 0.5),
        ({"ztf_drb": ABSENT}, np.nan),
    ],
)
def test_reliability_is_drb_or_else_rb(properties, reliability):
    np.testing.assert_array_equal(extract(ztf_alert(**properties))["reliability"], [reliability])


def test_ztf_has_no_dia_objects_and_no_sign_convention():
    lc = extract(ztf_alert(ztf_isdiffpos="f"))

    assert lc["dia_object_id"].tolist() == [""]
    assert lc["survey"].tolist() == ["ztf"]
    assert lc.meta["sign_convention"] == "none"
