"""Fetch one locus, and accept one locus or many in each of their forms."""

import os
import warnings
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeAlias

from antares_client.models import Locus
from antares_devkit.models import DevKitLocus

from antares_helpers.atomic import as_path
from antares_helpers.errors import BadDataError, IncompleteLocusWarning, InvalidInputError
from antares_helpers.fetching.client import fetch_alerts, fetch_matches, fetch_parts
from antares_helpers.fetching.request import DEFAULT_RETRIES, DEFAULT_TIMEOUT, CallOptions
from antares_helpers.locus_file import LocusDict, load_locus
from antares_helpers.validation import check_bool, check_locus_id, short_repr, strip_address

__all__ = [
    "Loci",
    "LocusLike",
    "as_locus_dict",
    "check_locus_id",
    "fetch_locus",
    "iter_loci_from",
    "locus_url",
    "with_catalog_objects",
]

LocusLike: TypeAlias = Mapping[str, Any] | DevKitLocus | Locus
"""A locus as `fetch_locus` returns it, in the devkit's form, or as the client does."""

PORTAL = "https://antares.noirlab.edu/loci/"


def fetch_locus(
    locus_id: str,
    *,
    include_catalogs: bool = True,
    timeout: float = DEFAULT_TIMEOUT,
    retries: int = DEFAULT_RETRIES,
) -> dict[str, Any]:
    """Fetch a locus by its ANTARES ID.

    The locus, its alerts and its catalog matches are requested concurrently, so that a locus costs
    one round trip.

    Parameters
    ----------
    locus_id : str
        ANTARES ID, for example ``"ANT2026z3bqyjga24oc"``, or the address of its page in the portal.
        For any other name, use ``find_loci(name=...)``.
    include_catalogs : bool, optional
        Whether to fetch the catalog matches too.
    timeout : float, optional
        Seconds that the whole call may take, retries included.
    retries : int, optional
        Maximum number of retries of a failed request, after transient errors.

    Returns
    -------
    dict
        Exactly what ``antares_client.search.get_by_id(locus_id).to_devkit(include_catalogs=True)``
        returns, with None for NaN and infinities: ``id``, ``ra`` and ``dec`` [deg],
        ``user_tags``, ``old_properties``, ``catalog_objects``, ``grav_wave_events_metadata`` and
        ``alerts``, each alert with ``id``, ``mjd``, ``properties`` and ``grav_wave_events``. It
        can be written as JSON. Alerts that ANTARES sends incomplete are in it as they came. Its
        attribute ``catalog_matches`` has what ``to_devkit`` drops of the matches, in their order:
        ``catalog_name``, ``object_id``, ``object_name``, ``ra``, ``dec`` and, in ``extra``,
        ``separation`` [arcsec]. `catalog_table` and `save_locus` use it.

    Raises
    ------
    InvalidInputError
        If `locus_id` is not an ANTARES ID, or an option is not valid; nothing is sent then.
    LocusNotFoundError
        If ANTARES has no such locus.
    ServiceError
        If ANTARES can't be reached or fails; `~antares_helpers.errors.ServiceTimeoutError` if it
        takes too long.
    BadDataError
        If ANTARES sends a malformed response.

    Warns
    -----
    IncompleteLocusWarning
        If only the catalog matches could not be fetched; ``catalog_objects`` is empty then.

    Examples
    --------
    >>> from antares_helpers import fetch_locus
    >>> locus = fetch_locus("ANT2026z3bqyjga24oc")
    >>> list(locus)
    ['id', 'ra', 'dec', 'user_tags', 'old_properties', 'catalog_objects',
     'grav_wave_events_metadata', 'alerts']
    """
    check_bool("include_catalogs", include_catalogs)
    parts = fetch_parts(
        check_locus_id(strip_address(locus_id)),
        include_catalogs=include_catalogs,
        options=CallOptions(timeout, retries),
    )
    if parts.missing is not None:
        warnings.warn(str(parts.missing), IncompleteLocusWarning, stacklevel=2)
    return parts.locus


def locus_url(locus_id: str) -> str:
    """Return the address of a locus' page in the ANTARES portal.

    Parameters
    ----------
    locus_id : str
        ANTARES ID, or such an address.

    Returns
    -------
    str
        Address of the page.

    Raises
    ------
    InvalidInputError
        If `locus_id` is not an ANTARES ID.

    Examples
    --------
    >>> from antares_helpers import locus_url
    >>> locus_url("ANT2026z3bqyjga24oc")
    'https://antares.noirlab.edu/loci/ANT2026z3bqyjga24oc'
    """
    return PORTAL + check_locus_id(strip_address(locus_id))


