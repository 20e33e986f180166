"""A page loads the style sheet of its own name in ``_static``, if there is one."""

from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

__all__ = ["setup"]


def _add_style(app: Sphinx, page: str, *_: Any) -> None:
    name = f"{page}.css"
    if (Path(app.srcdir) / "_static" / name).exists():
        app.add_css_file(name)


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the extension."""
    app.connect("html-page-context", _add_style)
    return {"version": "1", "parallel_read_safe": True}
