"""Find loci by name, by place, by tag, by property or by a query of your own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import astropy.units as u
import numpy as np
from astropy.coordinates import SkyCoord
from astropy.table import MaskedColumn, Table

from antares_helpers.errors import BadDataError
from antares_helpers.fetching.client import search_loci
from antares_helpers.fetching.http import base_url
from antares_helpers.fetching.query import Position, build_query, check_limit
from antares_helpers.fetching.request import DEFAULT_RETRIES, DEFAULT_TIMEOUT, CallOptions

if TYPE_CHECKING:
    from antares_client.models import Locus

__all__ = ["FoundLoci", "find_loci"]

PAGE = 200
"""How many loci are asked for at a time, at most."""

_LARGEST = 2**62


def find_loci(
    *,
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
) -> FoundLoci:
    """Find the loci that meet all the criteria given, newest first.

    Nothing is sent before the first result is asked for, and then a page at a time.

    Parameters
    ----------
    locus_id : str, optional
        ANTARES ID.
    dia_object_id : int or str, optional
        Rubin's ``diaObjectId``, exact: a float would have lost its last digits and is refused.
    ss_object_id : int or str, optional
        Rubin's ID of a solar-system object.
    ztf_object_id : str, optional
        ZTF's name, for example ``"ZTF18abcdefg"``.
    near : `~astropy.coordinates.SkyCoord` or pair of float, optional
        Centre of a cone: coordinates in any frame, or ``(ra, dec)`` in degrees (ICRS).
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
        How many loci at most; None for all that there are.
    timeout : float, optional
        Seconds that each page may take, every retry included.
    retries : int, optional
        How often a request that failed is sent again, where that may help.

    Returns
    -------
    FoundLoci
        The loci, to iterate over as often as you like. Each is the client's own
        ``antares_client.models.Locus``, without its alerts yet: `extract_lightcurve` takes it,
        and `fetch_loci` takes all of them.

    Raises
    ------
    InvalidInputError
        If a criterion can't be meant; nothing is sent then.

    See Also
    --------
    fetch_loci : fetch them with their alerts.

    Notes
    -----
    While it is iterated over, it raises `ServiceError` if ANTARES can't be reached or fails,
    `ServiceTimeoutError` if it takes too long, and `BadDataError` if it sends what can't be read.
    The service sorts by the time of the newest alert, which can move a locus to a later page
    while one reads: each locus is given once.

    Examples
    --------
    >>> from antares_helpers import find_loci
    >>> found = find_loci(tag="lsst_scimma_quality_transient", limit=3)
    >>> len(found.as_table())
    3

    Everything within ten arcseconds of a position, here that of the first of them:

    >>> import astropy.units as u
    >>> first = next(iter(found))
    >>> table = find_loci(near=(first.ra, first.dec), radius=10 * u.arcsec).as_table()
    >>> first.locus_id in table["locus_id"]
    True
    """
    built, centre = build_query(
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
    return FoundLoci(built, check_limit(limit), CallOptions(timeout, retries), centre)


class FoundLoci(Iterable["Locus"]):
    """Loci that meet a query, newest first; asked for while one iterates, and kept.

    `find_loci` makes it. Iterate over it again, and what has come already is not asked for twice.
    After an error, the next iteration begins with what has come, and goes through the pages anew
    for the rest. True if there is any locus; one thread at a time may iterate over it.

    Attributes
    ----------
    query : dict
        The query that is sent.
    """

    def __init__(
        self,
        query: dict[str, Any],
        limit: int | None,
        options: CallOptions,
        centre: SkyCoord | None = None,
    ) -> None:
        self.query = query
        self._limit = limit
        self._options = options
        self._centre = centre
        self._found: list[Locus] = []
        self._known: set[str] = set()
        self._ahead: Locus | None = None
        self._results: Iterator[Locus] | None = None
        self._is_exhausted = False

    def __iter__(self) -> Iterator[Locus]:
        """Give each locus once."""
        place = 0
        while place < len(self._found) or self._find_another():
            yield self._found[place]
            place += 1

    def __bool__(self) -> bool:
        """Tell whether there is any locus."""
        return next(iter(self), None) is not None

    def __repr__(self) -> str:
        """Tell how many have come, and whether there can be more."""
        more = "" if self._is_exhausted else " so far"
        return f"<FoundLoci: {len(self._found)}{more}>"

    @property
    def is_complete(self) -> bool:
        """Whether these are all that there are; the limit may have left some out."""
        for _ in self:
            pass
        return not self._look_ahead()

    def as_table(self) -> Table:
        """Return the loci as a table, one row a locus, newest first.

        Returns
        -------
        `~astropy.table.Table`
            ``locus_id`` (str), ``ra`` and ``dec`` [deg], in a cone search ``separation`` [arcsec]
            from its centre, ``num_alerts`` (int64) and ``newest_mjd`` (float64, days), both
            masked where the service does not tell, and ``tags`` (str, sorted, with commas
            between). ``meta`` holds the ``query``, and whether the table ``is_complete``.
        """
        loci = list(self)
        table = Table(meta={"query": self.query, "is_complete": self.is_complete})
        table["locus_id"] = np.array([locus.locus_id for locus in loci], dtype=np.str_)
        for name in ("ra", "dec"):
            table[name] = np.array([getattr(locus, name) for locus in loci], dtype=np.float64)
            table[name].unit = u.deg
        if self._centre is not None:
            places = SkyCoord(table["ra"], table["dec"])
            separation = self._centre.separation(places).to_value(u.arcsec)
            table["separation"] = MaskedColumn(separation, unit=u.arcsec)
        table["num_alerts"] = _numbers(loci, "num_alerts", np.int64)
        table["newest_mjd"] = _numbers(loci, "newest_alert_observation_time", np.float64)
        table["newest_mjd"].unit = u.day
        tags = [", ".join(sorted(locus.tags)) for locus in loci]
        table["tags"] = np.array(tags, dtype=np.str_)
        return table

    def _find_another(self) -> bool:
        """Keep one more locus, unless the limit is reached or there is none."""
        if self._limit is not None and len(self._found) >= self._limit:
            return False
        if not self._look_ahead():
            return False
        assert self._ahead is not None
        self._found.append(self._ahead)
        self._known.add(self._ahead.locus_id)
        self._ahead = None
        return True

    def _look_ahead(self) -> bool:
        """Tell whether there is another locus, asking for the next page where needed."""
        if self._ahead is None and not self._is_exhausted:
            self._ahead = self._next_result()
            self._is_exhausted = self._ahead is None
        return self._ahead is not None

    def _next_result(self) -> Locus | None:
        if self._results is None:
            size = _page_size(self._limit)
            self._results = search_loci(self.query, page_size=size, options=self._options)
        repeated = 0
        try:
            for locus in self._results:
                if locus.locus_id not in self._known:
                    return locus
                repeated += 1
                if repeated > len(self._found) + PAGE:
                    raise BadDataError(
                        f"ANTARES at {base_url()} sends the same loci again and again.",
                        advice="Take those that came, or try again in a few minutes.",
                    )
        except BaseException:
            self._results = None  # the next walk begins anew, and skips what is known
            raise
        return None


def _page_size(limit: int | None) -> int:
    """Return how many loci to ask for: one more than the limit tells whether there are more."""
    if limit is None:
        return PAGE
    pages = -(-(limit + 1) // PAGE)
    return -(-(limit + 1) // pages)


def _numbers(loci: list[Locus], name: str, dtype: type) -> MaskedColumn:
    values = [locus.properties.get(name) for locus in loci]
    is_number = [
        isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < _LARGEST
        for value in values
    ]
    known = [value if good else 0 for value, good in zip(values, is_number, strict=True)]
    return MaskedColumn(np.array(known, dtype=dtype), mask=~np.array(is_number, dtype=np.bool_))
