"""The simulated gravitational-wave event and its notices: two neutron stars, not far away."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, Final

from antares_sandbox.skymaps import Lobe, SkyMap, skymap_fits

__all__ = [
    "GW_CENTER_DEG",
    "GW_EVENT_ID",
    "GW_EVENT_MJD",
    "GW_SKY_MAP",
    "Notice",
    "simulated_notices",
]

GW_EVENT_ID: Final = "S260815sim"
"""The name of the simulated event; no real one has such a name."""

GW_CENTER_DEG: Final = (62.0, -48.0)
"""Its most probable position: right ascension and declination."""

GW_EVENT_MJD: Final = 61267.18
"""When it happened, in UTC: 2026-08-15."""

GW_SKY_MAP: Final = SkyMap(
    center=GW_CENTER_DEG,
    pole=(84.1, -39.5),
    across_deg=0.42,
    lobes=(Lobe(0.0, 0.75, 3.4, 41.0, 8.0), Lobe(-140.0, 0.25, 2.0, 37.0, 7.5)),
    finest_level=9,
)
"""The newest sky map: 90% of it in 32 square degrees, near (62, -48) and near (107, -39).

It is as large and as far, 43 +- 8 Mpc, as GW170817: 28 square degrees in one lobe and 40 Mpc
(Abbott et al. 2017, PhRvL 119, 161101).
"""

FALSE_ALARM_RATE_HZ: Final = 1.0e-9
"""About one in 30 years."""

_INSTRUMENTS = ("H1", "L1", "V1")
_MJD_EPOCH = datetime(1858, 11, 17)


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice of the event; times in UTC.

    `classification` has the probability of each class, `properties` those of a source that is
    real.
    """

    number: int
    notice_type: str
    notice_datetime: datetime
    event_datetime: datetime
    skymap: SkyMap
    classification: Mapping[str, float]
    properties: Mapping[str, float]

    def data(self) -> dict[str, Any]:
        """Return the notice as ANTARES sends it."""
        return {
            "id": self.number,
            "gracedb_id": GW_EVENT_ID,
            "notice_type": self.notice_type,
            "notice_datetime": self.notice_datetime.isoformat(),
            "event_datetime": self.event_datetime.isoformat(),
            "false_alarm_rate": FALSE_ALARM_RATE_HZ,
            "skymap_base64": skymap_fits(self.skymap, self._header()),
            "external_coinc": None,
            "full_notice": self._full(),
            "version_id": self.number,
        }

    def _header(self) -> tuple[tuple[str, Any], ...]:
        return (
            ("OBJECT", GW_EVENT_ID),
            ("INSTRUME", ",".join(_INSTRUMENTS)),
            ("DATE-OBS", self.event_datetime.isoformat()),
            ("MJD-OBS", GW_EVENT_MJD),
            ("DATE", self.notice_datetime.isoformat()),
        )

    def _full(self) -> dict[str, Any]:
        """Return the alert of LIGO, Virgo and KAGRA: the schema of igwn-gwalert-schema 1.3.

        The sky map is not in it a second time.
        """
        return {
            "simulated": True,
            "alert_type": self.notice_type,
            "time_created": f"{self.notice_datetime.isoformat()}Z",
            "superevent_id": GW_EVENT_ID,
            "event": {
                "time": f"{self.event_datetime.isoformat(timespec='milliseconds')}Z",
                "far": FALSE_ALARM_RATE_HZ,
                "significant": True,
                "instruments": list(_INSTRUMENTS),
                "group": "CBC",
                "pipeline": "gstlal",
                "search": "AllSky",
                "classification": dict(self.classification),
                "properties": dict(self.properties),
                "mchirp_source": None,
                "duration": None,
                "central_frequency": None,
                "skymap": None,
            },
            "external_coinc": None,
            "urls": {},
        }


_EVENT_TIME = _MJD_EPOCH + timedelta(seconds=round(GW_EVENT_MJD * 86400))
_NOTICES = (
    Notice(
        number=1,
        notice_type="PRELIMINARY",
        notice_datetime=_EVENT_TIME + timedelta(minutes=5),
        event_datetime=_EVENT_TIME,
        skymap=GW_SKY_MAP.wider(2.0),
        classification=MappingProxyType(
            {"BNS": 0.87, "NSBH": 0.08, "BBH": 0.0, "Terrestrial": 0.05}
        ),
        properties=MappingProxyType({"HasNS": 1.0, "HasRemnant": 0.93, "HasMassGap": 0.04}),
    ),
    Notice(
        number=2,
        notice_type="UPDATE",
        notice_datetime=_EVENT_TIME + timedelta(days=1),
        event_datetime=_EVENT_TIME,
        skymap=GW_SKY_MAP,
        classification=MappingProxyType(
            {"BNS": 0.96, "NSBH": 0.02, "BBH": 0.0, "Terrestrial": 0.02}
        ),
        properties=MappingProxyType({"HasNS": 1.0, "HasRemnant": 0.99, "HasMassGap": 0.01}),
    ),
)


def simulated_notices() -> tuple[Notice, ...]:
    """Return the notices, the latest last: a preliminary one, with a wider map, and an update."""
    return _NOTICES
