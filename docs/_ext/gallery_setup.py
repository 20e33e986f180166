"""Settings of the gallery: reading order, and warnings in an example made errors."""

import warnings
from pathlib import Path
from typing import Any

__all__ = ["GALLERY"]

ROOT = Path(__file__).resolve().parents[2]


_filters_outside: list[Any] = []


def warnings_are_errors(_conf: dict[str, Any], _name: str, when: str) -> None:
    """Let no warning of an example pass unseen; leave those of Sphinx as they are."""
    if when == "before":
        _filters_outside[:] = warnings.filters
        warnings.simplefilter("error")
        # antares-devkit 0.11 declares its models in the way of pydantic 1.
        warnings.filterwarnings("ignore", "Using extra keyword arguments on `Field`")
        warnings.filterwarnings("ignore", "Support for class-based `config`")
        # Where there is a screen, matplotlib warns that plt.show() can't show on it.
        warnings.filterwarnings("ignore", "FigureCanvasAgg is non-interactive")
    else:
        warnings.filters[:] = _filters_outside  # type: ignore[index]


GALLERY: dict[str, Any] = {
    "examples_dirs": [str(ROOT / "gallery")],
    "gallery_dirs": ["tutorials"],
    "filename_pattern": r"\.py$",
    "ignore_pattern": r"__init__\.py",
    "within_subsection_order": "FileNameSortKey",
    "nested_sections": True,
    "doc_module": ("antares_helpers",),
    "backreferences_dir": "api/generated/backreferences",
    "reset_modules": ("matplotlib", "gallery_setup.warnings_are_errors"),
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
