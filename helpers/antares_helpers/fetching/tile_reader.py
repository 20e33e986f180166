"""Read a search completely, also if it is larger than the service shows: in tiles."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from math import inf, isfinite
from typing import Any

from antares_client.models import Locus

from antares_helpers.errors import BadDataError, ServiceError
from antares_helpers.fetching._connections import httpx
from antares_helpers.fetching.cache import PageCache, Refusal
from antares_helpers.fetching.client import SearchPage, search_page
from antares_helpers.fetching.http import base_url, shown_url
from antares_helpers.fetching.query import Search, lowest_time
from antares_helpers.fetching.request import CallOptions
from antares_helpers.fetching.tiles import (
    OPEN,
    FoundLoci,
    Tile,
    TileRecord,
    field_cones,
    halves,
    smaller_cones,
    time_of,
)

__all__ = ["PAGE_SIZES", "TileReader"]

PAGE_SIZES = (250, 100, 30, 10)
"""How many loci to request at a time: the first of these that the service accepts."""

USUAL_WINDOW = 10_000
"""Where counts of the service are known to stop; where its searches stop is learned."""

_REFUSED = (400, 422)
_FIRST_MJD = 57_000.0  # before ZTF
_MIN_DAYS = 5e-4  # about the time between two visits: shorter tiles are divided by position
_VISIT_DAYS = 2e-5  # shorter than a visit
_SLACK_DAYS = 2e-5
_NEAR_DAYS = 0.01  # by which an index of 32-bit floats may be off
_MAX_IN_VAIN = 6


@dataclass
class _Chain:
    """The pages of a tile, while they are read."""

    tile: Tile
    parent: "_Chain | None" = None
    is_probe: bool = False
    """Whether it only shows that another has really ended."""
    is_check: bool = False
    """Whether it only shows that a tile that was read has not changed."""
    link: str | None = None
    pages: int = 0
    count: int | None = None
    ids: set[str] = field(default_factory=set)
    first: list[Locus] = field(default_factory=list)
    newest: float = -inf
    oldest: float = inf
    brought: int = 0
    moved: int = 0
    """How many more loci are in it, in a check, than were found."""
    read_at: float = 0.0
    is_doubtful: bool = False
    """Whether the service may have shown only a part of it, although it has ended."""
    skipped_after: float = inf
    """Newer loci than this were skipped before, if this finds any."""
    refusal: str = ""
    """Why it can't be divided: it is read as far as the service shows it."""

    def add(self, page: SearchPage, read_at: float) -> None:
        times = [each for each in map(time_of, page.loci) if isfinite(each)]
        self.newest, self.oldest = max([self.newest, *times]), min([self.oldest, *times])
        self.first = self.first if self.pages else page.loci
        self.ids.update(locus.locus_id for locus in page.loci)
        self.pages, self.link, self.count = self.pages + 1, page.link, page.count
        self.read_at = read_at


