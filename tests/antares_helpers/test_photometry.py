import astropy.units as u
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sign_table import CONVENTIONS, SPELLINGS, sign_cases

from antares_helpers import signed_flux, to_flux, to_magnitude
from antares_helpers.photometry import sign_convention


@pytest.mark.parametrize("spelled", SPELLINGS, ids=["booleans", "strings", "Python strings"])
@pytest.mark.parametrize("convention", CONVENTIONS)
def test_the_sign_rule(convention, spelled):
    for psf_flux, is_negative, is_dipole, (science, template), expected in sign_cases():
        flux = signed_flux(
            psf_flux,
            spelled[is_negative],
            is_dipole=spelled[is_dipole],
            science_flux=science,
            template_flux=template,
            convention=convention,
        )

        case = (psf_flux, is_negative, is_dipole, science, template)
        assert flux == pytest.approx(expected[convention], nan_ok=True), case


def test_the_convention_is_found_from_the_alerts_given():
    arguments = {"is_dipole": [False, True], "science_flux": [1, 1], "template_flux": [2, 2]}

    assert signed_flux([50, 100], [True, False], **arguments).tolist() == [-50, -100]
    assert signed_flux([-50, 100], [True, False], **arguments).tolist() == [-50, 100]


@pytest.mark.parametrize(
    ("change", "expected"),
    [(-49.0, 100), (-51.0, -100), (-199.0, -100), (-201.0, 100), (99.0, 100)],
)
def test_without_a_convention_a_dipole_is_turned_only_by_a_change_of_its_own_size(change, expected):
    flux = signed_flux(
        100.0, False, is_dipole=True, science_flux=500.0 + change, template_flux=500.0
    )

    assert flux == expected


def test_the_simple_rule_needs_nothing_but_flux_and_flag():
    assert signed_flux([5.0, -5.0, 5.0, -5.0], [True, True, False, False]).tolist() == [
        *(-5.0, -5.0, 5.0, -5.0)
    ]


def test_a_scalar_gives_a_scalar():
    flux = signed_flux(5.0, True)

    assert isinstance(flux, float)
    assert flux == -5.0


def test_signing_again_changes_nothing():
    flux = signed_flux([5.0, 7.0, -3.0], [True, False, False])

    np.testing.assert_array_equal(signed_flux(flux, [True, False, False]), flux)


def test_a_flux_in_another_unit_is_taken_in_njy():
    np.testing.assert_allclose(signed_flux([1.0] * u.uJy, [True]), [-1000.0])


def test_a_masked_flux_is_nan():
    flux = np.ma.array([5.0, 7.0], mask=[False, True])

    np.testing.assert_array_equal(signed_flux(flux, [True, True]), [-5.0, np.nan])


def test_a_masked_flag_is_missing():
    is_negative = np.ma.array([True, True], mask=[False, True])

    np.testing.assert_array_equal(signed_flux([5.0, 7.0], is_negative), [-5.0, np.nan])


def test_the_arguments_are_left_as_they_were():
    flux = np.array([5.0, -5.0])

    signed_flux(flux, [True, False])

    assert flux.tolist() == [5.0, -5.0]


@pytest.mark.parametrize(
    ("psf_flux", "is_negative", "expected"),
    [
        ([-1, -2, 3], [True, "true", False], "signed"),
        ([1, 2, 3], [True, "true", False], "unsigned"),
        ([-1, 2, 3], [True, True, False], "mixed"),
        ([-1, 2, 3], [False, False, None], "none"),
        ([np.nan, -2], [True, True], "signed"),
        ([0.0, 2], [True, True], "unsigned"),
        ([np.nan, 0], [True, True], "none"),
        ([], [], "none"),
    ],
)
def test_the_convention_is_that_of_the_negative_alerts(psf_flux, is_negative, expected):
    assert sign_convention(psf_flux, is_negative) == expected


def test_known_fluxes_have_known_magnitudes():
    # An AB magnitude of 0 is 3631 Jy; Rubin rounds the zero point of nJy to 31.4.
    flux = [1.0, 10.0, 3630.7805477010137]

    np.testing.assert_allclose(to_magnitude(flux), [31.4, 28.9, 22.5], rtol=0, atol=1e-12)


def test_the_error_of_a_magnitude_is_that_of_the_flux_ratio():
    magnitude, error = to_magnitude([100.0], [1.0])

    assert magnitude.tolist() == [26.4]
    np.testing.assert_allclose(error, [0.010857362047581294], rtol=1e-12)


@pytest.mark.parametrize("flux", [0.0, -0.0, -5.0, np.nan, np.inf, -np.inf, None])
def test_a_flux_that_is_not_positive_has_no_magnitude(flux):
    assert np.isnan(to_magnitude(flux, 1.0)).all()


def test_magnitudes_follow_from_any_unit_of_flux():
    flux, error = [1.0, 2.0] * u.uJy, [0.1, 0.1] * u.mJy

    np.testing.assert_allclose(to_magnitude(flux, error), to_magnitude([1e3, 2e3], [1e5, 1e5]))


def test_scalars_give_scalars():
    assert isinstance(to_magnitude(5.0), float)
    assert isinstance(to_flux(20.0), float)
    assert all(isinstance(value, float) for value in to_magnitude(5.0, 1.0) + to_flux(20.0, 0.1))


def test_a_magnitude_beyond_all_measure_does_not_warn():
    assert to_flux(-1000.0) == np.inf
    assert to_flux(5000.0) == 0.0


fluxes = st.floats(1e-3, 1e12)


@given(fluxes, fluxes)
def test_to_flux_is_the_inverse_of_to_magnitude(flux, flux_err):
    back = to_flux(*to_magnitude(flux, flux_err))

    np.testing.assert_allclose(back, (flux, flux_err), rtol=1e-12)


@given(st.floats(-5, 40), st.floats(1e-4, 2))
def test_to_magnitude_is_the_inverse_of_to_flux(magnitude, magnitude_err):
    back = to_magnitude(*to_flux(magnitude, magnitude_err))

    np.testing.assert_allclose(back, (magnitude, magnitude_err), rtol=1e-12, atol=1e-12)


@given(st.floats(), st.sampled_from([True, False, None, "true", "false", "?"]), st.booleans())
def test_a_sign_never_changes_the_size_of_a_flux(psf_flux, is_negative, is_dipole):
    flux = signed_flux(psf_flux, is_negative, is_dipole=is_dipole)

    assert np.isnan(flux) or abs(flux) == abs(psf_flux)
