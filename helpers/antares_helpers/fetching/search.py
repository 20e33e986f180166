"""Find loci by name, position, tag, property or your own query."""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, overload

import astropy.units as u
import numpy as np
from astropy.coordinates import SkyCoord
from astropy.table import MaskedColumn, Table

from antares_helpers.errors import (
    AntaresHelpersError,
    AntaresHelpersWarning,
    InvalidInputError,
)
from antares_helpers.fetching.cache import PageCache
from antares_helpers.fetching.client import search_page
from antares_helpers.fetching.query import PROPERTIES, Position, Search, build_query, check_limit
from antares_helpers.fetching.request import DEFAULT_RETRIES, DEFAULT_TIMEOUT, CallOptions
from antares_helpers.fetching.tile_reader import PAGE_SIZES, TileReader
from antares_helpers.fetching.tiles import TileRecord, time_of
from antares_helpers.validation import parse_name, short_repr

if TYPE_CHECKING:
    from antares_client.models import Locus

__all__ = ["SearchIterator", "SearchResult", "find_loci"]

MAX_PAGE_SIZE = PAGE_SIZES[0]
"""Maximum number of loci per request."""

_MAX_NUMBER = 2**62


@overload
def find_loci(
    *,
    name: int | str | None = None,
    locus_id: str | None = None,
    dia_object_id: int | str | None = None,
    ss_object_id: int | str | None = None,
    ztf_object_id: str | None = None,
    near: Position | None = None,
    radius: u.Quantity | float | None = None,
    tag: str | Iterable[str] | None = None,
    properties: Mapping[str, Any] | None = None,
    query: Mapping[str, Any] | None = None,
    night: str | date | None = None,
    limit: int = 100,
    timeout: float = DEFAULT_TIMEOUT,
    retries: int = DEFAULT_RETRIES,
) -> SearchResult: ...
@overload
def find_loci(
    *,
    name: int | str | None = None,
    locus_id: str | None = None,
    dia_object_id: int | str | None = None,
    ss_object_id: int | str | None = None,
    ztf_object_id: str | None = None,
    near: Position | None = None,
    radius: u.Quantity | float | None = None,
    tag: str | Iterable[str] | None = None,
    properties: Mapping[str, Any] | None = None,
    query: Mapping[str, Any] | None = None,
    night: str | date | None = None,
    limit: None,
    folder: str | os.PathLike[str] | None = None,
    timeout: float = DEFAULT_TIMEOUT,
    retries: int = DEFAULT_RETRIES,
) -> SearchIterator: ...
def find_loci(
    *,
    name: int | str | None = None,
    locus_id: str | None = None,
    dia_object_id: int | str | None = None,
    ss_object_id: int | str | None = None,
    ztf_object_id: str | None = None,
    near: Position | None = None,
    radius: u.Quantity | float | None = None,
    tag: str | Iterable[str] | None = None,
    properties: Mapping[str, Any] | None = None,
    query: Mapping[str, Any] | None = None,
    night: str | date | None = None,
    limit: int | None = 100,
    folder: str | os.PathLike[str] | None = None,
    timeout: float = DEFAULT_TIMEOUT,
    retries: int = DEFAULT_RETRIES,
) -> SearchResult | SearchIterator:
    """Find the loci that meet all the criteria given, newest first, or all of them.

    Parameters
    ----------
    name : int or str, optional
        Any name of an object: an ANTARES ID or the address of its page in the portal, a ZTF name,
        ``LSST-AP-DO-`` and a ``diaObjectId``, ``LSST-AP-DS-`` or ``lsst:`` and a ``diaSourceId``,
        or any Rubin ID without a prefix. See the notes on searching by a ``diaSourceId``.
    locus_id : str, optional
        ANTARES ID, or such an address.
    dia_object_id : int or str, optional
        Rubin's ``diaObjectId``, exact: a float would have lost its last digits and is refused.
    ss_object_id : int or str, optional
        Rubin's ID of a solar-system object.
    ztf_object_id : str, optional
        ZTF's name, for example ``"ZTF18abcdefg"``. A locus can have several: any of them finds it.
    near : `~astropy.coordinates.SkyCoord` or pair of float, optional
        Center of a cone: coordinates in any frame, or ``(ra, dec)`` in degrees (ICRS).
    radius : `~astropy.units.Quantity` or float, optional
        Radius of the cone, at most one degree; a plain number is in degrees.
    tag : str or iterable of str, optional
        Tag, or several that a locus must all have.
    properties : mapping, optional
        Properties of the locus: for each name a pair ``(lowest, highest)``, both included, with
        None for an open end, or a value that it must have. For example
        ``{"num_alerts": (20, None)}``.
    query : mapping, optional
        Query in the language of Elasticsearch, as ``antares_client.search.search`` takes it:
        under the one key ``"query"``.
    night : str or date, optional
        Rubin's ``day_obs``, such as ``"2026-07-09"``: the loci whose newest alert was observed from
        12:00 UTC on that day to 12:00 UTC on the next, of which the end is excluded.
    limit : int, optional
        Maximum number of loci; None to iterate over all of them.
    folder : str or path-like, optional
        Folder for the pages that were read, with ``limit=None``; created if it is missing. After an
        interruption, the same search with the same folder goes on where it was, and two processes
        can share it. What is there is not requested again: for a new search, use a new folder.
    timeout : float, optional
        Seconds that each page may take, retries included.
    retries : int, optional
        Maximum number of retries of a failed request, after errors that may be transient.

    Returns
    -------
    SearchResult
        With a `limit`: the loci, as a sequence, with ``.table`` and ``.truncated``. Each is the
        client's own ``antares_client.models.Locus``, without its alerts: `fetch_loci` fetches
        all of them, `extract_lightcurve` those of one.
    SearchIterator
        With ``limit=None``: an iterator over the loci, which requests page after page as it is
        read, until it has all of them. It lists what it has read, and what it could not read.

    Raises
    ------
    InvalidInputError
        If a criterion is not valid; nothing is sent then.
    ServiceError
        If ANTARES can't be reached or fails; `~antares_helpers.errors.ServiceTimeoutError` if it
        takes too long. An iterator raises these while it is read; reading further tries again.
    BadDataError
        If ANTARES sends a malformed response.

    Warns
    -----
    AntaresHelpersWarning
        If nothing is found, and a likely reason is known: no locus has one of the `properties`,
        or `name` is a ``diaSourceId``. If an iterator could not find all loci.

    See Also
    --------
    fetch_loci : fetch them with their alerts.

    Notes
    -----
    A search covers only three alerts of a locus: the newest, the oldest and the brightest. So a
    ``diaSourceId`` finds a locus if it is that of one of these, or of the first detection of a
    diaObject, whose ``diaObjectId`` is the same number. A name of the Transient Name Server
    (``AT 2026abc``) finds nothing: search around the position that its page there gives.

    The service sorts by the time of the newest alert, and shows at most 10,000 loci of a search.
    With ``limit=None``, a larger search is divided into tiles: in time, and where one visit has
    more loci, in position. The loci of the tiles come from the oldest to the newest, each once.
    Every locus is found whose newest alert is in the range of the search from the beginning to the
    end of the run, also if it moves within the range because of a new alert. There are two
    exceptions: between two checks of a tile, equally many loci leave the range as enter the tile;
    or the service gives no correct counts, as ``.sentence`` then says, so that some moves can't be
    seen.
    A locus that leaves the range before it is read is not found: its newest alert is elsewhere.

    Examples
    --------
    >>> from antares_helpers import find_loci
    >>> found = find_loci(tag="lsst_scimma_quality_transient", limit=3)
    >>> len(found), found.truncated
    (3, True)

    Everything within ten arcseconds of a position, here that of the first of them:

    >>> import astropy.units as u
    >>> first = found[0]
    >>> near = find_loci(near=(first.ra, first.dec), radius=10 * u.arcsec)
    >>> first.locus_id in near.table["locus_id"]
    True
    """
    search = build_query(
        name=name,
        locus_id=locus_id,
        dia_object_id=dia_object_id,
        ss_object_id=ss_object_id,
        ztf_object_id=ztf_object_id,
        near=near,
        radius=radius,
        tag=tag,
        properties=properties,
        query=query,
        night=night,
    )
    number = check_limit(limit)
    options = CallOptions(timeout, retries)
    if number is None:
        cache = None if folder is None else PageCache(folder, search.query, options.timeout)
        return SearchIterator(search, options, page_size=MAX_PAGE_SIZE, cache=cache)
    if folder is not None:
        raise InvalidInputError("A folder is for all loci: pass it with limit=None.")
    iterator = SearchIterator(search, options, page_size=_page_size(number), newest_first=True)
    loci = [locus for _, locus in zip(range(number), iterator, strict=False)]
    # No extra request is needed to see whether there are more: a page has one more than the limit.
    return SearchResult(loci, search, truncated=next(iterator, None) is not None)


