import sys

import astropy.units as u
import numpy as np
import pytest
from building import MJD, locus_of, lsst_alert, one_of_each_survey, ztf_limit
from tables_alike import assert_alike, three_loci

from antares_helpers import (
    InvalidInputError,
    extract_lightcurve,
    load_locus,
    plot_lightcurve,
    to_magnitude,
)
from antares_helpers.convert import (
    from_sncosmo,
    to_light_curve,
    to_lightkurve,
    to_sncosmo,
    to_timeseries,
)
from antares_helpers.errors import MissingPackageError
from antares_helpers.tables.table import lightcurve_table
from antares_sandbox import BUNDLED

every_bundled = pytest.mark.parametrize(
    "file", sorted(BUNDLED.glob("ANT*.json"))[::6], ids=lambda file: file.stem
)


@pytest.fixture
def mixed():
    return extract_lightcurve(one_of_each_survey(), survey="all")


# astropy


@every_bundled
def test_a_light_curve_from_a_table_is_that_of_its_locus(file):
    table = lightcurve_table([*three_loci(), load_locus(file)], survey="all")

    lc = to_timeseries(table, file.stem)

    expected = extract_lightcurve(load_locus(file), survey="all")
    assert_alike(lc, expected, meta=False)
    assert lc.meta == {name: expected.meta[name] for name in lc.meta}


def test_a_light_curve_from_a_table_is_plotted():
    table = lightcurve_table(three_loci(), survey="all")

    ax = plot_lightcurve(to_timeseries(table, " ANT2026test0003 "))

    assert ax.get_title() == "ANT2026test0003"


def test_a_light_curve_from_shuffled_rows_is_sorted():
    table = lightcurve_table(three_loci())[::-1]

    assert (np.diff(to_timeseries(table, "ANT2026test0001").time.mjd) > 0).all()


def test_a_locus_that_the_table_lacks_is_refused():
    with pytest.raises(InvalidInputError, match="no points of ANT2026other"):
        to_timeseries(lightcurve_table(three_loci()), "ANT2026other")


def test_a_table_without_a_column_is_refused():
    with pytest.raises(InvalidInputError, match=r"lacks \['mjd'"):
        to_timeseries(lightcurve_table(three_loci())["locus_id", "flux"], "ANT2026test0001")


# sncosmo


def test_the_table_for_sncosmo_has_its_columns(mixed):
    data = to_sncosmo(mixed)

    assert data.colnames[:6] == ["time", "band", "flux", "fluxerr", "zp", "zpsys"]
    assert data["band"].tolist() == ["ztfg", "lsstr"]
    assert set(data["zp"]) == {31.4}
    assert set(data["zpsys"]) == {"ab"}
    assert data["time"][1] == MJD


def test_upper_limits_are_excluded_for_sncosmo_and_counted(mixed):
    data = to_sncosmo(mixed)

    assert len(data) == len(mixed) - 1
    assert data.meta["limits_excluded"] == 1


@every_bundled
def test_a_light_curve_comes_back_from_sncosmo_exactly(file):
    lc = extract_lightcurve(load_locus(file), survey="all")

    assert_alike(from_sncosmo(to_sncosmo(lc)), lc[~lc["is_limit"]])


def test_signs_dipoles_and_ids_come_back_from_sncosmo():
    lc = extract_lightcurve(
        locus_of(
            lsst_alert(1, psfFlux=-5.5, isNegative=True),
            lsst_alert(2, psfFlux=-4.5, isDipole=True, mjd=MJD + 1),
        )
    )

    again = from_sncosmo(to_sncosmo(lc)[:1])

    assert again["flux"].to_value(u.nJy).tolist() == [-5.5]
    assert again["alert_id"].tolist() == lc["alert_id"].tolist()[:1]
    assert again.meta["locus_id"] == lc.meta["locus_id"]
    assert_alike(from_sncosmo(to_sncosmo(lc)), lc)


def test_a_light_curve_without_points_makes_an_empty_table():
    lc = extract_lightcurve(locus_of())

    assert_alike(from_sncosmo(to_sncosmo(lc)), lc)


@pytest.mark.parametrize(
    ("column", "value"), [("zp", 25.0), ("zpsys", "vega"), ("band", "sdssr"), ("band", "lsstq")]
)
def test_other_photometry_is_refused(column, value, mixed):
    data = to_sncosmo(mixed)
    data[column] = np.full(len(data), value)

    with pytest.raises(InvalidInputError, match="must be"):
        from_sncosmo(data)


def test_a_table_without_our_columns_is_refused(mixed):
    with pytest.raises(InvalidInputError, match=r"lacks \['alert_id'\]"):
        from_sncosmo(_without(mixed, "alert_id"))


def _without(lc, name):
    data = to_sncosmo(lc)
    data.remove_column(name)
    return data


def test_sncosmo_takes_the_table_with_fluxes_in_njy(mixed):
    sncosmo = pytest.importorskip("sncosmo")
    data = to_sncosmo(mixed)
    for name in set(data["band"]):
        bandpass = sncosmo.Bandpass([5000.0, 6000.0], [1.0, 1.0], name=name)
        sncosmo.register(bandpass, force=True)
    try:
        photometry = sncosmo.photdata.photometric_data(data)

        assert photometry.time.tolist() == data["time"].tolist()
        assert photometry.fluxerr.tolist() == data["fluxerr"].tolist()
        # A source of 3631 Jy at all wavelengths has the flux that the zero point says.
        normalized = photometry.normalized(zp=0.0, zpsys="ab")
        np.testing.assert_allclose(normalized.flux, data["flux"] / 10 ** (0.4 * 31.4))
    finally:
        for name in set(data["band"]):
            sncosmo.bandpasses._BANDPASSES._instances.pop((name, None), None)


