"""Take the theme's reports out of its script: the console of a reader is for errors."""

import re
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

__all__ = ["setup"]

_REPORT = re.compile(r"""console\.(?:log|info|debug)\((?:`[^`]*`|"[^"]*")\)""")


def _silence(app: Sphinx, error: Exception | None) -> None:
    script = Path(app.outdir, "_static", "scripts", "pydata-sphinx-theme.js")
    if error or not script.exists():
        return
    text = script.read_text(encoding="utf-8")
    quiet = _REPORT.sub("void 0", text)
    if quiet != text:
        script.write_text(quiet, encoding="utf-8")


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the extension."""
    app.connect("build-finished", _silence)
    return {"version": "1", "parallel_read_safe": True}