class TileReader:
    """Reads all loci of a search, each once, page by page.

    A search that is too large is divided into tiles, which are read from the oldest to the newest:
    a locus whose newest alert changes meanwhile goes to a later tile, and is found there. If the
    count of a tile changes between two pages, a locus may have been skipped: then reading goes on
    with a new search from there. If anything has changed, the count of each tile is compared at the
    end with the number of its loci, and what differs is read again.

    Parameters
    ----------
    search : Search
        The search.
    options : CallOptions
        Those of each page.
    size : int
        How many loci to request at a time.
    cache : PageCache, optional
        The pages that were read before.
    newest_first : bool
        Whether only the newest loci are wanted.

    Attributes
    ----------
    records : list of TileRecord
        The tiles that were read, or could not be read.
    found : FoundLoci
        The loci.
    pages : int
        How many pages were used.
    has_moved : bool
        Whether loci have changed while they were read.
    """

    def __init__(
        self,
        search: Search,
        options: CallOptions,
        *,
        size: int,
        cache: PageCache | None = None,
        newest_first: bool = False,
    ) -> None:
        self.records: list[TileRecord] = []
        self.found = FoundLoci()
        self.pages = 0
        self._search, self._options, self._cache = search, options, cache
        self._newest_first = newest_first
        self._size, self._window = size, inf
        self._lowest = lowest_time(search.query)
        self._reached = self._failed_at = 0
        self._blur = 0.0  # days by which the order of the service differs from that of the times
        self._counts_lie = self._uses_cones = False
        self._largest_count = 0
        self._has_moved = self._has_changes = False
        self._changes_in_vain = self._increases = 0
        self._unchecked: list[Tile] | None = []
        self._has_untimed = self._has_looked = False
        self._span = (inf, -inf)
        self._stack = [_Chain(Tile())]

    def next_page(self) -> list[Locus] | None:
        """Return the loci of the next page that were not returned before; None after the last.

        Raises
        ------
        ServiceError, ServiceTimeoutError, BadDataError
            If a page could not be fetched; calling again tries again.
        """
        if not self._stack:
            self._add_untimed()
        if not self._stack:
            self._check_again()
        if not self._stack:
            return None
        chain = self._stack[-1]
        query = self._search.within(chain.tile.filters())
        key = (query, self._size, chain.pages, chain.is_probe, chain.is_check)
        try:
            page, read_at = self._page(chain, query, key)
        except ServiceError as error:
            if not self._refused(chain, _status(error), error.reason):
                self._window = inf  # what looked like it may have been an outage
                raise
            if self._cache is not None:
                self._cache.save_refusal(key, _status(error), error.reason)
            return []
        if isinstance(page, Refusal):
            self._refused(chain, *page)
            return []
        self._stack.pop()
        self.pages += 1
        try:
            return self._take(chain, page, read_at)
        except BadDataError as error:
            self._record(chain, error.reason)
            raise

    def discard(self) -> None:
        """Remove the pages from the cache."""
        if self._cache is not None:
            self._cache.remove()

    @property
    def fraction(self) -> float | None:
        """How much has been read, as the times of the loci show it; None if that is not known."""
        begin = self._stack[-1].tile.time[0] if self._stack else None
        oldest, newest = self._span
        if begin is None or oldest >= newest or self._newest_first:
            return None
        return min(1.0, max(0.0, (begin - oldest) / (newest - oldest)))

    def _page(
        self, chain: _Chain, query: dict[str, Any], key: tuple[object, ...]
    ) -> tuple[SearchPage | Refusal, float]:
        def send() -> SearchPage:
            return search_page(query, size=self._size, options=self._options, link=chain.link)

        if self._cache is None:
            return send(), time.time()
        return self._cache.page(key, query, self._size, send)

    def _take(self, chain: _Chain, page: SearchPage, read_at: float) -> list[Locus]:
        """Add a page to its tile, decide how to go on, and return its new loci."""
        is_first, seen, oldest, count = not chain.pages, len(chain.ids), chain.oldest, chain.count
        self._note_order(chain, page)
        chain.add(page, read_at)
        new = self._new_loci(page)
        chain.brought += len(new)
        times = [self._span[0], self._span[1], chain.oldest, chain.newest]
        self._span = min(times), max(times)
        brings = len(chain.ids) - seen
        self._has_moved |= 0 < brings < len(page.loci)
        is_changed = not is_first and self._is_changed(count, page.count)
        self._has_changes |= is_changed
        self._largest_count = max(self._largest_count, page.count or 0)
        self._check_ranges(page, chain.tile)
        if new and is_first and chain.parent is not None and chain.parent.is_doubtful:
            self._window = min(self._window, max(len(chain.parent.ids), self._reached))
        if is_first:
            self._note_skipped(chain, new)
            self._note_moved(chain)
        if chain.is_probe and new:
            self._goes_on(chain)
        if chain.refusal:
            self._read_on(chain, has_more=page.link is not None and brings > 0)
        elif is_changed:
            self._read_from(chain, oldest)
        elif page.link is None or not brings:
            self._end(chain)
        elif is_first and chain.is_check:
            self._check(chain)
        elif is_first and self._is_too_large(chain):
            self._divide(chain)
        elif len(chain.ids) >= self._window:
            self._stop(chain)
        else:
            self._reached = max(self._reached, seen)
            self._stack.append(chain)
        return new

    def _new_loci(self, page: SearchPage) -> list[Locus]:
        new = []
        for locus in page.loci:
            if self.found.add(locus):
                new.append(locus)
            elif self.found.has_moved(locus):
                self._has_moved = True
        return new

    def _note_order(self, chain: _Chain, page: SearchPage) -> None:
        """Note by how much the loci of a page are not in the order of time."""
        oldest = chain.oldest
        for each in (time_of(locus) for locus in page.loci if locus.locus_id not in chain.ids):
            if each > oldest:
                self._blur = max(self._blur, each - oldest)
            elif each < oldest:
                oldest = each

    def _is_changed(self, before: int | None, count: int | None) -> bool:
        """Say whether a tile has changed between two pages, as far as the counts can be trusted."""
        if before is None or count is None or self._counts_lie:
            return False
        self._counts_lie = abs(count - before) > _tolerance(before)
        self._increases += count > before
        return count != before and not self._counts_lie

    def _note_skipped(self, chain: _Chain, new: list[Locus]) -> None:
        """Note whether a locus was skipped when a count changed: if never, the counts are noise."""
        if chain.skipped_after < inf:
            has_skipped = any(time_of(each) > chain.skipped_after for each in new)
            self._changes_in_vain = 0 if has_skipped else self._changes_in_vain + 1
            # Loci that leave a search without a trace can make its counts less, but not more.
            has_signs = not self._has_moved and self._increases >= _MAX_IN_VAIN // 2
            is_noise = has_signs and self._changes_in_vain >= _MAX_IN_VAIN
            self._counts_lie |= is_noise

    def _note_moved(self, chain: _Chain) -> None:
        """Compare the count of a tile with its loci; drop the other parts if it explains theirs."""
        if not chain.is_check or chain.count is None:
            return
        chain.moved = chain.count - self.found.count_in(chain.tile)
        parent = chain.parent
        if parent is None or chain.brought or parent.brought:
            return
        if chain.moved == parent.moved != 0 and self.has_counts:
            self._stack = [each for each in self._stack if each.parent is not parent]

    @property
    def has_moved(self) -> bool:
        """Whether loci have changed while they were read."""
        return self._has_moved or (self._has_changes and not self._counts_lie)

    @property
    def has_counts(self) -> bool:
        """Whether the service says how many loci there are, as far as its counts can be trusted."""
        return self._largest_count > 0 and not self._counts_lie

    def _read_on(self, chain: _Chain, *, has_more: bool) -> None:
        """Read a tile that can't be divided, as far as the service shows it."""
        if has_more:
            self._stack.append(chain)
        else:
            self._record(chain, chain.refusal)

    def _is_too_large(self, chain: _Chain) -> bool:
        limit = min(self._window, USUAL_WINDOW)
        is_large = chain.count is not None and not self._counts_lie and chain.count >= limit
        return is_large and not self._newest_first

    def _check(self, chain: _Chain) -> None:
        """Read a tile again, in parts, if it has not as many loci as were found in it."""
        if self._unchecked is not None:  # the newest page alone
            self._has_moved |= chain.brought > 0
        elif not self.has_counts:
            self._stack.append(chain)
        elif chain.brought or chain.moved:
            self._divide(chain)

    def _end(self, chain: _Chain) -> None:
        """Go on after the last page of a tile, unless the service shows no more of it."""
        number, count = len(chain.ids), chain.count
        if count is not None and (count + _tolerance(count) < number or count > number == 0):
            self._counts_lie = True
        has_count = count is not None and not self._counts_lie
        has_more = has_count and count is not None and count > number
        is_short = chain.pages == 1 and number < self._size
        below = self._below(chain)
        is_known = number <= self._reached or number < self._window < inf
        # Below the largest count that has been seen is not where counts stop.
        is_known |= (
            has_count and number == count and number < min(self._largest_count, self._window)
        )
        is_known &= has_count or below is None
        if chain.is_probe and chain.parent is not None:
            is_contradicted = (chain.parent.count or 0) > len(chain.parent.ids)
            if is_contradicted and chain.parent.link is not None and chain.link is not None:
                raise _repeats()  # count and links say that there is more, but nothing else comes
            self._counts_lie |= is_contradicted
            self._reached = max(self._reached, len(chain.parent.ids))
            self._record(chain.parent)
        elif (is_short or is_known) and not has_more:
            self._record(chain)
        elif below is not None:
            self._stack.append(_Chain(below, chain, is_probe=True, is_check=chain.is_check))
        elif has_more and (is_known or not chain.brought):
            self._counts_lie = True
            self._record(chain)
        else:
            chain.is_doubtful = True
            self._divide(chain)

    def _goes_on(self, probe: _Chain) -> None:
        """Read on below the end of a tile, where there was more."""
        assert probe.parent is not None
        number = len(probe.parent.ids)
        if number > self._reached:
            self._window = min(self._window, number)
        self._record(probe.parent, part=probe.tile)
        probe.parent, probe.is_probe = None, False

    def _stop(self, chain: _Chain, *, is_window: bool = True) -> None:
        """Go on where the service shows no more of a tile."""
        if is_window and len(chain.ids) > self._reached:
            self._window = min(self._window, len(chain.ids))
        if (below := self._below(chain)) is not None:
            self._record(chain, part=below)
            self._stack.append(_Chain(below, is_check=chain.is_check))
        else:
            self._divide(chain)

    def _read_from(self, chain: _Chain, oldest: float) -> None:
        """Read the rest of a tile with a new search, because loci may have been skipped."""
        below = self._below(chain, oldest)
        if below is None:
            self._divide(chain)
            return
        self._record(chain, part=below)
        rest = _Chain(below, is_check=chain.is_check, skipped_after=chain.oldest)
        self._stack.append(rest)

    def _below(self, chain: _Chain, oldest: float | None = None) -> Tile | None:
        """Return the part of a tile that is not newer than its oldest locus; None if it is all."""
        end = (chain.oldest if oldest is None else oldest) + _SLACK_DAYS + 2 * self._blur
        if chain.tile.untimed or chain.tile.cone or not end < chain.newest:
            return None
        return replace(chain.tile, time=(chain.tile.time[0], end))

    def _refused(self, chain: _Chain, status: int, reason: str) -> bool:
        """Go on after the service has refused a page; return False if that is an error."""
        is_last = chain.count is not None and len(chain.ids) + self._size > chain.count
        # If the service fails by accident, a new search reads on, so nothing is lost.
        if chain.pages and (status in _REFUSED or status == 500 or (status > 500 and is_last)):
            self._stack.pop()
            if chain.refusal:
                self._record(chain, chain.refusal)
            else:
                is_window = status in _REFUSED or len(chain.ids) == self._failed_at
                self._failed_at = len(chain.ids)
                self._stop(chain, is_window=is_window)
            return True
        smaller = [size for size in PAGE_SIZES if size < self._size]
        if status not in _REFUSED or chain.pages or not (self.found.index or smaller):
            return False
        if not self.found.index:
            self._size = smaller[0]
        else:
            self._stack.pop()
            self._undivide(chain, f"refused: {reason}")
        return True

    def _undivide(self, chain: _Chain, reason: str) -> None:
        """Do without a part of a tile that is refused, and without its other parts."""
        parent = chain.parent
        if parent is None or chain.tile.untimed:
            self._record(chain, reason)
            return
        is_range = chain.tile.is_range
        self._stack = [
            each
            for each in self._stack
            if each.parent is not parent or each.tile.is_range != is_range
        ]
        cones = []
        if is_range:
            self._uses_cones = True
            cones = self._parts(parent)
        if cones or parent.link is None:
            self._push(parent, cones, reason)
        else:
            parent.refusal = reason
            self._stack.append(parent)

    def _divide(self, chain: _Chain) -> None:
        """Read a tile in parts."""
        reason = f"the service shows no more than {len(chain.ids)} of its loci, which are too close"
        self._push(chain, self._parts(chain), reason)

    def _parts(self, chain: _Chain) -> list[Tile]:
        """Return the parts of a tile, from the oldest to the newest; none if it is too small."""
        tile, newest = chain.tile, chain.newest
        if tile.cone is not None:
            return smaller_cones(tile)
        begin, end = tile.time
        lowest = min(_FIRST_MJD, newest - 1000) if self._lowest is None else self._lowest
        shortest = (_VISIT_DAYS if self._uses_cones else _MIN_DAYS) + 2 * self._blur
        is_long = newest - (lowest if begin is None else begin) > shortest
        if tile.untimed or tile.is_range or not is_long:
            return self._by_position(chain, tile)
        if chain.pages > 1 and newest - chain.oldest < shortest:  # all that came is of one visit
            cut = chain.oldest - _SLACK_DAYS - self._blur
            visit = self._by_position(chain, replace(tile, time=(cut, end)))
            return [replace(tile, time=(begin, cut)), *visit] if visit else []
        first = lowest if begin is None else begin
        cut = self.found.middle(tile) - _SLACK_DAYS if chain.is_check else first
        cut = cut if first < cut < newest else (first + newest) / 2
        return [replace(tile, time=(begin, cut)), replace(tile, time=(cut, end))]

    def _by_position(self, chain: _Chain, tile: Tile) -> list[Tile]:
        if not self._uses_cones:
            return halves(chain.first, tile)
        # Cones are around one visit: its time must be known.
        return (
            [] if tile.untimed or self._blur > _VISIT_DAYS else field_cones(chain.first, tile.time)
        )

    def _push(self, chain: _Chain, parts: Sequence[Tile], reason: str) -> None:
        if not parts and chain.is_check and chain.link is not None:
            self._stack.append(chain)
        elif not parts:
            self._record(chain, reason)
        chains = [_Chain(tile, chain, is_check=chain.is_check) for tile in parts]
        self._stack += chains if self._newest_first else chains[::-1]

    def _check_ranges(self, page: SearchPage, tile: Tile) -> None:
        """Give up if the service does not apply ranges: it would send the same loci for ever."""
        low, high = (limit or end for limit, end in zip(tile.time, (-inf, inf), strict=True))
        near = _NEAR_DAYS + 2 * self._blur
        outside = [not low - near < each < high + near for each in map(time_of, page.loci)]
        if tile.time != OPEN and sum(outside) > len(outside) / 2:
            raise _repeats()

    def _record(self, chain: _Chain, reason: str = "", *, part: Tile | None = None) -> None:
        """Record that a tile is complete; or a part of it, without what is still to be read."""
        tile = chain.tile
        if part is not None:
            tile = replace(tile, time=(part.time[1], tile.time[1]))
            if self._unchecked is not None and self._is_too_large(chain):
                self._unchecked.append(tile)
        if reason or not chain.is_check:
            record = TileRecord(tile, len(chain.ids), chain.pages, chain.read_at, reason)
            self.records.append(record)

    def _add_untimed(self) -> None:
        """Read the loci without a time of the newest alert, once, if there are tiles of time."""
        is_divided = any(each.tile.time != OPEN for each in self.records)
        if self._lowest is None and not self._has_untimed and is_divided:
            self._has_untimed = True
            self._stack.append(_Chain(Tile(untimed=True)))

    def _check_again(self) -> None:
        """Check tiles again: those whose count was not known, or all if anything has changed."""
        if self._unchecked is None or self._newest_first:
            return
        if not (self.has_counts or self._has_looked or len(self.records) < 2):
            self._has_looked = True  # loci that have changed are the newest
            self._stack.append(_Chain(Tile(), is_check=True))
            return
        tiles, self._unchecked = self._unchecked, None
        if self.has_moved:
            tiles = [each.tile for each in self.records if not each.reason]
        chains = [_Chain(tile, is_check=True) for tile in tiles if tile.cone is None]
        self._stack = sorted(chains, key=lambda each: each.tile.time[0] or 0, reverse=True)


def _repeats() -> BadDataError:
    return BadDataError(
        f"ANTARES at {shown_url(base_url())} keeps sending the same loci.",
        hint="Use those received so far, or try again in a few minutes.",
    )


def _tolerance(count: int) -> float:
    """Return by how much a count may change between two pages, if it is to be trusted."""
    return 10 + 0.1 * count


def _status(error: ServiceError) -> int:
    cause = error.cause
    return cause.response.status_code if isinstance(cause, httpx.HTTPStatusError) else 0
