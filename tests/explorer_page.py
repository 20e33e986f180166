"""The explorer's page, its functions called from Python, and what extract_lightcurve gives."""

import json
import warnings
from typing import Any

import numpy as np

from antares_helpers import alert_summary, extract_lightcurve

PAGE = "explorer.html"
FLAGS = ("is_negative", "is_dipole", "flagged", "is_limit", "is_forced")

EXTRACT = """([locus, all]) => {
    const numbers = (points, name) => points.map((each) => each[name]);
    return all.map((options) => {
        const { points, report, convention } = explorer.extract(locus, options);
        const names = ["mjd", "flux", "fluxErr", "id", "band", "survey", "objectId"];
        names.push("isNegative", "isDipole", "flagged", "isLimit", "isForced");
        const columns = Object.fromEntries(names.map((name) => [name, numbers(points, name)]));
        return { ...columns, sentence: explorer.sentence(report), convention, report };
    });
}"""
OF_SITE = f"([id, all]) => explorer.loadLocus(id).then((locus) => ({EXTRACT})([locus, all]))"
OF_FILE = f"""([text, all]) => explorer.readFile(new File([text], "locus.json"))
    .then((locus) => ({EXTRACT})([locus, all]))"""

NAMES = {
    "survey": "survey",
    "flux": "flux",
    "bands": "bands",
    "keepDipoles": "keep_dipoles",
    "keepFlagged": "keep_flagged",
    "minReliability": "min_reliability",
}

Options = dict[str, Any]


def expected(locus: Any, options: Options, packet: Any = None) -> dict[str, Any]:
    """Return what the helpers make of a locus, under the names of the page."""
    given = {NAMES[name]: value for name, value in options.items() if name in NAMES}
    forced = packet if options.get("forced") else None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        lc = extract_lightcurve(locus, forced=forced, **given)
    columns = {
        "mjd": lc.time.mjd,
        "flux": with_rule(lc, locus, options),
        "fluxErr": lc["flux_err"].value,
        "id": lc["alert_id"],
        "band": lc["band"],
        "survey": lc["survey"],
        "objectId": lc["dia_object_id"],
        **{_camel(name): lc[name] for name in FLAGS},
    }
    summary = alert_summary(lc)
    numbers = dict(zip(summary["alerts"].tolist(), summary["number"].tolist(), strict=True))
    return {
        **{name: np.asarray(values).tolist() for name, values in columns.items()},
        "sentence": summary.meta["sentence"],
        "convention": lc.meta["sign_convention"],
        "numbers": numbers,
    }


def with_rule(lc: Any, locus: Any, options: Options) -> Any:
    """Return the fluxes by the rule that the options name."""
    flux = lc["flux"].value.copy()
    if options.get("flux") == "total" or options.get("sign") not in ("abs", "naive"):
        return flux
    if options["sign"] == "abs":
        return abs(flux)
    name = "lsst_diaSource_psfFlux"
    alerts = [each for each in locus["alerts"] if isinstance(each, dict) and "properties" in each]
    raw = {each["id"]: each["properties"].get(name) for each in alerts}
    for row, (alert_id, negative) in enumerate(zip(lc["alert_id"], lc["is_negative"], strict=True)):
        value = raw.get(alert_id)
        if value is not None:
            flux[row] = -value if negative else value
    return flux


def differences(found: dict[str, Any], wanted: dict[str, Any]) -> list[str]:
    """Return the names of what differs; only ZTF's fluxes, from magnitudes, may by rounding."""
    numbers = {"included": found["report"]["included"], **found["report"]["excluded"]}
    names = [name for name in wanted if name != "numbers" and not _equal(found, wanted, name)]
    return names + (["numbers"] if numbers != wanted["numbers"] else [])


def _equal(found: dict[str, Any], wanted: dict[str, Any], name: str) -> bool:
    if name not in ("mjd", "flux", "fluxErr"):
        return bool(found[name] == wanted[name])
    ours, theirs = (np.array(each[name], dtype=float) for each in (found, wanted))
    if len(ours) != len(theirs):
        return False
    exact = (ours == theirs) | ((np.array(wanted["survey"]) == "ztf") & (name != "mjd"))
    return bool(exact.all() and np.allclose(ours, theirs, rtol=1e-14, atol=0))


def as_text(locus: dict[str, Any]) -> str:
    """Return the text of a locus file."""
    header = {"format": "antares-locus", "version": 1, "source": "test", "created": ""}
    return json.dumps({"header": header, "locus": locus})


def _camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(map(str.capitalize, others))
