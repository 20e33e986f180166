"""Thumbnails: what they show, and in which files."""

import copy
import io
from math import cos, hypot, radians, sin, sqrt

import httpx
import numpy as np
import pytest
from antares_client import search
from astropy import units as u
from astropy.coordinates import SkyCoord
from astropy.io import fits
from astropy.wcs import WCS
from PIL import Image

from antares_sandbox import TUTORIAL_ID, Sandbox, SandboxError
from antares_sandbox.cutouts import KINDS, draw_cutout, read_source

PIXEL, SEEING = 0.2, 0.8
SIGMA = SEEING / 2.3548 / PIXEL
POINT = {
    "lsst_diaSource_psfFlux": 3000.0,
    "lsst_diaSource_psfFluxErr": 1e-3,
    "lsst_diaSource_templateFlux": 5000.0,
    "lsst_diaSource_templateFluxErr": 1e-3,
    "ant_ra": 62.0,
    "ant_dec": -48.0,
}
HOST = {
    "sim_host_east_arcsec": 1.1,
    "sim_host_north_arcsec": -0.7,
    "sim_host_radius_arcsec": 0.8,
    "sim_host_axis_ratio": 0.5,
    "sim_host_angle_deg": 30.0,
}
DIPOLE = {
    **POINT,
    "lsst_diaSource_isDipole": True,
    "lsst_diaSource_dipoleLength": 0.05,
    "lsst_diaSource_dipoleAngle": 30.0,
    "lsst_diaSource_templateFlux": 80000.0,
}
ZTF = {"ant_mag": 18.9, "ztf_magnr": 21.4, "ztf_isdiffpos": "t", "ztf_diffmaglim": 27.0}


@pytest.fixture(scope="module")
def sandbox():
    with Sandbox() as running:
        yield running


def get(sandbox, path):
    return httpx.get(f"{sandbox.url}{path}", trust_env=False)


def grid(image):
    """Return the places of the pixels, east and north of the middle, in arcsec."""
    y, x = np.indices(image.shape) - (len(image) - 1) / 2
    return -x * PIXEL, y * PIXEL


def psf_flux(image, sigma=SIGMA):
    """Fit a point source in the middle, as Rubin measures a flux."""
    y, x = np.indices(image.shape) - (len(image) - 1) / 2
    psf = np.exp(-(x**2 + y**2) / (2 * sigma**2)) / (2 * np.pi * sigma**2)
    return (image * psf).sum() / (psf * psf).sum()


def drawn(properties=POINT, locus=HOST, alert_id="lsst:1"):
    source = read_source(alert_id, properties, locus)
    return {kind: draw_cutout(source, kind) for kind in KINDS}


# Hosts


def test_the_center_of_the_host_lies_where_the_locus_says():
    image = drawn()["template"]
    east, north = grid(image)

    assert (image * east).sum() / image.sum() == pytest.approx(1.1, abs=0.03)
    assert (image * north).sum() / image.sum() == pytest.approx(-0.7, abs=0.03)


def test_the_host_is_as_large_and_turned_as_the_locus_says():
    image = drawn()["template"]
    east, north = (each - (image * each).sum() / image.sum() for each in grid(image))
    angle = radians(30)
    along, across = east * sin(angle) + north * cos(angle), east * cos(angle) - north * sin(angle)
    seen = [sqrt((image * each**2).sum() / image.sum()) for each in (along, across)]
    true = [sqrt((radius / 1.1774) ** 2 + (SEEING / 2.3548) ** 2) for radius in (0.8, 0.4)]

    assert seen == pytest.approx(true, rel=0.03)
    assert (image * along * across).sum() / image.sum() == pytest.approx(0, abs=0.01)


def test_the_psf_flux_at_the_position_is_that_of_the_alert():
    images = drawn()

    assert psf_flux(images["template"]) == pytest.approx(5000, rel=1e-4)
    assert psf_flux(images["difference"]) == pytest.approx(3000, rel=1e-4)
    assert psf_flux(images["science"]) == pytest.approx(8000, rel=1e-4)
    assert images["template"].sum() > 10000