class SearchResult(Sequence["Locus"]):
    """Loci that meet a query, newest first; `find_loci` returns it.

    Attributes
    ----------
    query : dict
        The query that was sent.
    truncated : bool
        Whether there are more loci beyond the limit.
    """

    def __init__(self, loci: list[Locus], search: Search, *, truncated: bool) -> None:
        self.query = search.query
        self.truncated = truncated
        self._loci = loci
        self._center = search.center

    def __len__(self) -> int:
        return len(self._loci)

    @overload
    def __getitem__(self, index: int) -> Locus: ...
    @overload
    def __getitem__(self, index: slice) -> list[Locus]: ...
    def __getitem__(self, index: int | slice) -> Locus | list[Locus]:
        return self._loci[index]

    def __repr__(self) -> str:
        more = ", and there are more" if self.truncated else ""
        return f"<SearchResult: {len(self)} loci{more}>"

    @property
    def meta(self) -> dict[str, Any]:
        """The ``meta`` of the table, with the ``query`` and whether the result is ``truncated``."""
        return {"query": self.query, "truncated": self.truncated}

    @property
    def table(self) -> Table:
        """The loci as a table, one row each, newest first.

        Its columns are ``locus_id`` (str), ``num_alerts`` (int64) and ``newest_mjd`` (float64,
        days), both masked if the service sends none, ``tags`` (str, sorted, with commas between),
        ``ra`` and ``dec`` [deg], and in a cone search ``separation`` [arcsec] from its center.
        ``meta`` contains the ``query``, and whether the table is ``truncated``. Numbers are printed
        short, and in a narrow window without ``tags``; the table has all digits.
        """
        return _table(_columns(self._loci), self)


