"""Find loci by name, position, tag, property or your own query."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, overload

import astropy.units as u
import numpy as np
from astropy.coordinates import SkyCoord
from astropy.table import MaskedColumn, Table

from antares_helpers.errors import AntaresHelpersError, AntaresHelpersWarning, BadDataError
from antares_helpers.fetching.client import search_loci
from antares_helpers.fetching.http import base_url, shown_url
from antares_helpers.fetching.query import PROPERTIES, Position, Search, build_query, check_limit
from antares_helpers.fetching.request import DEFAULT_RETRIES, DEFAULT_TIMEOUT, CallOptions
from antares_helpers.validation import parse_name, short_repr

if TYPE_CHECKING:
    from antares_client.models import Locus

__all__ = ["SearchIterator", "SearchResult", "find_loci"]

MAX_PAGE_SIZE = 200
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
    limit: None,
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
    limit: int | None = 100,
    timeout: float = DEFAULT_TIMEOUT,
    retries: int = DEFAULT_RETRIES,
) -> SearchResult | SearchIterator:
    """Find the loci that meet all the criteria given, newest first.

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
    limit : int, optional
        Maximum number of loci; None to iterate over all of them.
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
        read.

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
        or `name` is a ``diaSourceId``.

    See Also
    --------
    fetch_loci : fetch them with their alerts.

    Notes
    -----
    A search covers only three alerts of a locus: the newest, the oldest and the brightest. So a
    ``diaSourceId`` finds a locus if it is that of one of these, or of the first detection of a
    diaObject, whose ``diaObjectId`` is the same number. A name of the Transient Name Server
    (``AT 2026abc``) finds nothing: search around the position that its page there gives.

    The service sorts by the time of the newest alert. A locus with a new alert moves during the
    search, and may then appear on two pages: each locus is returned once.

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
    )
    number = check_limit(limit)
    options = CallOptions(timeout, retries)
    if number is None:
        return SearchIterator(search, options, page_size=MAX_PAGE_SIZE)
    iterator = SearchIterator(search, options, page_size=_page_size(number))
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
    def table(self) -> Table:
        """The loci as a table, one row each, newest first.

        Its columns are ``locus_id`` (str), ``num_alerts`` (int64) and ``newest_mjd`` (float64,
        days), both masked if the service sends none, ``tags`` (str, sorted, with commas between),
        ``ra`` and ``dec`` [deg], and in a cone search ``separation`` [arcsec] from its center.
        ``meta`` contains the ``query``, and whether the table is ``truncated``. Numbers are printed
        short, and in a narrow window without ``tags``; the table has all digits.
        """
        return _table([_row(locus) for locus in self._loci], self)


class SearchIterator(Iterator["Locus"]):
    """Loci that meet a query, requested page after page; ``find_loci(limit=None)`` returns it.

    After an error, reading further skips loci already returned. Only one thread at a time may read
    it.

    Attributes
    ----------
    query : dict
        The query that is sent.
    truncated : bool or None
        False once all loci have been read; until then None, because it is not known.
    """

    def __init__(self, search: Search, options: CallOptions, *, page_size: int) -> None:
        self.query = search.query
        self.truncated: bool | None = None
        self._search = search
        self._center = search.center
        self._options = options
        self._page_size = page_size
        self._rows: dict[str, _Row] = {}
        self._results: Iterator[Locus] | None = None

    def __next__(self) -> Locus:
        if self.truncated is not None:
            raise StopIteration
        locus = self._next_new()
        if locus is None:
            self.truncated = False
            if not self._rows and (reason := _why_empty(self._search, self._options)):
                warnings.warn(reason, AntaresHelpersWarning, stacklevel=_outside())
            raise StopIteration
        self._rows[locus.locus_id] = _row(locus)
        return locus

    def __repr__(self) -> str:
        more = " so far" if self.truncated is None else ""
        return f"<SearchIterator: {len(self._rows)} loci{more}>"

    @property
    def table(self) -> Table:
        """The loci read so far, as the table of a `SearchResult`."""
        return _table(list(self._rows.values()), self)

    def _next_new(self) -> Locus | None:
        """Return the next locus that was not returned before; None after the last."""
        if self._results is None:
            self._results = search_loci(
                self.query, page_size=self._page_size, options=self._options
            )
        repeated = 0
        try:
            for locus in self._results:
                if locus.locus_id not in self._rows:
                    return locus
                repeated += 1
                if repeated > len(self._rows) + MAX_PAGE_SIZE:
                    raise BadDataError(
                        f"ANTARES at {shown_url(base_url())} keeps sending the same loci.",
                        hint="Use those received so far, or try again in a few minutes.",
                    )
        except BaseException:
            self._results = None  # the next search starts over, and skips known loci
            raise
        return None


_Row = tuple[Any, ...]
_COLUMNS = ("locus_id", "num_alerts", "newest_mjd", "tags", "ra", "dec")
# astropy leaves out the columns in the middle if a window is narrow: the tags, which are long.
_FORMATS = {"newest_mjd": ".5f", "ra": ".6f", "dec": ".6f", "separation": ".3f"}


def _row(locus: Locus) -> _Row:
    properties = locus.properties
    return (
        locus.locus_id,
        properties.get("num_alerts"),
        properties.get("newest_alert_observation_time"),
        ", ".join(sorted(locus.tags)),
        locus.ra,
        locus.dec,
    )


def _table(rows: list[_Row], found: SearchResult | SearchIterator) -> Table:
    columns = dict(zip(_COLUMNS, zip(*rows, strict=True) if rows else [()] * 6, strict=True))
    table = Table(meta={"query": found.query, "truncated": found.truncated})
    table["locus_id"] = np.array(columns["locus_id"], dtype=np.str_)
    table["num_alerts"] = _numbers(columns["num_alerts"], np.int64)
    table["newest_mjd"] = _numbers(columns["newest_mjd"], np.float64)
    table["newest_mjd"].unit = u.day
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
        return name in PROPERTIES or any(search_loci(query, page_size=1, options=options))
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