def test_the_source_is_off_the_center_of_its_host():
    images = drawn()

    peaks = {kind: np.unravel_index(image.argmax(), image.shape) for kind, image in images.items()}
    distance = np.subtract(peaks["template"], peaks["difference"]) * PIXEL
    assert hypot(*distance) == pytest.approx(hypot(1.1, 0.7), abs=0.3)


@pytest.mark.parametrize("angle", [0.0, 30.0, 90.0, 200.0])
def test_the_header_places_the_host_on_the_sky(bundled, write, angle):
    file = copy.deepcopy(bundled[TUTORIAL_ID])
    alert = next(each for each in file["locus"]["alerts"] if each["id"].startswith("lsst:"))
    alert["properties"] |= {name: POINT[name] for name in POINT if "Flux" in name}
    east, north = 1.5 * sin(radians(angle)), 1.5 * cos(radians(angle))
    file["locus"]["old_properties"] |= {
        **HOST,
        "sim_host_east_arcsec": east,
        "sim_host_north_arcsec": north,
    }
    with Sandbox(write(file), thumbnails="fits"):
        content = search.get_thumbnails(alert["id"])["template"]["blob"]
    with fits.open(io.BytesIO(content)) as hdus:
        image, wcs = hdus[0].data, WCS(hdus[0].header)
    y, x = ((image * each).sum() / image.sum() for each in np.indices(image.shape))
    center = wcs.pixel_to_world(x, y)
    place = SkyCoord(alert["properties"]["ant_ra"], alert["properties"]["ant_dec"], unit="deg")
    true = place.spherical_offsets_by(east * u.arcsec, north * u.arcsec)

    assert center.separation(true).arcsec < 0.1


@pytest.mark.parametrize(
    "locus",
    [
        {},
        {"sim_host_east_arcsec": 1.0, "sim_host_north_arcsec": 1.0},
        {**HOST, "sim_host_radius_arcsec": -1.0},
        {**HOST, "sim_host_radius_arcsec": "large"},
        {**HOST, "sim_host_axis_ratio": 0.0},
        {**HOST, "sim_host_axis_ratio": 2.0},
        {**HOST, "sim_host_north_arcsec": None},
        {**HOST, "sim_host_north_arcsec": float("nan")},
    ],
    ids=str,
)
def test_without_a_host_the_template_is_a_point_source(locus):
    image = drawn(locus=locus)["template"]

    assert image.sum() == pytest.approx(5000, rel=1e-3)
    assert image.max() == pytest.approx(5000 / (2 * np.pi * SIGMA**2), rel=0.1)


@pytest.mark.parametrize("flux", [0.0, -200.0])
def test_a_template_without_flux_shows_no_host(flux):
    image = drawn({**POINT, "lsst_diaSource_templateFlux": flux})["template"]

    assert abs(image).max() < 1


def test_a_distant_host_is_not_drawn_absurdly_bright():
    image = drawn(locus={**HOST, "sim_host_east_arcsec": 100.0})["template"]

    assert np.isfinite(image).all()
    assert abs(image).max() < 1e5


# Dipoles


def test_the_star_of_a_dipole_is_displaced_by_its_length():
    images = drawn(DIPOLE, {})
    centers = {}
    for kind in ("template", "science"):
        east, north = grid(images[kind])
        total = images[kind].sum()
        centers[kind] = -(images[kind] * east).sum() / total, (images[kind] * north).sum() / total
    shift = np.subtract(centers["science"], centers["template"])

    assert shift == pytest.approx([0.05 * cos(radians(30)), 0.05 * sin(radians(30))], abs=0.002)
    assert max(hypot(*center) for center in centers.values()) < 0.15 * PIXEL


def test_the_lobes_of_a_dipole_are_a_few_per_cent_of_the_star():
    images = drawn(DIPOLE, {})
    difference, star = images["difference"], images["template"].max()

    assert 0.01 < difference.max() / star < 0.2
    assert -0.2 < difference.min() / star < -0.01
    assert psf_flux(difference) == pytest.approx(3000, rel=0.05)
    assert difference.sum() == pytest.approx(3000, rel=0.01)


