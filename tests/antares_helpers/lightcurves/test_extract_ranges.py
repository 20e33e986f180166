"""The range of an object's fluxes gives a sign that nothing else gives, and overrules none."""

import copy

import numpy as np
import pytest
from building import ABSENT, MJD, locus_of, lsst_alert
from hypothesis import given, settings
from hypothesis import strategies as st

from antares_helpers import alert_summary, extract_lightcurve, lightcurve_table, signed_flux
from antares_helpers.lightcurves import summary
from antares_helpers.lightcurves.lsst import FLUX_MAX, FLUX_MIN
from antares_helpers.photometry import sign_from_range


def with_range(alert, lowest, highest, band="r"):
    """Give an alert the range of the fluxes of its object in a band; None is dropped."""
    for name, value in ((FLUX_MIN[band], lowest), (FLUX_MAX[band], highest)):
        if value is not None:
            alert["properties"][name] = value
    return alert


def unflagged(psf_flux, **properties):
    """Return an alert of which nothing says the sign."""
    absent = {"isNegative": ABSENT, "scienceFlux": ABSENT, "templateFlux": ABSENT}
    return lsst_alert(1, psfFlux=psf_flux, **(absent | properties))


def signs(lc):
    names = ("signs_from_range", "signs_against_range", "negatives_confirmed")
    return tuple(lc.meta["report"][name] for name in names)


@pytest.mark.parametrize(
    ("lowest", "highest", "expected"),
    [
        (50, 200, 1),
        (-200, -50, -1),
        (-100, -100, -1),
        (100, 100, 1),
        (-200, 200, 0),  # both
        (-50, 50, 0),  # neither
        (150, 200, 0),
        (200, -200, 0),  # not a range
        (None, 200, 0),
        (-200, None, 0),
        (np.inf, np.inf, 0),
        (-np.inf, 50, 0),
        (-100.00001, -99.99999, -1),  # 32-bit rounding
        (-200, -100.00001, -1),
        (-200, -100.1, 0),
    ],
)
@pytest.mark.parametrize("psf_flux", [100.0, -100.0])
def test_a_range_gives_a_sign_if_only_one_lies_within(psf_flux, lowest, highest, expected):
    assert sign_from_range(psf_flux, lowest, highest) == expected


@pytest.mark.parametrize("psf_flux", [0.0, np.nan, np.inf, None])
def test_a_flux_without_a_sign_gets_none_from_a_range(psf_flux):
    assert sign_from_range(psf_flux, -1e3, -1.0) == 0


def test_the_names_are_those_of_rubin_s_schema():
    from importlib.util import find_spec

    if find_spec("lsst") is None or find_spec("lsst.alert") is None:
        pytest.skip("needs Rubin's schemas: install lsst-alert-packet")
    from lsst.alert.packet import Schema

    schema = Schema.from_file()
    record = next(each for each in schema.definition["fields"] if each["name"] == "diaObject")
    fields = {each["name"] for each in record["type"][-1]["fields"]}
    names = {*FLUX_MIN.values(), *FLUX_MAX.values()}
    assert {name.removeprefix("lsst_diaObject_") for name in names} <= fields


# What the range decides


@pytest.mark.parametrize(("lowest", "highest", "expected"), [(-300, -50, -100), (50, 300, 100)])
def test_an_alert_without_flags_and_other_fluxes_gets_its_sign(lowest, highest, expected):
    lc = extract_lightcurve(locus_of(with_range(unflagged(100.0), lowest, highest)))

    assert lc["flux"].value.tolist() == [expected]
    assert signs(lc) == (1, 0, 0)
    assert "1 sign comes from the range" in alert_summary(lc).meta["sentence"]


@pytest.mark.parametrize(("lowest", "highest"), [(-300, 300), (-50, 50), (None, -50), (None, None)])
def test_an_alert_whose_range_says_nothing_is_excluded_as_before(lowest, highest):
    lc = extract_lightcurve(locus_of(with_range(unflagged(100.0), lowest, highest)))

    assert lc.meta["report"]["excluded"] == {summary.NO_SIGN: 1}
    assert signs(lc) == (0, 0, 0)


def test_the_range_of_another_band_is_not_used():
    lc = extract_lightcurve(locus_of(with_range(unflagged(100.0), 50, 300, band="g")))

    assert lc.meta["report"]["excluded"] == {summary.NO_SIGN: 1}


@pytest.mark.parametrize("band", [["r"], {"r": 1}, None, 5, "k", ABSENT])
def test_an_alert_of_no_band_has_no_range(band):
    alert = with_range(unflagged(100.0, band=band), 50, 300)

    assert extract_lightcurve(locus_of(alert)).meta["report"]["included"] == 0


