"""The records of Rubin's alert packets: the fields that version 11.1 of the schema names."""

import re
from typing import Any, Final, NamedTuple

__all__ = [
    "ALERT",
    "DIA_FORCED_SOURCE",
    "DIA_OBJECT",
    "DIA_SOURCE",
    "SS_SOURCE",
    "Field",
    "avro_schema",
]

_VERSION = "v11_1"
_TYPES = {"d": "double", "f": "float", "l": "long", "i": "int", "b": "boolean", "s": "string"}
_BANDS = "ugrizy"

_UNITS = {
    r"(\w_)?(ap|psf|fp|trail|dipole|science|template)(Mean)?Flux"
    r"(Diff|Mean|Min|Max|Sigma)?(Err)?(Mean)?": "nJy",
    r"\w_psfFluxMaxSlope": "nJy/d",
    r"\w+MjdTai": "d",
    r"exposureTime": "s",
    r"(ra|dec|trailRa|trailDec|trailAngle)(Err)?|dipoleAngle|ephRa|ephDec": "deg",
    r"ecl\w+|gal\w+|elongation|phaseAngle": "deg",
    r"ra_dec_Cov": "deg**2",
    r"[xy](Err)?|bboxSize": "pixel",
    r"i[xy]{2}(PSF)?": "arcsec2",
    r"dipoleLength|trailLength(Err)?|ephOffset\w*": "arcsec",
    r"ephVmag": "mag",
    r"ephRate\w*": "deg/d",
    r"(topo|helio)(Range|_[xyz])": "AU",
    r"(topo|helio)(RangeRate|_v\w+)": "km/s",
}


class Field(NamedTuple):
    """A field of a record: its name, its type in Avro, and whether it may be null."""

    name: str
    kind: str
    nullable: bool

    @property
    def unit(self) -> str | None:
        """Its unit, as FITS writes it."""
        return next((unit for name, unit in _UNITS.items() if re.fullmatch(name, self.name)), None)


def _fields(text: str) -> tuple[Field, ...]:
    """Return the fields of words such as ``visit:L``; capitals are types that are never null."""
    split = (word.partition(":") for word in text.split())
    return tuple(
        Field(name, _TYPES[(mark or "f").lower()], not mark.isupper()) for name, _, mark in split
    )


def _of_bands(text: str) -> str:
    return " ".join(word.replace("*", band) for band in _BANDS for word in text.split())


ALERT: Final = _fields("diaSourceId:L observation_reason:s target_name:s")
"""The alert itself, without the records, lists and images in it."""

DIA_SOURCE: Final = _fields("""
diaSourceId:L visit:L detector:I diaObjectId:l ssObjectId:l parentDiaSourceId:l midpointMjdTai:D
exposureTime ra:D raErr dec:D decErr ra_dec_Cov x:F xErr y:F yErr centroid_flag:b apFlux apFluxErr
apFlux_flag:b apFlux_flag_apertureTruncated:b isNegative:b snr psfFlux psfFluxErr psfLnL psfChi2
psfNdata:I psfFlux_flag:b psfFlux_flag_edge:b psfFlux_flag_noGoodPixels:b trailFlux trailFluxErr
trailRa:d trailRaErr trailDec:d trailDecErr trailLength trailLengthErr trailAngle trailAngleErr
trailChi2 trailNdata:I trailAlgorithm:i trail_flag_edge:b trail_flag:b dipoleMeanFlux
dipoleMeanFluxErr dipoleFluxDiff dipoleFluxDiffErr dipoleLength dipoleAngle dipoleChi2
dipoleNdata:I scienceFlux scienceFluxErr forced_PsfFlux_flag:b forced_PsfFlux_flag_edge:b
forced_PsfFlux_flag_noGoodPixels:b templateFlux templateFluxErr ixx iyy ixy ixxPSF iyyPSF ixyPSF
shape_flag:b shape_flag_no_pixels:b shape_flag_not_contained:b shape_flag_parent_source:b
extendedness reliability reliabilityVersion:s band:s isDipole:b dipoleFitAttempted:b
timeProcessedMjdTai:D timeWithdrawnMjdTai:d bboxSize:I pixelFlags:b pixelFlags_bad:b
pixelFlags_cr:b pixelFlags_crCenter:b pixelFlags_edge:b pixelFlags_nodata:b
pixelFlags_nodataCenter:b pixelFlags_interpolated:b pixelFlags_interpolatedCenter:b
pixelFlags_offimage:b pixelFlags_saturated:b pixelFlags_saturatedCenter:b pixelFlags_suspect:b
pixelFlags_suspectCenter:b pixelFlags_streak:b pixelFlags_streakCenter:b pixelFlags_injected:b
pixelFlags_injectedCenter:b pixelFlags_injected_template:b pixelFlags_injected_templateCenter:b
glint_trail:b
""")
"""A detection in a difference image."""

