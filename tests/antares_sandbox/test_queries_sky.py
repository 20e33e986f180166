import json

import astropy.units as u
import numpy as np
import pytest
from astropy.coordinates import SkyCoord

from antares_sandbox.queries import QueryError, compile_query, make_document

CENTERS = [
    (0.0, 0.0),
    (359.9999, 10.0),
    (0.0001, -10.0),
    (62.0, -48.0),
    (10.0, 90.0),
    (200.0, -90.0),
]


def near(radius: str, location: str, ra: float, dec: float) -> bool:
    clause = {"sky_distance": {"radius": radius, "location": location}}
    return compile_query(json.dumps({"query": clause}))(make_document({"ra": ra, "dec": dec}))


@pytest.mark.parametrize(("ra", "dec"), CENTERS)
def test_distances_are_those_of_astropy(ra, dec):
    center = SkyCoord(ra, dec, unit="deg")
    angles = np.random.default_rng(1).uniform(0, 360, 200) * u.deg
    away = np.random.default_rng(2).uniform(0, 1.0, 200) * u.deg
    others = center.directional_offset_by(angles, away)
    location = center.to_string("hmsdms")

    found = [near("0.5 degree", location, float(c.ra.deg), float(c.dec.deg)) for c in others]

    assert found == list(center.separation(others) <= 0.5 * u.deg)
    assert 20 < sum(found) < 180


@pytest.mark.parametrize(
    "radius", ["0.5 degree", "0.5 degrees", "0.5 deg", "30 arcmin", "1800 arcsec", "5e-1 degree"]
)
def test_a_radius_has_a_unit(radius):
    assert near(radius, "10.0 -30.0", 10.0, -30.499)
    assert not near(radius, "10.0 -30.0", 10.0, -30.501)


@pytest.mark.parametrize(
    "location",
    [
        "10h40m00s -30d30m00s",
        "10h40m00.0s  -30d30m00.00s",
        "10h40m -30.5d",
        "160.0 -30.5",
        "160,-30.5",
        "160.0d -30.5d",
        "10H39M60S -30D29M60S",
    ],
)
def test_a_location_is_sexagesimal_or_in_degrees(location):
    assert near("1 arcsec", location, 160.0, -30.5)


def test_a_negative_declination_near_the_equator_keeps_its_sign():
    assert near("1 arcsec", "00h00m00s -00d30m00s", 0.0, -0.5)


def test_the_edge_of_the_circle_is_in_it():
    assert near("1 degree", "10.0 0.0", 11.0, 0.0)


@pytest.mark.parametrize(
    "radius",
    [
        "",
        "1",
        1,
        None,
        "degree",
        "-1 degree",
        "1 parsec",
        "nan degree",
        "1e999 degree",
        "181 degree",
        "1 degree" + " " * 200 + "x",
    ],
)
def test_a_radius_that_is_none_is_refused(radius):
    with pytest.raises(QueryError, match=r"sky_distance\.radius"):
        near(radius, "10 10", 0.0, 0.0)


@pytest.mark.parametrize(
    "location",
    [
        "",
        "10",
        None,
        [10, 10],
        "nan nan",
        "10 91",
        "361 0",
        "25h00m00s 0d00m00s",
        "-1 0",
        "a b",
        "10 10 10",
        "1" * 500 + " 1",
    ],
)
def test_a_location_that_is_none_is_refused(location):
    with pytest.raises(QueryError, match=r"sky_distance\.location"):
        near("1 degree", location, 0.0, 0.0)


def test_an_unknown_option_is_refused():
    with pytest.raises(QueryError, match=r"sky_distance.*unit"):
        compile_query('{"query": {"sky_distance": {"unit": "x"}}}')
