"""The loci with an alert in a night, whether or not it is their newest."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from antares_client.models import Locus

from antares_helpers.errors import AntaresHelpersError
from antares_helpers.fetching._parallel import in_parallel, progress_bar
from antares_helpers.fetching.client import fetch_alerts
from antares_helpers.fetching.query import NEWEST_TIME
from antares_helpers.fetching.request import CallOptions
from antares_helpers.fetching.search import SearchIterator

__all__ = ["CONNECTIONS", "AlertTimes", "NightLoci", "overlapping_query"]

CONNECTIONS = 8
"""How many requests for alerts are in flight at the same time."""

_OLDEST_TIME = NEWEST_TIME.replace("newest", "oldest")

Limits = tuple[float, float]


def overlapping_query(limits: Limits) -> dict[str, Any]:
    """Return the query for the loci that may have an alert in a half-open range of MJD (TAI)."""
    begin, end = limits
    ranges = [{"range": {NEWEST_TIME: {"gte": begin}}}, {"range": {_OLDEST_TIME: {"lt": end}}}]
    return {"query": {"bool": {"filter": ranges}}}


class NightLoci(Iterator[Locus]):
    """The loci of a search but some, with notes for the file that they are written to.

    Parameters
    ----------
    found : SearchIterator
        The search.
    notes : mapping
        More for its ``meta``.
    without : collection of str
        IDs of the loci to leave out.

    Attributes
    ----------
    number : int
        How many were returned so far.
    """

    def __init__(
        self, found: SearchIterator, notes: Mapping[str, Any], without: Collection[str] = ()
    ) -> None:
        self._found, self._notes, self._without = found, notes, without
        self.number = 0

    def __next__(self) -> Locus:
        locus = next(each for each in self._found if each.locus_id not in self._without)
        self.number += 1
        return locus

    @property
    def meta(self) -> dict[str, Any]:
        """Whether the search is complete, and the notes."""
        return {**self._found.meta, **self._notes}

    @property
    def fraction(self) -> float | None:
        """As that of the search."""
        return self._found.fraction


class AlertTimes:
    """Finds out which loci have an alert in a range of time, and notes it in a file.

    Parameters
    ----------
    limits : pair of float
        The range in MJD (TAI), of which the end is excluded.
    noted : pathlib.Path
        The file, which another run reads again.
    timeout, retries
        As for `fetch_locus`.
    """

    def __init__(self, limits: Limits, noted: Path, *, timeout: float, retries: int) -> None:
        self._begin, self._end = limits
        self._noted = noted
        self._options = CallOptions(timeout, retries, concurrent=False)
        self._known = _read_noted(noted)

    def need_alerts(self, locus: Locus) -> bool:
        """Whether only the alerts of a locus can say it: its oldest and newest are not in it."""
        names = (name.removeprefix("properties.") for name in (NEWEST_TIME, _OLDEST_TIME))
        return not any(self._is_in(locus.properties.get(name)) for name in names)

    def unknown(self, ids: list[str]) -> list[str]:
        """Return those for which it is not known yet."""
        return [each for each in ids if each not in self._known]

    def find_out(self, ids: list[str]) -> Iterator[tuple[str, AntaresHelpersError]]:
        """Request the alerts of loci, and yield the errors."""
        with progress_bar(len(ids), is_shown=True) as bar, self._noted.open("a") as file:
            answers = in_parallel(
                self._has_alert,
                ids,
                threads=CONNECTIONS,
                prefetch=CONNECTIONS,
                on_progress=bar.show,
            )
            with closing(answers):
                for locus_id, answer in zip(ids, answers, strict=True):
                    if not isinstance(answer, bool):
                        yield locus_id, answer
                        continue
                    self._known[locus_id] = answer
                    file.write(f"{locus_id} {int(answer)} .\n")
                    file.flush()

    def without(self, ids: list[str]) -> set[str]:
        """Return those without an alert in the range, as far as is known."""
        return {each for each in ids if not self._known.get(each)}

    def _is_in(self, time: object) -> bool:
        return isinstance(time, int | float) and self._begin <= time < self._end

    def _has_alert(self, locus_id: str) -> bool | AntaresHelpersError:
        try:
            alerts = fetch_alerts(locus_id, options=self._options)
        except AntaresHelpersError as error:
            return error
        limits = ("upper_limit" in str(each.alert_id) for each in alerts)
        return any(
            self._is_in(each.mjd) and not is_limit
            for each, is_limit in zip(alerts, limits, strict=True)
        )


def _read_noted(path: Path) -> dict[str, bool]:
    """Return which loci have an alert in the range, as far as an earlier run has found out."""
    lines = path.read_text().splitlines() if path.exists() else []
    whole = [line.split() for line in lines if line.endswith(" .")]  # the last may be cut
    return {words[0]: words[1] == "1" for words in whole if len(words) == 3}