@pytest.mark.parametrize("lowest", ["-300", [], {}, True, 10**400, float("nan")])
def test_a_range_that_is_not_numbers_says_nothing(lowest):
    lc = extract_lightcurve(locus_of(with_range(unflagged(100.0), lowest, -50.0)))

    assert lc.meta["report"]["excluded"] == {summary.NO_SIGN: 1}


@pytest.mark.parametrize("is_dipole", [True, ABSENT])
def test_a_dipole_of_an_unsigned_locus_gets_its_sign(is_dipole):
    fading = lsst_alert(2, psfFlux=50.0, isNegative=True)
    dipole = lsst_alert(1, isDipole=is_dipole, psfFlux=100.0, templateFlux=ABSENT)

    lc = extract_lightcurve(locus_of(fading, with_range(dipole, -300, -60)))

    assert sorted(lc["flux"].value) == [-100, -50]
    assert signs(lc) == (1, 0, 0)


def test_a_dipole_of_a_locus_of_unknown_convention_gets_its_sign():
    dipole = with_range(lsst_alert(1, isDipole=True, psfFlux=100.0, templateFlux=ABSENT), -100, -9)

    lc = extract_lightcurve(locus_of(dipole))

    assert lc["flux"].value.tolist() == [-100]
    assert signs(lc) == (1, 0, 0)


def test_a_negative_alert_within_the_range_is_confirmed_in_both_conventions():
    for psf_flux, convention in ((100.0, "unsigned"), (-100.0, "signed")):
        alert = with_range(lsst_alert(1, psfFlux=psf_flux, isNegative=True), -300, -50)

        lc = extract_lightcurve(locus_of(alert))

        assert lc["flux"].value.tolist() == [-100]
        assert lc.meta["sign_convention"] == convention
        assert signs(lc) == (0, 0, 1)


# What it must not decide


@pytest.mark.parametrize(
    ("properties", "lowest", "highest", "expected"),
    [
        ({"psfFlux": 100.0, "isNegative": True}, 50, 300, -100),
        ({"psfFlux": 100.0, "isNegative": False}, -300, -50, 100),
        ({"psfFlux": 100.0, "isNegative": ABSENT}, -300, -50, 100),  # total - template: +1000
        ({"psfFlux": 100.0, "isDipole": True}, -300, -50, 100),
        ({"psfFlux": -100.0, "isNegative": ABSENT, "templateFlux": ABSENT}, 50, 300, -100),
        ({"psfFlux": -100.0, "isDipole": True}, 50, 300, -100),
    ],
)
def test_a_range_overrules_no_other_evidence_and_is_counted(properties, lowest, highest, expected):
    lc = extract_lightcurve(locus_of(with_range(lsst_alert(1, **properties), lowest, highest)))

    assert lc["flux"].value.tolist() == [expected]
    assert signs(lc) == (0, 1, 0)
    assert "1 sign contradicts that range" in alert_summary(lc).meta["sentence"]


def test_ranges_that_contradict_a_flag_decide_nothing_in_their_locus():
    """Ranges that have lost their signs, as psfFlux may have, would give false ones."""
    fading = with_range(lsst_alert(2, psfFlux=70.0, isNegative=True), 50, 300)
    other = with_range(unflagged(100.0), 50, 300)

    lc = extract_lightcurve(locus_of(fading, other))

    assert lc["flux"].value.tolist() == [-70]
    assert lc.meta["report"]["excluded"] == {summary.NO_SIGN: 1}
    assert signs(lc) == (0, 1, 0)


def test_the_total_flux_needs_no_range():
    alert = with_range(lsst_alert(1, psfFlux=100.0, isNegative=True), 50, 300)

    assert signs(extract_lightcurve(locus_of(alert), flux="total")) == (0, 0, 0)


def test_only_included_alerts_are_counted_and_tables_add_them_up():
    locus = locus_of(
        with_range(unflagged(100.0), -300, -50),
        with_range(lsst_alert(2, band="g", psfFlux=-70.0, isNegative=True), -300, -50, band="g"),
    )

    assert signs(extract_lightcurve(locus)) == (1, 0, 1)
    assert signs(extract_lightcurve(locus, bands="g")) == (0, 0, 1)
    report = lightcurve_table([locus, locus | {"id": "ANT2026another"}]).meta["report"]
    assert (report["signs_from_range"], report["negatives_confirmed"]) == (2, 2)