class SearchIterator(Iterator["Locus"]):
    """All loci that meet a query, requested page after page; ``find_loci(limit=None)`` returns it.

    After an error, reading further skips loci already returned. Only one thread at a time may read
    it.

    Attributes
    ----------
    query : dict
        The query that is sent.
    truncated : bool or None
        Once all pages have been read, whether loci are missing; until then None, because it is not
        known.
    """

    def __init__(
        self,
        search: Search,
        options: CallOptions,
        *,
        page_size: int,
        cache: PageCache | None = None,
        newest_first: bool = False,
    ) -> None:
        self.query = search.query
        self.truncated: bool | None = None
        self._search = search
        self._center = search.center
        self._options = options
        self._reader = TileReader(
            search, options, size=page_size, cache=cache, newest_first=newest_first
        )
        self._ready: list[Locus] = []
        self._returned = 0

    def __next__(self) -> Locus:
        while not self._ready and self.truncated is None:
            try:
                page = self._reader.next_page()
            except AntaresHelpersError as error:
                raise error.with_traceback(None) from None
            if page is None:
                self._end()
            else:
                self._ready = page[::-1]
        if not self._ready:
            raise StopIteration
        self._returned += 1
        return self._ready.pop()

    def __repr__(self) -> str:
        more = " so far" if self.truncated is None else ""
        return f"<SearchIterator: {self._returned} loci{more}>"

    @property
    def meta(self) -> dict[str, Any]:
        """The ``query``, whether the result is ``truncated``, and the ``sentence``."""
        return {"query": self.query, "truncated": self.truncated, "sentence": self.sentence}

    @property
    def table(self) -> Table:
        """The loci read so far, as the table of a `SearchResult`, in the order of reading."""
        found, number = self._reader.found, self._returned
        columns = (
            self.ids,
            found.num_alerts[:number],
            found.time[:number],
            found.tags[:number],
            found.ra[:number],
            found.dec[:number],
        )
        return _table(columns, self)

    @property
    def ids(self) -> list[str]:
        """The IDs of the loci read so far."""
        return list(self._reader.found.index)[: self._returned]

    @property
    def tiles(self) -> Table:
        """A table with one row for each part of the search that was read, in that order.

        Its columns are ``begin`` and ``end`` [d], the MJD of the newest alert, ``ra_min``,
        ``ra_max``, ``dec_min`` and ``dec_max`` [deg], all masked if there is no limit, and of which
        the ends are excluded; ``cone``, for one that is a cone; the number of ``loci`` and of
        ``pages``; ``read_at``, when the last page came (UTC); whether it is ``complete``, and the
        ``reason`` if it is not. ``meta`` has the ``sentence``.
        """
        return _tile_table(self._reader.records, self.sentence)

    @property
    def sentence(self) -> str:
        """A sentence for a paper that says how many loci were read, when, and whether all."""
        return _sentence(self._reader, self.truncated)

    @property
    def fraction(self) -> float | None:
        """Which fraction has been read, as far as the times of the loci show it; None if unknown.

        It is a fraction of the time between the oldest and the newest locus, not of their number.
        """
        return self._reader.fraction if self.truncated is None else 1.0

    def discard(self) -> None:
        """Remove the pages of this search from its folder."""
        self._reader.discard()

    def _end(self) -> None:
        incomplete = [each for each in self._reader.records if each.reason]
        self.truncated = bool(incomplete)
        reason = ""
        if incomplete:
            reason = f"This search has not found all loci: {_first_reason(incomplete)}. See .tiles."
        elif not self._returned:
            reason = _why_empty(self._search, self._options)
        if reason:
            warnings.warn(reason, AntaresHelpersWarning, stacklevel=_outside())