def test_sncosmo_knows_all_the_names():
    bandpasses = pytest.importorskip("sncosmo").bandpasses
    known = {name for name, _ in bandpasses._BANDPASSES._loaders}

    assert {f"lsst{band}" for band in "ugrizy"} | {f"ztf{band}" for band in "gri"} <= known


# light-curve


def test_one_band_makes_three_ascending_arrays():
    lc = extract_lightcurve(
        locus_of(*(lsst_alert(n, mjd=MJD + n, psfFlux=5.0 + n, band="gr"[n % 2]) for n in range(6)))
    )

    t, m, sigma = to_light_curve(lc, "g")

    assert t.tolist() == [MJD, MJD + 2, MJD + 4]
    assert m.tolist() == [5, 7, 9]
    assert sigma.tolist() == [50, 50, 50]
    assert {each.dtype for each in (t, m, sigma)} == {np.dtype(np.float64)}


def test_points_at_one_time_become_their_weighted_mean():
    lc = extract_lightcurve(
        locus_of(
            lsst_alert(1, psfFlux=10.0, psfFluxErr=1.0),
            lsst_alert(2, psfFlux=20.0, psfFluxErr=2.0),
            lsst_alert(3, mjd=MJD + 1),
        )
    )

    t, m, sigma = to_light_curve(lc, "r")

    assert t.tolist() == [MJD, MJD + 1]
    np.testing.assert_allclose(m, [12.0, 1000.0])
    np.testing.assert_allclose(sigma, [0.8**0.5, 50.0])


def test_magnitudes_are_of_positive_fluxes_only():
    lc = extract_lightcurve(
        locus_of(lsst_alert(1), lsst_alert(2, mjd=MJD + 1, psfFlux=-9.0, isNegative=True))
    )

    t, m, sigma = to_light_curve(lc, "r", magnitudes=True)

    assert t.tolist() == [MJD]
    assert (m[0], sigma[0]) == to_magnitude(1000.0, 50.0)


def test_a_band_without_points_makes_empty_arrays(mixed):
    assert [len(each) for each in to_light_curve(mixed, "y")] == [0, 0, 0]


def test_the_package_light_curve_takes_every_bundled_band():
    light_curve = pytest.importorskip("light_curve")
    extract = light_curve.Extractor(light_curve.Amplitude(), light_curve.LinearFit())
    table = lightcurve_table(BUNDLED)

    taken = 0
    for locus_id in sorted(set(table["locus_id"].tolist()))[::5]:
        for band in "ugrizy":
            arrays = to_light_curve(to_timeseries(table, locus_id), band)
            if len(arrays[0]) > 3:
                assert np.isfinite(extract(*arrays)).all()
                taken += 1
    assert taken > 10


# lightkurve


def test_lightkurve_gets_times_in_tai_and_fluxes_in_njy():
    pytest.importorskip("lightkurve")
    lc = extract_lightcurve(load_locus(BUNDLED / "ANT2026simrrlyrae.json"))

    curve = to_lightkurve(lc, "r")

    expected = lc[lc["band"] == "r"]
    assert type(curve).__name__ == "LightCurve"
    assert (curve.time.scale, curve.time.format) == ("tai", "mjd")
    assert curve.time.mjd.tobytes() == expected.time.mjd.tobytes()
    assert curve.flux.unit == curve.flux_err.unit == u.nJy
    assert curve.flux.value.tobytes() == expected["flux"].value.tobytes()
    assert curve["alert_id"].tolist() == expected["alert_id"].tolist()
    assert curve.meta["LABEL"] == "ANT2026simrrlyrae r"
    del lc.meta["locus_id"]
    assert to_lightkurve(lc, "r").meta["LABEL"] == "r"
    assert curve.fold(period=0.5, epoch_time=curve.time[0]) is not None


def test_without_lightkurve_the_error_says_how_to_get_it(mixed, monkeypatch):
    monkeypatch.setitem(sys.modules, "lightkurve", None)

    with pytest.raises(MissingPackageError, match="pip install lightkurve"):
        to_lightkurve(mixed, "r")


# What conversions of one band have in common


@pytest.mark.parametrize("convert", [to_light_curve, to_lightkurve])
def test_a_band_of_two_surveys_is_refused(convert):
    lc = extract_lightcurve(load_locus(BUNDLED / "ANT2026simmixed.json"), survey="all")

    with pytest.raises(InvalidInputError, match="from lsst and ztf"):
        convert(lc, "r")


@pytest.mark.parametrize("band", ["R", "lsstr", None, ""])
def test_another_band_is_refused(band, mixed):
    with pytest.raises(InvalidInputError, match="band="):
        to_light_curve(mixed, band)


def test_upper_limits_are_not_points():
    lc = extract_lightcurve(locus_of(ztf_limit()), survey="ztf")

    assert len(to_light_curve(lc, "r")[0]) == 0


@pytest.mark.parametrize(
    "call", [to_sncosmo, lambda lc: to_light_curve(lc, "r"), lambda lc: to_lightkurve(lc, "r")]
)
def test_what_is_not_a_light_curve_is_refused(call):
    with pytest.raises(InvalidInputError, match="to_timeseries from a table"):
        call(lightcurve_table(three_loci()))