DIA_FORCED_SOURCE: Final = _fields("""
diaForcedSourceId:L diaObjectId:L ra:D dec:D visit:L detector:I psfFlux psfFluxErr
midpointMjdTai:D scienceFlux scienceFluxErr band:s timeProcessedMjdTai:D timeWithdrawnMjdTai:d
""")
"""Forced photometry in one visit."""

DIA_OBJECT: Final = _fields(
    "diaObjectId:L validityStartMjdTai:D ra:D raErr dec:D decErr ra_dec_Cov "
    + _of_bands(
        "*_psfFluxMean *_psfFluxMeanErr *_psfFluxSigma *_psfFluxNdata:I *_fpFluxMean "
        "*_fpFluxMeanErr "
    )
    + " "
    + _of_bands("*_scienceFluxMean *_scienceFluxMeanErr")
    + " "
    + _of_bands("*_psfFluxMin *_psfFluxMax *_psfFluxMaxSlope *_psfFluxErrMean")
    + " firstDiaSourceMjdTai:d lastDiaSourceMjdTai:d nDiaSources:I"
)
"""The object of the detections."""

SS_SOURCE: Final = _fields("""
diaSourceId:L ssObjectId:L designation:s eclLambda:D eclBeta:D galLon:D galLat:D elongation
phaseAngle topoRange topoRangeRate helioRange helioRangeRate ephRa:d ephDec:d ephVmag ephRate
ephRateRa ephRateDec ephOffset ephOffsetRa:d ephOffsetDec:d ephOffsetAlongTrack
ephOffsetCrossTrack helio_x helio_y helio_z helio_vx helio_vy helio_vz helio_vtot topo_x topo_y
topo_z topo_vx topo_vy topo_vz topo_vtot diaDistanceRank:i
""")
"""The record that a detection of a solar-system object has in addition."""


def avro_schema() -> dict[str, Any]:
    """Return the Avro schema of the packets of the sandbox, which hold no orbits."""
    source, forced = _record("diaSource", DIA_SOURCE), _record("diaForcedSource", DIA_FORCED_SOURCE)
    nested = {
        "diaSource": source,
        "prvDiaSources": ["null", {"type": "array", "items": "diaSource"}],
        "prvDiaForcedSources": ["null", {"type": "array", "items": forced}],
        "diaObject": ["null", _record("diaObject", DIA_OBJECT)],
        "ssSource": ["null", _record("ssSource", SS_SOURCE)],
        "mpc_orbits": "null",
        **{f"cutout{image}": ["null", "bytes"] for image in ("Difference", "Science", "Template")},
    }
    alert = _record("alert", ALERT)
    alert["fields"] += [{"name": name, "type": kind} for name, kind in nested.items()]
    return {"namespace": f"lsst.{_VERSION}", **alert}


def _record(name: str, fields: tuple[Field, ...]) -> dict[str, Any]:
    described = [
        {"name": field.name, "type": ["null", field.kind] if field.nullable else field.kind}
        for field in fields
    ]
    return {"type": "record", "name": name, "fields": described}
