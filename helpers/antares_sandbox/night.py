"""The loci of a simulated night, each made when it is needed, from a table of statistics."""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from antares_helpers.bands import AB_ZEROPOINT, TAI_MINUS_UTC_S
from antares_sandbox.queries import Value
from antares_sandbox.queries.documents import Rows
from antares_sandbox.store.format import Alert, Locus, LocusFile

__all__ = [
    "BLOCK_ROWS",
    "DAY_OBS",
    "MAX_LOCI",
    "MAX_VISITS",
    "Coded",
    "Column",
    "NightTable",
    "locus_id_of",
]

DAY_OBS: Final = "2026-07-09"
"""Rubin's date of the night: from 12:00 UTC of this day to 12:00 UTC of the next."""

MAX_LOCI: Final = 2_000_000
MAX_VISITS: Final = 950
"""In 9 hours: exposures of 30 s, and 4 s to slew and to read out."""

FIELD_RADIUS_DEG: Final = 1.75
BLOCK_ROWS: Final = 2**16
"""How many rows are computed at once."""

_BEGIN_MJD, _HOURS = 61231.02, 9.0  # in UTC
_LOCI_PER_VISIT = 300  # at least, if there are that many
_LONGITUDE_DEG, _HOUR_ANGLE_DEG, _HIGHEST_DEC_DEG = -70.75, 45.0, 8.0
_LARGEST_CENTER = (0.0, -30.0)
_FIRST_ID, _IDS_PER_LOCUS, _MAX_ALERTS = 180_000_000_000_000_000, 32, 30
_LIMIT_MAG, _FAINTEST_MAG, _SIGMAS = 24.3, 24.2, 5.0
_TAGS = (
    "lsst_scimma_quality_transient",
    "young_rubin_transients",
    "in_LSSTDDF",
    "lc_feature_extractor",
)
_BANDS, _DETECTORS = "grizy", 189
_LOCUS_ID = re.compile(r"ANT2026simn(\d{7})", re.ASCII | re.IGNORECASE)
_SOURCE_ID = re.compile(r"(?:lsst:)?(\d{18})", re.ASCII | re.IGNORECASE)
_UNIX_EPOCH_MJD, _PROCESSING_S = 40587, 103.0
_MJD_EPOCH = datetime(1858, 11, 17)

Numbers: TypeAlias = NDArray[np.float64]


class Coded(NamedTuple):
    """Values of which few differ: for each row, which of them it has."""

    codes: NDArray[Any]
    values: Sequence[tuple[Value, ...]]


Column: TypeAlias = Coded | Numbers | Callable[[int], str]
"""A function makes the IDs, which grow with the row."""


