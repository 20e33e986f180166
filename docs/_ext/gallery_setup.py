"""Settings of the gallery: reading order, and warnings in an example made errors."""

import warnings
from pathlib import Path
from typing import Any

__all__ = ["GALLERY"]

ROOT = Path(__file__).resolve().parents[2]


def warnings_are_errors(gallery_conf: dict[str, Any], fname: str) -> None:  # noqa: ARG001 - sphinx-gallery's signature
    """Before each example: let no warning pass unseen."""
    warnings.simplefilter("error")
    # antares-devkit 0.11 declares its models in the way of pydantic 1.
    warnings.filterwarnings("ignore", "Using extra keyword arguments on `Field`")
    warnings.filterwarnings("ignore", "Support for class-based `config`")
    # Where there is a screen, matplotlib warns that plt.show() has nothing to show it on.
    warnings.filterwarnings("ignore", "FigureCanvasAgg is non-interactive")


GALLERY: dict[str, Any] = {
    "examples_dirs": [str(ROOT / "gallery")],
    "gallery_dirs": ["tutorials"],
    "filename_pattern": r"\.py$",
    "ignore_pattern": r"__init__\.py",
    "subsection_order": "FileNameSortKey",
    "within_subsection_order": "FileNameSortKey",
    "nested_sections": True,
    "doc_module": ("antares_helpers",),
    "backreferences_dir": "api/generated/backreferences",
    "reset_modules": ("matplotlib", "gallery_setup.warnings_are_errors"),
    "abort_on_example_error": True,
    "remove_config_comments": True,
    "download_all_examples": False,
    "show_memory": False,
    "show_signature": False,
    "min_reported_time": 1e9,
    "write_computation_times": False,
    "plot_gallery": "True",
}