def test_a_dipole_without_a_length_has_that_of_real_ones():
    some = {name: DIPOLE[name] for name in DIPOLE if "dipoleLength" not in name}
    difference = drawn({**some, "lsst_diaSource_psfFlux": 0.0}, {})["difference"]

    assert difference.max() == pytest.approx(-difference.min(), rel=0.01)
    assert 100 < difference.max() < 400


# ZTF


def test_an_alert_of_ztf_has_the_pixels_of_ztf_and_its_fluxes():
    images = drawn(ZTF, {}, "ztf_candidate:1")
    sigma = 2.0 / 2.3548 / 1.01

    assert {image.shape for image in images.values()} == {(63, 63)}
    assert psf_flux(images["difference"], sigma) == pytest.approx(100000, rel=0.01)
    assert psf_flux(images["template"], sigma) == pytest.approx(10000, rel=0.01)


@pytest.mark.parametrize("given", ["f", "0", 0, False])
def test_an_alert_of_ztf_can_be_negative(given):
    image = drawn({**ZTF, "ztf_isdiffpos": given}, {}, "ztf_candidate:1")["difference"]

    assert image.min() < -1000


# Any alert


@pytest.mark.parametrize("alert_id", ["lsst:2", "ztf_candidate:2"])
@pytest.mark.parametrize("value", [0, -1, 1e29, -1e29, 10**400, float("nan"), None, "x", True])
def test_images_of_any_values_are_finite(alert_id, value):
    names = {**DIPOLE, **ZTF} if alert_id.startswith("lsst") else ZTF
    for name in names:
        source = read_source(
            alert_id, {**names, name: value}, {**HOST, **dict.fromkeys(HOST, value)}
        )
        for kind in KINDS if source is not None else ():
            assert np.isfinite(draw_cutout(source, kind)).all()


# Files


@pytest.fixture
def alert(bundled):
    """Return an alert of the tutorial's locus."""
    return max(
        (each for each in bundled[TUTORIAL_ID]["locus"]["alerts"] if each["id"][:5] == "lsst:"),
        key=lambda one: one["properties"]["lsst_diaSource_snr"],
    )


@pytest.fixture
def cutouts(alert):
    """Return the images of the alert, and its properties."""
    with Sandbox(thumbnails="fits"):
        thumbnails = search.get_thumbnails(alert["id"])
    images = {kind: fits.getdata(io.BytesIO(one["blob"])) for kind, one in thumbnails.items()}
    return images, alert["properties"]


def test_an_alert_has_three_images(cutouts):
    images, _ = cutouts

    assert set(images) == {"template", "science", "difference"}
    assert {image.shape for image in images.values()} == {(30, 30)}


def test_the_difference_is_science_minus_template(cutouts):
    images, _ = cutouts

    difference = images["science"] - images["template"]
    np.testing.assert_allclose(difference, images["difference"], atol=0.01)


def test_the_flux_can_be_measured_from_the_difference(cutouts):
    images, properties = cutouts

    wanted, error = properties["lsst_diaSource_psfFlux"], properties["lsst_diaSource_psfFluxErr"]
    assert abs(psf_flux(images["difference"]) - wanted) < 5 * error


@pytest.mark.parametrize("name", ["ANT2026simeclipse", "ANT2026simunsigned"])
def test_a_negative_source_is_a_hole_in_either_convention(bundled, name):
    alert = min(
        bundled[name]["locus"]["alerts"],
        key=lambda one: (
            -one["properties"]["lsst_diaSource_snr"]
            * one["properties"]["lsst_diaSource_isNegative"]
        ),
    )
    with Sandbox(thumbnails="fits"):
        image = fits.getdata(io.BytesIO(search.get_thumbnails(alert["id"])["difference"]["blob"]))
    assert image[13:17, 13:17].sum() < 0


@pytest.mark.parametrize("form", ["png", "fits"])
def test_an_image_is_the_same_each_time(sandbox, alert, form):
    path = f"alerts/{alert['id']}/thumbnails/science.{form}"

    with Sandbox() as other:
        assert get(other, path).content == get(sandbox, path).content


