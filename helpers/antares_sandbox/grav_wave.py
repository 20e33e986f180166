"""The simulated gravitational-wave event and its notices."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Final

from antares_sandbox.skymaps import skymap_fits

__all__ = [
    "GW_CENTER_DEG",
    "GW_EVENT_ID",
    "GW_EVENT_MJD",
    "GW_SIGMA_DEG",
    "Notice",
    "simulated_notices",
]

GW_EVENT_ID: Final = "S260815sim"
"""The name of the simulated event; no real one has such a name."""

GW_CENTER_DEG: Final = (62.0, -48.0)
"""Its most probable position: right ascension and declination."""

GW_SIGMA_DEG: Final = 1.0
"""Width of its sky map, a normal distribution: 90% of it lies within 2.15 degrees."""

GW_EVENT_MJD: Final = 61267.18
"""When it happened, in UTC: 2026-08-15."""

FALSE_ALARM_RATE_HZ: Final = 1.0e-9
"""About one in 30 years."""

_MJD_EPOCH = datetime(1858, 11, 17)
_PRELIMINARY_AFTER = timedelta(minutes=5)
_UPDATE_AFTER = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice of the event; times in UTC, the width of the sky map in degrees."""

    number: int
    notice_type: str
    notice_datetime: datetime
    event_datetime: datetime
    sigma: float

    def data(self) -> dict[str, Any]:
        """Return the notice as ANTARES sends it."""
        return {
            "id": self.number,
            "gracedb_id": GW_EVENT_ID,
            "notice_type": self.notice_type,
            "notice_datetime": self.notice_datetime.isoformat(),
            "event_datetime": self.event_datetime.isoformat(),
            "false_alarm_rate": FALSE_ALARM_RATE_HZ,
            "skymap_base64": skymap_fits(*GW_CENTER_DEG, self.sigma),
            "external_coinc": None,
            "full_notice": self._full(),
            "version_id": self.number,
        }

    def _full(self) -> dict[str, Any]:
        return {
            "simulated": True,
            "alert_type": self.notice_type,
            "superevent_id": GW_EVENT_ID,
            "time_created": self.notice_datetime.isoformat(),
            "event": {
                "time": self.event_datetime.isoformat(),
                "far": FALSE_ALARM_RATE_HZ,
                "group": "CBC",
                "significant": True,
            },
        }


@lru_cache(1)
def simulated_notices() -> tuple[Notice, ...]:
    """Return the notices, the latest last: a preliminary one, twice as wide, and an update."""
    event = _MJD_EPOCH + timedelta(seconds=round(GW_EVENT_MJD * 86400))
    return (
        Notice(1, "PRELIMINARY", event + _PRELIMINARY_AFTER, event, 2 * GW_SIGMA_DEG),
        Notice(2, "UPDATE", event + _UPDATE_AFTER, event, GW_SIGMA_DEG),
    )