def as_locus_dict(
    locus: LocusLike, *, timeout: float = DEFAULT_TIMEOUT, retries: int = DEFAULT_RETRIES
) -> Mapping[str, Any]:
    """Return any form of a locus as the devkit dict, without its catalog matches.

    Parameters
    ----------
    locus : mapping, DevKitLocus or Locus
        The alerts of the client's ``Locus`` are fetched if they are not
        loaded yet.
    timeout, retries
        As for `fetch_locus`.

    Returns
    -------
    mapping
        With at least ``id``, ``user_tags``, ``old_properties`` and ``alerts``.

    Raises
    ------
    InvalidInputError
        If `locus` is none of these.
    BadDataError
        If its alerts are not a list.
    """
    if isinstance(locus, Locus):
        if locus._alerts is None:
            locus.alerts = fetch_alerts(locus.locus_id, options=CallOptions(timeout, retries))
        locus = locus.to_devkit()
    elif isinstance(locus, DevKitLocus):
        locus = _dict_of_devkit_locus(locus)
    _check_mapping(locus, "extract_lightcurve")
    if not isinstance(locus.get("alerts"), list | tuple):
        raise BadDataError(
            "This locus has no list of alerts under the key 'alerts'. Fetch it with fetch_locus."
        )
    return locus


def with_catalog_objects(
    locus: LocusLike, *, timeout: float = DEFAULT_TIMEOUT, retries: int = DEFAULT_RETRIES
) -> Mapping[str, Any]:
    """Return any form of a locus as a dict with its catalog matches, without its alerts.

    Parameters
    ----------
    locus : mapping, DevKitLocus or Locus
        The matches of the client's ``Locus`` are fetched if they are not loaded yet.
    timeout, retries
        As for `fetch_locus`.

    Returns
    -------
    mapping
        A mapping as it is; of the others ``id``, ``ra``, ``dec``, ``user_tags``,
        ``old_properties`` and ``catalog_objects``.

    Raises
    ------
    InvalidInputError
        If `locus` is none of these.
    """
    if isinstance(locus, Locus):
        return _with_matches(locus, CallOptions(timeout, retries))
    if isinstance(locus, DevKitLocus):
        return _dict_of_devkit_locus(locus) | {"catalog_objects": locus.catalog_objects}
    _check_mapping(locus, "catalog_table")
    return locus


def _with_matches(locus: Locus, options: CallOptions) -> LocusDict:
    if locus._catalog_objects is None:
        locus.catalog_objects, details = fetch_matches(locus.locus_id, options=options)
        locus.__dict__["_catalog_matches"] = details  # for the next call
    known = {
        "id": locus.locus_id,
        "ra": locus.ra,
        "dec": locus.dec,
        "user_tags": locus.tags,
        "old_properties": locus.properties,
        "catalog_objects": locus.catalog_objects,
    }
    return LocusDict(known, locus.__dict__.get("_catalog_matches", []))


def _check_mapping(locus: object, function: str) -> None:
    if not isinstance(locus, Mapping):
        raise InvalidInputError(
            f"A locus is what fetch_locus returns, a DevKitLocus, or a Locus of antares_client; "
            f"{short_repr(locus)} is neither. "
            f"For a locus ID, write {function}(fetch_locus(locus_id))."
        )


def _dict_of_devkit_locus(locus: DevKitLocus) -> dict[str, Any]:
    return {
        "id": locus.id,
        "ra": locus.ra,
        "dec": locus.dec,
        "user_tags": sorted(locus.tags),
        "old_properties": locus.properties,
        "alerts": [
            {"id": alert.id, "mjd": alert.mjd, "properties": alert.properties}
            for alert in locus.alerts
        ],
    }


Loci: TypeAlias = str | os.PathLike[str] | LocusLike | Iterable[LocusLike]
"""A folder of locus files, a locus, or an iterable of loci in any form."""

_FILES = "ANT*.json"


def iter_loci_from(loci: Loci) -> Iterator[LocusLike]:
    """Return an iterator over loci, which holds one of them in memory at a time.

    Parameters
    ----------
    loci : str, path-like, locus or iterable of loci
        The files of a folder that are named ``ANT*.json`` are read in the order of their names.

    Raises
    ------
    InvalidInputError
        If there is no such folder, if it holds no locus files, or if `loci` is none of these.
    BadDataError
        While iterating, if a file is not a complete locus file.
    """
    if isinstance(loci, str | os.PathLike):
        return map(load_locus, _locus_files(as_path(loci, "folder")))
    if isinstance(loci, Mapping | DevKitLocus | Locus):
        return iter([loci])
    try:
        return iter(loci)
    except TypeError:
        raise InvalidInputError(
            f"{short_repr(loci)} is not a locus, an iterable of loci or a folder of locus files."
        ) from None


def _locus_files(folder: Path) -> list[Path]:
    if not folder.is_dir():
        raise InvalidInputError(
            f"{str(folder)!r} is not a folder. Pass a folder of locus files, or loci themselves: "
            "fetch_locus(locus_id) or load_locus(file)."
        )
    files = sorted(path for path in folder.glob(_FILES) if path.is_file() and _has_locus_name(path))
    if not files:
        raise InvalidInputError(
            f"The folder {str(folder)!r} holds no locus files (named {_FILES}). Write some with "
            "save_locus."
        )
    return files


def _has_locus_name(file: Path) -> bool:
    """Whether a file is named after a locus; the folder may hold other files."""
    try:
        return bool(check_locus_id(file.stem))
    except InvalidInputError:
        return False
