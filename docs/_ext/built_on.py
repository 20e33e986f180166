"""Make figures and API stubs anew if what they were made from has changed, else leave them.

sphinx-gallery runs a tutorial again only if its own text has changed. So that no figure outlives
the helpers, the loci or the service that it came from, a stamp says what the figures were made
from, and since when. Live figures last for a day. The figures of the page on the simulated sky
have a stamp of their own: they never show live data.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

__all__ = ["built_on", "draw_if_changed", "fingerprint", "setup"]

ROOT = Path(__file__).resolve().parents[2]
TUTORIALS = ROOT / "docs" / "tutorials"
STUBS = ROOT / "docs" / "api" / "generated"
STUBS_STAMP = STUBS / "made_from.json"
SKY = ROOT / "docs" / "simulated_sky"

_DRAWN_WITH = ("antares-client", "antares-devkit", "astropy", "matplotlib", "numpy")


def built_on(*, is_live: bool) -> str:
    """Return the day since when the figures are what they are; drop those that are outdated."""
    today = datetime.now(UTC).strftime("%Y-%m-%d")
    service = f"live on {today}" if is_live else "sandbox"
    stamp = TUTORIALS / "built_on.json"
    made_from = fingerprint(_drawn_by(), service, *map(version, _DRAWN_WITH))
    if _made_from(stamp) != made_from:
        for checksum in TUTORIALS.rglob("*.md5"):
            checksum.unlink()
        _write(stamp, {"made_from": made_from, "date": today})
    date: str = json.loads(stamp.read_text(encoding="utf-8"))["date"]
    return date


def _drawn_by() -> Iterator[Path]:
    yield from ROOT.glob("helpers/**/*.*")
    for name in ("dark_*.py", "thumbnails.py"):
        yield from Path(__file__).parent.glob(name)


def fingerprint(paths: Iterable[Path], *others: str) -> str:
    """Return what is the same as long as files and versions are, without reading the files."""
    stats = ((str(path), path.stat()) for path in sorted(paths) if "__pycache__" not in path.parts)
    state = [(name, stat.st_size, stat.st_mtime_ns) for name, stat in stats]
    return sha256(repr((state, others)).encode()).hexdigest()


def _made_from(stamp: Path) -> str:
    try:
        return str(json.loads(stamp.read_text(encoding="utf-8"))["made_from"])
    except (OSError, ValueError, KeyError):
        return ""


def _write(stamp: Path, content: dict[str, str]) -> None:
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(json.dumps(content) + "\n", encoding="utf-8")


def _stubs_made_from() -> str:
    folders = [ROOT / name for name in ("helpers", "docs/api", "docs/_templates")]
    paths = (path for folder in folders for path in folder.rglob("*.*"))
    return fingerprint(path for path in paths if STUBS not in path.parents)


def _skip_current_stubs(app: Sphinx) -> None:
    """Spare the import of all that is documented: it takes longer than the rest of a rebuild."""
    app.config.autosummary_generate = _made_from(STUBS_STAMP) != _stubs_made_from()


def _keep_stubs(app: Sphinx) -> None:
    if app.config.autosummary_generate:
        _write(STUBS_STAMP, {"made_from": _stubs_made_from()})
    app.config.autosummary_generate = True


def draw_if_changed(folder: Path, code: str, draw: Callable[[Path], None], *others: object) -> None:
    """Draw figures into a folder if what they are made from has changed.

    Parameters
    ----------
    folder : Path
        The folder, which gets a stamp.
    code : str
        The files that draw, beside the helpers: a pattern of paths below ``docs``.
    draw : callable
        Draws the figures; it imports what it needs itself, for that takes seconds.
    *others : object
        What else the figures depend on.
    """
    docs = Path(__file__).parents[1]
    paths = [*_drawn_by(), *docs.glob(code)]
    made_from = fingerprint(paths, *map(version, _DRAWN_WITH), *map(repr, others))
    stamp = folder / "made_from.json"
    if _made_from(stamp) != made_from:
        draw(folder)
        _write(stamp, {"made_from": made_from})


def _draw_sky(_app: Sphinx) -> None:
    """Draw the figures of the page on the simulated sky: before Sphinx looks for them."""

    def draw(folder: Path) -> None:
        from sky_figures import draw_all

        draw_all(folder)

    draw_if_changed(SKY, "_ext/sky_*.py", draw)


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the extension: two hooks come before and after that of autosummary."""
    app.connect("builder-inited", _draw_sky)
    app.connect("builder-inited", _skip_current_stubs, priority=400)
    app.connect("builder-inited", _keep_stubs, priority=600)
    return {"version": "1", "parallel_read_safe": True}