_COLUMNS = ("locus_id", "num_alerts", "newest_mjd", "tags", "ra", "dec")
# astropy leaves out the columns in the middle if a window is narrow: the tags, which are long.
_FORMATS = {"newest_mjd": ".5f", "ra": ".6f", "dec": ".6f", "separation": ".3f"}
_LIMITS = ("begin", "end", "ra_min", "ra_max", "dec_min", "dec_max")


def _columns(loci: list[Locus]) -> tuple[Sequence[Any], ...]:
    return (
        [locus.locus_id for locus in loci],
        [locus.properties.get("num_alerts") for locus in loci],
        [time_of(locus) for locus in loci],
        [", ".join(sorted(locus.tags)) for locus in loci],
        [locus.ra for locus in loci],
        [locus.dec for locus in loci],
    )


def _table(values: tuple[Sequence[Any], ...], found: SearchResult | SearchIterator) -> Table:
    columns = dict(zip(_COLUMNS, values, strict=True))
    table = Table(meta=found.meta)
    table["locus_id"] = np.array(columns["locus_id"], dtype=np.str_)
    table["num_alerts"] = _numbers(columns["num_alerts"], np.int64)
    table["newest_mjd"] = _masked(columns["newest_mjd"], u.day)
    table["tags"] = np.array(columns["tags"], dtype=np.str_)
    for name in ("ra", "dec"):
        table[name] = np.array(columns[name], dtype=np.float64)
        table[name].unit = u.deg
    if found._center is not None:
        positions = SkyCoord(table["ra"], table["dec"])
        separation = found._center.separation(positions).to_value(u.arcsec)
        table["separation"] = MaskedColumn(separation, unit=u.arcsec)
    for name in set(_FORMATS) & set(table.colnames):
        table[name].info.format = _FORMATS[name]
    return table


def _masked(values: Any, unit: u.Unit) -> MaskedColumn:
    numbers = np.array(values, dtype=np.float64)
    missing = np.isnan(numbers)
    return MaskedColumn(np.where(missing, 0.0, numbers), mask=missing, unit=unit)


def _tile_table(records: list[TileRecord], sentence: str) -> Table:
    table = Table(meta={"sentence": sentence})
    limits = [(*each.tile.time, *each.tile.ra, *each.tile.dec) for each in records]
    ends = np.array(limits, dtype=np.float64).reshape(-1, 6).T  # None becomes NaN
    for name, values in zip(_LIMITS, ends, strict=True):
        is_time = name in ("begin", "end")
        table[name] = _masked(values, u.day if is_time else u.deg)
        table[name].info.format = ".5f" if is_time else ".4f"
    cones = ("{:.5f} {:+.5f} {:.5f}".format(*each.tile.cone or (0, 0, 0)) for each in records)
    table["cone"] = [
        text if each.tile.cone else "" for text, each in zip(cones, records, strict=True)
    ] or np.array([], dtype=np.str_)
    table["loci"] = np.array([each.loci for each in records], dtype=np.int64)
    table["pages"] = np.array([each.pages for each in records], dtype=np.int64)
    table["read_at"] = np.array([_utc(each.read_at) for each in records], dtype=np.str_)
    table["complete"] = np.array([not each.reason for each in records], dtype=np.bool_)
    table["reason"] = np.array([each.reason for each in records], dtype=np.str_)
    return table


