"""Which simulated alerts lie in the sandbox's gravitational-wave event."""

from collections.abc import Iterable
from math import exp, pi
from typing import Any

from antares_sandbox.grav_wave import GW_CENTER_DEG, GW_EVENT_ID, GW_EVENT_MJD, GW_SIGMA_DEG
from antares_sandbox.sky import separation_arcsec
from antares_sandbox.store.format import Alert

__all__ = ["with_grav_wave_events"]

_ACTIVE_D = 21.0
_HIGHEST_LEVEL = 90.0


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
    event = _event(separation_arcsec(ra, dec, *GW_CENTER_DEG) / 3600)
    if event["contour_level"] > _HIGHEST_LEVEL:
        return list(alerts)
    return [_with(alert, event) for alert in alerts]


def _event(distance_deg: float) -> dict[str, Any]:
    level = 100 * (1 - exp(-((distance_deg / GW_SIGMA_DEG) ** 2) / 2))
    return {
        "gracedb_id": GW_EVENT_ID,
        "contour_level": round(level, 4),
        "contour_area": round(pi * distance_deg**2, 4),
    }


def _with(alert: Alert, event: dict[str, Any]) -> Alert:
    if not 0 < alert["mjd"] - GW_EVENT_MJD < _ACTIVE_D:
        return alert
    return {**alert, "grav_wave_events": [event]}
