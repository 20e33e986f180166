"""Put the dark version of each figure beside it: the theme shows one of them.

A browser loads a lazy image only if it is shown, so that a reader loads one version of each.
"""

import re
from copy import copy
from pathlib import Path, PurePosixPath
from shutil import copyfile
from typing import Any

from bs4 import BeautifulSoup, Tag
from dark_colors import TEXT, dark
from dark_figures import dark_path
from matplotlib.colors import to_hex, to_rgba
from sphinx.application import Sphinx

__all__ = ["setup"]

_FOLDERS = ("tutorials", "simulated_sky")
_COLOR = re.compile('#[0-9a-f]{6}(?=[;"])')


def _find(app: Sphinx) -> None:
    """Find the dark versions, by name, once they are drawn."""
    root = Path(app.srcdir)
    found = [path for folder in _FOLDERS for path in (root / folder).rglob("*_dark*.png")]
    found += [_darken(app, path) for path in (root / "benchmarks").glob("*.svg")]
    app.dark_figures = {path.name: path for path in found}  # type: ignore[attr-defined]


def _darken(app: Sphinx, drawing: Path) -> Path:
    """Write the dark version of a drawing that is stored, where the site has it."""
    text = _COLOR.sub(lambda color: to_hex(dark(to_rgba(color[0]))), drawing.read_text("utf-8"))
    path = Path(app.outdir, "_images", dark_path(drawing).name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text.replace("<svg ", f'<svg fill="{TEXT}" ', 1), encoding="utf-8")
    return path


def _add(app: Sphinx, _page: str, _template: str, context: dict[str, Any], _doctree: Any) -> None:
    if "<img" not in context.get("body", ""):
        return
    soup = BeautifulSoup(context["body"], "html.parser")
    for number, image in enumerate(soup.select("img:not(.only-light, .only-dark)")):
        if number:  # the first may be the largest of the first screen
            image["loading"] = "lazy"
        if _dark_of(str(image["src"])).name in app.dark_figures:  # type: ignore[attr-defined]
            _add_dark(app, image)
    context["body"] = str(soup)


def _add_dark(app: Sphinx, image: Tag) -> None:
    twin = copy(image)
    classes = " ".join(filter(None, image.get_attribute_list("class")))
    image["class"], twin["class"] = f"{classes} only-light", f"{classes} only-dark"
    twin["loading"] = "lazy"
    for unwanted in ("fetchpriority", "id"):
        twin.attrs.pop(unwanted, None)
    twin["src"] = str(_copied(app, str(image["src"])))
    if "srcset" in twin.attrs:
        parts = [each.split() for each in str(twin["srcset"]).split(",")]
        parts = [[str(_copied(app, source)), *factor] for source, *factor in parts]
        twin["srcset"] = ", ".join(map(" ".join, parts))
    image.insert_after(twin)


def _copied(app: Sphinx, source: str) -> PurePosixPath:
    """Copy a dark version to where the site has its figures, and return its address."""
    address = _dark_of(source)
    made = app.dark_figures[address.name]  # type: ignore[attr-defined]
    place = Path(app.outdir, address.parent.name, address.name)
    if not place.exists() or place.stat().st_mtime_ns < made.stat().st_mtime_ns:
        place.parent.mkdir(exist_ok=True)
        copyfile(made, place)
    return address


def _dark_of(source: str) -> PurePosixPath:
    address = PurePosixPath(source)
    return address.with_name(dark_path(Path(address.name)).name)


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the extension, to run when the page is otherwise finished."""
    app.connect("builder-inited", _find, priority=950)
    app.connect("html-page-context", _add, priority=950)
    return {"version": "1", "parallel_read_safe": True}
