"""Offer the executed notebooks of this repository for download, in place of generated ones."""

import shutil
import zipfile
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

__all__ = ["setup"]


def _replace_notebooks(app: Sphinx) -> None:
    root = Path(app.srcdir).parent
    for script in sorted((root / "gallery").glob("*/*.py")):
        name = script.relative_to(root / "gallery")
        notebook = root / "notebooks" / name.with_suffix(".ipynb")
        page = Path(app.srcdir) / "tutorials" / name
        # A page is read again where the time of one of its downloads has changed.
        if page.with_suffix(".ipynb").read_bytes() != notebook.read_bytes():
            shutil.copyfile(notebook, page.with_suffix(".ipynb"))
            with zipfile.ZipFile(page.with_suffix(".zip"), "w", zipfile.ZIP_DEFLATED) as archive:
                archive.write(script, script.name)
                archive.write(notebook, notebook.name)


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the extension, to run after sphinx-gallery."""
    app.connect("builder-inited", _replace_notebooks, priority=900)
    return {"version": "1", "parallel_read_safe": True}