def test_signed_flux_takes_the_range_of_each_alert():
    flux = signed_flux([5, 5, 5], None, psf_flux_min=[-9, 1, -9], psf_flux_max=[-1, 9, 9])

    np.testing.assert_array_equal(flux, [-5, 5, np.nan])


# Real data


def test_real_ranges_agree_with_the_signs_of_real_loci(real_loci):
    lightcurves = [extract_lightcurve(locus) for locus in real_loci.values()]

    assert sum(lc.meta["report"]["signs_against_range"] for lc in lightcurves) == 0
    assert sum(lc.meta["report"]["negatives_confirmed"] for lc in lightcurves) >= 1


def test_real_loci_of_which_nothing_but_fluxes_and_ranges_is_left_keep_their_signs(real_loci):
    """All but the fluxes is lost: every sign that is found is the true one."""
    found = 0
    for locus in real_loci.values():
        true = {each["id"]: each["properties"]["lsst_diaSource_psfFlux"]
                for each in locus["alerts"]}  # fmt: skip
        stripped = copy.deepcopy(locus)
        for alert in stripped["alerts"]:
            properties = alert["properties"]
            properties["lsst_diaSource_psfFlux"] = abs(properties["lsst_diaSource_psfFlux"])
            for name in ("isNegative", "isDipole", "scienceFlux", "templateFlux"):
                properties.pop(f"lsst_diaSource_{name}", None)

        lc = extract_lightcurve(stripped)

        assert lc["flux"].value.tolist() == [true[each] for each in lc["alert_id"]]
        found += len(lc)
    assert found >= 4


# Against the truth


@st.composite
def detections(draw):
    """Draw what Rubin measures at each visit: flux, dipole, flag and the noise of the change."""
    size = draw(st.floats(10, 1e6, width=32))
    is_negative = draw(st.booleans())
    is_dipole = draw(st.booleans())
    flux = -size if is_negative else size
    is_flagged = is_negative and (not is_dipole or draw(st.booleans()))
    noise = draw(st.floats(-1.5, 1.5)) if is_dipole else draw(st.floats(-0.5, 0.5))
    return flux, is_dipole, is_flagged, noise


def as_shown(truth, convention, lost):
    """Return the locus as ANTARES could show it, with ranges, and without these properties."""
    alerts, history = [], []
    for number, ((flux, is_dipole, is_flagged, noise), names) in enumerate(
        zip(truth, lost, strict=True)
    ):
        history.append(np.float32(flux))
        strip = convention == "every row" or (convention == "flagged rows" and is_flagged)
        alert = lsst_alert(
            number,
            mjd=MJD + number,
            psfFlux=abs(flux) if strip else flux,
            isNegative=is_flagged,
            isDipole=is_dipole,
            scienceFlux=5e6 + flux * (1 + noise),
            templateFlux=5e6,
        )
        with_range(alert, float(min(history)), float(max(history)))
        for name in names:
            alert["properties"].pop(name)
        alerts.append(alert)
    return locus_of(*alerts)


LOSABLE = [f"lsst_diaSource_{n}" for n in ("isNegative", "isDipole", "scienceFlux", "templateFlux")]
LOSABLE += [FLUX_MIN["r"], FLUX_MAX["r"]]


def without_ranges(locus):
    locus = copy.deepcopy(locus)
    for alert in locus["alerts"]:
        for name in (FLUX_MIN["r"], FLUX_MAX["r"]):
            alert["properties"].pop(name, None)
    return locus


def fluxes(locus):
    lc = extract_lightcurve(locus)
    return dict(zip(lc["alert_id"], lc["flux"].value, strict=True)), lc


@settings(max_examples=500)
@given(
    st.lists(st.tuples(detections(), st.sets(st.sampled_from(LOSABLE))), min_size=1, max_size=8),
    st.sampled_from(["signed", "flagged rows", "every row"]),
)
@pytest.mark.filterwarnings("ignore::antares_helpers.errors.SignConventionWarning")
def test_a_range_makes_no_sign_wrong_and_none_that_it_gives_is(rows, convention):
    truth, lost = [row for row, _ in rows], [names for _, names in rows]
    locus = as_shown(truth, convention, lost)
    true = {each["id"]: row[0] for each, row in zip(locus["alerts"], truth, strict=True)}

    before, _ = fluxes(without_ranges(locus))
    after, lc = fluxes(locus)

    assert before.keys() <= after.keys()
    changed = [name for name in after if after[name] != before.get(name)]
    assert all(after[name] == true[name] for name in changed)
    assert len(changed) == lc.meta["report"]["signs_from_range"]
