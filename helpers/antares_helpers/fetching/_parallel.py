"""Do the same with many things side by side, and give the results in their order."""

import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import Future, wait
from typing import Generic, TypeVar

__all__ = ["side_by_side"]

_TICK_SECONDS = 0.1

Item = TypeVar("Item")
Result = TypeVar("Result")


def side_by_side(
    act: Callable[[Item], Result],
    items: Sequence[Item],
    *,
    threads: int,
    ahead: int,
    on_progress: Callable[[int], object],
) -> Generator[Result, None, None]:
    """Give the result of a function for each item, in the order of the items.

    Parameters
    ----------
    act : callable
        What to do with an item; an error that it raises is raised where its result would come.
    items : sequence
        What to do it with.
    threads : int
        How many items are worked at at the same time.
    ahead : int
        How many results may wait for the reader.
    on_progress : callable
        Is on_progress how many items are done, several times a second.

    Yields
    ------
    object
        The results.
    """
    team = _OrderedPool(act, items, threads + ahead)
    # Daemon threads: those of an executor would hold Ctrl-C and the end of the process.
    for _ in range(min(threads, len(items))):
        threading.Thread(target=team.work, daemon=True).start()
    try:
        for place in range(len(items)):
            yield team.wait_for(place, on_progress)
    finally:
        team.stop(threads)


class _OrderedPool(Generic[Item, Result]):
    """What the threads share: the items that are left, and the results that wait."""

    def __init__(self, act: Callable[[Item], Result], items: Sequence[Item], room: int) -> None:
        self._act = act
        self._items = items
        self._left: Iterator[int] = iter(range(len(items)))
        self._results: dict[int, Future[Result]] = {}
        self._lock = threading.Lock()
        self._room = threading.Semaphore(room)
        self._done = 0

    def work(self) -> None:
        """Work at one item after the other, until none is left."""
        while True:
            self._room.acquire()
            with self._lock:
                place = next(self._left, None)
            if place is None:
                return
            future = self._result(place)
            try:
                future.set_result(self._act(self._items[place]))
            except BaseException as error:
                future.set_exception(error)
            with self._lock:
                self._done += 1

    def wait_for(self, place: int, on_progress: Callable[[int], object]) -> Result:
        """Return the result for the item at a place, and make room for another."""
        future = self._result(place)
        while not future.done():
            on_progress(self._done)
            wait([future], _TICK_SECONDS)
        del self._results[place]
        self._room.release()
        result = future.result()
        on_progress(self._done)
        return result

    def stop(self, threads: int) -> None:
        """Let the threads end, each after the item that it is at."""
        with self._lock:
            self._left = iter(())
        self._room.release(threads)

    def _result(self, place: int) -> Future[Result]:
        with self._lock:
            return self._results.setdefault(place, Future())
