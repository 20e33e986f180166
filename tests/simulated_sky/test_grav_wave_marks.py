"""Which alerts the simulated sky marks with the gravitational-wave event."""

import pytest
from astropy.time import Time

from antares_sandbox.grav_wave import GW_CENTER_DEG, GW_EVENT_ID, GW_EVENT_MJD, GW_SKY_MAP
from simulated_sky.grav_wave import with_grav_wave_events

EVENT_TAI = Time(GW_EVENT_MJD, format="mjd", scale="utc").tai.mjd


def alert(days: float) -> dict:
    """Return an alert some days after the event."""
    mjd = EVENT_TAI + days
    return {"id": "lsst:1", "mjd": mjd, "properties": {}, "grav_wave_events": []}


def place_at(level: float) -> tuple[float, float]:
    """Return the position west of the center that is next to a contour."""
    ra, dec = GW_CENTER_DEG
    places = ((ra - step * 0.01, dec) for step in range(300))
    return min(places, key=lambda place: abs(GW_SKY_MAP.credible_level(*place) - level))


@pytest.mark.parametrize(
    ("days", "marked"),
    [(-1, False), (-20 / 86400, False), (20 / 86400, True), (20.9, True), (21.1, False)],
)
def test_alerts_of_three_weeks_are_marked(days, marked):
    (found,) = with_grav_wave_events([alert(days)], *GW_CENTER_DEG)

    assert bool(found["grav_wave_events"]) is marked


@pytest.mark.parametrize("level", [20, 50, 80, 88])
def test_a_mark_has_the_contour_of_the_position(level):
    ra, dec = place_at(level)
    (found,) = with_grav_wave_events([alert(3)], ra, dec)

    assert found["grav_wave_events"] == [
        {
            "gracedb_id": GW_EVENT_ID,
            "contour_level": GW_SKY_MAP.credible_level(ra, dec),
            "contour_area": GW_SKY_MAP.area_deg2(GW_SKY_MAP.credible_level(ra, dec)),
        }
    ]


def test_an_alert_outside_the_90_percent_contour_is_not_marked():
    given = [alert(3)]

    assert with_grav_wave_events(given, *place_at(92)) == given


@pytest.mark.parametrize(("ra", "dec"), [(0, 90), (360, -90), (0, 0), (359.999999, 0), (62, 48)])
def test_every_position_has_a_level(ra, dec):
    assert GW_SKY_MAP.credible_level(ra, dec) == pytest.approx(100, abs=0.01)
