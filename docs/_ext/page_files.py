"""A page loads the style sheet and the script of its own name in ``_static``, if there are any."""

from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

__all__ = ["setup"]


def _add_files(app: Sphinx, page: str, *_: Any) -> None:
    static = Path(app.srcdir) / "_static"
    if (static / f"{page}.css").exists():
        app.add_css_file(f"{page}.css")
    if (static / f"{page}.js").exists():
        app.add_js_file(f"{page}.js", loading_method="defer")


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the extension."""
    app.connect("html-page-context", _add_files)
    return {"version": "1", "parallel_read_safe": True}
