"""A progress bar for long work, in a terminal or a notebook."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import Any

__all__ = ["ProgressBar", "progress_bar"]


class ProgressBar:
    """A bar of tqdm, or none."""

    def __init__(self, bar: Any) -> None:
        self._bar = bar

    def show(self, done: int) -> None:
        """Show that so many are done."""
        if self._bar is not None:
            self._bar.update(done - self._bar.n)


@contextmanager
def progress_bar(total: int, *, is_shown: bool) -> Iterator[ProgressBar]:
    """Show a progress bar on stderr, unless that is a file or a pipe.

    Parameters
    ----------
    total : int
        How many loci there are.
    is_shown : bool
        Whether to show anything.

    Yields
    ------
    ProgressBar
        Its ``show`` takes how many are done.
    """
    if not is_shown:
        yield ProgressBar(None)
        return
    is_notebook = _is_notebook()
    disable = False if is_notebook else None  # None: if it is not a terminal
    with _bar_class(is_notebook)(total=total, unit="locus", disable=disable) as bar:
        yield ProgressBar(bar)


def _bar_class(is_notebook: bool) -> Any:
    if is_notebook and find_spec("ipywidgets"):  # without it tqdm warns, and shows a plain bar
        from tqdm.notebook import tqdm as widget

        return widget
    from tqdm.std import tqdm

    return tqdm


def _is_notebook() -> bool:
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    return shell is not None and hasattr(shell, "kernel")
