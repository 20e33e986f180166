"""The simulated notices of a gravitational-wave event."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Final

from antares_sandbox.simulation.grav_wave import (
    GW_CENTRE_DEG,
    GW_EVENT_ID,
    GW_EVENT_MJD,
    GW_SIGMA_DEG,
)
from antares_sandbox.skymaps import skymap_fits

__all__ = ["Notice", "simulate_notices", "simulated_notices"]

FALSE_ALARM_RATE_HZ: Final = 1.0e-9
"""About one in 30 years."""

_MJD_EPOCH = datetime(1858, 11, 17)
_FIRST_WIDER = 2.0
_FIRST_AFTER = timedelta(minutes=5)
_UPDATE_AFTER = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice; times in UTC, angles in degrees."""

    number: int
    gracedb_id: str
    notice_type: str
    notice_datetime: datetime
    event_datetime: datetime
    centre: tuple[float, float]
    sigma: float
    version: int

    def data(self) -> dict[str, Any]:
        """Return the notice as ANTARES sends it."""
        return {
            "id": self.number,
            "gracedb_id": self.gracedb_id,
            "notice_type": self.notice_type,
            "notice_datetime": self.notice_datetime.isoformat(),
            "event_datetime": self.event_datetime.isoformat(),
            "false_alarm_rate": FALSE_ALARM_RATE_HZ,
            "skymap_base64": skymap_fits(*self.centre, self.sigma),
            "external_coinc": None,
            "full_notice": self._full(),
            "version_id": self.version,
        }

    def _full(self) -> dict[str, Any]:
        return {
            "simulated": True,
            "alert_type": self.notice_type,
            "superevent_id": self.gracedb_id,
            "time_created": self.notice_datetime.isoformat(),
            "event": {
                "time": self.event_datetime.isoformat(),
                "far": FALSE_ALARM_RATE_HZ,
                "group": "CBC",
                "significant": True,
            },
        }


def simulate_notices(
    gracedb_id: str, event_datetime: datetime, centre: tuple[float, float], sigma: float
) -> list[Notice]:
    """Return the notices of an event: a preliminary one, twice as wide, and an update.

    Parameters
    ----------
    gracedb_id : str
        The name of the event.
    event_datetime : datetime.datetime
        When it was, in UTC.
    centre : tuple of float
        The most probable position, in degrees.
    sigma : float
        The width of the final sky map in each direction, in degrees.

    Returns
    -------
    list of Notice
        The notices, in the order of time.
    """
    steps = [
        ("PRELIMINARY", _FIRST_AFTER, _FIRST_WIDER * sigma),
        ("UPDATE", _UPDATE_AFTER, sigma),
    ]
    return [
        Notice(
            number, gracedb_id, kind, event_datetime + after, event_datetime, centre, width, number
        )
        for number, (kind, after, width) in enumerate(steps, start=1)
    ]


@lru_cache(1)
def simulated_notices() -> list[Notice]:
    """Return the notices of the event in which some of the bundled loci lie."""
    seconds = round(GW_EVENT_MJD * 86400)
    event = _MJD_EPOCH + timedelta(seconds=seconds)
    return simulate_notices(GW_EVENT_ID, event, GW_CENTRE_DEG, GW_SIGMA_DEG)