def _utc(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if seconds else ""


def _sentence(reader: TileReader, truncated: bool | None) -> str:
    times = [each.read_at for each in reader.records if each.read_at]
    first, last = (_utc(end(times, default=0.0)) for end in (min, max))
    when = f" between {first} and {last}" if first != last else f" at {last}" if last else ""
    numbers = (
        _number_of(number, name)
        for number, name in (
            (len(reader.found.index), "locus"),
            (reader.pages, "page"),
            (len(reader.records), "tile"),
        )
    )
    what = "{} found in ANTARES{when}, in {} of {}".format(*numbers, when=when)
    incomplete = [each for each in reader.records if each.reason]
    moved = " Loci changed meanwhile, and the tiles were checked again." if reader.has_moved else ""
    if truncated is None:
        return f"{what}; the search has not ended.{moved}"
    if incomplete:
        return f"{what}; not all loci: {_first_reason(incomplete)}.{moved}"
    is_confirmed = reader.has_counts or reader.pages < 2
    counts = "" if is_confirmed else ", but the service gives no correct counts to confirm it"
    return f"{what}; each tile was read to its end{counts}.{moved}"


def _number_of(number: int, name: str) -> str:
    plural = "loci" if name == "locus" else f"{name}s"
    return f"{number:,} {name if number == 1 else plural}"


def _first_reason(incomplete: list[TileRecord]) -> str:
    tiles = _number_of(len(incomplete), "tile")
    return f"{tiles} could not be read ({incomplete[0].reason.rstrip('.')})"


def _page_size(limit: int) -> int:
    """Return how many loci to request: one more than the limit shows whether there are more."""
    pages = -(-(limit + 1) // MAX_PAGE_SIZE)
    return -(-(limit + 1) // pages)


def _numbers(values: Sequence[Any], dtype: type) -> MaskedColumn:
    is_number = [
        isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < _MAX_NUMBER
        for value in values
    ]
    known = [value if good else 0 for value, good in zip(values, is_number, strict=True)]
    return MaskedColumn(np.array(known, dtype=dtype), mask=~np.array(is_number, dtype=np.bool_))


_CRITERIA = {"ra": "near", "dec": "near", "tag": "tag", "tags": "tag", "locus_id": "locus_id"}
_OF_ALERTS = ("lsst_", "ztf_", "ant_")


def _why_empty(search: Search, options: CallOptions) -> str:
    """Return why a search may have found nothing; empty if no reason is known."""
    unknown = [name for name in search.properties if not _is_property(name, options)]
    reasons = [f"No locus has a property {short_repr(name)}{_cure(name)}" for name in unknown]
    if parse_name(search.name)[0] in ("dia_source_id", "rubin_id"):
        reasons.append(
            f"No locus was found by {search.name!r}. A diaSource finds its locus only if it is the "
            "newest, oldest or brightest alert in it, or the first of its diaObject: search by the "
            "diaObjectId, or with near=(ra, dec) around the position."
        )
    return " ".join(reasons)


def _is_property(name: str, options: CallOptions) -> bool:
    """Whether any locus has a property; True if the service does not say."""
    query = {"query": {"exists": {"field": f"properties.{name}"}}}
    try:
        return name in PROPERTIES or bool(search_page(query, size=1, options=options).loci)
    except AntaresHelpersError:
        return True


def _cure(name: str) -> str:
    if name in _CRITERIA:
        return f": use the criterion {_CRITERIA[name]}= of find_loci."
    close = [each for each in PROPERTIES if each.endswith(f".{name}")]
    if close := close or get_close_matches(name[:100], PROPERTIES, n=1):
        return f": did you mean {close[0]!r}?"
    if name.startswith(_OF_ALERTS):
        return ": it is a property of alerts, and a search can use only those of loci."
    return ": if a filter writes it, check its spelling."


def _outside() -> int:
    """Return the `stacklevel` at which a warning of the caller points to the user's code."""
    frame, level = sys._getframe(1), 1
    while frame.f_back and frame.f_globals.get("__name__", "").startswith("antares_helpers."):
        frame, level = frame.f_back, level + 1
    return level
