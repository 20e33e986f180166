"""Settings of the gallery: reading order, the sandbox, and warnings in an example made errors."""

import ast
import os
import warnings
from functools import cache
from pathlib import Path
from typing import Any

__all__ = ["GALLERY", "IS_LIVE"]

ROOT = Path(__file__).resolve().parents[2]
IS_LIVE = os.environ.get("ANTARES_LIVE") == "1"


@cache
def _sandbox() -> Any:
    from antares_sandbox import Sandbox

    sandbox = Sandbox(thumbnails="fits")  # from which fluxes can be measured
    sandbox.start()
    return sandbox


def start_sandbox(_conf: dict[str, Any], _name: str, when: str) -> None:
    """Start the sandbox before the first example is run; it stops when the build ends."""
    if when == "before" and not IS_LIVE:
        _sandbox()


def mark_figures(_conf: dict[str, Any], _name: str, when: str) -> None:
    """Mark the figures of an example as simulated; those of Sphinx's other parts are not."""
    import simulated_figures

    if when == "before" and not IS_LIVE:
        simulated_figures.start()
    else:
        simulated_figures.stop()


_filters_outside: list[Any] = []


def warnings_are_errors(_conf: dict[str, Any], _name: str, when: str) -> None:
    """Let no warning of an example pass unseen; leave those of Sphinx as they are.

    What other packages will change one day breaks no page, unless the page itself relies on it.
    """
    if when == "before":
        _filters_outside[:] = warnings.filters
        warnings.simplefilter("error")
        for category in (DeprecationWarning, PendingDeprecationWarning, FutureWarning):
            warnings.simplefilter("ignore", category)
        warnings.filterwarnings("ignore", r"[\s\S]*deprecated")
        warnings.filterwarnings("error", module="__main__|antares_(helpers|sandbox)")
        # Where there is a screen, matplotlib warns that plt.show() can't show on it.
        warnings.filterwarnings("ignore", "FigureCanvasAgg is non-interactive")
    else:
        warnings.filters[:] = _filters_outside  # type: ignore[index]


def draw_figures(block: Any, block_vars: dict[str, Any], conf: dict[str, Any]) -> str:
    """Draw the figures of a block, and one from a block before if the last line names it."""
    from matplotlib import pyplot as plt
    from matplotlib.figure import Figure
    from sphinx_gallery.scrapers import matplotlib_scraper

    ends_in_value = isinstance(ast.parse(block.content).body[-1], ast.Expr)
    last = block_vars["example_globals"].get("___") if ends_in_value else None
    if isinstance(last, Figure) and last not in map(plt.figure, plt.get_fignums()):
        manager = plt.figure().canvas.manager
        manager.canvas.figure = last
        last.set_canvas(manager.canvas)
    figures = [plt.figure(number) for number in plt.get_fignums()]
    paths = block_vars["image_path_iterator"].paths
    before = len(paths)
    rst: str = matplotlib_scraper(block, block_vars, conf)
    for number, figure in enumerate(figures, start=before + 1):
        _draw_again(figure, number, Path(paths[number - 1]), block_vars["file_conf"])
    return rst


def _draw_again(figure: Any, number: int, path: Path, page: dict[str, Any]) -> None:
    """Draw the dark version of a figure in both sizes, and the card of the page from it."""
    from dark_figures import dark_path, save_dark
    from PIL import Image
    from thumbnails import save_card

    large = path.with_stem(f"{path.stem}_2_00x")
    save_dark(figure, large, dpi=2 * figure.dpi)
    with Image.open(dark_path(large)) as image:
        image.convert("RGB").reduce(2).save(dark_path(path))
    if number == page.get("thumbnail_number", 1) and "thumbnail_path" not in page:
        save_card(figure, path.with_stem(f"{path.stem.rpartition('_')[0]}_card"))


GALLERY: dict[str, Any] = {
    "examples_dirs": [str(ROOT / "gallery")],
    "gallery_dirs": ["tutorials"],
    "filename_pattern": r"\.py$",
    "ignore_pattern": r"__init__\.py",
    "within_subsection_order": "FileNameSortKey",
    "nested_sections": True,
    "doc_module": ("antares_helpers",),
    "backreferences_dir": "api/generated/backreferences",
    "image_scrapers": ("explorer_links.find_link", "gallery_setup.draw_figures"),
    "ignore_repr_types": r"matplotlib\.",
    "reset_modules": (
        "matplotlib",
        "gallery_setup.start_sandbox",
        "gallery_setup.mark_figures",
        "gallery_setup.warnings_are_errors",
        "explorer_links.watch",
    ),
    "reset_modules_order": "both",
    "abort_on_example_error": True,
    "remove_config_comments": True,
    "download_all_examples": False,
    "show_memory": False,
    "show_signature": False,
    "min_reported_time": 1e9,
    "write_computation_times": False,
    "image_srcset": ["2x"],
}
