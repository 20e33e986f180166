"""Which simulated alerts lie in the sandbox's gravitational-wave event."""

from collections.abc import Iterable
from typing import Any

from antares_sandbox.grav_wave import GW_EVENT_ID, GW_EVENT_MJD, GW_SKY_MAP
from antares_sandbox.store.format import Alert
from simulated_sky.observing import TAI_MINUS_UTC_D

__all__ = ["with_grav_wave_events"]

_ACTIVE_D = 21.0
_HIGHEST_LEVEL = 90.0
_EVENT_MJD_TAI = GW_EVENT_MJD + TAI_MINUS_UTC_D  # the event is in UTC


def with_grav_wave_events(alerts: Iterable[Alert], ra: float, dec: float) -> list[Alert]:
    """Return the alerts; those soon after the event, in its 90% contour, name it.

    Parameters
    ----------
    alerts : iterable of Alert
        The alerts of a locus.
    ra, dec : float
        Position of the locus, in degrees.

    Returns
    -------
    list of Alert
        The alerts; those in the event have the event in `grav_wave_events`.
    """
    level = GW_SKY_MAP.credible_level(ra, dec)
    if level > _HIGHEST_LEVEL:
        return list(alerts)
    # Real alerts have these three keys (of the alerts of the LSST stream, all that were seen).
    event = {
        "gracedb_id": GW_EVENT_ID,
        "contour_level": level,
        "contour_area": GW_SKY_MAP.area_deg2(level),
    }
    return [_with(alert, event) for alert in alerts]


def _with(alert: Alert, event: dict[str, Any]) -> Alert:
    if not 0 < alert["mjd"] - _EVENT_MJD_TAI < _ACTIVE_D:
        return alert
    return {**alert, "grav_wave_events": [event]}
