import copy

import numpy as np
import pytest
from building import (
    ABSENT,
    LOCUS_ID,
    MJD,
    locus_of,
    lsst_alert,
)
from sign_table import CONVENTIONS, SPELLINGS, sign_cases

from antares_helpers import extract_lightcurve, to_magnitude
from antares_helpers.errors import SignConventionWarning
from antares_helpers.lightcurves import summary

REAL_ID = "ANT2026rq61krn5dipt"

# Alerts flagged negative, in a band of their own, which show the convention of a locus.
WITNESSES = {"signed": [-50.0], "unsigned": [50.0], "mixed": [-50.0, 50.0], "none": []}


def excluded(lc):
    return lc.meta["report"]["excluded"]


def unsigned(locus, *, every):
    """Return a locus as the unsigned convention would show it: abs() of some or every flux."""
    locus = copy.deepcopy(locus)
    for alert in locus["alerts"]:
        properties = alert["properties"]
        if every or properties["lsst_diaSource_isNegative"]:
            properties["lsst_diaSource_psfFlux"] = abs(properties["lsst_diaSource_psfFlux"])
    return locus


# The sign


@pytest.mark.parametrize("spelled", SPELLINGS, ids=["booleans", "strings", "Python strings"])
@pytest.mark.parametrize("convention", CONVENTIONS)
@pytest.mark.filterwarnings("ignore::antares_helpers.errors.SignConventionWarning")
def test_the_sign_rule_holds_in_a_locus(convention, spelled):
    witnesses = [lsst_alert(n, band="y", psfFlux=f, isNegative=True)
                 for n, f in enumerate(WITNESSES[convention])]  # fmt: skip
    for psf_flux, is_negative, is_dipole, (science, template), expected in sign_cases():
        alert = lsst_alert(
            9,
            psfFlux=psf_flux,
            isNegative=spelled[is_negative],
            isDipole=spelled[is_dipole],
            scienceFlux=science,
            templateFlux=template,
        )

        lc = extract_lightcurve(locus_of(*witnesses, alert), bands="r")

        case = (psf_flux, is_negative, is_dipole, science, template)
        flux = expected[convention]
        assert lc["flux"].value.tolist() == ([] if np.isnan(flux) else [flux]), case
        reason = summary.NO_FLUX if np.isnan(psf_flux) else summary.NO_SIGN
        assert excluded(lc).get(reason, 0) == np.isnan(flux), case


@pytest.mark.parametrize(
    ("shown", "convention"),
    [
        ([100.0, -80.0, -60.0, 40.0], "signed"),
        ([100.0, 80.0, 60.0, 40.0], "unsigned"),
        ([100.0, 80.0, -60.0, 40.0], "unsigned"),
    ],
    ids=["signed", "abs of every row", "abs of the negative rows"],
)
def test_each_convention_gives_the_true_fluxes(shown, convention):
    truth = [(100.0, False), (-80.0, False), (-60.0, True), (40.0, True)]
    alerts = [
        lsst_alert(
            number,
            mjd=MJD + number,
            psfFlux=psf_flux,
            isNegative=flux < 0 and not is_dipole,
            isDipole=is_dipole,
            scienceFlux=500.0 + flux,
            templateFlux=500.0,
        )
        for number, ((flux, is_dipole), psf_flux) in enumerate(zip(truth, shown, strict=True))
    ]

    lc = extract_lightcurve(locus_of(*alerts))

    assert lc["flux"].value.tolist() == [100.0, -80.0, -60.0, 40.0]
    assert lc.meta["sign_convention"] == convention


def test_a_dipole_of_unknown_sign_is_excluded_with_its_reason():
    fading = lsst_alert(1, psfFlux=50.0, isNegative=True)
    dipole = lsst_alert(2, isDipole=True, templateFlux=ABSENT)

    assert excluded(extract_lightcurve(locus_of(fading, dipole))) == {summary.NO_SIGN: 1}


def test_real_loci_give_the_same_fluxes_if_negative_rows_are_unsigned(real_loci):
    for locus in real_loci.values():
        signed = extract_lightcurve(locus)

        lc = extract_lightcurve(unsigned(locus, every=False))

        np.testing.assert_array_equal(lc["flux"], signed["flux"])


def test_real_loci_give_the_same_fluxes_if_every_row_is_unsigned(real_loci):
    for locus in real_loci.values():
        signed = extract_lightcurve(locus)

        lc = extract_lightcurve(unsigned(locus, every=True))

        np.testing.assert_array_equal(lc["flux"], signed["flux"], err_msg=locus["id"])


def test_real_loci_keep_the_fluxes_that_they_show(real_loci):
    for locus in real_loci.values():
        shown = [each["properties"]["lsst_diaSource_psfFlux"] for each in locus["alerts"]]

        lc = extract_lightcurve(locus)

        assert lc["flux"].value.tolist() == shown
        assert lc.meta["sign_convention"] in ("signed", "none")


def test_a_mixed_convention_warns():
    alerts = [lsst_alert(n, psfFlux=f, isNegative=True) for n, f in enumerate([-5.0, 5.0])]

    with pytest.warns(SignConventionWarning, match=LOCUS_ID) as caught:
        lc = extract_lightcurve(locus_of(*alerts))

    assert lc["flux"].value.tolist() == [-5.0, -5.0]
    assert lc.meta["sign_convention"] == "mixed"
    assert caught[0].filename == __file__


# The real locus


def test_the_real_locus_has_sixteen_points_in_griz(real_loci):
    lc = extract_lightcurve(real_loci[REAL_ID])

    assert len(lc) == lc.meta["report"]["included"] == lc.meta["report"]["alerts"] == 16
    assert sorted(set(lc["band"])) == ["g", "i", "r", "z"]
    assert set(lc["dia_object_id"]) == {"170587117485817955"}
    assert excluded(lc) == {}


def test_the_magnitudes_of_the_real_locus_are_those_of_antares(real_loci):
    lc = extract_lightcurve(real_loci[REAL_ID])
    properties = {each["id"]: each["properties"] for each in real_loci[REAL_ID]["alerts"]}
    rows = [properties[alert_id] for alert_id in lc["alert_id"]]

    magnitude, error = to_magnitude(lc["flux"], lc["flux_err"])

    expected = [[row[name] for row in rows] for name in ("ant_mag", "ant_magerr")]
    np.testing.assert_allclose([magnitude, error], expected, rtol=0, atol=1e-9)


def test_the_times_of_the_real_locus_are_rubin_s_midpoints(real_loci):
    lc = extract_lightcurve(real_loci[REAL_ID])

    midpoints = [
        each["properties"]["lsst_diaSource_midpointMjdTai"] for each in real_loci[REAL_ID]["alerts"]
    ]
    np.testing.assert_allclose(lc.time.tai.mjd, sorted(midpoints), rtol=0, atol=1e-9)
