"""Apply a function to many items in a few threads, in order, and show the progress."""

import sys
import threading
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Sized
from concurrent.futures import Future, wait
from contextlib import contextmanager
from importlib.util import find_spec
from itertools import count
from typing import Any, Generic, TypeVar
from weakref import WeakSet

__all__ = ["ProgressBar", "finish_threads", "in_parallel", "progress_bar", "start_thread"]

_POLL_SECONDS = 0.1
_EXIT_SECONDS = 0.6
_MIN_FRACTION = 0.02  # below this an estimate is worth nothing

Item = TypeVar("Item")
Result = TypeVar("Result")


_threads: WeakSet[threading.Thread] = WeakSet()
_pools: "WeakSet[_OrderedPool[Any, Any]]" = WeakSet()


def start_thread(target: Callable[[], object]) -> None:
    """Run a function in a thread that delays neither Ctrl-C nor, by much, the end of the process.

    It is a daemon thread, unlike those of an executor. Python kills daemon threads when it ends,
    which aborts the process if one is in the middle of compiled code, such as pydantic's parser.
    So at the end of the process they are given a moment to finish.
    """
    thread = threading.Thread(target=target, daemon=True)
    _threads.add(thread)
    thread.start()


def finish_threads() -> None:
    """Stop all work, and wait a moment for the threads."""
    for pool in list(_pools):
        pool.stop()
    end = time.monotonic() + _EXIT_SECONDS
    for thread in list(_threads):
        thread.join(max(0.0, end - time.monotonic()))


def in_parallel(
    function: Callable[[Item], Result],
    items: Iterable[Item],
    *,
    threads: int,
    prefetch: int,
    on_progress: Callable[[int], object],
) -> Generator[Result, None, None]:
    """Yield the result of a function for each item, in the order of the items.

    Parameters
    ----------
    function : callable
        Applied to each item; an error that it raises is raised when its result is due.
    items : iterable
        The items; an iterator is read as they are needed, by one thread at a time. An error that
        it raises is raised after the results of the items before.
    threads : int
        Number of items processed at the same time.
    prefetch : int
        Number of results computed ahead of the reader.
    on_progress : callable
        Called several times a second with the number of items that are done.

    Yields
    ------
    object
        The results.
    """
    pool = _OrderedPool(function, items, threads, prefetch)
    for _ in range(min(threads, len(items)) if isinstance(items, Sized) else threads):
        start_thread(pool.work)
    try:
        if not (isinstance(items, Sized) and len(items) == 0):
            yield from pool.results(on_progress)
    finally:
        pool.stop()


class _End:
    """Stands for the result after the last."""


class _OrderedPool(Generic[Item, Result]):
    """State shared by the threads: the remaining items, and the results not yet read."""

    def __init__(
        self,
        function: Callable[[Item], Result],
        items: Iterable[Item],
        threads: int,
        prefetch: int,
    ) -> None:
        self._function = function
        self._items = enumerate(items)
        self._items_lock = threading.Lock()
        self._taken = 0
        self._is_over = False
        self._results: dict[int, Future[Result | _End]] = {}
        self._lock = threading.Lock()
        self._room = threading.Semaphore(threads + prefetch)
        self._threads = threads
        self._done = 0
        _pools.add(self)

    def work(self) -> None:
        """Process one item after the other, until none is left."""
        while True:
            self._room.acquire()
            with self._items_lock:
                taken = self._take()
            if taken is None:
                return
            index, item = taken
            future = self._result(index)
            try:
                future.set_result(self._function(item))
            except BaseException as error:
                future.set_exception(error)
            with self._lock:
                self._done += 1

    def results(self, on_progress: Callable[[int], object]) -> Iterator[Result]:
        """Yield the results in order, as they become ready."""
        for index in count():
            result = self._wait_for(index, on_progress)
            if isinstance(result, _End):
                return
            yield result

    def stop(self) -> None:
        """Stop the threads, each after its current item."""
        self._is_over = True
        self._room.release(self._threads)

    def _take(self) -> tuple[int, Item] | None:
        """Return the next item; after the last, or an error, end the results and return None."""
        if self._is_over:
            return None
        try:
            taken = next(self._items, None)
        except BaseException as error:
            self._is_over = True
            self._result(self._taken).set_exception(error)
            return None
        if taken is None:
            self._is_over = True
            self._result(self._taken).set_result(_End())
        self._taken += 1
        return taken

    def _wait_for(self, index: int, on_progress: Callable[[int], object]) -> Result | _End:
        """Return the result for the item at an index, and make room for another."""
        future = self._result(index)
        while not future.done():
            on_progress(self._done)
            wait([future], _POLL_SECONDS)
        del self._results[index]
        self._room.release()
        result = future.result()
        on_progress(self._done)
        return result

    def _result(self, index: int) -> Future[Result | _End]:
        with self._lock:
            return self._results.setdefault(index, Future())


class ProgressBar:
    """A tqdm progress bar, or none."""

    def __init__(self, bar: Any) -> None:
        self._bar = bar

    def show(self, done: int, fraction: float | None = None) -> None:
        """Show how many loci are done, or of about how many, if they are this fraction of all."""
        if self._bar is None:
            return
        if fraction is not None and fraction > _MIN_FRACTION:
            self._bar.total = round(done / fraction)
        self._bar.update(done - self._bar.n)


@contextmanager
def progress_bar(total: int, *, is_shown: bool) -> Iterator[ProgressBar]:
    """Show a progress bar on stderr, unless that is a file or a pipe.

    Parameters
    ----------
    total : int
        Number of loci.
    is_shown : bool
        Whether to show anything.

    Yields
    ------
    ProgressBar
        Its ``show`` takes the number of loci done.
    """
    if not is_shown:
        yield ProgressBar(None)
        return
    is_notebook = _is_notebook()
    disable = False if is_notebook else None  # None: disabled unless it is a terminal
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