def test_by_default_thumbnails_are_pictures(sandbox, alert):
    listed = get(sandbox, f"alerts/{alert['id']}/thumbnails").json()["data"]

    assert [each["thumbnail_type"] for each in listed] == list(KINDS)
    for each in listed:
        response = httpx.get(each["src"], trust_env=False)
        picture = Image.open(io.BytesIO(response.content))
        assert each["filemime"] == response.headers["content-type"] == "image/png"
        assert (picture.format, picture.mode, picture.size) == ("PNG", "L", (30, 30))
        assert picture.getextrema() == (0, 255)
        assert picture.info["IMAGE"] == each["thumbnail_type"]


def test_on_request_thumbnails_of_rubin_are_fits_files(alert):
    with Sandbox(thumbnails="fits") as sandbox:
        listed = get(sandbox, f"alerts/{alert['id']}/thumbnails").json()["data"]
        responses = [httpx.get(each["src"], trust_env=False) for each in listed]

    assert {each["filemime"] for each in listed} == {"image/fits"}
    assert {each.headers["content-type"] for each in responses} == {"image/fits"}
    assert {each.content[:9] for each in responses} == {b"SIMPLE  ="}


def test_a_picture_shows_north_at_the_top(sandbox, alert):
    path = f"alerts/{alert['id']}/thumbnails/template"
    picture = np.array(Image.open(io.BytesIO(get(sandbox, f"{path}.png").content)), dtype=float)
    fluxes = fits.getdata(io.BytesIO(get(sandbox, f"{path}.fits").content))

    order = np.argsort(fluxes.ravel())
    assert (np.diff(picture[::-1].ravel()[order]) >= 0).all()


@pytest.mark.parametrize("form", ["png", "fits"])
def test_thumbnails_of_ztf_are_always_pictures(small_file, write, form):
    with Sandbox(write(small_file), thumbnails=form):
        thumbnails = search.get_thumbnails("ztf_candidate:12")

    assert len(thumbnails) == 3
    assert {each["url"][-4:] for each in thumbnails.values()} == {".png"}
    assert {each["blob"][:4] for each in thumbnails.values()} == {b"\x89PNG"}


def test_an_alert_without_a_flux_has_no_images(small_file, write):
    with Sandbox(write(small_file)):
        assert search.get_thumbnails("ztf_upper_limit:ZTF26aasimul-1") == {}


@pytest.mark.parametrize("alert_id", ["lsst:1", "ztf_candidate:1", "%00", "ANT2026simagn"])
def test_an_unknown_alert_has_an_empty_list(sandbox, alert_id):
    response = get(sandbox, f"alerts/{alert_id}/thumbnails")

    assert (response.status_code, response.json()) == (200, {"data": []})


@pytest.mark.usefixtures("sandbox")
def test_the_client_finds_no_thumbnails_of_an_unknown_alert():
    assert search.get_thumbnails("lsst:1") == {}


def test_a_path_that_is_not_of_an_alert_is_a_404(sandbox):
    assert get(sandbox, "alerts/..%2f..%2fsecret/thumbnails").status_code == 404


@pytest.mark.parametrize("name", ["science.png", "science.fits", "secret.png"])
def test_a_missing_image_of_rubin_is_a_404_with_a_reason(sandbox, name):
    response = get(sandbox, f"alerts/lsst:1/thumbnails/{name}")

    assert response.status_code == 404
    assert name in response.json()["errors"][0]["detail"]


@pytest.mark.parametrize("name", ["secret.png", "science.jpg", "science."])
def test_an_unknown_kind_of_image_is_a_404(sandbox, alert, name):
    assert get(sandbox, f"alerts/{alert['id']}/thumbnails/{name}").status_code == 404


@pytest.mark.parametrize(
    "path", ["ztf_candidate:99/thumbnails/science.png", "ztf_candidate:12/thumbnails/science.fits"]
)
def test_a_missing_image_of_ztf_is_a_404_with_xml(small_file, write, path):
    with Sandbox(write(small_file)) as sandbox:
        response = get(sandbox, f"alerts/{path}")

    assert response.status_code == 404
    assert response.headers["content-type"].startswith("application/xml")
    assert "<Code>NoSuchKey</Code>" in response.text


@pytest.mark.parametrize("form", ["jpeg", "PNG", "", None, 1, ["png"]])
def test_a_format_that_is_not_known_is_refused(form):
    with pytest.raises(SandboxError, match="png or fits"):
        Sandbox(thumbnails=form)