class NightTable:
    """The statistics of loci whose newest alerts are of one night, and the loci.

    All alerts of a visit have the same time and are within 1.75 degrees of the center of its field.
    The earlier alerts of a locus, at most 29, were at the same hour of earlier nights.

    Parameters
    ----------
    loci : int
        How many; the same number gives the same loci.
    largest_visit : int, optional
        How many of them are in the last visit, the field of which is centered on RA 0; by default
        about as many as in the others.
    """

    def __init__(self, loci: int, largest_visit: int | None = None) -> None:
        rng = np.random.default_rng(20260709)
        visits = max(1, min(MAX_VISITS, loci // _LOCI_PER_VISIT))
        begin = _BEGIN_MJD + TAI_MINUS_UTC_S / 86400
        self.times = _rounded(begin + np.arange(visits) * (_HOURS / 24 / visits), 8)
        self.visit = _visits(rng, loci, visits, largest_visit)
        ra, dec = _centers(rng, self.times)
        if largest_visit is not None:
            ra[-1], dec[-1] = _LARGEST_CENTER
        self.ra, self.dec = np.empty(loci), np.empty(loci)
        for start in range(0, loci, BLOCK_ROWS):  # the whole at once would need a lot of memory
            block = slice(start, start + BLOCK_ROWS)
            places = ra[self.visit[block]], dec[self.visit[block]]
            self.ra[block], self.dec[block] = _positions(rng, *places)
        self.alerts = np.minimum(rng.geometric(0.35, loci), _MAX_ALERTS).astype(np.uint8)
        self.gap = rng.integers(1, 12, loci, dtype=np.uint8)  # nights from alert to alert
        self.bright = _rounded(np.clip(rng.normal(21.8, 1.2, loci), 15.0, _FAINTEST_MAG), 4)
        fainter = np.minimum(rng.exponential(0.8, loci), _FAINTEST_MAG - self.bright)
        self.fade = _rounded(np.where(self.alerts > 1, fainter, 0.0), 4)
        self.flags = self._draw_flags(rng.random(loci) < 0.7)

    def __len__(self) -> int:
        return len(self.ra)

    def column(self, name: str, rows: Rows) -> Column | None:
        """Return the values in some rows of a property that is not the same for all loci."""
        named, _, kind = name.partition("_alert_")
        match kind or name:
            case "ra":
                return self.ra[rows]
            case "dec":
                return self.dec[rows]
            case "tags":
                return Coded(self.flags[rows], [_tags(flags) for flags in range(2 ** len(_TAGS))])
            case "num_alerts" | "num_mag_values":
                return Coded(self.alerts[rows], [(number,) for number in range(_MAX_ALERTS + 1)])
            case "observation_time" if named == "newest":
                return Coded(self.visit[rows], [(time,) for time in self.times.tolist()])
            case "observation_time":
                nights = self.gap[rows] * self._after(named, rows)
                return _rounded(self.times[self.visit[rows]] - nights, 8)
            case "magnitude":
                is_bright = self._after(named, rows) == self._after("brightest", rows)
                fainter = self.bright[rows] + self.fade[rows]
                return _rounded(np.where(is_bright, self.bright[rows], fainter), 4)
            case "id":
                return lambda row: f"lsst:{_source_id(row, self._place(row, named))}"
            case "locus_id":
                return locus_id_of
            case "survey.lsst.dia_object_id":
                return lambda row: str(_source_id(row, 0))
        return None

    def row_of(self, text: str) -> int | None:
        """Return the row of the ID of a locus, a diaObject or an alert; None for any other."""
        if found := _LOCUS_ID.fullmatch(text):
            row, place = int(found[1]), 0
        elif found := _SOURCE_ID.fullmatch(text):
            row, place = divmod(int(found[1]) - _FIRST_ID, _IDS_PER_LOCUS)
        else:
            return None
        return row if 0 <= row < len(self) and place < self.alerts[row] else None

    def count_tags(self) -> Counter[str]:
        """Return how many loci have each tag."""
        tags: Counter[str] = Counter()
        for flags, number in enumerate(np.bincount(self.flags).tolist()):
            tags.update({tag: number for tag in _tags(flags) if number})
        return tags

    def file(self, row: int, *, with_alerts: bool = True) -> LocusFile:
        """Return a locus as the content of a locus file."""
        places = range(int(self.alerts[row])) if with_alerts else ()
        locus: Locus = {
            "id": locus_id_of(row),
            "ra": float(self.ra[row]),
            "dec": float(self.dec[row]),
            "user_tags": list(_tags(int(self.flags[row]))),
            "old_properties": self._properties(row),
            "catalog_objects": {},
            "grav_wave_events_metadata": {},
            "alerts": [self._alert(row, place) for place in places],
        }
        return {"header": {"format": "antares-locus", "version": 1}, "locus": locus}

    def _draw_flags(self, is_transient: NDArray[np.bool_]) -> NDArray[np.uint8]:
        is_young = (self.alerts <= 3) & (self.gap <= 4)
        columns = [is_transient, is_young, self.visit % 20 == 3, self.alerts >= 3]
        return np.asarray(np.packbits(columns, axis=0, bitorder="little")[0])

    def _after(self, named: str, rows: Rows) -> Numbers:
        """Return how many alerts loci have after their newest, oldest or brightest one."""
        last: Numbers = self.alerts[rows].astype(np.float64) - 1
        if named == "brightest":
            return np.where(rows % 2 == 0, 0.0, last)
        return last if named == "oldest" else np.zeros(len(rows))

    def _place(self, row: int, named: str) -> int:
        is_last = named == "newest" or (named == "brightest" and row % 2 == 0)
        return int(self.alerts[row]) - 1 if is_last else 0

    def _time(self, row: int, place: int) -> float:
        nights = int(self.gap[row]) * (int(self.alerts[row]) - 1 - place)
        return round(float(self.times[self.visit[row]]) - nights, 8)

    def _magnitude(self, row: int, place: int) -> float:
        last = int(self.alerts[row]) - 1
        part = abs(place - self._place(row, "brightest")) / max(1, last)
        return round(float(self.bright[row]) + float(self.fade[row]) * part, 4)

    def _properties(self, row: int) -> dict[str, Any]:
        number = int(self.alerts[row])
        properties: dict[str, Any] = {"num_alerts": number, "num_mag_values": number}
        for named in ("brightest", "newest", "oldest"):
            place = self._place(row, named)
            properties[f"{named}_alert_id"] = f"lsst:{_source_id(row, place)}"
            properties[f"{named}_alert_magnitude"] = self._magnitude(row, place)
            properties[f"{named}_alert_observation_time"] = self._time(row, place)
        names = {"dia_object_id": [str(_source_id(row, 0))], "ss_object_id": []}
        return properties | {
            "is_corrected": "true",
            "survey": {"lsst": names},
            "simulated": "true",
            "sim_class": "statistics only",
        }

    def _alert(self, row: int, place: int) -> Alert:
        mjd, magnitude = self._time(row, place), self._magnitude(row, place)
        source = self._source(row, place, mjd, 10 ** ((AB_ZEROPOINT - magnitude) / 2.5))
        snr, visit_utc = source["snr"], mjd - TAI_MINUS_UTC_S / 86400
        properties = {f"lsst_diaSource_{name}": value for name, value in source.items()} | {
            "ant_ra": source["ra"],
            "ant_dec": source["dec"],
            "ant_mjd": mjd,
            "ant_passband": source["band"],
            "ant_survey": 4,
            "ant_time_received": int((visit_utc - _UNIX_EPOCH_MJD) * 86400 + _PROCESSING_S),
            "ant_mag": magnitude,
            "ant_magerr": round(2.5 / np.log(10) / snr, 4),
        }
        identity = f"lsst:{source['diaSourceId']}"
        return {"id": identity, "mjd": mjd, "properties": properties, "grav_wave_events": []}

    def _source(self, row: int, place: int, mjd: float, flux: float) -> dict[str, Any]:
        error = 10 ** ((AB_ZEROPOINT - _LIMIT_MAG) / 2.5) / _SIGMAS
        fluxes = {"psfFlux": flux, "scienceFlux": 2 * flux, "templateFlux": flux}
        visit = int(self.visit[row])
        return {
            "diaSourceId": _source_id(row, place),
            "visit": _visit_id(mjd, visit),
            "detector": row % _DETECTORS,
            "diaObjectId": _source_id(row, 0),
            "ssObjectId": 0,
            "midpointMjdTai": mjd,
            "band": _BANDS[(visit + place) % len(_BANDS)],
            "ra": float(self.ra[row]),
            "dec": float(self.dec[row]),
            **{name: round(value, 3) for name, value in fluxes.items()},
            **{f"{name}Err": round(error, 3) for name in fluxes},
            "snr": round(flux / error, 4),
            "reliability": (55 + (7 * row + 13 * place) % 45) / 100,
            "extendedness": 0.0,
            **dict.fromkeys(("isNegative", "isDipole", "psfFlux_flag", "pixelFlags"), False),
        }


def locus_id_of(row: int) -> str:
    """Return the ID of a locus."""
    return f"ANT2026simn{row:07d}"


def _source_id(row: int, place: int) -> int:
    """Return the diaSourceId of an alert: that of the first is the diaObjectId, too."""
    return _FIRST_ID + int(row) * _IDS_PER_LOCUS + place


def _visit_id(mjd: float, visit: int) -> int:
    day_obs = _MJD_EPOCH + timedelta(days=mjd - 0.5)
    return int(f"{day_obs:%Y%m%d}{visit + 1:05d}")


def _tags(flags: int) -> tuple[str, ...]:
    return ("simulated", *(tag for bit, tag in enumerate(_TAGS) if flags >> bit & 1))


def _visits(
    rng: np.random.Generator, loci: int, visits: int, largest: int | None
) -> NDArray[np.int16]:
    """Return the visit of each locus: some have several times as many as others."""
    weights = rng.lognormal(sigma=0.5, size=visits)
    others = weights if largest is None or visits == 1 else weights[:-1]
    drawn = rng.choice(len(others), loci, p=others / others.sum()).astype(np.int16)
    drawn[rng.permutation(loci)[: largest or 0]] = visits - 1
    return drawn


def _centers(rng: np.random.Generator, times: Numbers) -> tuple[Numbers, Numbers]:
    """Return the centers of the fields: within 3 hours of the meridian, down to the pole."""
    sidereal = 280.46 + 360.98564737 * (times - 51544.5) + _LONGITUDE_DEG
    hour_angle = rng.uniform(-_HOUR_ANGLE_DEG, _HOUR_ANGLE_DEG, len(times))
    sines = rng.uniform(-1.0, np.sin(np.radians(_HIGHEST_DEC_DEG)), len(times))
    return (sidereal - hour_angle) % 360, np.degrees(np.arcsin(sines))


def _positions(rng: np.random.Generator, ra: Numbers, dec: Numbers) -> tuple[Numbers, Numbers]:
    """Return positions spread evenly over a field around each center."""
    distance = np.radians(FIELD_RADIUS_DEG) * np.sqrt(rng.random(len(ra)))
    angle, dec = rng.uniform(0, 2 * np.pi, len(ra)), np.radians(dec)
    north, east = np.sin(distance) * np.cos(angle), np.sin(distance) * np.sin(angle)
    sine = np.sin(dec) * np.cos(distance) + np.cos(dec) * north
    turn = np.arctan2(east, np.cos(dec) * np.cos(distance) - np.sin(dec) * north)
    own_ra, own_dec = ra + np.degrees(turn), np.degrees(np.arcsin(np.clip(sine, -1.0, 1.0)))
    return _rounded(own_ra % 360, 8) % 360, _rounded(own_dec, 8)


def _rounded(values: NDArray[Any], digits: int) -> Numbers:
    return np.asarray(np.round(values, digits), dtype=np.float64)
