"""``explorer``: the page that explores light curves, with its loci as scripts and pictures.

They are written below the site's ``_static`` only if what they are made from has changed.
"""

import json
from pathlib import Path
from typing import Any

import built_on
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

__all__ = ["FOLDER", "PAGE", "setup"]

PAGE = "explorer"
FOLDER = "explorer"
"""Below ``_static``: a script and a picture for each locus, the index and the colors."""

_HERE = Path(__file__).parent
_PARTS = ("values", "signs", "alerts", "select", "packet", "lightcurve", "sources", "state")
_SCRIPTS = (
    f"{FOLDER}/index.js",
    *(f"explorer-{part}.js" for part in (*_PARTS, "figure", "details", "texts", "page")),
)
_KINDS = {
    "SN Ia-like": "Supernovae of type Ia",
    "SN Ibc-like": "Supernovae of type Ib/c",
    "SN IIP-like": "Supernovae of type IIP",
    "kilonova-like": "Kilonova",
    "AGN": "Active galactic nuclei (AGN)",
    "RR Lyrae": "RR Lyrae stars",
    "eclipsing binary": "Eclipsing binaries",
    "long-period variable": "Long-period variables",
    "dwarf nova": "Dwarf novae",
    "asteroid": "Asteroids",
    "dipole artifacts": "Dipoles (artifacts)",
    "artifact": "Other artifacts",
}
_REASONS = (
    *("MALFORMED", "OTHER_SURVEY", "NO_TIME", "BEFORE_SURVEY", "IN_FUTURE", "NO_BAND"),
    *("NO_MAGNITUDE", "NO_SIGN", "NO_FLUX", "NO_FLUX_ERR", "DUPLICATE", "REPEATED_DETECTION"),
    *("REPEATED_LIMIT", "CONTRADICTED_LIMIT", "OTHER_BAND", "DIPOLE", "FLAGGED"),
    "BELOW_RELIABILITY",
)


class Explorer(SphinxDirective):
    """Show the explorer."""

    def run(self) -> list[nodes.Node]:
        """Make the page."""
        path = _HERE / "explorer.html"
        # The page names its scripts, with their checksums.
        scripts = _HERE.parent.glob("_static/explorer*")
        for each in (path, Path(__file__), *sorted(scripts)):
            self.env.note_dependency(str(each))
        return [nodes.raw("", path.read_text(encoding="utf-8"), format="html")]


def _write_data(app: Sphinx) -> None:
    """Write what the page loads: before Sphinx looks for its scripts."""
    folder = Path(app.outdir, "_static", FOLDER)
    paths = [*built_on.ROOT.glob("helpers/**/*.*"), *_HERE.glob("explorer*.py")]
    made_from, stamp = built_on.fingerprint(paths), folder / "made_from.json"
    if app.builder.format == "html" and built_on._made_from(stamp) != made_from:
        folder.mkdir(parents=True, exist_ok=True)
        _write_all(folder, made_from[:12])
        built_on._write(stamp, {"made_from": made_from})


def _write_all(folder: Path, version: str) -> None:
    from explorer_cutouts import sprite  # seconds, which an unchanged build is spared
    from explorer_data import as_script, exported, kind_of

    from antares_sandbox.bundled import BUNDLED, TUTORIAL_ID

    loci: dict[str, list[list[Any]]] = {}
    for path in sorted(BUNDLED.glob("*.json")):
        file = json.loads(path.read_bytes())
        locus_id, (picture, cutouts) = file["locus"]["id"], sprite(file)
        script = as_script("explorer.addLocus", {**exported(file), "cutouts": cutouts})
        (folder / f"{locus_id}.js").write_text(script, encoding="utf-8")
        (folder / f"{locus_id}.webp").write_bytes(picture)
        loci.setdefault(kind_of(file), []).append([locus_id, len(file["locus"]["alerts"])])
    ordered = sorted(loci, key=[*_KINDS, *loci].index)
    index = {
        "version": version,
        "start": TUTORIAL_ID,
        "kinds": [{"name": _KINDS.get(kind, kind), "loci": loci[kind]} for kind in ordered],
    }
    start = (
        "window.explorer = window.explorer || {};\n"
        'explorer.folder = document.currentScript.src.replace(/[^/]*$/, "");\n'
    )
    data = json.dumps({"index": index, "constants": _constants()}, separators=(",", ":"))
    (folder / "index.js").write_text(f"{start}Object.assign(explorer, {data});\n", encoding="utf-8")
    (folder / "bands.css").write_text(_colors(), encoding="utf-8")


def _constants() -> dict[str, Any]:
    """Return the numbers and names of the helpers that the page needs."""
    from antares_helpers import bands
    from antares_helpers.lightcurves import lsst, summary, ztf
    from antares_helpers.plotting.series import MAGNITUDE_SIGMA

    return {
        "bands": bands.BANDS,
        "symbols": dict(bands.SYMBOLS),
        "abZeropoint": bands.AB_ZEROPOINT,
        "taiMinusUtc": bands.TAI_MINUS_UTC_S,
        "ztfFids": dict(bands.ZTF_BAND_OF_FID),
        "ztfPassbands": dict(bands.ZTF_BAND_OF_PASSBAND),
        "flags": lsst.FLAGS,
        "lsstBegan": lsst.LSST_BEGAN,
        "ztfBegan": ztf.ZTF_BEGAN,
        "ztfExposure": ztf.ZTF_EXPOSURE,
        "magnitudes": ztf.MAGNITUDES,
        "magnitudeSigma": MAGNITUDE_SIGMA,
        "reasons": {name: getattr(summary, name) for name in _REASONS},
    }


def _colors() -> str:
    """Return the colors of the bands, on white and on black."""
    from antares_helpers.bands import COLORS_ON_BLACK, COLORS_ON_WHITE

    themes = {"": COLORS_ON_WHITE, 'html[data-theme="dark"] ': COLORS_ON_BLACK}
    rules = ""
    for theme, colors in themes.items():
        named = " ".join(f"--band-{band}: {color};" for band, color in colors.items())
        rules += f"{theme}.explorer {{ {named} }}\n"
    return rules


def _add_files(app: Sphinx, page: str, *_: Any) -> None:
    if page == PAGE:
        for script in _SCRIPTS:
            app.add_js_file(script, loading_method="defer")
        app.add_css_file(f"{FOLDER}/bands.css")
        app.add_css_file("explorer.css")


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the directive, the data and what the page loads."""
    app.add_directive("explorer", Explorer)
    app.connect("builder-inited", _write_data)
    app.connect("html-page-context", _add_files)
    return {"version": "1", "parallel_read_safe": True}
