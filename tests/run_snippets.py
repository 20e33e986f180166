"""Run snippets one after the other, in a folder of their own, and print as JSON what each made.

For an environment without antares-helpers: nothing but antares-client and what it needs.
"""

import contextlib
import io
import json
import runpy
import sys
import traceback
import warnings
from pathlib import Path
from typing import Any

import numpy as np


def plain(value: Any) -> Any:
    """Return a value as JSON has it; of what JSON has no form for, the text."""
    if isinstance(value, dict):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(each) for each in value]
    if type(value) is np.ndarray or isinstance(value, np.generic):
        return plain(value.tolist())
    return value if isinstance(value, str | int | float | None) else str(value)


def drawn(ax: Any) -> dict[str, Any]:
    """Return what a test wants to know of axes."""
    return {
        "points": [bars.lines[0].get_xydata().tolist() for bars in ax.containers],
        "images": [image.get_array().tolist() for image in ax.images],
        "title": ax.get_title(),
        "labels": [ax.get_xlabel(), ax.get_ylabel()],
        "legend": legend_of(ax),
        "edges": [edge(bars.lines[0]) for bars in ax.containers],
        "is_inside": is_inside(ax),
    }


def legend_of(ax: Any) -> list[str]:
    """Return the title and the entries of a legend."""
    legend = ax.get_legend()
    return [] if legend is None else [text.get_text() for text in legend.findobj(_is_text)]


def _is_text(artist: Any) -> bool:
    return type(artist).__name__ == "Text" and bool(artist.get_text())


def edge(line: Any) -> list[Any]:
    """Return the color and the edge of a marker."""
    names = ("color", "markeredgecolor", "markeredgewidth")
    return [getattr(line, f"get_{name}")() for name in names]


def is_inside(ax: Any) -> bool:
    """Return whether the labels and the title are within the figure."""
    ax.figure.canvas.draw()
    inner, outer = ax.get_tightbbox(), ax.figure.bbox
    return bool(
        outer.x0 <= inner.x0
        and inner.x1 <= outer.x1
        and outer.y0 <= inner.y0
        and inner.y1 <= outer.y1
    )


def run(snippet: str) -> dict[str, Any]:
    """Run a snippet as a script; return its output, its variables, its axes and its error."""
    from matplotlib import pyplot as plt

    plt.close("all")
    output, error, made = io.StringIO(), None, {}
    with contextlib.redirect_stdout(output):
        try:
            made = runpy.run_path(snippet, run_name="__main__")
        except SystemExit as end:
            output.write(f"{end}\n")
        except Exception:
            error = traceback.format_exc()
    return {
        "output": output.getvalue(),
        "error": error,
        "made": {name: plain(value) for name, value in made.items() if name[0] != "_"},
        "axes": [drawn(ax) for number in plt.get_fignums() for ax in plt.figure(number).axes],
    }


if __name__ == "__main__":
    import antares_devkit.models  # noqa: F401 - it warns when it is imported

    warnings.filterwarnings("error", category=UserWarning)
    warnings.filterwarnings("error", category=RuntimeWarning)
    # Where there is a screen, matplotlib says that these figures can't be shown on it.
    warnings.filterwarnings("ignore", "FigureCanvasAgg is non-interactive")
    results = {Path(snippet).stem: run(snippet) for snippet in sys.argv[1:]}
    print(json.dumps(results))
