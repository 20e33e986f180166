"""Offer the executed notebooks of this repository for download, in place of generated ones."""

from pathlib import Path
from typing import Any

from downloads_files import wheel_name, with_install_lines, write_zip
from sphinx.application import Sphinx

__all__ = ["setup"]


def _replace_notebooks(app: Sphinx) -> None:
    root = Path(app.srcdir).parent
    for script in sorted((root / "gallery").glob("*/*.py")):
        name = script.relative_to(root / "gallery")
        notebook = root / "notebooks" / name.with_suffix(".ipynb")
        content = with_install_lines(notebook, f"./{wheel_name()}").encode()
        page = Path(app.srcdir) / "tutorials" / name
        # A page is read again where the time of one of its downloads has changed.
        if page.with_suffix(".ipynb").read_bytes() != content:
            page.with_suffix(".ipynb").write_bytes(content)
            both = {script.name: script.read_bytes(), notebook.name: content}
            write_zip(page.with_suffix(".zip"), both)


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the extension, to run after sphinx-gallery."""
    app.connect("builder-inited", _replace_notebooks, priority=900)
    return {"version": "1", "parallel_read_safe": True}
