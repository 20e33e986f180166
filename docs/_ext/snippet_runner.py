"""Run snippets against the sandbox, and write the answer of each: its output and its figure.

The extension `snippet_answers` runs this in a process of its own, so that no snippet changes Sphinx
or matplotlib: ``python snippet_runner.py ANSWER.json=SNIPPET ...``, with full paths.
"""

import contextlib
import io
import json
import os
import runpy
import shutil
import subprocess
import sys
import tempfile
import traceback
import warnings
from pathlib import Path
from typing import Any

import matplotlib as mpl
import simulated_figures
from matplotlib import pyplot as plt
from small_figures import shrink

from antares_sandbox import Sandbox
from antares_sandbox.patch_client import LIVE_URL

__all__ = ["run"]

_DPI = 200


def run(snippet: Path, figure: Path) -> dict[str, Any]:
    """Run a snippet in an empty folder; save its figure and return what it printed.

    Parameters
    ----------
    snippet : Path
        A script of Python, or of a shell if its name ends in ``.sh``.
    figure : Path
        The PNG file to write, if the snippet draws.

    Returns
    -------
    dict
        ``output`` (str), ``has_figure`` (bool) and ``error`` (str, empty if all went well).
    """
    plt.close("all")
    figure.unlink(missing_ok=True)
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        answer = _run_shell(snippet) if snippet.suffix == ".sh" else _run_python(snippet)
        drawn = sorted(Path(folder).glob("*.png"), key=lambda path: path.stat().st_mtime)
        if plt.get_fignums():
            plt.gcf().savefig(figure, dpi=_DPI)
        elif drawn:
            shutil.copyfile(drawn[-1], figure)  # the folder may be on another disk
    has_figure = figure.exists()
    if has_figure:
        shrink(figure)
    return answer | {"has_figure": has_figure}


def _run_shell(snippet: Path) -> dict[str, str]:
    # The command is that of this environment.
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", str(snippet)],
        env=os.environ | {"PATH": path},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    # 1: something could not be fetched, which may be what a snippet shows.
    error = "" if done.returncode in (0, 1) else f"exit status {done.returncode}"
    return {"output": done.stdout, "error": error}


def _run_python(snippet: Path) -> dict[str, str]:
    output, error = io.StringIO(), ""
    with contextlib.redirect_stdout(output), warnings.catch_warnings():
        # Where there is a screen, matplotlib warns that plt.show() can't show on it.
        warnings.filterwarnings("ignore", "FigureCanvasAgg is non-interactive")
        try:
            runpy.run_path(str(snippet), run_name="__main__")
        except (Exception, SystemExit):
            error = traceback.format_exc()
    return {"output": output.getvalue(), "error": error}


def _main(pairs: list[str]) -> None:
    mpl.use("agg")
    simulated_figures.start()
    with Sandbox(thumbnails="fits") as sandbox:
        for answer, _, snippet in (pair.partition("=") for pair in pairs):
            path = Path(answer)
            path.parent.mkdir(parents=True, exist_ok=True)
            made = run(Path(snippet), path.with_suffix(".png"))
            # As the service would say it: the sandbox has another address each time.
            made["output"] = made["output"].replace(sandbox.url, LIVE_URL)
            path.write_text(json.dumps(made) + "\n", encoding="utf-8")


if __name__ == "__main__":
    _main(sys.argv[1:])
