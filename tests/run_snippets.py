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
    }


def run(snippet: str) -> dict[str, Any]:
    """Run a snippet as a script; return its output, its variables, its axes and its error."""
    from matplotlib import pyplot as plt

    plt.close("all")
    output, error, made = io.StringIO(), None, {}
    with contextlib.redirect_stdout(output):
        try:
            made = runpy.run_path(snippet, run_name="__main__")
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
